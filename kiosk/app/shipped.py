"""The scenarios that ship with the program."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from kiosk.app.console import USAGE, CommandFailed
from kiosk.app.files import is_file
from kiosk.app.paths import ASSETS


def shipped_scenarios() -> dict[str, Path]:
    return {p.stem: p for p in sorted((ASSETS / "scenarios").glob("*.yaml"))}


def find_scenario(name: str) -> Path:
    """A shipped name or a path. Raises `CommandFailed` naming the shipped ones most like it."""
    shipped = shipped_scenarios()
    if name in shipped:
        return shipped[name]
    path = Path(name)
    if is_file(path):
        return path
    like = get_close_matches(name, shipped, cutoff=0.4) or ["face-ok"]
    raise CommandFailed(USAGE, "cli.play.unknown", name=name, like=", ".join(like))
