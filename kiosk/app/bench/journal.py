"""The journal: durable commits against a plain table with the same writes, size of a visit, speed of verifying.

Both write on the same volume, one after the other in turn, so that whatever else goes on there meets both alike.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from drivers.store.plain import PlainTable
from drivers.store.sqlite_journal import SqliteJournal
from kiosk.app.bench.result import BenchResult, figure
from kiosk.app.journal import event_catalogue
from kiosk.domain.messages import Text
from kiosk.domain.secret import Secret
from kiosk.journal import chain
from kiosk.journal.rules import CatalogueRules
from kiosk.journal.sealing import SECRET_BYTES, Sealer
from kiosk.ports.journal import ChainHead, JournalEntry, StoredEntry
from kiosk.runtime.clocks import RealClock

RUNS = 5
COMMITS = 300
VISITS = 1000
UNITS = {
    "append": "ms",
    "append_p99": "ms",
    "plain": "ms",
    "plain_p99": "ms",
    "ratio": "times",
    "ratio_p99": "times",
    "personal": "ms",
    "visit": "ms",
    "visit_ratio": "times",
    "verify_rate": "per_second",
    "verify_ratio": "times",
    "size": "bytes",
    "size_ratio": "times",
}
TOGETHER = 25  # visits a transaction, to fill a file in bearable time


@dataclass
class _Spread:
    own: list[float]
    plain: list[float]


def measure(*, runs: int = RUNS, commits: int = COMMITS, visits: int = VISITS) -> BenchResult:
    values: dict[str, list[float]] = {name: [] for name in UNITS}
    with tempfile.TemporaryDirectory(prefix="madoguchi-bench-") as temporary:
        for run in range(runs):
            folder = Path(temporary) / str(run)
            folder.mkdir()
            single = _commits(folder, commits, _single)
            values["append"].append(_ms(single.own, 0.5))
            values["append_p99"].append(_ms(single.own, 0.99))
            values["plain"].append(_ms(single.plain, 0.5))
            values["plain_p99"].append(_ms(single.plain, 0.99))
            values["ratio"].append(_ms(single.own, 0.5) / _ms(single.plain, 0.5))
            values["ratio_p99"].append(_ms(single.own, 0.99) / _ms(single.plain, 0.99))
            values["personal"].append(_ms(_commits(folder, commits // 3, _personal).own, 0.5))
            whole = _commits(folder, commits // 10, _visit)
            values["visit"].append(_ms(whole.own, 0.5))
            values["visit_ratio"].append(_ms(whole.own, 0.5) / _ms(whole.plain, 0.5))
        size, plain_size, journal_path, entries = _fill(Path(temporary), visits)
        for _ in range(runs):
            rate, ratio = _verifying(journal_path)
            values["verify_rate"].append(rate)
            values["verify_ratio"].append(ratio)
    values["size"].append(size / visits)
    values["size_ratio"].append(size / plain_size)
    figures = [figure(f"journal.{name}", unit, values[name]) for name, unit in UNITS.items()]
    told = (("visits", f"{visits:,}"), ("entries", f"{entries:,}"), ("each", f"{entries / visits:.0f}"))
    return BenchResult("journal", runs, tuple(figures), notes=(Text("bench_result.journal.note", told),))


# --- what is written ------------------------------------------------------------------------------

Entries = Sequence[JournalEntry]


def _single(number: int) -> list[Entries]:
    return [[JournalEntry("card.presented", {"insertion": number})]]


def _personal(number: int) -> list[Entries]:
    return [[JournalEntry("patient.known", {"patient": f"{number:08}"}, f"P-{number}")]]


def _visit(number: int) -> list[Entries]:
    """The transactions of an ordinary visit with card and face, as the flow makes them."""
    visit = f"K1-20261124-083000-ab12-{number}"

    def entry(event: str, /, **fields: str | int | float | bool | None) -> JournalEntry:
        return JournalEntry(event, fields, visit)

    face: dict[str, str | int | float | bool | None] = {
        "threshold_match": 0.363,
        "threshold_review": 0.3,
        "frames_seen": 9,
        "frames_used": 5,
        "liveness": "live",
    }
    items = "surgery,medication,checkup"
    return [
        [entry("card.presented", insertion=number), entry("visit.opened", language="ja")],
        [
            entry("card.read", kind="individual_number", certificate=True, tries_left=3, pinless=False),
            entry("certificate.checked", status="valid", trusted=True, test=False, until="2031-02-11"),
        ],
        [entry("photo.read", usable=True)],
        [
            entry("face.attempted", attempt=1, engine="yunet+sface", verdict="match", similarity=0.71, **face),
            entry("identity.confirmed", method="face"),
            entry("eligibility.asked", by="card", attempt=1),
        ],
        [entry("eligibility.answered", eligibility="valid", message_code="OQS00000", persons=1)],
        [entry("patient.known", patient=f"{number:08}")],
        [entry("consent.given", items=items)],
        [entry("consent.registered", items=items), entry("decision.made", row="D01", route="normal", share=10)],
        [entry("handover.done", file=f"OQSsiquc01res_face_{number:017}.xml")],
        [
            entry("card.removed", insertion=number, state="TakingCard"),
            entry(
                "visit.closed",
                status="accepted",
                identity="face",
                eligibility="valid",
                document="card",
                claim_route="normal",
                decision="D01",
                share=10,
                consents=items,
                alerts="",
                taps=2,
            ),
        ],
    ]


# --- how it is measured ---------------------------------------------------------------------------


def _rules() -> CatalogueRules:
    return CatalogueRules(event_catalogue(), Sealer(Secret(os.urandom(SECRET_BYTES))))


def _chained(transactions: Sequence[Entries], head: ChainHead | None, at: datetime) -> Iterator[list[StoredEntry]]:
    """The rows that a plain table takes for the same entries: ready made, nothing to hash or to check."""
    for entries in transactions:
        rows = []
        for one in entries:
            fields = chain.canonical({name: value for name, value in one.fields.items() if value is not None})
            rows.append(chain.follow(head, at, one.visit_id, one.event, fields))
            head = ChainHead(rows[-1].seq, rows[-1].hash)
        yield rows


def _commits(folder: Path, count: int, made: Callable[[int], list[Entries]]) -> _Spread:
    """Seconds of `count` rounds, the journal and the plain table in turn."""
    name, now = made.__name__, RealClock().now()
    spread, head = _Spread([], []), None
    with (
        closing(SqliteJournal(folder / f"{name}.sqlite", _rules())) as journal,
        closing(PlainTable(folder / f"{name}-plain.sqlite")) as plain,
    ):
        for number in range(count):
            transactions = made(number)
            ready = list(_chained(transactions, head, now))
            head = ChainHead(ready[-1][-1].seq, ready[-1][-1].hash)

            def own(transactions: list[Entries] = transactions) -> None:
                for entries in transactions:
                    journal.append_all(entries, now)

            def bare(ready: list[list[StoredEntry]] = ready) -> None:
                for rows in ready:
                    plain.append_all(rows)

            first, second = ((own, spread.own), (bare, spread.plain))[:: 1 if number % 2 else -1]
            for work, seconds in (first, second):
                began = time.perf_counter()
                work()
                seconds.append(time.perf_counter() - began)
    return spread


def _fill(folder: Path, visits: int) -> tuple[int, int, Path, int]:
    """Bytes of both files with so many visits, the journal's path, and how many entries it holds."""
    path, plain_path = folder / "full.sqlite", folder / "full-plain.sqlite"
    at, count = RealClock().now(), 0
    with closing(SqliteJournal(path, _rules())) as journal, closing(PlainTable(plain_path)) as plain:
        head = None
        for begin in range(0, visits, TOGETHER):
            numbers = range(begin, min(begin + TOGETHER, visits))
            entries = [one for number in numbers for one in itertools.chain(*_visit(number))]
            at += timedelta(seconds=20)
            journal.append_all(entries, at)
            (rows,) = _chained([entries], head, at)
            plain.append_all(rows)
            head = ChainHead(rows[-1].seq, rows[-1].hash)
            count += len(entries)
    return path.stat().st_size, plain_path.stat().st_size, path, count


def _verifying(path: Path) -> tuple[float, float]:
    """Entries per second, and the time against its lower bound: reading the rows and hashing as many bytes at once."""
    with closing(SqliteJournal(path, CatalogueRules(event_catalogue()), must_exist=True)) as journal:
        began = time.perf_counter()
        report = journal.verify()
        seconds = time.perf_counter() - began
        began = time.perf_counter()
        content = "".join(map(str, itertools.chain.from_iterable(_cells(row) for row in journal.iterate())))
        hashlib.sha256(content.encode()).digest()
        bound = time.perf_counter() - began
    if not report.ok:
        raise RuntimeError("the journal of the benchmark does not verify")
    return report.entries / seconds, seconds / bound


def _cells(row: StoredEntry) -> tuple[int | str | None, ...]:
    """Without the deep copy that `dataclasses.astuple` makes of each value."""
    return (row.seq, row.at, row.visit_id, row.event, row.fields, row.hash)


def _ms(seconds: Sequence[float], share: float) -> float:
    """Nearest rank."""
    return sorted(seconds)[math.ceil(share * len(seconds)) - 1] * 1000
