"""The small black-and-white pictures of printed items that the card-face application holds."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

_FONT = Path(__file__).resolve().parents[3] / "assets" / "fonts" / "BIZUDPGothic-Regular.ttf"
_LINE_HEIGHT = 12


def name_image(name: str) -> bytes:
    return _drawn(name, 216, 1)


def address_image(address: str) -> bytes:
    return _drawn(address, 288, 2)


def security_code_image(code: str) -> bytes:
    return _drawn(code, 24, 1)


def number_image(number: str) -> bytes:
    return _drawn(number, 72, 1)


def _drawn(text: str, width: int, lines: int) -> bytes:
    """PNG, one bit a pixel, lines of 12 pixels; text that is too long is set smaller."""
    picture = Image.new("1", (width, _LINE_HEIGHT * lines), 1)
    draw = ImageDraw.Draw(picture)
    per_line = -(-len(text) // lines) if lines > 1 and len(text) * _LINE_HEIGHT > width else len(text)
    parts = [text[start : start + per_line] for start in range(0, len(text), per_line or 1)]
    for row, part in enumerate(parts):
        size = _LINE_HEIGHT
        while size > 4 and ImageFont.truetype(_FONT, size).getlength(part) > width:
            size -= 1
        draw.text((0, row * _LINE_HEIGHT), part, fill=0, font=ImageFont.truetype(_FONT, size))
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
