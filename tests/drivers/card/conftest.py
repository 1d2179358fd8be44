"""A session on a virtual card through the simulated reader, with every command that went over."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

import pytest

from drivers.card.session import IndividualNumberCardSession
from drivers.simulated.card import (
    VirtualCard,
    simulated_ca_certificates,
    simulated_record_issuers,
    verification_number_b,
)
from drivers.simulated.persona import CardFields, Persona, RecordFields
from drivers.simulated.reader import SimulatedReader
from kiosk.domain.secret import Secret

PHOTO = bytes(range(256)) * 20


@dataclass
class Visit:
    persona: Persona
    reader: SimulatedReader
    session: IndividualNumberCardSession
    commands: list[bytes]
    counters: MutableMapping[str, int]

    @property
    def number_b(self) -> Secret:
        card = self.persona.card
        return Secret(
            verification_number_b(card.birth_date, card.card_expires, card.security_code, card.western_birth_date)
        )


@pytest.fixture
def visit() -> Callable[..., Visit]:
    """`visit(pin_tries=1, …)`: fields of the card; `session=…` options of the session; `terminal=True` the switch."""

    def begin(
        *,
        session: dict[str, Any] | None = None,
        terminal: bool = False,
        counters: MutableMapping[str, int] | None = None,
        **card: Any,
    ) -> Visit:
        persona = Persona("hanako", {}, CardFields(**card), RecordFields())
        reader = SimulatedReader()
        counters = {} if counters is None else counters
        chip = VirtualCard(persona, photo_jp2=PHOTO, counters=counters, terminal_authenticated=terminal)
        connection = reader.connect(reader.place(chip))
        commands: list[bytes] = []

        def transmit(command: bytes) -> bytes:
            commands.append(command)
            return connection.transmit(command)

        options: dict[str, Any] = {
            "trusted": simulated_ca_certificates(),
            "record_issuers": simulated_record_issuers(),
        } | (session or {})
        return Visit(persona, reader, IndividualNumberCardSession(transmit, **options), commands, counters)

    return begin
