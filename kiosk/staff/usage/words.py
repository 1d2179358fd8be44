"""The words of the usage report in one language."""

from __future__ import annotations

from datetime import date

from kiosk.domain.messages import Catalogue, Text


class Words:
    def __init__(self, catalogue: Catalogue, language: str) -> None:
        self._catalogue = catalogue
        self.language = language

    def __call__(self, message_id: str, **values: str | date) -> str:
        return self._catalogue.render(Text(f"usage.{message_id}", tuple(values.items())), self.language)

    def value(self, section: str, name: str) -> str:
        """What a counted id means; the id itself where the catalogue has no word for it."""
        message_id = f"usage.{section}.{name}"
        return self._catalogue.render(Text(message_id), self.language) if message_id in self._catalogue else name

    def cause(self, code: str) -> str:
        message_id = f"failure.{code}.cause"
        return self._catalogue.render(Text(message_id), self.language) if message_id in self._catalogue else code

    def percent(self, value: float | None) -> str:
        return "–" if value is None else f"{value:.1f} %"

    def number(self, value: float | None) -> str:
        return "–" if value is None else f"{value:.1f}".removesuffix(".0")

    def reached(self, value: bool | None) -> str:
        return self("unknown") if value is None else self("reached" if value else "not_reached")
