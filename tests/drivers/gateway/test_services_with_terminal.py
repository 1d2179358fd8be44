"""照会番号, bulk look-ups and an unsteady terminal, through real folders and the simulated terminal."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from drivers.gateway.folders import FolderGateway
from drivers.gateway.requery import Requeried, requery
from drivers.simulated.persona import Persona, load_persona, persona_names
from drivers.simulated.population import Population
from drivers.simulated.terminal import SimulatedTerminal, TerminalMode, TerminalState
from kiosk.domain.failures import FailureCode, KioskError, NeedsStaff, Retriable
from kiosk.domain.outcome import Eligibility
from kiosk.domain.rules import load_rules
from kiosk.ports.eligibility import BulkAnswer, NumberQuery, ReferenceRegistration, TerminalRefused, registration_after

ASSETS = Path(__file__).resolve().parents[3] / "assets"
START = datetime(2026, 11, 24, 9, 30, tzinfo=timezone(timedelta(hours=9)))
TODAY = START.date()


class SteppedClock:
    """Sleeping lets the terminal work, then moves time."""

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


class Desk:
    def __init__(
        self,
        root: Path,
        population: Population | None = None,
        on_late: Callable[[int], None] = lambda _count: None,
    ) -> None:
        self.folders = [root / name for name in ("req", "res", "face", "out")]
        for folder in self.folders:
            folder.mkdir()
        self.req, self.res, face, out = self.folders
        self.clock = SteppedClock()
        names = persona_names(ASSETS / "personas")
        self.personas = {name: load_persona(ASSETS / "personas", name) for name in names}
        self.terminal = SimulatedTerminal(
            self.req,
            self.res,
            face,
            clock=self.clock,
            register=self.personas.values(),
            seed=3,
            population=population,
        )
        self.clock.others.append(self.terminal.poll)
        self.gateway = FolderGateway(
            self.req,
            self.res,
            face,
            out,
            clock=self.clock,
            institution_code="4719999996",
            rng=random.Random(5),
            on_late=on_late,
        )

    def ask(self, query: NumberQuery) -> Eligibility:
        return self.gateway.query_number(query, timeout_s=30, cancelled=never)[0].eligibility


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def never() -> bool:
    return False


def query(persona: Persona, visit: str, on: date = TODAY) -> NumberQuery:
    record = persona.record
    return NumberQuery(
        visit, record.insurer_number, record.symbol, record.number, record.branch, persona.card.birth_date, on
    )


def registration(persona: Persona, number: str) -> ReferenceRegistration:
    record = persona.record
    return ReferenceRegistration("V", number, record.insurer_number, record.symbol, record.number, record.branch)


def test_a_registered_number_comes_back_in_every_later_result(desk: Desk) -> None:
    kenji = query(desk.personas["kenji"], "V1")
    answer, _ = desk.gateway.query_number(kenji, timeout_s=30, cancelled=never)
    wanted = registration_after(answer, "V1", "00012345")
    assert wanted is not None
    desk.gateway.register_reference(wanted, timeout_s=30, cancelled=never)
    answer, _ = desk.gateway.query_number(kenji, timeout_s=30, cancelled=never)
    assert answer.persons[0].reference_number == "00012345"
    assert registration_after(answer, "V1", "00012345") is None
    assert list(desk.req.glob("*")) == []


def test_a_number_that_fits_nobody_is_refused(desk: Desk) -> None:
    stranger = replace(registration(desk.personas["kenji"], "1"), number="99999999")
    with pytest.raises(TerminalRefused):
        desk.gateway.register_reference(stranger, timeout_s=30, cancelled=never)


@pytest.mark.parametrize("name", ["invalid", "invalid_newer", "not_found"])
def test_nothing_is_registered_after_another_answer_than_valid(desk: Desk, name: str) -> None:
    answer, _ = desk.gateway.query_number(query(desk.personas[name], "V1"), timeout_s=30, cancelled=never)
    assert answer.eligibility is not Eligibility.VALID
    assert registration_after(answer, "V1", "7") is None


def test_no_number_longer_than_the_interface_takes(desk: Desk) -> None:
    answer, _ = desk.gateway.query_number(query(desk.personas["kenji"], "V1"), timeout_s=30, cancelled=never)
    assert registration_after(answer, "V1", "1" * 50) is not None
    assert registration_after(answer, "V1", "1" * 51) is None
    assert registration_after(answer, "V1", "") is None


def test_appointments_of_tomorrow_in_one_request(desk: Desk) -> None:
    tomorrow = TODAY + timedelta(days=1)
    wanted = {"A-1": "kenji", "A-2": "invalid", "A-3": "not_found", "A-4": "hanako"}
    queries = [query(desk.personas[name], visit, tomorrow) for visit, name in wanted.items()]
    number = desk.gateway.submit_bulk(queries, tomorrow, timeout_s=30, cancelled=never)
    answers = desk.gateway.collect_bulk(number, timeout_s=30, cancelled=never)
    assert answers is not None
    found = {answer.identifier: answer.answer for answer in answers}
    assert {visit: found[visit].eligibility for visit in wanted} == {
        "A-1": Eligibility.VALID,
        "A-2": Eligibility.INVALID,
        "A-3": Eligibility.NOT_FOUND,
        "A-4": Eligibility.VALID,
    }
    assert {a.confirmed_on for a in found.values()} == {tomorrow}
    assert found["A-4"].persons[0].birth_date == desk.personas["hanako"].card.birth_date


def test_a_bulk_result_that_is_not_ready_is_asked_for_again(desk: Desk) -> None:
    desk.terminal.state = TerminalState(TerminalMode.ONLINE, seconds=60)
    one = [query(desk.personas["kenji"], "A-1")]
    number = desk.gateway.submit_bulk(one, TODAY, timeout_s=30, cancelled=never)
    assert desk.gateway.collect_bulk(number, timeout_s=30, cancelled=never) is None
    desk.clock.sleep(60)
    answers = desk.gateway.collect_bulk(number, timeout_s=30, cancelled=never)
    assert answers is not None
    assert len(answers) == 1


def test_an_unknown_reception_number_is_refused(desk: Desk) -> None:
    with pytest.raises(TerminalRefused, match="SAMPLE-E0005"):
        desk.gateway.collect_bulk("1", timeout_s=30, cancelled=never)


def test_a_broken_bulk_request_comes_back_as_err(desk: Desk) -> None:
    def spoil() -> None:
        for path in desk.req.glob("OQSmuquc01req_*.xml"):
            path.write_bytes(b"<XmlMsg>")

    desk.clock.others.insert(0, spoil)
    with pytest.raises(TerminalRefused, match=r"\.err"):
        desk.gateway.submit_bulk([query(desk.personas["kenji"], "A-1")], TODAY, timeout_s=30, cancelled=never)
    assert [path.suffix for path in (desk.res / "done").glob("OQS*")] == [".err"]


def test_patients_of_one_bulk_need_names_of_their_own(desk: Desk) -> None:
    twice = [query(desk.personas["kenji"], "A-1")] * 2
    with pytest.raises(ValueError, match="visit ids"):
        desk.gateway.submit_bulk(twice, TODAY, timeout_s=30, cancelled=never)
    assert list(desk.req.iterdir()) == []


def test_a_terminal_that_restarts_answers_the_next_time(desk: Desk) -> None:
    desk.terminal.state = TerminalState(TerminalMode.RESTART, seconds=40)
    kenji = query(desk.personas["kenji"], "V1")
    with pytest.raises(Retriable, match=FailureCode.TERMINAL_SILENT):
        desk.gateway.query_number(kenji, timeout_s=15, cancelled=never)
    desk.clock.sleep(40)
    assert desk.ask(kenji) is Eligibility.VALID
    assert desk.terminal.state.mode is TerminalMode.ONLINE


@pytest.mark.parametrize("seconds", [8, 29])
def test_a_terminal_that_is_still_running_is_waited_for(desk: Desk, seconds: float) -> None:
    desk.terminal.state = TerminalState(TerminalMode.RUNNING, seconds=seconds)
    assert desk.ask(query(desk.personas["hanako"], "v1")) is Eligibility.VALID
    assert desk.clock.elapsed >= seconds


@pytest.mark.parametrize("seconds", [0, 31])
def test_a_terminal_that_runs_on_counts_as_silent(tmp_path: Path, seconds: float) -> None:
    late: list[int] = []
    desk = Desk(tmp_path, on_late=late.append)
    desk.terminal.state = TerminalState(TerminalMode.RUNNING, seconds=seconds)
    with pytest.raises(Retriable) as caught:
        desk.ask(query(desk.personas["hanako"], "v1"))
    assert caught.value.code is FailureCode.TERMINAL_SILENT
    assert desk.clock.elapsed == 30
    assert desk.gateway.collect_late() == 0, "the word that it runs is no late answer"
    desk.clock.sleep(2)
    assert desk.gateway.collect_late() == len(late) == (1 if seconds else 0)


def test_a_bulk_look_up_at_a_running_terminal_comes_to_its_end(desk: Desk) -> None:
    desk.terminal.state = TerminalState(TerminalMode.RUNNING, seconds=5)
    asked = [query(desk.personas["hanako"], "v1")]
    number = desk.gateway.submit_bulk(asked, TODAY, timeout_s=30, cancelled=never)
    assert desk.gateway.collect_bulk(number, timeout_s=30, cancelled=never) is None
    desk.clock.sleep(5)
    (unit,) = desk.gateway.collect_bulk(number, timeout_s=30, cancelled=never) or ()
    assert unit.answer.eligibility is Eligibility.VALID


def test_an_unsteady_terminal_gives_every_kind_of_trouble_and_mostly_none(tmp_path: Path) -> None:
    rules = load_rules(ASSETS / "rules" / "population.toml")
    population = Population(200, 1, rules, TODAY)
    desk = Desk(tmp_path, population)
    desk.terminal.state = TerminalState(TerminalMode.UNSTEADY, seconds=5)
    troubles: set[FailureCode] = set()
    answered = 0
    for number, persona in enumerate(population):
        try:
            desk.ask(query(persona, f"V{number}"))
            answered += 1
        except KioskError as error:
            troubles.add(error.code)
    assert troubles == {
        FailureCode.TERMINAL_SILENT,
        FailureCode.TERMINAL_ERROR,
        FailureCode.ANSWER_DAMAGED,
        FailureCode.ANSWER_ENCRYPTED,
    }
    assert answered > 150


def test_generated_people_are_answered_as_their_record_says(tmp_path: Path) -> None:
    population = Population(150, 2, load_rules(ASSETS / "rules" / "population.toml"), TODAY)
    desk = Desk(tmp_path, population)
    for persona in list(population)[:60]:
        assert desk.ask(query(persona, "V")).value == persona.record.validity
    with pytest.raises(NeedsStaff):
        desk.gateway.collect_bulk("", timeout_s=1, cancelled=never)


# --- after an outage -----------------------------------------------------------------------------


def open_visits(desk: Desk, count: int) -> list[NumberQuery]:
    names = ("kenji", "hanako", "not_found", "invalid")
    return [query(desk.personas[names[n % 4]], f"V{n}", TODAY - timedelta(days=n % 2)) for n in range(count)]


def again(desk: Desk, queries: list[NumberQuery], per_request: int = 5) -> tuple[Requeried, list[BulkAnswer]]:
    answers: list[BulkAnswer] = []
    done = requery(
        desk.gateway,
        queries,
        answers.append,
        clock=desk.clock,
        timeout_s=30,
        cancelled=never,
        per_request=per_request,
    )
    return done, answers


def test_all_that_was_left_open_is_answered_once(desk: Desk) -> None:
    queries = open_visits(desk, 23)
    done, answers = again(desk, queries)
    assert done == Requeried(23)
    assert sorted(str(answer.identifier) for answer in answers) == sorted(q.visit_id for q in queries)
    days = {answer.identifier: answer.answer.confirmed_on for answer in answers}
    assert all(days[q.visit_id] == q.on for q in queries)


def test_a_line_that_breaks_again_leaves_the_rest_open(desk: Desk) -> None:
    queries = open_visits(desk, 20)
    seen: list[BulkAnswer] = []

    def then_silence(answer: BulkAnswer) -> None:
        seen.append(answer)
        if len(seen) == 5:
            desk.terminal.state = TerminalState(TerminalMode.SILENT)

    done = requery(desk.gateway, queries, then_silence, clock=desk.clock, timeout_s=5, cancelled=never, per_request=5)
    assert (done.answered, done.fault) == (5, FailureCode.TERMINAL_SILENT)
    assert {answer.identifier for answer in seen} | set(done.open_ids) == {q.visit_id for q in queries}
    desk.terminal.state = TerminalState()
    done, answers = again(desk, [q for q in queries if q.visit_id in done.open_ids])
    assert done == Requeried(15)
    assert len(answers) == 15


def test_a_refused_request_stays_open_and_the_rest_goes_on(desk: Desk) -> None:
    queries = open_visits(desk, 4)
    spoiled: list[Path] = []

    def spoil() -> None:
        for path in desk.req.glob("OQSmuquc01req_*.xml"):
            if not spoiled:
                path.write_bytes(b"<XmlMsg>")
                spoiled.append(path)

    desk.clock.others.insert(0, spoil)
    done, answers = again(desk, queries, per_request=2)
    assert (done.answered, len(done.open_ids), done.fault) == (2, 2, None)
    assert len(answers) == 2


def test_lanes_never_give_two_requests_one_name(desk: Desk) -> None:
    """A name is free again once the terminal has taken the request, but its answer is still to come."""
    kenji = query(desk.personas["kenji"], "V1")
    desk.clock.others.clear()
    names: list[str] = []

    def look() -> bool:
        names.extend(path.name for path in desk.req.glob("*.xml"))
        return True

    for lane in range(50):
        gateway = FolderGateway(
            *desk.folders, clock=desk.clock, institution_code="4719999996", rng=random.Random(lane), lane=f"K{lane}"
        )
        for _ in range(20):
            with pytest.raises(Retriable):
                gateway.query_number(kenji, timeout_s=1, cancelled=look)
    assert len(names) == len(set(names)) == 1000
