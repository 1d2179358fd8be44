"""A widget made without an application ends the process: whichever test comes first here, there is one."""

from __future__ import annotations

import pytest

from kiosk.app.qt import application


@pytest.fixture(scope="session", autouse=True)
def _application() -> None:
    application()
