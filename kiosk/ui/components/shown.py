"""Everything that is only looked at."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from kiosk.domain.messages import Text
from kiosk.domain.screen import ResultContent, Tone
from kiosk.ui.components.stand import Component, Hold, Make, Specimen, Stand
from kiosk.ui.drawing import load_drawing
from kiosk.ui.gallery import ASSETS, StillPicture
from kiosk.ui.linebreak import plain
from kiosk.ui.page import headline
from kiosk.ui.samples import SAMPLES
from kiosk.ui.widgets.badge import Badge
from kiosk.ui.widgets.camera_view import CameraView
from kiosk.ui.widgets.card_photo import CardPhoto
from kiosk.ui.widgets.guide_picture import GuidePicture, Loop
from kiosk.ui.widgets.notice import NoticeBox
from kiosk.ui.widgets.panel import PosterPanel
from kiosk.ui.widgets.practice_band import PracticeSign
from kiosk.ui.widgets.progress import ProgressDots
from kiosk.ui.widgets.result_card import ResultCard
from kiosk.ui.widgets.text import TextBlock

_WIDE = 1780.0
PICTURES = sorted((ASSETS / "pictures").glob("*.svg"))
STRIP = 6
"""Moments of a motion that are drawn, beside the one that stands for it where nothing moves."""


# ---------- words ----------


def _notice(tone: Tone, *, long: bool) -> Make:
    def make(stand: Stand) -> QWidget:
        said = [n.text for view in SAMPLES.values() for n in view.notices if n.tone is tone or tone is Tone.GOOD]
        box = NoticeBox(stand, stand.look)
        box.show_notice(stand.words((max if long else min)(said, key=stand.length)), tone)
        return stand.put(box)

    return make


def _notices() -> Component:
    kinds = [Specimen(str(tone), _notice(tone, long=False)) for tone in Tone]
    longs = [Specimen(f"{tone} long", _notice(tone, long=True), differs=str(tone)) for tone in (Tone.INFO, Tone.CARE)]
    return Component("notice", (*kinds, *longs))


def _text(kind: str, *, long: bool, bold: bool = False) -> Make:
    def make(stand: Stand) -> QWidget:
        titles, bodies = {v.title for v in SAMPLES.values()}, {t for v in SAMPLES.values() for t in v.body}
        said = sorted(titles if kind == "title" else bodies, key=lambda text: text.id)
        kinds, usual = stand.look.theme.type, stand.look.base.type
        size, least = getattr(kinds, kind), getattr(usual, kind)
        sizes = (*kinds.title_steps, *usual.title_steps, usual.body) if kind == "title" else (size, least)
        block = TextBlock(stand, stand.look, sizes, bold=bold, colour="ink_soft" if kind == "body_small" else "ink")
        block.most_lines = 2 if kind == "title" else 99
        block.show_text(stand.words((max if long else min)(said, key=stand.length)))
        return stand.put(block)

    return make


def _texts() -> Component:
    kinds = (("title", True), ("body", False), ("body_small", False))
    return Component(
        "text",
        tuple(
            Specimen(f"{kind.replace('_', ' ')}{' long' * long}", _text(kind, long=long, bold=bold))
            for kind, bold in kinds
            for long in (False, True)
        ),
    )


def _badge(stand: Stand) -> QWidget:
    badge = Badge(stand, stand.look)
    badge.show_text(stand.say("simulated.card_terminal"))
    return stand.put(badge, badge.natural_width(1000.0, 44.0), 48.0)


def _practice_sign(stand: Stand) -> QWidget:
    stand.ground = "practice"
    sign = PracticeSign(stand, stand.look)
    sign.show_text(stand.say("practice.banner"))
    return stand.put(sign, 560.0, 88.0)


def _poster(stand: Stand) -> QWidget:
    return stand.put(PosterPanel(stand, stand.look), 600.0, 200.0)


# ---------- result ----------


def _result(sample: str, *, name: bool = True, rows: bool = True, width: float = 1000.0, room: float = 0) -> Make:
    def make(stand: Stand) -> QWidget:
        content = SAMPLES[sample].content
        assert isinstance(content, ResultContent)
        shown = tuple((stand.words(r), stand.words(v) if isinstance(v, Text) else v) for r, v in content.rows)
        card = ResultCard(stand, stand.look)
        stand.resize(round((width + 80) * stand.look.scale), stand.height())  # what it asks the window for
        card.room = room or None
        who = (stand.say("result.row.name"), content.name) if name and content.name else None
        card.show_result(who, shown if rows else ())
        return stand.put(card, width)

    return make


def _results() -> Component:
    return Component(
        "result_card",
        (
            Specimen("masked", _result("result")),
            Specimen("confirmed", _result("result_confirmed"), differs="masked"),
            Specimen("rows only", _result("result_confirmed", name=False), differs="confirmed"),
            Specimen("name only", _result("result", rows=False), differs="masked"),
            Specimen("little room", _result("result_confirmed", room=400.0)),
            Specimen("wide", _result("result_confirmed", width=_WIDE), differs="confirmed"),
        ),
        part=0.26,
    )


# ---------- pictures ----------


def _at(time: float) -> Hold:
    """A moment of its motion, from 0 to 1."""

    def hold(_stand: Stand, widget: QWidget) -> None:
        for loop in widget.findChildren(Loop):
            loop.setCurrentTime(round(time * loop.duration()))
            loop.pause()

    return hold


def _guide(name: str, *, moving: bool) -> Make:
    def make(stand: Stand) -> QWidget:
        stand.look.reduced_motion = not moving
        picture = GuidePicture(stand, stand.look)
        picture.show_picture(name, stand.say(f"picture.{name}"))
        stand.look.reduced_motion = True
        return stand.put(picture, 480.0, 360.0)

    return make


def _guides() -> Component:
    drawings = [load_drawing(path.parent, path.stem) for path in PICTURES]
    moving = [path.stem for path, drawing in zip(PICTURES, drawings, strict=True) if drawing.seconds]
    strips = [
        Specimen(f"{name} {step + 1}/{STRIP}", _guide(name, moving=True), _at(step / STRIP))
        for name in moving
        for step in range(STRIP)
    ]
    still = [Specimen(path.stem, _guide(path.stem, moving=False)) for path in PICTURES]
    return Component("guide_picture", (*strips, *still), worded=False, part=0.4, columns=STRIP)


def _progress(stand: Stand) -> QWidget:
    stand.look.reduced_motion = False
    dots = ProgressDots(stand, stand.look)
    stand.look.reduced_motion = True
    return stand.put(dots, 480.0)


def _progresses() -> Component:
    still = Specimen("still", lambda stand: stand.put(ProgressDots(stand, stand.look), 480.0))
    steps = [Specimen(f"{step + 1}/5", _progress, _at(step / 5), differs="1/5" if step else "") for step in range(5)]
    return Component("progress", (still, *steps), worded=False, part=0.4)


# ---------- camera ----------


class _Dark:
    """A picture with a quarter of its light."""

    def __init__(self, picture: StillPicture) -> None:
        self.data = memoryview(bytes(value // 4 for value in picture.data))
        self.shape = picture.shape


def _camera(hint: str, face: str | None = "live_front", turn: str | None = None, *, dark: bool = False) -> Make:
    def make(stand: Stand) -> QWidget:
        view = CameraView(stand, stand.look)
        view.show_hint(headline(stand.say(f"face.{hint}")), "", good=hint == "hint.hold_still", turn=turn)
        if face is not None:
            picture = stand.face(face)
            view.show_preview(_Dark(picture) if dark else picture)
        return stand.put(view, 1000.0, 900.0)

    return make


def _cameras() -> Component:
    return Component(
        "camera_view",
        (
            Specimen("no picture yet", _camera("guide", None)),
            Specimen("face", _camera("guide"), differs="no picture yet"),
            Specimen("too far", _camera("hint.too_far", "live_far"), differs="face"),
            Specimen("good", _camera("hint.hold_still"), differs="face"),
            Specimen("turn left", _camera("hint.turn_left", turn="left"), differs="face"),
            Specimen("turn right", _camera("hint.turn_right", turn="right"), differs="turn left"),
            Specimen("dark", _camera("hint.dark", dark=True), differs="face"),
            Specimen("against the light", _camera("hint.backlit"), differs="face"),
        ),
        part=0.24,
    )


def _photo(*, photo: bool, camera: bool | None) -> Make:
    """`camera`: None where there is none."""

    def make(stand: Stand) -> QWidget:
        card = CardPhoto(stand, stand.look)
        captions = [plain(stand.say(f"picture.{name}")) for name in ("card_photo", "person_now")]
        card.show_captions(captions[0], None if camera is None else captions[1])
        if photo:
            card.show_photo(stand.face("card"))
        if camera:
            card.show_preview(stand.face())
        return stand.put(card)

    return make


def _photos() -> Component:
    return Component(
        "card_photo",
        (
            Specimen("empty", _photo(photo=False, camera=False)),
            Specimen("photo", _photo(photo=True, camera=False), differs="empty"),
            Specimen("photo and person", _photo(photo=True, camera=True), differs="photo"),
            Specimen("no camera", _photo(photo=True, camera=None), differs="photo"),
        ),
        part=0.24,
    )


SHOWN = (
    _texts(),
    _notices(),
    _results(),
    Component(
        "signs",
        (Specimen("simulated", _badge), Specimen("practice", _practice_sign), Specimen("poster", _poster)),
    ),
    _guides(),
    _progresses(),
    _cameras(),
    _photos(),
)
