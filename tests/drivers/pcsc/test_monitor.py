"""What the service's library may do that no running service here does."""

from __future__ import annotations

import logging
import threading
from types import SimpleNamespace

import pytest

from drivers.pcsc import service
from drivers.pcsc.codes import Code
from drivers.pcsc.monitor import Monitor
from drivers.pcsc.tracker import Sighting


def library() -> SimpleNamespace:
    """One reader; listing it fails once with an error of Python's own, as extension modules do."""
    lists: list[object] = [SystemError(), (0, ["desk"])]

    def readers(_context: int, _groups: list[str]) -> object:
        found = lists.pop(0) if len(lists) > 1 else lists[0]
        if isinstance(found, Exception):
            raise found
        return found

    def change(_context: int, _milliseconds: int, states: list[tuple[str, int]]) -> tuple[int, list[object]]:
        if states[-1] == ("desk", 0):
            return 0, [("desk", 0x1_0012, b"")]
        threading.Event().wait(0.01)
        return Code.TIMEOUT, []

    return SimpleNamespace(
        SCARD_SCOPE_SYSTEM=2,
        SCardEstablishContext=lambda _scope: (0, 1),
        SCardListReaders=readers,
        SCardGetStatusChange=change,
        SCardCancel=lambda _context: 0,
        SCardReleaseContext=lambda _context: 0,
    )


@pytest.mark.parametrize("listener_fails", [False, True])
def test_the_monitor_outlives_errors_that_nobody_expects(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, listener_fails: bool
) -> None:
    monkeypatch.setattr(service, "scard", library())
    seen: list[Sighting] = []
    came = threading.Event()

    def see(sighting: Sighting) -> None:
        seen.append(sighting)
        if sighting.reader is not None:
            came.set()
        elif listener_fails:
            raise ValueError

    monitor = Monitor("", see)
    with caplog.at_level(logging.CRITICAL, "drivers.pcsc.monitor"):
        monitor.start(0.0)
        assert came.wait(45.0)
        monitor.stop()
    assert seen[:2] == [Sighting(None, detail="SystemError"), Sighting("desk", present=False, count=1)]
