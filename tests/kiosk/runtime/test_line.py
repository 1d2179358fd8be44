"""Whether the line works is learnt from every exchange; while it is down nobody waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest

from kiosk.domain.failures import FailureCode, KioskError, NeedsStaff, Retriable
from kiosk.domain.outcome import IdentityMethod
from kiosk.ports.eligibility import CardQuery, TerminalRefused
from kiosk.runtime.line import Line, WatchedGateway
from tests.kiosk.runtime.fakes import FakeGateway, World

SILENT = Retriable(FailureCode.TERMINAL_SILENT)
GONE = NeedsStaff(FailureCode.TERMINAL_FOLDER_GONE)
QUERY = CardQuery("v", "AA", datetime(2029, 3, 3), IdentityMethod.FACE, date(2026, 11, 24))


class Watch:
    def __init__(self, foreign: frozenset[str] = frozenset()) -> None:
        self.line = Line(foreign)
        self.world = World()
        self.gateway = WatchedGateway(FakeGateway(self.world), self.line)
        self.lost: list[FailureCode] = []
        self.back = 0
        self.line.on_lost = self.lost.append
        self.line.on_back = self._came_back

    def _came_back(self) -> None:
        self.back += 1

    def asks(self, error: KioskError | None = None, *, cancelled: Callable[[], bool] = lambda: False) -> str:
        self.world.errors = {"query_card": error} if error else {}
        try:
            self.gateway.query_card(QUERY, timeout_s=1.0, cancelled=cancelled)
        except KioskError as seen:
            return seen.code.value
        return "ok"


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_two_silences_in_a_row_and_the_next_one_does_not_wait(watch: Watch) -> None:
    assert watch.asks(SILENT) == "K301"
    assert not watch.line.down
    assert watch.asks(SILENT) == "K301"
    assert (watch.line.down, watch.lost) == (True, [FailureCode.TERMINAL_SILENT])
    asked = watch.world.calls.count("query_card")
    assert watch.asks() == "K307"
    assert watch.world.calls.count("query_card") == asked
    assert watch.lost == [FailureCode.TERMINAL_SILENT]


def test_staff_who_insist_are_asked_for_and_find_out_that_it_is_back(watch: Watch) -> None:
    watch.asks(SILENT)
    watch.asks(SILENT)
    watch.world.errors = {}
    watch.gateway.query_card(replace(QUERY, insist=True), timeout_s=1.0, cancelled=lambda: False)
    assert (watch.line.down, watch.back) == (False, 1)


@pytest.mark.parametrize(
    "between", [None, NeedsStaff(FailureCode.ANSWER_DAMAGED), TerminalRefused("SAMPLE-E0001", "x")]
)
def test_any_answer_between_them_shows_that_it_works(watch: Watch, between: KioskError | None) -> None:
    watch.asks(SILENT)
    watch.asks(between)
    watch.asks(SILENT)
    assert not watch.line.down


def test_a_share_that_is_gone_counts_like_silence(watch: Watch) -> None:
    watch.asks(GONE)
    watch.asks(SILENT)
    assert watch.lost == [FailureCode.TERMINAL_SILENT]


def test_who_breaks_off_learns_nothing(watch: Watch) -> None:
    for _ in range(3):
        watch.asks(SILENT, cancelled=lambda: True)
    assert not watch.line.down


def test_the_terminal_may_say_itself_that_nobody_answers() -> None:
    watch = Watch(frozenset({"OQC-OWSE0900000"}))
    watch.asks(TerminalRefused("OQC-OWSE0900000", "x"))
    watch.asks(TerminalRefused("OQC-OWSE0900000", "x"))
    assert watch.lost == [FailureCode.TERMINAL_ERROR]


def test_one_success_brings_it_back_once(watch: Watch) -> None:
    watch.asks(SILENT)
    watch.asks(SILENT)
    watch.line.worked()
    watch.line.worked()
    assert (watch.line.down, watch.back) == (False, 1)
    assert watch.asks() == "ok"
