"""Which words stay on one line where no rule of writing tells: Chinese has no spaces, Vietnamese has one between the
syllables of a word, and a name of two words is one. The words are data (`assets/messages/lang/words.toml`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

NO_BREAK_SPACE = "\u00a0"
ZERO_WIDTH_SPACE = "\u200b"

_OTHER = r"\[\[\w+]]|[\u30a0-\u30ff]+|[\u3040-\u309f]+|[!-~]+|\s+|."
_HAN = re.compile(r"[\u3400-\u9fff]")
_MARKS = "，。、：；？！（）「」“”《》·／"


@dataclass(frozen=True)
class Words:
    """`together` stay whole. Chinese only: single characters that lean on what follows (`before`) or precedes
    (`after`)."""

    together: tuple[str, ...]
    before: str = ""
    after: str = ""

    @classmethod
    def of(cls, rows: Mapping[str, object]) -> Words:
        """Of a table of the file: a list, or one text with spaces between words that have none."""
        said = rows["together"]
        words = said.split() if isinstance(said, str) else said if isinstance(said, list) else []
        return cls(tuple(map(str, words)), str(rows.get("before", "")), str(rows.get("after", "")))

    def marked(self, text: str) -> str:
        """`text` with the invisible marks that line breaking heeds. What is marked already stays as it is."""
        known = _known(self.together)
        if any(" " in word for word in self.together):
            return known.sub(lambda found: found[0].replace(" ", NO_BREAK_SPACE), text)
        if ZERO_WIDTH_SPACE in text:
            return text
        tokens = known.findall(text)
        parted = [ZERO_WIDTH_SPACE + other if self._may_part(one, other) else other for one, other in pairwise(tokens)]
        return "".join([*tokens[:1], *parted])

    def _may_part(self, one: str, other: str) -> bool:
        if one[-1] in _MARKS or other[0] in _MARKS or one.isspace() or other.isspace():
            return False  # line breaking knows marks and spaces
        if one in self.before or other in self.after:
            return False
        number = one[-1].isdigit() or one.endswith("]]")
        return not (number and _HAN.match(other)) and not (_HAN.match(one[-1]) and other[0].isdigit())


@lru_cache(maxsize=16)
def _known(words: tuple[str, ...]) -> re.Pattern[str]:
    longest = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    if any(" " in word for word in words):
        return re.compile(rf"(?<!\w)(?:{longest})(?!\w)", re.IGNORECASE)
    return re.compile(f"{longest}|{_OTHER}", re.DOTALL)
