"""Loads the message catalogue and proves that it is complete."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.languages import BASE, PatientSentences, flaws
from kiosk.domain.messages import Catalogue
from kiosk.domain.phrases import Words
from kiosk.domain.ruby import annotated

LANGUAGES = BASE
"""Of staff and command line. What a patient may choose is `Catalogue.languages`."""

NAMES = "language."
"""Each language is called by its own name in all of them: written once, beside its control."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Translation:
    """One file of `lang/`. `reviewed`: a native speaker has read all of it."""

    language: str
    reviewed: bool
    sentences: Mapping[str, object]


def load_catalogue(folder: Path) -> Catalogue:
    """Raises `Fatal(ASSET_MISSING)` naming the first id that lacks a base language or stands twice. A translation that
    is not complete is not offered; the build fails for it."""
    sentences = base_sentences(folder)
    order, patient = patient_languages(folder)
    words = _words_together(folder)
    offered = []
    for code in order:
        if code not in BASE:
            translation = read_translation(folder, code)
            if translation is None or flaws(code, translation.sentences, sentences, patient):
                continue
            for message_id, text in translation.sentences.items():
                said = annotated(str(text))
                sentences[message_id][code] = words[code].marked(said) if code in words else said
        offered.append(code)
    for message_id, by_language in sentences.items():
        if message_id.startswith(NAMES):
            sentences[message_id] = dict.fromkeys(offered, annotated(by_language["ja"]))
    return Catalogue(sentences, tuple(offered))


def base_sentences(folder: Path) -> dict[str, dict[str, str]]:
    """Every id with its sentences in the base languages. Raises as `load_catalogue` does."""
    sentences: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*.yaml")):
        for message_id, by_language in _read(path).items():
            missing = [code for code in BASE if not by_language.get(code)]
            if missing or message_id in sentences:
                raise Fatal(FailureCode.ASSET_MISSING, f"{path.name}: {message_id} {' '.join(missing) or 'twice'}")
            sentences[message_id] = by_language
    if not sentences:
        raise Fatal(FailureCode.ASSET_MISSING, folder.name)
    return sentences


def patient_languages(folder: Path) -> tuple[tuple[str, ...], PatientSentences]:
    """The languages in the order of the choice, and what is to be translated. Without a list: the base languages."""
    path = folder / "lang" / "languages.toml"
    if not path.exists():
        return BASE, PatientSentences(())
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(data["order"]), PatientSentences(tuple(data["shown"]), tuple(data["not_shown"]))


def read_translation(folder: Path, language: str) -> Translation | None:
    """None where there is no file, or one that is no translation."""
    path = folder / "lang" / f"{language}.yaml"
    content = _read(path) if path.exists() else {}
    if content.get("language") != language or not isinstance(content.get("sentences"), dict):
        return None
    return Translation(language, content.get("reviewed") is True, content["sentences"])


def _words_together(folder: Path) -> dict[str, Words]:
    path = folder / "lang" / "words.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {code: Words.of(rows) for code, rows in tables.items()}


@lru_cache(maxsize=4)
def offered_languages(folder: Path) -> tuple[str, ...]:
    """What a patient may choose, in this order. Raises as `load_catalogue` does."""
    return load_catalogue(folder).languages


def _read(path: Path) -> dict[str, Any]:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER) or {}
