"""A printed sheet as data: texts and areas in millimetres, for a PDF or a picture alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

Colour = tuple[int, int, int]

INK: Colour = (24, 26, 30)
PALE: Colour = (96, 102, 108)
WHITE: Colour = (255, 255, 255)

FONTS = Path(__file__).resolve().parents[3] / "assets" / "fonts"
REGULAR, BOLD, RARE = "BIZUDPGothic-Regular.ttf", "BIZUDPGothic-Bold.ttf", "NotoSansJP-Regular.ttf"
FACES = {"gothic": REGULAR, "bold": BOLD, "sans": "NotoSansJP-Regular.ttf", "sans_bold": "NotoSansJP-Bold.ttf"}


@dataclass(frozen=True)
class Print:
    """`x`, `y` is the upper left corner of the first letter; `size` the height of the type."""

    x: float
    y: float
    text: str
    size: float
    face: str = "gothic"
    colour: Colour = INK


@dataclass(frozen=True)
class Area:
    x: float
    y: float
    width: float
    height: float
    fill: Colour | None = None
    edge: Colour | None = PALE


@dataclass
class Sheet:
    """Areas are drawn before texts. `rest` is the colour of what the sheet lies on."""

    width: float
    height: float
    ground: Colour = WHITE
    rest: Colour = (74, 70, 66)
    corner: float = 0.0
    texts: list[Print] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)

    def write(self, x: float, y: float, text: str, size: float, *, face: str = "gothic", colour: Colour = INK) -> None:
        if text:
            self.texts.append(Print(x, y, text, size, face, colour))

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: Colour | None = None,
        edge: Colour | None = PALE,
    ) -> None:
        self.areas.append(Area(x, y, width, height, fill, edge))
