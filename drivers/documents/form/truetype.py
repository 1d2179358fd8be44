"""TrueType files, read and cut down to the characters of a sheet (OpenType 1.9: cmap, loca, glyf, hmtx).

A Japanese font has more than ten thousand glyphs, a form some two hundred. Libraries unpack all of them first, which
takes seconds on a small machine; here their bytes are copied as they are.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

_KEPT = (b"OS/2", b"name", b"cvt ", b"fpgm", b"prep")
_ARGS_ARE_WORDS, _SCALE, _MORE, _SCALE_XY, _MATRIX = 0x0001, 0x0008, 0x0020, 0x0040, 0x0080
_UNICODE_FULL = (3, 10)


class TrueType:
    """One file. Raises ValueError for what is no TrueType font with a table of all Unicode characters, OSError for a
    file that cannot be opened."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            (count,) = struct.unpack_from(">H", self._data, 4)
            entries = (struct.unpack_from(">4s4xII", self._data, 12 + 16 * n) for n in range(count))
            self._tables = {tag: (start, length) for tag, start, length in entries}
            self.units_per_em = self._number(b"head", 18, ">H")
            self._long_offsets = self._number(b"head", 50, ">h") == 1
            self._glyphs = self._number(b"maxp", 4, ">H")
            self._metrics = self._number(b"hhea", 34, ">H")
            self.glyphs = dict(self._characters())
        except (struct.error, KeyError) as error:
            raise ValueError(f"no TrueType font: {error}") from None

    @cached_property
    def widths(self) -> dict[int, float]:
        """By character, in thousandths of the size."""
        scale = 1000 / self.units_per_em
        return {code: self._metric(glyph)[0] * scale for code, glyph in self.glyphs.items()}

    def cut(self, text: Iterable[str]) -> bytes:
        """A font of these characters only, as far as this one has them."""
        codes = sorted({ord(c) for c in text} & self.glyphs.keys())
        used = self._with_parts(self.glyphs[code] for code in codes)
        place = {glyph: number for number, glyph in enumerate(used)}
        shapes = [self._renumbered(glyph, place) for glyph in used]
        offsets, at = [0], 0
        for shape in shapes:
            at += len(shape)
            offsets.append(at)
        tables = {tag: self._table(tag) for tag in _KEPT if tag in self._tables}
        tables |= {
            b"head": _changed(self._table(b"head"), (8, ">I", 0), (50, ">h", 1)),
            b"hhea": _changed(self._table(b"hhea"), (34, ">H", len(used))),
            b"maxp": _changed(self._table(b"maxp"), (4, ">H", len(used))),
            b"post": _changed(self._table(b"post")[:32], (0, ">I", 0x00030000)),
            b"hmtx": b"".join(struct.pack(">Hh", *self._metric(glyph)) for glyph in used),
            b"loca": struct.pack(f">{len(offsets)}I", *offsets),
            b"glyf": b"".join(shapes),
            b"cmap": _cmap([(code, place[self.glyphs[code]]) for code in codes]),
        }
        return _file(tables)

    def _with_parts(self, glyphs: Iterable[int]) -> list[int]:
        """These glyphs, those that they are made of, and the one for what is missing, which comes first."""
        found, waiting = {0}, [0, *glyphs]
        while waiting:
            glyph = waiting.pop()
            found.add(glyph)
            waiting += [part for _, part in _parts(self._shape(glyph)) if part not in found]
        return sorted(found)

    def _renumbered(self, glyph: int, place: dict[int, int]) -> bytes:
        shape = bytearray(self._shape(glyph))
        for at, part in _parts(bytes(shape)):
            struct.pack_into(">H", shape, at, place[part])
        return bytes(shape) + bytes(-len(shape) % 4)

    def _shape(self, glyph: int) -> bytes:
        form, size = (">II", 4) if self._long_offsets else (">HH", 2)
        begin, end = struct.unpack_from(form, self._data, self._tables[b"loca"][0] + glyph * size)
        if not self._long_offsets:
            begin, end = begin * 2, end * 2
        start = self._tables[b"glyf"][0]
        return self._data[start + begin : start + end]

    def _metric(self, glyph: int) -> tuple[int, int]:
        """Advance and left side bearing."""
        start, last = self._tables[b"hmtx"][0], self._metrics - 1
        advance, bearing = struct.unpack_from(">Hh", self._data, start + 4 * min(glyph, last))
        if glyph > last:  # the last ones share an advance
            (bearing,) = struct.unpack_from(">h", self._data, start + 4 * self._metrics + 2 * (glyph - last - 1))
        return advance, bearing

    def _characters(self) -> Iterator[tuple[int, int]]:
        start = self._tables[b"cmap"][0]
        for n in range(self._number(b"cmap", 2, ">H")):
            platform, encoding, offset = struct.unpack_from(">HHI", self._data, start + 4 + 8 * n)
            at = start + offset
            if (platform, encoding) != _UNICODE_FULL or struct.unpack_from(">H", self._data, at)[0] != 12:
                continue
            (groups,) = struct.unpack_from(">I", self._data, at + 12)
            for group in range(groups):
                first, last, glyph = struct.unpack_from(">III", self._data, at + 16 + 12 * group)
                yield from zip(range(first, last + 1), range(glyph, self._glyphs), strict=False)
            return
        raise KeyError("cmap")

    def _table(self, tag: bytes) -> bytes:
        start, length = self._tables[tag]
        return self._data[start : start + length]

    def _number(self, tag: bytes, at: int, form: str) -> int:
        return int(struct.unpack_from(form, self._data, self._tables[tag][0] + at)[0])


def _parts(shape: bytes) -> Iterator[tuple[int, int]]:
    """Of a composite glyph: where the number of each part stands, and the number."""
    if len(shape) < 10 or struct.unpack_from(">h", shape)[0] >= 0:
        return
    at, more = 10, True
    while more:
        flags, part = struct.unpack_from(">HH", shape, at)
        yield at + 2, part
        at += 8 if flags & _ARGS_ARE_WORDS else 6
        at += 2 if flags & _SCALE else 4 if flags & _SCALE_XY else 8 if flags & _MATRIX else 0
        more = bool(flags & _MORE)


def _changed(table: bytes, *changes: tuple[int, str, int]) -> bytes:
    copy = bytearray(table)
    for at, form, value in changes:
        struct.pack_into(form, copy, at, value)
    return bytes(copy)


def _cmap(pairs: list[tuple[int, int]]) -> bytes:
    groups = b"".join(struct.pack(">III", code, code, glyph) for code, glyph in pairs)
    head = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(pairs))
    return struct.pack(">HHHHI", 0, 1, *_UNICODE_FULL, 12) + head + groups


def _file(tables: dict[bytes, bytes]) -> bytes:
    count = len(tables)
    power = count.bit_length() - 1
    head = struct.pack(">IHHHH", 0x00010000, count, 16 << power, power, 16 * count - (16 << power))
    entries, bodies, at = [], [], 12 + 16 * count
    for tag in sorted(tables):
        body = tables[tag] + bytes(-len(tables[tag]) % 4)
        total = sum(struct.unpack(f">{len(body) // 4}I", body)) & 0xFFFFFFFF
        entries.append(struct.pack(">4sIII", tag, total, at, len(tables[tag])))
        bodies.append(body)
        at += len(body)
    return head + b"".join(entries) + b"".join(bodies)
