"""Files that are no good document: damaged, locked, hostile, or something else altogether."""

from __future__ import annotations

import io
import random
import zlib
from collections.abc import Iterable
from pathlib import Path

from fpdf import FPDF
from PIL import Image
from pypdf import PdfReader, PdfWriter

FACE = str(Path(__file__).parents[3] / "assets" / "fonts" / "BIZUDPGothic-Regular.ttf")
CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
ONE_PAGE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"


def printed(lines: Iterable[tuple[float, float, str]]) -> bytes:
    """A page of A4 with texts at places in millimetres."""
    pdf = FPDF(unit="mm", format=(210, 297))
    pdf.add_font("face", "", FACE)
    pdf.add_page()
    pdf.set_font("face", size=11)
    for x, y, text in lines:
        pdf.text(x, y, text)
    return bytes(pdf.output())


def built(objects: list[bytes]) -> bytes:
    """A file with a right table of its objects, whatever they are."""
    out, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size, start = len(objects) + 1, len(out)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    return out + head + table + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, start)


def page(box: bytes) -> bytes:
    return built([CATALOGUE, ONE_PAGE, b"<</Type/Page/Parent 2 0 R/MediaBox" + box + b">>"])


def inflating(size: int) -> bytes:
    """A page whose drawing is so many bytes when it is unpacked, and a few hundred thousand before."""
    step = b"0 0 m 1 1 l S\n"
    packer = zlib.compressobj(9)
    chunk = step * 10_000
    packed = b"".join(packer.compress(chunk) for _ in range(size // len(chunk))) + packer.flush()
    content = b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed)
    return built([CATALOGUE, ONE_PAGE, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>", content])


def locked(good: bytes, password: str, owner: str | None = None) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(good)))
    writer.encrypt(password, owner)
    return written(writer)


def repeated(good: bytes, times: int) -> bytes:
    writer = PdfWriter()
    for _ in range(times):
        writer.append(io.BytesIO(good))
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def noise(count: int) -> bytes:
    return random.Random(1).randbytes(count)


def picture(image: Image.Image, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def damaged(good: bytes) -> dict[str, bytes]:
    """Nothing of these can be opened."""
    return {
        "empty": b"",
        "half": good[: len(good) // 2],
        "head_only": b"%PDF-1.7\n",
        "noise_after_head": b"%PDF-1.7\n" + noise(5000),
        "end_cut_off": good[:-40],
        "bytes_changed": bytes(b ^ 0x55 if i % 97 == 0 else b for i, b in enumerate(good)),
        "pages_in_a_circle": built([CATALOGUE, b"<</Type/Pages/Kids[2 0 R]/Count 1>>"]),
        "no_pages": built([CATALOGUE, b"<</Type/Pages/Kids[]/Count 0>>"]),
        "ten_thousand_brackets": built(
            [b"<</Type/Catalog/Pages 2 0 R/X " + b"[" * 10_000 + b"]" * 10_000 + b">>", b"<</Type/Pages/Kids[]>>"]
        ),
        "zip": b"PK\x03\x04" + noise(1000),
        "html": b"<html><body>404</body></html>",
        "text": "保険者番号 06479992".encode(),
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        "cut_jpeg": picture(Image.new("RGB", (900, 900), (90, 120, 40)), "JPEG")[:300],
        "one_pixel": picture(Image.new("RGB", (1, 1))),
    }


def empty_inside() -> dict[str, bytes]:
    """These open, or are repaired, and hold no document."""
    return {
        "count_is_a_lie": built(
            [CATALOGUE, b"<</Type/Pages/Kids[3 0 R]/Count 99999999>>", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"]
        ),
        "box_of_nothing": page(b"[0 0 0 0]"),
        "box_of_words": page(b"[0 0 nan 842]"),
        "noise_picture": picture(Image.frombytes("RGB", (400, 300), noise(360_000))),
    }
