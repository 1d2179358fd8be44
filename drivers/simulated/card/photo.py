"""The face photo as the card holds it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image

from kiosk.domain.failures import FailureCode, Fatal
from kiosk.ports.face import Picture

SIZE = (240, 300)
_COMPRESSION = 12
"""Compression ratio that gives about 6 kB, as planned for real cards (4 to 7 kB)."""


def face_photo_jp2(picture: Path) -> bytes:
    """Grey 240 x 300 JPEG 2000 in a JP2 container. Raises `Fatal(PICTURE_BROKEN)` naming the file."""
    try:
        with Image.open(picture) as opened:
            return _compressed(opened)
    except (OSError, ValueError, Image.DecompressionBombError):
        raise Fatal(FailureCode.PICTURE_BROKEN, picture.name) from None


def jp2_of(picture: Picture) -> bytes:
    """The same of a picture in memory."""
    return _compressed(Image.fromarray(picture[:, :, ::-1]))


def _compressed(picture: Image.Image) -> bytes:
    grey = picture.convert("L").resize(SIZE, Image.Resampling.LANCZOS)
    out = BytesIO()
    grey.save(out, "JPEG2000", quality_mode="rates", quality_layers=[_COMPRESSION], irreversible=True)
    return out.getvalue()
