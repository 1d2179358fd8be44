"""From glyphs to a reading: title, items, doubts. The same for a text layer and for OCR."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

from drivers.documents import values
from drivers.documents.labels import Piece, Read, read_labels
from drivers.documents.layout import Glyph, Line, Row, join, line_of, pieces, rows_of
from drivers.documents.values import OF_WORDS, READERS, Found
from drivers.documents.vocabulary import BORDER, Vocabulary, common_forms, folded
from kiosk.domain.documents import DocumentType, Field, FieldKey, FieldSource
from kiosk.domain.kana import fold_kana, fold_name, has_variant


class Looks(Protocol):
    """Further looks at print that OCR read."""

    def doubt(self, line: Line, *, common: bool = False) -> str | None:
        """What speaks against a value that was read with enough confidence, as the id of a warning."""

    def steady(self, line: Line, least: float, *, common: bool = False) -> float | None:
        """A confidence of at least `least` for a value that was not, if further looks give it."""


_INSURER = re.compile(
    r"[^\s。、()（）]{1,30}(?:健康保険組合|共済組合|国民健康保険組合|広域連合|健康保険協会(?:\s?\S{1,8}支部)?|共済事業団|組合)"
)
_CITY = re.compile(r"[^\s。、()（）]{1,8}(?:都|道|府|県)?[^\s。、()（）]{1,8}[市区町村]")
_TITLE_PREFIX = re.compile(r"[一-龥々ァ-ヶーA-Za-z0-9()・]{0,18}")
_OTHER_PREFIX = re.compile(r"[一-龥々ァ-ヶーぁ-んA-Za-z0-9()・]{0,18}")
_TITLE_SUFFIX = re.compile(r"|\(.*\)?|[0-9A-Za-z().-]{1,12}|カード|見本|（.*")
_AS_LARGE = 0.85  # titles of about the same size
_BESIDE_A_CARD = frozenset({DocumentType.PORTAL_SCREEN, DocumentType.PORTAL_PDF, DocumentType.NOTICE})
_OF_PAPERS = frozenset({"notice", "certificate", "old_card"})
_OF_ONE_PERSON = (FieldKey.INSURER_NO, FieldKey.NUMBER, FieldKey.BRANCH, FieldKey.NAME, FieldKey.BIRTH)
_BORN = re.compile(r"生(?!年)")
_ISSUED = re.compile(r"(?:発行|交付)(?!年|日|者)")
_UNTIL = re.compile(r"(?:まで)?有効|まで")
_FROM = re.compile(r"から|より")
_JOINTED_SYMBOL = re.compile(r"([^\d\s・/-]+\s*・\s*\d+)\s*・\s*(\d+)(?:\s*・\s*(\d\d))?")
_HEADING_RELATION = re.compile(r"(本人|家族)\((?:被保険者|被扶養者)\)")

# A letter of a name that OCR is not sure of may be one that it does not know, and every look gives the same wrong one.
_OF_PEOPLE = frozenset({FieldKey.NAME, FieldKey.KANA, FieldKey.HOUSEHOLDER})


@dataclass(frozen=True, repr=False)
class Candidate:
    """One place where an item stands."""

    value: str | None
    confidence: float
    warning: str | None
    line: Line
    rank: int = 0  # 0 by its label; more where only its form or place tells what it is


@dataclass(repr=False)
class Sheet:
    """What all pages of one document say together, before it is decided."""

    found: dict[FieldKey, list[Candidate]] = field(default_factory=dict)
    titles: list[tuple[float, float, str, Line]] = field(default_factory=list)  # height, place, type, line
    text: str = ""  # folded, without blanks; to look for words
    labels: int = 0
    empty: set[FieldKey] = field(default_factory=set)  # labels with nothing beside them

    def add(self, key: FieldKey, candidate: Candidate) -> None:
        self.found.setdefault(key, []).append(candidate)


def read_sheet(pages: Iterable[Sequence[Glyph]], words: Vocabulary, *, ocr: bool, looks: Looks | None = None) -> Sheet:
    """`looks` are asked per value that OCR read."""
    sheet = Sheet()
    reader = _Reader(sheet, words, ocr, looks)
    for number, glyphs in enumerate(pages):
        rows = rows_of(glyphs)
        reader.titles(rows, number)
        sheet.text += "".join(folded(line_of(row.glyphs, row.em).tight().text) + "\n" for row in rows)
        read = read_labels(rows, words, ocr=ocr)
        reader.labelled(read)
        reader.unlabelled(read)
    return sheet


class _Reader:
    def __init__(self, sheet: Sheet, words: Vocabulary, ocr: bool, looks: Looks | None) -> None:
        self.sheet, self.words, self.ocr, self.looks = sheet, words, ocr, looks

    def candidate(self, key: FieldKey, found: Found, rank: int = 0) -> Candidate:
        used = found.line.glyphs
        confidence = min((g.confidence for g in used), default=0.0)
        if not self.ocr and found.value is not None and _overprinted(used):
            return Candidate(None, confidence, "overprinted", found.line, rank)
        if not self.ocr or found.value is None:
            return Candidate(found.value, confidence, found.warning, found.line, rank)
        words = self.words
        least = words.confidence_words if key in OF_WORDS else words.confidence_digits
        if key is FieldKey.SYMBOL and not found.value.replace("-", "").isdecimal():
            least = words.confidence_words
        common = key is FieldKey.INSURER_NAME
        if common:
            confidence = min((g.common for g in used), default=0.0)
        if confidence < least and self.looks is not None and key not in _OF_PEOPLE:
            confidence = self.looks.steady(found.line, least, common=common) or confidence
        if confidence < least:
            return Candidate(None, confidence, "low_confidence", found.line, rank)
        if key in (FieldKey.NAME, FieldKey.HOUSEHOLDER) and values.has_ambiguous_letter(found.value):
            return Candidate(None, confidence, "ambiguous_letter", found.line, rank)
        if key in OF_WORDS and not _japanese(found.value):
            return Candidate(None, confidence, "foreign_letter", found.line, rank)
        doubt = self.looks.doubt(found.line, common=common) if self.looks is not None else None
        if doubt is not None:
            return Candidate(None, confidence, doubt, found.line, rank)
        if common:
            return Candidate(common_forms(found.value), confidence, found.warning, found.line, rank)
        of_person = key in (FieldKey.NAME, FieldKey.HOUSEHOLDER)
        warning = "variant_possible" if of_person and has_variant(found.value) else found.warning
        return Candidate(found.value, confidence, warning, found.line, rank)

    # --- title ----------------------------------------------------------------------------------

    def titles(self, rows: Sequence[Row], page: int) -> None:
        for row in rows:
            whole = row.glyphs
            parts = pieces(whole, 2.2 * row.em)
            for part in [whole, *parts] if len(parts) > 1 else parts:
                line = line_of(part, row.em).tight()
                kind = self._title(folded(line.text).strip("《》〈〉<>「」『』【】■●◆▼※・-ー=|"))
                if kind:
                    self.sheet.titles.append((row.height, page * 1e6 + row.top, kind, line))

    def _title(self, text: str) -> str | None:
        if len(text) > 40:
            return None
        for word, kind in self.words.titles:
            place = text.find(word)
            if place < 0:
                continue
            before, after = text[:place], text[place + len(word) :]
            prefix = _OTHER_PREFIX if kind == "other" else _TITLE_PREFIX
            if prefix.fullmatch(before) and (after in self.words.title_ends or _TITLE_SUFFIX.fullmatch(after)):
                return kind
        return None

    # --- items with a label ----------------------------------------------------------------------

    def labelled(self, read: Read) -> None:
        own_branch = any(spot.key == "branch" and values.branch(spot.line) for spot in read.spots if spot.lines)
        for spot in read.spots:
            if spot.key == BORDER:
                continue
            self.sheet.labels += 1
            if not spot.lines:
                if spot.key in READERS:
                    self.sheet.empty.add(FieldKey(spot.key))
                continue
            if spot.key == "symbol_number":
                self._symbol_and_number(spot.line, with_branch="枝番" in spot.word, own_branch=own_branch)
            elif spot.key == "valid_period":
                self._period(spot.line)
            elif spot.key == "effective":  # the paper holds from then on; without another day the insurance, too
                self._item(FieldKey.VALID_FROM, spot.lines, below=spot.below)
                self._item(FieldKey.ACQUIRED, spot.lines, below=spot.below, rank=1)
            else:
                self._item(FieldKey(spot.key), spot.lines, below=spot.below)

    def _item(self, key: FieldKey, lines: list[Line], *, below: bool, rank: int = 0) -> None:
        if key in (FieldKey.NAME, FieldKey.HOUSEHOLDER):
            lines = self._without_reading(key, lines)
        line = join(lines, "" if key is FieldKey.INSURER_NAME else " ")
        found = READERS[key](line)
        if found is None:
            return
        if found.value is None and below and (key in OF_WORDS or not any(c.isdecimal() for c in line.text)):
            self.sheet.empty.add(key)  # something else stands below the label
            return
        self.sheet.add(key, self.candidate(key, found, rank))

    def _without_reading(self, key: FieldKey, lines: list[Line]) -> list[Line]:
        """A reading printed above, below or in brackets beside the name is an item of its own."""
        kept = []
        for line in lines:
            tight = line.tight().text
            reading = len(lines) > 1 and len(tight) > 2 and re.fullmatch(r"[ァ-ヺー・]+", tight) is not None
            if reading and not all(re.fullmatch(r"[ァ-ヺー・]+", other.tight().text) for other in lines):
                found = values.kana(line)
            else:
                kept.append(line)
                found = values.kana_in_brackets(line)
            if found and key is FieldKey.NAME:
                self.sheet.add(FieldKey.KANA, self.candidate(FieldKey.KANA, found, rank=1))
        return kept or lines

    def _symbol_and_number(self, line: Line, *, with_branch: bool, own_branch: bool) -> None:
        """記号・番号 in one place: two parts, or three with the branch.

        A symbol may hold a joint itself (架空・７), so a joint with blanks around it goes before one without. A third
        part that nobody announced leaves both open, unless it cannot be the branch. Blanks alone part nothing that OCR
        read: they are gaps; and OCR takes the middle dot between digits for a point.
        """
        part = values.without_notes(line).stripped(" ::・-").stripped(" ::・-")
        count = 3 if with_branch else 2
        blank, point = ("", ".") if self.ocr else (r"|\s+", "")
        for joint in (r"\s+[・/-]\s+", rf"\s*[・/{point}]\s*{blank}", rf"\s*[・/{point}-]\s*{blank}"):
            spans = _between(joint, part.text)
            if len(spans) == count:
                break
        else:
            spans = _with_jointed_symbol(part.text, count, own_branch=own_branch)
        keys = (FieldKey.SYMBOL, FieldKey.NUMBER, FieldKey.BRANCH)[: len(spans)]
        found = [(key, READERS[key](part.cut(*span))) for key, span in zip(keys, spans, strict=True)]
        if not found or any(one is None or one.value is None for _, one in found):
            if part.text:
                doubt = Candidate(None, 1.0, "not_separable", part)
                self.sheet.add(FieldKey.SYMBOL, doubt)
                self.sheet.add(FieldKey.NUMBER, doubt)
            return
        for key, one in found:
            if one is not None:
                self.sheet.add(key, self.candidate(key, one))

    def _period(self, line: Line) -> None:
        """有効期間: from, to, or both."""
        tight = line.tight()
        found = values.days(tight)
        if len(found) >= 2:
            keys: tuple[FieldKey, ...] = (FieldKey.VALID_FROM, FieldKey.VALID_TO)
        else:
            keys = (FieldKey.VALID_FROM,) if _FROM.search(tight.text) else (FieldKey.VALID_TO,)
        for key, one in zip(keys, found, strict=False):
            self.sheet.add(key, self.candidate(key, one))

    # --- items that say themselves what they are -----------------------------------------------------

    def unlabelled(self, read: Read) -> None:
        for piece in read.free:
            self._dates_with_a_word(piece)
            relation = _HEADING_RELATION.search(piece.line.tight().text)
            if relation:
                tight = piece.line.tight()
                found = Found(relation.group(1), tight.cut(*relation.span(1)))
                self.sheet.add(FieldKey.RELATION, self.candidate(FieldKey.RELATION, found, rank=1))
        if not any(c.rank == 0 for c in self.sheet.found.get(FieldKey.INSURER_NAME, [])):
            self._insurer_beside_its_number(read)

    def _dates_with_a_word(self, piece: Piece) -> None:
        tight = piece.line.tight()
        for found in values.days(tight):
            end = _end_of(tight, found.line)
            behind = tight.text[end : end + 4]
            for pattern, key in ((_BORN, FieldKey.BIRTH), (_ISSUED, FieldKey.ISSUED), (_UNTIL, FieldKey.VALID_TO)):
                if pattern.match(behind):
                    self.sheet.add(key, self.candidate(key, found, rank=1))
                    break

    def _insurer_beside_its_number(self, read: Read) -> None:
        """The final form of a notice prints the insurer's name above its number, without a label (reference 3)."""
        numbers = [s for s in read.spots if s.key == "insurer_no"]
        for piece in read.free:
            text = piece.line.text.strip()
            name = _INSURER.fullmatch(text) or _CITY.fullmatch(text)
            if name and any(abs(piece.middle - s.middle) < 4.5 * s.height for s in numbers):
                found = Found(" ".join(text.split()), piece.line.stripped())
                self.sheet.add(FieldKey.INSURER_NAME, self.candidate(FieldKey.INSURER_NAME, found, rank=1))


def _with_jointed_symbol(text: str, count: int, *, own_branch: bool) -> list[tuple[int, int]]:
    """Places of symbol, number and announced branch where the symbol holds a middle dot (架空・７・70): words with a
    number of their own, and behind them what can only be the number, because the branch stands elsewhere or has two
    digits. None where it may be otherwise."""
    match = _JOINTED_SYMBOL.fullmatch(text)
    if match is None or (match[3] is not None) != (count == 3):
        return []
    if count == 2 and not own_branch and values.could_be_branch(match[2]):
        return []
    return [match.span(i) for i in range(1, count + 1)]


def _between(joint: str, text: str) -> list[tuple[int, int]]:
    """Places of the parts that the joints leave."""
    spans, start = [], 0
    for match in re.finditer(joint, text):
        spans.append((start, match.start()))
        start = match.end()
    return [(a, b) for a, b in [*spans, (start, len(text))] if b > a]


def _end_of(whole: Line, part: Line) -> int:
    """Where a part, cut from a line, ends in it."""
    last = part.places[-1]
    return max(i for i, g in enumerate(whole.places) if g is last) + 1


def _overprinted(glyphs: Sequence[Glyph]) -> bool:
    """Letters that stand on letters: one text was laid over another, and which of them counts cannot be told."""
    return any(
        min(one.right, other.right) - max(one.left, other.left)
        > 0.4 * min(one.right - one.left, other.right - other.left)
        and min(one.bottom, other.bottom) > max(one.top, other.top)
        for one, other in pairwise(dict.fromkeys(glyphs))
    )


def _japanese(text: str) -> bool:
    """OCR knows the letters of other countries, which look alike; a name printed in Japan has letters of JIS X 0213."""
    try:
        text.replace("●", "").encode("euc_jis_2004")
    except UnicodeEncodeError:
        return False
    return True


# --- decision -------------------------------------------------------------------------------------


def decide_fields(sheet: Sheet, source: FieldSource) -> dict[FieldKey, Field]:
    """One field per item. Places that contradict each other leave it open."""
    fields: dict[FieldKey, Field] = {}
    for key in FieldKey:
        candidates = sheet.found.get(key, [])
        if not candidates:
            continue
        best_rank = min((c.rank for c in candidates if c.value is not None), default=min(c.rank for c in candidates))
        chosen = _one(key, [c for c in candidates if c.rank == best_rank])
        confidence = round(max(0.0, min(1.0, chosen.confidence)), 3)
        fields[key] = Field(chosen.value, source, confidence, chosen.warning, chosen.line.original)
    _holder_is_insured(fields)
    return fields


def _one(key: FieldKey, candidates: list[Candidate]) -> Candidate:
    read = [c for c in candidates if c.value is not None]
    if not read:
        return max(candidates, key=lambda c: c.confidence)
    if len({_compared(key, c.value or "") for c in read}) > 1:
        first = max(read, key=lambda c: c.confidence)
        return Candidate(None, first.confidence, "differs", first.line, first.rank)
    return max(read, key=lambda c: (c.confidence, len(c.value or "")))


def _compared(key: FieldKey, value: str) -> str:
    if key is FieldKey.KANA:
        return fold_kana(value)
    return fold_name(value) if key in OF_WORDS else value


def _holder_is_insured(fields: dict[FieldKey, Field]) -> None:
    """被保険者氏名 is the patient's name where the patient is the insured person and no other name stands there."""
    name, other = fields.get(FieldKey.NAME), fields.get(FieldKey.HOUSEHOLDER)
    elderly = fields.get(FieldKey.INSURER_NO)
    own = (elderly and (elderly.value or "").startswith("39") and len(elderly.value or "") == 8) or (
        FieldKey.RELATION in fields and fields[FieldKey.RELATION].value == "本人"
    )
    if name is None and other is not None and own:
        fields[FieldKey.NAME] = other


def decide_type(
    sheet: Sheet, words: Vocabulary, *, pdf: bool, hint: DocumentType | None
) -> tuple[DocumentType, Line | None]:
    """The largest title decides; then what else only one kind of document has.

    Without a title it is what the patient says it is only where the card is needed beside it: what is accepted alone
    has to say what it is.
    """
    portal = DocumentType.PORTAL_PDF if pdf else DocumentType.PORTAL_SCREEN
    known_titles = [t for t in sheet.titles if t[2] != "other"]
    other = max((t[0] for t in sheet.titles if t[2] == "other"), default=0.0)
    if _AS_LARGE * other > max((t[0] for t in known_titles), default=0.0):
        return DocumentType.UNKNOWN, None
    strong = [t for t in known_titles if t[2] in _OF_PAPERS]
    weak = [t for t in known_titles if t not in strong]
    main = _largest(strong)
    page = _largest([t for t in weak if t[2] == "portal"])
    if main and page and page[0] > 1.25 * main[0]:
        main = None
    if main:
        return DocumentType(main[2]), main[3]
    if page:
        return portal, page[3]
    either = _largest(weak)
    if either:
        return _portal_or_card(sheet, words, portal, pdf=pdf, hint=hint), either[3]
    items = len({FieldKey.INSURER_NO, FieldKey.NUMBER, FieldKey.NAME, FieldKey.BIRTH} & sheet.found.keys())
    said = hint if hint in _BESIDE_A_CARD and items >= 2 else None
    return said or DocumentType.UNKNOWN, None


def shows_several(sheet: Sheet, fields: Mapping[FieldKey, Field]) -> bool:
    """Whether papers of several kinds or of several people were shown at once: what the one leaves out would be taken
    from the other."""
    strong = [t for t in sheet.titles if t[2] in _OF_PAPERS]
    height = max((t[0] for t in strong), default=0.0)
    if len({t[2] for t in strong if t[0] > _AS_LARGE * height}) > 1:
        return True
    return sum(key in fields and fields[key].warning == "differs" for key in _OF_ONE_PERSON) > 1


def _largest(titles: list[tuple[float, float, str, Line]]) -> tuple[float, float, str, Line] | None:
    """Of about the same size the uppermost."""
    if not titles:
        return None
    height = max(t[0] for t in titles)
    return min((t for t in titles if t[0] > _AS_LARGE * height), key=lambda t: t[1])


def _portal_or_card(
    sheet: Sheet, words: Vocabulary, portal: DocumentType, *, pdf: bool, hint: DocumentType | None
) -> DocumentType:
    """健康保険証 is the old card's name and a heading of the portal."""
    if hint is portal or hint is DocumentType.OLD_CARD:
        return hint
    signs = sum(word in sheet.text for word in words.portal_signs)
    others = sum(word in sheet.text for word in words.card_signs)
    if signs or others:
        return portal if signs > others or (signs and pdf) else DocumentType.OLD_CARD
    return portal if pdf else DocumentType.OLD_CARD
