"""After an outage: everything that was left open is looked up again, many at once, as long as the line holds.

Source: eligibility interface reference 1.3 (bulk look-up). Nothing is remembered here: who calls keeps the list,
and takes an entry off when its answer arrived.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from kiosk.domain.failures import FailureCode, KioskError
from kiosk.ports.clock import Clock
from kiosk.ports.eligibility import BulkAnswer, BulkEligibility, NumberQuery

PER_REQUEST = 500
"""Patients of one bulk request. The interface's own limit is not public."""

COLLECT_PAUSE_S = 5.0
_LINE = frozenset({FailureCode.TERMINAL_SILENT, FailureCode.TERMINAL_FOLDER_GONE})


@dataclass(frozen=True)
class Requeried:
    """How far it came. `open_ids` wait for the next time; `fault` is why the line was given up, None at the end;
    `trouble` is the last failure of any request."""

    answered: int
    open_ids: tuple[str, ...] = ()
    fault: FailureCode | None = None
    trouble: FailureCode | None = None


def requery(
    gateway: BulkEligibility,
    queries: Sequence[NumberQuery],
    on_answer: Callable[[BulkAnswer], None],
    *,
    clock: Clock,
    timeout_s: float,
    cancelled: Callable[[], bool],
    per_request: int = PER_REQUEST,
) -> Requeried:
    """Every answer goes to `on_answer` once. A request that the terminal refuses leaves its patients open and the rest
    goes on; a line that is down ends it. `timeout_s` is for each exchange and, again, for a result to be ready."""
    answered = 0
    open_ids: list[str] = []
    trouble: FailureCode | None = None
    todo = sorted(queries, key=lambda query: query.on)
    chunks = [chunk for day, same in groupby(todo, lambda q: q.on) for chunk in _chunks(day, list(same), per_request)]
    for position, (day, chunk) in enumerate(chunks):
        waiting = {query.visit_id for query in chunk}
        fault: FailureCode | None = None
        try:
            for answer in _look_up(gateway, day, chunk, clock, timeout_s, cancelled):
                if answer.identifier in waiting and not answer.refused:
                    waiting.discard(answer.identifier)
                    on_answer(answer)
                    answered += 1
        except KioskError as error:
            fault = trouble = error.code
        open_ids += [query.visit_id for query in chunk if query.visit_id in waiting]
        if fault in _LINE:
            open_ids += [query.visit_id for _, left in chunks[position + 1 :] for query in left]
            return Requeried(answered, tuple(open_ids), fault, trouble)
    return Requeried(answered, tuple(open_ids), trouble=trouble)


def _chunks(day: date, queries: list[NumberQuery], size: int) -> list[tuple[date, list[NumberQuery]]]:
    return [(day, queries[start : start + size]) for start in range(0, len(queries), size)]


def _look_up(
    gateway: BulkEligibility,
    day: date,
    chunk: Sequence[NumberQuery],
    clock: Clock,
    timeout_s: float,
    cancelled: Callable[[], bool],
) -> tuple[BulkAnswer, ...]:
    number = gateway.submit_bulk(chunk, day, timeout_s=timeout_s, cancelled=cancelled)
    deadline = clock.monotonic() + timeout_s
    while True:
        answers = gateway.collect_bulk(number, timeout_s=timeout_s, cancelled=cancelled)
        if answers is not None:
            return answers
        if cancelled() or clock.monotonic() >= deadline:
            return ()
        clock.sleep(COLLECT_PAUSE_S)
