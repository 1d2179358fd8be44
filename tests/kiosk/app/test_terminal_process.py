"""`kiosk terminal` as a process of its own, as trainers use it: every kind of answer and trouble, the same by seed."""

from __future__ import annotations

import dataclasses
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

import pytest

from drivers.gateway.folders import FolderGateway
from drivers.simulated.persona import Persona, certificate_serial, load_persona, persona_names
from drivers.simulated.population import Population
from drivers.simulated.terminal import SimulatedTerminal
from drivers.simulated.terminal.state import TerminalMode, TerminalState
from kiosk.app.catalogue import load_catalogue
from kiosk.app.cli import main
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.qt import application
from kiosk.app.settings import Settings
from kiosk.app.stage import Stage
from kiosk.app.terminal import MANY_PEOPLE, run_terminal
from kiosk.domain.failures import KioskError
from kiosk.domain.kana import has_gap
from kiosk.domain.outcome import IdentityMethod
from kiosk.domain.rules import load_rules
from kiosk.ports.clock import Clock
from kiosk.ports.eligibility import CardQuery, ConsentRecord, NumberQuery, PersonQuery
from kiosk.runtime.clocks import JAPAN, RealClock, SimulatedClock
from tests.kiosk.app.plays import day_that_lasts

PEOPLE, SEED = 400, 9
SECONDS = 60.0


class Trainer:
    """One process on folders of its own, and a kiosk's side of them."""

    def __init__(self, root: Path, *more: str, seed: int = SEED) -> None:
        self.folders = DataFolders(root)
        self.folders.create()
        command = [sys.executable, "-m", "kiosk.app.cli", "terminal", "--folder", str(root)]
        command += ["--people", str(PEOPLE), "--seed", str(seed), *more]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert str(root) in self.process.stdout.readline()
        self.gateway = gateway_on(self.folders, RealClock())

    def ends(self) -> None:
        self.process.terminate()
        assert self.process.wait(SECONDS) == 0
        assert self.process.stdout is not None
        self.process.stdout.close()

    def asks(self, person: Persona, *, seconds: float = SECONDS) -> str:
        return asked(self.gateway, person, seconds)


def gateway_on(folders: DataFolders, clock: Clock) -> FolderGateway:
    return FolderGateway(
        *(folders.req, folders.res, folders.face, folders.out),
        clock=clock,
        institution_code="4719999996",
        rng=random.Random(1),
        simulated_card_queries=True,
    )


def asked(gateway: FolderGateway, person: Persona, seconds: float) -> str:
    """The eligibility, or the failure's code."""
    try:
        answer, _ = gateway.query_number(query_of(person, "v"), timeout_s=seconds, cancelled=never)
    except KioskError as error:
        return error.code.value
    return answer.eligibility.value


def query_of(person: Persona, name: str) -> NumberQuery:
    record = person.record
    return NumberQuery(
        name, record.insurer_number, record.symbol, record.number, record.branch, person.card.birth_date, today()
    )


def never() -> bool:
    return False


def today() -> date:
    return datetime.now(JAPAN).date()


@lru_cache
def people_on(day: date) -> list[Persona]:
    return list(Population(PEOPLE, SEED, load_rules(ASSETS / "rules" / "population.toml"), day))


@pytest.fixture
def people() -> list[Persona]:
    return people_on(day_that_lasts())


@pytest.fixture
def trainer(tmp_path: Path) -> Iterator[Callable[..., Trainer]]:
    running: list[Trainer] = []

    def start(*more: str, seed: int = SEED) -> Trainer:
        running.append(Trainer(tmp_path / f"terminal-{len(running)}", *more, seed=seed))
        return running[-1]

    yield start
    for each in running:
        each.ends()


def test_card_consents_and_items_of_a_made_up_person(trainer: Callable[..., Trainer], people: list[Persona]) -> None:
    site = trainer()
    person = next(
        p for p in people if p.record.registered and p.record.validity == "valid" and p.card.certificate_ends > today()
    )
    until = datetime.combine(person.card.certificate_ends, datetime.max.time(), UTC)
    query = CardQuery("v", certificate_serial(person), until, IdentityMethod.FACE, today())
    answer, _ = site.gateway.query_card(query, timeout_s=SECONDS, cancelled=never)
    assert answer.persons[0].birth_date == person.card.birth_date
    record = ConsentRecord("v", ("surgery", "medication"), datetime.now(JAPAN))
    with_consents, file = site.gateway.register_consents(record, timeout_s=SECONDS, cancelled=never)
    assert file.name.startswith("OQSsiquc01res_face_4719999996")
    ends = [state for state in with_consents.persons[0].consents if state.flag == "1" and state.until]
    assert ends
    assert all(state.at and state.until and (state.until - state.at).days == 1 for state in ends)


def test_the_four_items_find_a_persona(trainer: Callable[..., Trainer]) -> None:
    site = trainer()
    query = PersonQuery("v", "見本　花子", date(1950, 2, 11), "2", "架空県架空市試験町１－２－３", today())
    answer, _ = site.gateway.query_person(query, timeout_s=SECONDS, cancelled=never)
    assert (answer.eligibility.value, answer.by_card) == ("valid", False)
    unknown, _ = site.gateway.query_person(
        dataclasses.replace(query, name="別　人"), timeout_s=SECONDS, cancelled=never
    )
    assert unknown.eligibility.value == "not_found"


def test_every_kind_of_answer_and_both_encodings_turn_up(
    trainer: Callable[..., Trainer], people: list[Persona]
) -> None:
    """The whole population in one bulk look-up: plausible shares, check digits, ● in the right measure."""
    site = trainer()
    insured = [p for p in people if p.record.card_class != "A1"]
    queries = [query_of(person, person.name) for person in insured]
    number = site.gateway.submit_bulk(queries, today(), timeout_s=SECONDS, cancelled=never)
    answers = site.gateway.collect_bulk(number, timeout_s=SECONDS, cancelled=never)
    assert answers is not None
    seen = {answer.identifier: answer.answer for answer in answers}
    assert {name: seen[name].eligibility.value for name in seen} == {p.name: p.record.validity for p in insured}
    kinds = Counter(answer.eligibility.value for answer in seen.values())
    assert {"valid", "invalid", "not_found"} <= set(kinds)
    assert kinds["valid"] / len(insured) > 0.85
    gaps = sum(any(has_gap(person.name or "") for person in answer.persons) for answer in seen.values())
    assert 0 < gaps < len(insured) * 0.12
    assert {p.record.encoding for p in people} == {"utf-8", "cp932"}


@pytest.mark.parametrize(
    ("state", "seen"),
    [("online", "valid"), ("error", "K303"), ("garbage", "K304"), ("encrypted", "K305"), ("silent", "K301")],
)
def test_every_trouble_has_a_name_of_its_own(
    trainer: Callable[..., Trainer], people: list[Persona], state: str, seen: str
) -> None:
    person = next(p for p in people if p.record.validity == "valid" and p.record.card_class != "A1")
    assert trainer("--state", state).asks(person, seconds=1.5 if state == "silent" else SECONDS) == seen


def test_a_slow_terminal_answers_after_its_time_and_a_late_answer_troubles_nobody(
    trainer: Callable[..., Trainer], people: list[Persona]
) -> None:
    valid = [p for p in people if p.record.validity == "valid" and p.record.card_class != "A1"]
    site = trainer("--state", "slow", "--seconds", "1")
    # This process may have to wait for its turn longer than the terminal for its time: then the next one is asked.
    assert "K301" in (site.asks(person, seconds=0.4) for person in valid[1:10])
    assert site.asks(valid[0]) == "valid"
    site.gateway.collect_late()
    assert not list(site.folders.res.glob("*.xml"))


def test_after_a_restart_it_answers(trainer: Callable[..., Trainer], people: list[Persona]) -> None:
    person = next(p for p in people if p.record.validity == "valid" and p.record.card_class != "A1")
    assert trainer("--state", "restart", "--seconds", "0.5").asks(person) == "valid"


class SteppedClock(RealClock):
    """Seconds pass where somebody sleeps, and meanwhile the terminal works."""

    def __init__(self) -> None:
        self.terminal: SimulatedTerminal | None = None
        self._passed = 0.0

    def monotonic(self) -> float:
        return self._passed

    def sleep(self, seconds: float) -> None:
        self._passed += seconds
        if self.terminal is not None:
            self.terminal.poll()


def told_here(root: Path, people: list[Persona], seed: int) -> list[str]:
    """What an unsteady terminal in this process answers."""
    folders, clock = DataFolders(root), SteppedClock()
    folders.create()
    clock.terminal = SimulatedTerminal(
        *(folders.req, folders.res, folders.face),
        clock=clock,
        register=[load_persona(ASSETS / "personas", name) for name in persona_names(ASSETS / "personas")],
        seed=seed,
        state=TerminalState(TerminalMode.UNSTEADY),
        population=Population(PEOPLE, seed, load_rules(ASSETS / "rules" / "population.toml"), today()),
    )
    gateway = gateway_on(folders, clock)
    return [asked(gateway, person, SECONDS) for person in people]


def test_the_same_seed_gives_the_same_trouble(
    trainer: Callable[..., Trainer], people: list[Persona], tmp_path: Path
) -> None:
    some = [person for person in people if person.record.card_class != "A1"][:14]
    told = told_here(tmp_path / "here", some, seed=25)
    assert {"K303", "K305"} <= set(told)
    assert "K301" not in told, "to wait for silence would take long"
    site = trainer("--state", "unsteady", seed=25)
    assert [site.asks(person) for person in some] == told


def test_a_kiosk_leaves_the_answers_to_the_process(tmp_path: Path) -> None:
    settings = Settings().overridden({"virtual": {"terminal": False}})
    application()
    folders, clock = DataFolders(tmp_path / "data"), SimulatedClock(datetime(2026, 11, 24, 9, 30, tzinfo=JAPAN))
    stage = Stage(settings, folders, clock, load_catalogue(ASSETS / "messages"))
    try:
        (folders.req / "OQSsiquc01req_1.xml").write_bytes(b"<XmlMsg/>")
        for _ in range(50):
            clock.advance(clock.monotonic() + 1.0)
        assert [path.name for path in folders.req.iterdir()] == ["OQSsiquc01req_1.xml"]
    finally:
        clock.close()
        stage.stop()


def test_many_people_take_their_time_and_too_many_are_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["terminal", "--folder", str(tmp_path), "--people", "100001", "--lang", "en"]) == 2
    told = capfd.readouterr()
    assert told.out == ""
    assert "100000" in told.err
    said: list[str] = []

    def making() -> None:
        said.append("making")
        raise KeyboardInterrupt  # before they are made: that takes seconds

    with pytest.raises(KeyboardInterrupt):
        run_terminal(DataFolders(tmp_path), {}, Settings(), lambda: None, ASSETS, people=MANY_PEOPLE + 1, making=making)
    assert said == ["making"]
