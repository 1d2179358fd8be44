"""The pads of the form: what each key writes, and that nothing is lost or undone on the way."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from kiosk.domain.attestation import read_day
from kiosk.domain.messages import Catalogue, Text
from kiosk.domain.screen import (
    ChoiceContent,
    Content,
    Control,
    ReviewContent,
    ReviewRow,
    Role,
    SignatureContent,
    View,
    WritingContent,
)
from kiosk.ui.fit import texts_fit
from kiosk.ui.widgets.date_text import DateText, date_text
from kiosk.ui.widgets.kana_keys import BACK, HALF_VOICED, SMALL, VOICED, changed
from kiosk.ui.widgets.pad import PadKey, SignKey, WordKey, WrittenLine
from kiosk.ui.widgets.signature_pad import SignatureField
from kiosk.ui.window import PatientWindow

ASSETS = Path(__file__).parents[3] / "assets"


class Screen:
    """A window and what came out of it."""

    def __init__(self, qtbot: QtBot, catalogue: Catalogue) -> None:
        self.written: list[tuple[str, str]] = []
        self.signed: list[bytes | None] = []
        self.taps: list[str] = []
        self.window = PatientWindow(
            catalogue,
            fonts_folder=ASSETS / "fonts",
            pictures_folder=ASSETS / "pictures",
            on_tap=self.taps.append,
            on_typed=lambda _field, secret: secret.wipe(),
            on_written=lambda field, text: self.written.append((field, text)),
            on_signed=self.signed.append,
        )
        qtbot.addWidget(self.window)
        self.window.resize(1080, 1920)
        self.window.show()

    def asks(self, content: Content, *controls: Control, screen: str = "form") -> Screen:
        self.window.show_view(View(screen, "x", Text("form.ask.name"), content=content, controls=controls))
        return self

    def press(self, *keys: str) -> Screen:
        for key in keys:
            assert self.window.press(key), key
        return self


@pytest.fixture
def screen(qtbot: QtBot, catalogue: Catalogue) -> Screen:
    return Screen(qtbot, catalogue)


def test_kana_by_pages_and_marks(screen: Screen) -> None:
    screen.asks(WritingContent("kana", "kana", "", 20)).press("key.0.カ", "key.voiced", "key.page", "key.1.ハ")
    screen.press("key.half_voiced", "key.1.ヤ", "key.small", "key.blank", "key.back")
    assert screen.written[-1] == ("kana", "ガパャ")
    assert [text for _, text in screen.written[:2]] == ["カ", "ガ"]


def test_words_and_digits_by_one_key(screen: Screen) -> None:
    screen.asks(WritingContent("address", "text", "架空", 20, ("市", "丁目"))).press("key.page", "key.page", "key.2.市")
    screen.press("key.2.3", "key.2.丁目")
    assert screen.written[-1] == ("address", "架空市3丁目")


def test_a_full_answer_takes_no_more(screen: Screen) -> None:
    screen.asks(WritingContent("branch", "digits", "0", 2)).press("key.0.1")
    assert not screen.window.press("key.0.2")
    screen.press("key.back", "key.0.2")
    assert screen.written[-1] == ("branch", "02")


def test_keyboard_and_input_method(screen: Screen, qtbot: QtBot) -> None:
    screen.asks(WritingContent("name", "name", "", 20))
    qtbot.keyClicks(screen.window, "ab")
    qtbot.keyClick(screen.window, Qt.Key.Key_Backspace)
    assert screen.written[-1] == ("name", "a")
    assert screen.window.writes_whole("name", "𠮷田　髙子")
    assert screen.written[-1] == ("name", "𠮷田　髙子")
    assert not screen.window.writes_whole("kana", "x")


def test_a_late_view_undoes_no_press_and_a_new_value_is_taken(screen: Screen) -> None:
    screen.asks(WritingContent("phone", "phone", "", 20)).press("key.0.1", "key.0.2")
    screen.asks(WritingContent("phone", "phone", "1", 20)).press("key.0.3")
    assert screen.written[-1] == ("phone", "123")
    screen.asks(WritingContent("phone", "phone", "12", 20)).asks(WritingContent("phone", "phone", "123", 20))
    screen.asks(WritingContent("phone", "phone", "", 20)).press("key.0.9")
    assert screen.written[-1] == ("phone", "9")


def test_date_by_era(screen: Screen) -> None:
    screen.asks(WritingContent("birth_date", "day", "", 20)).press("key.era.S")
    screen.press(*(f"key.digit.{d}" for d in "2533"))
    assert screen.written[-1] == ("birth_date", "S25-3-3")
    assert "昭和 25年 3月 3日" in screen.window.texts()


def test_date_that_was_known_is_shown_by_era(screen: Screen) -> None:
    screen.asks(WritingContent("birth_date", "day", "1950-03-03", 20))
    assert "昭和 25年 3月 3日" in screen.window.texts()


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("S2533", "S25-3-3"),
        ("S641225", "S64-12-25"),
        ("W19500303", "1950-03-03"),
        ("R8>4>5", "R8-4-5"),
        ("S2512<<3>3", "S25-3-3"),
        ("S641225W19500303", "1950-03-03"),
        ("S641225S631225", "S63-12-25"),
        ("S6412253", "S64-12-25"),
        ("", ""),
    ],
)
def test_pressed_dates(keys: str, text: str) -> None:
    date = DateText()
    for key in keys:
        if key.isdigit():
            date = date.pressed(key)
        elif key in "<>":
            date = date.forward() if key == ">" else date.erased()
        else:
            date = date.chosen(key)
    assert date.text() == text
    assert read_day(date_text(text, 3).text()) == read_day(text), "coming back to it changes nothing"


@pytest.mark.parametrize(
    ("text", "key", "after"),
    [
        ("か", VOICED, "が"),
        ("が", VOICED, "か"),
        ("は", HALF_VOICED, "ぱ"),
        ("ば", HALF_VOICED, "ぱ"),
        ("っ", VOICED, "づ"),
        ("や", SMALL, "ゃ"),
        ("ゃ", SMALL, "や"),
        ("あ", VOICED, "あ"),
        ("山", SMALL, "山"),
        ("", BACK, ""),
        ("𠮷", BACK, ""),
    ],
)
def test_keys_that_change_the_last_letter(text: str, key: str, after: str) -> None:
    assert changed(text, key) == after


def test_of_a_long_answer_the_end_is_seen_and_all_is_heard(screen: Screen) -> None:
    text = "".join(chr(0x4E00 + n) for n in range(100))
    screen.asks(WritingContent("name", "name", text, 100))
    [line] = screen.window.findChildren(WrittenLine)
    [run] = line.runs()
    assert run.text.startswith("…")
    assert text.endswith(run.text[1:])
    assert len(run.text) > 30
    assert texts_fit(screen.window.look, line)
    assert line.accessibleName() == text


def test_keys_side_by_side_have_words_of_one_size(screen: Screen) -> None:
    screen.asks(WritingContent("birth_date", "day", "", 20))
    eras = [key for key in screen.window.findChildren(SignKey) if ".era." in key.control_id]
    assert len(eras) == 5
    assert len({run.size for key in eras for run in key.runs()}) == 1
    screen.asks(WritingContent("address", "text", "", 20, ("市", "丁目"))).press("key.page", "key.page")
    words = [key for key in screen.window.findChildren(WordKey) if key.isVisible()]
    assert [key.label for key in words] == ["市", "丁目"]


def test_keys_that_differ_by_a_pixel_look_alike(screen: Screen) -> None:
    content = WritingContent("birth_date", "day", "", 20)
    screen.window.show_view(View("form", "x", Text("form.ask.name"), content=content, text_size=150))
    digits = [key for key in screen.window.findChildren(PadKey) if key.label.isdigit()]
    assert len(digits) == 10
    differ = False
    for height in range(500, 900, 9):
        screen.window.resize(height * 9 // 16, height)
        differ |= len({key.height() for key in digits}) > 1
        assert len({key.label_px() for key in digits}) == 1, height
    assert differ, "rounding makes them differ"


def test_a_mark_alone_is_larger_than_the_words_beside_it(screen: Screen) -> None:
    view = View("form", "x", Text("form.ask.name"), content=WritingContent("name", "name", "", 20), language="ne")
    screen.window.show_view(view)
    sizes = {key.control_id: key.runs()[0].size for key in screen.window.findChildren(SignKey)}
    assert sizes["key.voiced"] > 1.5 * sizes["key.back"] == 1.5 * sizes["key.blank"]


def test_a_finger_signs(screen: Screen, qtbot: QtBot) -> None:
    screen.asks(SignatureContent(False), screen="signature")
    paper = screen.window.findChild(SignatureField)
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(paper, left, pos=QPoint(100, 100))
    qtbot.mouseMove(paper, QPoint(400, 200))
    qtbot.mouseRelease(paper, left, pos=QPoint(400, 200))
    picture = Image.open(io.BytesIO(screen.signed[-1] or b""))
    assert picture.getbbox() is not None
    screen.press("signature.clear")
    assert screen.signed[-1] is None
    screen.press("signature")
    assert screen.signed[-1] is not None, "a tap may sign, too"


def test_choices_by_press_and_by_word(screen: Screen) -> None:
    option = Control("form.choose.30", Text("form.share_percent.30"), Role.CHOICE, checked=False)
    screen.asks(ChoiceContent("share_percent"), option).press("form.choose.30")
    assert screen.taps == ["form.choose.30"]
    assert screen.window.writes_whole("share_percent", "30")
    assert screen.written == [("share_percent", "30")]


def test_rows_of_the_review_are_pressed(screen: Screen) -> None:
    rows = tuple(
        ReviewRow(f"form.change.{name}", Text(f"form.label.{name}"), Text("form.value", (("value", "答え" * length),)))
        for name, length in (("name", 2), ("address", 40), ("phone", 5))
    )
    screen.asks(ReviewContent(rows), screen="form_review")
    screen.press(*(row.control for row in rows))
    assert screen.taps == [row.control for row in rows]
