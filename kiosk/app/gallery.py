"""`kiosk gallery`: pictures of every screen, contact sheets, and the check of all combinations."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path

from kiosk.app.console import FAILED, OK, USAGE, CommandFailed, Console
from kiosk.app.settings import Settings

FILM = "face-ok"
ALL = "all"
_USUAL = {"language": "ja", "text size": "100", "palette": "light", "layout": "portrait"}


def run_gallery(options: argparse.Namespace, console: Console, settings: Settings) -> int:
    """Returns the exit code: 1 when the check found a flaw."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from kiosk.app.qt import application
    from kiosk.ui.samples import SAMPLES

    if not (options.folder or options.sheets or options.check):
        raise CommandFailed(USAGE, "cli.gallery.nothing")
    unknown = set(options.only or ()) - set(SAMPLES)
    if unknown:
        raise CommandFailed(USAGE, "cli.gallery.unknown", names=", ".join(sorted(unknown)), known=", ".join(SAMPLES))
    _app = application()
    wanted = wanted_of(options, console)
    if options.folder:
        _pictures(options, console, wanted)
    if options.sheets:
        _sheets(options, console, settings)
    return _check(options, console, settings, wanted) if options.check else OK


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


def _pictures(options: argparse.Namespace, console: Console, wanted: Mapping[str, Sequence[str]]) -> None:
    from kiosk.ui.gallery import draw, gallery_window, sheet_for
    from kiosk.ui.samples import SAMPLES

    window = gallery_window(console.catalogue)
    written = 0
    for worn in product(*(wanted.get(factor, (usual,)) for factor, usual in _USUAL.items())):
        written += len(draw(window, options.folder, options.only or SAMPLES, options.width, sheet_for(*worn)))
    console.print("cli.gallery.written", n=str(written), folder=str(options.folder))


def _sheets(options: argparse.Namespace, console: Console, settings: Settings) -> None:
    from kiosk.app.paths import ASSETS
    from kiosk.app.player import Player
    from kiosk.app.scenario import load_scenario
    from kiosk.app.shipped import find_scenario
    from kiosk.ui.gallery import SHEETS, contact_sheet, draw, gallery_window
    from kiosk.ui.samples import SAMPLES

    folder: Path = options.sheets
    folder.mkdir(parents=True, exist_ok=True)
    window = gallery_window(console.catalogue)
    with tempfile.TemporaryDirectory(prefix="madoguchi-gallery-") as temporary:
        for sheet in SHEETS:
            made = draw(window, Path(temporary), options.only or SAMPLES, options.width, sheet)[-1]
            (folder / made.name).write_bytes(made.read_bytes())
        shots = Path(temporary) / "film"
        player = Player(settings, console.catalogue, assets=ASSETS, explain=console.sentence)
        player.play(load_scenario(find_scenario(FILM)), shots=shots)
        film = sorted(shots.rglob("*.png"))
        contact_sheet(film, folder / f"film-{FILM}.png", columns=len(film))
    console.print("cli.gallery.written", n=str(len(SHEETS) + 1), folder=str(folder))


def _check(
    options: argparse.Namespace, console: Console, settings: Settings, wanted: Mapping[str, Sequence[str]]
) -> int:
    from kiosk.ui.gallery import check, factors, gallery_window
    from kiosk.ui.pairs import all_rows, covering_rows
    from kiosk.ui.samples import SAMPLES

    began = time.monotonic()
    columns = {**factors(console.catalogue.languages, options.only or SAMPLES), **wanted}
    rows = covering_rows(columns) if options.sample else all_rows(columns)
    glass = settings.screen.glass
    window = gallery_window(console.catalogue, glass)
    found = check(window, rows, glass, told=lambda flaw: print(flaw, flush=True))
    console.print(
        "cli.gallery.checked",
        shown=str(found.shown),
        flaws=str(len(found.flaws)),
        seconds=f"{time.monotonic() - began:.0f}",
    )
    return FAILED if found.flaws else OK
