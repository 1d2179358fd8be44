"""The languages of the patient's screens. Japanese and English are written side by side for everybody; the others
translate only what a patient may see."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

BASE = ("ja", "en")
"""Languages in which every sentence is there, those of staff and command line included."""

_PLACEHOLDER = re.compile(r"\[\[\w+]]")
_KANJI = re.compile(r"[\u3400-\u9fff々]")
_READING = re.compile(r"\{[^{}|]+\|[^{}|]+\}")
_JUNK = re.compile(r"[\ufffd\ufff9-\ufffb\x00-\x09\x0b-\x1f]|&\w+;|</?\w+>|TODO|\?\?\?")


def fallback(language: str) -> str:
    """The base language of whoever reads `language`, for sentences that are no patient's."""
    return "ja" if language.partition("-")[0] == "ja" else "en"


def staff_language(language: str, facility: str) -> str:
    """For a screen that staff read in the middle of a visit: the patient's language if staff read it too."""
    return language if language in BASE else fallback(facility)


@dataclass(frozen=True)
class PatientSentences:
    """Which ids a patient may see: single ids, and beginnings that end in a full stop. The longer one decides."""

    shown: tuple[str, ...]
    not_shown: tuple[str, ...] = ()

    def holds(self, message_id: str) -> bool:
        return _longest(self.shown, message_id) > _longest(self.not_shown, message_id)


def _longest(rules: tuple[str, ...], message_id: str) -> int:
    fitting = (r for r in rules if r == message_id or (r.endswith(".") and message_id.startswith(r)))
    return max(map(len, fitting), default=-1)


def flaws(
    language: str,
    translated: Mapping[str, object],
    sentences: Mapping[str, Mapping[str, str]],
    patient: PatientSentences,
) -> list[str]:
    """What keeps a translation from being offered, a line each: ids that lack or are too many, other placeholders
    than in Japanese or English, empty or broken text, kanji without a reading in easy Japanese."""
    wanted = [i for i in sentences if patient.holds(i)]
    found = [f"{i}: missing" for i in wanted if i not in translated]
    found += [f"{i}: not a sentence of the patient's" for i in translated if i not in sentences or not patient.holds(i)]
    for message_id in wanted:
        text = translated.get(message_id)
        if message_id in translated and (problem := _problem(language, text, sentences[message_id])):
            found.append(f"{message_id}: {problem}")
    return found


def _problem(language: str, text: object, base: Mapping[str, str]) -> str | None:
    if not isinstance(text, str) or not text.strip():
        return "empty, or no text"
    if text != text.strip() or _JUNK.search(text) or text != unicodedata.normalize("NFC", text):
        return "spaces at an end, or characters that do not belong here"
    if set(_PLACEHOLDER.findall(text)) not in [set(_PLACEHOLDER.findall(base[b])) for b in BASE]:
        return "other placeholders"
    bare = _READING.sub("", text)
    if language.startswith("ja") and _KANJI.search(bare):
        return "kanji without a reading"
    if not language.startswith("ja") and bare != text:
        return "a reading where none is used"
    return None
