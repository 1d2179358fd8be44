"""Plots of the usage report as SVG, to stand in a page without a script, a style sheet or a file from outside.

Every value can also be read from a table beside the plot; nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 44, 96, 14, 34
INK, BAR, RULE, MARK = "#1d2733", "#2f6690", "#d5dbe1", "#9a3412"
MOST_LABELS = 16
LINE_HEIGHT = 13


@dataclass(frozen=True)
class Bar:
    """`value` None: nothing was counted, which is not the same as zero."""

    label: str
    value: float | None
    told: str  # the value in words, for who cannot see the bar


@dataclass(frozen=True)
class Line:
    """A level to be compared with."""

    value: float
    label: str


def columns(
    title: str,
    bars: Sequence[Bar],
    *,
    unit: str = "",
    suffix: str = "",
    top: float | None = None,
    lines: Sequence[Line] = (),
) -> str:
    """Upright bars. `unit` belongs to the bars' labels, `suffix` to the values. `top` is the value of the upper edge;
    without it the scale fits the largest bar."""
    highest = top if top is not None else _round_up(max((bar.value or 0 for bar in bars), default=0))
    inner_width, inner_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def y(value: float) -> float:
        return TOP + inner_height * (1 - min(value, highest) / highest)

    parts = [_open(title, HEIGHT)]
    for step in range(5):
        value = highest * step / 4
        parts.append(f'<path d="M{LEFT} {y(value):.1f}H{WIDTH - RIGHT}" stroke="{RULE}"/>')
        parts.append(_text(LEFT - 6, y(value) + 4, f"{value:g}{suffix}", "end"))
    pitch = inner_width / max(len(bars), 1)
    every = -(-len(bars) // MOST_LABELS) or 1
    for number, bar in enumerate(bars):
        x = LEFT + pitch * number
        if bar.value is not None:
            at, width = y(bar.value), max(pitch * 0.72, 1.0)
            parts.append(
                f'<rect x="{x + (pitch - width) / 2:.1f}" y="{at:.1f}" width="{width:.1f}" '
                f'height="{TOP + inner_height - at:.1f}" fill="{BAR}"><title>{escape(bar.told)}</title></rect>'
            )
        if number % every == 0:
            parts.append(_text(x + pitch / 2, HEIGHT - BOTTOM + 16, bar.label, "middle"))
    for line in lines:
        parts.append(f'<path d="M{LEFT} {y(line.value):.1f}H{WIDTH - RIGHT}" stroke="{MARK}" stroke-dasharray="6 4"/>')
    for at, label in _apart([(y(line.value) + 4, line.label) for line in lines]):
        parts.append(_text(WIDTH - RIGHT + 6, at, label, "start"))
    parts.append(_text(WIDTH - RIGHT + 6, HEIGHT - BOTTOM + 16, unit, "start"))
    return "".join([*parts, "</svg>"])


def rows(title: str, bars: Sequence[Bar]) -> str:
    """Lying bars with their names at the left and their values at the right."""
    names, pitch = 190, 26
    height = pitch * len(bars) + 8
    highest = max((bar.value or 0 for bar in bars), default=0) or 1
    parts = [_open(title, height)]
    for number, bar in enumerate(bars):
        y = 4 + pitch * number
        width = (WIDTH - names - RIGHT) * (bar.value or 0) / highest
        parts.append(_text(names - 8, y + 17, bar.label, "end"))
        parts.append(f'<rect x="{names}" y="{y + 3}" width="{width:.1f}" height="{pitch - 8}" fill="{BAR}"/>')
        parts.append(_text(names + width + 6, y + 17, bar.told, "start"))
    return "".join([*parts, "</svg>"])


def _apart(labels: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """Moved down where one would lie on another."""
    placed: list[tuple[float, str]] = []
    for at, label in sorted(labels):
        placed.append((max(at, placed[-1][0] + LINE_HEIGHT) if placed else at, label))
    return placed


def _open(title: str, height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" role="img" '
        f'font-size="11" fill="{INK}"><title>{escape(title)}</title>'
    )


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _round_up(value: float) -> float:
    """A round number at or above the value that four equal steps divide well."""
    for magnitude in (1, 10, 100, 1000, 10_000, 100_000, 1_000_000):
        for step in (4, 8, 12, 20, 40):
            if value <= step * magnitude:
                return float(step * magnitude)
    return value
