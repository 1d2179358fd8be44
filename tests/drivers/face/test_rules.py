from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from drivers.face.rules import load_face_rules
from kiosk.domain.failures import FailureCode, Fatal

SHIPPED = Path(__file__).parents[3] / "assets" / "rules" / "face.toml"


def test_the_shipped_rules_hold_the_published_bands() -> None:
    rules = load_face_rules(SHIPPED, date(2026, 11, 24))
    assert (rules.threshold_match, rules.threshold_review) == (0.45, 0.363)
    assert (rules.probe.frames_least, rules.probe.frames_most, rules.probe.span_s) == (4, 5, 1.0)
    assert (rules.gate.face_width_least, rules.gate.luma_least, rules.gate.luma_most) == (80, 60, 185)
    assert (rules.gate.deviation_least, rules.gate.sharpness_least, rules.gate.score_least) == (22, 13, 0.85)


def test_the_bands_belong_to_one_engine() -> None:
    with pytest.raises(Fatal) as caught:
        load_face_rules(SHIPPED, date(2026, 11, 24), engine="another")
    assert caught.value.code is FailureCode.SETTINGS_WRONG
    assert "engine.threshold_match" in caught.value.detail


def test_no_rule_holds_before_its_day() -> None:
    with pytest.raises(Fatal) as caught:
        load_face_rules(SHIPPED, date(2020, 1, 1))
    assert "detector.score_to_track" in caught.value.detail


def test_a_limit_that_is_no_number_is_named(tmp_path: Path) -> None:
    path = tmp_path / "face.toml"
    path.write_text(SHIPPED.read_text(encoding="utf-8").replace("value = 0.60", 'value = "high"'), encoding="utf-8")
    with pytest.raises(Fatal) as caught:
        load_face_rules(path, date(2026, 11, 24))
    assert (caught.value.code, caught.value.detail) == (FailureCode.SETTINGS_WRONG, "value")
