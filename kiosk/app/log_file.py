"""The program's own log beside its data: a few small files, for whoever looks for a fault. It names nobody.

What the program logs is free of personal data by rule; this file holds even if somebody forgets the rule: numbers that
could be a person's are masked, and of an exception only its kind and its place are written, because its text may quote
anything.
"""

from __future__ import annotations

import logging
import re
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from traceback import extract_tb
from types import TracebackType

from kiosk.app.paths import DataFolders
from kiosk.journal.redaction import mask

OURS = ("kiosk", "drivers")
BYTES = 512 * 1024
KEPT = 3
_VISIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*-\S{1,40}-[0-9a-f]{2,8}-\d+\b")
_PATH = re.compile(r"(?:/[^\s/:'\"]+)+/([^\s/:'\"]+)")


def log_folder(folders: DataFolders) -> Path:
    return folders.root / "log"


@contextmanager
def kept_log(folders: DataFolders, program: str) -> Iterator[None]:
    """While it is open, what the program logs goes into a file as well; not what libraries log, who know none of our
    rules. Where no file can be made, the program goes on without."""
    names = [logging.getLogger(name) for name in OURS]
    levels = [logger.level for logger in names]
    try:
        log_folder(folders).mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = _File(log_folder(folders) / f"{program}.log", maxBytes=BYTES, backupCount=KEPT - 1, encoding="utf-8")
    except OSError as error:
        logging.getLogger("kiosk.app").warning("no log: %s", type(error).__name__)
        yield
        return
    handler.setFormatter(_Masked())
    handler.setLevel(logging.INFO)
    for logger in names:
        logger.setLevel(logging.INFO)
        logger.addHandler(handler)
    try:
        yield
    finally:
        for logger, level in zip(names, levels, strict=True):
            logger.removeHandler(handler)
            logger.setLevel(level)
        handler.close()


def log_tail(folders: DataFolders, lines: int) -> str:
    """The newest lines of every program, without visits and folders."""
    last: deque[str] = deque(maxlen=lines)
    for file in sorted(log_folder(folders).glob("*.log*"), key=lambda path: path.stat().st_mtime):
        with file.open(encoding="utf-8", errors="replace") as opened:
            last.extend(f"{file.name.partition('.')[0]} {line.rstrip()}" for line in opened)
    return "\n".join(_PATH.sub(r"\1", _VISIT.sub("(visit)", line)) for line in last)


class _File(RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """A line that cannot be written is lost: by itself the library would print it unmasked, with its values."""


class _Masked(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        try:
            said = record.getMessage()
        except (TypeError, ValueError):
            said = "?"
        place = _place(record.exc_info[2]) if record.exc_info else ""
        kind = f" {record.exc_info[0].__name__}" if record.exc_info and record.exc_info[0] else ""
        text = " ".join(mask(f"{said}{kind}{place}").split())
        at = datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds")
        return f"{at} {record.levelname} {record.name}: {text}"


def _place(trace: TracebackType | None) -> str:
    frames = extract_tb(trace)[-4:]
    return "".join(f" < {Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
