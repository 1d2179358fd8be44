"""What is hidden before anything is shown, logged or saved.

Sources: documents reference 2.2 (10); the check digit of the Individual Number (個人番号) is that of the ministerial
order on Individual Numbers, article 5 (総務省令第85号, 2014).
"""

from __future__ import annotations

import re
import unicodedata

STAR = "＊"
_LENGTH = 12
_RUN = re.compile(r"\d+(?:[\s\-‐‑‒–—―−－﹣ーｰ]{1,3}\d+)*")
_GROUP = re.compile(r"\d+")
_LABELLED = re.compile(
    r"(?:個人番号|マイナンバー|ﾏｲﾅﾝﾊﾞｰ|my\s?number|individual\s?number)"
    r"(?:\s*[（(「]?\s*[のは]?\s*下\s*[4４四]\s*[桁ケタ]{1,2}\s*[）)」]?)?[\s:：=はを*＊Xx×●]{0,16}"
    r"(?P<digits>\d[\d\s\-‐‑‒–—―−－﹣]{2,18}\d)",
    re.IGNORECASE,
)


def masked_name(name: str) -> str:
    """First character of each part, then one star whatever the length: 見本　花子 becomes 見＊　花＊."""
    parts = unicodedata.normalize("NFKC", name).split()
    return "　".join(_first(part) + STAR for part in parts)


def my_number_check_digit(digits: str) -> int:
    """Check digit of the eleven digits before it: weights 2 to 7 and 2 to 6 from the right, modulo 11.

    Raises ValueError for anything but eleven digits.
    """
    if len(digits) != _LENGTH - 1 or not digits.isascii() or not digits.isdecimal():
        raise ValueError("eleven digits expected")
    total = sum(int(d) * (n + 1 if n <= 6 else n - 5) for n, d in enumerate(reversed(digits), start=1))
    rest = total % 11
    return 0 if rest <= 1 else 11 - rest


def is_my_number(digits: str) -> bool:
    """True for twelve digits whose check digit holds; one random number in eleven does."""
    if len(digits) != _LENGTH or not digits.isascii() or not digits.isdecimal():
        return False
    return my_number_check_digit(digits[:-1]) == int(digits[-1])


def mask_my_number(text: str) -> str:
    """Stars in place of every digit of a possible Individual Number: twelve digits with a right check digit, of any
    width, with or without blanks or hyphens between, and digits named as the number or its last four."""
    hidden: set[int] = set()
    for run in _RUN.finditer(text):
        groups = [(g.start() + run.start(), g.end() + run.start()) for g in _GROUP.finditer(run.group())]
        for first in range(len(groups)):
            length = 0
            for last in range(first, len(groups)):
                length += groups[last][1] - groups[last][0]
                if length >= _LENGTH:
                    break
            places = [p for start, end in groups[first : last + 1] for p in range(start, end)]
            if is_my_number("".join(str(unicodedata.decimal(text[p])) for p in places)):
                hidden.update(places)
    for label in _LABELLED.finditer(text):
        hidden.update(p for p in range(*label.span("digits")) if text[p].isdecimal())
    return "".join(STAR if p in hidden else c for p, c in enumerate(text)) if hidden else text


def _first(part: str) -> str:
    """The first character with the marks that belong to it."""
    end = 1
    while end < len(part) and unicodedata.category(part[end]).startswith("M"):
        end += 1
    return part[:end]
