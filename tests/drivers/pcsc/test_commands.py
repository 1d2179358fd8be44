"""`kiosk card` and `kiosk play --reader vpcd`, as other people run them: with a running PC/SC service."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers.pcsc.service import Context
from drivers.simulated.vpcd import READER

pytestmark = pytest.mark.pcscd

KIOSK = (sys.executable, "-m", "kiosk.app.cli")


@pytest.fixture
def served(cage, slot) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """`served("hanako", "--contact")`: `kiosk card serve` at work, in an empty slot."""
    assert not slot.occupied
    context = Context()
    started: list[subprocess.Popen[str]] = []

    def serve(*arguments: str) -> subprocess.Popen[str]:
        command = cage.inside(*KIOSK, "card", "serve", "--lang", "en", *arguments)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().startswith("The card of ")
        wait_until(lambda: context.state(READER).present)
        return process

    yield serve
    for process in started:
        process.kill()
        process.communicate()
    context.release()


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 60.0
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)


def show(run, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*KIOSK, "card", "show", "--json", *arguments, errors=False))
    return found


def test_a_served_card_is_shown(served, run) -> None:
    served("hanako")
    seen = show(run, "--reader", "Virtual PCD 00 00")
    assert seen["verdict"] == "good"
    assert seen["atr"] == "3B888001000005E0B381A1007F"
    assert seen["applications"] == dict.fromkeys(["jpki", "visual", "text", "juki", "common"], True)
    assert seen["tries_left"] == {"pin": 3, "number_b": 10}
    assert seen["certificate"]["bytes"] == 1404
    assert len(seen["exchanges"]) == seen["timings"]["exchanges"] == 15
    personal = show(run, "--personal")
    serial, ends = personal["certificate"]["serial"], personal["certificate"]["ends"]
    assert len(ends) == 10
    plain = json.dumps(seen)
    assert serial not in plain
    assert ends not in plain
    assert ends[:7] in plain


def test_a_contact_card_and_its_words(served, run) -> None:
    served("hanako", "--contact")
    text = run(*KIOSK, "card", "show", "--lang", "ja")
    assert "3BE000FF8131FE4514" in text
    assert text.splitlines()[-1] == "このカードは、顔認証でも暗証番号でも受付に使えます。"


def test_the_verdict_on_a_card_without_pins(served, run) -> None:
    served("pinless")
    seen = show(run)
    assert (seen["verdict"], seen["pinless"]) == ("face_only", True)
    assert seen["certificate"]["bytes"] < seen["timings"]["bytes_received"] - 2 * seen["timings"]["exchanges"]


def test_a_card_that_breaks_off_shows_what_came_before(served, run) -> None:
    served("hanako", "--card", "spoiled_apdu=9", "--card", "spoiled_answer=6F00")
    text = run(*KIOSK, "card", "show", "--lang", "en", check=False)
    assert text.count(" ms\n") == 9
    assert "Reading stopped at exchange 9 (SELECT 00 A4 04 0C)." in text
    assert "(K104 SELECT: 6F00 NO_DIAGNOSIS)" in text


def test_counters_outlive_the_serving(served, run, tmp_path: Path) -> None:
    counters = tmp_path / "counters.json"
    process = served("hanako", "--counters", str(counters))
    run("pkcs15-tool", "--verify-pin", "--auth-id", "01", "--pin", "0000", check=False)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert json.loads(counters.read_text())["jpki.0018"] == 2


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_serving_ends_in_good_order(served, end) -> None:
    process = served("hanako")
    process.send_signal(end)
    rest, _ = process.communicate(timeout=60)
    assert rest == "The card of hanako was taken away.\n"
    assert process.returncode == 0


def test_no_card_is_one_sentence(slot, run) -> None:
    assert not slot.occupied
    text = run(*KIOSK, "card", "show", "--lang", "en", "--wait", "0.1", check=False)
    assert text == "There is no card on the reader Virtual PCD 00 00. Put one on it and run this again.\n"


def test_a_reader_that_is_not_there_is_one_sentence_with_those_that_are(slot, run) -> None:
    assert not slot.occupied
    text = run(*KIOSK, "card", "show", "--lang", "en", "--reader", "ACR", check=False)
    there = "Virtual PCD 00 00, Virtual PCD 00 01"
    assert text == f"The card reader ACR is not connected; choose one of these: {there}\n"


def test_visits_with_the_card_behind_the_service(cage, slot, run) -> None:
    assert not slot.occupied
    names = ["face-ok", "pin-wrong-then-right", "pin-locked-card", "card-removed-while-reading", "card-in-a-case"]
    names += ["reader-unplugged", "reader-hangs"]
    played = json.loads(run(*cage.inside(*KIOSK, "play", "--json", "--reader", "vpcd", *names), errors=False))
    failures = {result["scenario"]: result["failure"] for result in played["results"] if not result["passed"]}
    assert failures == {}
    assert all(result["apdus"] > 0 for result in played["results"] if result["scenario"] != "card-in-a-case")
