"""A few of the kills and of the visits in a row that the scripts of this folder do by the thousand."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECONDS = 600


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)


def test_nothing_is_lost_or_done_twice_when_the_kiosk_is_killed(tmp_path: Path) -> None:
    done = run("tests.soak.kills", "--kills", "6", "--seed", "3", "--folder", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout[done.stdout.index('{\n  "counts"') :])
    assert found["wrong"] == []
    assert found["counts"]["kills"] == 6
    assert found["counts"]["accepted"] > 0


def test_visits_in_a_row_leave_no_handle_no_thread_and_no_object() -> None:
    done = run("tests.soak.many_visits", "--visits", "32", "--every", "8", "--face-every", "0", "--seed", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    *measures, end = [json.loads(line) for line in done.stdout.splitlines()]
    assert end["journal"] is True
    assert [measure["visits"] for measure in measures] == [8, 16, 24, 32]
    assert len({(measure["handles"], measure["threads"]) for measure in measures[-2:]}) == 1
    # A part of a library that a rare visit brings in makes one step; a screen that stays, a hundred at each visit.
    grown = [later["objects"] - earlier["objects"] for earlier, later in pairwise(measures)]
    assert min(grown) < 40 * 8, grown
