"""A scenario's names turned into people, settings and a terminal, before anything of it is played."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from drivers.simulated.persona import Persona, load_persona
from drivers.simulated.specimens import demand_specimen
from drivers.simulated.terminal import TerminalState
from kiosk.app.scenario import Scenario
from kiosk.app.settings import Settings
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.rules import load_rules


@dataclass(frozen=True)
class Cast:
    persona: Persona
    settings: Settings
    terminal: TerminalState


def cast(scenario: Scenario, settings: Settings, personas: Path) -> Cast:
    """Raises `Fatal(SCENARIO_WRONG | PERSONA_UNKNOWN)` whose detail begins with file and line."""
    try:
        line = scenario.lines.get("persona", 1)
        persona = load_persona(personas, scenario.persona)
        for step in scenario.steps:
            line = step.line
            if step.action == "place_card" and step.argument is not None:
                load_persona(personas, step.argument)
            elif step.action == "camera" and step.argument == "alike" and persona.alike_face is None:
                raise Fatal(FailureCode.SCENARIO_WRONG, f"camera: alike ({persona.name}: alike_face)")
            elif step.action == "present":
                shown = step.argument
                load_persona(personas, shown.get("persona", scenario.persona))
                demand_specimen(shown["document"], shown.get("layout"), shown.get("condition", "clean"))
            elif step.action == "fault" and "terminal" in step.argument:
                terminal_state(step.argument["terminal"])
        line = 1
        return Cast(
            persona.with_overrides(scenario.card, scenario.record, scenario.held),
            settings.overridden(scenario.settings),
            TerminalState.of(scenario.terminal),
        )
    except Fatal as error:
        line = _line_of(error.detail, scenario.lines) or line
        raise Fatal(error.code, f"{scenario.path.name}:{line}: {error.detail}") from None


def check_clock(scenario: Scenario, assets: Path) -> None:
    """Every visit needs the rules of the face and of the other ways to be confirmed. Raises `Fatal(SCENARIO_WRONG)`
    naming line and first day."""
    since = max(load_rules(assets / "rules" / name).since() for name in ("face.toml", "identity.toml"))
    if scenario.clock.date() < since:
        place = f"{scenario.path.name}:{scenario.lines.get('clock', 1)}"
        raise Fatal(FailureCode.SCENARIO_WRONG, f"{place}: clock: not before {since}, the first day with rules")


def terminal_state(argument: object) -> TerminalState:
    """Of a `fault: {terminal: …}`, which names a state or gives all of `terminal:`."""
    return TerminalState.of(argument if isinstance(argument, Mapping) else {"state": argument})


def _line_of(detail: str, lines: Mapping[str, int]) -> int | None:
    """The line of the key that a detail names as `card: pni (…)`, `card.pin: …` or `settings.flow.pace (…)`."""
    found = re.match(r"([\w.-]+)(?:: ([\w.-]+))?", detail)
    if found is None:
        return None
    whole, inner = found.group(1), found.group(2)
    return lines.get(f"{whole}.{inner}") or lines.get(whole)
