"""The card's photo: a JPEG 2000 picture that is measured before it is decoded (ISO/IEC 15444-1).

Only the header is trusted to bound the work: the decoder allocates by the SIZ marker (Annex A.5.1), so an absurd
size is refused there. Broken data is a finding for staff, never an error of the program.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import cv2
import numpy as np

from drivers.face.rules import PhotoRules
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.domain.secret import Secret
from kiosk.ports.face import Picture

_SIGNATURE_BOX = bytes.fromhex("0000000C6A5020200D0A870A")  # Annex I.5.1
_CODESTREAM_BOX = b"jp2c"
_SOC_SIZ = bytes.fromhex("FF4FFF51")  # start of codestream, then the SIZ marker at once (Annex A.3)
_SIZ = struct.Struct(">HHIIIIIIIIH")  # Lsiz Rsiz Xsiz Ysiz XOsiz YOsiz XTsiz YTsiz XTOsiz YTOsiz Csiz


@dataclass(frozen=True)
class Jpeg2000Size:
    """What the SIZ marker announces."""

    width: int
    height: int
    components: int
    tiles: int


def announced_size(data: bytes | bytearray) -> Jpeg2000Size:
    """Width, height, components and tiles without decoding. Raises `NeedsStaff(PHOTO_UNREADABLE)`."""
    start = _codestream(data)
    if data[start : start + 4] != _SOC_SIZ or len(data) < start + 4 + _SIZ.size:
        raise _unreadable("header")
    _, _, x, y, x0, y0, tile_x, tile_y, tile_x0, tile_y0, components = _SIZ.unpack_from(data, start + 4)
    if x <= x0 or y <= y0 or not tile_x or not tile_y or tile_x0 > x0 or tile_y0 > y0:
        raise _unreadable("header")
    tiles = -(-(x - tile_x0) // tile_x) * -(-(y - tile_y0) // tile_y)
    return Jpeg2000Size(x - x0, y - y0, components, tiles)


def decode_photo(jp2: Secret, rules: PhotoRules) -> Picture:
    """The photo as a colour picture; grey photos get three equal channels. The caller overwrites the result.

    Raises `NeedsStaff(PHOTO_UNREADABLE)` for anything that is no sound JPEG 2000 picture within the limits.
    """
    data = jp2.reveal()
    if len(data) > rules.bytes_most:
        raise _unreadable("bytes")
    size = announced_size(data)
    if not all(rules.side_least <= side <= rules.side_most for side in (size.width, size.height)):
        raise _unreadable("size")
    if not 1 <= size.components <= rules.components_most or size.tiles > rules.tiles_most:
        raise _unreadable("size")
    # A bare grey codestream names no colour space, and the decoder does not turn it into colours by itself.
    grey = size.components == 1
    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE if grey else cv2.IMREAD_COLOR)
    except cv2.error:
        raise _unreadable("data") from None
    # The decoder gives None for broken data; another size means that two headers contradict each other.
    if picture is None or picture.shape[:2] != (size.height, size.width):
        raise _unreadable("data")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR) if grey else picture, np.uint8)


def _codestream(data: bytes | bytearray) -> int:
    """Offset of the codestream: 0 for a bare one, else inside the contiguous codestream box (Annex I.5.4)."""
    if data[:2] == _SOC_SIZ[:2]:
        return 0
    if data[: len(_SIGNATURE_BOX)] != _SIGNATURE_BOX:
        raise _unreadable("header")
    at = len(_SIGNATURE_BOX)
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if length == 1 and at + 16 <= len(data):
            (length,) = struct.unpack_from(">Q", data, at + 8)
            head = 16
        if kind == _CODESTREAM_BOX:
            return at + head
        if length < head:  # 0 means "to the end of the file", which only the codestream box may say here
            break
        at += length
    raise _unreadable("header")


def _unreadable(what: str) -> NeedsStaff:
    return NeedsStaff(FailureCode.PHOTO_UNREADABLE, what)
