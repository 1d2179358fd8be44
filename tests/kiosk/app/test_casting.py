"""What a scenario names must exist, before anything is played."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.simulated.terminal import TerminalMode
from kiosk.app.casting import cast
from kiosk.app.paths import ASSETS
from kiosk.app.settings import Settings
from kiosk.domain.failures import FailureCode, Fatal
from tests.kiosk.app.plays import SHIPPED, shipped, written

PERSONAS = ASSETS / "personas"


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_scenarios_are_sound(name: str) -> None:
    cast(shipped(name), Settings(), PERSONAS)


def test_overrides_reach_card_record_settings_and_terminal(tmp_path: Path) -> None:
    chosen = cast(
        written(
            tmp_path,
            """\
            card: {pin_tries: 1}
            record: {birth_date: 1950-01-01}
            settings: {flow: {patience: 90}}
            terminal: {state: slow, seconds: 2}
            """,
        ),
        Settings(),
        PERSONAS,
    )
    assert chosen.persona.name == "hanako"
    assert chosen.persona.card.pin_tries == 1
    assert str(chosen.persona.record.birth_date) == "1950-01-01"
    assert chosen.settings.flow.patience == 90
    assert (chosen.terminal.mode, chosen.terminal.seconds) == (TerminalMode.SLOW, 2)


@pytest.mark.parametrize(
    ("text", "line", "what", "code"),
    [
        ("name: x\npersona: hanka", 2, "hanka", FailureCode.PERSONA_UNKNOWN),
        ("name: x\npersona: ../personas/hanako", 2, "hanako", FailureCode.PERSONA_UNKNOWN),
        ("steps:\n  - place_card\n  - place_card: kenzi", 3, "kenzi", FailureCode.PERSONA_UNKNOWN),
        ("name: x\ncard:\n  photo: true\n  pni: 1", 4, "pni", FailureCode.SCENARIO_WRONG),
        ("card: {pin_tries: many}", 1, "card.pin_tries", FailureCode.SCENARIO_WRONG),
        ("name: x\ncard:\n  certificate_ends: soon", 3, "certificate_ends", FailureCode.SCENARIO_WRONG),
        ("name: x\nrecord:\n  validty: valid", 3, "validty", FailureCode.SCENARIO_WRONG),
        ("name: x\nsettings:\n  flow:\n    pace: 3", 4, "settings.flow.pace", FailureCode.SCENARIO_WRONG),
        ("settings: {flows: {patience: 3}}", 1, "settings.flows", FailureCode.SCENARIO_WRONG),
        ("name: x\nsettings:\n  flow:\n    patience: long", 4, "settings.flow.patience", FailureCode.SCENARIO_WRONG),
        ("settings: {flow: {patience: .inf}}", 1, "settings.flow.patience", FailureCode.SCENARIO_WRONG),
        ("name: x\nterminal:\n  state: asleep", 3, "asleep", FailureCode.SCENARIO_WRONG),
        ("name: x\nterminal:\n  stat: down", 3, "stat", FailureCode.SCENARIO_WRONG),
        ("name: x\nterminal: {state: slow, seconds: .inf}", 2, "terminal.seconds", FailureCode.SCENARIO_WRONG),
        ("terminal: {state: error, code: [1]}", 1, "terminal.code", FailureCode.SCENARIO_WRONG),
        (f"persona: {'x' * 5000}", 1, "hanako", FailureCode.PERSONA_UNKNOWN),
        ("card: {pin_tries: -1}", 1, "card.pin_tries", FailureCode.SCENARIO_WRONG),
        ("card: {number_b_tries: 16}", 1, "card.number_b_tries", FailureCode.SCENARIO_WRONG),
        ("card: {pin: 12}", 1, "card.pin", FailureCode.SCENARIO_WRONG),
        ("card: {serial: xyz}", 1, "card.serial", FailureCode.SCENARIO_WRONG),
        ("record: {sex: yes}", 1, "record.sex", FailureCode.SCENARIO_WRONG),
        ("steps:\n  - present: {document: notice, persona: kenzi}", 2, "kenzi", FailureCode.PERSONA_UNKNOWN),
        ("steps:\n  - present: {document: notice, condition: torn}", 2, "torn", FailureCode.SCENARIO_WRONG),
        ("steps:\n  - present: {document: notice, layout: round}", 2, "round", FailureCode.SCENARIO_WRONG),
        ("steps:\n  - wait: 1\n  - fault: {terminal: asleep}", 3, "asleep", FailureCode.SCENARIO_WRONG),
    ],
)
def test_what_does_not_exist_is_named_with_its_line(
    tmp_path: Path, text: str, line: int, what: str, code: FailureCode
) -> None:
    with pytest.raises(Fatal) as caught:
        cast(written(tmp_path, text), Settings(), PERSONAS)
    assert caught.value.code is code
    assert caught.value.detail.startswith(f"test.yaml:{line}: ")
    assert what in caught.value.detail
