"""The command line from outside: help, wrong usage, JSON, journal, doctor, pipes and signals."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from drivers.gateway.folders import FolderGateway
from drivers.simulated.persona import certificate_serial, load_persona
from kiosk.app.cli import main
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.player import Take
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.outcome import Eligibility, IdentityMethod
from kiosk.ports.eligibility import CardQuery
from kiosk.runtime.clocks import JAPAN, RealClock
from tests.kiosk.app.plays import player, shipped

ROOT = Path(__file__).parents[3]
KIOSK = [sys.executable, "-m", "kiosk.app.cli"]
COMMANDS = ["run", "play", "terminal", "doctor", "journal", "claim", "bench"]
SECONDS = 180


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MADOGUCHI_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def outside(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
    kept.pop("QT_QPA_PLATFORM", None)
    return subprocess.run(
        [*KIOSK, *arguments],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def one_sentence(capsys: pytest.CaptureFixture[str]) -> str:
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    return printed.err


# --- help and wrong usage -----------------------------------------------------------------------------


def test_help_loads_nothing_heavy() -> None:
    program = f"""
import sys
from kiosk.app.cli import main
for language in ("ja", "en"):
    for command in ([], *([name] for name in {COMMANDS})):
        assert main([*command, "--lang", language, "--help"]) == 0
heavy = ("PySide6", "cv2", "numpy", "sqlite3", "sqlite_utils", "cryptography", "onnxruntime", "PIL")
print("LOADED", *sorted(name for name in heavy if name in sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.stderr == ""
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "LOADED"
    assert "受付機" in done.stdout
    assert "reception kiosk" in done.stdout


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    assert all(f"\n    {command} " in printed for command in COMMANDS)


def test_no_command_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "play" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["dance"],
        ["play", "--louder"],
        ["play"],
        ["play", "--reader", "vpcd2", "face-ok"],
        ["journal"],
        ["journal", "burn"],
        ["terminal", "--seconds", "soon"],
        ["terminal", "--seconds", "nan"],
        ["card", "show", "--wait", "-1"],
        ["card", "serve", "hanako", "--port", "65536"],
        ["card", "serve", "hanako", "--port", "0"],
        ["terminal", "--state", "asleep"],
        ["--lang", "fr", "doctor"],
        ["play", "face-okay"],
        ["--config", "/nowhere/kiosk.toml", "doctor"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_wrong_usage_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str], language: str
) -> None:
    monkeypatch.setenv("LC_ALL", f"{language}_XX.UTF-8")
    assert main(arguments) == 2
    said = one_sentence(capsys)
    assert said.isascii() == (language == "en")


def test_a_name_that_is_nearly_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", "fase-ok", "--lang", "en"]) == 2
    assert "face-ok" in one_sentence(capsys)


@pytest.mark.parametrize("before", [True, False])
def test_settings_are_read_wherever_they_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], before: bool
) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text("[flow]\npatience = 90\nface_attempts = 'three'\n")
    named = ["--config", str(config)]
    assert main([*named, "doctor"] if before else ["doctor", *named]) == 2
    assert "kiosk.toml:3: settings.flow.face_attempts" in one_sentence(capsys)


# --- play ---------------------------------------------------------------------------------------------


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", "--list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {"name": "face-ok", "title": "Card, face, consent to all"} in listed
    assert main(["play", "--list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(listed)


def test_play_from_outside(tmp_path: Path) -> None:
    """Exit 0, one object, pictures; also where the terminal's encoding knows no Japanese."""
    shots = tmp_path / "shots"
    done = outside("play", "card-in-a-case", "--json", "--shots", str(shots), PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert (answer["passed"], len(answer["results"])) == (True, 1)
    assert len(list(shots.rglob("*.png"))) == len(answer["results"][0]["screens"])


def test_passed_failed_and_faulty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad, faulty = (tmp_path / f"{name}.yaml" for name in ("good", "bad", "faulty"))
    good.write_text("steps: []")
    bad.write_text("steps:\n  - expect: {screen: face, within: 1}")
    faulty.write_text("steps:\n  - expect: {screeen: face}")
    assert main(["play", str(good), "--lang", "en"]) == 0
    assert "1 of 1" in capsys.readouterr().out
    assert main(["play", str(good), str(bad), "--lang", "en"]) == 1
    printed = capsys.readouterr().out
    assert "1 of 2" in printed
    assert "    step 1 (line 2, expect): expected screen face, seen idle" in printed
    assert main(["play", str(bad), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["passed"], answer["results"][0]["passed"]) == (False, False)
    assert main(["play", str(good), str(faulty), "--lang", "en"]) == 2
    said = one_sentence(capsys)
    assert "faulty.yaml:2: unknown key 'screeen'" in said
    assert main(["play", str(good), str(faulty), "--json", "--lang", "en"]) == 2
    printed_both = capsys.readouterr()
    answer = json.loads(printed_both.out)
    assert answer == {"passed": False, "results": [], "error": {"code": "K502", "message": said.strip()}}
    assert printed_both.err == said


def test_a_folder_for_pictures_that_cannot_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert main(["play", "face-ok", "--shots", str(tmp_path / "file/shots"), "--lang", "en"]) == 1
    assert "--shots" in one_sentence(capsys)


def test_lying_screens(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "idle.yaml").write_text("steps: []")
    assert main(["play", str(tmp_path / "idle.yaml"), "--landscape", "--shots", str(tmp_path / "shots")]) == 0
    capsys.readouterr()
    header = (tmp_path / "shots/idle/01-idle.png").read_bytes()[16:24]  # width and height of a PNG
    assert (int.from_bytes(header[:4]), int.from_bytes(header[4:])) == (1920, 1080)


def test_scenarios_of_one_name_have_folders_of_their_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.yaml").write_text("name: 受付・朝\nsteps: []", "utf-8")
    files = [str(tmp_path / folder / "x.yaml") for folder in ("a", "b")]
    assert main(["play", *files, "--json", "--shots", str(tmp_path / "shots")]) == 0
    played = json.loads(capsys.readouterr().out)
    assert [result["scenario"] for result in played["results"]] == ["受付・朝", "受付・朝"]
    pictures = sorted(str(path.relative_to(tmp_path / "shots")) for path in (tmp_path / "shots").rglob("*.png"))
    assert pictures == ["受付・朝-2/01-idle.png", "受付・朝/01-idle.png"]


@pytest.mark.parametrize("where", ["play", "_read_outcome", "_tap"])
def test_a_surprise_in_one_scenario_takes_the_others_nothing_away(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    good = getattr(Take, where)

    def surprise(take: Take, *arguments: object) -> object:
        if take.scenario.name == "bad":
            raise ValueError("見本　花子")
        return good(take, *arguments)

    monkeypatch.setattr(Take, where, surprise)
    for name in ("bad", "good"):
        (tmp_path / f"{name}.yaml").write_text("steps:\n  - tap: voice")
    assert main(["play", str(tmp_path / "bad.yaml"), str(tmp_path / "good.yaml"), "--json"]) == 1
    printed = capsys.readouterr()
    played = json.loads(printed.out)
    assert [result["passed"] for result in played["results"]] == [False, True]
    bad, whole = played["results"]
    assert set(bad) == set(whole)
    assert set(bad["outcome"]) == set(whole["outcome"])
    assert bad["failure"].endswith("ValueError test_cli.py:" + bad["failure"].rpartition(":")[2])
    assert bad["failure"].startswith("step 1 (line 2, tap): ") is (where == "_tap")
    assert "花子" not in printed.out + printed.err


def test_a_play_that_finds_no_room_says_so(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_take: Take) -> object:
        raise Fatal(FailureCode.DISK_FULL)

    monkeypatch.setattr(Take, "play", full)
    assert main(["play", "pin-ok", "--json", "--lang", "en"]) == 1
    failure = json.loads(capsys.readouterr().out)["results"][0]["failure"]
    assert failure.endswith(f"({FailureCode.DISK_FULL.value})")


def test_a_surprise_inside_is_a_sentence_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def surprise(*_arguments: object) -> int:
        raise ZeroDivisionError("見本　花子 1234")

    monkeypatch.setattr("kiosk.app.cli.load_settings", surprise)
    assert main(["play", "--list", "--lang", "en"]) == 1
    said = one_sentence(capsys)
    assert "ZeroDivisionError test_cli.py:" in said
    assert "1234" not in said


def test_whoever_reads_us_may_go_away() -> None:
    with subprocess.Popen(
        [*KIOSK, "play", "--list"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(SECONDS) == 1


@pytest.mark.parametrize(
    ("arguments", "closed", "code"), [(["play", "--list"], (0, 2), 0), (["play", "nosuch"], (2, 3), 2)]
)
def test_closed_streams_change_no_exit_code(arguments: list[str], closed: tuple[int, int], code: int) -> None:
    shut = partial(os.closerange, *closed)
    ended = subprocess.run(
        [*KIOSK, *arguments], cwd=ROOT, capture_output=True, timeout=SECONDS, check=False, preexec_fn=shut
    )
    assert ended.returncode == code
    assert b"Traceback" not in ended.stderr + ended.stdout


def test_a_full_disk_behind_the_output_is_a_sentence() -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [*KIOSK, "play", "--list", "--lang", "en"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=SECONDS,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr.decode().splitlines() == ["stdout cannot be written (ENOSPC). Name a place that can."]


def test_a_play_that_is_told_to_end_takes_its_folder_away(tmp_path: Path) -> None:
    scenario = tmp_path / "endless.yaml"
    scenario.write_text("steps:\n" + "  - {camera: self}\n  - place_card\n  - remove_card\n" * 200)
    with subprocess.Popen(
        [*KIOSK, "play", str(scenario), "--json", "--lang", "en"],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        while not list(tmp_path.glob("madoguchi-play-*/journal.sqlite")):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 1
    assert json.loads(out)["error"]["message"] == "Interrupted."
    assert list(tmp_path.iterdir()) == [scenario]


# --- doctor and journal -------------------------------------------------------------------------------


def test_doctor_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json", "--lang", "en"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["ready"] is True
    for line in report["checks"]:
        assert set(line) >= {"state", "cause", "remedy"}
        assert line["state"] in ("ok", "warn", "fail", "absent")


def test_journal_whole_tampered_and_absent(own_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["journal", "verify", "--lang", "en"]) == 1
    assert one_sentence(capsys).startswith("There is no journal")
    assert not own_data.exists(), "a look makes nothing"
    player().play(shipped("card-in-a-case"), data=own_data)
    assert main(["journal", "verify", "--json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert (whole["ok"], whole["first_bad"], whole["reason"]) == (True, None, None)
    assert whole["entries"] > 4
    with closing(sqlite3.connect(own_data / "journal.sqlite")) as raw, raw:
        raw.execute("DROP TRIGGER entries_no_update")
        raw.execute("UPDATE entries SET event = 'reader.lost' WHERE seq = 3")
    assert main(["journal", "verify", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["first_bad"] == 3
    assert main(["journal", "verify", "--lang", "en"]) == 1
    assert "Entry 3" in one_sentence(capsys)


# --- run without a display, core dumps ----------------------------------------------------------------


@pytest.mark.parametrize("display", ["", ":4711"])
def test_run_without_a_display_offers_play(display: str) -> None:
    done = outside("run", "--lang", "en", DISPLAY=display)
    assert done.returncode == 1
    assert "kiosk play" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_run_says_why_its_data_folder_is_no_good(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = outside("run", "--lang", "en", QT_QPA_PLATFORM="offscreen", MADOGUCHI_DATA=str(tmp_path / "file/data"))
    assert done.returncode == 1
    assert "K406" in done.stderr
    assert "file/data" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_memory_is_never_written_to_disk() -> None:
    program = "import resource; from kiosk.app.cli import main; main(['play', '--list']); " + (
        "print(resource.getrlimit(resource.RLIMIT_CORE))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "(0, 0)"


# --- terminal -----------------------------------------------------------------------------------------


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [*KIOSK, "terminal", "--folder", str(tmp_path / "shared"), "--lang", "en"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_the_terminal_answers_until_it_is_told_to_end(
    tmp_path: Path, terminal: subprocess.Popen[str], end: signal.Signals
) -> None:
    assert terminal.stdout is not None
    assert "running" in terminal.stdout.readline()
    folders = DataFolders(tmp_path / "shared")
    gateway = FolderGateway(
        *(folders.req, folders.res, folders.face, folders.out),
        clock=RealClock(),
        institution_code="4719999996",
        rng=random.Random(),
        simulated_card_queries=True,
    )
    hanako = load_persona(ASSETS / "personas", "hanako")
    now = datetime.now(JAPAN)
    until = datetime.combine(hanako.card.certificate_ends, now.timetz())
    query = CardQuery("K1-0001", certificate_serial(hanako), until, IdentityMethod.FACE, now.date())
    answer, _file = gateway.query_card(query, timeout_s=SECONDS, cancelled=lambda: False)
    assert answer.eligibility is Eligibility.VALID
    terminal.send_signal(end)
    assert terminal.wait(SECONDS) == 0
    assert terminal.stderr is not None
    assert terminal.stderr.read() == ""
