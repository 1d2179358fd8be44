"""Everything that is pressed and stands alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from kiosk.domain.messages import Text
from kiosk.domain.screen import Control
from kiosk.ui.components.stand import (
    Component,
    Hold,
    Make,
    Specimen,
    Stand,
    focused,
    pressed,
    resting,
    scanned,
)
from kiosk.ui.controls import dress, kind_of
from kiosk.ui.samples import SAMPLES
from kiosk.ui.widgets.button import (
    ChoiceButton,
    ChoiceCard,
    FrameButton,
    MainButton,
    MoreButton,
    PressButton,
    QuietButton,
)
from kiosk.ui.widgets.form_rows import ChoiceOption
from kiosk.ui.widgets.icons import ICONS
from kiosk.ui.widgets.item_switch import ItemSwitch
from kiosk.ui.widgets.panel import PanelButton, best_part

_HOLDS: dict[str, Hold] = {"pressed": pressed, "focused": focused, "scanned": scanned, "resting": resting}
_SIGN = "bell"


def in_all_states(make: Make, called: str = "", *, differs: str = "") -> Iterator[Specimen]:
    """What a hand, a key, a switch and the program do with a button that is `called` so otherwise, which itself must
    not look like `differs`."""
    usual = called or "normal"
    yield Specimen(usual, make, differs=differs)
    for name, hold in _HOLDS.items():
        yield Specimen(f"{called} {name}".strip(), make, hold, differs=usual, ring=name in ("focused", "scanned"))


def _controls(kind: type[PressButton]) -> list[Control]:
    """Of the sample screens, those that this component draws."""
    return [c for view in SAMPLES.values() for c in view.controls if kind_of(view, c) is kind]


def _control(kind: type[PressButton], choose: Callable[[Stand, list[Control]], Control], **changed: object) -> Make:
    def make(stand: Stand) -> QWidget:
        control = replace(choose(stand, _controls(kind)), enabled=True, **changed)  # type: ignore[arg-type]
        button = kind(stand, stand.look, control.id)
        dress(button, control, stand.words)
        return stand.put(button)

    return make


def _short(stand: Stand, controls: list[Control]) -> Control:
    return min(controls, key=lambda c: stand.length(c.label))


def _long(stand: Stand, controls: list[Control]) -> Control:
    return max(controls, key=lambda c: stand.length(c.label))


def _longest_detail(stand: Stand, controls: list[Control]) -> Control:
    return max(controls, key=lambda c: stand.length(c.detail) if c.detail else 0.0)


def _plain(kind: type[PressButton], name: str) -> Component:
    return Component(
        name,
        (
            *in_all_states(_control(kind, _short, detail=None, picture=None)),
            Specimen("long label", _control(kind, _long, detail=None, picture=None)),
        ),
    )


def _main_button() -> Component:
    plain = _plain(MainButton, "main_button")
    second = Specimen("second line", _control(MainButton, _longest_detail))
    return replace(plain, specimens=(*plain.specimens, second))


def _choice_card() -> Component:
    bare = _control(ChoiceCard, _longest_detail, picture=None)
    return Component(
        "choice_card",
        (
            *in_all_states(_control(ChoiceCard, _short)),
            Specimen("long label", _control(ChoiceCard, _long)),
            Specimen("second line", _control(ChoiceCard, _longest_detail)),
            Specimen("no picture", bare, differs="second line"),
        ),
    )


def _checkable(kind: type[PressButton], name: str) -> Component:
    off, on = (_control(kind, _short, checked=checked) for checked in (False, True))
    return Component(
        name,
        (
            *in_all_states(off),
            Specimen("long label", _control(kind, _long, checked=False)),
            *in_all_states(on, "chosen", differs="normal"),
        ),
        columns=6,
    )


def _panel_button() -> Component:
    def make(*, low: bool = False, terse: bool = False) -> Make:
        def made(stand: Stand) -> QWidget:
            control = _short(stand, _controls(PanelButton))
            button = PanelButton(stand, stand.look, control.id)
            dress(button, control, stand.words)
            button.terse = terse
            high = button.height_beside(1000.0) if low or terse else button.least_for(1000.0, picture=True) + 170
            face = QRectF(0, 0, 1000.0, high - button.edge)
            button.part = 0.0 if terse else best_part(stand.look, face, button.label, button.detail)
            return stand.put(button, 1000.0, button.height_for(1000.0) if low and not button.part else high)

        return made

    whole = make()
    return Component(
        "panel_button",
        (*in_all_states(whole), Specimen("low", make(low=True)), Specimen("label alone", make(terse=True))),
    )


def _frame(label: Text, icon: str = _SIGN, *, stacked: bool = False, chosen: bool = False, lit: bool = False) -> Make:
    """`lit`: on the frame of an urgent screen."""

    def make(stand: Stand) -> QWidget:
        stand.ground = "accent" if lit else "ground"
        button = FrameButton(stand, stand.look, label.id.removeprefix("control."), icon, stacked=stacked)
        if label.id.startswith("language."):
            button.letters = label.id.partition(".")[2]
        button.show_label(stand.words(label))
        if chosen:
            button.show_chosen(True, on_accent=lit)
        height = button.natural_height() if stacked else stand.look.theme.space.frame_button
        return stand.put(button, max(200.0, button.natural_width()), max(112.0, height))

    return make


def _frame_button() -> Component:
    staff, other, own = Text("control.staff"), Text("language.en"), Text("language.ja")
    stacked = _frame(Text("control.voice.off"), "voice_off", stacked=True)
    return Component(
        "frame_button",
        (
            *in_all_states(_frame(staff)),
            Specimen("no sign", _frame(other, "")),
            *in_all_states(stacked, "stacked"),
            *in_all_states(_frame(own, "", chosen=True), "chosen", differs="no sign"),
            Specimen("on a lit frame", _frame(staff, lit=True)),
            Specimen("chosen on a lit frame", _frame(own, "", chosen=True, lit=True)),
        ),
        part=0.5,
        columns=6,
    )


def _icons() -> Component:
    def make(icon: str) -> Make:
        def made(stand: Stand) -> QWidget:
            button = FrameButton(stand, stand.look, icon, icon, stacked=True)
            return stand.put(button, 200.0, 120.0)

        return made

    return Component("icons", tuple(Specimen(name, make(name)) for name in ICONS), worded=False, part=0.6, columns=8)


def _more_button() -> Component:
    def make(name: str) -> Make:
        def made(stand: Stand) -> QWidget:
            button = MoreButton(stand, stand.look, "more")
            button.show_label(stand.say(f"control.more.{name}", n="2", of="3"))
            return stand.put(button)

        return made

    return Component("more_button", (*in_all_states(make("next")), Specimen("back to the first", make("first"))))


BUTTONS = (
    _main_button(),
    _plain(ChoiceButton, "choice_button"),
    _choice_card(),
    _plain(QuietButton, "quiet_button"),
    _more_button(),
    _frame_button(),
    _panel_button(),
    _checkable(ItemSwitch, "item_switch"),
    _checkable(ChoiceOption, "choice_option"),
    _icons(),
)
