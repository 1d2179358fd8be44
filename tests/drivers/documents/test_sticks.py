"""A patient's USB stick: newest first, nothing outside it, nothing changed on it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from drivers.documents.sticks import UsbSticks

MOST = 100


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where sticks are mounted."""
    folder = tmp_path / "media"
    folder.mkdir()
    return folder


def sticks(root: Path) -> UsbSticks:
    return UsbSticks([root, root.parent / "absent"], lambda: MOST)


def put(path: Path, content: bytes, age: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (2_000_000_000 - age, 2_000_000_000 - age))
    return path


def test_newest_first_and_pdf_files_before_pictures_where_a_pdf_is_asked_for(root: Path) -> None:
    found = sticks(root)
    stick = root / "user" / "STICK"
    put(stick / "old.pdf", b"old", age=30)
    put(stick / "Download" / "資格情報.PDF", b"new", age=20)
    put(stick / "screen.png", b"picture")
    assert [found.take(pdf=True) for _ in range(4)] == [b"new", b"old", b"picture", None]
    assert sticks(root).take(pdf=False) is None, "it was there before anybody came"


def test_a_picture_may_be_the_newest(root: Path) -> None:
    found = sticks(root)
    put(root / "a.pdf", b"pdf", age=5)
    put(root / "b.jpeg", b"picture")
    assert found.take(pdf=False) == b"picture"


def test_other_files_and_ways_out_of_the_stick_are_not_read(root: Path, tmp_path: Path) -> None:
    found = sticks(root)
    outside = put(tmp_path / "outside" / "secret.pdf", b"secret")
    (root / "link.pdf").symlink_to(outside)
    (root / "folder").symlink_to(outside.parent)
    os.mkfifo(root / "pipe.pdf")
    put(root / "run.exe", b"exe")
    put(root / ".hidden.pdf", b"hidden")
    put(root / ".Trash" / "thrown.pdf", b"thrown away")
    put(root / "empty.pdf", b"")
    put(root / "1" / "2" / "3" / "4" / "5" / "deep.pdf", b"deep")
    assert found.take(pdf=True) is None


def test_of_a_large_file_only_as_much_as_shows_that_it_is_too_large(root: Path) -> None:
    found = sticks(root)
    put(root / "large.pdf", bytes(10 * MOST))
    content = found.take(pdf=True)
    assert content is not None
    assert len(content) == MOST + 1


def test_the_rest_of_a_stick_is_nobody_elses_until_it_comes_again(root: Path) -> None:
    found = sticks(root)
    newer, older = put(root / "a.pdf", b"a"), put(root / "b.pdf", b"b", age=5)
    found.leave_rest()
    assert found.take(pdf=True) == b"a", "nothing of this stick was dealt with yet"
    found.leave_rest()
    assert found.take(pdf=True) is None
    for file in (newer, older):
        file.rename(root.parent / file.name)
    found.notice_gone()
    for file in (newer, older):
        (root.parent / file.name).rename(file)
    assert found.take(pdf=True) == b"a"
