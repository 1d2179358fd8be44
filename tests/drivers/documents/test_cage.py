"""Foreign files, opened in a process that can do nothing else."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from drivers.documents import cage, cage_child
from drivers.documents.cage import Limits, load_limits, open_file
from drivers.documents.vocabulary import RULES
from kiosk.domain.documents import Blocked
from kiosk.domain.failures import FailureCode, Fatal, NeedsStaff
from kiosk.domain.rules import RuleTable, load_rules
from tests.drivers.documents import damage

GOOD = damage.printed([(20, 20, "資格確認書"), (20, 40, "氏名　見本　花子")])


@pytest.fixture(scope="module")
def limits() -> Limits:
    return load_limits(load_rules(RULES), date(2026, 11, 24))


def test_a_page_comes_with_its_characters_its_picture_and_their_scale(limits: Limits) -> None:
    opened = open_file(GOOD, limits)
    assert opened.blocked is None
    (page,) = opened.pages
    assert "".join(c.text for c in page.chars) == "資格確認書氏名　見本　花子"
    assert page.picture.shape == (2340, 1655, 3)
    first = page.chars[0]
    assert page.scale is not None
    around = page.picture[
        round(first.top * page.scale) : round(first.bottom * page.scale),
        round(first.left * page.scale) : round(first.right * page.scale),
    ]
    assert around.min() < 60  # the letter is where its frame says
    opened.wipe()
    assert not page.picture.any()


@pytest.mark.parametrize("name", damage.damaged(GOOD))
def test_what_cannot_be_opened_is_damaged(name: str, limits: Limits) -> None:
    assert open_file(damage.damaged(GOOD)[name], limits).blocked is Blocked.DAMAGED


def test_a_broken_table_of_objects_is_repaired(limits: Limits) -> None:
    assert open_file(GOOD.replace(b"startxref", b"startxxxx"), limits).blocked is None


def test_a_file_with_a_password_is_encrypted_and_one_that_anybody_may_open_is_not(limits: Limits) -> None:
    assert open_file(damage.locked(GOOD, "secret"), limits).blocked is Blocked.ENCRYPTED
    opened = open_file(damage.locked(GOOD, "", "owner"), limits)
    assert opened.blocked is None
    assert "protected" in opened.notes


@pytest.mark.parametrize(
    "data",
    [
        GOOD + bytes(10_000_000),
        damage.repeated(GOOD, 6),
        damage.page(b"[0 0 2000000 2000000]"),
        damage.picture(Image.new("1", (30_000, 30_000))),
    ],
    ids=["bytes", "pages", "points", "pixels"],
)
def test_what_is_beyond_the_limits_is_too_large(data: bytes, limits: Limits) -> None:
    assert open_file(data, limits).blocked is Blocked.TOO_LARGE


def test_five_pages_are_read(limits: Limits) -> None:
    assert len(open_file(damage.repeated(GOOD, 5), limits).pages) == 5


def test_three_hundred_megabytes_in_a_small_file_end_at_the_limit(limits: Limits) -> None:
    data = damage.inflating(300_000_000)
    assert len(data) < 1_000_000
    assert open_file(data, limits).blocked is Blocked.TOO_LARGE


def test_a_child_that_does_not_answer_is_ended(limits: Limits) -> None:
    assert open_file(GOOD, replace(limits, seconds=0.0)).blocked is Blocked.TOO_LARGE


def test_a_child_that_ends_its_answer_and_stays_is_ended(
    limits: Limits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = tmp_path / "child.py"
    child.write_text("import os, time; os.close(1); time.sleep(5)")
    monkeypatch.setattr(cage, "_CHILD", child)
    assert open_file(GOOD, replace(limits, seconds=0.3)).blocked is Blocked.TOO_LARGE


def test_a_picture_is_turned_as_its_camera_says_shrunk_and_put_on_white(limits: Limits) -> None:
    image = Image.new("RGB", (40, 20), (10, 200, 30))
    exif = image.getexif()
    exif[0x0112] = 6  # the camera was held upright
    file = io.BytesIO()
    image.save(file, "JPEG", exif=exif)
    assert open_file(file.getvalue(), limits).pages[0].picture.shape == (40, 20, 3)
    clear = damage.picture(Image.new("RGBA", (4000, 100), (0, 0, 0, 0)))
    (page,) = open_file(clear, limits).pages
    assert page.picture.shape == (75, 3000, 3)
    assert page.picture.min() == 255


def test_notes_say_what_a_file_holds_besides_its_page(limits: Limits) -> None:
    changed = GOOD + b"\n% more\n%%EOF\n"
    assert "changed_after_writing" in open_file(changed, limits).notes
    script = damage.built(
        [
            b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS (app.alert\\(1\\))>>>>",
            damage.ONE_PAGE,
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>",
        ]
    )
    assert "active_content" in open_file(script, limits).notes
    note = damage.built(
        [
            damage.CATALOGUE,
            damage.ONE_PAGE,
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Annots[4 0 R]>>",
            b"<</Type/Annot/Subtype/FreeText/Rect[0 0 50 50]/Contents (1)/DA (/Helv 9 Tf)>>",
        ]
    )
    assert "annotation" in open_file(note, limits).notes


def test_a_path_that_cannot_be_opened_is_said_without_its_name(limits: Limits, tmp_path: Path) -> None:
    with pytest.raises(NeedsStaff) as caught:
        open_file(tmp_path / "見本花子.pdf", limits)
    assert caught.value.code is FailureCode.PICTURE_BROKEN
    assert "見本" not in str(caught.value)


def test_an_absent_limit_is_a_fault_of_the_rules() -> None:
    with pytest.raises(Fatal):
        load_limits(RuleTable({}), date(2026, 11, 24))


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x05\x00\x00\x00hello",
        b"\x02\x00\x00\x00{}",
        json.dumps({"kind": "pdf"}).encode(),
    ],
)
def test_an_answer_that_is_not_as_agreed_is_damage(
    answer: bytes, limits: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cage, "_ask", lambda *_: (bytearray(answer), False))
    assert open_file(GOOD, limits).blocked is Blocked.DAMAGED


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "exe"},
        {"notes": ["everything is fine"]},
        {"pages": []},
        {"pages": [{"size": [1, 1], "chars": [[65, 0, 0, 9e9, 1, 0]], "aligned": True, "picture": [1, 1]}]},
        {"pages": [{"size": [1, 1], "chars": [[55_555, 0, 0, 1, 1, 0]], "aligned": True, "picture": [1, 1]}]},
        {"pages": [{"size": [1, 1], "chars": [], "aligned": True, "picture": [99_999, 1]}]},
        {"pages": [{"size": [1, 1], "chars": [], "aligned": True, "picture": [2, 2]}]},
        {"blocked": "because"},
    ],
)
def test_a_child_that_was_taken_over_cannot_say_what_it_likes(
    change: dict[str, object], limits: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = {"size": [1, 1], "chars": [], "aligned": True, "picture": [1, 1]}
    head = {"kind": "pdf", "blocked": None, "pages": [good], "notes": [], "memory": 1, "caged": True, **change}
    text = json.dumps(head).encode()
    answer = bytearray(len(text).to_bytes(4, "little") + text + bytes(3))
    monkeypatch.setattr(cage, "_ask", lambda *_: (answer, False))
    assert open_file(GOOD, limits).blocked is Blocked.DAMAGED


CAGED = """
import os, socket, subprocess, sys, json
sys.path.insert(0, sys.argv[2])
import cage_child
print(cage_child.confine(json.loads(sys.argv[1])))
for name, attempt in {
    "write": lambda: open(sys.argv[3], "wb"),
    "append": lambda: open(sys.argv[3], "ab"),
    "remove": lambda: os.unlink(__file__),
    "network": lambda: socket.socket(),
    "program": lambda: os.execv("/bin/true", ["true"]),
    "process": lambda: os.fork(),
    "folder": lambda: os.mkdir(sys.argv[3]),
    "memory": lambda: bytearray(1 << 40),
}.items():
    try:
        attempt()
    except (OSError, MemoryError) as error:
        print(name, type(error).__name__)
"""


def test_the_process_can_do_nothing_but_read(limits: Limits, tmp_path: Path) -> None:
    script = tmp_path / "try.py"
    script.write_text(CAGED, encoding="utf-8")
    folder = Path(cage_child.__file__).parent
    seen = subprocess.run(
        [sys.executable, "-I", str(script), json.dumps(limits.values), str(folder), str(tmp_path / "new")],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    if seen[0] != "True":
        pytest.skip("no filter of system calls on this kernel or processor")
    refused = {line.split()[0]: line.split()[1] for line in seen[1:]}
    assert set(refused) == {"write", "append", "remove", "network", "program", "process", "folder", "memory"}
    assert {kind for name, kind in refused.items() if name != "memory"} == {"PermissionError"}
    assert not (tmp_path / "new").exists()


def test_the_process_says_that_it_is_caged(limits: Limits) -> None:
    opened = open_file(GOOD, limits)
    if not opened.caged:
        pytest.skip("no filter of system calls on this kernel or processor")
    assert 0 < opened.memory < limits.values["memory_bytes"]
