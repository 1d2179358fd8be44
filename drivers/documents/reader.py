"""Files and pictures of papers, read: text layer first, OCR otherwise; doubts stay doubts.

Whatever was read is in the reading and nowhere else: no log, no file, no exception holds any of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.documents.cage import Limits, Opened, Page, load_limits, open_file
from drivers.documents.interpret import Sheet, decide_fields, decide_type, read_sheet, shows_several
from drivers.documents.layout import Glyph, Line, rows_of
from drivers.documents.my_number import shows_my_number, shows_part_of_it
from drivers.documents.notes import notes_of
from drivers.documents.vocabulary import RULES, Vocabulary, load_vocabulary
from kiosk.domain.documents import Blocked, DocumentReading, DocumentType, Field, FieldKey, FieldSource
from kiosk.domain.rules import load_rules
from kiosk.ports.face import Picture

if TYPE_CHECKING:
    from drivers.documents.page_ocr import PageOcr

_COMPARED = (FieldKey.INSURER_NO, FieldKey.SYMBOL, FieldKey.NUMBER, FieldKey.BIRTH, FieldKey.VALID_TO)
_NEEDED = frozenset({FieldKey.INSURER_NO, FieldKey.NUMBER, FieldKey.NAME})


class FileDocumentReader:
    """Implements `DocumentReader`. The OCR models are loaded when first needed or by `load`. One worker at a time.

    `today` decides which rules hold and how old a copy is.
    """

    def __init__(self, today: Callable[[], date] = date.today, rules: Path = RULES) -> None:
        self._today = today
        self._rules = load_rules(rules)
        self._ocr: PageOcr | None = None
        self.last_opened: Opened | None = None  # sizes and memory only, for the benchmark

    def load(self) -> None:
        self._page_ocr()

    def read(self, source: bytes | Path, hint: DocumentType | None = None) -> DocumentReading:
        opened = open_file(source, self._limits())
        self.last_opened = replace(opened, pages=())
        try:
            if opened.blocked is not None:
                return DocumentReading(blocked=opened.blocked, sha256=opened.sha256)
            reading = self._read_pdf(opened, hint) if opened.kind == "pdf" else self._read_picture(opened, hint)
            # The hash of a picture of the number could be compared with that of a copy: it goes, too.
            return reading if reading.blocked else replace(reading, sha256=opened.sha256)
        finally:
            opened.wipe()

    def read_picture(self, picture: Picture, hint: DocumentType | None = None) -> DocumentReading:
        reading = self._by_ocr([picture], hint, pdf=False)[0]
        if reading.blocked is Blocked.MY_NUMBER_SEEN:
            picture.fill(0)
        return reading

    # --- PDF --------------------------------------------------------------------------------------

    def _read_pdf(self, opened: Opened, hint: DocumentType | None) -> DocumentReading:
        words = self._words()
        glyphs = [_glyphs(page) for page in opened.pages]
        if any(shows_my_number(rows_of(page), ocr=False) for page in glyphs):
            return _blocked()
        sheet = read_sheet(glyphs, words, ocr=False)
        fields = decide_fields(sheet, FieldSource.TEXT)
        notes = set(opened.notes)
        unmapped = any(g.text == "\ufffd" for page in glyphs for g in page)
        seen: list[Picture] = [page.picture for page in opened.pages]
        if not sheet.labels or unmapped or (sheet.empty & _NEEDED) - fields.keys():
            reading, seen_sheet = self._by_ocr(seen, hint, pdf=True)
            if reading.blocked:
                return reading
            notes.add("text_by_ocr")
            fields = _completed(fields, reading.fields)
            sheet = seen_sheet if not sheet.labels else sheet
            if "two_documents" in reading.warnings:
                return reading
        elif self._page_ocr().contradicts(seen, [page.scale for page in opened.pages], _telling(sheet, glyphs)):
            notes.add("text_differs_from_picture")
        if shows_several(sheet, fields):
            return _several()
        kind, title = decide_type(sheet, words, pdf=True, hint=hint)
        if title is not None and FieldKey.TITLE not in fields:
            source = FieldSource.OCR if any(g.line >= 0 for g in title.glyphs) else FieldSource.TEXT
            fields = {FieldKey.TITLE: _title(title, source), **fields}
        warnings = self._warnings(kind, fields, sheet, notes, opened, glyphs)
        return DocumentReading(kind, fields, warnings)

    # --- pictures ---------------------------------------------------------------------------------

    def _read_picture(self, opened: Opened, hint: DocumentType | None) -> DocumentReading:
        return self._by_ocr([page.picture for page in opened.pages], hint, pdf=False)[0]

    def _by_ocr(
        self, pictures: Sequence[Picture], hint: DocumentType | None, *, pdf: bool
    ) -> tuple[DocumentReading, Sheet]:
        words = self._words()
        with self._page_ocr().looking(pictures, straighten=not pdf) as look:
            if any(shows_my_number(rows_of(page), ocr=True) for page in look.pages):
                return _blocked(), Sheet()
            sheet = read_sheet(look.pages, words, ocr=True, looks=look)
        fields = decide_fields(sheet, FieldSource.OCR)
        if shows_several(sheet, fields):
            return _several(), sheet
        kind, title = decide_type(sheet, words, pdf=pdf, hint=hint)
        if title is not None:
            fields = {FieldKey.TITLE: _title(title, FieldSource.OCR), **fields}
        if kind is DocumentType.UNKNOWN and not pdf:
            fields = fields if len(fields) > 2 else {}
        return DocumentReading(kind, fields, self._warnings(kind, fields, sheet, set(), None, ())), sheet

    # --- together ---------------------------------------------------------------------------------

    def _warnings(
        self,
        kind: DocumentType,
        fields: dict[FieldKey, Field],
        sheet: Sheet,
        notes: set[str],
        opened: Opened | None,
        glyphs: Sequence[Sequence[Glyph]],
    ) -> tuple[str, ...]:
        found = notes | notes_of(kind, fields, self._words(), self._today(), opened, glyphs)
        if shows_part_of_it(sheet.text):
            found.add("part_of_my_number")
        if kind is DocumentType.UNKNOWN:
            found.add("no_document")
        return tuple(sorted(found))

    def bytes_most(self) -> int:
        """A larger file is refused."""
        return self._limits().bytes

    def _limits(self) -> Limits:
        return load_limits(self._rules, self._today())

    def _words(self) -> Vocabulary:
        return load_vocabulary(self._rules, self._today())

    def _page_ocr(self) -> PageOcr:
        if self._ocr is None:
            from drivers.documents.page_ocr import PageOcr

            self._ocr = PageOcr()
        return self._ocr


def _blocked() -> DocumentReading:
    return DocumentReading(blocked=Blocked.MY_NUMBER_SEEN)


def _several() -> DocumentReading:
    """Nothing of it is told: nobody could say whose it is."""
    return DocumentReading(warnings=("two_documents",))


def _glyphs(page: Page) -> list[Glyph]:
    return [Glyph(c.text, c.left, c.top, c.right, c.bottom, 1.0, c.font) for c in page.chars]


def _telling(sheet: Sheet, glyphs: Sequence[Sequence[Glyph]]) -> list[tuple[int, Line]]:
    """The values worth comparing with what is seen, each with its page."""
    page_of = {id(glyph): number for number, page in enumerate(glyphs) for glyph in page}
    chosen = [c.line for key in _COMPARED for c in sheet.found.get(key, []) if c.line.glyphs]
    return [(page_of.get(id(line.glyphs[0]), 0), line) for line in chosen]


def _title(line: Line, source: FieldSource) -> Field:
    confidence = min((g.confidence for g in line.glyphs), default=0.0)
    return Field(
        line.text.strip("【】「」『』《》〈〉<>■●◆"),
        source,
        round(max(0.0, min(1.0, confidence)), 3),
        None,
        line.original,
    )


def _completed(text: Mapping[FieldKey, Field], ocr: Mapping[FieldKey, Field]) -> dict[FieldKey, Field]:
    """What the text layer says, and from OCR only what it does not say."""
    found = dict(text)
    for key, one in ocr.items():
        if key not in found or (
            found[key].value is None and one.value is not None and found[key].warning == "unreadable"
        ):
            found[key] = one
    return {key: found[key] for key in FieldKey if key in found}
