"""Defects of ours that nobody catches: kind and place go to the log. Their text may quote anything and goes nowhere."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

from kiosk.app.console import place_of

log = logging.getLogger("kiosk.app")


@contextmanager
def watched_defects(on_window: Callable[[BaseException], None]) -> Iterator[None]:
    """`on_window` hears of those on the thread that owns the window, where Qt would only print them and leave the
    screen as it was. By itself a thread, too, prints all that its exception says."""

    def on_main(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        log.error("%s", place_of(error))
        on_window(error)

    def on_thread(given: threading.ExceptHookArgs) -> None:
        if given.exc_value is not None:
            log.error("%s in a thread", place_of(given.exc_value))

    before = sys.excepthook, threading.excepthook
    sys.excepthook, threading.excepthook = on_main, on_thread
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook = before
