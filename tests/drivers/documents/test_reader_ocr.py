"""Pictures of documents: what is certain is right, and what is not is left open."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from drivers.documents.reader import FileDocumentReader
from drivers.simulated.persona import load_persona
from drivers.simulated.specimens import specimen, specimen_values
from drivers.simulated.specimens.make import specimen_picture
from kiosk.domain.documents import Blocked, DocumentReading, DocumentType, FieldKey, FieldSource
from kiosk.domain.kana import fold_name
from kiosk.ports.face import Picture
from tests.drivers.documents import damage

ON = date(2026, 11, 24)
PERSONAS = Path(__file__).parents[3] / "assets" / "personas"


@pytest.fixture(scope="module")
def reader() -> FileDocumentReader:
    found = FileDocumentReader(lambda: ON)
    found.load()
    return found


def wrong(reading: DocumentReading, expected: dict[FieldKey, str]) -> dict[FieldKey, str]:
    read = {key: f.value for key, f in reading.fields.items() if key is not FieldKey.TITLE and f.value is not None}
    return {key: value for key, value in read.items() if fold_name(value) != fold_name(expected.get(key, ""))}


def page(*lines: str, turn: float = 0.0) -> Picture:
    image = Image.new("RGB", (1000, 120 + 70 * len(lines)), "white")
    draw = ImageDraw.Draw(image)
    face = ImageFont.truetype(damage.FACE, 34)
    for i, line in enumerate(lines):
        draw.text((60, 50 + 70 * i), line, font=face, fill="black")
    turned = image.rotate(turn, expand=True, fillcolor="white")
    return np.ascontiguousarray(np.asarray(turned, np.uint8)[:, :, ::-1])


@pytest.mark.parametrize(
    ("person", "document", "layout", "condition", "open_most"),
    [
        ("kenji", "certificate", "card", "clean", 0),
        ("kenji", "certificate", "card", "tilted", 0),
        ("hanako", "portal_screen", "dark", "clean", 0),
        ("kenji", "certificate", "card", "glaring", 5),
        ("shigeru", "old_card", "paper", "dim", 3),
    ],
)
def test_specimens_are_read_without_an_error(
    reader: FileDocumentReader, person: str, document: str, layout: str, condition: str, open_most: int
) -> None:
    persona = load_persona(PERSONAS, person)
    reading = reader.read(specimen(persona, document, on=ON, layout=layout, condition=condition))
    expected = specimen_values(persona, document, on=ON, layout=layout)
    assert reading.type.value == document
    assert wrong(reading, expected) == {}
    assert sum(reading.value(key) is None for key in expected) <= open_most
    assert all(field.source is FieldSource.OCR and 0 <= field.confidence <= 1 for field in reading.fields.values())


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_picture_may_lie_in_any_direction(reader: FileDocumentReader, turn: int) -> None:
    lines = ("資格確認書", "氏名　見本　花子", "生年月日　昭和25年2月11日", "保険者番号　06479992", "番号　808")
    reading = reader.read_picture(page(*lines, turn=turn))
    assert {key.value: field.value for key, field in reading.fields.items()} == {
        "title": "資格確認書",
        "insurer_no": "06479992",
        "number": "808",
        "name": "見本 花子",
        "birth": "1950-02-11",
    }


def test_a_scanned_pdf_is_read_from_its_picture(reader: FileDocumentReader) -> None:
    picture = page("資格情報のお知らせ", "氏名　見本　花子", "記号　12　番号　808　（枝番）01")
    reading = reader.read(damage.picture(Image.fromarray(picture[:, :, ::-1]), "PDF"))
    assert reading.type is DocumentType.NOTICE
    assert {"scan", "text_by_ocr"} <= set(reading.warnings)
    values = {key.value: field.value for key, field in reading.fields.items()}
    assert values["branch"] == "01"
    assert values["number"] == "808"
    assert reading.fields[FieldKey.NUMBER].source is FieldSource.OCR


def test_a_frame_that_shows_an_individual_number_is_overwritten(reader: FileDocumentReader) -> None:
    frame = page("個人番号", "1234 5678 9018", "見本 花子")
    reading = reader.read_picture(frame)
    assert reading.blocked is Blocked.MY_NUMBER_SEEN
    assert reading.fields == {}
    assert not frame.any()


def test_a_lost_character_that_nobody_read_leaves_the_name_open(reader: FileDocumentReader) -> None:
    """The black dots for a character without a code are no text to the detector: what is left is another name."""
    persona = load_persona(PERSONAS, "gap_in_name")
    reading = reader.read_picture(specimen_picture(persona, "certificate", on=ON, layout="card"))
    assert (reading.value(FieldKey.NAME), reading.fields[FieldKey.NAME].warning) == (None, "print_beside")
    assert wrong(reading, specimen_values(persona, "certificate", on=ON, layout="card")) == {}


def test_a_symbol_with_a_middle_dot_is_read_also_in_one_place_with_the_number(reader: FileDocumentReader) -> None:
    persona = load_persona(PERSONAS, "ichiro")
    reading = reader.read_picture(specimen_picture(persona, "old_card", on=ON, layout="paper"))
    expected = specimen_values(persona, "old_card", on=ON, layout="paper")
    assert {key for key in expected if reading.value(key) is None} == set()
    assert wrong(reading, expected) == {}


def test_a_photo_of_something_else_is_no_document(reader: FileDocumentReader) -> None:
    reading = reader.read(PERSONAS / "hanako" / "live_front.jpg")
    assert (reading.type, reading.blocked, dict(reading.fields)) == (DocumentType.UNKNOWN, None, {})
    assert reading.warnings == ("no_document",)


def test_a_blurred_page_gives_nothing_wrong(reader: FileDocumentReader) -> None:
    persona = load_persona(PERSONAS, "kenji")
    frame = specimen_picture(persona, "notice", on=ON, layout="slip", condition="blurred")
    assert wrong(reader.read_picture(frame), specimen_values(persona, "notice", on=ON, layout="slip")) == {}


def test_a_wrong_check_digit_is_asked_again(reader: FileDocumentReader) -> None:
    reading = reader.read_picture(page("資格確認書", "保険者番号　06479993", "氏名　見本　花子"))
    field = reading.fields[FieldKey.INSURER_NO]
    assert (field.value, field.warning) == (None, "check_digit")


def test_the_back_of_the_card_is_blocked(reader: FileDocumentReader) -> None:
    frame = page(
        "氏名　見本　花子", "昭和25年2月11日生　性別　女", "個人番号　　1234  5678  9018", "2031年2月11日まで有効"
    )
    assert reader.read_picture(frame).blocked is Blocked.MY_NUMBER_SEEN


@pytest.mark.parametrize("spacing", ["123456789018", "1234-5678-9018", "1234　5678　9018"])
def test_the_number_is_seen_however_it_is_grouped(reader: FileDocumentReader, spacing: str) -> None:
    assert reader.read_picture(page("資格情報のお知らせ", "番号　12", spacing)).blocked is Blocked.MY_NUMBER_SEEN
