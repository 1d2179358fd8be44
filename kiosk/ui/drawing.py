"""Own vector drawings (`assets/pictures/*.svg`), recoloured by the theme and moved by what the file says.

Each top-level group with an id is a layer. `data-motion` on a layer is a list of key frames
`time dx dy opacity; …` (time 0 to 1, shifts in drawing units); on the root, `data-seconds` is the length of the loop
and `data-still` the time that explains best without motion. `assets/pictures/README.md` describes the style.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QPainter, QPixmap, QRegion
from PySide6.QtSvg import QSvgRenderer

from kiosk.domain.failures import FailureCode, Fatal
from kiosk.ui.theme import LIGHT, Colours

_SVG = "http://www.w3.org/2000/svg"
ElementTree.register_namespace("", _SVG)

PALETTE: dict[str, str] = {
    "#14212E": "ink",
    "#FFFFFF": "surface",
    "#F3F6F9": "ground",
    "#CBD5DE": "hairline",
    "#5B6B78": "outline",
    "#0A4D8C": "accent",
    "#DDEAF7": "accent_tint",
    "#0A5230": "good",
    "#E2F3E8": "good_tint",
    "#FFC23D": "signal",
    "#FFEFCF": "care_tint",
    "#3B3F46": "hair",
}
"""Colours of the drawings that follow the theme; the files are written in those of the light one."""

_RIM = 3

_COLOUR = re.compile(r"#[0-9A-F]{6}")

CONSTANT = frozenset({"#F4CDA9", "#B8D2EC", "#1B2631"})
"""Colours that stay: skin, mid blue, and the dark of what is drawn on skin and on the signal's yellow."""


@dataclass(frozen=True)
class KeyFrame:
    at: float
    dx: float
    dy: float
    opacity: float


@dataclass(frozen=True)
class Layer:
    renderer: QSvgRenderer
    motion: tuple[KeyFrame, ...]

    def at(self, time: float) -> KeyFrame:
        """The layer's place at `time` (0 to 1), eased between its key frames."""
        if not self.motion:
            return KeyFrame(time, 0, 0, 1)
        index = bisect_right([f.at for f in self.motion], time)
        if index == 0 or index == len(self.motion):
            return self.motion[max(index - 1, 0)]
        first, second = self.motion[index - 1], self.motion[index]
        part = (time - first.at) / (second.at - first.at)
        eased = part * part * (3 - 2 * part)

        def between(start: float, end: float) -> float:
            return start + (end - start) * eased

        return KeyFrame(
            time,
            between(first.dx, second.dx),
            between(first.dy, second.dy),
            between(first.opacity, second.opacity),
        )


class Drawing:
    """One picture. `seconds` is 0 for a still one."""

    def __init__(self, path: Path, colours: Colours) -> None:
        try:
            root = ElementTree.parse(path).getroot()
        except (OSError, ElementTree.ParseError):
            raise Fatal(FailureCode.ASSET_MISSING, path.name) from None
        self.seconds = float(root.get("data-seconds", "0"))
        self.still = float(root.get("data-still", "0"))
        _x, _y, self.width, self.height = map(float, root.attrib["viewBox"].split())
        self.layers = tuple(_layers(root, colours))
        self._pixmaps: dict[int, tuple[QSize, QPixmap, QRectF]] = {}

    def places(self, time: float) -> tuple[tuple[float, float, float], ...]:
        """Shift and opacity of each layer at `time`; equal places look equal."""
        frames = (layer.at(time) for layer in self.layers)
        return tuple((round(f.dx, 2), round(f.dy, 2), round(f.opacity, 3)) for f in frames)

    def fit(self, rect: QRectF) -> QRectF:
        """The largest rectangle of the drawing's shape in the middle of `rect`."""
        unit = min(rect.width() / self.width, rect.height() / self.height)
        width, height = self.width * unit, self.height * unit
        return QRectF(rect.center().x() - width / 2, rect.center().y() - height / 2, width, height)

    def paint(self, painter: QPainter, rect: QRectF, time: float, scale: float) -> None:
        """Draw at `time` into `rect` (design pixels); `scale` is screen pixels per design pixel."""
        box = self.fit(rect)
        unit = box.width() / self.width
        ratio = painter.device().devicePixelRatioF()
        size = QSize(max(1, round(box.width() * scale * ratio)), max(1, round(box.height() * scale * ratio)))
        for number, layer in enumerate(self.layers):
            place = layer.at(time)
            if place.opacity <= 0:
                continue
            painter.setOpacity(place.opacity)
            pixmap, inked = self._pixmap(number, size)
            across, down = box.width() / size.width(), box.height() / size.height()
            corner = box.topLeft() + QPointF(place.dx * unit + inked.x() * across, place.dy * unit + inked.y() * down)
            place_of_ink = QRectF(corner, QSizeF(inked.width() * across, inked.height() * down))
            painter.drawPixmap(place_of_ink, pixmap, QRectF(pixmap.rect()))
        painter.setOpacity(1)

    def _pixmap(self, number: int, size: QSize) -> tuple[QPixmap, QRectF]:
        """The part of the layer that has ink, and where that is in the whole: the rest need not be kept or painted."""
        known = self._pixmaps.get(number)
        if known and known[0] == size:
            return known[1], known[2]
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.layers[number].renderer.render(painter)
        painter.end()
        # The faint rim of a line is not in the mask.
        bounds = QRegion(pixmap.mask()).boundingRect().adjusted(-_RIM, -_RIM, _RIM, _RIM) & pixmap.rect()
        inked = pixmap.copy(bounds)
        self._pixmaps[number] = (size, inked, QRectF(bounds))
        return inked, QRectF(bounds)


@lru_cache(maxsize=48)
def load_drawing(folder: Path, picture_id: str, colours: Colours = LIGHT.colours) -> Drawing:
    """Raises `Fatal(ASSET_MISSING)` for a picture that is not there or does not parse."""
    return Drawing(folder / f"{picture_id}.svg", colours)


def _exchanged(written: str, colours: Colours) -> str:
    token = PALETTE.get(written)
    return written if token is None else str(getattr(colours, token))


def _layers(root: ElementTree.Element, colours: Colours) -> list[Layer]:
    groups = [child for child in root if child.tag == f"{{{_SVG}}}g"]
    found = []
    for group in groups:
        single = ElementTree.Element(root.tag, root.attrib)
        single.append(group)
        text = ElementTree.tostring(single, encoding="unicode")
        # All at once: a colour of one palette may be that of another name in the next.
        text = _COLOUR.sub(lambda found: _exchanged(found.group(), colours), text)
        renderer = QSvgRenderer(QByteArray(text.encode()))
        found.append(Layer(renderer, _motion(group.get("data-motion", ""))))
    return found


def _motion(text: str) -> tuple[KeyFrame, ...]:
    frames = (part.split() for part in text.split(";") if part.strip())
    return tuple(KeyFrame(float(at), float(dx), float(dy), float(opacity)) for at, dx, dy, opacity in frames)
