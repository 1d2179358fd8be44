"""Everything that is written, drawn or looked through with."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from kiosk.domain.screen import Notice, PinContent, ReviewContent, WritingContent
from kiosk.ui.components.stand import AIR, Component, Hold, Make, Specimen, Stand, focused, pressed, resting, scanned
from kiosk.ui.linebreak import plain
from kiosk.ui.samples import SAMPLES
from kiosk.ui.widgets.button import PressButton
from kiosk.ui.widgets.digit_pad import DigitPad
from kiosk.ui.widgets.form_rows import AnswerGrid
from kiosk.ui.widgets.notice import NoticeBox
from kiosk.ui.widgets.pad import Pad
from kiosk.ui.widgets.signature_pad import SignatureField, SignaturePad
from kiosk.ui.widgets.writing_pad import DatePad, WritingPad

_WIDE = 1780.0


def _keys(widget: QWidget) -> list[PressButton]:
    assert isinstance(widget, DigitPad | Pad)
    return [button for button in widget.buttons() if not button.isHidden()]


def _on(key: int | str, hold: Hold) -> Hold:
    """Of one key of a pad, by its place or its name."""

    def held(stand: Stand, widget: QWidget) -> None:
        keys = _keys(widget)
        found = keys[key] if isinstance(key, int) else next(k for k in keys if k.control_id == key)
        hold(stand, found)

    return held


def _row(first: int, last: int) -> Hold:
    """The frame of a switch around a row."""
    return lambda stand, widget: scanned(stand, *_keys(widget)[first:last])


def _field_focused(stand: Stand, widget: QWidget) -> None:
    assert isinstance(widget, DigitPad | SignaturePad)
    focused(stand, widget.dots if isinstance(widget, DigitPad) else widget.paper)


def _with_keys(make: Make, key: int | str, base: str, row: tuple[int, int]) -> Iterator[Specimen]:
    yield Specimen("key pressed", make, _on(key, pressed), differs=base)
    yield Specimen("key focused", make, _on(key, focused), differs=base, ring=True)
    yield Specimen("key scanned", make, _on(key, scanned), differs=base, ring=True)
    yield Specimen("row scanned", make, _row(*row), differs=base, ring=True)


# ---------- PIN ----------


def _digits(count: int = 0, sample: str = "pin", *, width: float = 1000.0, height: float | None = None) -> Make:
    """With so many digits pressed."""

    def make(stand: Stand) -> QWidget:
        content = SAMPLES[sample].content
        assert isinstance(content, PinContent)
        pad = DigitPad(stand, stand.look, lambda secret: secret.wipe(), field=content.field, shuffled=content.shuffled)
        pad.show_pad(
            content.length, stand.say("control.pin.clear"), stand.say("control.pin.ok"), lambda n, of: f"{n}/{of}"
        )
        for key in list(pad.keys.values())[:count]:
            key.click()
        return stand.put(pad, width, height)

    return make


def _wrong(stand: Stand) -> QWidget:
    """Empty again, below what the notice says."""
    both, look = QWidget(stand), stand.look
    notice, pad = NoticeBox(both, look), DigitPad(both, look, lambda secret: secret.wipe())
    said: Notice = SAMPLES["pin_wrong"].notices[0]
    notice.show_notice(stand.words(said.text), said.tone)
    pad.show_pad(4, stand.say("control.pin.clear"), stand.say("control.pin.ok"), lambda n, of: f"{n}/{of}")
    above, below = notice.height_for(1000.0), pad.height_for(1000.0)
    look.place(both, QRectF(AIR, AIR, 1000.0, above + 24 + below))
    look.place(notice, QRectF(0, 0, 1000.0, above))
    look.place(pad, QRectF(0, above + 24, 1000.0, below))
    pad.arrange()
    return both


def _digit_pad() -> Component:
    return Component(
        "digit_pad",
        (
            Specimen("empty", _digits()),
            Specimen("two digits", _digits(2), differs="empty"),
            Specimen("full", _digits(4), differs="two digits"),
            Specimen("wrong", _wrong),
            *_with_keys(_digits(2), "pin.digit.5", "two digits", (3, 6)),
            Specimen("field focused", _digits(2), _field_focused, differs="two digits", ring=True),
            Specimen("erase pressed", _digits(2), _on("pin.clear", pressed), differs="two digits"),
            Specimen("OK pressed", _digits(4), _on("pin.ok", pressed), differs="full"),
            Specimen("OK focused", _digits(4), _on("pin.ok", focused), differs="full", ring=True),
            Specimen("resting", _digits(), resting, differs="empty"),
            Specimen("six digits", _digits(3, "visual_code"), differs="two digits"),
            Specimen("low and wide", _digits(2, width=_WIDE, height=460.0), differs="two digits"),
        ),
        part=0.3,
        columns=6,
    )


# ---------- answers of a form ----------


def _writing(
    sample: str, text: str | None = None, *, turned: int = 0, width: float = 1000.0, height: float = 0
) -> Make:
    """With the sample's text or another; turned by so many pages."""

    def make(stand: Stand) -> QWidget:
        content = SAMPLES[sample].content
        assert isinstance(content, WritingContent)
        field, kind, words = content.field, content.kind, content.words

        def say(message_id: str) -> str:
            return plain(stand.say(message_id))

        pad: WritingPad | DatePad
        if kind in ("day", "month"):
            pad = DatePad(stand, stand.look, _unheard, say, field=field, kind=kind)
        else:
            pad = WritingPad(stand, stand.look, _unheard, say, field=field, kind=kind, words=words)
        pad.show_text(content.value if text is None else text, content.limit)
        for _page in range(turned):
            next(key for key in _keys(pad) if key.control_id == "key.page").click()
        return stand.put(pad, width, height or None)

    return make


def _unheard(_text: str) -> None:
    """Nobody listens here."""


def _kana_pad() -> Component:
    empty = _writing("form_name", "")
    return Component(
        "kana_pad",
        (
            Specimen("empty", empty),
            Specimen("written", _writing("form_name"), differs="empty"),
            Specimen("two lines", _writing("form_name", "見本花子" * 7), differs="written"),
            Specimen("full", _writing("form_name", "あ" * 100), differs="written"),
            Specimen("second page", _writing("form_name", "", turned=1), differs="empty"),
            Specimen("katakana", _writing("form_kana"), differs="written"),
            Specimen("words", _writing("form_address", turned=2)),
            Specimen("names of employers", _writing("form_employer", turned=2)),
            *_with_keys(_writing("form_name"), 6, "written", (5, 10)),
            Specimen("sign pressed", _writing("form_name"), _on("key.voiced", pressed), differs="written"),
            Specimen("low and wide", _writing("form_name", width=_WIDE, height=640.0), differs="written"),
        ),
        part=0.3,
        columns=6,
    )


def _number_pad() -> Component:
    return Component(
        "number_pad",
        (
            Specimen("empty", _writing("form_number", "")),
            Specimen("written", _writing("form_number"), differs="empty"),
            Specimen("full", _writing("form_number", "1" * 20), differs="written"),
            *_with_keys(_writing("form_number"), 4, "written", (3, 6)),
            Specimen("telephone", _writing("form_phone"), differs="written"),
        ),
        part=0.3,
        columns=6,
    )


def _date_pad() -> Component:
    return Component(
        "date_pad",
        (
            Specimen("empty", _writing("form_birth_date", "")),
            Specimen("era", _writing("form_birth_date", "S"), differs="empty"),
            Specimen("year", _writing("form_birth_date", "S25--"), differs="era"),
            Specimen("whole", _writing("form_birth_date"), differs="year"),
            Specimen("western years", _writing("form_birth_date", "1950--"), differs="year"),
            *_with_keys(_writing("form_birth_date"), 9, "whole", (8, 11)),
            Specimen("era pressed", _writing("form_birth_date"), _on(0, pressed), differs="whole"),
            Specimen("era focused", _writing("form_birth_date"), _on(0, focused), differs="whole", ring=True),
            Specimen("other era focused", _writing("form_birth_date"), _on(2, focused), differs="whole", ring=True),
        ),
        part=0.3,
        columns=6,
    )


# ---------- signature ----------

_STROKES = (
    ((0.30, 0.35), (0.36, 0.30), (0.37, 0.62), (0.33, 0.70)),
    ((0.28, 0.50), (0.44, 0.46)),
    ((0.50, 0.30), (0.47, 0.66), (0.56, 0.40), (0.60, 0.66), (0.68, 0.36)),
)
"""Of a signature, as parts of the paper."""


def _draw(paper: SignatureField) -> None:
    for stroke in _STROKES:
        kinds = [QEvent.Type.MouseButtonPress, *(QEvent.Type.MouseMove for _ in stroke[1:])]
        for kind, (x, y) in zip(kinds, stroke, strict=True):
            _mouse(paper, kind, QPointF(x * paper.width(), y * paper.height()))
        _mouse(paper, QEvent.Type.MouseButtonRelease, QPointF())


def _mouse(paper: QWidget, kind: QEvent.Type, at: QPointF) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QCoreApplication.sendEvent(paper, QMouseEvent(kind, at, at, left, left, none))


def _signature(sign: Callable[[SignaturePad], None] = lambda _pad: None) -> Make:
    def make(stand: Stand) -> QWidget:
        pad = SignaturePad(stand, stand.look, lambda _picture: None)
        pad.show_pad(*(plain(stand.say(f"signature.{name}")) for name in ("field", "clear")))
        stand.put(pad)
        sign(pad)
        return pad

    return make


def _signature_pad() -> Component:
    drawn = _signature(lambda pad: _draw(pad.paper))
    return Component(
        "signature_pad",
        (
            Specimen("empty", _signature()),
            Specimen("drawn", drawn, differs="empty"),
            Specimen("written", _signature(lambda pad: pad.type_whole("見本花子")), differs="drawn"),
            Specimen("paper focused", _signature(), _field_focused, differs="empty", ring=True),
            Specimen("erase pressed", drawn, _on(0, pressed), differs="drawn"),
            Specimen("erase focused", drawn, _on(0, focused), differs="drawn", ring=True),
            Specimen("erase scanned", drawn, _on(0, scanned), differs="drawn", ring=True),
        ),
        part=0.3,
        columns=6,
    )


# ---------- answers to look through ----------


def _answers(*, lines: int | None = None, filled: bool = False, width: float = 1000.0) -> Make:
    def make(stand: Stand) -> QWidget:
        content = SAMPLES["form_review"].content
        assert isinstance(content, ReviewContent)
        rows = [row for row in content.rows if not (filled and row.open)]
        grid = AnswerGrid(stand, stand.look, lambda _control: None)
        grid.show_rows([(r.control, stand.words(r.label), stand.words(r.value), r.open) for r in rows])
        grid.show_lines(0, lines)
        heights = grid.line_heights(width)[:lines]
        return stand.put(grid, width, sum(heights) + 24.0 * (len(heights) - 1))

    return make


def _answer_grid() -> Component:
    first = _answers(lines=4)
    return Component(
        "answer_grid",
        (
            Specimen("some open", _answers()),
            Specimen("all answered", _answers(filled=True), differs="some open"),
            Specimen("first lines", first),
            *(_with_keys(first, 1, "first lines", (0, 2))),
            Specimen("wide", _answers(width=_WIDE), differs="some open"),
        ),
        part=0.3,
        columns=6,
    )


PADS = (_digit_pad(), _kana_pad(), _number_pad(), _date_pad(), _signature_pad(), _answer_grid())
