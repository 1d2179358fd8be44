"""Scenario files: what they may say, and how every slip is named with its line."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.app.scenario import DEFAULT_CLOCK, MAX_BYTES, Scenario, load_scenario
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.runtime.clocks import JAPAN
from tests.kiosk.app.plays import written

WHOLE = """\
name: whole
title: Everything at once
persona: kenji
clock: 2026-11-24T09:30:00+09:00
settings: {flow: {patience: 90}}
terminal: {state: slow, seconds: 2}
card:
  pin_tries: 1
  certificate_ends: 2026-09-30
record: {name: "●崎　花子"}
steps:
  - place_card
  - place_card: hanako
  - remove_card
  - camera: none
  - expect: {screen: consent, message: m, button: b, state: s, within: 3}
  - tap: consent.all
  - type: {field: pin, text: 0123}
  - staff: {action: visual_check, staff: suzuki, reason: face_failed}
  - present: {document: portal_pdf, file: sample.pdf}
  - fault: {reader: unplug}
  - fault: {terminal: {state: slow, seconds: 3}}
  - device_result: reader-ok.xml
  - wait: 2.0
outcome:
  - {status: abandoned, claim_route: 1}
  - {status: accepted, consents: [surgery], share: 30, decision: D01, alerts: []}
"""


def read(folder: Path, text: str) -> Scenario:
    return written(folder, text)


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(Fatal) as caught:
        written(folder, text)
    assert caught.value.code is FailureCode.SCENARIO_WRONG
    return caught.value.detail


def test_all_keys_of_the_contract_are_read(tmp_path: Path) -> None:
    scenario = read(tmp_path, WHOLE)
    assert (scenario.name, scenario.title, scenario.persona) == ("whole", "Everything at once", "kenji")
    assert scenario.clock == DEFAULT_CLOCK
    assert scenario.settings == {"flow": {"patience": 90}}
    assert scenario.terminal == {"state": "slow", "seconds": 2}
    assert scenario.card["pin_tries"] == 1
    assert scenario.record == {"name": "●崎　花子"}
    assert [(step.number, step.line) for step in scenario.steps] == [(n, n + 11) for n in range(1, 14)]
    assert scenario.steps[0].argument is None
    assert scenario.steps[1].argument == "hanako"
    assert scenario.steps[3].argument == "none"
    assert [dict(o)["status"] for o in scenario.outcomes] == ["abandoned", "accepted"]
    assert scenario.outcomes[0]["claim_route"] == "1"
    assert (scenario.lines["persona"], scenario.lines["card.certificate_ends"]) == (3, 9)


def test_a_pin_without_quotes_keeps_its_zeros(tmp_path: Path) -> None:
    assert read(tmp_path, WHOLE).steps[6].argument == {"field": "pin", "text": "0123"}


def test_nearly_nothing_is_enough(tmp_path: Path) -> None:
    scenario = written(tmp_path, "steps: []", "from-file")
    assert (scenario.name, scenario.persona, scenario.steps, scenario.outcomes) == ("from-file", "hanako", (), ())
    assert scenario.clock == DEFAULT_CLOCK


def test_what_looks_like_another_number_stays_as_it_is_written(tmp_path: Path) -> None:
    """YAML 1.1 reads a leading zero as octal and a colon as sixties."""
    record = read(tmp_path, "record: {insurer_number: 01130012, branch: 01, symbol: 12:30, number: 12}").record
    assert record == {"insurer_number": "01130012", "branch": "01", "symbol": "12:30", "number": 12}


def test_keys_without_a_value_are_as_if_they_were_not_there(tmp_path: Path) -> None:
    keys = ("name", "title", "persona", "clock", "settings", "terminal", "card", "record", "held", "steps", "outcome")
    nothing, empty = read(tmp_path, "steps: []"), read(tmp_path, "".join(f"{key}:\n" for key in keys))
    assert replace(empty, lines={}) == replace(nothing, lines={})


@pytest.mark.parametrize("name", ["Card, face (all)", "顔認証　成功", "_draft", "7"])
def test_a_name_is_what_people_call_it(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, f"name: {name}").name == name


def test_what_stands_twice_may_be_written_once(tmp_path: Path) -> None:
    scenario = read(
        tmp_path,
        """\
        record: &same {symbol: A, number: 1}
        held: {<<: *same, number: 2}
        steps:
          - type: &pin {field: pin, text: 0000}
          - type: {<<: *pin, text: 0123}
          - &back {tap: back}
          - *back
        outcome:
          - &first {status: accepted, identity: pin}
          - {<<: *first, identity: face}
        """,
    )
    assert scenario.held == {"symbol": "A", "number": 2}
    assert [step.argument for step in scenario.steps] == [
        {"field": "pin", "text": "0000"},
        {"field": "pin", "text": "0123"},
        "back",
        "back",
    ]
    assert scenario.outcomes[1] == {"status": "accepted", "identity": "face"}


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("2026-11-24T09:30:00+09:00", datetime(2026, 11, 24, 9, 30, tzinfo=JAPAN)),
        ("2026-11-24T00:30:00Z", datetime(2026, 11, 24, 9, 30, tzinfo=JAPAN)),
        ("2026-11-24 09:30:00", datetime(2026, 11, 24, 9, 30, tzinfo=JAPAN)),
        ('"2026-11-24T09:30"', datetime(2026, 11, 24, 9, 30, tzinfo=JAPAN)),
        ("2026-11-24", datetime(2026, 11, 24, 9, 30, tzinfo=JAPAN)),
    ],
)
def test_a_clock_is_in_japanese_time_unless_it_says_otherwise(tmp_path: Path, given: str, meant: datetime) -> None:
    clock = read(tmp_path, f"clock: {given}").clock
    assert clock == meant
    assert clock.utcoffset() == meant.utcoffset()


WRONG = [
    # text, line, a word of what is said
    ("naem: x", 1, "unknown key 'naem'"),
    ("name: x\nsteps: []\nstep: []", 3, "unknown key 'step'"),
    ("name: x\nname: y", 2, "twice"),
    ("- name: x", 1, "mapping expected"),
    ("just words", 1, "mapping expected"),
    ("", 1, "name"),
    ("# nothing", 1, "name"),
    ("name: [a]", 1, "text expected"),
    ("name: ../../etc", 1, "name"),
    ("name: a/b", 1, "name"),
    ('name: "a\\nb"', 1, "name"),
    ("title: true", 1, "text expected"),
    ("persona: {a: b}", 1, "text expected"),
    ("clock: tomorrow", 1, "date and time expected"),
    ("clock: 2026-13-45", 1, ""),
    ("clock: 2026-02-30T09:00:00+09:00", 1, ""),
    ("clock: 5", 1, "date and time expected"),
    ("clock: 0001-01-01T00:00:00+14:00", 1, "date and time expected"),
    ("card: [pin]", 1, "mapping expected"),
    ("card:\n  pin: 1\n  pin: 2", 3, "twice"),
    ("card: {1: 2}", 1, "mapping expected"),
    ("terminal: silent", 1, "mapping expected"),
    ("steps: {tap: x}", 1, "list of steps expected"),
    ("steps:\n  - place_card\n  - jump", 3, "unknown step 'jump'"),
    ("steps:\n  - jump: 3", 2, "unknown key 'jump'"),
    ("steps:\n  - {tap: a, wait: 1}", 2, "one action per step"),
    ("steps:\n  - [tap]", 2, "mapping expected"),
    ("steps:\n  - place_card: 3", 2, "persona"),
    ("steps:\n  - remove_card: kenji", 2, "nothing follows"),
    ("steps:\n  - camera", 2, "unknown camera"),
    ("steps:\n  - camera: selfie", 2, "unknown camera 'selfie'"),
    ("steps:\n  - camera: [self]", 2, "unknown camera"),
    ("steps:\n  - expect", 2, "mapping expected"),
    ("steps:\n  - expect: {}", 2, "mapping expected"),
    ("steps:\n  - expect: {scren: idle}", 2, "unknown key 'scren'"),
    ("steps:\n  - expect: {screen: 5}", 2, "text expected"),
    ("steps:\n  - expect: {screen: idle, within: soon}", 2, "seconds expected"),
    ("steps:\n  - tap", 2, "text expected"),
    ("steps:\n  - tap: [a]", 2, "text expected"),
    ("steps:\n  - type: 1234", 2, "mapping expected"),
    ("steps:\n  - type: {field: pin}", 2, "needed: field, text"),
    ("steps:\n  - type: {field: pin, text: [1]}", 2, "text expected"),
    ("steps:\n  - staff: {action: shout}", 2, "unknown staff.action 'shout'"),
    ("steps:\n  - staff: {staff: sato}", 2, "unknown staff.action"),
    ("steps:\n  - staff: {action: refuse, staff: nobody}", 2, "unknown staff.staff 'nobody'"),
    ("steps:\n  - staff: {action: refuse, why: so}", 2, "unknown key 'why'"),
    ("steps:\n  - staff: {action: accept, document: tickt}", 2, "unknown staff.document 'tickt'"),
    ("steps:\n  - staff: {action: accept, reason: [a]}", 2, "staff.reason: text expected"),
    ("steps:\n  - present: {paper: x}", 2, "unknown key 'paper'"),
    ("steps:\n  - device_result: 3", 2, "text expected"),
    ("steps:\n  - fault: reader", 2, "mapping expected"),
    ("steps:\n  - fault: {printer: jam}", 2, "unknown fault.printer 'jam'"),
    ("steps:\n  - fault: {scanner: jam}", 2, "unknown key 'scanner'"),
    ("steps:\n  - fault: {reader: explode}", 2, "unknown fault.reader 'explode'"),
    ("steps:\n  - wait: soon", 2, "seconds expected"),
    ("steps:\n  - wait: -1", 2, "seconds expected"),
    ("steps:\n  - wait: true", 2, "seconds expected"),
    ("steps:\n  - wait: .inf", 2, "seconds expected"),
    ("steps:\n  - wait: .nan", 2, "seconds expected"),
    ("steps:\n  - wait: 1e9", 2, "seconds expected"),
    ("steps: []\noutcome: accepted", 2, "mapping expected"),
    ("outcome:\n  status: acepted", 2, "unknown status 'acepted'"),
    ("outcome:\n  staus: accepted", 2, "unknown key 'staus'"),
    ("outcome:\n  status:", 2, "unknown status"),
    ("outcome:\n  - status: accepted\n  - identity: hand", 3, "unknown identity 'hand'"),
    ("outcome: {claim_route: 4}", 1, "unknown claim_route '4'"),
    ("outcome: {consents: all}", 1, "list expected"),
    ("name: x\nsteps: [", 2, ""),
    ("name: 'x", 1, ""),
    ("name: x\n\ttitle: y", 2, ""),
    ("name: *nobody", 1, "undefined alias"),
    ("card: !!python/object/apply:os.system ['true']", 1, "constructor"),
    ("name: a\n---\nname: b", 2, ""),
    ("? [a, b]\n: c", 1, "one word"),
    ("name: x\nclock: !!timestamp x", 2, "timestamp"),
    ("name: x\ncard: {pin_tries: !!int x}", 2, "int"),
    ("outcome:\n  - &a {status: accepted}\n  - <<: {staus: accepted}", 3, "unknown key 'staus'"),
]


@pytest.mark.parametrize(("text", "line", "what"), WRONG)
def test_a_slip_is_named_with_its_line(tmp_path: Path, text: str, line: int, what: str) -> None:
    detail = refusal(tmp_path, text)
    assert detail.startswith(f"test.yaml:{line}: ")
    assert what in detail
    assert len(detail.splitlines()) == 1


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
)


@pytest.mark.parametrize(
    "text", ["steps: " + "[" * 5000, BOMB, BOMB + "name: *j", "name: x\nsteps: &s [*s]", "card: {pin: &p {a: *p}}"]
)
def test_a_hostile_file_is_refused_like_any_other(tmp_path: Path, text: str) -> None:
    refusal(tmp_path, text)


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", "name: 花".encode("cp932"), b"name: \x00", b"#" * (MAX_BYTES + 1)]
)
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "no-text.yaml"
    path.write_bytes(content)
    with pytest.raises(Fatal, match=r"K502 no-text\.yaml"):
        load_scenario(path)


def test_an_absent_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.yaml", tmp_path):
        with pytest.raises(Fatal, match="K502"):
            load_scenario(path)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, len(WHOLE)), st.integers(0, 12), st.text(max_size=4))
def test_whatever_stands_there_only_the_one_error_comes_out(
    tmp_path: Path, place: int, removed: int, added: str
) -> None:
    text = WHOLE[:place] + added + WHOLE[place + removed :]
    path = tmp_path / "changed.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        load_scenario(path)
    except Fatal as error:
        said = str(error)
    else:
        said = "K502 changed.yaml:"
    assert said.startswith("K502 changed.yaml:")
