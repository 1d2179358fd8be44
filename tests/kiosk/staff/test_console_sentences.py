"""Every alert that the flow can leave on a visit says to staff what it means."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from kiosk.app.catalogue import load_catalogue
from kiosk.domain.guard import Mismatch
from kiosk.flow.transitions_eligibility import _FAILURE_ALERTS

ROOT = Path(__file__).parents[3]
_PHOTO = (
    "card_front_unreadable",
    "verification_number_refused",
    "photo_missing",
    "photo_unreadable",
    "photo_not_read",
    "person_mismatch",
)
"""Chosen from tables."""

NAMING = {"alert", "RaiseAlert", "left_with_staff"}


def alerts_of(source: str) -> Iterator[str]:
    """Words in the calls that put an alert on a visit."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = node.args if called in NAMING else [k.value for k in node.keywords if k.arg == "alerts"]
            for argument in given:
                for part in ast.walk(argument):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str) and "." not in part.value:
                        yield part.value


def test_every_alert_has_its_sentence() -> None:
    catalogue = load_catalogue(ROOT / "assets" / "messages")
    named = {word for path in (ROOT / "kiosk/flow").glob("*.py") for word in alerts_of(path.read_text("utf-8"))}
    named |= {*_FAILURE_ALERTS.values(), *_PHOTO, *(f"mismatch_{reason.value}" for reason in Mismatch)}
    assert {"share_unknown", "card_left_behind", "reader_lost"} <= named
    missing = sorted(word for word in named if f"console.alert.{word}" not in catalogue and not word.endswith("_"))
    assert missing == []
