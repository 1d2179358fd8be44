"""What is wrong with a component in one of its states: texts that do not fit or are too faint, a state that nobody can
see, a ring that does not stand out. All of it is measured in the painted picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from PySide6.QtGui import QImage

from kiosk.domain.screen import PALETTES, TEXT_SIZES
from kiosk.ui.check import Checked, contrast_flaws, picture_of, ratio, text_flaws
from kiosk.ui.components.registry import COMPONENTS
from kiosk.ui.components.stand import Specimen, Stand
from kiosk.ui.pairs import Row
from kiosk.ui.reach import Glass

RING_CONTRAST = 3.0
"""Between the same place with and without the ring (WCAG 2.2, 2.4.13)."""

RING_PIXELS = 2.0
"""Design pixels that a ring of so much contrast is wide at least, all around: half a millimetre."""

CHECKED_SCALE = 0.5


def check_components(
    stand: Stand, rows: Sequence[Row], glass: Glass, *, told: Callable[[str], None] = lambda _flaw: None
) -> Checked:
    """Each row is a component, a language, a text size and a palette. Colours move nothing, so that the places of texts
    are looked at once for each size and language, and what is painted once for each size and palette."""
    found = Checked()
    placed: set[tuple[str, ...]] = set()
    painted: set[tuple[str, ...]] = set()
    for name, language, percent, palette in rows:
        component, known = COMPONENTS[name], language if COMPONENTS[name].worded else ""
        fits = component.whole or (name, known, percent) in placed  # whole screens have a check of their own
        shows = (name, percent, palette) in painted
        placed.add((name, known, percent))
        painted.add((name, percent, palette))
        if fits and shows:
            continue
        stand.wear(language, int(percent), palette, CHECKED_SCALE)
        pictures: dict[str, QImage] = {}
        for specimen in component.specimens:
            for flaw in _flaws(stand, specimen, glass, pictures, painted=not shows):
                found.flaws.append(f"{name} {language} {percent} {palette} {specimen.state}: {flaw}")
                told(found.flaws[-1])
            found.shown += 1
    return found


def _flaws(
    stand: Stand, specimen: Specimen, glass: Glass, pictures: dict[str, QImage], *, painted: bool
) -> Iterator[str]:
    with stand.holding(specimen) as root:
        look = stand.look if root is stand else stand.screen_window.look
        if root is stand:
            yield from text_flaws(root, look, glass)
        if not painted:
            return
        picture = pictures[specimen.state] = picture_of(root)
        if specimen.measured:
            yield from contrast_flaws(root, look, picture)
    other = pictures.get(specimen.differs)
    if other is not None and other == picture:
        yield f"looks like {specimen.differs}"
    if other is not None and specimen.ring:
        wide = ring_width(other, picture) / CHECKED_SCALE
        if wide < RING_PIXELS:
            yield f"ring of {wide:.1f} pixels"


def component_factors(languages: Sequence[str], names: Iterable[str] = COMPONENTS) -> dict[str, list[str]]:
    """What is combined."""
    return {
        "component": list(names),
        "language": list(languages),
        "text size": [str(size) for size in TEXT_SIZES],
        "palette": list(PALETTES),
    }


def ring_width(without: QImage, ringed: QImage) -> float:
    """How wide, on average, a ring around everything that changed would be that has the pixels of enough contrast."""
    if without.size() != ringed.size():
        return 0.0
    pairs: Counter[tuple[int, int]] = Counter()
    across: list[int] = []
    down: list[int] = []
    before, after = memoryview(without.constBits()), memoryview(ringed.constBits())
    step, width = without.bytesPerLine(), without.width()
    for row in range(without.height()):
        one, two = (bits[row * step : row * step + width * 4].cast("I") for bits in (before, after))
        if one == two:
            continue
        changed = [n for n in range(width) if one[n] != two[n]]
        pairs.update((one[n], two[n]) for n in changed)
        across += (changed[0], changed[-1])
        down.append(row)
    if not down:
        return 0.0
    around = 2 * (max(across) - min(across) + max(down) - min(down))
    strong = sum(n for (one, two), n in pairs.items() if ratio(one, two) >= RING_CONTRAST)
    return strong / max(1, around)
