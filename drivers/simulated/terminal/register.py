"""Who the simulated terminal knows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from drivers.simulated.persona import Persona, certificate_serial
from kiosk.domain.insurance import normal_insurer_number
from kiosk.domain.kana import full_width_kana

Hit = tuple[Persona, ...]


class Register:
    """Personas by certificate serial and by numbers. Twins share their numbers and differ by the branch."""

    def __init__(self, personas: Iterable[Persona]) -> None:
        self._personas = tuple(personas)
        self._registered: set[str] = set()  # first registrations made during this run, by serial

    def by_serial(self, serial: str) -> Persona | None:
        wanted = serial.upper().lstrip("0")
        return next((p for p in self._personas if certificate_serial(p) == wanted), None)

    def by_numbers(self, insurer: str, symbol: str, number: str, branch: str, birth_date: date | None) -> Hit:
        """Everybody the numbers fit; without a branch that can be more than one person."""
        return tuple(
            persona
            for persona in self._personas
            if normal_insurer_number(insurer) == normal_insurer_number(persona.record.insurer_number)
            and _folded(symbol) == _folded(persona.record.symbol or "")
            and _folded(number).lstrip("0") == _folded(persona.record.number).lstrip("0")
            and (not branch or not persona.record.branch or branch == persona.record.branch)
            and birth_date == (persona.record.birth_date or persona.card.birth_date)
        )

    def with_same_numbers(self, persona: Persona) -> Hit:
        """The persona and everybody who cannot be told from it without the branch."""
        record = persona.record
        born = record.birth_date or persona.card.birth_date
        others = self.by_numbers(record.insurer_number, record.symbol or "", record.number, "", born)
        return (persona, *(p for p in others if p.name != persona.name))

    def is_registered(self, persona: Persona) -> bool:
        return persona.record.registered or certificate_serial(persona) in self._registered

    def register(self, persona: Persona) -> None:
        self._registered.add(certificate_serial(persona))


def _folded(text: str) -> str:
    """Width, blanks and hyphens do not tell numbers apart."""
    return "".join(c for c in full_width_kana(text).upper() if not c.isspace() and c not in "-‐−–ー")
