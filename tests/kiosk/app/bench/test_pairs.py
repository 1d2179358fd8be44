"""Error rates of a list: counts, people, intervals, bad rows; and no worse than the plain models with one frame."""

from __future__ import annotations

import json
from datetime import date
from itertools import permutations
from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.app.bench.pairs import NAMED_MOST, Pair, measure, people_of, read_list, wilson
from kiosk.app.cli import main
from kiosk.app.identity import make_matcher
from kiosk.app.paths import ASSETS
from kiosk.app.settings import Settings
from tests.kiosk.app.bench.plain import Plain

PERSONAS = ASSETS / "personas"
NAMES = ("hanako", "kenji", "daniel", "aya")
SCENES = ("front", "smile", "left", "right")


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    rows = ["reference,probe,label"]
    rows += [f"{PERSONAS}/{n}/card.jpg,{PERSONAS}/{n}/live_{s}.jpg,same" for n in NAMES for s in SCENES]
    rows += [f"{PERSONAS}/{a}/card.jpg,{PERSONAS}/{b}/live_front.jpg,different" for a, b in permutations(NAMES, 2)]
    path = tmp_path / "pairs.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("errors", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (1, 10, 0.0179, 0.4042), (50, 1000, 0.0381, 0.0653)],
)
def test_the_interval_is_wilsons(errors: int, of: int, low: float, high: float) -> None:
    assert wilson(errors, of) == pytest.approx((low, high), abs=1e-4)


def test_people_are_counted_by_what_is_the_same() -> None:
    pairs = [Pair(1, "a", "b", True), Pair(2, "b", "c", True), Pair(3, "a", "d", False), Pair(4, "e", "f", True)]
    assert people_of(pairs) == 3


def test_bad_rows_are_named_and_left_out(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("﻿reference,probe,label\na,b,same\n\na,b\na,b,perhaps\n,b,same\na, b ,DIFFERENT\n", encoding="utf-8")
    pairs, bad = read_list(path)
    assert pairs == [Pair(2, "a", "b", True), Pair(7, "a", "b", False)]
    assert [row.partition(":")[0] for row in bad] == ["line 4", "line 5", "line 6"]


def test_no_worse_than_the_plain_models(listed: Path) -> None:
    """On this list, at the default threshold of the engine and at OpenCV's."""
    matcher = make_matcher(Settings(), ASSETS, date(2026, 11, 24))
    report = measure(listed, matcher.engine(), matcher.default_thresholds)
    plain = Plain(ASSETS / "models")
    pairs, _ = read_list(listed)
    for row in report.rows:
        scores = [(pair.same, plain.similarity(Path(pair.reference), Path(pair.probe))) for pair in pairs]
        assert row.fmr.errors <= sum(score >= row.threshold for same, score in scores if not same)
        assert row.fnmr.errors <= sum(score < row.threshold for same, score in scores if same)
    assert (report.same, report.different, report.people, report.pictures) == (16, 12, 4, 20)


def test_a_picture_without_a_face_is_a_non_match(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "blank.png"), np.full((200, 200, 3), 128, np.uint8))
    path = tmp_path / "list.csv"
    card = PERSONAS / "kenji" / "card.jpg"
    path.write_text(f"{card},blank.png,same\n{card},blank.png,different\n", encoding="utf-8")
    matcher = make_matcher(Settings(), ASSETS, date(2026, 11, 24))
    report = measure(path, matcher.engine(), (0.45,))
    assert (report.rows[0].fnmr.errors, report.rows[0].fmr.errors) == (1, 0)
    assert report.no_face == ("blank.png",)


def test_the_command_prints_data_and_its_exit_code(
    listed: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["bench", "face", "--pairs", str(listed), "--thresholds", "0.5,0.4", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert [row["threshold"] for row in data["rows"]] == [0.4, 0.5]
    assert data["rows"][0]["fnmr"] == {
        "errors": 0,
        "of": 16,
        "share": 0.0,
        "interval_95": [0.0, pytest.approx(0.194, abs=1e-3)],
    }
    (tmp_path / "bad.csv").write_text("nothing.jpg,nobody.jpg,same\n", encoding="utf-8")
    assert main(["bench", "face", "--pairs", str(tmp_path / "bad.csv")]) == 1
    told = capsys.readouterr()
    assert "line 1: nothing.jpg is not there, nobody.jpg is not there" in told.out
    assert "FMR" not in told.out  # nothing was compared: no table of dashes
    assert "card.jpg,camera.jpg,same" in told.err
    assert main(["bench", "visit", "--pairs", str(listed)]) == 2
    assert main(["bench", "face", "--pairs", str(listed), "--thresholds", "high"]) == 2
    capsys.readouterr()


def test_a_list_of_a_spreadsheet_may_be_in_its_own_encoding(tmp_path: Path) -> None:
    """Names of pictures are Japanese as often as not."""
    path = tmp_path / "list.csv"
    path.write_bytes("写真表.jpg,カメラ.jpg,same\n".encode("cp932"))
    assert read_list(path) == ([Pair(1, "写真表.jpg", "カメラ.jpg", True)], [])


def test_bad_rows_and_faceless_pictures_are_named_up_to_a_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cv2.imwrite(str(tmp_path / "blank.png"), np.full((200, 200, 3), 128, np.uint8))
    card = PERSONAS / "kenji" / "card.jpg"
    rows = [f"{card},blank.png,same", *["only,two"] * (NAMED_MOST + 5)]
    (tmp_path / "list.csv").write_text("\n".join(rows), encoding="utf-8")
    assert main(["bench", "face", "--pairs", str(tmp_path / "list.csv"), "--lang", "en"]) == 1
    told = capsys.readouterr().out
    assert told.count("2 columns") == NAMED_MOST
    assert "5 more" in told
    assert "no face found in: blank.png" in told
