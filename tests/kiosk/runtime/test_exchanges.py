"""What the facility's own list adds to an answer."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from drivers.store.patients import SqlitePatients
from kiosk.domain.eligibility import EligibilityAnswer, InsuredPerson
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.domain.outcome import Eligibility
from kiosk.domain.patients import Patient
from kiosk.flow import events as ev
from kiosk.ports.patients import PatientIndex
from kiosk.runtime.exchanges import Exchanges
from kiosk.runtime.vault import VisitRecord
from tests.conftest import LogWatch
from tests.kiosk.runtime.fakes import AT, Bench, FakeGateway, FakePatients

BORN = date(1950, 2, 11)
PERSON = InsuredPerson(
    insurer_number="39479993", number="00123456", name="見本　花子", kana="ミホン　ハナコ", birth_date=BORN
)
HELD = Patient(
    "7", "ミホン　ハナコ", BORN, insurer_number="39479993", number="00123456", name="見本　花子", share_percent=20
)
TWIN = replace(PERSON, number="00123457")


def last_share(index: PatientIndex, *persons: InsuredPerson) -> int | None:
    bench = Bench()
    try:
        exchanges = Exchanges(
            FakeGateway(bench.world),
            None,
            None,
            index,
            bench.clock,
            bench.workers,
            query_seconds=1.0,
            read_words=lambda _record: None,
        )
        event = exchanges.answered(3, EligibilityAnswer(Eligibility.VALID, AT.date(), None, persons), VisitRecord("v"))
    finally:
        bench.clock.close()
    assert isinstance(event, ev.EligibilityAnswered)
    assert event.ticket == 3
    return event.last_share


@pytest.mark.parametrize(
    ("persons", "share"),
    [
        ((PERSON,), 20),
        ((TWIN,), None),  # by the kana alone it may be somebody else
        ((replace(PERSON, birth_date=date(1951, 2, 11)),), None),
        ((PERSON, TWIN), None),
        ((), None),
    ],
)
def test_share_of_the_last_visit_comes_with_the_answer(
    tmp_path: Path, persons: tuple[InsuredPerson, ...], share: int | None
) -> None:
    with closing(SqlitePatients(tmp_path / "patients.sqlite")) as index:
        index.replace([HELD])
        assert last_share(index, *persons) == share


def test_list_that_fails_does_not_hold_the_answer_back(log_watch: LogWatch) -> None:
    log_watch.announce("patients")
    bench = Bench()
    bench.clock.close()
    bench.world.errors["held"] = NeedsStaff(FailureCode.DISK_FULL)
    assert last_share(FakePatients(bench.world), PERSON) is None
