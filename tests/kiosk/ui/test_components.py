"""Every component in every state: what is seen of a press, of the keys, of a switch, and of what cannot be pressed."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QWidget

import kiosk.ui.widgets
from kiosk.app.cli import OK, main
from kiosk.domain.messages import Catalogue
from kiosk.domain.screen import PALETTES, TEXT_SIZES
from kiosk.ui import covers, scanning
from kiosk.ui.check import Checked
from kiosk.ui.components import examine
from kiosk.ui.components.examine import RING_PIXELS, check_components, component_factors, ring_width
from kiosk.ui.components.registry import COMPONENTS
from kiosk.ui.components.sheets import Band, draw_component, sheet
from kiosk.ui.components.stand import Component, Specimen, Stand
from kiosk.ui.reach import Glass
from kiosk.ui.samples import SAMPLES
from kiosk.ui.widgets.button import PressButton
from kiosk.ui.widgets.guide_picture import Picture
from kiosk.ui.widgets.pad import Pad

BASES = {PressButton, Pad, Picture}
"""What others are made from; nobody sees them by themselves."""


class WatchedStand(Stand):
    """Remembers which widgets were seen."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self.seen: set[type] = set()

    @contextmanager
    def holding(self, specimen: Specimen) -> Iterator[QWidget]:
        with super().holding(specimen) as root:
            self.seen |= {type(w) for w in root.findChildren(QWidget) if w.isVisible()}
            yield root


@pytest.fixture(scope="module")
def stand(qapp: object, catalogue: Catalogue) -> Iterator[WatchedStand]:
    assert qapp
    made = WatchedStand(catalogue)
    yield made
    made.screen_window.close()
    made.close()


def classes() -> set[type[QWidget]]:
    """Everything that a patient can see."""
    package = kiosk.ui.widgets
    names = [f"{package.__name__}.{found.name}" for found in pkgutil.iter_modules(package.__path__)]
    return {
        member
        for module in (*map(importlib.import_module, names), covers, scanning)
        for member in vars(module).values()
        if isinstance(member, type) and issubclass(member, QWidget) and member.__module__ == module.__name__
    }


def test_every_component_is_there_and_good_in_every_state(stand: WatchedStand) -> None:
    """Each once; languages, sizes and palettes take turns. `kiosk gallery --check` takes all combinations."""
    languages = stand.catalogue.languages
    rows = [
        (name, languages[n % len(languages)], str(TEXT_SIZES[n % 3]), PALETTES[n // 3 % 3])
        for n, name in enumerate(COMPONENTS)
    ]
    found = check_components(stand, rows, Glass())
    assert found.flaws == []
    assert found.shown == sum(len(component.specimens) for component in COMPONENTS.values())
    assert classes() - BASES == stand.seen & classes()


@pytest.mark.parametrize("palette", PALETTES)
def test_states_of_what_is_pressed_most_are_seen_in_every_palette(stand: Stand, palette: str) -> None:
    rows = [(name, "en", "100", palette) for name in ("main_button", "quiet_button", "frame_button", "item_switch")]
    assert check_components(stand, rows, Glass()).flaws == []


def test_each_state_that_is_to_be_compared_is_there_before(stand: Stand) -> None:
    assert stand
    for component in COMPONENTS.values():
        states = [specimen.state for specimen in component.specimens]
        assert len(set(states)) == len(states), component.name
        for number, specimen in enumerate(component.specimens):
            assert not specimen.differs or specimen.differs in states[:number], (component.name, specimen.state)
            assert specimen.differs or not specimen.ring, (component.name, specimen.state)
    assert not set(COMPONENTS) & set(SAMPLES), "--only names both"


# ---------- what the check sees ----------


def changed(monkeypatch: pytest.MonkeyPatch, stand: Stand, name: str, **states: Specimen) -> Checked:
    """The check of a component, some of whose states are replaced."""
    component = COMPONENTS[name]
    specimens = tuple(states.get(s.state, s) for s in component.specimens)
    monkeypatch.setitem(COMPONENTS, name, replace(component, specimens=specimens))
    return check_components(stand, [(name, "ja", "100", "light")], Glass())


def test_a_state_that_nobody_can_see_is_found(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    normal, pressed, focused, *_ = COMPONENTS["main_button"].specimens
    found = changed(
        monkeypatch,
        stand,
        "main_button",
        pressed=replace(pressed, hold=normal.hold),
        focused=replace(focused, hold=normal.hold),
    )
    assert [flaw.removeprefix("main_button ja 100 light ") for flaw in found.flaws] == [
        "pressed: looks like normal",
        "focused: looks like normal",
        "focused: ring of 0.0 pixels",
    ]


def test_faint_words_of_what_rests_are_found(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    [resting] = [s for s in COMPONENTS["main_button"].specimens if s.state == "resting"]

    def faint(held: Stand, widget: QWidget) -> None:
        resting.hold(held, widget)
        colours = replace(held.look.theme.colours, idle_ink="#9AA5AE")
        held.look.theme = replace(held.look.theme, colours=colours)

    found = changed(monkeypatch, stand, "main_button", resting=replace(resting, hold=faint))
    assert any("resting: contrast of 2" in flaw for flaw in found.flaws)


def ringed(colour: str, width: float) -> QImage:
    picture = QImage(200, 100, QImage.Format.Format_RGB32)
    picture.fill(QColor("#FFFFFF"))
    painter = QPainter(picture)
    painter.setPen(QPen(QColor(colour), width))
    painter.drawRect(QRectF(30, 30, 140, 40))
    painter.end()
    return picture


def test_a_ring_counts_by_its_width_and_its_contrast() -> None:
    nothing = ringed("#FFFFFF", 4)
    assert ring_width(nothing, ringed("#14212E", 4)) == pytest.approx(4, rel=0.05)
    assert ring_width(nothing, ringed("#14212E", 1)) < RING_PIXELS * examine.CHECKED_SCALE * 1.1
    assert ring_width(nothing, ringed("#AAAAAA", 4)) == 0, "2.3:1"
    assert ring_width(nothing, nothing) == 0


# ---------- sheets ----------


def test_a_sheet_has_a_row_for_each_language_and_a_column_for_each_state(stand: Stand, tmp_path: Path) -> None:
    component = Component("one", COMPONENTS["main_button"].specimens[:3], part=0.1)
    sizes = []
    for languages in (["ja"], ["ja", "ne"]):
        path = draw_component(stand, component, tmp_path / "new", languages, 100, "light", 1.0)
        assert path.name == "one-100-light.png"
        sizes.append(QImage(str(path)).size())
    assert sizes[1].height() > 1.4 * sizes[0].height()
    wordless = replace(component, worded=False)
    again = QImage(str(draw_component(stand, wordless, tmp_path, ["ja", "ne"], 100, "light", 1.0)))
    assert again.height() == sizes[0].height(), "what has no words looks alike in every language"


def test_bands_of_one_kind_stand_in_the_same_columns() -> None:
    def tile(width: int, colour: str) -> tuple[str, QImage]:
        picture = QImage(width, 40, QImage.Format.Format_RGB32)
        picture.fill(QColor(colour))
        return "", picture

    bands = [
        Band("ja", 0, [tile(100, "#FF0000"), tile(50, "#00FF00")]),
        Band("en", 0, [tile(30, "#FF0000"), tile(50, "#00FF00")]),
    ]
    whole = sheet(bands, "")
    greens = [
        (x, y)
        for y in range(whole.height())
        for x in range(1, whole.width())
        if whole.pixelColor(x, y) == QColor("#00FF00") != whole.pixelColor(x - 1, y)
    ]
    assert len(greens) == 80
    assert len({x for x, _y in greens}) == 1


def test_the_command_draws_what_was_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--only", "notice", "progress", "--language", "ko", "--palette", "dark", "light", "--text-size", "200"]
    assert main(["gallery", "--components", str(tmp_path), *asked, "--lang", "en"]) == OK
    names = [
        f"{name}-200-{palette}.png" for name in ("notice", "overview", "progress") for palette in ("dark", "light")
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert "6 pictures" in capsys.readouterr().out


def test_everything_is_combined_unless_something_is_named(catalogue: Catalogue) -> None:
    factors = component_factors(catalogue.languages)
    assert factors["component"] == list(COMPONENTS)
    assert factors["language"] == list(catalogue.languages)
    assert factors["text size"] == [str(size) for size in TEXT_SIZES]
    assert factors["palette"] == list(PALETTES)
