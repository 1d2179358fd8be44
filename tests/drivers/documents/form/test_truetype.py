"""Fonts cut down to a few characters: the same glyphs and widths, in a file that another program reads."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

from drivers.documents.form.truetype import TrueType

FONTS = Path(__file__).parents[4] / "assets" / "fonts"
TEXT = "𠮷田　髙子 がギＡa1✓。"


@pytest.mark.parametrize("name", ["BIZUDPGothic-Regular", "BIZUDPGothic-Bold", "NotoSansJP-Regular"])
def test_glyphs_and_widths_are_those_of_the_whole_font(name: str) -> None:
    path = FONTS / f"{name}.ttf"
    font = TrueType(path)
    known = [ord(c) for c in TEXT if ord(c) in font.glyphs]
    with TTFont(path, lazy=True) as whole, TTFont(io.BytesIO(font.cut(TEXT)), checkChecksums=2) as part:
        names, cut_names = whole.getBestCmap(), part.getBestCmap()
        assert sorted(cut_names) == sorted(set(known))
        assert font.glyphs.keys() == names.keys()
        shapes, cut_shapes = whole.getGlyphSet(), part.getGlyphSet()
        for code in known:
            assert cut_shapes[cut_names[code]].width == shapes[names[code]].width
            assert font.widths[code] == shapes[names[code]].width * 1000 / font.units_per_em
            drawn = [DecomposingRecordingPen(glyphs) for glyphs in (shapes, cut_shapes)]
            shapes[names[code]].draw(drawn[0])
            cut_shapes[cut_names[code]].draw(drawn[1])
            assert drawn[0].value == drawn[1].value, chr(code)


def test_nothing_to_write_leaves_the_sign_for_what_is_missing() -> None:
    with TTFont(io.BytesIO(TrueType(FONTS / "BIZUDPGothic-Regular.ttf").cut(""))) as font:
        assert font["maxp"].numGlyphs == 1


@pytest.mark.parametrize("content", [b"", b"no font at all", b"\x00\x01\x00\x00\x00\x0c" + bytes(200)])
def test_what_is_no_font_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "x.ttf"
    file.write_bytes(content)
    with pytest.raises(ValueError):
        TrueType(file)
