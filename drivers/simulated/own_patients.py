"""The personas as the facility's own patient list would have them."""

from __future__ import annotations

from collections.abc import Iterable

from drivers.simulated.persona import Persona
from kiosk.domain.claim_note import Numbers
from kiosk.domain.patients import Patient


def own_patients(personas: Iterable[Persona]) -> tuple[Patient, ...]:
    """Everybody of whom something is held. Patient numbers follow the names, so that a list stays as it is."""
    found = []
    for count, persona in enumerate(sorted(personas, key=lambda persona: persona.name), start=1):
        held, card = persona.held, persona.card
        if held is None:
            continue
        former = Numbers(held.former_insurer_number, held.former_symbol, held.former_number, held.former_branch)
        found.append(
            Patient(
                patient_number=held.patient_number or f"{count:05d}",
                kana=card.kana,
                birth_date=card.birth_date,
                reference_number=held.reference_number or persona.record.reference_number,
                name=card.name,
                sex=card.sex,
                insurer_number=held.insurer_number,
                symbol=held.symbol,
                number=held.number,
                branch=held.branch,
                last_visit=held.last_visit,
                share_percent=held.share_percent,
                former=former if former.usable else None,
            )
        )
    return tuple(found)
