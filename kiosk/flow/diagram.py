"""The handbook's page on the flow, made from the transition table: a diagram, and a table that leaves nothing out.

`python -m kiosk.flow.diagram` writes it; everything else here is pure.
"""

from __future__ import annotations

import inspect
from pathlib import Path

from kiosk.flow.all_states import ALL_STATES
from kiosk.flow.effects import TimerKind
from kiosk.flow.machine import rows
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import CardStage, ConfirmedStage, Idle, State
from kiosk.flow.states_documents import FallbackStage
from kiosk.flow.states_form import FormStage
from kiosk.flow.states_practice import PracticeStage
from kiosk.flow.table import Row
from kiosk.flow.timeouts import usual_timer

PAGE = Path(__file__).parents[2] / "assets" / "handbook" / "flow.md"

_STAGES: tuple[type[State], ...] = (CardStage, ConfirmedStage, FallbackStage, FormStage, PracticeStage)
_ORDER: tuple[type[State], ...] = (State, *_STAGES, *ALL_STATES)

_HEAD = """# The flow of a reception

Made from the transition table by `python -m kiosk.flow.diagram`; a test compares. Do not edit.

A step takes a state and an event and gives the next state and what is to be done. What stands in no row changes
nothing. Every row may also stay where it is. A state of a stage has the rows of the stage, unless it has its own for
the same event. Somebody else's card that lies on the reader already, when a visit comes to a state that such a card
ends, ends it at once.
"""

_DIAGRAM = """## Diagram

`CardStage`, `ConfirmedStage`, `FallbackStage`, `FormStage` and `PracticeStage` stand for every state of theirs; the
table says which. Left out are the rows that hold for every state, and what the two screens that lie over another one
(`AskingMoreTime`, `StaffCalled`) hand on to it.
"""

_TABLE = """## Table

Buttons stand in code letters; the others are events. Times are the defaults of the settings, in seconds: "waits" for a
person, "at most" for a device or for a screen that goes on by itself.
"""


def page() -> str:
    return "\n".join([_HEAD, _DIAGRAM, "```mermaid", *diagram_lines(rows()), "```", "", _TABLE, *table_lines(rows())])


def diagram_lines(table: tuple[Row, ...]) -> list[str]:
    """One arrow for each pair of states, with all that leads along it."""
    lines = ["stateDiagram-v2", "    direction LR", f"    [*] --> {Idle.__name__}"]
    lines += [f'    state "{stage.__name__}: any of its states" as {stage.__name__}' for stage in _STAGES]
    arrows: dict[tuple[type[State], type[State]], list[str]] = {}
    for row in table:
        for target in row.targets:
            if row.state is not State and target in ALL_STATES and target is not row.state:
                arrows.setdefault((row.state, target), []).append(_label(row))
    for (source, target), labels in sorted(arrows.items(), key=lambda item: _place(*item[0])):
        lines.append(f"    {source.__name__} --> {target.__name__}: {', '.join(dict.fromkeys(labels))}")
    return lines


def table_lines(table: tuple[Row, ...]) -> list[str]:
    lines: list[str] = []
    for state in _ORDER:
        mine = [row for row in table if row.state is state]
        lines += [f"### {_title(state)}", "", *_meaning(state), *_facts(state)]
        if mine:
            lines += ["| On | Leads to |", "|---|---|"]
            lines += [f"| {_marked(row)} | {_targets(row)} |" for row in sorted(mine, key=_marked)]
            lines.append("")
    return lines


def _title(state: type[State]) -> str:
    return "Every state" if state is State else state.__name__


def _meaning(state: type[State]) -> list[str]:
    """The first paragraph of what the code says about it; nothing where the name says all."""
    if state is State:
        return ["What every state answers, unless it has a row of its own.", ""]
    text = state.__doc__ or ""
    made_by_dataclass = text.startswith(f"{state.__name__}(")
    return [] if made_by_dataclass else [" ".join(inspect.cleandoc(text).split("\n\n")[0].split()), ""]


def _facts(state: type[State]) -> list[str]:
    facts: list[str] = []
    if (stage := next((s for s in _STAGES if issubclass(state, s) and state is not s), None)) is not None:
        facts.append(f"Belongs to {stage.__name__}.")
    if (timer := usual_timer(state, FlowSettings())) is not None:
        seconds, kind = timer
        facts.append(f"{'Waits' if kind is TimerKind.PATIENCE else 'At most'} {seconds:g} s.")
    return [" ".join(facts), ""] if facts else []


def _targets(row: Row) -> str:
    """Base classes among the targets say that the handler stays, or gives back what lies underneath."""
    known = [target.__name__ for target in row.targets if target in ALL_STATES]
    if State in row.targets and row.state is not State:
        known.append("the state underneath, or the same")
    return ", ".join(known) or "stays"


def _label(row: Row) -> str:
    return row.control or row.event.__name__


def _marked(row: Row) -> str:
    return f"`{row.control}`" if row.control else row.event.__name__


def _place(source: type[State], target: type[State]) -> tuple[int, int]:
    return _ORDER.index(source), _ORDER.index(target)


def main() -> None:
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
