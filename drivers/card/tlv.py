"""BER-TLV data objects (ISO/IEC 8825-1; ISO/IEC 7816-4, 5.2.2) as the card's records use them.

Tags of one to three bytes, so that the private two-byte tags `FFxx` and `DFxx` fit; definite lengths of up to four
bytes. Objects are cut by their length field; what follows an object in a file is filler and not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

TOTAL_LIMIT = 131_072
COUNT_LIMIT = 64


class TlvError(ValueError):
    """The bytes are no data object, or go beyond a limit."""


@dataclass(frozen=True)
class Header:
    """Tag and length of an object, and how many bytes the two take."""

    tag: int
    size: int
    length: int

    @property
    def total(self) -> int:
        return self.size + self.length


@dataclass(frozen=True)
class Tlv:
    """One object. `raw` is tag, length and value as they stood in the file: what signatures cover."""

    tag: int
    value: bytes = field(repr=False)
    raw: bytes = field(repr=False)


def parse_header(data: bytes, offset: int = 0) -> Header:
    """Tag and length at `offset`; the value may still be missing. Raises `TlvError`."""
    tag, position = _tag(data, offset)
    length, position = _length(data, position)
    header = Header(tag, position - offset, length)
    if header.total > TOTAL_LIMIT:
        raise TlvError("object is larger than the limit")
    return header


def parse(data: bytes, offset: int = 0) -> Tlv:
    """The object that begins at `offset`. Raises `TlvError` when it is cut off."""
    header = parse_header(data, offset)
    end = offset + header.total
    if end > len(data):
        raise TlvError("value is cut off")
    return Tlv(header.tag, bytes(data[offset + header.size : end]), bytes(data[offset:end]))


def children(value: bytes) -> tuple[Tlv, ...]:
    """The objects in a constructed value, up to its end or to filler (`00` or `FF FF`). Raises `TlvError`."""
    found: list[Tlv] = []
    position = 0
    while position < len(value) and value[position] != 0x00 and value[position : position + 2] != b"\xff\xff":
        if len(found) == COUNT_LIMIT:
            raise TlvError("more objects than the limit")
        found.append(parse(value, position))
        position += len(found[-1].raw)
    return tuple(found)


def by_tag(objects: Iterable[Tlv]) -> dict[int, Tlv]:
    """Raises `TlvError` when a tag comes twice: which of the two a signature covers would be a guess."""
    table: dict[int, Tlv] = {}
    for item in objects:
        if item.tag in table:
            raise TlvError(f"tag {item.tag:X} comes twice")
        table[item.tag] = item
    return table


def required(table: dict[int, Tlv], tag: int) -> Tlv:
    """Raises `TlvError` naming the tag that is missing."""
    try:
        return table[tag]
    except KeyError:
        raise TlvError(f"tag {tag:X} is missing") from None


def encode(tag: int, value: bytes) -> bytes:
    """The object with the shortest length field."""
    size = len(value)
    if size < 0x80:
        length = bytes((size,))
    else:
        digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
        length = bytes((0x80 | len(digits),)) + digits
    return tag.to_bytes((tag.bit_length() + 7) // 8 or 1, "big") + length + value


def _tag(data: bytes, position: int) -> tuple[int, int]:
    first = _byte(data, position)
    if first & 0x1F != 0x1F:
        return first, position + 1
    tag = first
    for step in (1, 2):
        octet = _byte(data, position + step)
        tag = tag << 8 | octet
        if not octet & 0x80:
            return tag, position + step + 1
    raise TlvError("tag is longer than the limit")


def _length(data: bytes, position: int) -> tuple[int, int]:
    first = _byte(data, position)
    if first < 0x80:
        return first, position + 1
    count = first & 0x7F
    if not 1 <= count <= 4:
        raise TlvError("length field is indefinite or too long")
    if position + 1 + count > len(data):
        raise TlvError("length field is cut off")
    end = position + 1 + count
    return int.from_bytes(data[position + 1 : end], "big"), end


def _byte(data: bytes, position: int) -> int:
    if not 0 <= position < len(data):
        raise TlvError("object is cut off")
    return data[position]
