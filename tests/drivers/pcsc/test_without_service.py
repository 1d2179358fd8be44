"""The program starts where there is neither pyscard nor a PC/SC service."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from drivers.pcsc import PcscReader, service
from drivers.pcsc.holders import other_programs
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.ports.card import ReaderEvent, ReaderVanished


def test_without_pyscard_the_reader_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "scard", None)
    reader, events = PcscReader(), list[ReaderEvent]()
    reader.start(events.append)
    reader.stop()
    assert events == [ReaderVanished("8010001D NO_SERVICE")]
    with pytest.raises(NeedsStaff) as caught:
        reader.connect(1)
    assert caught.value.code is FailureCode.READER_GONE


ABSENT = """
import sys
sys.modules["smartcard"] = None
from drivers.pcsc import PcscReader
reader = PcscReader()
reader.start(print)
reader.stop()
"""


def test_the_driver_loads_without_pyscard() -> None:
    done = subprocess.run([sys.executable, "-c", ABSENT], capture_output=True, text=True, check=True)
    assert done.stdout == "ReaderVanished(detail='8010001D NO_SERVICE')\n"


def test_programs_that_use_the_service(tmp_path: Path) -> None:
    for number, (name, maps) in enumerate(
        [
            ("firefox", "7f /usr/lib/libpcsclite.so.1.0.0"),
            ("bash", "7f /usr/lib/libc.so.6"),
            ("opensc-tool", "libpcsclite"),
        ]
    ):
        folder = tmp_path / str(900000 + number)
        folder.mkdir()
        (folder / "maps").write_text(maps)
        (folder / "comm").write_text(f"{name}\n")
    (tmp_path / "900009").mkdir()
    (tmp_path / "self").mkdir()
    assert other_programs(tmp_path) == ["firefox", "opensc-tool"]
