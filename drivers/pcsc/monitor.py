"""Watches the chosen reader, over every coming and going of readers and of the service itself."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable

from drivers.pcsc.choice import choose
from drivers.pcsc.codes import CONTEXT_LOST, Code, ServiceError, code_name
from drivers.pcsc.service import UNKNOWN, Context
from drivers.pcsc.tracker import Sighting

log = logging.getLogger(__name__)

WAIT_SECONDS = 1.0
"""Longest wait for a change: a cancel that comes between two waits is lost."""

RETRY_SECONDS = 0.25
_CANCEL_TICK_SECONDS = 0.02


class Monitor:
    """Calls `see` on its own thread with every look at the reader: at each change, and once a second without one."""

    def __init__(self, wanted: str, see: Callable[[Sighting], None]) -> None:
        self._wanted = wanted
        self._see = see
        self._stopping = threading.Event()
        self._looked = threading.Event()
        self._context: Context | None = None
        self._thread = threading.Thread(target=self._run, name="reader-monitor", daemon=True)

    def start(self, seconds: float) -> None:
        """Returns after the first look, or after so many seconds."""
        self._thread.start()
        self._looked.wait(seconds)

    def stop(self) -> None:
        self._stopping.set()
        if threading.current_thread() is self._thread:
            return
        while self._thread.is_alive():
            context = self._context
            if context is not None:
                context.cancel()
            self._thread.join(_CANCEL_TICK_SECONDS)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._watch()
            except Exception as error:  # a kiosk that no longer sees cards looks like one that is ready
                log.error("%s in the reader monitor", type(error).__name__)
                with contextlib.suppress(Exception):
                    self._look(Sighting(None, detail=type(error).__name__))
                self._stopping.wait(RETRY_SECONDS)

    def _watch(self) -> None:
        """Until this context is of no more use."""
        try:
            context = Context()
        except ServiceError as error:
            self._look(Sighting(None, detail=code_name(error.code)))
            self._stopping.wait(RETRY_SECONDS)
            return
        self._context = context
        try:
            self._follow(context)
        except ServiceError as error:
            self._look(Sighting(None, detail=code_name(error.code)))
            if error.code not in CONTEXT_LOST:
                self._stopping.wait(RETRY_SECONDS)
        finally:
            self._context = None
            context.release()

    def _follow(self, context: Context) -> None:
        followed: str | None = None
        known = UNKNOWN
        while not self._stopping.is_set():
            names = context.readers()
            reader = choose(names, self._wanted, followed)
            if reader != followed:
                followed, known = reader, UNKNOWN
            if reader is None:
                self._look(Sighting(None, detail=", ".join(names)))
            try:
                state = context.wait(reader, known, len(names), WAIT_SECONDS)
            except ServiceError as error:
                if error.code in (Code.UNKNOWN_READER, Code.READER_UNAVAILABLE):
                    followed = None
                    self._look(Sighting(None, detail=code_name(error.code)))
                    continue
                raise
            if state is not None:
                known = state
            if reader is not None and known is not UNKNOWN:
                self._look(Sighting(reader, known.present, known.events))

    def _look(self, sighting: Sighting) -> None:
        if not self._stopping.is_set():
            self._see(sighting)
        self._looked.set()
