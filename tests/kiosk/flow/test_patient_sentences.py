"""Whatever can stand on a patient's screen is among the sentences that every language has."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace

import pytest

from kiosk.app.catalogue import base_sentences, patient_languages
from kiosk.domain.screen import View
from kiosk.flow.events import Tapped
from kiosk.flow.machine import step
from kiosk.flow.states import CheckingStaffCode, DecidingVisually, EnteringStaffCode
from kiosk.flow.view import view
from kiosk.ui.samples import SAMPLES
from tests.kiosk.flow.reached import REACHED, reached
from tests.kiosk.flow.samples import ASSETS, AT

ROOT = ASSETS.parent
SENTENCES = base_sentences(ASSETS / "messages")
_ORDER, PATIENT = patient_languages(ASSETS / "messages")

READ_BY_STAFF = (EnteringStaffCode, CheckingStaffCode, DecidingVisually)
STAFF_SCREENS = {"visual_code", "visual_decide"}
ONLY_STAFF = (
    *("staff.", "staff_code.", "visual.decide", "control.visual.reason.", "control.visual.refuse"),
    *("document.warning.", "picture.card_photo", "picture.person_now", "leave.", "language."),
    *("cli.", "form.input.", "form.output.", "mode.", "line.", "bench."),
)
"""Beginnings of ids that the same modules write for staff, or that are the same in every language."""


def untranslated(shown: View) -> list[str]:
    ids = {*shown.message_ids(), *([f"picture.{shown.picture}"] if shown.picture else [])}
    return sorted(i for i in ids if not PATIENT.holds(i))


def test_every_screen_that_is_reached_can_be_translated() -> None:
    for name in REACHED:
        state = reached(name)
        assert isinstance(state, READ_BY_STAFF) or untranslated(view(state)) == [], name


def test_every_sample_can_be_translated() -> None:
    for name, sample in SAMPLES.items():
        assert sample.screen in STAFF_SCREENS or untranslated(sample) == [], name


def test_every_kind_of_screen_that_is_reached_has_a_sample() -> None:
    """Or the checks of the gallery would pass it by: the same parts, and as much to read and to press."""
    samples = [*SAMPLES.values()]
    for name in REACHED:
        shown = view(reached(name))
        assert any(_carries(sample, shown) for sample in samples), f"{name}: {shown.screen} {sorted(_controls(shown))}"


def _carries(sample: View, shown: View) -> bool:
    parts, wanted = (
        (v.screen, type(v.content), getattr(v.content, "kind", None), bool(v.picture)) for v in (sample, shown)
    )
    words, needed = ((len(v.body), len(v.notices)) for v in (sample, shown))
    enough = words[0] + words[1] >= needed[0] + needed[1]
    return parts == wanted and enough and _controls(sample) >= _controls(shown)


def _controls(shown: View) -> set[str]:
    return {c.id for c in shown.controls} | ({"back"} if shown.back else set())


def test_every_sentence_that_the_flow_or_a_widget_names_can_be_translated() -> None:
    """The modules that make screens, read as text: what no visit of the tests comes to is found there."""
    named = "|".join(sorted(set(_patterns())))
    found = [i for i in SENTENCES if re.fullmatch(named, i)]
    assert len(found) > 400
    assert [i for i in found if not PATIENT.holds(i) and not i.startswith(ONLY_STAFF)] == []


def _patterns() -> Iterator[str]:
    for folder in ("kiosk/flow", "kiosk/ui", "kiosk/runtime"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path.name not in ("bench.py", "gallery.py") and not path.stem.endswith("samples"):
                yield from _of(ast.parse(path.read_text(encoding="utf-8")))
    decisions = tomllib.loads((ASSETS / "rules" / "decisions.toml").read_text(encoding="utf-8"))
    yield from (re.escape(row["say"]) for rows in decisions.values() for row in rows if "say" in row)


def _of(tree: ast.AST) -> Iterator[str]:
    """Whole ids, and those of which a part is put in: a word, without a full stop."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.escape(node.value)
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            pieces = (re.escape(str(v.value)) if isinstance(v, ast.Constant) else r"\w+" for v in node.values)
            yield "".join(pieces)


def test_another_language_keeps_the_step() -> None:
    for name in REACHED:
        state = reached(name)
        other = "ja" if state.lane.language == "en" else "en"
        changed, _effects = step(state, Tapped(AT, f"language.{other}"))
        assert type(changed) is type(state), name
        assert changed.lane.language == other
        before, after = view(state), view(changed)
        assert replace(after, language=before.language) == before, name


@pytest.mark.parametrize(("chosen", "read"), [("ne", "ja"), ("ja-x-easy", "ja"), ("en", "en"), ("ja", "ja")])
def test_staff_in_the_middle_of_a_visit_read_their_own_language(chosen: str, read: str) -> None:
    for name in ("EnteringStaffCode", "CheckingStaffCode", "DecidingVisually", "AwaitingVisualCheck"):
        state = reached(name)
        state = replace(state, lane=replace(state.lane, language=chosen))
        assert view(state).language == (read if isinstance(state, READ_BY_STAFF) else chosen)
