"""A widget made without an application ends the process: whichever test comes first here, there is one."""

from __future__ import annotations

import pytest

from drivers.counter import client, server
from kiosk.app import counter_lane
from kiosk.app.qt import application
from kiosk.ports import counter


@pytest.fixture(scope="session", autouse=True)
def _application() -> None:
    application()


@pytest.fixture
def unhurried_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kiosk that answers a console late is no dead one where the machine is loaded."""
    for module, name in (
        (client, "SECONDS"),
        (server, "SECONDS"),
        (counter_lane, "SIGHT_SECONDS"),
        (counter, "ALIVE_SECONDS"),
    ):
        monkeypatch.setattr(module, name, 60.0)
