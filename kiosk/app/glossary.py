"""The patient's terms: `assets/messages/lang/glossary.toml`, one word for one thing in each language."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kiosk.domain.languages import PatientSentences
from kiosk.domain.ruby import annotated
from kiosk.ui.linebreak import plain


@dataclass(frozen=True)
class Term:
    """`words` by language: the word itself, then shorter forms of it. A language may say it in other words."""

    ja: str
    words: Mapping[str, tuple[str, ...]]

    def used(self, language: str, sentence: str) -> bool:
        """Whether `sentence` uses the language's word, or one is not asked for."""
        said = plain(annotated(sentence)).casefold()
        return language not in self.words or any(word.casefold() in said for word in self.words[language])


def glossary(folder: Path) -> tuple[Term, ...]:
    """`folder` holds the messages; a folder without a glossary has no terms."""
    path = folder / "lang" / "glossary.toml"
    if not path.exists():
        return ()
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["term"]
    return tuple(Term(row["ja"], {code: tuple(words) for code, words in row.items() if code != "ja"}) for row in rows)


def strays(
    terms: tuple[Term, ...], language: str, sentences: Mapping[str, Mapping[str, str]], patient: PatientSentences
) -> Iterator[str]:
    """A line for each sentence of the patient's that does not use the word where the Japanese uses the term."""
    for message_id, by_language in sentences.items():
        if patient.holds(message_id) and language in by_language:
            for term in terms:
                if term.ja in plain(by_language["ja"]) and not term.used(language, by_language[language]):
                    yield f"{message_id}: {term.ja} is called {' or '.join(term.words[language])}"
