"""What a screen reader is told of the own components: roles, names, states, and what is announced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from kiosk.domain.messages import Catalogue, Text
from kiosk.domain.screen import CameraContent, Control, Notice, Role, Tone, View
from kiosk.ui.announcer import Announcer, Hearing
from kiosk.ui.linebreak import spoken
from kiosk.ui.samples import SAMPLES
from kiosk.ui.upkeep import Habits, Upkeep
from kiosk.ui.widgets.button import PressButton
from kiosk.ui.widgets.digit_pad import EnteredDots
from kiosk.ui.widgets.guide_picture import Picture
from kiosk.ui.widgets.progress import ProgressDots

Desk = Any
R = QAccessible.Role


def told(widget: QWidget) -> Any:
    return QAccessible.queryAccessibleInterface(widget)


def name(widget: QWidget) -> str:
    return str(told(widget).text(QAccessible.Text.Name))


def control(desk: Desk, control_id: str) -> QWidget:
    return next(b for b in desk.window.findChildren(QAbstractButton) if b.objectName() == control_id)


def test_roles_say_what_a_thing_is(desk: Desk) -> None:
    window = desk.window
    window.show_view(SAMPLES["idle"])
    assert told(window).role() is R.Window
    assert {told(p).role() for p in window.findChildren(Picture)} == {R.Graphic}
    window.show_view(SAMPLES["checking"])
    [dots] = window.findChildren(ProgressDots)
    assert told(dots).role() is R.ProgressBar
    assert name(dots) == name(window)
    window.show_view(SAMPLES["consent_items_some"])
    for item, on in (("consent.surgery", False), ("consent.medication", True)):
        assert told(control(desk, item)).role() is R.CheckBox
        assert bool(told(control(desk, item)).state().checked) is on
    window.show_view(SAMPLES["visual_decide"])
    assert told(window.content).role() is R.Graphic
    window.show_view(SAMPLES["signature"])
    assert told(window.content.paper).role() is R.Button
    assert name(window.content.paper)


def test_of_several_answers_one_is_chosen_and_the_view_says_which(desk: Desk) -> None:
    view = SAMPLES["form_insurance"]
    chosen = [c.id for c in view.controls if c.checked is not None]
    for now in (chosen[0], chosen[1], None):
        controls = tuple(replace(c, checked=c.id == now) if c.checked is not None else c for c in view.controls)
        desk.window.show_view(replace(view, controls=controls))
        told_now = {i: told(control(desk, i)) for i in chosen}
        assert {reader.role() for reader in told_now.values()} == {R.RadioButton}
        assert [i for i, reader in told_now.items() if reader.state().checked] == ([now] if now else [])


@pytest.mark.parametrize(
    ("screen", "control_id"),
    [
        ("form_insurance", "form.choose.kyokai"),
        ("consent_items_some", "consent.medication"),
        ("consent", "language.en"),
    ],
)
def test_a_screen_reader_presses_what_can_be_chosen(desk: Desk, screen: str, control_id: str) -> None:
    """Qt would set the mark itself and tell nobody of a press."""
    desk.window.show_view(SAMPLES[screen])
    buttons = desk.window.findChildren(QAbstractButton)
    before = [b.isChecked() for b in buttons]
    told(control(desk, control_id)).actionInterface().doAction("Toggle")
    assert desk.taps == [control_id]
    assert [b.isChecked() for b in buttons] == before


def test_the_language_on_the_screen_is_the_checked_one(desk: Desk) -> None:
    for language in ("en", "ja"):
        desk.window.show_view(replace(SAMPLES["consent"], language=language))
        checked = {code for code in ("ja", "en") if told(control(desk, f"language.{code}")).state().checked}
        assert checked == {language}


def test_what_cannot_be_pressed_now_says_so(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["pin"])
    assert told(control(desk, "pin.ok")).state().disabled
    desk.window.type_text("pin", "4711")
    assert not told(control(desk, "pin.ok")).state().disabled
    assert told(control(desk, "pin.digit.4")).state().disabled


@pytest.mark.parametrize("field", ["pin", "staff_code"])
def test_the_digits_are_a_password_that_is_nowhere(desk: Desk, field: str) -> None:
    desk.window.show_view(SAMPLES["pin" if field == "pin" else "visual_code"])
    [dots] = desk.window.findChildren(EnteredDots)
    assert desk.window.type_text(field, "4711")
    reader = told(dots)
    assert reader.state().passwordEdit
    assert reader.state().readOnly
    texts = [
        reader.text(kind) for kind in (QAccessible.Text.Name, QAccessible.Text.Value, QAccessible.Text.Description)
    ]
    texts += [dots.text(), dots.displayText(), reader.textInterface().text(0, 4)]
    assert not any(char in "71" for text in texts for char in text)
    dots.selectAll()
    dots.copy()
    assert "4711" not in dots.selectedText()


@pytest.mark.parametrize("language", ["ja-x-easy", "en"])
def test_names_are_in_the_language_on_the_screen_and_kana_are_said_once(
    desk: Desk, catalogue: Catalogue, language: str
) -> None:
    for view in SAMPLES.values():
        desk.window.show_view(replace(view, language=language, languages=("ja", "en", language)))
        for item in view.controls:
            label = spoken(catalogue.render(item.label, language))
            assert name(control(desk, item.id)) == label
            assert not set("{|}\u200b\u2060") & set(label)
        assert name(desk.window) == spoken(catalogue.render(view.title, language))


def test_the_tree_follows_the_screen(open_desk: Callable[..., Desk]) -> None:
    """A screen reader goes from one to the next without the focus, too."""
    window = open_desk((540, 960)).window
    for view in (*SAMPLES.values(), replace(SAMPLES["consent"], text_size=200, low=True)):
        window.show_view(view)
        page = [w for w in window._page.widgets() if w.isVisible()]
        above, below = window._frame.buttons()
        wanted = [*above, *page, *below]
        root = told(window)
        tree = [root.child(n).object() for n in range(root.childCount())]
        assert [w for w in tree if w in wanted] == wanted


def test_a_covered_screen_is_a_button_and_nothing_else(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["result_confirmed"])
    desk.window.cover()
    veil = desk.window.findChild(QWidget, "veil")
    assert told(veil).role() is R.Button
    shown = [w for w in desk.window.findChildren(QWidget) if w.isVisible()]
    assert not any("見本" in name(w) for w in shown)
    told(veil).actionInterface().doAction("Press")
    assert not desk.window.covered
    assert desk.taps == []


def test_a_key_presses_nothing_under_a_veil(desk: Desk) -> None:
    desk.window.show_view(SAMPLES["result_confirmed"])
    control(desk, "result.next").setFocus(Qt.FocusReason.TabFocusReason)
    desk.window.cover()
    assert desk.window.focusWidget() is None
    QTest.keyClick(desk.window.windowHandle(), Qt.Key.Key_Return)
    assert not desk.window.covered
    assert desk.taps == []


# ---------- announcements ----------


@pytest.fixture
def heard(desk: Desk, catalogue: Catalogue) -> tuple[Announcer, list[tuple[str, bool]]]:
    said: list[tuple[str, bool]] = []
    return Announcer(desk.window, catalogue, lambda _window, text, urgent: said.append((text, urgent))), said


Heard = tuple[Announcer, list[tuple[str, bool]]]


def test_another_screen_is_announced_whole_and_interrupts(heard: Heard, catalogue: Catalogue) -> None:
    announcer, said = heard
    view = SAMPLES["consent"]
    announcer.shown(replace(view, language="en"))
    [(sentence, urgent)] = said
    assert urgent
    for text in (view.title, *view.body):
        assert catalogue.render(text, "en") in sentence


def test_of_the_same_screen_only_what_is_new_is_announced(heard: Heard, catalogue: Catalogue) -> None:
    announcer, said = heard
    view = SAMPLES["face"]
    announcer.shown(view)
    announcer.shown(replace(view, voice_on=True))
    assert said[1:] == [("", False)], "nothing"
    announcer.shown(replace(view, content=CameraContent(Text("face.hint.dark"))))
    assert said[2:] == [(catalogue.render(Text("face.hint.dark"), "ja").replace("\u200b", ""), False)]
    warned = replace(view, notices=(Notice(Text("face.nobody"), Tone.CARE),))
    announcer.shown(warned)
    assert said[3][1], "what is to be minded interrupts"


def test_the_screen_is_heard_once_by_whoever_takes_announcements_and_by_whoever_takes_names_only(
    heard: Heard, desk: Desk, catalogue: Catalogue
) -> None:
    announcer, said = heard
    shown, title = desk.window.windowTitle, catalogue.render(Text("consent.title"), "en")
    announcer.titled(title)
    assert shown() == title
    announcer.shown(replace(SAMPLES["consent"], language="en"))
    announcer.listened(Hearing.ANNOUNCEMENTS)
    assert said[1] == said[0], "whoever comes hears the present screen"
    name = shown()
    announcer.titled("another")
    assert shown() == name, "a new name would be said beside the announcement"
    announcer.listened(Hearing.NAMES)
    assert shown() == said[0][0]
    announcer.listened(Hearing.NOBODY)
    assert shown() == "another"


@pytest.mark.parametrize("name", ["consent", "pin", "consent_items_some", "identify"])
def test_a_name_is_not_set_twice(desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A screen reader would say the button that it is on again, over what it is just saying of the screen."""
    view = replace(SAMPLES[name], voice_on=True, languages=("ja", "en", "ko"))
    desk.window.show_view(view)
    changed: list[str] = []
    for kind, value in (("setAccessibleName", "accessibleName"), ("setAccessibleDescription", "accessibleDescription")):
        real = getattr(PressButton, kind)

        def noted(button: PressButton, text: str, real: Any = real, value: str = value) -> None:
            if getattr(button, value)() != text:
                changed.append(f"{button.control_id}: {text}")
            real(button, text)

        monkeypatch.setattr(PressButton, kind, noted)
    desk.window.show_view(replace(view, text_size=150))
    assert len(changed) == len({c.partition(":")[0] for c in changed})
    assert not [c for c in changed if not c.startswith(("size", "more"))]


def test_no_announcement_names_a_person_or_a_number(heard: Heard) -> None:
    announcer, said = heard
    for view in SAMPLES.values():
        announcer.shown(view)
    everything = " ".join(sentence for sentence, _urgent in said)
    for secret in ("花子", "ハナコ", "令和", "1割", "12月"):
        assert secret not in everything


def test_a_label_with_a_reading_is_heard_by_its_reading(desk: Desk) -> None:
    view = View(
        "consent", "", Text("consent.title"), controls=(Control("consent.all", Text("control.consent.all"), Role.MAIN),)
    )
    desk.window.show_view(replace(view, language="ja-x-easy", languages=("ja", "ja-x-easy")))
    shown, heard = control(desk, "consent.all").text(), name(control(desk, "consent.all"))
    assert any("\u4e00" <= char <= "\u9fff" for char in shown)
    assert not any("\u4e00" <= char <= "\u9fff" for char in heard)


# ---------- while a screen reader runs ----------


@pytest.fixture
def listening() -> Iterator[None]:
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


@pytest.mark.usefixtures("listening")
def test_the_field_of_the_pin_has_the_focus_before_a_digit_is_typed(desk: Desk) -> None:
    """A screen reader repeats the keys that are typed, but not into a password."""
    desk.window.show_view(SAMPLES["identify"])
    assert desk.window.focusWidget() is None
    desk.window.show_view(SAMPLES["pin"])
    [dots] = desk.window.findChildren(EnteredDots)
    assert dots.hasFocus()
    QTest.keyClicks(dots, "12")
    assert dots.count == 2
    assert dots.hasFocus()


@pytest.mark.usefixtures("listening")
def test_a_digit_typed_on_a_key_is_counted_once_and_selects_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    desk.window.show_view(SAMPLES["pin"])
    monkeypatch.setattr("kiosk.ui.widgets.digit_pad.announce", lambda _dots, text: said.append(text))
    [dots] = desk.window.findChildren(EnteredDots)
    control(desk, "pin.digit.3").setFocus()
    QTest.keyClick(control(desk, "pin.digit.3"), Qt.Key.Key_7)
    assert (dots.count, dots.hasFocus(), dots.hasSelectedText()) == (1, True, False)
    assert said == [], "the new name of what has the focus is said"


def test_how_many_tries_are_left_is_told_where_the_digits_go(desk: Desk, catalogue: Catalogue) -> None:
    view = SAMPLES["pin"]
    desk.window.show_view(view)
    [dots] = desk.window.findChildren(EnteredDots)
    [notice] = view.notices
    assert told(dots).text(QAccessible.Text.Description) == spoken(catalogue.render(notice.text, "ja"))


@pytest.mark.usefixtures("listening")
def test_what_had_the_focus_hands_it_to_nobody(desk: Desk) -> None:
    """Qt would give it to the next button of the screen that goes, and a screen reader would say that one."""
    desk.window.show_view(SAMPLES["identify"])
    control(desk, "method.pin").setFocus(Qt.FocusReason.TabFocusReason)
    came: list[str] = []
    desk.window.look.on_focus = came.append
    desk.window.show_view(SAMPLES["consent"])
    assert came == []
    assert desk.window.focusWidget() is None


@pytest.mark.usefixtures("listening")
def test_who_sees_nothing_hears_how_a_veil_goes_and_the_screen_under_it(
    desk: Desk, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    window = desk.window
    monkeypatch.setattr(window._announcer, "_say", lambda _window, text, _urgent: said.append(text))
    window.show_view(SAMPLES["result_confirmed"])
    window.listened(Hearing.ANNOUNCEMENTS)
    window.cover()
    window.uncover()
    screen, again, veil, under = said
    assert catalogue.render(Text("veil.key"), "ja").replace("\u200b", "") in veil
    assert screen == again == under


@pytest.mark.usefixtures("listening")
def test_where_a_screen_reader_goes_somebody_is(desk: Desk) -> None:
    upkeep = Upkeep(desk.window, Habits())
    noon = datetime(2026, 11, 24, 12)
    desk.window.show_view(SAMPLES["result_confirmed"])
    upkeep.tick(0.0, noon)
    for at in (10.0, 25.0):
        told(control(desk, "result.next" if at < 20 else "staff")).actionInterface().doAction("SetFocus")
        upkeep.tick(at, noon)
    upkeep.tick(44.0, noon)
    assert not desk.window.covered
    upkeep.tick(46.0, noon)
    assert desk.window.covered


@pytest.mark.usefixtures("listening")
def test_a_screen_reader_lands_on_what_it_opened_and_that_shows(desk: Desk) -> None:
    for view, opener, first in (
        (replace(SAMPLES["consent"], languages=("ja", "en", "ko")), "language", "language.ja"),
        (replace(SAMPLES["consent"], voice_on=True), "voice", "voice.repeat"),
    ):
        desk.window.look.on_focus = lambda _control: None
        desk.window.show_view(view)
        control(desk, opener).click()
        assert desk.window.focusWidget() is control(desk, first)
        came: list[str] = []
        desk.window.look.on_focus = came.append
        QTest.keyClick(control(desk, first if opener == "language" else "voice.close"), Qt.Key.Key_Return)
        assert came == [opener]
        told(control(desk, "staff")).actionInterface().doAction("SetFocus")
        assert control(desk, "staff").shows_ring
