from __future__ import annotations

import errno
import os
import threading
import time
from pathlib import Path

import pytest

from drivers.gateway import whole_file
from drivers.gateway.outbox import Outbox
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.ports.eligibility import ResultFile

AT = 1_795_480_200.0
FILE = ResultFile("OQSsiquc01res_face_4719999996aa_20261124093000.xml", b"<XmlMsg/>")


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    out = tmp_path / "out"
    out.mkdir()
    return out, tmp_path / "ledger"


def refused(box: Outbox, visit: str = "V1", file: ResultFile = FILE) -> FailureCode:
    with pytest.raises(NeedsStaff) as caught:
        box.put(visit, file, AT)
    return caught.value.code


def test_a_second_call_writes_nothing(folders: tuple[Path, Path]) -> None:
    out, ledger = folders
    assert Outbox(out, ledger).put("V1", FILE, AT) == FILE.name
    (out / FILE.name).unlink()  # the receipt computer took it
    assert Outbox(out, ledger).put("V1", FILE, AT) == FILE.name  # after a restart, too
    assert list(out.iterdir()) == []


def test_one_name_holds_one_content(folders: tuple[Path, Path]) -> None:
    out, ledger = folders
    box = Outbox(out, ledger)
    box.put("V1", FILE, AT)
    assert refused(box, file=ResultFile(FILE.name, b"<Other/>")) is FailureCode.OUT_WRITE_FAILED
    assert refused(box, visit="V2") is FailureCode.OUT_WRITE_FAILED
    assert (out / FILE.name).read_bytes() == FILE.content


def test_a_visit_may_hand_over_more_than_one_file(folders: tuple[Path, Path]) -> None:
    out, ledger = folders
    box = Outbox(out, ledger)
    box.put("V1", FILE, AT)
    box.put("V1", ResultFile("note.json", b"{}"), AT)
    assert sorted(path.name for path in out.iterdir()) == sorted([FILE.name, "note.json"])


@pytest.mark.parametrize("name", ["../x.xml", "a/b.xml", "", ".hidden", "x\0y", "名.xml", "x" * 300])
def test_names_that_lead_elsewhere_are_refused(folders: tuple[Path, Path], name: str) -> None:
    assert refused(Outbox(*folders), file=ResultFile(name, b"x")) is FailureCode.OUT_WRITE_FAILED


def test_a_missing_folder(tmp_path: Path) -> None:
    assert refused(Outbox(tmp_path / "gone", tmp_path / "ledger")) is FailureCode.OUT_WRITE_FAILED


def test_a_full_disk_and_the_next_try(folders: tuple[Path, Path]) -> None:
    out, ledger = folders

    def full(path: Path, _: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    assert refused(Outbox(out, ledger, stage=full)) is FailureCode.DISK_FULL
    assert list(out.iterdir()) == []
    assert Outbox(out, ledger).put("V1", FILE, AT) == FILE.name


class PowerCutError(BaseException):
    """Ends the process where it stands."""


@pytest.mark.parametrize("point", ["stage", "ledger", "rename"])
def test_power_cut_anywhere_loses_and_doubles_nothing(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    out, ledger = folders
    publish, write_whole = whole_file.publish, whole_file.write_whole

    def cut_stage(path: Path, content: bytes) -> None:
        path.write_bytes(content[: len(content) // 2])
        raise PowerCutError

    def cut_ledger(target: Path, content: bytes) -> None:
        write_whole(target, content)
        raise PowerCutError

    def cut_rename(staged: Path, target: Path) -> None:
        publish(staged, target)
        if target.parent == out:
            raise PowerCutError

    if point == "ledger":
        monkeypatch.setattr(whole_file, "write_whole", cut_ledger)
    if point == "rename":
        monkeypatch.setattr(whole_file, "publish", cut_rename)
    doomed = Outbox(out, ledger, stage=cut_stage if point == "stage" else whole_file.stage)
    with pytest.raises(PowerCutError):
        doomed.put("V1", FILE, AT)
    monkeypatch.undo()

    taken = 0
    if (out / FILE.name).exists():
        assert (out / FILE.name).read_bytes() == FILE.content
        (out / FILE.name).unlink()
        taken += 1
    assert Outbox(out, ledger).put("V1", FILE, AT) == FILE.name
    taken += (out / FILE.name).exists()
    assert taken == 1
    assert not [path for path in out.iterdir() if path.name != FILE.name]


def test_folders_that_cannot_be_synced_are_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int) -> None:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(os, "fsync", refuse)
    whole_file.sync_directory(tmp_path)


def test_a_folder_that_fails_to_sync_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="broken"):
        whole_file.sync_directory(tmp_path)


def test_two_programs_that_deliver_the_same_file_hand_it_over_once(tmp_path: Path) -> None:
    """Kiosk and console share the store: while one of them is between looking and renaming, the other one waits."""
    (tmp_path / "out").mkdir()
    begun, file = threading.Event(), ResultFile("claim_note_V1.json", b"{}")

    def slowly(path: Path, content: bytes) -> None:
        begun.set()
        time.sleep(0.2)
        whole_file.stage(path, content)

    staged: list[Path] = []

    def quickly(path: Path, content: bytes) -> None:
        staged.append(path)
        whole_file.stage(path, content)

    first = threading.Thread(target=Outbox(tmp_path / "out", tmp_path / "ledger", slowly).put, args=("V1", file, 0.0))
    first.start()
    assert begun.wait(60)
    Outbox(tmp_path / "out", tmp_path / "ledger", quickly).put("V1", file, 0.0)
    first.join()
    assert staged == []
    assert [path.name for path in (tmp_path / "out").iterdir()] == [file.name]
