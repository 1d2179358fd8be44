"""The terminal's folders: reading and deciding for one file, answers for many lanes, a long list after an outage.

The simulated terminal answers as fast as it can, in this process.
"""

from __future__ import annotations

import random
import tempfile
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from statistics import median

from drivers.gateway.folders import POLL_S, FolderGateway
from drivers.gateway.requery import requery
from drivers.gateway.requests import number_request
from drivers.gateway.result_file import read_result
from drivers.simulated.persona import Persona
from drivers.simulated.population import Population
from drivers.simulated.terminal import SimulatedTerminal
from kiosk.app.bench.result import BenchFailed, BenchResult, figure
from kiosk.app.paths import ASSETS
from kiosk.app.settings import FacilitySettings
from kiosk.domain.decision.decide import DecisionRules, decide
from kiosk.domain.decision.inputs import CardState, Online, Request, Shown, Visit
from kiosk.domain.decision.table import decision_table
from kiosk.domain.eligibility import InsuredPerson
from kiosk.domain.failures import KioskError
from kiosk.domain.messages import Text
from kiosk.domain.outcome import Eligibility, IdentityMethod
from kiosk.domain.rules import load_rules
from kiosk.ports.eligibility import BulkAnswer, NumberQuery
from kiosk.runtime.clocks import RealClock

RUNS = 3
FILES = 500
LANES = (1, 10, 50)
PER_LANE = 6
PENDING = 10_000
TIMEOUT_S = 60.0
SEED = 1
RULES = ASSETS / "rules"

_ONLINE = {
    Eligibility.VALID: Online.VALID,
    Eligibility.INVALID: Online.INVALID,
    Eligibility.INVALID_NEWER: Online.INVALID_NEWER,
    Eligibility.NOT_FOUND: Online.NOT_FOUND,
    Eligibility.MULTIPLE: Online.MULTIPLE,
    Eligibility.NOT_REGISTERED_FACILITY: Online.VALID,
    Eligibility.UNCONFIRMED: Online.DOWN,
}


def measure(
    *, runs: int = RUNS, files: int = FILES, lanes: tuple[int, ...] = LANES, pending: int = PENDING
) -> BenchResult:
    """Raises `BenchFailed` where an answer stays away."""
    today = RealClock().now().date()
    population = Population(pending, SEED, load_rules(RULES / "population.toml"), today)
    people = list(population)
    with tempfile.TemporaryDirectory(prefix="madoguchi-bench-") as temporary:
        contents = _answers(Path(temporary) / "files", population, people[:files], today)
        parse, whole, growth = zip(*(_per_file(contents, today) for _ in range(runs)), strict=True)
        figures = [
            figure("gateway.parse", "ms", parse),
            figure("gateway.decide", "ms", whole),
        ]
        for count in lanes:
            rates = [
                _lanes(Path(temporary) / f"lanes-{count}-{run}", population, people, today, count)
                for run in range(runs)
            ]
            figures.append(figure(f"gateway.lanes_{count}", "count", rates))
        listed = [_pending(Path(temporary) / "pending", population, people, today)]  # long enough to be measured once
        figures.append(figure("gateway.pending", "ms", [seconds * 1000 for seconds in listed]))
        figures.append(figure("gateway.pending_rate", "count", [pending / seconds for seconds in listed]))
        figures.append(figure("gateway.growth", "bytes", growth))
    values = (("pending", f"{pending:,}"), ("poll", f"{POLL_S * 1000:.0f}"), ("files", str(len(contents))))
    return BenchResult("gateway", runs, tuple(figures), notes=(Text("bench_result.gateway.note", values),))


class _Folders:
    def __init__(self, root: Path) -> None:
        self.req, self.res, self.face, self.out = (root / name for name in ("req", "res", "face", "out"))
        for folder in (self.req, self.res, self.face, self.out):
            folder.mkdir(parents=True)

    def gateway(self, lane: str) -> FolderGateway:
        return FolderGateway(
            self.req,
            self.res,
            self.face,
            self.out,
            clock=RealClock(),
            institution_code=FacilitySettings().institution_code,
            rng=random.Random(lane),
            lane=lane,
        )

    @contextmanager
    def terminal(self, population: Population) -> Iterator[None]:
        """Answers on its own thread until the block ends."""
        terminal = SimulatedTerminal(
            self.req, self.res, self.face, clock=RealClock(), register=(), seed=SEED, population=population
        )
        over = threading.Event()

        def work() -> None:
            while not over.is_set():
                if not terminal.poll():
                    over.wait(0.005)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _query(person: Persona, visit: str, on: date) -> NumberQuery:
    record = person.record
    return NumberQuery(
        visit, record.insurer_number, record.symbol, record.number, record.branch, person.card.birth_date, on
    )


def _never() -> bool:
    return False


def _answers(root: Path, population: Population, people: list[Persona], on: date) -> list[bytes]:
    """Result files of these people as the terminal writes them."""
    folders = _Folders(root)
    terminal = SimulatedTerminal(
        folders.req, folders.res, folders.face, clock=RealClock(), register=(), seed=SEED, population=population
    )
    for index, person in enumerate(people):
        content = number_request(_query(person, str(index), on), FacilitySettings().institution_code, f"B-{index}")
        (folders.req / f"OQSsiquc01req_{index:06d}.xml").write_bytes(content)
    terminal.poll()
    found = [path.read_bytes() for path in sorted(folders.res.glob("*.xml"))]
    if len(found) != len(people):
        raise BenchFailed(Text("bench_result.gateway.silent"))
    return found


def _per_file(contents: list[bytes], on: date) -> tuple[float, float, float]:
    """Milliseconds to parse a file, to parse it and decide, and bytes by which memory grew after the first pass."""
    rules = DecisionRules(
        decision_table(load_rules(RULES / "decisions.toml")),
        load_rules(RULES / "shares.toml"),
        load_rules(RULES / "claims.toml"),
    )

    def decided(content: bytes) -> None:
        answer = read_result(content).answer
        insured = answer.persons[0] if len(answer.persons) == 1 else None
        decide(_request(_ONLINE[answer.eligibility], on, insured), rules)

    parse = _median_ms(contents, read_result)
    whole = _median_ms(contents, decided)
    tracemalloc.start()
    try:
        for content in contents:
            decided(content)
        before = tracemalloc.get_traced_memory()[0]
        for content in contents * 3:
            decided(content)
        growth = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    return parse, whole, float(max(0, growth))


def _median_ms(contents: list[bytes], work: Callable[[bytes], object]) -> float:
    times = []
    for content in contents:
        began = time.perf_counter()
        work(content)
        times.append(time.perf_counter() - began)
    return median(times) * 1000


def _request(online: Online, on: date, insured: InsuredPerson | None) -> Request:
    return Request(
        on=on,
        visit=Visit.RETURN,
        documents=frozenset({Shown.CARD}),
        card=CardState.OK,
        identity=IdentityMethod.FACE,
        online=online,
        insured=insured,
    )


def _lanes(root: Path, population: Population, people: list[Persona], on: date, count: int) -> float:
    """Answers per second, all lanes together; every lane asks one after another."""
    folders = _Folders(root)
    missing: list[int] = []
    gate = threading.Barrier(count + 1)

    def lane(number: int) -> None:
        gateway = folders.gateway(f"K{number}")
        gate.wait()
        for turn in range(PER_LANE):
            person = people[(number * PER_LANE + turn) % len(people)]
            try:
                gateway.query_number(_query(person, f"V{turn}", on), timeout_s=TIMEOUT_S, cancelled=_never)
            except KioskError:
                missing.append(number)

    with folders.terminal(population):
        threads = [threading.Thread(target=lane, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        gate.wait()
        began = time.perf_counter()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - began
    if missing:
        raise BenchFailed(Text("bench_result.gateway.silent"))
    return count * PER_LANE / seconds


def _pending(root: Path, population: Population, people: list[Persona], on: date) -> float:
    """Seconds until everybody is answered."""
    folders = _Folders(root)
    answers: list[BulkAnswer] = []
    queries = [_query(person, f"V{index}", on) for index, person in enumerate(people)]
    with folders.terminal(population):
        began = time.perf_counter()
        done = requery(
            folders.gateway("K1"), queries, answers.append, clock=RealClock(), timeout_s=TIMEOUT_S, cancelled=_never
        )
        seconds = time.perf_counter() - began
    if done.answered != len(people):
        raise BenchFailed(Text("bench_result.gateway.silent"))
    return seconds
