"""What holds for every test: no display, no unannounced warning, and groups of tests that need parts of the system."""

from __future__ import annotations

import ctypes
import logging
import os
import platform
import re
import shutil
from collections.abc import Iterator
from glob import glob
from pathlib import Path

import pytest
from hypothesis import settings

# A loaded machine is slow now and then: time limits belong to benchmarks, not to tests.
settings.register_profile("madoguchi", deadline=None, max_examples=50)
settings.load_profile("madoguchi")

# Before Qt is imported anywhere.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Qt warns of a locale without UTF-8, and a warning fails the test in which it comes.
if os.environ.get("LC_ALL") in ("C", "POSIX"):
    os.environ["LC_ALL"] = "C.UTF-8"
# As many tests run at a time as there are cores: more threads would only wait for one another, and burn them by that.
os.environ.setdefault("OPENCV_FOR_THREADS_NUM", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

if platform.libc_ver()[0] == "glibc":
    # As `kiosk run` has it by its environment: plays leave gigabytes of free memory behind, with an arena a thread.
    ARENA_MAX, MMAP_THRESHOLD = -8, -3  # malloc.h
    libc = ctypes.CDLL(None)
    libc.mallopt(ARENA_MAX, 2)
    libc.mallopt(MMAP_THRESHOLD, 4 << 20)

_PACKAGES = Path(__file__).parents[1] / "packaging" / "debian-packages.txt"
_SYSTEM_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])


def missing_packages(group: str) -> list[str]:
    """The Debian packages that a group of tests needs and that are not here."""
    rows = [line.split() for line in _PACKAGES.read_text(encoding="utf-8").splitlines() if line.startswith("tests-")]
    seen = {"command": lambda name: shutil.which(name, path=_SYSTEM_PATH), "file": glob}
    return [package for of, package, kind, name in rows if of == f"tests-{group}" and not seen[kind](name)]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out a test whose group lacks something here; in CI nothing may be left out."""
    for marker in item.iter_markers():
        if missing := missing_packages(marker.name):
            reason = f"group {marker.name}: {', '.join(missing)} not installed"
            if os.environ.get("CI") == "true":
                pytest.fail(f"{reason}, but CI leaves no group out", pytrace=False)
            pytest.skip(reason)


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
