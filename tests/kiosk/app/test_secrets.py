"""Visits with PINs that nobody else has: nothing they leave behind holds one, in any dress."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from drivers.simulated.card.photo import face_photo_jp2
from kiosk.app.paths import ASSETS
from kiosk.app.result import Result
from kiosk.app.stage import Stage
from tests.conftest import LogWatch
from tests.kiosk.app.plays import player, written
from tests.kiosk.app.search import SecretSearch
from tests.kiosk.app.watch import Traces, secrets_of_everybody, watched

OF_THE_CARD = {"pin": "7391", "text_pin": "8264", "juki_pin": "6483", "signature_password": "QX7ZK9"}
MISTYPED = "5928"
CARD = "card: {" + ", ".join(f'{key}: "{value}"' for key, value in OF_THE_CARD.items()) + "}"


def unusual() -> SecretSearch:
    search = SecretSearch()
    for name, value in OF_THE_CARD.items():
        search.add_word(name, value)
    search.add_word("mistyped", MISTYPED)
    return search


def left_behind(traces: Traces) -> dict[str, set[str]]:
    """Where secrets were found, by the name of the file."""
    search, known = unusual(), secrets_of_everybody()
    everywhere = ((where, search.found_in(content) | known.found_in(content)) for where, content in traces.everything())
    return {where: names for where, names in everywhere if names}


def visit(steps: str) -> str:
    return f"{CARD}\nsteps:\n" + "".join(f"  - {step.strip()}\n" for step in steps.strip().splitlines())


BOTH_WAYS = visit(
    """
    place_card
    expect: {screen: face}
    tap: method.pin
    type: {field: pin, text: 5928}
    tap: pin.ok
    expect: {screen: pin, message: pin.wrong}
    type: {field: pin, text: 7391}
    tap: pin.ok
    expect: {screen: consent}
    tap: consent.all
    expect: {screen: result}
    tap: confirm.yes
    remove_card
    expect: {screen: idle}
    """
)
CARD_GONE_WHILE_TYPING = visit(
    """
    place_card
    expect: {screen: face}
    tap: method.pin
    type: {field: pin, text: 739}
    remove_card
    expect: {screen: idle}
    camera: self
    place_card
    expect: {screen: consent}
    staff: {action: take_over}
    """
)
POWER_CUT_AT_THE_PIN = visit(
    """
    place_card
    expect: {screen: face}
    tap: method.pin
    type: {field: pin, text: 7391}
    fault: {power: cut}
    expect: {screen: face}
    """
)
DISK_FULL_AT_THE_PIN = visit(
    """
    place_card
    expect: {screen: face}
    tap: method.pin
    type: {field: pin, text: 7391}
    fault: {disk: full}
    tap: pin.ok
    expect: {screen: out_of_service}
    """
)


@pytest.mark.parametrize(
    ("text", "logged"),
    [(BOTH_WAYS, None), (CARD_GONE_WHILE_TYPING, None), (POWER_CUT_AT_THE_PIN, None), (DISK_FULL_AT_THE_PIN, "K402")],
    ids=["mistyped and typed", "card gone while typing", "power cut", "disk full"],
)
def test_a_visit_leaves_no_secret(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    log_watch: LogWatch,
    text: str,
    logged: str | None,
) -> None:
    if logged:
        log_watch.announce(logged)
    result, traces = watched_play(tmp_path, monkeypatch, text)
    assert result.passed, result.failure
    assert left_behind(traces) == {}
    assert unusual().found_in("".join(capfd.readouterr()).encode()) == set()
    for picture in (tmp_path / "shots").rglob("*.png"):  # chunks of text in a picture
        assert unusual().found_in(picture.read_bytes()) == set()


def watched_play(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> tuple[Result, Traces]:
    with watched(folder / "data", monkeypatch) as traces:
        result = player().play(written(folder, text), data=folder / "data", shots=folder / "shots", observer=traces)
    return result, traces


@pytest.mark.parametrize("place", ["data", "temporary", "log", "screen", "journal"])
def test_the_search_finds_what_was_planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """Each place is really looked at, and while the visit goes on: the file is gone before its end."""

    class Leaky(Traces):
        def ready(self, stage: Stage) -> None:
            super().ready(stage)
            leak = {
                "data": lambda: (tmp_path / "data/req/.draft").write_text("00:20:37:33:39:31"),
                "temporary": lambda: (tmp_path / "temporary/photo.jp2").write_bytes(photo[600:700]),
                "log": lambda: logging.getLogger("some.driver").debug("sent %s", bytes.fromhex("0020008004") + b"7391"),
                "screen": lambda: self.screen(["Your PIN 7391 is right"]),
                "journal": lambda: (tmp_path / "data/journal.sqlite-old").write_text("NzM5MQ=="),
            }[place]
            stage.clock.every(0.35, leak)
            stage.clock.every(0.95, lambda: (tmp_path / "data/req/.draft").unlink(missing_ok=True))

    photo = face_photo_jp2(ASSETS / "personas/hanako/card.jpg")
    with watched(tmp_path / "data", monkeypatch) as traces:
        leaky = Leaky([tmp_path / "data", tmp_path / "temporary"])
        leaky.log = traces.log
        player().play(written(tmp_path, visit("wait: 2")), data=tmp_path / "data", observer=leaky)
    names = {"data": ".draft", "temporary": "photo.jp2", "journal": "journal.sqlite-old"}
    secret = {"photo of hanako"} if place == "temporary" else {"pin"}
    assert left_behind(leaky) == {names.get(place, place): secret}
