from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from drivers.simulated.card import VirtualCard
from drivers.simulated.persona import CardFields, Persona, RecordFields

PHOTO = bytes(range(256)) * 12


@pytest.fixture
def powered() -> Callable[..., VirtualCard]:
    """`powered(options={…}, pin_tries=1, …)`: a virtual card under power; keywords are fields of the card."""

    def make(*, options: dict[str, Any] | None = None, **fields: Any) -> VirtualCard:
        persona = Persona("hanako", {}, CardFields(**fields), RecordFields())
        card = VirtualCard(persona, **({"photo_jp2": PHOTO} | (options or {})))
        card.power_on()
        return card

    return make
