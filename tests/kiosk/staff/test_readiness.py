"""One failing check hides nothing; the report reads well and says what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from kiosk.domain.failures import FailureCode, Fatal, NeedsStaff
from kiosk.domain.messages import Catalogue, Text
from kiosk.staff.readiness import Finding, Line, Report, State, as_data, as_text, examine


@dataclass(frozen=True)
class Made:
    id: str
    run: Callable[[], Finding]


def good() -> Finding:
    return Finding(State.OK, Text("good"))


def broken() -> Finding:
    raise ZeroDivisionError("holds 1234")


def typed() -> Finding:
    raise NeedsStaff(FailureCode.CAMERA_GONE, "index 7")


SENTENCES = {
    "good": "Fine.",
    "bad": "Bad [[what]].",
    "do": "Do it.",
    "doctor.a.name": "短い",
    "doctor.bb.name": "Longer",
    "doctor.state.ok": "ok",
    "doctor.state.warn": "care",
    "doctor.state.fail": "FAIL",
    "doctor.state.absent": "none",
    "doctor.summary.ok": "All well.",
    "doctor.summary.warn": "Look.",
    "doctor.summary.fail": "Not ready.",
}
CATALOGUE = Catalogue({name: {"en": text} for name, text in SENTENCES.items()}, ("en",))


def test_a_failing_check_hides_no_other() -> None:
    report = examine([Made("a", broken), Made("b", good), Made("c", typed), Made("d", good)])
    assert [(line.check, line.finding.state) for line in report.lines] == [
        ("a", State.FAIL),
        ("b", State.OK),
        ("c", State.FAIL),
        ("d", State.OK),
    ]
    assert not report.ready
    crashed, lost = report.lines[0].finding, report.lines[2].finding
    assert crashed.cause == Text("doctor.check_failed", (("kind", "ZeroDivisionError"),))
    assert crashed.detail.startswith("test_readiness.py:")
    assert "1234" not in str(crashed)
    assert (lost.cause.id, lost.remedy) == ("failure.K210.cause", Text("failure.K210.remedy"))
    assert lost.detail == "K210 index 7"


def test_an_interrupt_is_not_swallowed() -> None:
    def interrupt() -> Finding:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        examine([Made("a", interrupt)])


@pytest.mark.parametrize(
    ("states", "ready", "summary"),
    [
        ([], True, "ok"),
        ([State.OK, State.ABSENT], True, "ok"),
        ([State.OK, State.WARN], True, "warn"),
        ([State.WARN, State.FAIL, State.OK], False, "fail"),
    ],
)
def test_the_summary_follows_the_worst_line(states: list[State], ready: bool, summary: str) -> None:
    report = Report(tuple(Line("a", Finding(state, Text("good"))) for state in states))
    assert (report.ready, report.summary) == (ready, Text(f"doctor.summary.{summary}"))


def test_text_stands_in_columns() -> None:
    findings = {
        "a": Finding(State.OK, Text("good")),
        "bb": Finding(State.FAIL, Text("bad", (("what", "x"),)), Text("do"), "E5"),
    }
    report = Report(tuple(Line(name, finding) for name, finding in findings.items()))
    assert as_text(report, CATALOGUE, "en") == [
        "ok    短い    Fine.",
        "FAIL  Longer  Bad x.",
        "              → Do it.",
        "              (E5)",
        "Not ready.",
    ]


def test_data_for_json() -> None:
    report = examine([Made("a", good), Made("bb", lambda: Finding(State.WARN, Text("good"), Text("do"), "E5"))])
    assert as_data(report, CATALOGUE, "en") == {
        "ready": True,
        "summary": "Look.",
        "checks": [
            {"id": "a", "name": "短い", "state": "ok", "cause": "Fine.", "remedy": None, "detail": ""},
            {"id": "bb", "name": "Longer", "state": "warn", "cause": "Fine.", "remedy": "Do it.", "detail": "E5"},
        ],
    }


def test_a_fatal_error_is_a_finding_too() -> None:
    def fatal() -> Finding:
        raise Fatal(FailureCode.MODEL_WRONG, "sface")

    assert examine([Made("a", fatal)]).lines[0].finding.cause == Text("failure.K221.cause")
