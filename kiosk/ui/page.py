"""The pieces of one screen, made from its view and kept as long as the screen stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from kiosk.domain.messages import Text
from kiosk.domain.screen import (
    CameraContent,
    CardPhotoContent,
    Control,
    PinContent,
    ProgressContent,
    ResultContent,
    ReviewContent,
    SignatureContent,
    View,
    WritingContent,
)
from kiosk.domain.secret import Secret
from kiosk.ui.controls import dress, kind_of
from kiosk.ui.linebreak import plain, spoken
from kiosk.ui.look import Look
from kiosk.ui.mood import Mood, mood_of
from kiosk.ui.theme import TypeScale
from kiosk.ui.widgets.button import PressButton
from kiosk.ui.widgets.camera_view import CameraView
from kiosk.ui.widgets.card_photo import CardPhoto
from kiosk.ui.widgets.digit_pad import DigitPad, EnteredDots
from kiosk.ui.widgets.form_rows import AnswerGrid
from kiosk.ui.widgets.guide_picture import GuidePicture
from kiosk.ui.widgets.notice import NoticeBox
from kiosk.ui.widgets.pad import Pad
from kiosk.ui.widgets.panel import PosterPanel
from kiosk.ui.widgets.progress import ProgressDots
from kiosk.ui.widgets.result_card import ResultCard
from kiosk.ui.widgets.signature_pad import SignatureField, SignaturePad
from kiosk.ui.widgets.text import TextBlock
from kiosk.ui.widgets.writing_pad import DatePad, WritingPad

W = TypeVar("W", bound=QWidget)
_NO_END = 99  # lines
Render = Callable[[Text], str]


class Page:
    """Holds the components by key, so that a changed view changes them in place: the digits typed so far, the
    camera picture and the focus survive a new hint. Another screen begins with nothing."""

    def __init__(
        self,
        window: QWidget,
        look: Look,
        render: Render,
        on_tap: Callable[[str], None],
        on_typed: Callable[[str, Secret], None],
        on_written: Callable[[str, str], None],
        on_signed: Callable[[bytes | None], None],
    ) -> None:
        self._window = window
        self._look = look
        self._render = render
        self._on_tap = on_tap
        self._on_typed = on_typed
        self._on_written = on_written
        self._on_signed = on_signed
        self._kept: dict[str, QWidget] = {}
        self._used: set[str] = set()
        self.screen = ""
        self._urgent = False
        self.mood: Mood | None = None
        self.title: TextBlock
        self.title_inside = True  # of the area; else beside the frame's buttons
        self.body: list[TextBlock] = []
        self._lead = 1
        self.notices: list[NoticeBox] = []
        self.picture: GuidePicture | None = None
        self.content: CameraView | CardPhoto | DigitPad | Pad | ResultCard | ProgressDots | None = None
        self.controls: list[PressButton] = []
        self.poster: PosterPanel | None = None

    def show_view(self, view: View) -> None:
        if view.screen != self.screen:
            self.clear()
        self.screen = view.screen
        self._used = set()
        kinds = self._look.theme.type
        self.poster = self._keep("poster", PosterPanel) if view.screen == "idle" else None
        self.title = self._keep("title", lambda w, look: TextBlock(w, look, kinds.title_steps, bold=True))
        self.mood = mood_of(view)
        self._urgent = view.urgent
        self.title.show_text(headline(self._render(view.title)), self.mood.ink if self.mood else "ink")
        self.notices = []
        for number, notice in enumerate(view.notices):
            box = self._keep(f"notice.{number}", NoticeBox)
            box.show_notice(self._render(notice.text), notice.tone)
            self.notices.append(box)
        self.picture = None
        if view.picture and not isinstance(view.content, CameraContent):
            self.picture = self._keep("picture", GuidePicture)
            self.picture.show_picture(view.picture, spoken(self._render(Text(f"picture.{view.picture}"))))
        self.content = self._content(view)
        self.body, self._lead = [], view.lead
        for number, sentence in enumerate(view.body):
            block = self._keep(f"body.{number}", lambda w, look: TextBlock(w, look, (kinds.body,)))
            block.most_lines = _NO_END
            block.show_text(self._render(sentence), "ink" if number < view.lead else "ink_soft")
            self.body.append(block)
        self.controls = [self._control(view, c) for c in view.controls]
        for key in set(self._kept) - self._used:
            _drop(self._kept.pop(key))
        self.size_words()

    def size_words(self) -> None:
        """Give the sentences the sizes of the present theme."""
        kinds, usual = self._look.theme.type, self._look.base.type
        steps = _falling(kinds, usual)
        self.title.sizes = (kinds.urgent, *steps) if self._urgent else steps
        for number, block in enumerate(self.body):
            name = "body" if number < self._lead else "body_small"
            size, least = getattr(kinds, name), getattr(usual, name)
            block.sizes = (size, (size + least) // 2, least)

    def clear(self) -> None:
        """Forget everything on the screen, typed digits and camera picture included."""
        if isinstance(self.content, DigitPad | CameraView | CardPhoto):
            self.content.hide()  # nothing is said of what is forgotten
            self.content.forget()
        for widget in self._kept.values():
            _drop(widget)
        self._kept = {}
        self.content = self.picture = self.poster = None
        self.body, self.notices, self.controls = [], [], []

    def widgets(self) -> list[QWidget]:
        """In reading order."""
        middle = [w for w in (self.poster, self.title, *self.notices, self.picture, self.content) if w is not None]
        return [*middle, *self.body, *self.controls]

    def pressed(self) -> list[QWidget]:
        """Everything that takes a finger."""
        pads = [self.content] if isinstance(self.content, DigitPad | Pad) else []
        return [*pads, *self.controls]

    def focusable(self) -> list[PressButton]:
        pad = self.content.buttons() if isinstance(self.content, DigitPad | Pad) else []
        return [*pad, *self.controls]

    @property
    def field(self) -> EnteredDots | SignatureField | None:
        """Where what is typed by keys goes without being read back: the digits of a PIN or code, the signature."""
        if isinstance(self.content, SignaturePad):
            return self.content.paper
        return self.content.dots if isinstance(self.content, DigitPad) else None

    def _keep(self, key: str, make: Callable[[QWidget, Look], W]) -> W:
        self._used.add(key)
        widget = self._kept.get(key)
        if widget is None:
            widget = self._kept[key] = make(self._window, self._look)
            widget.show()
        return widget  # type: ignore[return-value]

    def _content(self, view: View) -> CameraView | CardPhoto | DigitPad | Pad | ResultCard | ProgressDots | None:
        content = view.content
        if isinstance(content, CameraContent):
            camera = self._keep("camera", CameraView)
            description = spoken(self._render(Text("picture.camera")))
            good = content.hint.id == "face.hint.hold_still"
            camera.show_hint(headline(self._render(content.hint)), description, good=good, turn=content.turn)
            return camera
        if isinstance(content, CardPhotoContent):
            photo = self._keep("card_photo", CardPhoto)
            camera_caption = plain(self._render(content.camera)) if content.camera else None
            photo.show_captions(plain(self._render(content.photo)), camera_caption)
            return photo
        if isinstance(content, PinContent):
            field = content.field
            pad = self._keep(
                f"pad.{field}",
                lambda w, look: DigitPad(
                    w, look, lambda secret: self._on_typed(field, secret), field=field, shuffled=content.shuffled
                ),
            )
            clear, ok = (self._render(Text(f"control.pin.{name}")) for name in ("clear", "ok"))
            pad.show_pad(content.length, clear, ok, self._say_entered)
            # The voice leaves out how many tries are left; who sees nothing finds it where the digits go.
            counted = [spoken(self._render(notice.text)) for notice in view.notices if notice.text.values]
            pad.dots.setAccessibleDescription(" ".join(counted))
            return pad
        if isinstance(content, ResultContent):
            card = self._keep("result", ResultCard)
            rows = tuple((self._render(r), self._render(v) if isinstance(v, Text) else v) for r, v in content.rows)
            card.show_result((self._render(Text("result.row.name")), content.name) if content.name else None, rows)
            return card
        if isinstance(content, WritingContent):
            return self._writing(content)
        if isinstance(content, SignatureContent):
            signing = self._keep("signature", lambda w, look: SignaturePad(w, look, self._on_signed))
            signing.show_pad(*(plain(self._render(Text(f"signature.{name}"))) for name in ("field", "clear")))
            return signing
        if isinstance(content, ReviewContent):
            grid = self._keep("review", lambda w, look: AnswerGrid(w, look, self._on_tap))
            grid.show_rows(
                [(row.control, self._render(row.label), self._render(row.value), row.open) for row in content.rows]
            )
            return grid
        if isinstance(content, ProgressContent):
            dots = self._keep("progress", ProgressDots)
            dots.show_progress(spoken(self._render(view.title)))
            return dots
        return None

    def _writing(self, content: WritingContent) -> WritingPad | DatePad:
        field, kind = content.field, content.kind

        def written(text: str) -> None:
            self._on_written(field, text)

        def say(message_id: str) -> str:
            return plain(self._render(Text(message_id)))

        # Its keys carry words, so that another language begins with another pad.
        key = f"pad.{self._look.language}.{field}"
        if kind in ("day", "month"):
            dates = self._keep(key, lambda w, look: DatePad(w, look, written, say, field=field, kind=kind))
            dates.show_text(content.value, content.limit)
            return dates
        words = content.words
        pad = self._keep(key, lambda w, look: WritingPad(w, look, written, say, field=field, kind=kind, words=words))
        pad.show_text(content.value, content.limit)
        return pad

    def _control(self, view: View, control: Control) -> PressButton:
        button = self._pressable(f"control.{control.id}", control.id, kind_of(view, control))
        dress(button, control, self._render)
        return button

    def _pressable(self, key: str, control_id: str, kind: type[PressButton]) -> PressButton:
        def make(window: QWidget, look: Look) -> PressButton:
            button = kind(window, look, control_id)
            button.clicked.connect(lambda: self._on_tap(control_id))
            return button

        return self._keep(key, make)

    def _say_entered(self, count: int, length: int) -> str:
        return spoken(self._render(Text("pin.entered", (("n", str(count)), ("length", str(length))))))


def _falling(kinds: TypeScale, usual: TypeScale) -> tuple[int, ...]:
    """Sizes for a title, from the reader's down to those of a title that is not enlarged."""
    steps = {*kinds.title_steps, *usual.title_steps, (kinds.title + usual.title) // 2, usual.body}
    return tuple(sorted(steps, reverse=True))


def place(look: Look, widget: QWidget, rect: QRectF) -> None:
    look.place(widget, rect)
    if isinstance(widget, DigitPad | Pad):
        widget.arrange()


def headline(sentence: str) -> str:
    """A sentence that serves as a headline loses its full stop."""
    return sentence.rstrip("。.।")


def _drop(widget: QWidget) -> None:
    widget.hide()
    widget.setParent(None)
    widget.deleteLater()
