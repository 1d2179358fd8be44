"""Every shipped scenario from end to end: it comes out as it says, and it keeps its secrets."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from kiosk.app.result import Result
from tests.conftest import LogWatch
from tests.kiosk.app.plays import SHIPPED, player, shipped
from tests.kiosk.app.watch import Traces, people, secrets_of_everybody, watched

RESULT_KEYS = {
    *("scenario", "passed", "failure", "outcome", "visit_id", "taps", "seconds", "machine_seconds", "apdus"),
    *("screens", "files", "journal_ok", "visits"),
}
OUTCOME_KEYS = {
    *("status", "identity", "eligibility", "document", "claim_route", "consents", "decision", "share", "alerts"),
    *("consents_until", "prescription"),
}
KINDS = tomllib.loads(Path(__file__).with_name("taps.toml").read_text(encoding="utf-8"))["kind"]
TAPS = {name: kind["taps"] for kind in KINDS for name in kind["scenarios"]}
MOST_SECONDS = {"face-ok": 12.0, "pin-ok": 15.0}
"""With the pauses of a person who reads, on the kiosk's clock."""

QUESTIONS = ("fallback", "choose_document", "visit", "oral")
MOST_QUESTIONS = 2
"""To the right document."""

FOLLOWED = {"outage-oral-check": 1, "outage-next-patient": 2}
"""Result files that follow once the line is back, for visits that were left open."""

NO_VISIT = {"practice"}
NOBODY_LOOKED_AT = {"D35"}
"""After a disaster people are received by what they say."""

LOGGED = {"disk-full": "K402"}


@pytest.mark.parametrize("name", SHIPPED)
def test_scenario(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    log_watch: LogWatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    if name in LOGGED:
        log_watch.announce(LOGGED[name])
    data = tmp_path / "data"
    with watched(data, monkeypatch) as traces:
        result = player().play(shipped(name), data=data, observer=traces)
    printed = "".join(capfd.readouterr())
    assert result.passed, result.failure
    holds_the_contract(result)
    assert result.taps == TAPS[name]
    assert result.seconds <= MOST_SECONDS.get(name, result.seconds)
    assert questions_to_the_document(result.screens) <= MOST_QUESTIONS
    keeps_its_secrets(traces, printed)


def test_every_scenario_has_its_taps_once() -> None:
    assert sorted(name for kind in KINDS for name in kind["scenarios"]) == SHIPPED, "taps.toml: add it to its kind"


def questions_to_the_document(screens: list[str]) -> int:
    """The most that anybody answers from the start screen to the first document."""
    most = asked = 0
    for screen in screens:
        if screen == "idle":
            asked = 0
        elif screen == "document_reading":
            most = max(most, asked)
        asked += screen in QUESTIONS
    return most


def holds_the_contract(result: Result) -> None:
    assert set(result.as_json()) == RESULT_KEYS
    assert result.outcome is not None
    assert set(result.outcome) == OUTCOME_KEYS
    assert all(set(visit) == OUTCOME_KEYS | {"visit_id"} for visit in result.visits)
    if result.scenario in NO_VISIT:
        assert (result.visits, result.visit_id) == ([], None)
    else:
        assert result.visits[-1] == {"visit_id": result.visit_id, **result.outcome}
    assert len({visit["visit_id"] for visit in result.visits}) == len(result.visits)
    assert result.failure is None
    assert result.journal_ok
    assert result.screens[0] == "idle"
    accepted = [visit for visit in result.visits if visit["status"] == "accepted"]
    given = {Path(name).stem for name in result.files}  # a claim note goes as JSON and as text
    later = FOLLOWED.get(result.scenario, 0)
    assert len(given) == len(accepted) + later, (
        "one answer or note for the レセコン for each accepted visit, and no other"
    )
    for visit in result.visits:
        assert visit["status"] != "accepted" or visit["identity"] != "none" or visit["decision"] in NOBODY_LOOKED_AT
        assert visit["status"] != "accepted" or visit["share"] is not None or "share_unknown" in visit["alerts"]


def keeps_its_secrets(traces: Traces, printed: str) -> None:
    search = secrets_of_everybody()
    found = {where: names for where, content in traces.everything() if (names := search.found_in(content))}
    assert not found
    assert not search.found_in(printed.encode())
    unguarded = traces.journal().decode("utf-8", "replace") + traces.log.getvalue() + printed
    for person in people():
        card = person.card
        for text in (card.name, card.kana, card.address, str(card.birth_date)):
            assert text not in unguarded
