"""The desk that turns a finished 被保険者資格申立書 into a sheet: drawing, queue and printer of one deployment."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from drivers.documents.form.overlay import FormOverlay
from drivers.documents.form.sheet import FormSheet
from drivers.printer.cups import CupsPrinter
from drivers.printer.folder import FolderPrinter
from drivers.printer.queue import PrintQueue
from kiosk.app.form import form_drawer, form_rules
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.settings import Settings
from kiosk.domain.attestation import AttestationForm
from kiosk.domain.attestation_sheet import Reception, sheet_of
from kiosk.domain.failures import FailureCode, Fatal, NeedsStaff, Retriable
from kiosk.domain.outcome import IdentityMethod
from kiosk.ports.clock import Clock
from kiosk.ports.printing import Printer

log = logging.getLogger("kiosk.app")


def waiting_folder(folders: DataFolders) -> Path:
    return folders.root / "forms-waiting"


def make_printer(settings: Settings, folders: DataFolders, clock: Clock) -> Printer:
    chosen = settings.printer
    if chosen.name:
        return CupsPrinter(chosen.name, clock)
    return FolderPrinter(Path(chosen.folder) if chosen.folder else folders.root / "forms")


class PrintingDesk:
    """`printer` prints; where it refuses, the sheets wait in the data folder."""

    def __init__(self, settings: Settings, folders: DataFolders, printer: Printer, assets: Path = ASSETS) -> None:
        self._settings = settings
        self._assets = assets
        self._drawer: FormSheet | FormOverlay | None = None
        self._queue = PrintQueue(printer, waiting_folder(folders))
        keeps = settings.printer.keep and settings.printer.name
        kept = Path(settings.printer.folder) if settings.printer.folder else folders.root / "forms"
        self._copies = FolderPrinter(kept) if keeps else None

    def keep(
        self, visit_id: str, form: AttestationForm, at: datetime, identity: IdentityMethod = IdentityMethod.NONE
    ) -> bool:
        try:
            if self._drawer is None:
                self._drawer = form_drawer(self._settings, self._assets)
            rules = form_rules(at.date())
            pdf = self._drawer.draw(sheet_of(form, rules, Reception(visit_id, at, identity)), at)
        except Fatal as error:
            raise NeedsStaff(FailureCode.FORM_NOT_DRAWN, error.detail) from None
        printed = self._queue.add(visit_id, pdf, at)
        if self._copies is not None:
            try:
                self._copies.print(visit_id, pdf)
            except Retriable as error:  # the patient signs the sheet, not its copy
                log.error("copy of the form of %s not kept: %s %s", visit_id, error.code.value, error.detail)
        return printed

    def print_waiting(self) -> int:
        return self._queue.print_waiting()
