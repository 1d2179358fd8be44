"""References to sentences of the message catalogue. The sentences themselves are data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kiosk.domain.languages import fallback
from kiosk.domain.ruby import day_read


@dataclass(frozen=True)
class Text:
    """A catalogue id and the values of its [[placeholders]]. Dates and amounts are written as the language does."""

    id: str
    values: tuple[tuple[str, str | date | int], ...] = ()


class Catalogue:
    """Sentences by id and language, with [[name]] placeholders. `languages` are those a patient may choose; what no
    patient sees is there in the base languages only."""

    def __init__(self, sentences: Mapping[str, Mapping[str, str]], languages: tuple[str, ...]) -> None:
        self._sentences = sentences
        self.languages = languages

    def __contains__(self, message_id: str) -> bool:
        return message_id in self._sentences

    def ids(self) -> tuple[str, ...]:
        return tuple(self._sentences)

    def render(self, text: Text, language: str) -> str:
        """Raises KeyError for an unknown id or language: completeness is a build check, not a run-time surprise."""
        sentence = self._in(text.id, language)
        for name, value in text.values:
            sentence = sentence.replace(f"[[{name}]]", self._shown(value, language))
        return sentence

    def _shown(self, value: str | date | int, language: str) -> str:
        if isinstance(value, date):
            return self._date(value, language)
        if isinstance(value, int):
            return f"{value:,}".replace(",", self._in("format.thousands", language))
        return value

    def _date(self, day: date, language: str) -> str:
        """By the catalogue's own pattern `format.date`, the month's name from `month.1` to `month.12`."""
        month = self._in(f"month.{day.month}", language)
        pattern = day_read(self._in("format.date", language), day.day)
        return pattern.replace("[[y]]", str(day.year)).replace("[[m]]", month).replace("[[d]]", str(day.day))

    def _in(self, message_id: str, language: str) -> str:
        by_language = self._sentences[message_id]
        if language not in by_language and language in self.languages:
            language = fallback(language)
        return by_language[language]
