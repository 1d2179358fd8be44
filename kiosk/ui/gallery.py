"""Every sample screen in every language, text size, palette and layout: drawn into pictures, or checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from kiosk.domain.messages import Catalogue
from kiosk.domain.screen import PALETTES, TEXT_SIZES, View
from kiosk.ui.check import Checked, flaws
from kiosk.ui.pairs import Row
from kiosk.ui.reach import Glass
from kiosk.ui.samples import SAMPLES
from kiosk.ui.window import LANDSCAPE, PORTRAIT, PatientWindow

ASSETS = Path(__file__).resolve().parents[2] / "assets"


@dataclass(frozen=True)
class ScreenLayout:
    """Size of the window in design pixels, and whether its controls stand low."""

    size: tuple[int, int]
    low: bool = False


LAYOUTS = {
    "portrait": ScreenLayout(PORTRAIT),
    "landscape": ScreenLayout(LANDSCAPE),
    "low": ScreenLayout(PORTRAIT, low=True),
    "low_landscape": ScreenLayout(LANDSCAPE, low=True),
    "taller": ScreenLayout((1080, 2100)),
    "wider": ScreenLayout((1920, 1200)),
}

CHECKED_SCALE = 0.5
"""Of the window that is checked: lines break alike at every size, and half takes a quarter of the time."""


@dataclass(frozen=True)
class Sheet:
    """One contact sheet: all screens in one language, text size, palette and layout."""

    name: str
    language: str
    text_size: int
    palette: str
    layout: str
    columns: int


SHEETS = (
    Sheet("portrait-ja", "ja", 100, "light", "portrait", 8),
    Sheet("landscape-en", "en", 100, "light", "landscape", 5),
    Sheet("contrast-200-ja", "ja", 200, "contrast", "portrait", 10),
    Sheet("low-ja", "ja", 100, "light", "low", 8),
    Sheet("low-landscape-en", "en", 150, "dark", "low_landscape", 5),
)


_COLUMNS = {"landscape": 5, "low_landscape": 5, "wider": 5}


def sheet_for(language: str, text_size: str, palette: str, layout: str) -> Sheet:
    """Named by what is not usual; the layout and the language always."""
    unusual = [value for value, usual in ((text_size, "100"), (palette, "light")) if value != usual]
    name = "-".join([layout, language, *unusual])
    return Sheet(name, language, int(text_size), palette, layout, _COLUMNS.get(layout, 8))


class StillPicture:
    """A camera picture from a file, in the form that the camera gives."""

    def __init__(self, path: Path) -> None:
        image = QImage(str(path)).convertToFormat(QImage.Format.Format_BGR888)
        bits, step = image.constBits(), image.bytesPerLine()
        self.data = memoryview(b"".join(bits[r * step : r * step + image.width() * 3] for r in range(image.height())))
        self.shape = (image.height(), image.width(), 3)


def sample_face() -> StillPicture:
    return StillPicture(ASSETS / "personas" / "hanako" / "live_front.jpg")


def gallery_window(catalogue: Catalogue, glass: Glass | None = None) -> PatientWindow:
    """A window that nobody listens to. Needs a QApplication."""
    return PatientWindow(
        catalogue,
        fonts_folder=ASSETS / "fonts",
        pictures_folder=ASSETS / "pictures",
        on_tap=lambda _control: None,
        on_typed=lambda _field, secret: secret.wipe(),
        reduced_motion=True,
        glass=glass,
    )


# ---------- checking ----------


def factors(languages: Sequence[str], names: Iterable[str] = SAMPLES) -> dict[str, list[str]]:
    """What is combined; the layout last but one, so that the window is resized seldom."""
    return {
        "sample": list(names),
        "language": list(languages),
        "text size": [str(size) for size in TEXT_SIZES],
        "palette": list(PALETTES),
        "layout": list(LAYOUTS),
    }


def check(
    window: PatientWindow,
    rows: Sequence[Row],
    glass: Glass | None = None,
    *,
    every_picture: bool = False,
    told: Callable[[str], None] = lambda _flaw: None,
) -> Checked:
    """Each row as `factors` gives them, all leaves of it; `told` hears of each flaw at once. Contrast is taken from the
    picture once for each sample and palette, or of every picture. Colours move nothing but what their own button says:
    where that leaves the content its place, what differs in its palette only is arranged once."""
    glass = glass or Glass()
    found, painted = Checked(), set()
    arranged: set[tuple[object, ...]] = set()
    areas: dict[Row, object] = {}
    window.show()
    for sample, language, percent, palette, layout in sorted(rows, key=lambda row: (row[4], row[0])):
        worn = (language, percent, palette, layout)
        arrangement = (sample, language, percent, layout, areas.get(worn))
        if arrangement in arranged and (sample, palette) in painted and not every_picture:
            continue
        _resize(window, LAYOUTS[layout].size, CHECKED_SCALE)
        view = replace(SAMPLES[sample], languages=window.catalogue.languages)
        window.show_view(_worn(view, language, int(percent), palette, LAYOUTS[layout]))
        area = areas.setdefault(worn, window.area.getRect())
        arranged.add((sample, language, percent, layout, area))
        new = every_picture or (sample, palette) not in painted
        painted.add((sample, palette))
        found.parts[sample, language, percent, palette, layout] = window.leaves
        for leaf in range(window.leaves):
            for flaw in flaws(window, glass, painted=new):
                found.flaws.append(f"{sample} {language} {percent} {palette} {layout} {leaf + 1}: {flaw}")
                told(found.flaws[-1])
            found.shown += 1
            if window.leaves > 1:
                window.turn_leaf()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # no event loop runs here
    return found


def _worn(view: View, language: str, percent: int, palette: str, layout: ScreenLayout) -> View:
    return replace(view, language=language, text_size=percent, palette=palette, low=layout.low)


def _resize(window: PatientWindow, size: tuple[int, int], scale: float) -> None:
    wanted = (round(size[0] * scale), round(size[1] * scale))
    if (window.width(), window.height()) != wanted:
        window.resize(*wanted)


# ---------- pictures ----------


def draw(window: PatientWindow, folder: Path, names: Iterable[str], width: int, sheet: Sheet) -> list[Path]:
    """Write one PNG for each leaf of each sample as the sheet wants it, and the contact sheet. Returns the files; the
    last is the sheet. `width`: screen pixels for 1080 design pixels."""
    folder.mkdir(parents=True, exist_ok=True)
    layout, face = LAYOUTS[sheet.layout], sample_face()
    _resize(window, layout.size, width / 1080)
    shots: list[Path] = []
    for name in names:
        view = replace(SAMPLES[name], languages=window.catalogue.languages)
        view = _worn(view, sheet.language, sheet.text_size, sheet.palette, layout)
        _show(window, view, name, face)
        for leaf in range(window.leaves):
            part = f"-{leaf + 1}" if window.leaves > 1 else ""
            shots.append(folder / f"{sheet.name}-{name}{part}.png")
            window.grab_png(shots[-1])
            if window.leaves > 1:
                window.turn_leaf()
    target = folder / f"sheet-{sheet.name}.png"
    contact_sheet(shots, target, columns=min(sheet.columns, len(shots)))
    return [*shots, target]


def contact_sheet(shots: Sequence[Path], target: Path, *, columns: int, edge: int = 12) -> None:
    """All pictures side by side, each at most 560 pixels wide and 640 high."""
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
