"""The readiness checks of an installation, put together."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from drivers.store.sqlite_journal import SqliteJournal
from kiosk.app.journal_key import open_sealer
from kiosk.app.paths import DataFolders
from kiosk.domain.failures import KioskError
from kiosk.domain.rules import load_rules
from kiosk.journal.catalogue import load_catalogue
from kiosk.journal.rules import CatalogueRules
from kiosk.ports.journal import JournalStore
from kiosk.staff.checks.limits import limits_from
from kiosk.staff.checks.machine import ClockCheck, DiskCheck, DisplayCheck, FolderCheck, FontsCheck
from kiosk.staff.checks.packages import PackagesCheck
from kiosk.staff.checks.parts import CallCheck, JournalCheck, NotConfiguredCheck, SimulatedCheck
from kiosk.staff.readiness import Check
from kiosk.ui.fonts import font_files

VIRTUAL = "virtual"


def default_checks(
    *,
    assets: Path,
    data: Path,
    req: Path,
    res: Path,
    face: Path,
    out: Path,
    journal: Path,
    deployment: str,
    model_check: Callable[[], None],
    reader_check: Callable[[], None] | None = None,
    camera_check: Callable[[], None] | None = None,
    devices: Sequence[Check] = (),
    now: Callable[[], datetime] | None = None,
    environ: Mapping[str, str] = os.environ,
) -> tuple[Check, ...]:
    """All checks in the order of the report. The device checks raise KioskError when something is wrong; without one
    the device counts as simulated in the virtual deployment and as not configured elsewhere. `devices` take the place
    of the checks with their ids, others stand behind those. `now` defaults to the machine's clock in Japanese time.

    Raises Fatal or OSError when the rules themselves cannot be read.
    """
    limits = limits_from(load_rules(assets / "rules/readiness.toml"))
    catalogue = load_catalogue((assets / "rules/journal.toml").read_bytes())
    virtual = deployment == VIRTUAL

    def open_journal() -> JournalStore:
        sealer = open_sealer(DataFolders(data), create=False)  # its key must be sound, and signatures are looked at
        return SqliteJournal(journal, CatalogueRules(catalogue, sealer), must_exist=True)

    def newest() -> datetime | None:
        try:
            with closing(open_journal()) as opened:
                entry = opened.newest()
        except KioskError:  # the journal's own line tells about it
            return None
        return datetime.fromisoformat(entry.at) if entry else None

    given = {check.id: check for check in devices}
    reader = given.pop("reader", None) or _device("reader", reader_check, virtual)
    camera = given.pop("camera", None) or _device("camera", camera_check, virtual)
    folders = (("req", req), ("res", res), ("face_folder", face), ("out", out))
    return (
        PackagesCheck(),
        reader,
        camera,
        *given.values(),
        CallCheck("models", model_check),
        FontsCheck(assets / "fonts", tuple(path.name for path in font_files(assets / "fonts"))),
        DisplayCheck(environ),
        *(FolderCheck(name, path, made_at_start=virtual and data in path.parents) for name, path in folders),
        ClockCheck(now or _japanese_time, _system_offset, newest, limits),
        DiskCheck(data, limits),
        JournalCheck(journal, open_journal),
    )


def _device(name: str, action: Callable[[], None] | None, virtual: bool) -> Check:
    if action is not None:
        return CallCheck(name, action)
    return SimulatedCheck(name) if virtual else NotConfiguredCheck(name)


def _japanese_time() -> datetime:
    return datetime.now(ZoneInfo("Asia/Tokyo"))


def _system_offset() -> timedelta | None:
    return datetime.now().astimezone().utcoffset()
