"""Whether an Individual Number (個人番号) stands on a page: then nothing of it is kept.

Sources: documents reference 1 and 2.2 (10). A picture of the number is never needed, so the suspicion is enough.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from drivers.documents.layout import Row, line_of, pieces
from drivers.documents.vocabulary import folded
from kiosk.domain.masking import is_my_number

_RUN = re.compile(r"\d+(?:[ -]{1,3}\d+)*")
_LENGTH = 12
_PRINTED = ((12,), (4, 4, 4), (3, 3, 3, 3), (6, 6), (2,) * 6, (1,) * 12)
"""Sizes of the groups in which twelve digits are printed."""
_NAMED = re.compile(r"(?:個人番号|マイナンバー)(?!カード|保険証|の|は|を|法|制度|総合)[^0-9]{0,12}(\d[\d -]{10,34})")
_PART = re.compile(r"(?:個人番号|マイナンバー)[^0-9]{0,6}下(?:4|四)[桁けた]")
_GAP = 1.6  # em: digits that stand farther apart are two numbers, but for three groups of four
_OCR_GAP = 2.0  # em; where OCR read, groups say nothing: its blanks are guesses


def shows_my_number(rows: Sequence[Row], *, ocr: bool) -> bool:
    """Twelve digits whose check digit is right, or twelve digits of any kind named as the number."""
    return any(_in_row(row, ocr=ocr) for row in rows)


def shows_part_of_it(text: str) -> bool:
    """The last four digits, which some insurers print on notices."""
    return _PART.search(text) is not None


def _in_row(row: Row, *, ocr: bool) -> bool:
    whole = folded(line_of(row.glyphs, row.em).text)
    named = _NAMED.search(whole)
    if named and sum(c.isdecimal() for c in named.group(1)) >= _LENGTH:
        return True
    near = [folded(line_of(part, row.em).text) for part in pieces(row.glyphs, (_OCR_GAP if ocr else _GAP) * row.em)]
    if ocr and any(_holds_run(text) for text in near):
        return True
    return any(_holds(text, _PRINTED) for text in near) or _holds(whole, ((4, 4, 4),))


def _holds_run(text: str) -> bool:
    runs = ("".join(c for c in run.group() if c.isdecimal()) for run in _RUN.finditer(text))
    return any(len(digits) == _LENGTH and is_my_number(digits) for digits in runs)


def _holds(text: str, printed: Sequence[tuple[int, ...]]) -> bool:
    for run in _RUN.finditer(text):
        groups = re.findall(r"\d+", run.group())
        for start in range(len(groups)):
            for end in range(start + 1, len(groups) + 1):
                chosen = groups[start:end]
                digits = "".join(chosen)
                if len(digits) == _LENGTH and tuple(len(g) for g in chosen) in printed and is_my_number(digits):
                    return True
    return False
