"""The player: what it reports when things go right, go wrong, and go by quickly."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from kiosk.app.cli import main
from kiosk.app.expecting import not_pressed
from kiosk.app.paths import ASSETS
from kiosk.app.player import Player
from kiosk.app.result import Result
from kiosk.app.scenario import DEFAULT_CLOCK
from kiosk.app.settings import Settings
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.messages import Text
from kiosk.domain.screen import Control, Role, View
from kiosk.runtime.clocks import SimulatedClock
from kiosk.runtime.workers import Workers
from tests.kiosk.app.plays import assets_but, catalogue, player, shipped, told, written

PATIENCE = 60.0  # real seconds after which a test gives up
LANDSCAPE = "settings: {lane: {width: 1920, height: 1080}}"


def play(folder: Path, text: str) -> Result:
    return player().play(written(folder, text))


def test_a_wrong_outcome_names_key_wish_and_truth(tmp_path: Path) -> None:
    result = play(tmp_path, "steps: [place_card, remove_card]\ncard: {kind: none}\noutcome: {status: accepted}")
    assert not result.passed
    assert result.failure == "outcome: expected status 'accepted', seen 'abandoned'"
    assert result.outcome is not None
    assert result.outcome["status"] == "abandoned"
    assert result.journal_ok


def test_fewer_visits_than_expected(tmp_path: Path) -> None:
    result = play(tmp_path, "steps: []\noutcome: [{status: accepted}, {status: accepted}]")
    assert result.failure == "outcome: expected 2 visits, seen 0"
    assert (result.visit_id, result.visits) == (None, [])
    assert result.outcome is not None
    assert result.outcome["status"] == "abandoned"


def test_somebody_without_a_card_is_handed_to_staff(tmp_path: Path) -> None:
    result = play(tmp_path, "steps: [{tap: idle.no_card}]\noutcome: {status: handed_to_staff, document: none}")
    assert result.failure is None


def test_an_unknown_word_in_a_record_is_said_before_anything_is_played(tmp_path: Path) -> None:
    with pytest.raises(Fatal) as wrong:
        play(tmp_path, "record: {validity: bogus}")
    assert wrong.value.code is FailureCode.SCENARIO_WRONG
    assert "bogus" in wrong.value.detail


def test_a_day_of_another_year(tmp_path: Path) -> None:
    steps = "[{camera: self}, place_card, {expect: {screen: consent}}, {tap: consent.none}, {expect: {screen: result}}]"
    early = play(
        tmp_path, f"clock: 2026-02-28T09:30:00+09:00\nsteps: {steps}\noutcome: {{status: accepted, share: 10}}"
    )
    assert early.failure is None


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("expect: {screen: consent}", "expected screen consent, seen idle"),
        ("expect: {message: face.nobody}", "expected message face.nobody, seen "),
        ("expect: {button: method.pin}", "expected button method.pin, seen "),
        ("expect: {state: consenting}", "expected state consenting, seen Idle"),
        ("tap: consent.all", "no button consent.all on screen idle, there are "),
        ("type: {field: pin, text: 12}", "no field pin on screen idle"),
        ("staff: {action: visual_check}", "visual_check by staff means nothing on screen idle"),
        ("staff: {action: refuse}", "refuse by staff means nothing on screen idle"),
        ("present: {document: portal_pdf, file: nowhere.pdf}", "no file nowhere.pdf"),
    ],
)
def test_a_failed_step_is_named_with_number_line_wish_and_sight(tmp_path: Path, step: str, said: str) -> None:
    result = play(tmp_path, f"steps:\n  - wait: 1\n  - {step}\n  - wait: 1000")
    action = step.partition(":")[0]
    assert result.failure is not None
    assert result.failure.startswith(f"step 2 (line 3, {action}): ")
    assert said in result.failure
    assert result.seconds < 1000, "nothing is played after a failed step"


def test_a_button_that_rests_is_not_called_absent(tmp_path: Path) -> None:
    failure = play(
        tmp_path, "steps: [place_card, {tap: method.pin}, {type: {field: pin, text: 123}}, {tap: pin.ok}]"
    ).failure
    assert failure is not None
    assert failure.endswith("pin.ok is there on screen pin but rests until 4 digits are entered")
    button = Control("form.ok", Text("control.form.ok"), Role.MAIN, enabled=False)
    assert "rests" in not_pressed("form.ok", View("signature", "Signing", Text("form.sign"), controls=(button,)))


@pytest.mark.parametrize("day", ["1850-11-24", "2023-12-31"])
def test_a_clock_before_the_first_rule_names_its_line_and_that_day(tmp_path: Path, day: str) -> None:
    with pytest.raises(Fatal) as wrong:
        play(tmp_path, f"name: early\nclock: {day}\nsteps: [place_card]")
    assert wrong.value.code is FailureCode.SCENARIO_WRONG
    assert ":2: clock: not before 2024-01-01" in wrong.value.detail


@pytest.mark.parametrize("camera", [True, False])
def test_staff_see_photo_and_person_side_by_side_while_they_decide(tmp_path: Path, camera: bool) -> None:
    """Only then: the waiting screen and the next one show no face. The chip's photo is grey, the camera picture not."""
    code = "{type: {field: staff_code, text: 135790}}, {tap: pin.ok}"
    begin = "{camera: self}" if camera else "{fault: {camera: unplug}}"
    steps = f"[{begin}, place_card, {{tap: method.staff}}, {{tap: visual.code}}, {code}, {{tap: visual.reason.asked}}]"
    assert player().play(written(tmp_path, f"name: seen\nsteps: {steps}"), shots=tmp_path / "shots").failure is None
    for screen in ("visual", "visual_decide", "consent"):
        picture = QImage(str(next((tmp_path / "shots" / "seen").glob(f"*-{screen}.png"))))
        across, down = picture.width() // 3, picture.height() // 2
        decides = screen == "visual_decide"
        places = [1 / 12, 7 / 12] if camera else [1 / 3]
        seen = [_dark(picture.copy(int(picture.width() * x), picture.height() // 6, across, down)) for x in places]
        assert (seen[0][0] > 0.1) is decides, (screen, seen)
        if camera:
            assert (seen[1][1] > 0.1) is decides, (screen, seen)


def _dark(part: QImage) -> tuple[float, float]:
    """Shares of dark grey and of dark brown or red, which no screen has but a face."""
    small = part.scaled(60, 60).convertToFormat(QImage.Format.Format_RGB32)
    colours = [small.pixelColor(x, y) for x in range(60) for y in range(60)]
    dark = [c for c in colours if c.red() < 180]
    greys = sum(c.red() == c.green() == c.blue() for c in dark)
    return greys / len(colours), sum(c.red() > c.green() + 8 for c in dark) / len(colours)


def test_staff_cannot_decide_about_a_person_twice(tmp_path: Path) -> None:
    text = """\
        steps:
          - place_card
          - staff: {action: visual_check, reason: asked}
          - expect: {screen: consent}
          - staff: {action: visual_check, reason: asked}
        """
    result = play(tmp_path, text)
    assert result.failure == "step 4 (line 5, staff): visual_check by staff means nothing on screen consent"


def test_what_staff_do_without_effect_is_noted_and_changes_no_result(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "name: idle\nsteps:\n  - wait: 1\n  - staff: {action: cancel}\n  - staff: {action: choose, index: 0}\n"
    result = player().play(written(tmp_path, text))
    nothing = ((2, "cancel"), (3, "choose"))
    notes = [f"step {n} (line {n + 2}, staff): {act} by staff means nothing on screen idle" for n, act in nothing]
    assert (result.passed, result.notes) == (True, notes)
    assert "notes" not in result.as_json()
    assert main(["play", str(tmp_path / "test.yaml"), "--json"]) == 0
    assert capsys.readouterr().err.splitlines() == [f"idle: {note}" for note in notes]


def test_the_time_of_an_expectation(tmp_path: Path) -> None:
    assert play(tmp_path, "steps:\n  - expect: {screen: consent, within: 3}").seconds == 3.0
    assert play(tmp_path, "steps:\n  - expect: {screen: consent}").seconds == 120.0


def test_a_screen_that_flashes_by_is_seen_and_order_counts(tmp_path: Path) -> None:
    text = """\
        card: {{kind: transit}}
        steps:
          - place_card
          - expect: {{screen: {first}}}
          - expect: {{screen: {second}}}
        """
    assert play(tmp_path, text.format(first="reading", second="card_problem")).passed
    assert not play(tmp_path, text.format(first="card_problem", second="reading")).passed


def test_waiting_and_settling(tmp_path: Path) -> None:
    """A pause lasts as long as it says. Afterwards machines run to their end; what waits for a person stays."""
    assert play(tmp_path, "steps:\n  - wait: 7.25").seconds == 7.25
    answered = play(
        tmp_path,
        """\
        terminal: {state: slow, seconds: 8}
        steps:
          - camera: self
          - place_card
          - expect: {screen: consent}
          - tap: consent.all
        outcome: {status: accepted}
        """,
    )
    assert answered.passed, answered.failure
    assert answered.screens[-1] == "take_card", "the card still lies there, and its holder is not waited for"
    asked = play(tmp_path, "steps:\n  - camera: self\n  - place_card")
    assert asked.screens[-1] == "consent"
    assert asked.outcome is not None
    assert asked.outcome["status"] == "abandoned"


def test_a_failure_of_the_program_is_put_into_words(tmp_path: Path) -> None:
    """Whoever shows the result says how; the step stays named."""
    broken = assets_but(tmp_path / "assets", "personas/hanako/live_front.jpg", b"\xff\xd8\xff no picture")
    careful = Player(Settings(), catalogue(), assets=broken, explain=lambda error: f"<{error.code}>")
    result = careful.play(written(tmp_path, "steps:\n  - camera: self"))
    assert result.failure == "step 1 (line 2, camera): <K212>"


def test_taps_count_keys_too_and_apdus_and_files_are_those_of_the_visit(tmp_path: Path) -> None:
    result = player().play(shipped("pin-ok"), data=tmp_path / "data")
    assert result.taps == len(["method.pin", *"1234", "pin.ok", "consent.all"])
    assert result.apdus > 40
    assert result.files == sorted(path.name for path in (tmp_path / "data/out").iterdir())
    assert len(result.files) == 1
    assert result.machine_seconds > 0
    json.dumps(result.as_json())


def test_a_tampered_journal_is_reported(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert player().play(shipped("card-in-a-case"), data=data).journal_ok
    with closing(sqlite3.connect(data / "journal.sqlite")) as raw, raw:
        raw.execute("DROP TRIGGER entries_no_update")
        raw.execute("UPDATE entries SET event = 'reader.lost' WHERE seq = 2")
    assert not player().play(shipped("card-in-a-case"), data=data).journal_ok


@pytest.mark.usefixtures("qapp")
def test_pictures_one_for_each_screen_upright_and_lying(tmp_path: Path) -> None:
    for text, size in (("", (1080, 1920)), (LANDSCAPE, (1920, 1080))):
        shots = tmp_path / "shots"
        scenario = written(tmp_path, f"card: {{kind: none}}\nsteps: [place_card, remove_card]\n{text}", f"w{size[0]}")
        result = Player(Settings(), catalogue()).play(scenario, shots=shots)
        pictures = sorted((shots / f"w{size[0]}").iterdir())
        assert [p.stem.partition("-")[2] for p in pictures] == result.screens
        for picture in pictures:
            image = QImage(str(picture))
            assert (image.width(), image.height()) == size
            assert len({image.pixel(x, y) for x in range(0, size[0], 40) for y in range(0, size[1], 40)}) > 5


MIXED = ["face-ok", "pin-last-try", "reader-unplugged", "terminal-garbage"]


def test_the_same_again_in_any_order(tmp_path: Path) -> None:
    """A visit depends on nothing but its scenario: not on chance, not on the visits before it."""
    there = {name: told(player().play(shipped(name))) for name in MIXED}
    back = {name: told(player().play(shipped(name), data=tmp_path / name)) for name in reversed(MIXED)}
    assert there == back


def test_rules_of_another_day_come_with_the_day(tmp_path: Path) -> None:
    """The face engine is shared between visits, its dated rules are not: from 2027 on nobody matches here."""
    limits = "rules/face.toml"
    rules = (ASSETS / limits).read_text(encoding="utf-8")
    today = '{ name = "threshold_match", engine = "sface", value = 0.45,'
    later = today.replace("0.45", "1.0").replace("{", "{ valid_from = 2027-01-01,")
    changed = rules.replace(today, f'{later} source = "a test" }},\n  {today} valid_to = 2026-12-31,')
    assets = assets_but(tmp_path / "assets", limits, changed.encode())
    both = Player(Settings(), catalogue(), assets=assets)
    for day, screen in (("2026-12-31", "consent"), ("2027-01-05", "identify")):
        steps = f"[camera: self, place_card, expect: {{screen: {screen}}}, remove_card]"
        assert both.play(written(tmp_path, f"clock: {day}\nsteps: {steps}")).failure is None, day


def test_power_cuts_at_every_stage(tmp_path: Path) -> None:
    """The kiosk comes back each time and the visit begins anew with the card that lies there."""
    for before in ("reading", "face", "consent", "result"):
        tap = "- tap: consent.all" if before == "result" else ""
        result = play(
            tmp_path,
            f"""\
            steps:
              {"" if before == "reading" else "- camera: self"}
              - place_card
              {"- expect: {screen: consent}" if tap else ""}
              {tap}
              - expect: {{screen: {before}}}
              - fault: {{power: cut}}
              - camera: self
              - expect: {{screen: consent}}
              - tap: consent.all
              - expect: {{screen: result}}
              - remove_card
              - expect: {{screen: idle}}
            outcome: {{status: accepted, identity: face, alerts: []}}
            """,
        )
        assert result.passed, (before, result.failure)
        assert result.journal_ok


def test_workers_that_are_due_at_once_go_one_after_the_other() -> None:
    clock = SimulatedClock(DEFAULT_CLOCK)
    workers = Workers(clock)
    order: list[str] = []

    def job(name: str) -> None:
        for _ in range(50):
            clock.sleep(1)
            order.append(name)

    names = ["a", "b", "c"]
    for name in names:
        workers.start(name, lambda name=name: job(name))  # type: ignore[misc]
        assert clock.wait_quiet(PATIENCE)
    while clock.next_sleeper() is not None:
        clock.advance(1000)
        assert clock.wait_quiet(PATIENCE)
    assert order == names * 50
