"""Tokens of the patient's screens: colour, type, space, shape and time, in one place.

All lengths are design pixels: 1080 x 1920 in portrait, 1920 x 1080 in landscape. The window scales them as a whole;
`kiosk.ui.reach` says what they measure on the glass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple


@dataclass(frozen=True)
class Colours:
    """sRGB, `#RRGGBB`. `accent` is the only colour that asks for a press; `good` and `signal` say from afar how it
    goes."""

    ground: str = "#F3F6F9"
    surface: str = "#FFFFFF"
    ink: str = "#14212E"
    ink_soft: str = "#35454F"
    outline: str = "#5B6B78"  # edge of a control, 3:1 and more on ground and surface
    hairline: str = "#CBD5DE"
    accent: str = "#0A4D8C"
    accent_deep: str = "#06305A"
    accent_tint: str = "#DDEAF7"
    on_accent: str = "#FFFFFF"
    good: str = "#0A5230"
    good_tint: str = "#E2F3E8"
    care: str = "#5E3400"
    care_tint: str = "#FFEFCF"
    signal: str = "#FFC23D"
    signal_deep: str = "#F5A800"
    on_signal: str = "#14212E"
    idle_key: str = "#E4E9EE"  # a control that cannot be pressed now
    idle_ink: str = "#4A5762"
    focus: str = "#14212E"  # ring around what the keys are on
    hair: str = "#3B3F46"  # of drawn people
    practice: str = "#5A2A82"  # of rehearsals, and of nothing else
    on_practice: str = "#FFFFFF"


DARK = Colours(
    ground="#10171E",
    surface="#1B2630",
    ink="#F4F7FA",
    ink_soft="#D5DEE6",
    outline="#9AAAB8",
    hairline="#42525F",
    accent="#8FC4FF",
    accent_deep="#C3E0FF",
    accent_tint="#16324E",
    on_accent="#06192B",
    good="#8BE0AE",
    good_tint="#0F3321",
    care="#FFD68C",
    care_tint="#3A2A07",
    signal="#FFC23D",
    signal_deep="#F5A800",
    on_signal="#14212E",
    idle_key="#26323D",
    idle_ink="#B9C5CF",
    focus="#F4F7FA",
    hair="#5C636D",
    practice="#DCC2FF",
    on_practice="#22093B",
)
"""For eyes that light hurts, and for dark rooms."""

HIGH_CONTRAST = Colours(
    ground="#000000",
    surface="#000000",
    ink="#FFFFFF",
    ink_soft="#FFFFFF",
    outline="#FFFFFF",
    hairline="#FFFFFF",
    accent="#FFE100",
    accent_deep="#D9BF00",
    accent_tint="#262626",
    on_accent="#000000",
    good="#7DFFB3",
    good_tint="#002B14",
    care="#FFCF70",
    care_tint="#2B1D00",
    signal="#FFB000",
    signal_deep="#E09A00",
    on_signal="#000000",
    idle_key="#1C1C1C",
    idle_ink="#C4C4C4",
    focus="#FFB000",  # edges are white already
    hair="#6A6A6A",
    practice="#E3B8FF",
    on_practice="#000000",
)
"""Black, white and one yellow: as much difference as the screen can make."""

PALETTES: Mapping[str, Colours] = {"light": Colours(), "contrast": HIGH_CONTRAST, "dark": DARK}
"""By the names of `kiosk.domain.screen.PALETTES`."""

TEXT_PAIRS: tuple[tuple[str, str], ...] = (
    ("ink", "ground"),
    ("ink", "surface"),
    ("ink", "accent_tint"),
    ("on_signal", "signal"),
    ("on_signal", "signal_deep"),
    ("ink_soft", "ground"),
    ("ink_soft", "surface"),
    ("ink_soft", "accent_tint"),
    ("accent", "surface"),
    ("accent_deep", "surface"),
    ("on_accent", "accent"),
    ("on_accent", "accent_deep"),
    ("on_accent", "good"),
    ("accent_deep", "accent_tint"),
    ("good", "good_tint"),
    ("ink", "good_tint"),
    ("care", "care_tint"),
    ("ink", "care_tint"),
    ("on_practice", "practice"),
)
"""Every text colour and what it stands on; each pair reaches 7:1 (WCAG 2.2, 1.4.6)."""

EDGE_PAIRS: tuple[tuple[str, str], ...] = (
    ("outline", "ground"),
    ("outline", "surface"),
    ("focus", "surface"),
    ("practice", "ground"),
    ("accent", "ground"),
    ("accent", "surface"),
    ("good", "good_tint"),
    ("care", "care_tint"),
    ("idle_ink", "idle_key"),
)
"""Edges and signs that carry meaning; each pair reaches 3:1 (WCAG 2.2, 1.4.11)."""

LEAST_TYPE = 36
"""No type shrinks below this for want of room: it is 25 points on a screen of 21.5 inches."""

GROWS_WHOLE = 50
"""Type up to this size grows by the whole percentage; what is larger grows by as many pixels as this size does, so that
headlines do not push the sentences off the screen."""


class Kept(IntEnum):
    """What of a screen stands on each of its parts."""

    NOTHING = 0
    CONTENT = 1  # keys or the camera picture; the main button where it can
    WAYS_ON = 2  # these and the main button or all that is pressed; choices between equals are not divided


class Step(NamedTuple):
    """A way to show a screen: words at so many per cent, in so many parts at most."""

    percent: int
    parts: int = 1
    kept: Kept = Kept.WAYS_ON


def _steps(whole: tuple[int, ...], parts: tuple[int, ...], last: tuple[int, ...]) -> tuple[Step, ...]:
    return (
        *(Step(percent) for percent in whole),
        *(Step(percent, 2) for percent in parts),
        *(Step(percent, 2, Kept.CONTENT) for percent in parts),
        *(Step(percent, 2, Kept.NOTHING) for percent in (*parts, *last)),
        *(Step(percent, 3, Kept.NOTHING) for percent in (*parts[-2:], *last)),
    )


ROOM_STEPS: Mapping[int, tuple[Step, ...]] = {
    100: _steps((100, 92, 84, 76), (100, 84), (76,)),
    150: _steps((150, 135, 120), (150, 135, 120), (110,)),
    200: _steps((200, 180, 160), (200, 180, 160, 140, 130), (120,)),
}
"""By the size that the reader wants, in the order in which they are tried: a little smaller and whole is better than in
parts, and a little smaller with its button better than a part without."""


@dataclass(frozen=True)
class TypeScale:
    """Sizes of type. Nothing that a patient must read is below `detail`; only the badge is smaller."""

    title: int = 72
    title_steps: tuple[int, ...] = (72, 64, 56)  # the first in which the title takes two lines at most
    urgent: int = 92
    body: int = 48
    body_small: int = 40
    button: int = 50
    choice: int = 46
    quiet: int = 42
    detail: int = 36
    frame: int = 36
    badge: int = 28
    hint: int = 50
    digit: int = 76
    name: int = 64
    line: float = 1.36  # line height as a multiple of the size

    def grown(self, percent: int) -> TypeScale:
        """All sizes for a reader who wants `percent` of them; below 100 for a screen that has too little room."""

        def grow(size: int) -> int:
            return max(min(size, LEAST_TYPE), round(size + min(size, GROWS_WHOLE) * (percent - 100) / 100))

        changed = {f.name: grow(getattr(self, f.name)) for f in fields(self) if f.name not in ("title_steps", "line")}
        return replace(self, title_steps=tuple(map(grow, self.title_steps)), **changed)


@dataclass(frozen=True)
class Space:
    margin: int = 40
    gap: int = 24  # between targets
    large: int = 40
    target: int = 96  # least edge of anything pressable
    frame_button: int = 112
    quiet_button: int = 128
    main_button: int = 176
    choice_button: int = 176
    choice_most: int = 300  # a choice grows so far where nothing else needs the room
    main_tight: int = 160  # and they shrink so far before a screen is shown in parts
    choice_tight: int = 132
    quiet_tight: int = 108
    switch: int = 160
    switch_tight: int = 136
    picture_max: int = 720


@dataclass(frozen=True)
class Shape:
    radius: int = 28
    radius_large: int = 44
    line: int = 4
    edge: int = 9  # the lower edge that makes a button look pressable
    edge_low: int = 6
    focus: int = 8


@dataclass(frozen=True)
class Time:
    """Milliseconds."""

    tick: int = 40
    progress: int = 1600
    pulse: int = 2400  # of a screen that must be seen from afar: far below three flashes a second (WCAG 2.2, 2.3.2)


@dataclass(frozen=True)
class Theme:
    colours: Colours = Colours()
    type: TypeScale = TypeScale()
    space: Space = Space()
    shape: Shape = Shape()
    time: Time = Time()
    percent: int = 100


LIGHT = Theme()


@lru_cache(maxsize=16)
def theme_for(palette: str, percent: int, base: Theme = LIGHT) -> Theme:
    """`base` in other colours and sizes; a palette that is not known leaves the colours as they are."""
    return replace(base, colours=PALETTES.get(palette, base.colours), type=base.type.grown(percent), percent=percent)


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two `#RRGGBB` colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
