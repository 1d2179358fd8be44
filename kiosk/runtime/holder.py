"""Who the holder of a card is, in the words of the card and of what was shown."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.eligibility import InsuredPerson
from kiosk.ports.card import CardAttributes


def holder_person(attributes: CardAttributes | None, known: InsuredPerson | None) -> InsuredPerson:
    """What was said or shown, completed by what the card says in words."""
    person = known or InsuredPerson()
    if attributes is None:
        return person
    return replace(
        person,
        name=person.name or attributes.name,
        birth_date=person.birth_date or attributes.birth_date,
        sex=person.sex or attributes.sex,
        address=person.address or attributes.address,
    )
