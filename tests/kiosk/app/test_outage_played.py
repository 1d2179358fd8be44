"""An outage through the real application: what the patients see, what goes out, and what the journal says."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.app.backroom import open_pending
from kiosk.app.journal import open_journal
from kiosk.app.paths import DataFolders
from kiosk.domain.pending import PendingState
from tests.kiosk.app.plays import player, shipped, written


def test_nobody_waits_and_everybody_is_looked_up_in_the_end(tmp_path: Path) -> None:
    result = player().play(shipped("outage-next-patient"), data=tmp_path)
    assert (result.failure, result.journal_ok) == (None, True)
    assert len(result.files) == 3
    with closing(open_pending(DataFolders(tmp_path))) as pending:
        assert [visit.state for visit in pending.visits()] == [PendingState.SETTLED] * 2
        assert [outage.until is not None for outage in pending.outages(5)] == [True]
    with closing(open_journal(DataFolders(tmp_path))) as journal:
        events = [entry.event for entry in journal.iterate()]
    counted = [events.count(name) for name in ("line.lost", "line.back", "pending.added", "pending.answered")]
    assert counted == [1, 1, 2, 2]


@pytest.mark.parametrize(("settings", "more"), [("{}", 0), ("{hand_over: {fhir: true}}", 1)])
def test_the_bundle_goes_out_where_it_is_wanted(tmp_path: Path, settings: str, more: int) -> None:
    scenario = written(
        tmp_path,
        f"""
        settings: {settings}
        steps:
          - camera: self
          - place_card
          - expect: {{screen: consent}}
          - tap: consent.none
          - expect: {{screen: result}}
          - remove_card
        """,
    )
    result = player().play(scenario, data=tmp_path / "data")
    assert result.failure is None
    assert [name for name in result.files if name.startswith("fhir_")] == [f"fhir_{result.visit_id}.json"] * more
    assert len(result.files) == 1 + more


def test_a_patient_who_was_never_here_has_nothing_held(tmp_path: Path) -> None:
    result = player().play(written(tmp_path, "held: none\nsteps:\n  - wait: 1\n"), data=tmp_path / "data")
    with closing(open_journal(DataFolders(tmp_path / "data"))) as journal:
        [loaded] = [entry.fields for entry in journal.iterate() if entry.event == "patients.loaded"]
    assert result.failure is None
    result = player().play(written(tmp_path, "steps:\n  - wait: 1\n"), data=tmp_path / "other")
    with closing(open_journal(DataFolders(tmp_path / "other"))) as journal:
        [usual] = [entry.fields for entry in journal.iterate() if entry.event == "patients.loaded"]
    assert loaded != usual


def test_the_claim_note_goes_out_at_once_and_the_result_when_the_line_is_back(tmp_path: Path) -> None:
    result = player().play(shipped("outage-oral-check"), data=tmp_path)
    assert result.failure is None
    note, text = f"claim_note_{result.visit_id}.json", f"claim_note_{result.visit_id}.txt"
    assert set(result.files) >= {note, text}
    assert [name.partition("_")[0] for name in result.files if name not in (note, text)] == ["OQSsiquc01res"]
    data = json.loads((tmp_path / "out" / note).read_text("utf-8"))
    assert (data["claim_route"], data["decision"], data["insurer_number"]) == ("1", "D30", "01479997")
    with closing(open_pending(DataFolders(tmp_path))) as pending:
        [visit] = pending.visits()
    assert (visit.state, visit.differences) == (PendingState.SETTLED, ())
