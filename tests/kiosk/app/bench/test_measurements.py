"""The benchmarks themselves, once and short: what they count is checked, how long it took is not."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from kiosk.app.bench import face, start, visit
from kiosk.app.bench.result import BenchFailed, BenchResult
from kiosk.app.catalogue import load_catalogue
from kiosk.app.paths import ASSETS
from kiosk.app.settings import Settings

CATALOGUE = load_catalogue(ASSETS / "messages")


def every_label_is_in_the_catalogue(result: BenchResult) -> bool:
    ids = [f"bench_result.{f.id}" for f in result.figures] + [note.id for note in result.notes]
    return all(one in CATALOGUE for one in ids)


def test_a_face_frame_goes_through_on_our_side_and_on_the_other_if_it_is_installed() -> None:
    result = face.measure(runs=1, frames=1, alone_frames=0)
    assert result.figure("face.frames").value == 1
    assert every_label_is_in_the_catalogue(result)
    compared = "face.ratio" in {f.id for f in result.figures}
    assert compared == (result.requirement is not None)
    assert (result.notes[0].id == "bench_result.face.note") == compared


def test_without_the_alternative_our_side_is_measured_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "face_recognition", None)  # as if it were not installed
    result = face.measure(runs=1, frames=1, alone_frames=0)
    assert [note.id for note in result.notes] == ["bench_result.face.alternative_missing"]
    assert result.requirement is None
    assert every_label_is_in_the_catalogue(result)
    assert result.figure("face.ours.total").unit == "ms"


def test_the_parts_of_a_visit_add_up_and_its_bound_is_that_of_its_exchanges() -> None:
    one = visit.Plays(Settings(), CATALOGUE).play()
    assert sum(one.by_part.values()) == pytest.approx(one.total)
    assert set(one.by_part) <= set(visit.PARTS)
    for part in ("card", "front", "photo", "face", "eligibility", "consents", "hand_over", "journal", "flow"):
        assert one.by_part[part] > 0, part
    assert 0 < one.own < one.total
    # A visit by face reads the certificate and the whole face record; framing adds to their bits, but does not double.
    assert one.received > 1573 + 1656 + 4000
    bits_alone = (one.sent + one.received) * 8 / 424_000
    assert bits_alone < one.bound < 2 * bits_alone


def test_every_figure_of_a_visit_has_a_label() -> None:
    ids = [f"bench_result.visit.{part}" for part in visit.PARTS]
    assert all(one in CATALOGUE for one in ids)


def test_the_kiosk_starts_paints_and_gets_ready(tmp_path: Path) -> None:
    bare, kiosk = start.pair(tmp_path)
    assert set(bare) == {"painted"}
    assert set(kiosk) == {"painted", "watching", "loaded"}
    assert min(*bare.values(), *kiosk.values()) > 0


def test_every_figure_of_a_start_has_a_label() -> None:
    marks = {"painted": 0.2, "watching": 0.3, "loaded": 1.5}
    result = start.result([({"painted": 0.1}, marks)])
    assert every_label_is_in_the_catalogue(result)
    assert result.figure("start.ready").value == 1500
    assert result.figure("start.ratio").value == 2


def test_marks_are_counted_from_the_start_of_the_process() -> None:
    lines = ["noise", json.dumps({"mark": "painted", "at_ns": 2_500_000_000})]
    assert start.marks_in("\n".join(lines), 500_000_000) == {"painted": 2.0}


def test_a_process_that_names_no_moment_is_a_failure() -> None:
    with pytest.raises(BenchFailed):
        start.marks_in("", 0)


def test_each_side_alone_on_so_many_cores() -> None:
    figures = {one.id: one for one in face.by_cores(1)}
    assert figures["face.ours.one_core"].value > 0
    assert 20 < figures["face.ours.memory.rest"].value < 1000, "MiB of the larger network and its buffers"
    assert figures["face.preview.one_core"].unit == "per_second"
    assert ("face.ours.two_cores" in figures) == (face.cores_here() > 1)
