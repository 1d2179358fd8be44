"""Reading 照合番号B from a picture of the card's front: birth date, expiry year, security code.

A wrong number costs one of ten tries, so every doubt ends in None: a digit below the confidence of the rules, dates
that cannot be, an item that two looks read differently. What is read is never printed or logged.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.rules import Row, load_rules
from kiosk.domain.secret import Secret
from kiosk.domain.verification_number import verification_number_b
from kiosk.domain.wareki import Wareki, era_of_title, to_gregorian
from kiosk.ports.face import Picture

if TYPE_CHECKING:
    from drivers.documents.text_reader import Box, ReadLine, TextReader

_RULES = Path(__file__).resolve().parents[2] / "assets" / "rules" / "face.toml"
_DAY = r"(\d{1,2})月(\d{1,2})日"
_BIRTH_ERA = re.compile(r"(明治|大正|昭和|平成|令和)(元|\d{1,2})年" + _DAY + "生")
_BIRTH_WESTERN = re.compile(r"(?<!\d)(\d{4})年" + _DAY + "生")
_EXPIRY = re.compile(r"(?<!\d)(\d{4})年" + _DAY + "まで")
_CODE = re.compile(r"\d{4}")
_FIND_WIDTH = 512  # pixels: small print is still found, in a third of the time


@dataclass(frozen=True)
class CardFrontRules:
    """When what was read is sure enough to be presented to the card."""

    confidence: float  # least of all characters that count
    confidence_unconfirmed: float  # where birth and expiry do not share day and month
    expiry_year_first: int
    expiry_year_last: int
    age_at_expiry_most: int


def load_card_front_rules(path: Path, on: date) -> CardFrontRules:
    """Raises `Fatal(ASSET_MISSING | SETTINGS_WRONG)`."""
    table = load_rules(path)

    def row(name: str) -> Row:
        found = table.first("card_front", on, name=name)
        if found is None:
            raise Fatal(FailureCode.SETTINGS_WRONG, f"{path.name}: card_front.{name}")
        return found

    return CardFrontRules(
        confidence=row("confidence").real("minimum"),
        confidence_unconfirmed=row("confidence_unconfirmed").real("minimum"),
        expiry_year_first=row("expiry_year").number("minimum"),
        expiry_year_last=row("expiry_year").number("maximum"),
        age_at_expiry_most=row("age_at_expiry").number("maximum"),
    )


@dataclass(frozen=True, repr=False)
class _Item:
    """A printed item as read, with the least confidence of its characters. Personal data: no repr."""

    day: date
    western: bool
    confidence: float


class OcrCardFrontReader:
    """Implements `CardFrontReader`. The models are loaded at the first reading or by `load` (0.7 s).

    Without `rules` the newest shipped ones hold. One worker at a time.
    """

    def __init__(self, rules: CardFrontRules | None = None) -> None:
        self._rules = rules
        self._reader: TextReader | None = None

    def load(self) -> None:
        """Raises `Fatal(MODEL_MISSING)` naming the file."""
        self._text_reader()

    def read(self, picture: Picture) -> Secret | None:
        from drivers.documents.card_place import flat_card

        card = flat_card(picture)
        if card is None:
            return None
        try:
            found = self._read_upright(card)
            if found is None:  # laid upside down
                card[:] = card[::-1, ::-1].copy()
                found = self._read_upright(card)
            return found
        finally:
            card.fill(0)

    def _read_upright(self, card: Picture) -> Secret | None:
        reader = self._text_reader()
        height, width = card.shape[:2]
        boxes = [box for box in reader.find(card, _FIND_WIDTH) if 0.02 * height < box.height < 0.15 * height]
        codes = [box for box in boxes if _is_under_the_photo(box, width, height)]
        # The dates stand in long lines; the longest of the middle of the card are tried first.
        dates = sorted(
            (box for box in boxes if box.width > 5 * box.height),
            key=lambda box: abs((box.top + box.bottom) / 2 - 0.47 * height),
        )
        if not codes or len(dates) < 2:
            return None
        birth = expiry = None
        for box in dates:
            line = _plain(reader.read(card, box))
            birth = birth or self._seen_twice(_birth, line, card, box)
            expiry = expiry or self._seen_twice(_expiry, line, card, box)
            if birth and expiry:
                break
        if birth is None or expiry is None or not self._are_plausible(birth, expiry):
            return None
        code = self._security_code(reader, card, codes)
        if code is None:
            return None
        return verification_number_b(birth.day, expiry.day.year, code, western=birth.western)

    def _seen_twice(
        self, meaning: Callable[[ReadLine], _Item | None], line: ReadLine, card: Picture, box: Box
    ) -> _Item | None:
        """What the line means, unless a second, wider look says something else; the surer of two equal looks."""
        item = meaning(line)
        if item is None:
            return None
        again = meaning(_plain(self._text_reader().read(card, _wider(box))))
        if again is None:
            return item
        if (again.day, again.western) != (item.day, item.western):
            return None
        return max(item, again, key=lambda one: one.confidence)

    def _are_plausible(self, birth: _Item, expiry: _Item) -> bool:
        rules = self._shipped_rules()
        if not rules.expiry_year_first <= expiry.day.year <= rules.expiry_year_last:
            return False
        if not 0 <= expiry.day.year - birth.day.year <= rules.age_at_expiry_most:
            return False
        # A card ends on a birthday of its holder, so most cards confirm day and month themselves.
        confirmed = (birth.day.month, birth.day.day) == (expiry.day.month, expiry.day.day)
        least = rules.confidence if confirmed else rules.confidence_unconfirmed
        return birth.confidence >= least and expiry.confidence >= least

    def _security_code(self, reader: TextReader, card: Picture, boxes: list[Box]) -> str | None:
        """The four digits, when exactly one place shows four and a wider look at it agrees."""
        found = [(box, code) for box in boxes if (code := self._code_of(reader.read(card, box))) is not None]
        if len(found) != 1:
            return None
        box, code = found[0]
        return code if self._code_of(reader.read(card, _wider(box))) == code else None

    def _code_of(self, line: ReadLine) -> str | None:
        line = _plain(line)
        if not _CODE.fullmatch(line.text) or min(line.confidences) < self._shipped_rules().confidence:
            return None
        return line.text

    def _shipped_rules(self) -> CardFrontRules:
        if self._rules is None:
            self._rules = load_card_front_rules(_RULES, date.max)
        return self._rules

    def _text_reader(self) -> TextReader:
        if self._reader is None:
            from drivers.documents.text_reader import TextReader

            self._reader = TextReader()
        return self._reader


def _wider(box: Box) -> Box:
    """The same place with more ground around it: another look, as the letters fall differently on the raster."""
    margin = box.height * 0.2
    return replace(
        box,
        left=max(0.0, box.left - 2 * margin),
        top=max(0.0, box.top - margin),
        right=box.right + 2 * margin,
        bottom=box.bottom + margin,
    )


def _is_under_the_photo(box: Box, width: int, height: int) -> bool:
    """The security code stands under the photo, in the lower left part of the card; it is the only short line there."""
    return box.right < 0.45 * width and box.top > 0.7 * height and 1.2 * box.height < box.width < 6 * box.height


def _birth(line: ReadLine) -> _Item | None:
    if match := _BIRTH_ERA.search(line.text):
        title, year, month, day = match.groups()
        try:
            era_day = Wareki(era_of_title(title), 1 if year == "元" else int(year), int(month), int(day))
            return _Item(to_gregorian(era_day), False, _least(line, match))
        except ValueError:
            return None
    return _gregorian(_BIRTH_WESTERN.search(line.text), line)


def _expiry(line: ReadLine) -> _Item | None:
    return _gregorian(_EXPIRY.search(line.text), line)


def _gregorian(match: re.Match[str] | None, line: ReadLine) -> _Item | None:
    if match is None:
        return None
    year, month, day = (int(group) for group in match.groups())
    try:
        return _Item(date(year, month, day), True, _least(line, match))
    except ValueError:
        return None


def _least(line: ReadLine, match: re.Match[str]) -> float:
    """Of the characters that enter the number: those of the groups, not of 年, 月, 日 between them."""
    spans = (match.span(group) for group in range(1, match.re.groups + 1))
    return min(value for start, end in spans for value in line.confidences[start:end])


def _plain(line: ReadLine) -> ReadLine:
    """Without blanks, which cards print before single digits, and with full-width characters as half-width."""
    from drivers.documents.text_reader import ReadLine

    kept = [(one, sure) for one, sure in zip(line.text, line.confidences, strict=True) if not one.isspace()]
    halved = (plain if len(plain := unicodedata.normalize("NFKC", one)) == 1 else one for one, _ in kept)
    return ReadLine("".join(halved), tuple(sure for _, sure in kept))
