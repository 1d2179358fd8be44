"""`kiosk staff`: the console window, joined; and `--shots`, its pages with made-up data as pictures."""

from __future__ import annotations

import base64
import os
import secrets
import signal
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

from kiosk.app.catalogue import LANGUAGES
from kiosk.app.console import FAILED, OK, CommandFailed, Console
from kiosk.app.console_records import StoredRecords
from kiosk.app.defects import watched_defects
from kiosk.app.journal import event_catalogue, open_journal
from kiosk.app.log_file import kept_log
from kiosk.app.many_kiosks import Kiosk, open_counters
from kiosk.app.many_records import ManyRecords
from kiosk.app.paths import ASSETS
from kiosk.app.staff_accounts import ENVELOPE_BYTES, open_accounts, open_sign_in
from kiosk.app.staff_card import staff_cards
from kiosk.domain.accounts import account_rules
from kiosk.domain.rules import load_rules
from kiosk.ports.counter import Pixels
from kiosk.runtime.clocks import RealClock
from kiosk.staff.checks.machine import DisplayCheck
from kiosk.staff.readiness import State

QUIET = 4  # modules around a code (ISO/IEC 18004)
MODULE_PIXELS = 4
WAKE_MS = 200
"""How often Python gets the turn in which it handles signals."""


def open_console(kiosks: Sequence[Kiosk], console: Console, *, fullscreen: bool) -> int:
    """Runs until the window is closed or the process is told to end. Accounts are those of the first kiosk."""
    if DisplayCheck(os.environ).run().state not in (State.OK, State.WARN):  # Qt ends the whole process without one
        raise CommandFailed(FAILED, "cli.staff.no_display")
    from PySide6.QtCore import QTimer

    from kiosk.app.qt import application
    from kiosk.staff.attendance import Attendance
    from kiosk.staff.console.background import Worker
    from kiosk.staff.console.services import Services
    from kiosk.staff.console.window import ConsoleWindow
    from kiosk.ui.fonts import load_fonts

    settings, folders = kiosks[0].settings, kiosks[0].folders
    for kiosk in kiosks:
        kiosk.folders.create()
    clock = RealClock()
    today = clock.now().date()
    app = application()
    load_fonts(ASSETS / "fonts")
    stored = [StoredRecords(kiosk.settings, kiosk.folders) for kiosk in kiosks]
    records = stored[0] if len(stored) == 1 else ManyRecords(stored)
    with (
        closing(open_accounts(folders)) as store,
        closing(open_journal(folders)) as journal,
        closing(records),
        kept_log(folders, "console"),
    ):
        rules = account_rules(load_rules(ASSETS / "rules" / "accounts.toml"), today)
        attendance = Attendance(store, open_sign_in(folders, store, journal), rules, clock.now)
        services = Services(
            attendance,
            lambda session: open_counters(kiosks, session),
            records,
            meanings(),
            note_labels(today),
            clock.now,
            clock.monotonic,
            cards=staff_cards(settings.staff.card_reader),
            qr=qr_code,
            password=envelope_password,
            languages=LANGUAGES,
            facility=settings.hand_over.institution_name,
        )
        window = ConsoleWindow(services, console.catalogue, console.language, Worker("console"))
        window.showFullScreen() if fullscreen else window.show()
        wake = QTimer()
        wake.timeout.connect(lambda: None)
        wake.start(WAKE_MS)
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda _number, _frame: window.close())
        try:
            with watched_defects(window.tell_defect):
                return app.exec()
        finally:
            window.close()


def draw_shots(folder: Path, console: Console) -> int:
    """Needs no display and touches no data."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from kiosk.app.qt import application
    from kiosk.staff.console.gallery import draw
    from kiosk.ui.fonts import load_fonts

    app = application()
    load_fonts(ASSETS / "fonts")
    today = RealClock().now().date()
    rules = account_rules(load_rules(ASSETS / "rules" / "accounts.toml"), today)
    written = draw(folder, console.catalogue, rules, meanings(), note_labels(today), qr_code("otpauth://totp/example"))
    console.print("cli.staff.shots.done", n=str(len(written)), folder=str(folder))
    del app
    return OK


def meanings() -> Mapping[str, Mapping[str, str]]:
    """Event of the journal → language → what it says."""
    return {name: rule.meaning for name, rule in event_catalogue().events.items()}


def note_labels(on: date) -> Mapping[str, str]:
    """Item of a claim note → its name as receipt computers write it, in the order in which it is typed."""
    rows = load_rules(ASSETS / "rules" / "handover.toml").rows("note_label", on)
    return {row.text("item"): row.text("ja") for row in rows}


def envelope_password() -> str:
    return base64.b32encode(secrets.token_bytes(ENVELOPE_BYTES)).decode()


def qr_code(text: str) -> Pixels:
    import cv2
    import numpy

    code = cv2.QRCodeEncoder.create().encode(text)
    bordered = numpy.pad(code, QUIET, constant_values=255)
    large = numpy.kron(bordered, numpy.ones((MODULE_PIXELS, MODULE_PIXELS), dtype=bordered.dtype))
    height, width = large.shape
    return Pixels(width, height, bytearray(numpy.repeat(large[:, :, None], 3, axis=2).astype("uint8").tobytes()))
