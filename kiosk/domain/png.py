"""Whether bytes are a PNG picture that may be opened: complete, of a sane size, and no more in it than it says.

Source: ISO/IEC 15948 (PNG), clauses 5 and 11. Nothing is decoded into pixels here.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

_MAGIC = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_STEP = 1 << 16


class NotAPicture(ValueError):
    """The bytes are no complete PNG, or more than a picture of that size holds."""


class PictureTooLarge(ValueError):
    """Wider or higher than allowed."""


def check_png(data: bytes, most_pixels: int, most_edge: int) -> tuple[int, int]:
    """Width and height. Raises `NotAPicture` or `PictureTooLarge`; memory stays small whatever the bytes say."""
    if not data.startswith(_MAGIC):
        raise NotAPicture("no PNG")
    chunks = _chunks(data)
    kind, header = next(chunks, (b"", b""))
    if kind != b"IHDR" or len(header) != 13:
        raise NotAPicture("no header")
    width, height, depth, colour, compression, filtering, interlace = struct.unpack(">IIBBBBB", header)
    if not width or not height or compression or filtering or interlace > 1 or depth not in _DEPTHS.get(colour, ()):
        raise NotAPicture("header")
    if max(width, height) > most_edge or width * height > most_pixels:
        raise PictureTooLarge(f"{width}x{height}")
    expected = _raw_size(width, height, depth * _CHANNELS[colour], bool(interlace))
    unpacked, ended, palette = _Counter(expected), False, False
    for kind, content in chunks:
        if ended:
            raise NotAPicture("after the end")
        palette = palette or kind == b"PLTE"
        if kind == b"IDAT":
            unpacked.feed(content)
        ended = kind == b"IEND"
    if not ended or unpacked.size != expected or (colour == 3 and not palette):
        raise NotAPicture("incomplete")
    return width, height


class _Counter:
    """Unpacks piece by piece and keeps only the count."""

    def __init__(self, limit: int) -> None:
        self._inflate = zlib.decompressobj()
        self._limit = limit
        self.size = 0

    def feed(self, content: bytes) -> None:
        try:
            while content and not self._inflate.eof:
                self.size += len(self._inflate.decompress(content, _STEP))
                if self.size > self._limit:
                    raise NotAPicture("more than it says")
                content = self._inflate.unconsumed_tail
        except zlib.error:
            raise NotAPicture("damaged") from None


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_MAGIC)
    while place < len(data):
        head = data[place : place + 8]
        if len(head) < 8:
            raise NotAPicture("cut off")
        length, kind = struct.unpack(">I4s", head)
        content = data[place + 8 : place + 8 + length]
        check = data[place + 8 + length : place + 12 + length]
        if len(content) != length or len(check) != 4 or zlib.crc32(kind + content) != struct.unpack(">I", check)[0]:
            raise NotAPicture("damaged")
        yield kind, content
        place += 12 + length


def _raw_size(width: int, height: int, bits: int, interlaced: bool) -> int:
    """Bytes of all rows, each with its filter byte."""
    if not interlaced:
        return height * (1 + (width * bits + 7) // 8)
    total = 0
    for left, top, across, down in _PASSES:
        columns, rows = (width - left + across - 1) // across, (height - top + down - 1) // down
        total += rows * (1 + (columns * bits + 7) // 8) if columns > 0 and rows > 0 else 0
    return total
