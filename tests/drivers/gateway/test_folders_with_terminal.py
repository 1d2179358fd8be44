"""The gateway and the simulated terminal through real folders: each knows the interface, neither knows the other."""

from __future__ import annotations

import os
import random
import re
import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from drivers.gateway import whole_file
from drivers.gateway.folders import FolderGateway
from drivers.gateway.result_file import read_result
from drivers.simulated.persona import Persona, certificate_serial, load_persona, persona_names
from drivers.simulated.terminal import SimulatedTerminal, TerminalMode, TerminalState
from kiosk.domain.failures import FailureCode, KioskError, NeedsStaff, Retriable
from kiosk.domain.outcome import Eligibility, IdentityMethod
from kiosk.ports.eligibility import CardQuery, ConsentRecord, NumberQuery, TerminalRefused

PERSONAS = Path(__file__).resolve().parents[3] / "assets" / "personas"
SAMPLES = Path(__file__).resolve().parent / "samples"
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


def test_a_look_up_by_number(bench: Bench) -> None:
    persona = load_persona(PERSONAS, "sachiko")
    record = persona.record
    query = NumberQuery(
        "V2", record.insurer_number, record.symbol, record.number, record.branch, persona.card.birth_date, TODAY
    )
    answer, file = bench.gateway.query_number(query, timeout_s=30, cancelled=never)
    (person,) = answer.persons
    assert answer.eligibility is Eligibility.VALID
    assert not answer.by_card
    assert answer.identifier == answer.file_identifier
    assert (person.insurer_number, person.symbol, person.limit_class) == ("479998", "架空・１２", "A04")
    assert file.content.startswith(b'<?xml version="1.0" encoding="Shift_JIS"')
    assert file.name.startswith("OQSsiquc01res_20261124")


def test_numbers_nobody_has_and_twins_without_branch(bench: Bench) -> None:
    unknown = NumberQuery("V", "06479992", "1", "2", None, date(1970, 1, 1), TODAY)
    answer, _ = bench.gateway.query_number(unknown, timeout_s=30, cancelled=never)
    assert (answer.eligibility, answer.persons) == (Eligibility.NOT_FOUND, ())

    twin = load_persona(PERSONAS, "twin_hikaru")
    without = NumberQuery("V", "06479992", "2026", "00290", None, twin.card.birth_date, TODAY)
    answer, _ = bench.gateway.query_number(without, timeout_s=30, cancelled=never)
    assert (answer.eligibility, len(answer.persons)) == (Eligibility.MULTIPLE, 2)

    with_branch = NumberQuery("V", "06479992", "２０２６", "290", "03", twin.card.birth_date, TODAY)
    answer, _ = bench.gateway.query_number(with_branch, timeout_s=30, cancelled=never)
    assert (answer.eligibility, answer.persons[0].name) == (Eligibility.VALID, "双葉　輝")


@pytest.mark.parametrize(
    ("name", "eligibility"),
    [
        ("invalid", Eligibility.INVALID),
        ("invalid_newer", Eligibility.INVALID_NEWER),
        ("not_found", Eligibility.NOT_FOUND),
        ("assistance_elsewhere", Eligibility.NOT_REGISTERED_FACILITY),
        ("assistance", Eligibility.VALID),
        ("gap_in_name", Eligibility.VALID),
        ("infant", Eligibility.VALID),
        ("ichiro", Eligibility.VALID),
    ],
)
def test_every_kind_of_answer_by_card(bench: Bench, name: str, eligibility: Eligibility) -> None:
    answer, _ = bench.gateway.query_card(card_query(load_persona(PERSONAS, name)), timeout_s=30, cancelled=never)
    assert answer.eligibility is eligibility
    if eligibility in (Eligibility.INVALID, Eligibility.INVALID_NEWER):
        assert answer.persons[0].loss_reason == "03"
        assert answer.persons[0].disqualified_on is not None


def test_overridden_validity_gets_the_dates_it_needs(tmp_path: Path) -> None:
    hanako = load_persona(PERSONAS, "hanako")
    lost = Bench(tmp_path, [hanako.with_overrides({}, {"validity": "invalid"})])
    answer, _ = lost.gateway.query_card(card_query(hanako), timeout_s=30, cancelled=never)
    assert answer.eligibility is Eligibility.INVALID
    assert answer.persons[0].disqualified_on == date(2026, 11, 1)


def test_a_card_that_stands_for_several(tmp_path: Path) -> None:
    twins = [load_persona(PERSONAS, name) for name in ("twin_hikaru", "twin_akira")]
    twins[0] = twins[0].with_overrides({}, {"validity": "multiple"})
    answer, _ = Bench(tmp_path, twins).gateway.query_card(card_query(twins[0]), timeout_s=30, cancelled=never)
    assert answer.eligibility is Eligibility.MULTIPLE
    assert [person.branch for person in answer.persons] == ["02", "03"]


def test_first_registration(bench: Bench) -> None:
    persona = load_persona(PERSONAS, "unregistered")
    answer, _ = bench.gateway.query_card(card_query(persona), timeout_s=30, cancelled=never)
    assert not answer.card_registered
    assert answer.eligibility is Eligibility.UNCONFIRMED
    bench.gateway.register_card(card_query(persona), timeout_s=30, cancelled=never)
    answer, _ = bench.gateway.query_card(card_query(persona), timeout_s=30, cancelled=never)
    assert answer.card_registered
    assert answer.eligibility is Eligibility.VALID


@pytest.mark.parametrize("name", ["expired_1_day", "expired_1_month"])
def test_a_certificate_in_its_grace_gives_no_medical_information(bench: Bench, name: str) -> None:
    query = card_query(load_persona(PERSONAS, name))
    answer, _ = bench.gateway.query_card(query, timeout_s=30, cancelled=never)
    assert answer.eligibility is Eligibility.VALID
    assert not answer.medical_information_allowed
    assert answer.message
    answer, file = bench.gateway.register_consents(
        ConsentRecord("V1", ("surgery",), START), timeout_s=30, cancelled=never
    )
    assert {state.flag for state in answer.persons[0].consents} == {"0"}
    assert bench.gateway.hand_over("V1", file) == file.name


def test_a_lapsed_certificate_is_refused_with_the_terminals_words(bench: Bench) -> None:
    query = card_query(load_persona(PERSONAS, "expired_4_months"))
    with pytest.raises(TerminalRefused) as caught:
        bench.gateway.query_card(query, timeout_s=30, cancelled=never)
    assert caught.value.code is FailureCode.TERMINAL_ERROR
    assert caught.value.terminal_code == "SAMPLE-E0002"
    assert caught.value.message
    assert caught.value.message not in str(caught.value)


def test_a_card_nobody_knows_is_refused(tmp_path: Path) -> None:
    bench = Bench(tmp_path, [load_persona(PERSONAS, "kenji")])
    with pytest.raises(TerminalRefused, match="SAMPLE-E0003"):
        bench.gateway.query_card(card_query(load_persona(PERSONAS, "hanako")), timeout_s=30, cancelled=never)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (TerminalState(TerminalMode.DOWN), FailureCode.TERMINAL_SILENT),
        (TerminalState(TerminalMode.SILENT), FailureCode.TERMINAL_SILENT),
        (TerminalState(TerminalMode.SLOW, seconds=31), FailureCode.TERMINAL_SILENT),
        (TerminalState(TerminalMode.GARBAGE), FailureCode.ANSWER_DAMAGED),
        (TerminalState(TerminalMode.ENCRYPTED), FailureCode.ANSWER_ENCRYPTED),
        (TerminalState(TerminalMode.ERROR, code="SAMPLE-E0001"), FailureCode.TERMINAL_ERROR),
    ],
)
def test_every_trouble_has_its_code(bench: Bench, state: TerminalState, code: FailureCode) -> None:
    persona = load_persona(PERSONAS, "hanako")
    bench.gateway.query_card(card_query(persona), timeout_s=30, cancelled=never)
    bench.terminal.state = state
    record = ConsentRecord("V1", (), START)
    for call in (
        lambda: bench.gateway.query_card(card_query(persona), timeout_s=30, cancelled=never),
        lambda: bench.gateway.register_consents(record, timeout_s=30, cancelled=never),
    ):
        before = bench.clock.elapsed
        with pytest.raises(KioskError) as caught:
            call()
        assert caught.value.code is code
        assert isinstance(caught.value, Retriable) == (code is FailureCode.TERMINAL_SILENT)
        assert bench.clock.elapsed - before <= 30
    assert list(bench.req.iterdir()) == []  # nothing is left for the next patient


def test_an_answer_that_cannot_be_read_is_known_by_its_name(bench: Bench) -> None:
    """Nobody waits out the whole time for it, and what is broken of another lane ends nothing."""
    bench.gateway.query_card(card_query(load_persona(PERSONAS, "hanako")), timeout_s=30, cancelled=never)
    bench.clock.others.append(
        lambda: (bench.face / f"OQSsiquc01res_face_{'0' * 30}_20261124093000.xml").write_text("<")
    )
    bench.gateway.query_card(card_query(load_persona(PERSONAS, "hanako")), timeout_s=30, cancelled=never)
    bench.terminal.state = TerminalState(TerminalMode.GARBAGE)
    before = bench.clock.elapsed
    with pytest.raises(NeedsStaff) as caught:
        bench.gateway.query_card(card_query(load_persona(PERSONAS, "hanako")), timeout_s=30, cancelled=never)
    assert caught.value.code is FailureCode.ANSWER_DAMAGED
    assert bench.clock.elapsed - before < 5


def test_a_reading_is_handed_over_under_its_own_name_with_consents_or_without(bench: Bench) -> None:
    """レセコン look for `OQSsiquc01res_face_…`; a look-up by numbers they ask for themselves (reference 1.3)."""
    _, file = bench.gateway.query_card(card_query(load_persona(PERSONAS, "hanako")), timeout_s=30, cancelled=never)
    assert re.fullmatch(r"OQSsiquc01res_face_4719999996[0-9a-f]{20}_20261124\d{6}\.xml", file.name)
    assert bench.gateway.hand_over("V1", file) == file.name


def test_a_slow_terminal_answers_in_time(bench: Bench) -> None:
    bench.terminal.state = TerminalState(TerminalMode.SLOW, seconds=20)
    bench.gateway.query_card(card_query(load_persona(PERSONAS, "hanako")), timeout_s=30, cancelled=never)
    assert 20 <= bench.clock.elapsed < 22


def test_a_late_answer_is_set_aside_and_never_given_to_the_next(bench: Bench) -> None:
    bench.terminal.state = TerminalState(TerminalMode.SLOW, seconds=10)
    with pytest.raises(Retriable):
        bench.gateway.query_card(card_query(load_persona(PERSONAS, "hanako")), timeout_s=5, cancelled=never)
    bench.terminal.state = TerminalState()
    bench.clock.sleep(20)
    assert len(list(bench.face.glob("*.xml"))) == 1
    answer, _ = bench.gateway.query_card(
        card_query(load_persona(PERSONAS, "kenji"), "V2"), timeout_s=5, cancelled=never
    )
    assert answer.persons[0].name == "例示　健二"
    assert list(bench.face.glob("*.xml")) == []
    assert len(list((bench.face / "done").glob("*.xml"))) == 2


def test_cancelling_ends_the_wait(bench: Bench) -> None:
    bench.terminal.state = TerminalState(TerminalMode.SILENT)
    with pytest.raises(Retriable) as caught:
        bench.gateway.query_card(
            card_query(load_persona(PERSONAS, "hanako")), timeout_s=30, cancelled=lambda: bench.clock.elapsed > 2
        )
    assert caught.value.code is FailureCode.TERMINAL_SILENT
    assert bench.clock.elapsed < 3


def test_lanes_leave_each_others_answers_alone(bench: Bench) -> None:
    other = bench.lane("K2")
    hanako, kenji = (load_persona(PERSONAS, name) for name in ("hanako", "kenji"))
    bench.gateway.query_card(card_query(hanako, "A"), timeout_s=30, cancelled=never)
    other.query_card(card_query(kenji, "B"), timeout_s=30, cancelled=never)
    arrived: list[str] = []

    def asks_meanwhile() -> None:
        if not arrived:
            arrived.append("")
            answer, _ = other.register_consents(ConsentRecord("B", (), START), timeout_s=30, cancelled=never)
            arrived.append(answer.persons[0].name or "")

    bench.clock.others.insert(0, asks_meanwhile)
    answer, _ = bench.gateway.register_consents(ConsentRecord("A", (), START), timeout_s=30, cancelled=never)
    assert answer.persons[0].name == "見本　花子"
    assert arrived == ["", "例示　健二"]


def test_equal_terminals_on_one_folder_name_their_answers_apart(bench: Bench) -> None:
    """Each kiosk with a simulated reader brings one, and all have the seed of the settings."""
    hanako, kenji = (load_persona(PERSONAS, name) for name in ("hanako", "kenji"))
    bench.gateway.query_card(card_query(hanako, "A"), timeout_s=30, cancelled=never)
    bench.gateway.query_card(card_query(kenji, "B"), timeout_s=30, cancelled=never)
    names: list[str] = []
    for visit in ("A", "B"):
        known = [hanako, kenji]
        bench.clock.others[:] = [
            SimulatedTerminal(bench.req, bench.res, bench.face, clock=bench.clock, register=known, seed=7).poll
        ]
        bench.clock.elapsed = 10.0
        _, file = bench.gateway.register_consents(ConsentRecord(visit, (), START), timeout_s=30, cancelled=never)
        names.append(file.name)
    assert names[0] != names[1]
    assert names[0].rpartition("_")[2] == names[1].rpartition("_")[2]


def test_an_answer_under_the_name_of_anothers_is_found(bench: Bench) -> None:
    bench.gateway.query_card(card_query(load_persona(PERSONAS, "hanako")), timeout_s=30, cancelled=never)
    taken = bench.face / f"OQSsiquc01res_face_{'0' * 30}_20261124093000.xml"
    taken.write_bytes(next(SAMPLES.glob("OQSsiquc01res_face_*.xml")).read_bytes())
    os.utime(taken, (1, 1))

    def comes_under_the_same_name() -> None:
        for path in bench.face.glob("*.xml"):
            path.replace(taken)

    bench.clock.others.append(comes_under_the_same_name)
    _, file = bench.gateway.register_consents(ConsentRecord("V1", (), START), timeout_s=30, cancelled=never)
    assert file.name == taken.name


def test_many_workers_at_once_get_their_own(tmp_path: Path) -> None:
    """Real threads on one gateway; the terminal runs in the main thread."""
    bench = Bench(tmp_path)
    bench.clock.others.clear()
    names = [name for name in persona_names(PERSONAS) if name in ("hanako", "kenji", "aya", "taro", "akira")]
    seen: dict[str, str | None] = {}

    def work(name: str) -> None:
        query = card_query(load_persona(PERSONAS, name), name)
        answer, _ = bench.gateway.query_card(query, timeout_s=10_000, cancelled=never)
        seen[name] = answer.persons[0].name

    workers = [threading.Thread(target=work, args=(name,)) for name in names]
    for worker in workers:
        worker.start()
    while any(worker.is_alive() for worker in workers):
        bench.terminal.poll()
    assert seen == {name: load_persona(PERSONAS, name).card.name for name in names}


def test_without_the_simulation_no_card_is_asked_about(bench: Bench) -> None:
    real = bench.lane("K3", simulated=False)
    query = card_query(load_persona(PERSONAS, "hanako"))
    for call in (
        lambda: real.query_card(query, timeout_s=1, cancelled=never),
        lambda: real.register_consents(ConsentRecord("V1", (), START), timeout_s=1, cancelled=never),
        lambda: real.register_card(query, timeout_s=1, cancelled=never),
    ):
        with pytest.raises(NeedsStaff) as caught:
            call()
        assert caught.value.code is FailureCode.CARD_QUERY_UNAVAILABLE
    assert list(bench.req.iterdir()) == []


def test_consents_need_a_look_up_first(bench: Bench) -> None:
    with pytest.raises(NeedsStaff) as caught:
        bench.gateway.register_consents(ConsentRecord("never seen", (), START), timeout_s=1, cancelled=never)
    assert caught.value.code is FailureCode.TERMINAL_ERROR


def test_equal_seeds_give_equal_files(tmp_path: Path) -> None:
    contents = []
    for name in ("one", "two"):
        root = tmp_path / name
        root.mkdir()
        bench = Bench(root)
        persona = load_persona(PERSONAS, "hanako")
        bench.gateway.query_card(card_query(persona), timeout_s=30, cancelled=never)
        answer = bench.gateway.register_consents(
            ConsentRecord("V1", ("checkup",), START), timeout_s=30, cancelled=never
        )
        contents.append(answer)
    assert contents[0] == contents[1]


def test_an_answer_faster_than_the_asker(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file lies in `face` before the request's writer has returned."""
    bench.gateway.query_card(card_query(load_persona(PERSONAS, "hanako")), timeout_s=30, cancelled=never)
    write = whole_file.write_whole

    def write_and_be_answered(target: Path, content: bytes) -> None:
        write(target, content)
        bench.terminal.poll()

    monkeypatch.setattr(whole_file, "write_whole", write_and_be_answered)
    before = bench.clock.elapsed
    answer, _ = bench.gateway.register_consents(ConsentRecord("V1", (), START), timeout_s=30, cancelled=never)
    assert answer.eligibility is Eligibility.VALID
    assert bench.clock.elapsed == before


def test_a_certificate_near_its_end_is_mentioned_on_a_valid_answer(bench: Bench) -> None:
    query = card_query(load_persona(PERSONAS, "ends_in_3_weeks"))
    answer, _ = bench.gateway.query_card(query, timeout_s=30, cancelled=never)
    assert answer.eligibility is Eligibility.VALID
    assert answer.medical_information_allowed
    assert answer.message_code == "SAMPLE-W0003"


@pytest.mark.parametrize("gone", ["req", "res", "face"])
def test_a_share_that_vanished(bench: Bench, gone: str) -> None:
    bench.gateway.query_card(card_query(load_persona(PERSONAS, "hanako")), timeout_s=30, cancelled=never)
    folder: Path = getattr(bench, gone)
    folder.rename(folder.with_name("away"))
    numbers = NumberQuery("V1", "06479992", None, "1", None, date(1970, 1, 1), TODAY)
    with pytest.raises(NeedsStaff) as caught:
        _ = (
            bench.gateway.query_number(numbers, timeout_s=30, cancelled=never)
            if gone == "res"
            else bench.gateway.register_consents(ConsentRecord("V1", (), START), timeout_s=30, cancelled=never)
        )
    assert caught.value.code is FailureCode.TERMINAL_FOLDER_GONE
    assert gone in caught.value.detail


def test_a_share_that_comes_back_in_time(bench: Bench) -> None:
    bench.face.rename(bench.face.with_name("away"))

    def comes_back() -> None:
        if not bench.face.exists() and bench.clock.elapsed >= 1:
            bench.face.with_name("away").rename(bench.face)

    bench.clock.others[:] = [comes_back, lambda: bench.face.exists() and bench.terminal.poll()]
    answer, _ = bench.gateway.query_card(card_query(load_persona(PERSONAS, "hanako")), timeout_s=30, cancelled=never)
    assert answer.eligibility is Eligibility.VALID


def test_done_is_emptied_by_age(bench: Bench) -> None:
    bench.gateway.query_card(card_query(load_persona(PERSONAS, "hanako")), timeout_s=30, cancelled=never)
    _, file = bench.gateway.register_consents(ConsentRecord("V1", (), START), timeout_s=30, cancelled=never)
    bench.gateway.hand_over("V1", file)
    assert bench.gateway.purge_done(timedelta(hours=1)) == 0
    bench.clock.elapsed += 7200
    assert bench.gateway.purge_done(timedelta(hours=1)) == 3
    assert not [path for path in (*bench.res.rglob("*.xml"), *bench.face.rglob("*.xml")) if path.is_file()]
    assert [path.name for path in bench.out.iterdir()] == [file.name]
