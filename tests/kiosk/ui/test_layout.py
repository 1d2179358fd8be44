"""Every sample screen in every language, orientation and size: nothing cut off, nothing overlapping, all large."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from PySide6.QtCore import QRect, QRectF
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from kiosk.domain.screen import Role
from kiosk.ui.gallery import LANGUAGES
from kiosk.ui.look import Run
from kiosk.ui.samples import SAMPLES
from kiosk.ui.theme import LIGHT
from kiosk.ui.widgets.button import FrameButton, MainButton, PressButton
from kiosk.ui.widgets.camera_view import CameraView
from kiosk.ui.widgets.guide_picture import GuidePicture
from kiosk.ui.widgets.panel import PanelButton, PosterPanel
from kiosk.ui.window import LANDSCAPE, PORTRAIT, PatientWindow

SIZES = {
    "portrait": PORTRAIT,
    "landscape": LANDSCAPE,
    "taller": (1080, 2100),
    "wider": (1920, 1200),
    "small": (540, 960),
}


def visible(window: PatientWindow, *kinds: type[QWidget]) -> list[QWidget]:
    found = [w for w in window.findChildren(QWidget) if w.isVisible()]
    return [w for w in found if isinstance(w, kinds)] if kinds else found


def on_screen(window: PatientWindow, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())


def say(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName()} {widget.accessibleName()!r}"


@pytest.fixture(params=SIZES)
def window(request: pytest.FixtureRequest, open_desk: Callable[..., Any]) -> PatientWindow:
    shown: PatientWindow = open_desk(SIZES[request.param]).window
    return shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen(window: PatientWindow, language: str) -> None:
    for sample, view in SAMPLES.items():
        window.show_view(replace(view, language=language))
        name = f"{sample} {language}"
        texts_fit(window, name)
        nothing_overlaps(window, name)
        all_inside(window, name)
        targets_are_large(window, name)


def texts_fit(window: PatientWindow, name: str) -> None:
    look = window._look
    for widget in visible(window):
        runs: list[Run] = getattr(widget, "runs", list)()
        rect = look.rect(widget)
        for run in runs:
            where = f"{name}: {say(widget)}: {run.text!r}"
            assert run.size >= 28, where
            for line in run.lines:
                assert look.width(line, run.size, bold=run.bold, language=run.language) <= run.rect.width() + 1, where
            assert rect.adjusted(-1, -1, 1, 1).contains(run.rect), where
        for first, second in combinations(runs, 2):
            assert not tight(first).intersects(tight(second)), f"{name}: {first.text!r} {second.text!r}"


def tight(run: Run) -> QRectF:
    """The glyphs themselves: without the air above and below a line."""
    air = run.size * (LIGHT.type.line - 1) / 2
    return run.rect.adjusted(0, air, 0, -air)


def nothing_overlaps(window: PatientWindow, name: str) -> None:
    solid = [w for w in visible(window, PressButton, QLabel, GuidePicture) if not isinstance(w, PosterPanel)]
    for first, second in combinations(solid, 2):
        if first.isAncestorOf(second) or second.isAncestorOf(first):
            continue
        shared = on_screen(window, first) & on_screen(window, second)
        assert shared.width() <= 1 or shared.height() <= 1, f"{name}: {say(first)} over {say(second)}"


def all_inside(window: PatientWindow, name: str) -> None:
    for widget in visible(window):
        assert window.rect().contains(on_screen(window, widget)), f"{name}: {say(widget)}"


def targets_are_large(window: PatientWindow, name: str) -> None:
    scale = window._look.scale
    buttons = visible(window, PressButton)
    for button in buttons:
        least = min(button.width(), button.height()) / scale
        assert least >= LIGHT.space.target - 1, f"{name}: {say(button)} {least}"
        if isinstance(button, MainButton) and button.objectName() != "pin.ok":
            assert button.height() / scale >= 160 - 1, f"{name}: {say(button)}"
    for first, second in combinations(buttons, 2):
        assert distance(on_screen(window, first), on_screen(window, second)) / scale >= 24 - 2, (
            f"{name}: {say(first)} beside {say(second)}"
        )


def distance(first: QRect, second: QRect) -> int:
    across = max(first.left() - second.right(), second.left() - first.right(), 0)
    down = max(first.top() - second.bottom(), second.top() - first.bottom(), 0)
    return max(across, down)


def test_the_frame_stands_still_on_every_screen(open_desk: Callable[..., Any]) -> None:
    window = open_desk(PORTRAIT).window
    seen: dict[str, set[tuple[int, int, int, int]]] = {}
    for view in SAMPLES.values():
        window.show_view(replace(view, language="ja"))
        for button in visible(window, FrameButton):
            if not button.objectName().startswith(("pin.", "key.", "signature.")):
                seen.setdefault(button.objectName(), set()).add(on_screen(window, button).getRect())
    assert set(seen) == {"back", "staff", "voice", "language.ja", "language.en"}
    assert all(len(places) == 1 for places in seen.values())


def test_both_ways_of_the_idle_screen_have_the_same_size(window: PatientWindow) -> None:
    window.show_view(SAMPLES["idle"])
    [poster] = visible(window, PosterPanel)
    [panel] = visible(window, PanelButton)
    assert abs(poster.width() - panel.width()) <= 1
    assert abs(poster.height() - panel.height()) <= 1


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
    texts_fit(window, "turned")
    nothing_overlaps(window, "turned")


def test_a_quiet_way_out_is_no_louder_than_a_choice(open_desk: Callable[..., Any]) -> None:
    window = open_desk(PORTRAIT).window
    view = SAMPLES["pin_last_try"]
    window.show_view(view)
    roles = {c.id: c.role for c in view.controls}
    buttons = {b.objectName(): b for b in visible(window, QAbstractButton)}
    [quiet] = [buttons[i] for i, role in roles.items() if role is Role.QUIET]
    [main] = [buttons[i] for i, role in roles.items() if role is Role.MAIN]
    assert quiet.height() < main.height()
