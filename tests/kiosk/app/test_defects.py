"""What nobody catches is told by kind and place, never by its text."""

from __future__ import annotations

import sys
import threading

import pytest

from kiosk.app.defects import watched_defects
from tests.conftest import LogWatch


def fail() -> None:
    raise ValueError("見本　花子")


def test_a_thread_that_fails_says_where_and_not_what(
    log_watch: LogWatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    log_watch.announce("ValueError test_defects.py")
    before = sys.excepthook, threading.excepthook
    with watched_defects(lambda _error: None):
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    assert "ValueError test_defects.py" in caplog.text
    assert "花子" not in caplog.text + "".join(capfd.readouterr())
    assert (sys.excepthook, threading.excepthook) == before
