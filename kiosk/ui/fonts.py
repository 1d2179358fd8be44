"""The bundled fonts: which family writes which language."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from kiosk.domain.failures import FailureCode, Fatal

JAPANESE = "ja"
"""Whose letters names and addresses are written in, whatever the language of the screen."""

FAMILIES = ("BIZ UDPGothic", "Noto Sans JP")

_OWN = {
    "zh-Hans": "Madoguchi Sans SC",
    "zh-Hant": "Madoguchi Sans TC",
    "ko": "Madoguchi Sans KR",
    "ne": "Noto Sans Devanagari",
}
_STEMS = ("BIZUDPGothic", "NotoSansJP", "MadoguchiSC", "MadoguchiTC", "MadoguchiKR", "NotoSansDevanagari")


def font_files(folder: Path) -> list[Path]:
    """Every bundled file, regular and bold."""
    return [
        folder / f"{stem}-{style}.{'otf' if stem.startswith('Madoguchi') else 'ttf'}"
        for stem in _STEMS
        for style in ("Regular", "Bold")
    ]


def load_fonts(folder: Path) -> None:
    """Make the bundled fonts known to Qt. Raises `Fatal(ASSET_MISSING)` naming the file."""
    # The readiness report lists the files where Qt may be what is broken.
    from PySide6.QtGui import QFontDatabase

    if set(QFontDatabase.families()).issuperset((*FAMILIES, *_OWN.values())):
        return
    for path in font_files(folder):
        if QFontDatabase.addApplicationFont(str(path)) < 0:
            raise Fatal(FailureCode.ASSET_MISSING, path.name)


@lru_cache(maxsize=32)
def families(language: str) -> tuple[str, ...]:
    """The language's own family first, then those that write what it lacks."""
    if language.partition("-")[0] == JAPANESE:
        first = FAMILIES
    else:
        # BIZ UDPGothic squeezes Latin descenders into the Japanese em square: g, p and y are hard to tell apart
        first = (*((_OWN[language],) if language in _OWN else ()), *reversed(FAMILIES))
    return (*first, *(family for family in _OWN.values() if family not in first))
