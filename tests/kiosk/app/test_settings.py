"""The settings file: what may stand there, and each mistake with its line."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as with_settings
from hypothesis import strategies as st

from kiosk.app.setting_limits import LIMITS, OFF_OR, beyond
from kiosk.app.settings import Settings, load_settings
from kiosk.domain.failures import FailureCode, Fatal

WHOLE = """\
[facility]
institution_code = "4719999996"
data = "/var/lib/madoguchi"

[lane]
id = "K2"
width = 1920
height = 1080
reduced_motion = true

[flow]
patience = 90
languages = ["ja", "en"]
default_language = "en"

[eligibility]
timeout = 12.5
"""


def test_no_settings_are_needed() -> None:
    assert load_settings(None) == Settings()


def test_each_section_is_read(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text(WHOLE)
    settings = load_settings(path)
    assert settings.facility.data == "/var/lib/madoguchi"
    assert (settings.lane.id, settings.lane.width, settings.lane.reduced_motion) == ("K2", 1920, True)
    assert (settings.flow.patience, settings.flow.default_language) == (90.0, "en")
    assert settings.eligibility.timeout == 12.5
    assert settings.virtual == Settings().virtual


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("[lanes]\nid = 'K1'", 1, "settings.lanes"),
        ("\n[lane]\nname = 'K1'", 3, "settings.lane.name"),
        ("[lane]\nid = 'K1'\n[flow]\nid = 'K1'", 4, "settings.flow.id"),
        ("[lane]\nid = 7", 2, "settings.lane.id: text"),
        ("[lane]\n# which\nid = '../K1'", 3, "settings.lane.id"),
        ("[lane]\nid = ''", 2, "settings.lane.id"),
        ("[lane]\nwidth = 10.5", 2, "whole number"),
        ("[lane]\nwidth = -1", 2, "number >= 0"),
        ("[lane]\nid = 'K1'\nheight = 0", 3, "settings.lane.height: 320"),
        ("[flow]\npatience = 0", 2, "settings.flow.patience: 1 … 86400"),
        ("[flow]\nvoice = true\nstaff_patience = 100_000", 3, "settings.flow.staff_patience: 1 … 86400"),
        ("[flow]\nquery_attempts = 0", 2, "settings.flow.query_attempts: 1 … 10"),
        ("[flow]\nface_attempts = 4", 2, "settings.flow.face_attempts: 0 … 3"),
        ("[eligibility]\ntimeout = 0", 2, "settings.eligibility.timeout: 0.5 … 86400"),
        ("[eligibility]\nheartbeat = 0.01", 2, "settings.eligibility.heartbeat: 0, 5 … 86400"),
        ("[printer]\nretry = 0", 2, "settings.printer.retry: 1 … 86400"),
        ("[journal]\nretention_years = 5000", 2, "settings.journal.retention_years: 0, 1 … 100"),
        ("[reception]\nunknown_number_digits = 1_000_000", 2, "settings.reception.unknown_number_digits: 0 … 20"),
        ("[flow]\npatience = 1e308", 2, "number >= 0"),
        ('[camera]\nsource = "\\u0000"', 2, "settings.camera.source: text"),
        ("[virtual]\nvpcd_port = 65536", 2, "settings.virtual.vpcd_port"),
        ("[lane]\nreduced_motion = 'yes'", 2, "true | false"),
        ("[flow]\npatience = 'long'", 2, "number >= 0"),
        ("[flow]\npatience = inf", 2, "number >= 0"),
        ("[flow]\npatience = nan", 2, "number >= 0"),
        ("[flow]\npatience = true", 2, "number >= 0"),
        ("[flow]\nlanguages = 'ja'", 2, "[text, …]"),
        ("[flow]\nlanguages = ['ja', 'tlh']", 2, "settings.flow.languages"),
        ("[flow]\nlanguages = ['en']", 2, "settings.flow.languages"),
        ("[flow]\n\ncertificate_rules = 3", 3, "settings.flow.certificate_rules"),
        ("[facility]\ninstitution_code = '47'", 2, "settings.facility.institution_code"),
        ("# dotted\nlane.id = 'K1'\nlane.widht = 5", 3, "settings.lane.widht"),
        ("lane = 3", 1, "settings.lane"),
        ("[access]\nscan_seconds = 3\nscanning = 'both'", 3, "settings.access.scanning: off | auto | step"),
        ("[access]\nscanning = 'step'\nnext_key = ''", 3, "settings.access.next_key: F1, "),
        ("[access]\nchoose_key = 'A'", 2, "settings.access.choose_key: F1, "),
        ("[lane\nid = 'K1'", 1, "line 1"),
        ("[lane]\nid = 'K1'\nid = 'K2'\n", 3, "line 3"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, line: int, what: str) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text(text)
    with pytest.raises(Fatal) as caught:
        load_settings(path)
    assert caught.value.code is FailureCode.SETTINGS_WRONG
    assert what in caught.value.detail
    assert caught.value.detail.startswith(f"kiosk.toml:{line}: ") or f"(at line {line}," in caught.value.detail


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text("[lane]\nid = 'K2'", encoding="utf-8-sig")
    assert load_settings(path).lane.id == "K2"


@pytest.mark.parametrize("content", [b"\xff\xfe", "# 設定".encode("cp932")])
def test_a_file_that_is_no_text(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_bytes(content)
    for wrong in (path, tmp_path / "absent.toml", tmp_path):
        with pytest.raises(Fatal, match="K501"):
            load_settings(wrong)


def test_every_number_has_limits_that_hold_its_default_or_is_limited_elsewhere() -> None:
    elsewhere = {"access.scan_seconds", "access.ignore_seconds", "face.dlib_distance", "flow.text_size", "virtual.seed"}
    numbers = {
        f"{section.name}.{item.name}"
        for section in dataclasses.fields(Settings())
        for item in dataclasses.fields(getattr(Settings(), section.name))
        if type(getattr(getattr(Settings(), section.name), item.name)) in (int, float)
    }
    assert numbers == LIMITS.keys() | OFF_OR.keys() | elsewhere
    assert list(beyond(Settings())) == []


@with_settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, len(WHOLE)), st.integers(0, 8), st.text(max_size=4))
def test_whatever_stands_there_only_the_one_error_comes_out(
    tmp_path: Path, place: int, removed: int, added: str
) -> None:
    path = tmp_path / "changed.toml"
    path.write_bytes((WHOLE[:place] + added + WHOLE[place + removed :]).encode("utf-8", "surrogatepass"))
    try:
        load_settings(path)
    except Fatal as error:
        said = str(error)
    else:
        said = "K501 changed.toml:"
    assert said.startswith("K501 changed.toml:")
