"""What holds for every test: no display, no unannounced warning, and groups of tests that need parts of the system."""

from __future__ import annotations

import logging
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# Before Qt is imported anywhere.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

GROUPS: dict[str, dict[str, Callable[[], object]]] = {
    "pcscd": {
        "pcscd": lambda: shutil.which("pcscd", path=f"{os.environ.get('PATH', '')}:/usr/sbin"),
        "opensc": lambda: shutil.which("pkcs15-tool"),
        "vsmartcard-vpcd": lambda: any(Path("/usr/lib").glob("pcsc/drivers/serial/libifdvpcd*")),
    },
    "xvfb": {
        "xvfb": lambda: shutil.which("Xvfb"),
        "openbox": lambda: shutil.which("openbox"),
        "at-spi2-core": lambda: any(Path("/usr").glob("lib*/at-spi2-registryd")),
    },
    "cups": {
        "cups": lambda: shutil.which("cupsd", path=f"{os.environ.get('PATH', '')}:/usr/sbin"),
        "cups-client": lambda: shutil.which("lpstat"),
    },
}
"""For each marker the Debian packages its tests need, and how each is seen."""


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out a test whose group lacks something here; in CI nothing may be left out."""
    for marker in item.iter_markers():
        missing = [package for package, is_there in GROUPS.get(marker.name, {}).items() if not is_there()]
        if missing and os.environ.get("CI") == "true":
            pytest.fail(f"CI demands the group {marker.name}: {', '.join(missing)} not installed", pytrace=False)
        if missing:
            pytest.skip(f"group {marker.name}: {', '.join(missing)} not installed")


class LogWatch(logging.Handler):
    """Keeps what is logged at warning level or above, and which of it the test announced."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._lines: list[str] = []
        self._patterns: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")

    def announce(self, pattern: str) -> None:
        """A line that holds this pattern, as "LEVEL logger: message", will be logged, and must be."""
        self._patterns.append(pattern)

    def complaints(self) -> list[str]:
        unannounced = [line for line in self._lines if not any(re.search(p, line) for p in self._patterns)]
        missing = [p for p in self._patterns if not any(re.search(p, line) for line in self._lines)]
        return [f"logged, but not announced: {line}" for line in unannounced] + [
            f"announced, but not logged: {pattern}" for pattern in missing
        ]


@pytest.fixture(autouse=True)
def log_watch() -> Iterator[LogWatch]:
    """Fails a test that logs a warning or worse without `log_watch.announce(pattern)`."""
    watch = LogWatch()
    logging.getLogger().addHandler(watch)
    yield watch
    logging.getLogger().removeHandler(watch)
    if complaints := watch.complaints():
        pytest.fail("\n".join(complaints), pytrace=False)
