"""Makes the Chinese and Korean fonts of the screens: subsets of Noto Sans CJK, large enough for everyday writing.

`python packaging/fonts.py FOLDER` takes `NotoSansCJK-Regular.ttc` and `NotoSansCJK-Bold.ttc` from FOLDER (in the
Debian package fonts-noto-cjk: /usr/share/fonts/opentype/noto) and writes into `assets/fonts`. A subset holds the
first level of its national character set, so that a changed sentence rarely needs a new one; what the translations
use beyond it is added. A subset is another font: it gets a name of its own (SIL OFL 1.1, 3).
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

ROOT = Path(__file__).resolve().parents[1]
FONTS = ROOT / "assets" / "fonts"
MESSAGES = ROOT / "assets" / "messages"
STYLES = ("Regular", "Bold")
COMMON = ((0x20, 0x7E), (0xA0, 0xFF), (0x2010, 0x2030), (0x2460, 0x2473), (0x3000, 0x30FF), (0xFF01, 0xFF5E))


def of_codec(codec: str, first: range, last: range) -> Iterator[int]:
    for lead in first:
        for trail in last:
            try:
                yield ord(bytes((lead, trail)).decode(codec))
            except UnicodeDecodeError:
                continue


def big5_level_1() -> Iterator[int]:
    yield from (c for c in of_codec("big5", range(0xA4, 0xC7), range(0x40, 0xFF)) if c > 0x2FFF)


# name, face in the collection, file of the language, characters
SUBSETS = (
    ("SC", "Noto Sans CJK SC", "zh-Hans", lambda: of_codec("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF))),
    ("TC", "Noto Sans CJK TC", "zh-Hant", big5_level_1),
    ("KR", "Noto Sans CJK KR", "ko", lambda: of_codec("euc_kr", range(0xB0, 0xC9), range(0xA1, 0xFF))),
)


def written_in(language: str) -> set[int]:
    """Every character of a translation, and of the languages' own names."""
    files = (MESSAGES / "lang" / f"{language}.yaml", MESSAGES / "controls.yaml")
    texts = [path.read_text(encoding="utf-8") for path in files if path.exists()]
    return {ord(c) for c in "".join(texts)}


def subset(font: TTFont, characters: set[int], family: str, style: str) -> TTFont:
    font.recalcTimestamp = False  # the same characters make the same file
    options = Options()
    options.layout_features = ["kern", "ccmp", "ljmo", "vjmo", "tjmo"]
    options.hinting = False
    options.desubroutinize = False
    options.name_IDs = [0, 1, 2, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    options.notdef_outline = True
    maker = Subsetter(options)
    maker.populate(unicodes=characters)
    maker.subset(font)
    short = re.sub(r"\W", "", family)
    for name_id, text in ((1, family), (2, style), (4, f"{family} {style}"), (6, f"{short}-{style}")):
        font["name"].setName(text, name_id, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [f"{short}-{style}"]
    cff.topDictIndex[0].FamilyName, cff.topDictIndex[0].FullName = family, f"{family} {style}"
    return font


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", choices=[name for name, *_ in SUBSETS], help="this font only")
    options = parser.parse_args()
    common = {c for first, last in COMMON for c in range(first, last + 1)}
    for style in STYLES:
        for name, face, language, level in SUBSETS:
            if options.only not in (None, name):
                continue
            faces = TTCollection(options.folder / f"NotoSansCJK-{style}.ttc").fonts
            [font] = [f for f in faces if f["name"].getDebugName(1) == face]
            wanted = common | set(level()) | written_in(language)
            target = FONTS / f"Madoguchi{name}-{style}.otf"
            subset(font, wanted, f"Madoguchi Sans {name}", style).save(target)
            print(f"{target.name}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
