"""Labelled sheets of components: their states side by side, the languages below one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter

from kiosk.ui.check import picture_of
from kiosk.ui.components.stand import Component, Specimen, Stand
from kiosk.ui.fonts import families

_EDGE = 16
_LETTERS = 15  # pixels
_FIRST = 6  # states of each component in the overview
_GROUND, _INK = QColor("#7A858F"), QColor("#0B1218")

Tile = tuple[str, QImage]


@dataclass(frozen=True)
class Band:
    """A row of pictures with their names above them, and its own name at the left. Bands of one `kind` stand in the
    same columns."""

    name: str
    kind: int
    tiles: list[Tile]


def draw_component(
    stand: Stand, component: Component, folder: Path, languages: Sequence[str], percent: int, palette: str, unit: float
) -> Path:
    """Write the sheet of one component in one size of text and set of colours. `unit`: screen pixels for a design
    pixel, of which the component takes its part."""
    bands: list[Band] = []
    for language in languages if component.worded else languages[:1]:
        stand.wear(language, percent, palette, unit * component.part)
        tiles = [_tile(stand, specimen) for specimen in component.specimens]
        columns = component.columns or len(tiles)
        name = language if component.worded else ""
        bands += [Band(name, n, tiles[n : n + columns]) for n in range(0, len(tiles), columns)]
    return _write(bands, folder, component.name, percent, palette)


def draw_overview(
    stand: Stand, components: Sequence[Component], folder: Path, language: str, percent: int, palette: str, unit: float
) -> Path:
    """Write one sheet with the first states of each component."""
    bands: list[Band] = []
    for number, component in enumerate(components):
        stand.wear(language, percent, palette, unit * component.part)
        bands.append(Band(component.name, number, [_tile(stand, s) for s in component.specimens[:_FIRST]]))
    return _write(bands, folder, "overview", percent, palette)


def _tile(stand: Stand, specimen: Specimen) -> Tile:
    with stand.holding(specimen) as root:
        return specimen.state, picture_of(root)


def _write(bands: Sequence[Band], folder: Path, name: str, percent: int, palette: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}-{percent}-{palette}.png"
    if not sheet(bands, f"{name}   {percent} %   {palette}").save(str(target)):
        raise OSError(f"cannot write {target}")
    return target


def sheet(bands: Sequence[Band], title: str) -> QImage:
    font = QFont()
    font.setFamilies(list(families("ja")))
    font.setPixelSize(_LETTERS)
    measure = QFontMetrics(font)
    line = measure.height() + 4
    left = _EDGE + max((measure.horizontalAdvance(band.name) + _EDGE for band in bands if band.name), default=0)
    widths: dict[int, list[int]] = {}
    for band in bands:
        own = [max(picture.width(), measure.horizontalAdvance(state)) for state, picture in band.tiles]
        known = widths.setdefault(band.kind, own)
        widths[band.kind] = [max(pair) for pair in zip(known, own, strict=True)]
    heights = [line + max(picture.height() for _state, picture in band.tiles) + _EDGE for band in bands]
    across = left + max(sum(each) + _EDGE * len(each) for each in widths.values())
    whole = QImage(across, 2 * _EDGE + 2 * line + sum(heights), QImage.Format.Format_RGB32)
    whole.fill(_GROUND)
    painter = QPainter(whole)
    painter.setFont(font)
    painter.setPen(_INK)
    painter.drawText(QPoint(_EDGE, _EDGE + measure.ascent()), title)
    top = _EDGE + 2 * line
    for band, height in zip(bands, heights, strict=True):
        painter.drawText(QPoint(_EDGE, top + line + measure.ascent()), band.name)
        x = left
        for (state, picture), width in zip(band.tiles, widths[band.kind], strict=True):
            painter.drawText(QPoint(x, top + measure.ascent()), state)
            painter.drawImage(QPoint(x, top + line), picture)
            x += width + _EDGE
        top += height
    painter.end()
    return whole
