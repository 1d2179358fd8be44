"""The scenarios that ship with the program."""

from __future__ import annotations

from pathlib import Path

from kiosk.app.paths import ASSETS
from kiosk.domain.failures import FailureCode, Fatal


def shipped_scenarios() -> dict[str, Path]:
    return {p.stem: p for p in sorted((ASSETS / "scenarios").glob("*.yaml"))}


def find_scenario(name: str) -> Path:
    """A shipped name or a path. Raises `Fatal(SCENARIO_WRONG)` listing the shipped ones."""
    shipped = shipped_scenarios()
    if name in shipped:
        return shipped[name]
    path = Path(name)
    if path.is_file():
        return path
    raise Fatal(FailureCode.SCENARIO_WRONG, f"{name} ({', '.join(shipped)})")
