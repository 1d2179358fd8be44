"""The one description of each screen, in every language, text size, palette and layout."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from kiosk.domain.screen import PALETTES, Role, View
from kiosk.ui.check import flaws, measured
from kiosk.ui.fit import place_of
from kiosk.ui.gallery import LAYOUTS, check, factors
from kiosk.ui.linebreak import plain
from kiosk.ui.look import Run
from kiosk.ui.look import _lines as _lines_cache
from kiosk.ui.pairs import all_rows, covering_rows
from kiosk.ui.reach import Glass
from kiosk.ui.samples import SAMPLES
from kiosk.ui.widgets.button import FrameButton, PressButton
from kiosk.ui.widgets.camera_view import CameraView
from kiosk.ui.widgets.guide_picture import GuidePicture
from kiosk.ui.widgets.panel import PanelButton, PosterPanel, seen_width
from kiosk.ui.widgets.text import TextBlock
from kiosk.ui.window import LANDSCAPE, PORTRAIT, PatientWindow


def visible(window: PatientWindow, *kinds: type[QWidget]) -> list[QWidget]:
    found = [w for w in window.findChildren(QWidget) if w.isVisible()]
    return [w for w in found if isinstance(w, kinds)] if kinds else found


def on_screen(window: PatientWindow, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())


@pytest.fixture(params=["portrait", "landscape"])
def window(request: pytest.FixtureRequest, open_desk: Callable[..., Any]) -> PatientWindow:
    shown: PatientWindow = open_desk(LAYOUTS[request.param].size).window
    return shown


def test_nothing_is_cut_small_crowded_or_faint_on_any_screen(open_desk: Callable[..., Any]) -> None:
    """Every pair of screen, language, text size, palette and layout; `kiosk gallery --check` takes all combinations."""
    window = open_desk((540, 960)).window
    found = check(window, covering_rows(factors(window.catalogue.languages)))
    assert found.flaws == []
    assert found.shown >= len(SAMPLES) * len(LAYOUTS)
    in_parts = {row: count for row, count in found.parts.items() if count > MOST_PARTS[row[2]]}
    assert {(row[0], row[2]): count for row, count in in_parts.items() if not may_divide(row, count)} == {}


MOST_PARTS = {"100": 1, "150": 2, "200": 2}
"""Nobody pages through a screen to find what to press."""

ONE_MORE = {
    "100": {"consent_items", "consent_items_some", "form_employer", "form_review", "result_expiry_soon"},
    "150": {"choose_document", "choose_document_again", "form_review", "pin_wrong", "result_expiry_soon", "signature"},
    "200": {
        *("choose_document", "choose_document_again", "consent_items", "form_insurance", "form_review", "pin_wrong"),
        *("result_expiry_soon", "signature", "visual_decide_no_camera"),
    },
}
"""Where a long list or much that has to be read stands in little height: low controls, wide screens, readings."""


def may_divide(row: tuple[str, ...], count: int) -> bool:
    sample, language, percent, _palette, layout = row
    dense = language == "ja-x-easy" or layout.startswith("low") or layout == "landscape"
    known = sample.removeprefix("practice_") in ONE_MORE[percent]
    return dense and known and count == MOST_PARTS[percent] + 1


def _frame_places(window: Any, views: Iterable[View]) -> dict[str, set[tuple[int, int, int, int]]]:
    seen: dict[str, set[tuple[int, int, int, int]]] = {}
    for view in views:
        window.show_view(replace(view, language="ja"))
        for button in visible(window, FrameButton):
            if not button.objectName().startswith(("pin.", "key.", "signature.")):
                seen.setdefault(button.objectName(), set()).add(on_screen(window, button).getRect())
    return seen


def test_the_frame_stands_still_on_every_screen(open_desk: Callable[..., Any]) -> None:
    window = open_desk(PORTRAIT).window
    seen, rehearsed = (
        _frame_places(window, [view for view in SAMPLES.values() if view.practice is practice])
        for practice in (False, True)
    )
    assert all(len(places) == 1 for places in rehearsed.values())
    assert set(rehearsed) - set(seen) == {"practice.end"}
    assert all(rehearsed[name] == seen[name] for name in ("back", "staff", "low"))
    languages = {name for name in seen if name.startswith("language")}
    assert set(seen) - languages == {"back", "staff", "voice", "size", "contrast", "low"}
    assert languages
    assert all(len(places) == 1 for places in seen.values())


def test_the_start_screen_shows_how_to_place_the_card(window: PatientWindow) -> None:
    """Large enough to be seen from two metres, in every language, beside words and the other way, all at once."""
    for language in window.catalogue.languages:
        window.show_view(replace(SAMPLES["idle"], language=language, languages=window.catalogue.languages))
        assert window.leaves == 1
        [poster], [panel] = visible(window, PosterPanel), visible(window, PanelButton)
        [picture] = visible(window, GuidePicture)
        assert seen_width(place_of(window.look, picture)) >= 300
        assert poster.height() >= panel.height()


@pytest.mark.parametrize("width", [540, 560, 1080])
def test_choices_within_reach_keep_their_pictures(open_desk: Callable[..., Any], width: int) -> None:
    window = open_desk((width, width * 16 // 9)).window
    window.show_view(replace(SAMPLES["identify"], low=True))
    assert window.leaves == 1
    assert not window.look.bare


def test_large_letters_leave_the_start_screen_whole(window: PatientWindow) -> None:
    """What is pressed stands beside what is said; the second line of the other way is left to the ear."""
    window.show_view(replace(SAMPLES["idle"], text_size=200))
    assert window.leaves == 1
    [panel] = visible(window, PanelButton)
    assert [run.text for run in panel.runs()] == [panel.label]  # type: ignore[attr-defined]
    assert panel.detail in panel.accessibleName() + panel.accessibleDescription()  # type: ignore[attr-defined]


def test_refusing_is_as_large_as_consenting(window: PatientWindow) -> None:
    window.show_view(SAMPLES["consent"])
    buttons = {b.objectName(): b for b in visible(window, PressButton)}
    everything, nothing = buttons["consent.all"], buttons["consent.none"]
    assert abs(everything.width() - nothing.width()) <= 1
    assert everything.height() == nothing.height()
    assert type(everything) is type(nothing)


def test_a_smaller_window_breaks_lines_at_the_same_places(open_desk: Callable[..., Any]) -> None:
    lines = []
    for size in (PORTRAIT, (540, 960), (270, 480)):
        window = open_desk(size).window
        window.show_view(SAMPLES["consent"])
        lines.append([run.lines for label in visible(window, QLabel) for run in getattr(label, "runs", list)()])
    assert lines[0] == lines[1] == lines[2]


def test_the_window_turns_with_the_screen(open_desk: Callable[..., Any]) -> None:
    window = open_desk(PORTRAIT).window
    window.show_view(SAMPLES["face"])
    [camera] = visible(window, CameraView)
    assert camera.width() > 0.9 * window.width()
    window.resize(*LANDSCAPE)
    [turned] = visible(window, CameraView)
    assert turned is camera
    assert camera.width() < 0.5 * window.width()
    assert flaws(window, Glass(), painted=False) == []


def test_a_quiet_way_out_is_no_louder_than_a_choice(open_desk: Callable[..., Any]) -> None:
    window = open_desk(PORTRAIT).window
    view = SAMPLES["pin_last_try"]
    window.show_view(view)
    roles = {c.id: c.role for c in view.controls}
    buttons = {b.objectName(): b for b in visible(window, QAbstractButton)}
    [quiet] = [buttons[i] for i, role in roles.items() if role is Role.QUIET]
    [main] = [buttons[i] for i, role in roles.items() if role is Role.MAIN]
    assert quiet.height() < main.height()


# ---------- what the check itself sees ----------


def test_a_sample_holds_every_pair() -> None:
    columns = {"a": ["1", "2", "3"], "b": ["x", "y"], "c": ["p", "q", "r", "s"], "d": ["0", "1"]}
    rows = covering_rows(columns)
    wanted = {(m, row[m], n, row[n]) for row in all_rows(columns) for m in range(4) for n in range(m)}
    assert {(m, row[m], n, row[n]) for row in rows for m in range(4) for n in range(m)} == wanted
    assert len(rows) < len(all_rows(columns)) / 3


def test_flaws_are_found(open_desk: Callable[..., Any]) -> None:
    window = open_desk((540, 960)).window
    window.show_view(SAMPLES["consent"])
    assert flaws(window, Glass(), painted=True) == []
    buttons = {b.objectName(): b for b in visible(window, PressButton)}
    everything, nothing = buttons["consent.all"], buttons["consent.none"]
    nothing.move(everything.geometry().topRight())
    assert any("gap of" in flaw for flaw in flaws(window, Glass(), painted=False))
    nothing.move(everything.pos())
    assert any("overlap" in flaw for flaw in flaws(window, Glass(), painted=False))
    everything.resize(30, 30)
    found = flaws(window, Glass(), painted=False)
    assert any("text does not fit" in flaw for flaw in found)
    assert any("target of" in flaw for flaw in found)
    everything.move(-20, 0)
    assert any("outside" in flaw for flaw in flaws(window, Glass(), painted=False))
    assert any("text of" in flaw for flaw in flaws(window, Glass(short_mm=180), painted=False))


def test_weak_contrast_is_found_in_the_picture(open_desk: Callable[..., Any]) -> None:
    window = open_desk((540, 960)).window
    window.show_view(SAMPLES["consent"])
    look = window.look
    colours = replace(look.theme.colours, ink_soft="#8A949C")
    look.theme = replace(look.theme, colours=colours)
    assert any("contrast of" in flaw for flaw in flaws(window, Glass(), painted=True))


def test_dense_strokes_are_measured_against_what_they_leave() -> None:
    def striped(dark: int) -> QImage:
        picture = QImage(100, 20, QImage.Format.Format_RGB32)
        picture.fill(QColor("#FFFFFF"))
        for x in range(dark):
            for y in range(20):
                picture.setPixelColor(x, y, QColor("#14212E"))
        return picture

    assert measured(striped(30), "#14212E") > 15
    assert measured(striped(60), "#14212E") > 15
    assert measured(striped(95), "#14212E") == 1, "a word on its own colour, beside something else"


# ---------- sizes, reach, leaves ----------


def test_no_word_is_lost_when_a_screen_is_shown_in_parts(open_desk: Callable[..., Any], catalogue: Any) -> None:
    window = open_desk((540, 960)).window
    for name, view in SAMPLES.items():
        shown = replace(view, text_size=200, low=True)
        window.show_view(shown)
        seen: set[str] = set()
        for _leaf in range(window.leaves):
            seen.update(plain(run.text) for w in visible(window) for run in getattr(w, "runs", list)())
            window.turn_leaf()
        texts = [*view.body, *(n.text for n in view.notices), *(c.label for c in view.controls)]
        # the start screen's second line says what its label says already
        texts += [c.detail for c in view.controls if c.detail and view.screen != "idle"]
        wanted = {plain(catalogue.render(text, "ja")) for text in texts}
        assert wanted <= seen, f"{name}: {wanted - seen}"


def test_a_choice_between_equals_is_never_divided(open_desk: Callable[..., Any]) -> None:
    window = open_desk((540, 960)).window
    window.show_view(replace(SAMPLES["consent"], text_size=200, low=True))
    assert window.leaves > 1
    for _leaf in range(window.leaves):
        names = {b.objectName() for b in visible(window, PressButton)}
        assert ("consent.all" in names) == ("consent.none" in names)
        window.turn_leaf()


def test_a_press_finds_its_control_on_another_leaf(open_desk: Callable[..., Any]) -> None:
    desk = open_desk((540, 960))
    view = replace(SAMPLES["form_review"], text_size=200, low=True)
    desk.window.show_view(view)
    assert desk.window.leaves > 1
    for control in sorted(view.control_ids()):
        assert desk.window.press(control), control
    assert desk.taps == sorted(view.control_ids())


def test_another_screen_begins_with_its_first_leaf(open_desk: Callable[..., Any]) -> None:
    window = open_desk((540, 960)).window
    large = replace(SAMPLES["consent"], text_size=200)
    window.show_view(large)
    first = {b.objectName() for b in visible(window, PressButton)}
    assert window.press("more")
    assert {b.objectName() for b in visible(window, PressButton)} != first
    window.show_view(replace(large, voice_on=True))
    assert {b.objectName() for b in visible(window, PressButton)} != first, "the voice changes nothing"
    window.show_view(replace(SAMPLES["result"], text_size=200))
    window.show_view(large)
    assert {b.objectName() for b in visible(window, PressButton)} == first


def test_low_controls_follow_the_screen_on_its_wall(open_desk: Callable[..., Any]) -> None:
    tops = []
    for bottom_mm in (700.0, 800.0, 850.0):
        glass = Glass(bottom_mm=bottom_mm)
        window = open_desk(PORTRAIT, glass=glass).window
        window.show_view(replace(SAMPLES["pin"], low=True))
        assert flaws(window, glass, painted=False) == []
        tops.append(min(on_screen(window, b).top() for b in visible(window, PressButton)))
    assert tops == sorted(tops)
    assert tops[0] < tops[-1]
    assert not Glass(bottom_mm=1000.0).low_layout_possible(1920)


# ---------- whole screens ----------


def test_colours_move_nothing_but_what_their_own_button_says(open_desk: Callable[..., Any]) -> None:
    """What the check of all combinations relies on."""
    window = open_desk((540, 960)).window
    for name in ("idle", "consent_items", "form_birth_date", "result_confirmed", "take_card"):
        seen = []
        for palette in PALETTES:
            window.show_view(replace(SAMPLES[name], palette=palette))
            content = [w for w in visible(window) if not isinstance(w, FrameButton) or w.objectName() != "contrast"]
            seen.append([(type(w), w.geometry().getRect(), *map(_lines, runs_of(w))) for w in content])
        assert seen[0] == seen[1] == seen[2], name


def runs_of(widget: QWidget) -> list[Run]:
    found: list[Run] = getattr(widget, "runs", list)()
    return found


def _lines(run: Run) -> tuple[object, ...]:
    return run.lines, run.size, run.rect.getRect()


@pytest.mark.parametrize("layout", ["portrait", "landscape", "low"])
def test_what_most_patients_see_is_one_screen(layout: str, open_desk: Callable[..., Any]) -> None:
    window = open_desk(LAYOUTS[layout].size).window
    for language in window.catalogue.languages:
        for name in ("idle", "face", "consent", "take_card", "pin", "fallback_terminal_down", "document_certificate"):
            view = replace(SAMPLES[name], language=language, languages=window.catalogue.languages)
            window.show_view(replace(view, low=LAYOUTS[layout].low))
            assert window.leaves == 1, (name, language)


def test_a_torn_word_and_a_lone_letter_are_found(open_desk: Callable[..., Any]) -> None:
    window = open_desk((540, 960)).window
    window.show_view(SAMPLES["consent"])
    block = next(w for w in visible(window, TextBlock) if w.sentence.startswith("「見せない」"))
    assert not any("torn word" in flaw for flaw in flaws(window, Glass(), painted=False))
    block.show_text("マイナンバーカードケースマイナンバーカードケースマイナンバーカード")
    block.sizes = (60,)
    assert any("torn word" in flaw for flaw in flaws(window, Glass(), painted=False))


def test_names_stay_in_no_cache(open_desk: Callable[..., Any]) -> None:
    """Lines that were broken are kept for the next time, a person's never."""
    window = open_desk((540, 960)).window
    window.show_view(SAMPLES["result_confirmed"])
    assert _lines_cache.cache_info().currsize > 0
    window.show_view(SAMPLES["form_name"])
    window.show_view(SAMPLES["take_card"])
    held = _lines_cache.cache_info().currsize
    window.look.lines("ミホン ハナコ\n見本　花子", 500.0, 64, bold=True)
    assert _lines_cache.cache_info().currsize == held + 1, "it was still there"
