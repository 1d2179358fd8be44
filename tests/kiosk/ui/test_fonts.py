"""The bundled fonts write every language: no empty box, no reading that is cut off."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from kiosk.app.catalogue import base_sentences, load_catalogue, patient_languages
from kiosk.app.paths import ASSETS
from kiosk.domain.messages import Text
from kiosk.domain.ruby import annotated, heard, written
from kiosk.ui.fonts import families, font_files, load_fonts
from kiosk.ui.linebreak import plain
from kiosk.ui.look import Look
from kiosk.ui.samples import SAMPLES

MESSAGES = ASSETS / "messages"
SENTENCES = base_sentences(MESSAGES)
PATIENT = patient_languages(MESSAGES)[1]


def glyphs() -> dict[tuple[str, str], set[int]]:
    """Family and style → the characters that the file has."""
    found = {}
    for path in font_files(ASSETS / "fonts"):
        with TTFont(path, lazy=True) as font:
            name = font["name"]
            found[name.getDebugName(1), path.stem.rpartition("-")[2]] = set(font.getBestCmap())
    return found


def test_each_language_is_written_by_its_own_fonts() -> None:
    """Chinese and Korean by one font alone: a character of the Japanese one among them looks foreign."""
    have = glyphs()
    catalogue = load_catalogue(MESSAGES)
    for language in catalogue.languages:
        own = families(language)[: 1 if language in ("zh-Hans", "zh-Hant", "ko") else 2]
        texts = [catalogue.render(Text(i), language) for i in SENTENCES if PATIENT.holds(i)]
        used = {c for text in texts for c in plain(heard(text) + written(text)) if not c.isspace()}
        for style in ("Regular", "Bold"):
            can = set().union(*(have[family, style] for family in own))
            assert {c for c in used if ord(c) not in can} == set(), (language, style)


def test_every_language_can_write_the_names_of_all() -> None:
    have = glyphs()
    for code in patient_languages(MESSAGES)[0]:
        name = written(annotated(SENTENCES[f"language.{code}"]["ja"]))
        can = have[families(code)[0], "Bold"] | have["Noto Sans JP", "Bold"]
        assert {c for c in name if not c.isspace() and ord(c) not in can} == set(), code
    for code in patient_languages(MESSAGES)[0]:
        assert {family for family, _style in have} == set(families(code))


@pytest.fixture
def look(desk: Any) -> Look:
    shown: Look = desk.window._look
    return shown


READ = annotated("{市役所|しやくしょ}で {新|あたら}しく してください")


def test_a_reading_takes_room_above_and_beside(look: Look) -> None:
    bare = plain(READ)
    assert look.line_height(48, READ) > look.line_height(48, bare) * 1.2
    assert look.width(READ, 48) > look.width(bare, 48)
    assert look.height(READ, 5000, 48) == look.line_height(48, READ)
    lines = look.lines(READ, 400, 48)
    assert len(lines) > 1
    assert " ".join(map(plain, lines)) == bare
    assert all(look.width(line, 48) <= 400 for line in lines)


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("width", [900, 400])
def test_what_is_painted_stays_inside_and_the_reading_above(look: Look, width: int, centred: bool) -> None:
    height = round(look.height(READ, width, 48))
    rect = QRectF(20, 20, width, height)
    inked = painted(look, READ, rect, centred=centred)
    assert all(20 <= x <= 20 + width and 20 <= y <= 20 + height for x, y in inked)
    first_line = {y for _x, y in inked if y < 20 + look.line_height(48, READ)}
    without = {y for _x, y in painted(look, plain(READ), rect, centred=centred)}
    assert min(first_line) < min(without) or len(look.lines(READ, width, 48)) > 1


def test_a_reading_stands_over_its_character(look: Look) -> None:
    rect = QRectF(0, 0, 400, 120)
    both = painted(look, annotated("あ{水|みず}"), rect, centred=False)
    kana_width = look.width("あ", 60)
    top = min(y for _x, y in both)
    reading = [x for x, y in both if y < top + 24]
    assert min(reading) > kana_width - 6
    assert max(reading) < look.width(annotated("あ{水|みず}"), 60) + 6


def painted(look: Look, text: str, rect: QRectF, *, centred: bool) -> set[tuple[int, int]]:
    """The points that a text darkens."""
    image = QImage(round(rect.right()) + 40, round(rect.bottom()) + 40, QImage.Format.Format_Grayscale8)
    image.fill(QColor("white"))
    painter = QPainter(image)
    size = 60 if rect.x() == 0 else 48
    look.paint(painter, look.run(text, rect, size, "ink", centred=centred))
    painter.end()
    step, bits = image.bytesPerLine(), bytes(image.constBits())
    return {(x, y) for y in range(image.height()) for x in range(image.width()) if bits[y * step + x] < 128}


def test_a_screen_reader_hears_the_readings(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(desk.window._catalogue._sentences["consent.title"], "en", annotated("{情報|じょうほう}を"))
    desk.window.show_view(replace(SAMPLES["consent"], language="en"))
    title = desk.window._page.title
    assert title.text() == "情報を"
    assert title.accessibleName() == "じょうほうを"


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("language", ["ja", "vi", "ko", "zh-Hans", "ne"])
def test_figures_stand_in_the_middle_of_their_line_in_every_font(language: str) -> None:
    load_fonts(ASSETS / "fonts")
    look = Look(ASSETS / "pictures")
    look.language = language
    picture = QImage(120, 160, QImage.Format.Format_RGB32)
    picture.fill(QColor("#FFFFFF"))
    painter = QPainter(picture)
    look.paint(painter, look.run("5", QRectF(0, 0, 120, 160), 100, "ink", bold=True))
    painter.end()
    inked = [y for y in range(160) if any(picture.pixelColor(x, y).lightness() < 128 for x in range(120))]
    assert (inked[0] + inked[-1] + 1) / 2 == pytest.approx(80, abs=2)
