"""The process that opens foreign files. Whatever is wrong with a file happens here, and only here.

Started with the limits as JSON; the file's bytes are on standard input. It can then write nothing, start nothing,
reach no network and use no more memory or processor time than the limits say. It answers on standard output: four
bytes of length, a head in JSON, and the pixels (BGR) that the head describes. It never runs what a file contains.

Nothing of the project is imported, so that the process starts quickly and holds little.
"""

from __future__ import annotations

import ctypes
import io
import json
import os
import platform
import resource
import struct
import sys
from typing import Any

PDF_MARK = b"%PDF-"
PICTURE_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "MPO")

_FREE_TEXT = {3: "annotation", 13: "annotation", 15: "annotation", 28: "annotation", 20: "form_field"}  # fpdf_annot.h
_ACTIVE = (b"/JavaScript", b"/JS ", b"/JS(", b"/JS\r", b"/JS\n", b"/Launch", b"/SubmitForm", b"/ImportData")
_OBJECT_TEXT, _OBJECT_PATH, _OBJECT_IMAGE = 1, 2, 3  # FPDF_PAGEOBJ_*
_INVISIBLE = 3  # FPDF_TEXTRENDERMODE_INVISIBLE
_WHITE = 250


class Refused(Exception):
    """The file ends here, for the reason given: too_large, damaged or encrypted."""


def main() -> None:
    limits: dict[str, int] = json.loads(sys.argv[1])
    data = sys.stdin.buffer.read(limits["bytes"] + 1)
    import pypdfium2
    from PIL import Image

    Image.init()
    caged = confine(limits)
    head: dict[str, Any] = {"kind": "", "blocked": None, "pages": [], "notes": [], "caged": caged}
    pixels: list[bytes] = []
    try:
        if len(data) > limits["bytes"]:
            raise Refused("too_large")
        if PDF_MARK in data[:1024]:
            head["kind"] = "pdf"
            _read_pdf(pypdfium2, data, limits, head, pixels)
        else:
            head["kind"] = "picture"
            _read_picture(Image, data, limits, head, pixels)
    except Refused as refused:
        head.update(blocked=str(refused), pages=[], notes=[])
        pixels.clear()
    except MemoryError:
        pixels.clear()
        head.update(blocked="too_large", pages=[], notes=[])
    head["memory"] = _most_memory()
    text = json.dumps(head).encode("ascii")
    out = sys.stdout.buffer
    out.write(struct.pack("<I", len(text)) + text)
    for part in pixels:
        out.write(part)
    out.flush()
    os._exit(0)  # no clean-up of a library that a file may have confused


def _most_memory() -> int:
    """Bytes resident at the most. What `getrusage` says includes the process that started this one."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next((int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM")), 0)


# --- pictures -----------------------------------------------------------------------------------


def _read_picture(image: Any, data: bytes, limits: dict[str, int], head: dict[str, Any], pixels: list[bytes]) -> None:
    from PIL import ImageOps

    image.MAX_IMAGE_PIXELS = None  # the limit is ours, and it is an answer instead of a warning
    try:
        with image.open(io.BytesIO(data), formats=PICTURE_FORMATS) as opened:
            if opened.width * opened.height > limits["pixels"]:
                raise Refused("too_large")
            side = limits["side_pixels"]
            opened.draft("RGB", (side, side))
            seen = ImageOps.exif_transpose(opened)
            if seen.mode in ("RGBA", "LA", "P", "PA"):
                seen = seen.convert("RGBA")
                ground = image.new("RGBA", seen.size, (255, 255, 255, 255))
                seen = image.alpha_composite(ground, seen)
            seen = seen.convert("RGB")
            seen.thumbnail((side, side), image.Resampling.LANCZOS)
    except (Refused, MemoryError):
        raise
    except Exception:  # a decoder fails in as many ways as there are formats
        raise Refused("damaged") from None
    if min(seen.size) < 16:
        raise Refused("damaged")
    width, height = seen.size
    red, green, blue = seen.split()
    pixels.append(image.merge("RGB", (blue, green, red)).tobytes())
    head["pages"].append({"size": [width, height], "chars": [], "aligned": True, "picture": [width, height]})


# --- PDF ----------------------------------------------------------------------------------------


def _read_pdf(pdfium: Any, data: bytes, limits: dict[str, int], head: dict[str, Any], pixels: list[bytes]) -> None:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        # The library knows one kind of error; only its text tells a password from damage.
        encrypted = "password" in str(error).lower() or "security" in str(error).lower()
        raise Refused("encrypted" if encrypted else "damaged") from None
    try:
        count = len(document)
        if count > limits["pages"]:
            raise Refused("too_large")
        if count < 1:
            raise Refused("damaged")
        for size in (document.get_page_size(i) for i in range(count)):
            if max(size) > limits["page_points"]:
                raise Refused("too_large")
        notes = _notes_of_file(pdfium, document, data)
        left = limits["characters"]
        for index in range(count):
            page = document[index]
            if min(page.get_size()) < 1:
                raise Refused("damaged")
            found, about = _page(pdfium, page, limits, left)
            left -= len(found["chars"])
            notes |= about
            _render(page, limits, found, pixels)
            head["pages"].append(found)
    except pdfium.PdfiumError:
        raise Refused("damaged") from None
    head["notes"] = sorted(notes)
    head["producer"] = _producer(document)


def _producer(document: Any) -> str:
    try:
        words = document.get_metadata_dict()
    except Exception:
        return ""
    return f"{words.get('Producer', '')} {words.get('Creator', '')}"[:300]


def _notes_of_file(pdfium: Any, document: Any, data: bytes) -> set[str]:
    raw = pdfium.raw
    notes = set()
    whole = 2 if b"/Linearized" in data[:2048] else 1
    if data.count(b"%%EOF") > whole:
        notes.add("changed_after_writing")
    try:
        words = document.get_metadata_dict()
        made, changed = words.get("CreationDate", ""), words.get("ModDate", "")
        if made and changed and made[:16] != changed[:16]:
            notes.add("dates_of_file_differ")
    except Exception:
        pass
    if raw.FPDF_GetSignatureCount(document) > 0:
        notes.add("signature_unchecked")
    if raw.FPDF_GetSecurityHandlerRevision(document) >= 0:
        notes.add("protected")
    if raw.FPDFDoc_GetJavaScriptActionCount(document) > 0 or any(word in data for word in _ACTIVE):
        notes.add("active_content")
    if raw.FPDFDoc_GetAttachmentCount(document) > 0 or b"/EmbeddedFile" in data:
        notes.add("attachment")
    return notes


def _page(pdfium: Any, page: Any, limits: dict[str, int], most: int) -> tuple[dict[str, Any], set[str]]:
    raw = pdfium.raw
    notes = set()
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), 200)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        note = _FREE_TEXT.get(raw.FPDFAnnot_GetSubtype(annotation))
        raw.FPDFPage_CloseAnnot(annotation)
        if note:
            notes.add(note)
    hidden, covers, images = _objects(raw, page, limits["objects"])
    chars, covered, turned = _characters(raw, page, most, hidden, covers)
    if covered:
        notes.add("covered_text")
    if hidden:
        notes.add("hidden_text")
    width, height = page.get_size()
    aligned = not turned and page.get_rotation() == 0
    if aligned:
        left, _, _, top = page.get_bbox()
        for one in chars:
            one[1:5] = [one[1] - left, one[2] + top, one[3] - left, one[4] + top]
    if images and not chars:
        notes.add("scan")
    return {"size": [width, height], "chars": chars, "aligned": aligned}, notes


def _objects(raw: Any, page: Any, most: int) -> tuple[set[int], list[tuple[int, Any]], int]:
    """Addresses of invisible text objects, white areas with their place in the order, and the number of images."""
    hidden: set[int] = set()
    covers: list[tuple[int, Any]] = []
    images = 0
    count = raw.FPDFPage_CountObjects(page)
    if count > most:
        raise Refused("too_large")
    colour = [ctypes.c_uint() for _ in range(4)]
    edges = [ctypes.c_float() for _ in range(4)]
    for place in range(count):
        item = raw.FPDFPage_GetObject(page, place)
        kind = raw.FPDFPageObj_GetType(item)
        if kind == _OBJECT_TEXT:
            if raw.FPDFTextObj_GetTextRenderMode(item) == _INVISIBLE:
                hidden.add(_address(item))
            continue
        if kind == _OBJECT_IMAGE:
            images += 1
        elif kind != _OBJECT_PATH or not _is_white(raw, item, colour):
            continue
        if raw.FPDFPageObj_GetBounds(item, *(ctypes.byref(edge) for edge in edges)):
            covers.append((place, tuple(edge.value for edge in edges)))  # left, bottom, right, top
    return hidden, covers, images


def _is_white(raw: Any, item: Any, colour: list[Any]) -> bool:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not raw.FPDFPath_GetDrawMode(item, ctypes.byref(fill), ctypes.byref(stroke)) or not fill.value:
        return False
    if not raw.FPDFPageObj_GetFillColor(item, *(ctypes.byref(part) for part in colour)):
        return False
    return all(part.value >= _WHITE for part in colour)


def _address(item: Any) -> int:
    return ctypes.cast(item, ctypes.c_void_p).value or 0


def _characters(
    raw: Any, page: Any, most: int, hidden: set[int], covers: list[tuple[int, Any]]
) -> tuple[list[list[Any]], bool, bool]:
    """[code point, left, top, right, bottom, font], from the upper left corner, in points; turned so that most of the
    text stands upright. What is invisible is left out. Also, whether something lies over text, and whether it was
    turned."""
    text = raw.FPDFText_LoadPage(page)
    if not text:
        return [], False, False
    count = raw.FPDFText_CountChars(text)
    if count > most:
        raise Refused("too_large")
    order = _order(raw, page) if covers else {}
    fonts: dict[bytes, int] = {}
    found: list[tuple[int, float, float, float, float, int]] = []
    angles: list[int] = []
    covered = False
    box, name, flags = raw.FS_RECTF(), ctypes.create_string_buffer(128), ctypes.c_int()
    high = 0
    for index in range(count):
        code = raw.FPDFText_GetUnicode(text, index)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        high = 0
        if raw.FPDFText_IsGenerated(text, index) == 1 or code in (10, 13):
            continue
        if code == 0 or raw.FPDFText_HasUnicodeMapError(text, index) == 1:
            code = 0xFFFD
        item = _address(raw.FPDFText_GetTextObject(text, index))
        if item in hidden or not raw.FPDFText_GetLooseCharBox(text, index, ctypes.byref(box)):
            continue
        length = raw.FPDFText_GetFontInfo(text, index, name, 128, ctypes.byref(flags))
        font = fonts.setdefault(name.raw[: min(length, 127)], len(fonts))
        edges = (box.left, box.bottom, box.right, box.top)
        after = order.get(item, -1)
        covered = covered or (after >= 0 and any(place > after and _lies_in(edges, cover) for place, cover in covers))
        found.append((code, box.left, box.top, box.right, box.bottom, font))
        angles.append(round(raw.FPDFText_GetCharAngle(text, index) / 1.5707963) % 4)
    raw.FPDFText_ClosePage(text)
    turn = max(set(angles), key=angles.count) if angles else 0
    return [_upright(one, turn) for one, angle in zip(found, angles, strict=True) if angle == turn], covered, turn != 0


def _order(raw: Any, page: Any) -> dict[int, int]:
    return {_address(raw.FPDFPage_GetObject(page, i)): i for i in range(raw.FPDFPage_CountObjects(page))}


def _lies_in(edges: tuple[float, ...], cover: tuple[float, ...]) -> bool:
    across, up = (edges[0] + edges[2]) / 2, (edges[1] + edges[3]) / 2
    return cover[0] <= across <= cover[2] and cover[1] <= up <= cover[3]


def _upright(one: tuple[int, float, float, float, float, int], turn: int) -> list[Any]:
    """The page's axis points up and ours down; `turn` is in quarters, as the library counts them."""
    code, left, top, right, bottom, font = one
    corners = [(left, -top), (right, -bottom)]
    for _ in range(turn):
        corners = [(y, -x) for x, y in corners]
    xs, ys = sorted(x for x, _ in corners), sorted(y for _, y in corners)
    return [code, round(xs[0], 2), round(ys[0], 2), round(xs[1], 2), round(ys[1], 2), font]


def _render(page: Any, limits: dict[str, int], found: dict[str, Any], pixels: list[bytes]) -> None:
    width, height = found["size"]
    scale = limits["page_pixels"] / max(width, height)
    bitmap = page.render(scale=scale, may_draw_forms=False, force_bitmap_format=2)  # FPDFBitmap_BGR
    rows, columns = bitmap.height, bitmap.width
    if rows * columns > limits["pixels"]:
        raise Refused("too_large")
    data = bytes(bitmap.buffer)
    stride = bitmap.stride
    if stride != columns * 3:
        data = b"".join(data[row * stride : row * stride + columns * 3] for row in range(rows))
    pixels.append(data)
    found["picture"] = [columns, rows]


# --- the cage -----------------------------------------------------------------------------------


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_ushort), ("yes", ctypes.c_ubyte), ("no", ctypes.c_ubyte), ("k", ctypes.c_uint))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("first", ctypes.POINTER(_Instruction)))


_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06  # BPF_LD|W|ABS, JMP|JEQ|K, JMP|JSET|K, RET|K
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050001  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO with EPERM
_NUMBER, _ARCHITECTURE, _ARGUMENT_1, _ARGUMENT_2 = 0, 4, 24, 32  # offsets in struct seccomp_data, low words
_WRITES = 0x3 | 0x40 | 0x200 | 0x400  # O_ACCMODE, O_CREAT, O_TRUNC, O_APPEND of open(2)

# System calls by architecture: audit number, open, openat, and those refused: network, processes, changes to files.
_CALLS: dict[str, tuple[int, int, int, str]] = {
    "x86_64": (
        0xC000003E,
        2,
        257,
        "41 42 43 44 46 49 50 53 56 57 58 59 62 76 77 82 83 84 85 86 87 88 90 91 92 93 94 101 132 133 161 165 235 258"
        " 259 260 261 263 264 265 266 268 280 310 311 316 321 322 424 425 426 435 437 452",
    ),
    "aarch64": (
        0xC00000B7,
        0xFFFFFFFF,
        56,
        "33 34 35 36 37 38 40 45 46 51 52 53 54 55 88 117 129 198 199 200 201 202 203 206 211 220 221 270 271 276 280"
        " 281 424 425 426 435 437 452",
    ),
}


def confine(limits: dict[str, int]) -> bool:
    """Takes away what reading a file does not need. False where the kernel or processor has no filter to offer."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    seconds = limits["processor_seconds"]
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory_bytes"], limits["memory_bytes"]))
    known = _CALLS.get(platform.machine())
    if sys.platform != "linux" or known is None:
        return False
    architecture, opened, opened_at, refused = known
    steps = [(_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _REFUSE)]
    steps.append((_LOAD, 0, 0, _NUMBER))
    for call in map(int, refused.split()):
        steps += [(_EQUAL, 0, 1, call), (_RETURN, 0, 0, _REFUSE)]
    for call, argument in ((opened, _ARGUMENT_1), (opened_at, _ARGUMENT_2)):
        steps += [(_EQUAL, 0, 4, call), (_LOAD, 0, 0, argument), (_ANY_BIT, 0, 1, _WRITES)]
        steps += [(_RETURN, 0, 0, _REFUSE), (_RETURN, 0, 0, _ALLOW)]
    steps.append((_RETURN, 0, 0, _ALLOW))
    program = (_Instruction * len(steps))(*(_Instruction(*step) for step in steps))
    libc = ctypes.CDLL(None)
    if libc.prctl(38, 1, 0, 0, 0) != 0:  # PR_SET_NO_NEW_PRIVS
        return False
    return bool(libc.prctl(22, 2, ctypes.byref(_Program(len(steps), program)), 0, 0) == 0)  # PR_SET_SECCOMP


if __name__ == "__main__":
    main()
