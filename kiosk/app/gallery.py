"""`kiosk gallery`: pictures of every screen, contact sheets, and the check of all combinations."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.app.console import FAILED, OK, USAGE, CommandFailed, Console
from kiosk.app.files import make_folder
from kiosk.app.settings import Settings

if TYPE_CHECKING:
    from kiosk.ui.check import Checked

FILM = "face-ok"
ALL = "all"
_USUAL = {"language": "ja", "text size": "100", "palette": "light", "layout": "portrait"}


def run_gallery(options: argparse.Namespace, console: Console, settings: Settings) -> int:
    """Returns the exit code: 1 when the check found a flaw."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from kiosk.app.qt import application

    if not (options.folder or options.sheets or options.components or options.check):
        raise CommandFailed(USAGE, "cli.gallery.nothing")
    only = only_of(options)
    wanted = wanted_of(options, console)
    _app = application()
    if options.folder:
        _pictures(options, console, only, wanted)
    if options.sheets:
        _sheets(options, console, settings, only)
    if options.components:
        _components(options, console, only, wanted)
    return _check(options, console, settings, only, wanted) if options.check else OK


@dataclass(frozen=True)
class Only:
    """What is drawn or checked, by the names of the samples."""

    screens: Sequence[str]
    components: Sequence[str]


def only_of(options: argparse.Namespace) -> Only:
    """Everything, or what was named. Raises for a name that nothing has which this command draws or checks."""
    from kiosk.ui.components.registry import COMPONENTS
    from kiosk.ui.samples import SAMPLES

    if options.only is None:
        return Only(tuple(SAMPLES), tuple(COMPONENTS))
    screens = SAMPLES if options.folder or options.sheets or options.check else ()
    components = COMPONENTS if options.components or options.check else ()
    known = (*screens, *components)
    if unknown := sorted(set(options.only) - set(known)):
        raise CommandFailed(USAGE, "cli.gallery.unknown", names=", ".join(unknown), known=", ".join(known))
    return Only([n for n in options.only if n in screens], [n for n in options.only if n in components])


def wanted_of(options: argparse.Namespace, console: Console) -> dict[str, Sequence[str]]:
    """What was asked for of each factor; nothing of one that was not named. Raises for a value that is not known."""
    from kiosk.ui.gallery import factors

    every, found = factors(console.catalogue.languages), dict[str, Sequence[str]]()
    for factor in _USUAL:
        known, asked = every[factor], getattr(options, factor.replace(" ", "_"))
        if asked is None:
            continue
        if unknown := [value for value in asked if value not in (*known, ALL)]:
            raise CommandFailed(
                USAGE,
                "cli.gallery.no_such_value",
                option=f"--{factor.replace(' ', '-')}",
                names=", ".join(unknown),
                known=", ".join((*known, ALL)),
            )
        found[factor] = known if ALL in asked else tuple(dict.fromkeys(asked))
    return found


def _pictures(options: argparse.Namespace, console: Console, only: Only, wanted: Mapping[str, Sequence[str]]) -> None:
    from kiosk.ui.gallery import draw, gallery_window, sheet_for

    window = gallery_window(console.catalogue)
    written = 0
    for worn in product(*(wanted.get(factor, (usual,)) for factor, usual in _USUAL.items())):
        written += len(draw(window, options.folder, only.screens, options.width, sheet_for(*worn)))
    console.print("cli.gallery.written", n=str(written), folder=str(options.folder))


def _sheets(options: argparse.Namespace, console: Console, settings: Settings, only: Only) -> None:
    from kiosk.app.paths import ASSETS
    from kiosk.app.player import Player
    from kiosk.app.scenario import load_scenario
    from kiosk.app.shipped import find_scenario
    from kiosk.ui.gallery import SHEETS, contact_sheet, draw, gallery_window

    folder: Path = options.sheets
    make_folder(folder)
    window = gallery_window(console.catalogue)
    with tempfile.TemporaryDirectory(prefix="madoguchi-gallery-") as temporary:
        for sheet in SHEETS:
            made = draw(window, Path(temporary), only.screens, options.width, sheet)[-1]
            (folder / made.name).write_bytes(made.read_bytes())
        shots = Path(temporary) / "film"
        player = Player(settings, console.catalogue, assets=ASSETS, explain=console.sentence)
        player.play(load_scenario(find_scenario(FILM)), shots=shots)
        film = sorted(shots.rglob("*.png"))
        contact_sheet(film, folder / f"film-{FILM}.png", columns=len(film))
    console.print("cli.gallery.written", n=str(len(SHEETS) + 1), folder=str(folder))


def _components(options: argparse.Namespace, console: Console, only: Only, wanted: Mapping[str, Sequence[str]]) -> None:
    from kiosk.ui.components.examine import component_factors
    from kiosk.ui.components.registry import COMPONENTS
    from kiosk.ui.components.sheets import draw_component, draw_overview
    from kiosk.ui.components.stand import Stand

    stand, folder = Stand(console.catalogue), options.components
    factors = {**component_factors(console.catalogue.languages, only.components), **wanted}
    chosen, languages, unit = [COMPONENTS[n] for n in factors["component"]], factors["language"], options.width / 1080
    written = 0
    for percent, palette in product(map(int, factors["text size"]), factors["palette"]):
        draw_overview(stand, chosen, folder, languages[0], percent, palette, unit)
        for component in chosen:
            draw_component(stand, component, folder, languages, percent, palette, unit)
        written += 1 + len(chosen)
    console.print("cli.gallery.written", n=str(written), folder=str(folder))


def _check(
    options: argparse.Namespace,
    console: Console,
    settings: Settings,
    only: Only,
    wanted: Mapping[str, Sequence[str]],
) -> int:
    from kiosk.ui.components.examine import check_components, component_factors
    from kiosk.ui.components.stand import Stand
    from kiosk.ui.gallery import check, factors, gallery_window
    from kiosk.ui.pairs import all_rows, covering_rows

    glass, languages = settings.screen.glass, console.catalogue.languages
    rows = covering_rows if options.sample else all_rows
    flaws = 0

    def told(flaw: str) -> None:
        print(flaw, flush=True)

    def look(message_id: str, names: Sequence[str], work: Callable[[], Checked]) -> None:
        nonlocal flaws
        if not names:
            return
        began = time.monotonic()
        found = work()
        flaws += len(found.flaws)
        seconds = f"{time.monotonic() - began:.0f}"
        console.print(message_id, shown=str(found.shown), flaws=str(len(found.flaws)), seconds=seconds)

    def screens() -> Checked:
        columns = {**factors(languages, only.screens), **wanted}
        return check(gallery_window(console.catalogue, glass), rows(columns), glass, told=told)

    def components() -> Checked:
        columns = {n: wanted.get(n, every) for n, every in component_factors(languages, only.components).items()}
        return check_components(Stand(console.catalogue), rows(columns), glass, told=told)

    look("cli.gallery.checked", only.screens, screens)
    look("cli.gallery.checked_components", only.components, components)
    return FAILED if flaws else OK
