"""The gateway and the simulated terminal through real folders: each was written from the interface, not from the other."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from drivers.gateway.folders import FolderGateway
from drivers.gateway.result_file import read_result
from drivers.simulated.persona import Persona, certificate_serial, load_persona, persona_names
from drivers.simulated.terminal import SimulatedTerminal, TerminalMode, TerminalState
from kiosk.domain.failures import FailureCode, KioskError, NeedsStaff, Retriable
from kiosk.domain.outcome import Eligibility, IdentityMethod
from kiosk.ports.eligibility import CardQuery, ConsentRecord, NumberQuery, ResultFile, TerminalRefused

PERSONAS = Path(__file__).resolve().parents[3] / "assets" / "personas"
JAPAN = timezone(timedelta(hours=9))
START = datetime(2026, 11, 24, 9, 30, tzinfo=JAPAN)
TODAY = START.date()


class SteppedClock:
    """Sleeping lets the others work, then moves time."""

    def __init__(self) -> None:
        self.elapsed = 0.0
        self.others: list[Callable[[], object]] = []

    def now(self) -> datetime:
        return START + timedelta(seconds=self.elapsed)

    def monotonic(self) -> float:
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        self.elapsed += seconds
        for other in self.others:
            other()


class Bench:
    """One set of folders with a terminal and a gateway on it."""

    def __init__(self, root: Path, personas: list[Persona] | None = None) -> None:
        self.req, self.res, self.face, self.out = (root / name for name in ("req", "res", "face", "out"))
        for folder in (self.req, self.res, self.face, self.out):
            folder.mkdir()
        self.clock = SteppedClock()
        known = personas or [load_persona(PERSONAS, name) for name in persona_names(PERSONAS)]
        self.terminal = SimulatedTerminal(self.req, self.res, self.face, clock=self.clock, register=known, seed=7)
        self.clock.others.append(self.terminal.poll)
        self.gateway = self.lane("K1")

    def lane(self, lane: str, *, simulated: bool = True) -> FolderGateway:
        return FolderGateway(
            self.req,
            self.res,
            self.face,
            self.out,
            clock=self.clock,
            institution_code="4719999996",
            rng=random.Random(lane),
            lane=lane,
            simulated_card_queries=simulated,
        )


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def never() -> bool:
    return False


def card_query(persona: Persona, visit: str = "V1") -> CardQuery:
    ends = datetime.combine(persona.card.certificate_ends, datetime.max.time(), JAPAN)
    return CardQuery(visit, certificate_serial(persona), ends, IdentityMethod.FACE, TODAY)


@pytest.mark.parametrize(("name", "ratio"), [("hanako", 10), ("kenji", None)])
def test_a_visit_by_card_from_look_up_to_hand_over(bench: Bench, name: str, ratio: int | None) -> None:
    persona = load_persona(PERSONAS, name)
    answer, _ = bench.gateway.query_card(card_query(persona), timeout_s=30, cancelled=never)
    (person,) = answer.persons
    assert answer.eligibility is Eligibility.VALID
    assert answer.by_card
    assert (person.name, person.birth_date, person.contribution_ratio) == (
        persona.card.name,
        persona.card.birth_date,
        ratio,
    )
    assert {state.flag for state in person.consents} == {"0"}

    record = ConsentRecord("V1", ("surgery", "medication"), START)
    answer, file = bench.gateway.register_consents(record, timeout_s=30, cancelled=never)
    flags = {state.information: state for state in answer.persons[0].consents}
    assert flags["OperationInfo"].flag == flags["PharmacistsInfo"].flag == flags["DiagnosisInfo"].flag == "1"
    assert flags["SpecificHealthCheckupsInfo"].flag == "0"
    assert flags["OperationInfo"].until == datetime(2026, 11, 25, 9, 30)

    assert bench.gateway.hand_over("V1", file) == file.name
    assert (bench.out / file.name).read_bytes() == file.content
    assert read_result(file.content).answer == answer
