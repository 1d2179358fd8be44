"""A facility's own form: its page stays as it is, the answers lie where its file of positions says."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
from fpdf import FPDF
from pypdf import PdfReader, PdfWriter
from pypdf.generic import RectangleObject

from drivers.documents.form.overlay import FormOverlay
from kiosk.domain.attestation_sheet import SheetContent
from kiosk.domain.failures import FailureCode, Fatal

ASSETS = Path(__file__).parents[4] / "assets"
AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
CONTENT = SheetContent({"name": "𠮷田　髙子", "birth_date": "昭和25年3月3日"}, frozenset({"sex.female"}))
POSITIONS = """
title = "Official"
[[element]]
kind = "field"
at = [60, 40, 80, 10]
value = "name"
[[element]]
kind = "box"
at = [150, 40]
tick = "sex.female"
[[element]]
kind = "field"
page = 2
at = [60, 100, 80, 10]
value = "birth_date"
"""


def official(pages: int = 2) -> bytes:
    pdf = FPDF()
    pdf.set_font("helvetica", size=12)
    for number in range(pages):
        pdf.add_page()
        pdf.text(20, 20, f"Official page {number + 1}")
    return bytes(pdf.output())


def facility(folder: Path, pdf: bytes, positions: str = POSITIONS) -> FormOverlay:
    (folder / "own.pdf").write_bytes(pdf)
    (folder / "own.toml").write_text(positions, encoding="utf-8")
    return FormOverlay(folder / "own.pdf", ASSETS / "fonts")


def place(pdf: bytes, page: int, text: str) -> tuple[float, float]:
    """Millimetres from the visible top left corner to the left of the text and its middle."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        shown = document[page]
        words = shown.get_textpage()
        before = words.get_text_range().partition(text)[0]
        first = len(before.encode("utf-16-le")) // 2
        left, bottom, _right, top = words.get_charbox(first)
        box = shown.get_mediabox()
        return (left - box[0]) * 25.4 / 72, (box[3] - (top + bottom) / 2) * 25.4 / 72
    finally:
        document.close()


def test_answers_lie_on_the_official_pages(tmp_path: Path) -> None:
    pdf = facility(tmp_path, official()).draw(CONTENT, AT)
    texts = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    assert "Official page 1" in texts[0]
    assert "𠮷田　髙子" in texts[0]
    assert "✓" in texts[0]
    assert "昭和25年3月3日" in texts[1]
    left, middle = place(pdf, 0, "𠮷")
    assert left == pytest.approx(60, abs=1)
    assert middle == pytest.approx(45, abs=1)


def test_a_page_whose_corner_lies_elsewhere(tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(official())))
    for page in writer.pages:
        page.mediabox = RectangleObject([-30, -40, 595 - 30, 842 - 40])
    moved = io.BytesIO()
    writer.write(moved)
    pdf = facility(tmp_path, moved.getvalue()).draw(CONTENT, AT)
    left, middle = place(pdf, 0, "𠮷")
    assert left == pytest.approx(60, abs=1)
    assert middle == pytest.approx(45, abs=1)


def encrypted() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(official())))
    writer.encrypt("secret", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "pdf", [b"", b"no pdf", official()[:300], encrypted(), official(1), b"\0" * 5000], ids=lambda pdf: str(len(pdf))
)
def test_a_template_that_does_not_serve_is_named(tmp_path: Path, pdf: bytes) -> None:
    with pytest.raises(Fatal) as caught:
        facility(tmp_path, pdf)
    assert caught.value.code is FailureCode.FORM_TEMPLATE_WRONG
    assert "own.pdf" in caught.value.detail


def test_a_template_without_positions_is_named(tmp_path: Path) -> None:
    (tmp_path / "own.pdf").write_bytes(official())
    with pytest.raises(Fatal, match=r"own\.toml"):
        FormOverlay(tmp_path / "own.pdf", ASSETS / "fonts")
