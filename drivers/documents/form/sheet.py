"""Draws a layout with what is filled in (fpdf2). Fonts are embedded as subsets; the text can be read back exactly."""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from fpdf import FPDF
from fpdf.errors import FPDFException
from fpdf.fonts import TTFFont
from PIL import Image, UnidentifiedImageError

from drivers.documents.form.fitting import MM, Fitted, fit
from drivers.documents.form.fonts import FontSet, Run
from drivers.documents.form.layout import Element, Layout
from kiosk.domain.attestation_sheet import SheetContent
from kiosk.domain.failures import FailureCode, NeedsStaff

# At their lowest levels both write down which characters a text has.
for _library in ("fpdf", "fontTools"):
    logging.getLogger(_library).setLevel(logging.WARNING)

VALUE_SIZE, LABEL_SIZE = 13.0, 10.0
_TICK = "✓"
_TINT = (226, 232, 238)
_BASE = 0.86
"""From the top of a line to its base line, as a part of the size."""


class FormSheet:
    """`layout` drawn on its own pages. Drawing takes no clock: `at` is what the document says of its making."""

    def __init__(self, layout: Layout, fonts_folder: Path) -> None:
        self._layout = layout
        self.fonts = FontSet(fonts_folder)

    def draw(self, content: SheetContent, at: datetime) -> bytes:
        """The PDF. Raises `NeedsStaff(FORM_NOT_DRAWN)` with the field that does not fit or the picture that does not
        open."""
        canvas = Canvas(self._layout, self.fonts, at)
        for element in self._layout.elements:
            canvas.draw(element, content)
        return canvas.finished()


@dataclass(frozen=True)
class _Written:
    """A run of letters at its place."""

    page: int
    left: float
    base: float
    run: Run
    size: float


class Canvas:
    """The pages of one document."""

    def __init__(self, layout: Layout, fonts: FontSet, at: datetime) -> None:
        self._fonts = fonts
        self._pdf = FPDF(unit="mm", format=(layout.width, layout.height))
        self._pdf.set_auto_page_break(False)
        self._pdf.set_margin(0)
        self._pdf.c_margin = 0
        self._pdf.set_title(layout.title)
        self._pdf.set_lang("ja-JP")
        self._pdf.set_creator("Madoguchi")
        self._pdf.set_creation_date(at.astimezone(UTC))
        self._written: list[_Written] = []
        for _ in range(layout.pages):
            self._pdf.add_page()

    def draw(self, element: Element, content: SheetContent) -> None:
        self._pdf.page = element.page
        match element.kind:
            case "frame":
                self._frame(element)
            case "bar":
                self._bar(element)
            case "label":
                self._words(element, element.text, element.size or LABEL_SIZE)
            case "field":
                self._field(element, content)
            case "box":
                self._box(element, element.tick in content.ticks)
            case "picture":
                self._picture(element, content.signature_png)

    def finished(self) -> bytes:
        """Letters come last, when it is known which ones each font has to bring."""
        for face in dict.fromkeys(one.run.face for one in self._written):
            letters = {letter for one in self._written if one.run.face == face for letter in one.run.text}
            file = io.BytesIO(self._fonts.face(face).cut(letters))
            self._pdf.fonts[face] = TTFFont(self._pdf, cast(Path, file), face, "")  # `add_font` takes paths only
        for one in self._written:
            self._pdf.page = one.page
            self._pdf.set_font(one.run.face, size=one.size)
            self._pdf.text(one.left, one.base, one.run.text)
        return bytes(self._pdf.output())

    def _frame(self, element: Element) -> None:
        self._pdf.set_line_width(element.line)
        if element.height and element.width:
            self._pdf.rect(element.x, element.y, element.width, element.height)
        else:
            self._pdf.line(element.x, element.y, element.x + element.width, element.y + element.height)

    def _bar(self, element: Element) -> None:
        self._pdf.set_fill_color(*_TINT)
        self._pdf.set_line_width(element.line)
        self._pdf.rect(element.x, element.y, element.width, element.height, style="DF")
        inside = Element("label", element.x + 2, element.y, element.width - 4, element.height, bold=True)
        self._words(inside, element.text, element.size or 11.0)

    def _words(self, element: Element, text: str, size: float, *, at_top: bool = False) -> None:
        fitted = fit(text, element.width, element.height, size, element.least, self._fonts, bold=element.bold)
        self._lines(element, fitted, at_top=at_top)

    def _field(self, element: Element, content: SheetContent) -> None:
        text = content.texts.get(element.value, "")
        if not text:
            size = element.blank_size or element.size or LABEL_SIZE
            if element.blank:
                self._words(element, element.blank, size, at_top=element.blank_align == "top")
            return
        size = element.size or VALUE_SIZE
        fitted = fit(self._fonts.writable(text), element.width, element.height, size, element.least, self._fonts)
        if not fitted.whole:
            raise NeedsStaff(FailureCode.FORM_NOT_DRAWN, element.value)
        self._lines(element, fitted)

    def _lines(self, element: Element, fitted: Fitted, *, at_top: bool = False) -> None:
        height = fitted.line_height * len(fitted.lines)
        top = element.y + (1.0 if at_top else (element.height - height) / 2)
        for number, line in enumerate(fitted.lines):
            left = element.x
            if element.align == "centre":
                left += (element.width - self._fonts.width(line, fitted.size, bold=element.bold) / MM) / 2
            base = top + number * fitted.line_height + (fitted.line_height - fitted.size / MM) / 2
            self._line(left, base + fitted.size * _BASE / MM, line, fitted.size, bold=element.bold)

    def _line(self, left: float, base: float, text: str, size: float, *, bold: bool = False) -> None:
        for run in self._fonts.runs(text, bold=bold):
            self._written.append(_Written(self._pdf.page, left, base, run, size))
            left += self._fonts.width(run.text, size, bold=bold) / MM

    def _box(self, element: Element, ticked: bool) -> None:
        edge = element.edge
        self._pdf.set_line_width(element.line)
        if element.label:
            self._pdf.rect(element.x, element.y, edge, edge)
            size = element.size or LABEL_SIZE
            width = self._fonts.width(element.label, size) / MM + 1
            self._words(Element("label", element.x + edge + 1, element.y, width, edge), element.label, size)
        if ticked:
            size = edge * MM * 1.05
            left = element.x + (edge - self._fonts.width(_TICK, size) / MM) / 2
            self._line(left, element.y + edge * 0.88, _TICK, size)

    def _picture(self, element: Element, png: bytes | None) -> None:
        if png is None:
            return
        picture = ink_of(png)
        if picture is None:
            return
        scale = min(element.width / picture.width, element.height / picture.height)
        width, height = picture.width * scale, picture.height * scale
        left = element.x + (element.width - width) / 2
        try:
            self._pdf.image(picture, left, element.y + (element.height - height) / 2, width, height)
        except (FPDFException, OSError, ValueError):
            raise NeedsStaff(FailureCode.FORM_NOT_DRAWN, element.value) from None


def ink_of(png: bytes) -> Image.Image | None:
    """The drawn part of a signature, dark on white; None where nothing is drawn. Raises as `FormSheet.draw` does."""
    try:
        with Image.open(io.BytesIO(png), formats=("PNG",)) as opened:
            coloured = opened.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise NeedsStaff(FailureCode.FORM_NOT_DRAWN, "signature_png") from None
    paper = Image.new("RGBA", coloured.size, (255, 255, 255, 255))
    grey = Image.alpha_composite(paper, coloured).convert("L")
    inked = grey.point(lambda level: 255 if level < 200 else 0).getbbox()
    return grey.crop(inked) if inked else None
