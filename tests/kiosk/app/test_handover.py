"""The hand-over as the settings want it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from drivers.simulated.orca import SimulatedOrca
from kiosk.app.handover import dispatcher, open_deliveries
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.settings import Settings
from kiosk.domain.eligibility import EligibilityAnswer, InsuredPerson
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.outcome import Eligibility
from kiosk.ports.eligibility import ResultFile
from kiosk.ports.handover import FinishedVisit
from kiosk.runtime.clocks import RealClock

VISIT = FinishedVisit(
    "K1-1",
    datetime(2026, 10, 5, 10, 0, tzinfo=timezone(timedelta(hours=9))),
    "4719999996",
    EligibilityAnswer(
        Eligibility.VALID, None, None, (InsuredPerson(insurer_number="06479992", symbol="2026", number="158"),)
    ),
    ResultFile("OQSsiquc01res_1.xml", b"<XmlMsg/>"),
    patient_number="7",
)


@pytest.fixture
def folders(tmp_path: Path) -> DataFolders:
    made = DataFolders(tmp_path / "data")
    made.create()
    return made


def deliver(settings: Settings, folders: DataFolders) -> list[str]:
    store = open_deliveries(folders)
    try:
        desk = dispatcher(settings, folders, RealClock(), store, ASSETS)
        desk.accept(VISIT)
        desk.deliver()
    finally:
        store.close()
    return sorted(path.name for path in folders.out.iterdir())


def test_without_settings_only_the_result_file_goes_out(folders: DataFolders) -> None:
    assert deliver(Settings(), folders) == ["OQSsiquc01res_1.xml"]


def test_fhir_and_orca_when_they_are_switched_on(folders: DataFolders, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("kiosk\n", "ascii")
    with SimulatedOrca(["7"]) as orca:
        changes = {
            "fhir": True,
            "orca_url": orca.url,
            "orca_user": "ormaster",
            "orca_password_file": str(tmp_path / "password"),
        }
        settings = Settings().overridden({"hand_over": changes})
        assert deliver(settings, folders) == ["OQSsiquc01res_1.xml", "fhir_K1-1.json"]
        deliver(settings, folders)
        assert [entry.patient for entry in orca.accepted] == ["7"]


def test_orca_without_a_password_says_what_is_missing(folders: DataFolders) -> None:
    settings = Settings().overridden({"hand_over": {"orca_url": "http://127.0.0.1:1"}})
    with pytest.raises(Fatal, match="orca_password_file") as caught:
        deliver(settings, folders)
    assert caught.value.code is FailureCode.SETTINGS_WRONG
