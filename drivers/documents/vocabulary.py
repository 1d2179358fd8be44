"""The words of the papers, from `documents.toml`: labels, borders, titles and limits of certainty."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.rules import Row, RuleTable, load_rules

RULES = Path(__file__).resolve().parents[2] / "assets" / "rules" / "documents.toml"

_NEAR_MISS_LENGTH = 5  # one letter of 生年月日 is enough to make it the end of another label

BORDER = "border"  # the key of words that end an item without being one

# Forms of other countries, and near misses of OCR, in words that are known: only labels and titles are folded.
_VARIANTS = (
    "険险險 号號 証证證 資资 負负 担擔 確确 認认 書书 報报 発發发 効效 齢龄齡 満满 別别 様樣 関關关 帰歸 単单 図圖 "
    "価價 変變 区區 額额 適适 氏氐 歳岁 経經 総總 続續 転转 対對 応應 間间 門门 開开 構构 備备 収收 日曰 口囗"
)
_FOLD = str.maketrans({other: group[0] for group in _VARIANTS.split() for other in group[1:]})


def common_forms(text: str) -> str:
    """Words that are no person's name, in the forms of today: OCR knows the older ones and those of other countries."""
    return text.translate(_FOLD)


def folded(text: str) -> str:
    """As words are compared: compatibility form, known variants as one."""
    return unicodedata.normalize("NFKC", text).translate(_FOLD)


@dataclass(frozen=True)
class Vocabulary:
    """`labels` are folded words with their key, the longest first."""

    labels: tuple[tuple[str, str], ...]
    titles: tuple[tuple[str, str], ...]  # word, type; in the order of the rules
    title_ends: tuple[str, ...]
    portal_signs: tuple[str, ...]
    card_signs: tuple[str, ...]
    editors: tuple[str, ...]
    confidence_digits: float
    confidence_words: float
    confidence_label: float
    old_copy_days: int
    late_elderly_age: int
    certificate_years: int

    def labels_at(self, text: str, start: int, *, near_misses: bool) -> Iterator[tuple[str, int]]:
        """Key and length of each word that begins at this place of folded text, the longest first; then those that
        differ in one letter, where OCR may have misread it."""
        for word, key in self.labels:
            if text.startswith(word, start):
                yield key, len(word)
        if near_misses:
            for word, key in self.labels:
                part = text[start : start + len(word)]
                if len(word) >= _NEAR_MISS_LENGTH and len(part) == len(word) and _differs_in_one(part, word):
                    yield key, len(word)


def load_vocabulary(rules: RuleTable | Path = RULES, on: date = date.max) -> Vocabulary:
    """Raises `Fatal(ASSET_MISSING | SETTINGS_WRONG)`."""
    table = load_rules(rules) if isinstance(rules, Path) else rules

    def words(row: Row) -> list[str]:
        found = row.get("words")
        if not isinstance(found, list) or not all(isinstance(word, str) and word for word in found):
            raise Fatal(FailureCode.SETTINGS_WRONG, "documents.toml: words")
        return [folded(word) for word in found]

    def of(section: str) -> tuple[str, ...]:
        return tuple(word for row in table.rows(section, on) for word in words(row))

    def row(section: str, name: str) -> Any:
        found = table.first(section, on, name=name)
        if found is None:
            raise Fatal(FailureCode.SETTINGS_WRONG, f"documents.toml: {section}.{name}")
        return found

    labels = [(word, row_.text("key")) for row_ in table.rows("label", on) for word in words(row_)]
    labels += [(word, BORDER) for word in of("border")]
    return Vocabulary(
        labels=tuple(sorted(labels, key=lambda one: -len(one[0]))),
        titles=tuple((word, row_.text("type")) for row_ in table.rows("title", on) for word in words(row_)),
        title_ends=of("title_end"),
        portal_signs=of("portal_sign"),
        card_signs=of("card_sign"),
        editors=tuple(word.lower() for word in of("editor")),
        confidence_digits=row("confidence", "digits").real("value"),
        confidence_words=row("confidence", "words").real("value"),
        confidence_label=row("confidence", "label").real("value"),
        old_copy_days=row("note", "old_copy_days").number("value"),
        late_elderly_age=row("note", "late_elderly_age").number("value"),
        certificate_years=row("note", "certificate_years").number("value"),
    )


def _differs_in_one(one: str, other: str) -> bool:
    return sum(a != b for a, b in zip(one, other, strict=True)) == 1
