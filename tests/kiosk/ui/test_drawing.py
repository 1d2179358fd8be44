from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.messages import Catalogue
from kiosk.domain.screen import PALETTES
from kiosk.ui.drawing import CONSTANT, PALETTE, Drawing, KeyFrame
from kiosk.ui.gallery import ASSETS
from kiosk.ui.samples import SAMPLES
from kiosk.ui.theme import LIGHT, Colours, contrast
from kiosk.ui.theme import PALETTES as THEMES

PICTURES = sorted((ASSETS / "pictures").glob("*.svg"))


def painted(drawing: Drawing, time: float) -> QImage:
    image = QImage(160, 120, QImage.Format.Format_RGB32)
    image.fill(QColor("#FFFFFF"))
    painter = QPainter(image)
    drawing.paint(painter, QRectF(0, 0, 160, 120), time, 1.0)
    painter.end()
    return image


def blank() -> QImage:
    image = QImage(160, 120, QImage.Format.Format_RGB32)
    image.fill(QColor("#FFFFFF"))
    return image


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("path", PICTURES, ids=lambda p: p.stem)
class TestEveryPicture:
    def test_uses_only_the_colours_of_the_style(self, path: Path) -> None:
        used = set(re.findall(r"#[0-9A-Fa-f]{6}\b", path.read_text(encoding="utf-8")))
        assert used
        assert used <= set(PALETTE) | CONSTANT

    def test_has_a_description(self, path: Path, catalogue: Catalogue) -> None:
        assert f"picture.{path.stem}" in catalogue

    def test_draws_something_and_moves_if_it_says_so(self, path: Path) -> None:
        drawing = Drawing(path, LIGHT.colours)
        still = painted(drawing, drawing.still)
        assert still != blank()
        moving = any(layer.motion for layer in drawing.layers)
        assert moving == (drawing.seconds > 0)
        if moving:
            assert any(painted(drawing, time / 10) != still for time in range(10))

    def test_its_key_frames_run_from_start_to_end(self, path: Path) -> None:
        drawing = Drawing(path, LIGHT.colours)
        assert 0 <= drawing.still <= 1
        for layer in drawing.layers:
            times = [frame.at for frame in layer.motion]
            assert times == sorted(set(times))
            assert not times or (times[0], times[-1]) == (0, 1)
            assert all(0 <= frame.opacity <= 1 for frame in layer.motion)


def test_the_palette_is_that_of_the_light_theme() -> None:
    for written, token in PALETTE.items():
        assert getattr(LIGHT.colours, token) == written


def test_every_picture_of_a_view_exists() -> None:
    named = {view.picture for view in SAMPLES.values()} | {
        control.picture for view in SAMPLES.values() for control in view.controls
    }
    assert named - {None} <= {path.stem for path in PICTURES}


@pytest.mark.usefixtures("qapp")
def test_a_theme_recolours_the_drawing() -> None:
    path = ASSETS / "pictures" / "result_ok.svg"
    other = Drawing(path, Colours(good="#FF0000"))
    assert painted(other, 0).pixelColor(80, 36) == QColor("#FF0000")


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize(
    ("name", "mark", "ground"),
    [
        ("look_here", (71, 54), (80, 58)),  # an eye, the nose
        ("card_forgotten", (80, 31), (74, 44)),  # the exclamation mark, the yellow beside it
    ],
)
def test_faces_and_warnings_are_seen_in_every_palette(
    name: str, mark: tuple[int, int], ground: tuple[int, int], palette: str
) -> None:
    drawing = Drawing(ASSETS / "pictures" / f"{name}.svg", THEMES[palette])
    picture = painted(drawing, drawing.still)
    assert contrast(picture.pixelColor(*mark).name(), picture.pixelColor(*ground).name()) >= 4.5


@pytest.mark.usefixtures("qapp")
def test_layers_are_eased_between_key_frames(tmp_path: Path) -> None:
    path = tmp_path / "one.svg"
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50" data-seconds="2" data-still="0.5">'
        '<g id="a" data-motion="0 0 0 1; 0.5 10 -20 0.5; 1 10 -20 0"><rect width="5" height="5"/></g></svg>',
        encoding="utf-8",
    )
    layer = Drawing(path, LIGHT.colours).layers[0]
    assert layer.at(0) == KeyFrame(0, 0, 0, 1)
    assert layer.at(0.25) == KeyFrame(0.25, 5, -10, 0.75)
    assert layer.at(0.1).dx < 2  # slow start
    assert layer.at(1) == KeyFrame(1, 10, -20, 0)


def test_a_missing_or_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.svg").write_text("<svg", encoding="utf-8")
    for name in ("absent.svg", "broken.svg"):
        with pytest.raises(Fatal, match=name) as caught:
            Drawing(tmp_path / name, LIGHT.colours)
        assert caught.value.code is FailureCode.ASSET_MISSING
