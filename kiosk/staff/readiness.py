"""The readiness report: is everything there that reception needs, and if not, what is to be done.

Each check looks at one thing and answers with a finding. A check that fails, in whatever way, hides no other.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from kiosk.domain.failures import KioskError
from kiosk.domain.messages import Catalogue, Text


class State(StrEnum):
    OK = "ok"
    WARN = "warn"  # works, but somebody should look
    FAIL = "fail"  # reception is not possible, or not in every way
    ABSENT = "absent"  # not there, and not needed for what is set up


@dataclass(frozen=True)
class Finding:
    """`cause` says what was seen, `remedy` what to do; a good finding needs none. `detail` is for technicians:
    versions, paths, codes; never personal data."""

    state: State
    cause: Text
    remedy: Text | None = None
    detail: str = ""


class Check(Protocol):
    """One thing to look at. Its name stands in the message catalogue under `doctor.<id>.name`."""

    @property
    def id(self) -> str: ...
    def run(self) -> Finding:
        """May raise; the runner turns that into a finding."""


@dataclass(frozen=True)
class Line:
    check: str
    finding: Finding


@dataclass(frozen=True)
class Report:
    lines: tuple[Line, ...]

    @property
    def ready(self) -> bool:
        return all(line.finding.state is not State.FAIL for line in self.lines)

    @property
    def summary(self) -> Text:
        if not self.ready:
            return Text("doctor.summary.fail")
        warned = any(line.finding.state is State.WARN for line in self.lines)
        return Text("doctor.summary.warn" if warned else "doctor.summary.ok")


def examine(checks: Iterable[Check]) -> Report:
    return Report(tuple(Line(check.id, _finding(check)) for check in checks))


def from_error(error: KioskError) -> Finding:
    code = error.code.value
    return Finding(State.FAIL, Text(f"failure.{code}.cause"), Text(f"failure.{code}.remedy"), str(error))


def _finding(check: Check) -> Finding:
    try:
        return check.run()
    except KioskError as error:
        return from_error(error)
    except Exception as error:  # one broken check must not take the report away
        cause = Text("doctor.check_failed", (("kind", type(error).__name__),))
        return Finding(State.FAIL, cause, Text("doctor.check_failed.remedy"), _place(error))


def _place(error: Exception) -> str:
    """File and line where it happened. The error's own text may quote what it should not."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""


def as_text(report: Report, catalogue: Catalogue, language: str) -> list[str]:
    """One line for each check, the remedy and the detail indented below it, and a summary."""

    def say(text: Text) -> str:
        return catalogue.render(text, language)

    names = {line.check: say(Text(f"doctor.{line.check}.name")) for line in report.lines}
    states = {state: say(Text(f"doctor.state.{state.value}")) for state in State}
    name_width = max((_width(name) for name in names.values()), default=0)
    state_width = max(_width(name) for name in states.values())
    indent = " " * (state_width + name_width + 4)
    lines: list[str] = []
    for line in report.lines:
        finding = line.finding
        start = f"{_pad(states[finding.state], state_width)}  {_pad(names[line.check], name_width)}  "
        lines.append(start + say(finding.cause))
        if finding.remedy is not None:
            lines.append(f"{indent}→ {say(finding.remedy)}")
        if finding.detail:
            lines.append(f"{indent}({finding.detail})")
    return [*lines, say(report.summary)]


def as_data(report: Report, catalogue: Catalogue, language: str) -> dict[str, object]:
    """The report for JSON."""

    def say(text: Text | None) -> str | None:
        return None if text is None else catalogue.render(text, language)

    checks = [
        {
            "id": line.check,
            "name": say(Text(f"doctor.{line.check}.name")),
            "state": line.finding.state.value,
            "cause": say(line.finding.cause),
            "remedy": say(line.finding.remedy),
            "detail": line.finding.detail,
        }
        for line in report.lines
    ]
    return {"ready": report.ready, "summary": say(report.summary), "checks": checks}


def _width(text: str) -> int:
    """Columns on a terminal: Japanese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
