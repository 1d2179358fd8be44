"""What the camera above the reader sees: the printed front of a card, drawn by us and plainly marked as a specimen.

The drawing follows no original: it holds the items of an Individual Number Card's front (個人番号カード, 85.6 x 54 mm,
ISO/IEC 7810 ID-1) in a layout and colours of its own, with 見本 across it. The items of 照合番号B stand in the picture
only; whoever wants them has to read it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from drivers.simulated.persona import CardFields
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.domain.wareki import to_wareki
from kiosk.ports.face import Picture

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

WIDTH, HEIGHT = 1280, 960  # of the camera picture
_MM = 12.5  # pixels of the drawing per millimetre
_CARD = (round(85.6 * _MM), round(54.0 * _MM))
_CORNER_MM = 3.18  # ISO/IEC 7810
_FONTS = Path(__file__).resolve().parents[2] / "assets" / "fonts"
_REGULAR, _BOLD, _RARE = "BIZUDPGothic-Regular.ttf", "BIZUDPGothic-Bold.ttf", "NotoSansJP-Regular.ttf"
_NOWHERE = "\U0010ffff"  # a noncharacter: every font draws its box for what it lacks
_INK = (28, 30, 34)
_PALE = (120, 128, 132)


def card_front_picture(fields: CardFields, photo_path: Path | None, *, seed: int) -> Picture:
    """The card as it lies on the reader: a little askew, in uneven light, with noise and slight blur.

    Another `seed` is another moment; the same gives the same picture. Raises `NeedsStaff(PICTURE_BROKEN)` naming the
    photo that cannot be read.
    """
    if fields.kind == "individual_number":
        card = _individual_number_card(fields, photo_path if fields.photo else None)
    else:
        card = _other_card(fields.kind)
    return _photographed(np.asarray(card, np.uint8)[:, :, ::-1], np.random.default_rng(seed))


@dataclass(frozen=True)
class _Pen:
    """Writes on the card in millimetres."""

    draw: ImageDraw

    def write(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        ink: tuple[int, int, int] = _INK,
        bold: bool = False,
        width: float | None = None,
    ) -> None:
        """`size` is the height of the type; a text wider than `width` is set smaller."""
        font = _font(_BOLD if bold else _REGULAR, size)
        if width is not None and font.getlength(text) > width * _MM:
            font = _font(_BOLD if bold else _REGULAR, size * width * _MM / font.getlength(text))
        at = x * _MM
        absent = bytes(font.getmask(_NOWHERE))
        for character in text:
            # A rare character of a name must not come out as an empty box.
            chosen = _font(_RARE, size) if bytes(font.getmask(character)) == absent else font
            self.draw.text((at, y * _MM), character, font=chosen, fill=ink)
            at += chosen.getlength(character)


def _font(name: str, size_mm: float) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(str(_FONTS / name), max(8, round(size_mm * _MM)))


def printed_birth_date(day: date, *, western: bool) -> str:
    """As the card prints it: 「昭和25年 2月11日生」, the first year of an era as 元年, single digits with a blank."""
    if western:
        return f"{day.year}年{day.month:2}月{day.day:2}日生"
    era_day = to_wareki(day)
    year = "元" if era_day.year == 1 else f"{era_day.year:2}"
    return f"{era_day.era.title}{year}年{day.month:2}月{day.day:2}日生"


def _individual_number_card(fields: CardFields, photo: Path | None) -> Image:
    card, pen = _blank((228, 238, 232), (206, 222, 216))
    pen.write(4, 3.4, "氏名", 2.0, ink=_PALE)
    pen.write(13, 2.6, fields.name, 4.0, width=68)
    pen.write(4, 9.4, "住所", 2.0, ink=_PALE)
    half = len(fields.address) if len(fields.address) <= 24 else math.ceil(len(fields.address) / 2)
    pen.write(13, 8.8, fields.address[:half], 2.7, width=68)
    pen.write(13, 12.6, fields.address[half:], 2.7, width=68)
    _portrait(card, pen, photo)
    pen.write(9.6, 48.0, fields.security_code, 3.0)
    expires = fields.card_expires
    pen.write(30, 21.0, printed_birth_date(fields.birth_date, western=fields.western_birth_date), 2.9)
    pen.write(66, 21.4, "性別", 2.0, ink=_PALE)
    pen.write(72, 21.0, {"1": "男", "2": "女"}.get(fields.sex, ""), 2.9)
    pen.write(30, 27.5, f"{expires.year}年{expires.month:2}月{expires.day:2}日まで有効", 2.9)
    pen.write(30, 34.6, "電子証明書の有効期限", 2.1, ink=_PALE)
    for x, text in ((63.6, "年"), (69.8, "月"), (77.4, "日")):
        pen.write(x, 34.5, text, 2.1, ink=_PALE)
    ends = fields.certificate_ends
    if fields.certificate:  # by hand, so in blue and uneven
        for x, y, text in ((54.4, 33.7, f"{ends.year}"), (65.6, 34.3, f"{ends.month}"), (72.4, 33.5, f"{ends.day}")):
            pen.write(x, y, text, 3.0, ink=(52, 66, 138))
    pen.write(30, 40.6, "個人番号カード（見本・架空の人物）", 2.4, ink=_PALE)
    pen.write(62, 47.2, "架空市長", 3.2)
    return _stamped(card)


def _other_card(kind: str) -> Image:
    if kind == "juki":
        card, pen = _blank((222, 226, 242), (204, 210, 234))
        pen.write(8, 6, "住民基本台帳カード", 5.0, bold=True)
        pen.write(8, 40, "架空市", 4.0)
    elif kind == "transit":
        card, pen = _blank((214, 236, 214), (196, 226, 200))
        pen.write(8, 6, "交通カード", 5.0, bold=True)
        pen.write(8, 40, "架空鉄道", 4.0)
    else:
        card, pen = _blank((70, 66, 64), (64, 60, 58))  # a card case: no print
        return card
    return _stamped(card)


def _blank(ground: tuple[int, int, int], lines: tuple[int, int, int]) -> tuple[Image, _Pen]:
    from PIL import Image, ImageDraw

    card = Image.new("RGB", _CARD, ground)
    draw = ImageDraw.Draw(card)
    xs = np.arange(0, _CARD[0] + 12, 12)
    for i in range(-4, 44):  # fine waves, as security print has them
        ys = i * 18 + 26 * np.sin(xs / 95 + i * 0.35)
        draw.line([(float(x), float(y)) for x, y in zip(xs, ys, strict=True)], fill=lines, width=2)
    return card, _Pen(draw)


def _portrait(card: Image, pen: _Pen, photo: Path | None) -> None:
    from PIL import Image, UnidentifiedImageError

    left, top, right, bottom = (round(value * _MM) for value in (4.5, 19.5, 26.5, 47.0))
    if photo is None:
        pen.draw.rectangle((left, top, right, bottom), outline=_PALE, width=2)
        return
    try:
        with Image.open(photo) as picture:
            printed = picture.convert("L").convert("RGB")
            card.paste(printed.resize((right - left, bottom - top), Image.Resampling.LANCZOS), (left, top))
    except (OSError, UnidentifiedImageError):
        raise NeedsStaff(FailureCode.PICTURE_BROKEN, f"{photo.parent.name}/{photo.name}") from None


def _stamped(card: Image) -> Image:
    """見本 across the card, pale enough to leave the print readable."""
    from PIL import Image, ImageDraw

    layer = Image.new("L", _CARD, 0)
    ImageDraw.Draw(layer).text((_CARD[0] * 0.36, _CARD[1] * 0.16), "見本", font=_font(_BOLD, 24), fill=52, spacing=0)
    layer = layer.rotate(14, center=(_CARD[0] / 2, _CARD[1] / 2))
    return Image.composite(Image.new("RGB", _CARD, (214, 60, 70)), card, layer)


def _photographed(card: Picture, source: np.random.Generator) -> Picture:
    """Lay the card on a dark rest, look at it from above and slightly from aside, and add what a camera adds."""
    import cv2

    corners = np.array([[0, 0], [_CARD[0], 0], [_CARD[0], _CARD[1]], [0, _CARD[1]]], np.float32)
    turn = math.radians(source.uniform(-5, 5))
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    centred = (corners - np.array(_CARD) / 2) * source.uniform(0.90, 1.0)
    middle = np.array([WIDTH / 2, HEIGHT / 2]) + source.uniform(-30, 30, 2)
    places = (centred @ rotation.T + middle + source.uniform(-14, 14, (4, 2))).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(corners, places)

    cover = cv2.warpPerspective(_rounded(), matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR)[..., None]
    seen = cv2.warpPerspective(card, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR).astype(np.float32)
    rest = np.array([58, 55, 52], np.float32) * source.uniform(0.8, 1.2)
    picture = seen * cover + rest * (1 - cover)

    across = np.linspace(-1, 1, WIDTH, dtype=np.float32)[None, :, None]
    down = np.linspace(-1, 1, HEIGHT, dtype=np.float32)[:, None, None]
    light = source.uniform(0.78, 1.04) + across * source.uniform(-0.16, 0.16) + down * source.uniform(-0.16, 0.16)
    picture *= light.astype(np.float32) * source.uniform(0.96, 1.04, 3).astype(np.float32)
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), source.uniform(0.5, 1.1)), np.float32)
    picture += source.standard_normal((HEIGHT, WIDTH, 1), np.float32) * source.uniform(1.5, 4.0)
    return np.asarray(np.clip(picture, 0, 255), np.uint8)


def _rounded() -> NDArray[np.float32]:
    """1 on the card, 0 beyond its rounded corners."""
    from PIL import Image, ImageDraw

    shape = Image.new("L", _CARD, 0)
    ImageDraw.Draw(shape).rounded_rectangle((0, 0, _CARD[0] - 1, _CARD[1] - 1), radius=_CORNER_MM * _MM, fill=255)
    return np.asarray(shape, np.float32) / np.float32(255)
