"""The facility's own official form: its PDF as it is, with the answers laid over it (pypdf).

Beside `form.pdf` lies `form.toml`, a layout whose elements say where each answer goes.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pypdf import PdfReader, PdfWriter, Transformation
from pypdf.errors import PyPdfError

from drivers.documents.form.fonts import FontSet
from drivers.documents.form.layout import Layout, load_layout
from drivers.documents.form.sheet import FormSheet
from kiosk.domain.attestation_sheet import SheetContent
from kiosk.domain.failures import FailureCode, Fatal

LARGEST = 20_000_000
MOST_PAGES = 20
_MM = 72 / 25.4


class FormOverlay:
    """`template` is the PDF. Raises `Fatal(FORM_TEMPLATE_WRONG)` with the file's name for a PDF or layout that does
    not serve: encrypted, damaged, too large, or with fields on a page that it does not have."""

    def __init__(self, template: Path, fonts_folder: Path) -> None:
        self._name = template.name
        self._layout = load_layout(template.with_suffix(".toml"))
        try:
            if template.stat().st_size > LARGEST:
                raise Fatal(FailureCode.FORM_TEMPLATE_WRONG, f"{self._name}: {LARGEST} bytes")
            self._template = template.read_bytes()
        except OSError as error:
            raise Fatal(FailureCode.FORM_TEMPLATE_WRONG, f"{self._name}: {error.strerror or 'OS'}") from None
        self._sheet = FormSheet(self._layout, fonts_folder)
        self.draw(SheetContent(), datetime(2000, 1, 1).astimezone())

    @property
    def fonts(self) -> FontSet:
        return self._sheet.fonts

    def draw(self, content: SheetContent, at: datetime) -> bytes:
        """The template with what is filled in. Raises what `FormSheet.draw` raises, and what the constructor does."""
        answers = PdfReader(io.BytesIO(self._sheet.draw(content, at)))
        try:
            with _quietly():
                return _merged(PdfReader(io.BytesIO(self._template)), answers, self._layout)
        except _TooFew:
            raise Fatal(FailureCode.FORM_TEMPLATE_WRONG, f"{self._name}: pages") from None
        except (
            PyPdfError,
            OSError,
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            IndexError,
            RecursionError,
        ) as error:
            raise Fatal(FailureCode.FORM_TEMPLATE_WRONG, f"{self._name}: {type(error).__name__}") from None


class _TooFew(ValueError):
    """The template has fewer pages than its fields name."""


@contextmanager
def _quietly() -> Iterator[None]:
    """pypdf warns of every slip of a template that it mends; what it cannot mend, it raises."""
    log = logging.getLogger("pypdf")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)


def _merged(template: PdfReader, answers: PdfReader, layout: Layout) -> bytes:
    if template.is_encrypted:
        raise ValueError("encrypted")
    if not layout.pages <= len(template.pages) <= MOST_PAGES:
        raise _TooFew
    writer = PdfWriter(clone_from=template)
    for page, over in zip(writer.pages, answers.pages, strict=False):
        box = page.mediabox
        # Positions count from the visible top left corner, whatever box the template was drawn in.
        shift = Transformation().translate(float(box.left), float(box.top) - layout.height * _MM)
        page.merge_transformed_page(over, shift)
    if layout.title:
        writer.add_metadata({"/Title": layout.title})
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()
