"""Specimens for any persona, as files and frames."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from drivers.simulated.persona import load_persona, persona_names
from drivers.simulated.specimens import CONDITIONS, LAYOUTS, specimen, specimen_values
from drivers.simulated.specimens.make import specimen_picture
from kiosk.domain.documents import FieldKey
from kiosk.domain.failures import FailureCode, Fatal

ON = date(2026, 11, 24)
PERSONAS = Path(__file__).parents[4] / "assets" / "personas"


def test_every_document_has_three_layouts_and_five_conditions() -> None:
    assert set(LAYOUTS) == {"portal_pdf", "portal_screen", "notice", "certificate", "old_card"}
    assert all(len(layouts) >= 3 for layouts in LAYOUTS.values())
    assert CONDITIONS == ("clean", "tilted", "dim", "glaring", "blurred")


@pytest.mark.parametrize("name", persona_names(PERSONAS))
@pytest.mark.parametrize("document", LAYOUTS)
def test_every_persona_has_every_document(name: str, document: str) -> None:
    persona = load_persona(PERSONAS, name)
    values = specimen_values(persona, document, on=ON)
    assert values[FieldKey.INSURER_NO] == persona.record.insurer_number
    assert values[FieldKey.NAME] == (persona.record.name or persona.card.name)


def test_a_portal_file_is_a_pdf_and_the_rest_are_pictures() -> None:
    persona = load_persona(PERSONAS, "hanako")
    assert specimen(persona, "portal_pdf", on=ON).startswith(b"%PDF-")
    for document in ("notice", "screenshot"):
        with Image.open(io.BytesIO(specimen(persona, document, on=ON))) as image:
            assert image.format == "JPEG"


def test_the_same_moment_gives_the_same_picture_and_another_another() -> None:
    persona = load_persona(PERSONAS, "hanako")
    one, same, other = (specimen_picture(persona, "old_card", on=ON, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_conditions_are_what_they_say() -> None:
    persona = load_persona(PERSONAS, "hanako")
    clean, dim, glaring = (
        specimen_picture(persona, "old_card", on=ON, condition=condition) for condition in ("clean", "dim", "glaring")
    )
    assert dim.mean() < 0.5 * clean.mean()
    assert (glaring == 255).mean() > (clean == 255).mean() + 0.02


@pytest.mark.parametrize(
    ("document", "layout", "condition"),
    [("passport", None, "clean"), ("notice", "round", "clean"), ("notice", None, "wet")],
)
def test_what_does_not_exist_is_named_with_what_does(document: str, layout: str | None, condition: str) -> None:
    persona = load_persona(PERSONAS, "hanako")
    with pytest.raises(Fatal) as caught:
        specimen_picture(persona, document, on=ON, layout=layout, condition=condition)
    assert caught.value.code is FailureCode.SCENARIO_WRONG
    assert ", " in caught.value.detail


@pytest.mark.parametrize(
    ("starts", "on", "printed"),
    [
        (date(2026, 8, 1), date(2026, 8, 1), "2026-08-01"),
        (date(2026, 8, 1), date(2026, 7, 31), "2025-08-01"),
        (date(2026, 8, 1), date(2025, 12, 1), "2025-08-01"),
        (date(2026, 12, 1), ON, "2026-12-01"),
    ],
)
def test_a_sheet_of_the_year_is_in_force_and_one_to_come_is_not(starts: date, on: date, printed: str) -> None:
    who = load_persona(PERSONAS, "taro")
    who = replace(who, record=replace(who.record, valid_from=starts))
    assert specimen_values(who, "portal_pdf", on=on)[FieldKey.VALID_FROM] == printed
