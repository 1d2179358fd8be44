"""Files that come into a folder, and their end."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from drivers.documents.watch import FolderWatcher, destroy, hash_of


def watcher(folder: Path, seen: list[Path], *, present_too: bool = False) -> FolderWatcher:
    return FolderWatcher([folder], seen.append, present_too=present_too)


def test_a_file_is_handed_on_once_and_only_when_it_has_stopped_growing(tmp_path: Path) -> None:
    seen: list[Path] = []
    watch = watcher(tmp_path, seen)
    file = tmp_path / "a.pdf"
    file.write_bytes(b"12")
    watch.look()
    file.write_bytes(b"1234")
    watch.look()
    assert seen == []
    watch.look()
    watch.look()
    assert seen == [file]


def test_an_empty_file_and_other_kinds_of_files_are_left_alone(tmp_path: Path) -> None:
    seen: list[Path] = []
    watch = watcher(tmp_path, seen)
    (tmp_path / "a.pdf").touch()
    (tmp_path / "run.exe").write_bytes(b"1")
    (tmp_path / "link.pdf").symlink_to(tmp_path / "run.exe")
    for _ in range(3):
        watch.look()
    assert seen == []


def test_folders_of_a_stick_are_looked_into_and_the_stick_may_come_later(tmp_path: Path) -> None:
    seen: list[Path] = []
    stick = tmp_path / "usb"
    watch = watcher(stick, seen)
    watch.look()
    file = stick / "Download" / "資格情報.PDF"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"1")
    watch.look()
    watch.look()
    assert seen == [file]


def test_the_thread_finds_what_comes_and_nothing_that_was_there(tmp_path: Path) -> None:
    old = tmp_path / "old.pdf"
    old.write_bytes(b"1")
    came = threading.Event()
    seen: list[Path] = []

    def on_file(path: Path) -> None:
        seen.append(path)
        came.set()

    watch = FolderWatcher([tmp_path], on_file, every_s=0.05)
    watch.start()
    try:
        new = tmp_path / "new.pdf"
        new.write_bytes(b"2")
        assert came.wait(30)
    finally:
        watch.stop()
    assert seen == [new]


def test_a_changed_file_of_the_same_name_is_another_document(tmp_path: Path) -> None:
    seen: list[Path] = []
    file = tmp_path / "a.pdf"
    file.write_bytes(b"1")
    watch = watcher(tmp_path, seen, present_too=True)
    watch.look()
    watch.look()
    file.write_bytes(b"22")
    os.utime(file, ns=(1, 1))
    watch.look()
    watch.look()
    assert seen == [file, file]


def test_the_file_that_was_read_is_destroyed(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(b"personal" * 300_000)
    with file.open("rb") as still_open:
        assert destroy(file, hash_of(file))
        assert set(still_open.read()) == {0}
    assert not file.exists()


def test_another_file_under_its_name_stays(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(b"one")
    digest = hash_of(file)
    file.write_bytes(b"two")
    assert not destroy(file, digest)
    assert file.read_bytes() == b"two"


@pytest.mark.parametrize("kind", ["absent", "link"])
def test_what_is_no_file_is_not_destroyed(tmp_path: Path, kind: str) -> None:
    real = tmp_path / "real.pdf"
    real.write_bytes(b"one")
    path = tmp_path / "a.pdf"
    if kind == "link":
        path.symlink_to(real)
    assert not destroy(path, hash_of(real))
    assert real.read_bytes() == b"one"
