"""Specimens as files: a PDF with text, or a picture as a camera takes it, in good and bad conditions."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from drivers.simulated.persona import Persona
from drivers.simulated.specimens.contents import contents_of
from drivers.simulated.specimens.layouts import LAYOUTS
from drivers.simulated.specimens.photo import CONDITIONS, photographed
from drivers.simulated.specimens.sheet import FACES, FONTS, RARE, Print, Sheet
from kiosk.domain.documents import FieldKey
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.ports.face import Picture

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

__all__ = ["CONDITIONS", "LAYOUTS", "demand_specimen", "specimen", "specimen_picture", "specimen_values"]

_NOWHERE = "\U0010ffff"  # a noncharacter: every font draws its box for what it lacks
_PIXELS = 1500  # of a drawing's long side
_ALIAS = {"screenshot": "portal_screen", "school_trip_copy": "notice"}


def specimen(
    persona: Persona,
    document: str,
    *,
    on: date,
    layout: str | None = None,
    condition: str = "clean",
    as_pdf: bool | None = None,
    seed: int = 1,
) -> bytes:
    """The document of a persona as a file: a PDF for `portal_pdf`, else a JPEG, unless `as_pdf` says otherwise.

    `on` is the day of the visit; `condition` is of `CONDITIONS` and concerns pictures. Raises `Fatal(SCENARIO_WRONG)`
    naming the documents, layouts or conditions that exist.
    """
    if as_pdf is None:
        as_pdf = document == "portal_pdf"
    if as_pdf:
        return _pdf([_drawn(persona, document, layout, on)[0]])
    from PIL import Image

    picture = specimen_picture(persona, document, on=on, layout=layout, condition=condition, seed=seed)
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture[:, :, ::-1])).save(file, "JPEG", quality=90)
    return file.getvalue()


def demand_specimen(document: str, layout: str | None, condition: str) -> None:
    """Raises what `specimen` raises, without drawing anything."""
    if condition not in CONDITIONS:
        raise Fatal(FailureCode.SCENARIO_WRONG, f"{condition[:60]} ({', '.join(CONDITIONS)})")
    layouts = LAYOUTS.get(_ALIAS.get(document, document))
    if layouts is None:
        raise Fatal(FailureCode.SCENARIO_WRONG, f"{document[:60]} ({', '.join(LAYOUTS)})")
    if layout and layout not in layouts:
        raise Fatal(FailureCode.SCENARIO_WRONG, f"{layout[:60]} ({', '.join(layouts)})")


def specimen_picture(
    persona: Persona, document: str, *, on: date, layout: str | None = None, condition: str = "clean", seed: int = 1
) -> Picture:
    """The same as a camera frame (BGR)."""
    demand_specimen(document, layout, condition)
    sheet = _drawn(persona, document, layout, on)[0]
    return photographed(_picture(sheet), sheet, condition, np.random.default_rng(seed))


def specimen_values(persona: Persona, document: str, *, on: date, layout: str | None = None) -> dict[FieldKey, str]:
    """What a reader should find, in the form of `DocumentReading`, without the title."""
    return _drawn(persona, document, layout, on)[1]


def _drawn(persona: Persona, document: str, layout: str | None, on: date) -> tuple[Sheet, dict[FieldKey, str]]:
    demand_specimen(document, layout, CONDITIONS[0])
    layouts = LAYOUTS[_ALIAS.get(document, document)]
    return layouts[layout or next(iter(layouts))](contents_of(persona, on), on)


def _pdf(sheets: Sequence[Sheet]) -> bytes:
    from fpdf import FPDF

    pdf = FPDF(unit="mm", format=(sheets[0].width, sheets[0].height))
    pdf.set_auto_page_break(False)
    used = {one.face for sheet in sheets for one in sheet.texts}
    for face in sorted(used | {"sans"}):
        pdf.add_font(face, "", str(FONTS / FACES[face]))
    pdf.set_fallback_fonts(["sans"], exact_match=False)
    for sheet in sheets:
        pdf.add_page(format=(sheet.width, sheet.height))
        for area in sheet.areas:
            style = ("F" if area.fill else "") + ("D" if area.edge else "")
            if area.fill:
                pdf.set_fill_color(*area.fill)
            if area.edge:
                pdf.set_draw_color(*area.edge)
            pdf.rect(area.x, area.y, area.width, area.height, style=style or "D")
        for one in sheet.texts:
            pdf.set_font(one.face, size=one.size * 72 / 25.4)
            pdf.set_text_color(*one.colour)
            pdf.set_xy(one.x, one.y)
            pdf.cell(text=one.text, h=one.size)
    return bytes(pdf.output())


def _picture(sheet: Sheet) -> Picture:
    from PIL import Image, ImageDraw

    scale = _PIXELS / max(sheet.width, sheet.height)
    size = (round(sheet.width * scale), round(sheet.height * scale))
    image = Image.new("RGB", size, sheet.ground)
    draw = ImageDraw.Draw(image)
    for area in sheet.areas:
        corners = (area.x, area.y, area.x + area.width, area.y + area.height)
        draw.rectangle(
            tuple(v * scale for v in corners), fill=area.fill, outline=area.edge, width=max(1, int(scale / 5))
        )
    for one in sheet.texts:
        _write(draw, one, scale)
    return np.ascontiguousarray(np.asarray(image, np.uint8)[:, :, ::-1])


def _write(draw: object, one: Print, scale: float) -> None:
    from PIL.ImageDraw import ImageDraw

    assert isinstance(draw, ImageDraw)
    font, rare = _font(FACES[one.face], one.size * scale), _font(RARE, one.size * scale)
    absent = bytes(font.getmask(_NOWHERE))
    at = one.x * scale
    for character in one.text:
        chosen = rare if bytes(font.getmask(character)) == absent else font
        draw.text((at, one.y * scale), character, font=chosen, fill=one.colour)
        at += chosen.getlength(character)


def _font(name: str, size: float) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(str(FONTS / name), max(6, round(size)))
