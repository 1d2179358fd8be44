"""What the screen measures and where it hangs: how large things really are, and what somebody seated can reach."""

from __future__ import annotations

from dataclasses import dataclass

LOWEST_MM, HIGHEST_MM = 400.0, 1100.0
"""Heights above the floor between which everybody can press, seated in a wheelchair too."""

TARGET_MM = 20.0
GAP_MM = 4.0
BODY_POINTS = 24.0
"""Least edge of a target, gap between two, and size of type, for old hands and eyes at 60 cm."""

LOW_LAYOUT_LEAST = 1000.0
"""Design pixels between the two heights without which the low layout cannot hold a pad and the frame."""

_SHORT = 1080.0
_MM_PER_POINT = 25.4 / 72


@dataclass(frozen=True)
class Glass:
    """`short_mm`: length of the screen's short side; `bottom_mm`: its lower edge above the floor. The defaults are a
    screen of 21.5 inches at the height of a counter."""

    short_mm: float = 268.0
    bottom_mm: float = 800.0

    @property
    def mm_per_pixel(self) -> float:
        """Of a design pixel."""
        return self.short_mm / _SHORT

    def points(self, size: float) -> float:
        """Of type that is `size` design pixels high."""
        return size * self.mm_per_pixel / _MM_PER_POINT

    def within_reach(self, height: float) -> tuple[float, float]:
        """From where to where, in design pixels from the top, somebody seated can press on a screen so high."""
        top = height - (HIGHEST_MM - self.bottom_mm) / self.mm_per_pixel
        bottom = height - (LOWEST_MM - self.bottom_mm) / self.mm_per_pixel
        return max(0.0, top), min(height, max(0.0, bottom))

    def low_layout_possible(self, height: float) -> bool:
        top, bottom = self.within_reach(height)
        return bottom - top >= min(LOW_LAYOUT_LEAST, height)

    def bottoms(self, height: float) -> tuple[float, float]:
        """From and to how many millimetres above the floor the lower edge of a screen so high may hang for the low
        layout."""
        needed = min(LOW_LAYOUT_LEAST, height) * self.mm_per_pixel
        return max(0.0, LOWEST_MM + needed - height * self.mm_per_pixel), HIGHEST_MM - needed


def least_short_mm(target: float, gap: float, body: float) -> float:
    """The short side of a screen on which targets, gaps and type of so many design pixels are large enough."""
    return _SHORT * max(TARGET_MM / target, GAP_MM / gap, BODY_POINTS * _MM_PER_POINT / body)
