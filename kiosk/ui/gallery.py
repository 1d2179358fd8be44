"""Draws every sample screen in every language and orientation into PNG files, with contact sheets.

`python -m kiosk.ui.gallery FOLDER [--width 1080] [--only NAME…]`
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import yaml
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from kiosk.domain.messages import Catalogue
from kiosk.domain.screen import View
from kiosk.ui.samples import SAMPLES
from kiosk.ui.window import LANDSCAPE, PORTRAIT, PatientWindow

ASSETS = Path(__file__).resolve().parents[2] / "assets"
LANGUAGES = ("ja", "en")


def load_catalogue(folder: Path = ASSETS / "messages") -> Catalogue:
    """All sentences of the folder's files."""
    sentences: dict[str, Mapping[str, str]] = {}
    for path in sorted(folder.glob("*.yaml")):
        sentences.update(yaml.safe_load(path.read_text(encoding="utf-8")))
    return Catalogue(sentences, LANGUAGES)


class StillPicture:
    """A camera picture from a file, in the form that the camera gives."""

    def __init__(self, path: Path) -> None:
        image = QImage(str(path)).convertToFormat(QImage.Format.Format_BGR888)
        bits, step = image.constBits(), image.bytesPerLine()
        self.data = memoryview(b"".join(bits[r * step : r * step + image.width() * 3] for r in range(image.height())))
        self.shape = (image.height(), image.width(), 3)


def draw(folder: Path, names: Iterable[str], width: int) -> list[Path]:
    """Write one PNG per sample, language and orientation, and one contact sheet per language and orientation."""
    folder.mkdir(parents=True, exist_ok=True)
    window = PatientWindow(
        load_catalogue(),
        fonts_folder=ASSETS / "fonts",
        pictures_folder=ASSETS / "pictures",
        on_tap=lambda _control: None,
        on_typed=lambda _field, secret: secret.wipe(),
        reduced_motion=True,
    )
    face = StillPicture(ASSETS / "personas" / "hanako" / "live_front.jpg")
    written: list[Path] = []
    for orientation, size in (("portrait", PORTRAIT), ("landscape", LANDSCAPE)):
        scale = width / 1080
        window.resize(round(size[0] * scale), round(size[1] * scale))
        for language in LANGUAGES:
            shots = [folder / f"{orientation}-{language}-{name}.png" for name in names]
            for name, path in zip(names, shots, strict=True):
                _show(window, replace(SAMPLES[name], language=language), name, face)
                window.grab_png(path)
            sheet = folder / f"sheet-{orientation}-{language}.png"
            contact_sheet(shots, sheet, columns=6 if orientation == "portrait" else 4)
            written += [*shots, sheet]
    return written


def contact_sheet(shots: list[Path], target: Path, *, columns: int, edge: int = 12) -> None:
    """All pictures side by side, each 480 pixels wide or 360 high."""
    images = [QImage(str(shot)) for shot in shots]
    tile = images[0].size().scaled(560, 640, Qt.AspectRatioMode.KeepAspectRatio)
    rows = -(-len(images) // columns)
    sheet = QImage(
        columns * (tile.width() + edge) + edge, rows * (tile.height() + edge) + edge, QImage.Format.Format_RGB32
    )
    sheet.fill(QColor("#7A858F"))
    painter = QPainter(sheet)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for number, image in enumerate(images):
        row, column = divmod(number, columns)
        left, top = edge + column * (tile.width() + edge), edge + row * (tile.height() + edge)
        smooth = image.scaled(tile, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        painter.drawImage(QRect(left, top, tile.width(), tile.height()), smooth)
    painter.end()
    sheet.save(str(target))


def _show(window: PatientWindow, view: View, name: str, face: StillPicture) -> None:
    window.show_view(view)
    if name.startswith("visual_decide"):
        window.show_card_photo(face)
    if name.startswith("face") or name == "visual_decide":
        window.show_preview(face)
    if name == "pin":
        window.type_text("pin", "12")
    QApplication.processEvents()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m kiosk.ui.gallery", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--width", type=int, default=1080, help="screen pixels for 1080 design pixels")
    parser.add_argument("--only", nargs="*", choices=sorted(SAMPLES), default=None, metavar="NAME")
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication(sys.argv[:1])
    written = draw(chosen.folder, chosen.only or list(SAMPLES), chosen.width)
    sys.stdout.write(f"{len(written)} {chosen.folder}\n")
    del application
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
