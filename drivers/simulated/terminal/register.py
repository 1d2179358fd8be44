"""Who the simulated terminal knows."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from drivers.simulated.persona import Persona, certificate_serial
from drivers.simulated.population import Population, folded, number_key

Hit = tuple[Persona, ...]


class Register:
    """Personas, and generated people behind them, by certificate serial and by numbers. Twins share their numbers and
    differ by the branch."""

    def __init__(self, personas: Iterable[Persona], population: Population | None = None) -> None:
        self._population = population
        self._by_serial: dict[str, Persona] = {}
        self._by_number: defaultdict[tuple[str, str], list[Persona]] = defaultdict(list)
        self._registered: set[str] = set()  # first registrations made during this run, by serial
        self._references: dict[str, str] = {}  # 照会番号 set during this run, by serial
        for persona in personas:
            self._by_serial.setdefault(certificate_serial(persona), persona)
            self._by_number[number_key(persona.record)].append(persona)

    def by_serial(self, serial: str) -> Persona | None:
        wanted = serial.upper().lstrip("0")
        found = self._by_serial.get(wanted)
        if found is None and self._population is not None:
            found = self._population.by_serial(wanted)
        return self._current(found) if found else None

    def by_numbers(self, insurer: str, symbol: str, number: str, branch: str, birth_date: date | None) -> Hit:
        """Everybody the numbers fit; without a branch that can be more than one person. No birth date fits all."""
        key = number_key(insurer=insurer, number=number)
        known = [*self._by_number.get(key, ())]
        if self._population is not None:
            known += self._population.by_number(key)
        return tuple(
            self._current(persona)
            for persona in known
            if folded(symbol) == folded(persona.record.symbol or "")
            and (not branch or not persona.record.branch or branch == persona.record.branch)
            and birth_date in (None, persona.record.birth_date or persona.card.birth_date)
        )

    def by_items(self, name: str, birth_date: date | None, sex: str, address: str) -> Hit:
        """Whose card says all four; made-up people behind the personas are not looked through."""
        return tuple(
            self._current(persona)
            for persona in self._by_serial.values()
            if persona.card.birth_date == birth_date
            and persona.card.sex == sex
            and folded(persona.card.name) == folded(name)
            and folded(persona.card.address) == folded(address)
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

    def set_reference(self, persona: Persona, number: str) -> None:
        self._references[certificate_serial(persona)] = number

    def _current(self, persona: Persona) -> Persona:
        number = self._references.get(certificate_serial(persona)) if self._references else None
        if number is None:
            return persona
        return dataclasses.replace(persona, record=dataclasses.replace(persona.record, reference_number=number))
