"""The console's window over a journal of many visits beside one of few: what is stored must not make it slower."""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import closing
from datetime import date
from pathlib import Path

from drivers.store.many_visits import fill
from kiosk.app.bench.result import Figure, figure
from kiosk.app.catalogue import load_catalogue
from kiosk.app.console_records import StoredRecords
from kiosk.app.journal import open_journal
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.settings import Settings
from kiosk.domain.accounts import Role, account_rules
from kiosk.domain.rules import load_rules
from kiosk.ports.journal import JournalEntry
from kiosk.runtime.clocks import RealClock

RUNS = 5
MANY, FEW = 1_000_000, 1_000


def window_figures(*, runs: int = RUNS, many: int = MANY, few: int = FEW) -> tuple[Figure, ...]:
    """`open`: from the sign-in to the painted list of the day; `refresh`: from a new entry to the list with it."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    values: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="madoguchi-bench-") as temporary:
        folders = {name: _filled(Path(temporary) / name, count) for name, count in (("many", many), ("few", few))}
        for _ in range(runs):
            for name, folder in folders.items():
                opened, refreshed = _seconds(folder)
                values.setdefault(f"open_{name}", []).append(opened * 1000)
                values.setdefault(f"refresh_{name}", []).append(refreshed * 1000)
    for what in ("open", "refresh"):
        pairs = zip(values[f"{what}_many"], values[f"{what}_few"], strict=True)
        values[f"{what}_ratio"] = [most / least for most, least in pairs]
    units = {name: "times" if name.endswith("ratio") else "ms" for name in values}
    return tuple(figure(f"console.{name}", units[name], values[name]) for name in sorted(values))


def _filled(root: Path, visits: int) -> DataFolders:
    folders = DataFolders(root)
    folders.create()
    open_journal(folders).close()
    fill(folders.journal, visits, RealClock().now().date())
    return folders


def _seconds(folders: DataFolders) -> tuple[float, float]:
    from kiosk.app.qt import application
    from kiosk.app.staff_console import meanings, note_labels
    from kiosk.staff.console.gallery import MadeUp
    from kiosk.staff.console.visits_page import VisitsPage
    from kiosk.ui.fonts import load_fonts

    app, clock = application(), RealClock()
    load_fonts(ASSETS / "fonts")
    today: date = clock.now().date()
    rules = account_rules(load_rules(ASSETS / "rules" / "accounts.toml"), today)
    made = MadeUp(load_catalogue(ASSETS / "messages"), rules, meanings(), note_labels(today))
    made.clock.at = clock.now()
    made.add("suzuki", Role.SUPERVISOR)
    window = made.window
    with closing(StoredRecords(Settings(), folders)) as records, closing(open_journal(folders)) as journal:
        window.services.records = records
        window.show()
        began = time.perf_counter()
        made.enter()
        window.go("visits")
        page = window.pages["visits"]
        if not isinstance(page, VisitsPage):
            raise TypeError("visits")
        window.grab()
        opened = time.perf_counter() - began
        shown = len(page.table.rows)
        journal.append(JournalEntry("visit.opened", {"language": "ja"}, f"K1-bench-0-0-{shown}"), clock.now())
        began = time.perf_counter()
        page.tick()
        window.grab()
        refreshed = time.perf_counter() - began
        if len(page.table.rows) != shown + 1:
            raise RuntimeError("the list did not grow")
    window.close()
    app.processEvents()
    return opened, refreshed
