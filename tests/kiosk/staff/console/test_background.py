"""Work beside the window: what is slow keeps nothing else waiting."""

from __future__ import annotations

import threading

from pytestqt.qtbot import QtBot

from kiosk.staff.console.background import Worker

SECONDS = 60.0


def test_the_lanes_are_looked_at_while_a_look_up_goes_on(qtbot: QtBot) -> None:
    looked, told = threading.Event(), list[object]()
    worker = Worker("test")
    worker.run(lambda: looked.wait(SECONDS), told.append, lambda _error: None, slow=True)
    worker.run(looked.set, told.append, lambda _error: None)
    qtbot.waitUntil(lambda: len(told) == 2, timeout=int(2000 * SECONDS))
    assert told == [None, True]
    worker.close()
