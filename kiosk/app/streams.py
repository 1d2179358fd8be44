"""What the program is connected with at its start: standard streams that may be closed or full, and signals."""

from __future__ import annotations

import io
import os
import signal
import sys
from types import FrameType, TracebackType


def occupy_standard_streams() -> None:
    """Where one is closed, its number would go to the next file that is opened, and a library that prints would write
    into the journal."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()


def write_anything(*, as_data: bool) -> None:
    """No name may fail for want of a letter in the terminal's encoding; JSON is UTF-8 wherever it is printed."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            utf8 = as_data and stream is sys.stdout
            stream.reconfigure(encoding="utf-8" if utf8 else None, errors="backslashreplace")


def discard_output() -> None:
    """Nothing more may be written, not even at the interpreter's end: whoever read it has gone, or there is no room."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class ToldToEnd:
    """Ctrl-C and SIGTERM end a command alike: what it had begun is put away. `told` stays for the whole process: a
    library that is interrupted while it is loaded makes another error of it, and Qt only prints what is raised inside
    one of its calls."""

    told = False

    @classmethod
    def obey(cls) -> None:
        """Raises `KeyboardInterrupt` once it was told."""
        if cls.told:
            raise KeyboardInterrupt

    def listen(self) -> None:
        signal.signal(signal.SIGTERM, self._end)
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # it may be ignored in the background
            signal.signal(signal.SIGINT, self._end)
        sys.excepthook = _print_defect

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        ToldToEnd.told = True
        raise KeyboardInterrupt


def _print_defect(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What Qt cannot hand on it has printed; that somebody ended the program is no defect."""
    if not issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)


def _nowhere() -> io.TextIOWrapper:
    return open(os.devnull, "w", encoding="utf-8")
