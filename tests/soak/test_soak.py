"""A few of the kills and of the visits in a row that the scripts of this folder do by the thousand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECONDS = 300


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
    done = run("tests.soak.many_visits", "--visits", "45", "--every", "15", "--face-every", "0", "--seed", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    *measures, end = [json.loads(line) for line in done.stdout.splitlines()]
    assert end["journal"] is True
    earlier, later = measures[-2], measures[-1]
    assert later["visits"] > earlier["visits"]
    assert (later["handles"], later["threads"]) == (earlier["handles"], earlier["threads"])
    # The last visits are held for a while, a few objects each; a screen that stays would be a hundred.
    assert later["objects"] - earlier["objects"] < 10 * (later["visits"] - earlier["visits"])
