"""What the report counts, against visits counted by hand."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.ports.journal import JournalEntry
from kiosk.staff.usage.figures import Spread
from kiosk.staff.usage.rates import Rate
from kiosk.staff.usage.visits import events_needed
from tests.kiosk.staff.usage.made import CATALOGUE, at, report, visit

DAY = "2026-11-24"


def test_rate_counts_answers_by_card_among_all_answers() -> None:
    made = report(
        [
            *visit("a", at(DAY)),
            *visit("b", at(DAY), by="insurance_number", identity="document", document="certificate"),
            *visit("c", at(DAY), by="device", identity="device"),
            *visit("d", at(DAY), answered=False),
            *visit("e", at("2026-11-26"), by=None, identity="device"),
        ],
        DAY,
        "2026-11-26",
    )
    assert made.days == {date(2026, 11, 24): Rate(2, 3), date(2026, 11, 25): Rate(0, 0), date(2026, 11, 26): Rate(1, 1)}
    assert made.months == {date(2026, 11, 1): Rate(3, 4)}
    assert made.total.percent == 75
    assert Rate().percent is None


def test_a_card_asked_after_a_number_counts_as_card() -> None:
    asked_again = JournalEntry("eligibility.asked", {"by": "card"}, "a")
    assert report(visit("a", at(DAY), by="insurance_number", extra=[asked_again]), DAY, DAY).total == Rate(1, 1)


def test_a_visit_belongs_to_the_day_it_began() -> None:
    over_midnight = visit("a", at(DAY, "23:59:50"), seconds=30)
    made = report(over_midnight, DAY, DAY)
    assert (made.visits, made.seconds.values) == (1, (30.0,))
    assert report(over_midnight, "2026-11-25", "2026-11-25").visits == 0


def test_what_staff_settle_of_an_older_visit_is_no_visit_of_today() -> None:
    """The journal is read from a few months before on; a claim note may lie longer."""
    settled = (at(DAY), JournalEntry("claim.settled", {"staff": "sato"}, "old"))
    made = report([settled, *visit("a", at(DAY))], DAY, DAY)
    assert (made.visits, dict(made.status)) == (1, {"accepted": 1})


def test_ends_ways_and_consents() -> None:
    consent = [
        JournalEntry("consent.given", {"items": items}, "abc"[n])
        for n, items in enumerate(("", "checkup", ",".join(("surgery", "medication", "checkup"))))
    ]
    made = report(
        [
            *visit("a", at(DAY), extra=consent[:1]),
            *visit("b", at(DAY), extra=consent[1:2], identity="pin"),
            *visit("c", at(DAY), extra=consent[2:], identity="pin"),
            *visit("d", at(DAY), status="abandoned", identity="none", eligibility="unconfirmed", document="none"),
            *visit("e", at(DAY), closed=False),
        ],
        DAY,
        DAY,
    )
    assert made.visits == 5
    assert dict(made.status) == {"accepted": 3, "abandoned": 1, "unfinished": 1}
    assert list(made.identity.items()) == [("pin", 2), ("face", 1), ("none", 1)]
    assert dict(made.consents) == {"all": 1, "part": 1, "none": 1}
    assert dict(made.claim_route) == {"normal": 3}
    assert made.seconds.values == (20.0, 20.0, 20.0)


def test_failures_by_cause_and_hour() -> None:
    made = report(
        [
            (at(DAY, "09:10:00"), JournalEntry("card.failed", {"code": "K101"}, "a")),
            (at(DAY, "09:20:00"), JournalEntry("eligibility.failed", {"code": "K301"}, "a")),
            (at(DAY, "14:59:59"), JournalEntry("card.failed", {"code": "K101"}, "b")),
            (at(DAY, "15:00:00"), JournalEntry("service.suspended", {"code": "K110"})),
            (at("2026-11-25"), JournalEntry("service.suspended", {"code": "K110"})),
        ],
        DAY,
        DAY,
    )
    assert [(cause.code, cause.count) for cause in made.causes] == [("K101", 2), ("K110", 1), ("K301", 1)]
    assert {hour: n for hour, n in enumerate(made.failures_by_hour) if n} == {9: 2, 14: 1, 15: 1}


def test_visual_checks_by_reason() -> None:
    def checked(name: str, **reason: str) -> JournalEntry:
        return JournalEntry("identity.confirmed", {"method": "visual", "staff": "sato", **reason}, name)

    made = report(
        [
            *visit("a", at(DAY), extra=[checked("a", reason="child")], identity="visual"),
            *visit("b", at(DAY), extra=[checked("b")], identity="visual"),
            *visit("c", at(DAY), extra=[JournalEntry("identity.confirmed", {"method": "face"}, "c")]),
        ],
        DAY,
        DAY,
    )
    assert dict(made.visual) == {"child": 1, "other": 1}


def test_claim_notes_stay_open_until_settled() -> None:
    made = report(
        [
            *visit("a", at("2026-11-20"), claim_route="3"),
            *visit("b", at("2026-11-21"), claim_route="1"),
            *visit("c", at("2026-11-21")),
            *visit("d", at("2026-11-21"), claim_route="2", status="handed_to_staff"),
            (at("2026-11-30"), JournalEntry("claim.settled", {"staff": "sato"}, "a")),
        ],
        "2026-11-01",
        DAY,
    )
    assert [(claim.visit_id, claim.route, claim.days) for claim in made.open_claims] == [("b", "1", 3)]


@pytest.mark.parametrize(
    ("values", "median", "p90"),
    [((), None, None), ((4,), 4, 4), (tuple(range(1, 11)), 5.5, 9), (tuple(range(1, 12)), 6, 10)],
)
def test_spread(values: tuple[float, ...], median: float | None, p90: float | None) -> None:
    assert (Spread(values).median, Spread(values).p90) == (median, p90)


def test_taps_are_counted_where_the_journal_holds_them() -> None:
    made = report([*visit("a", at(DAY), taps=3), *visit("b", at(DAY))], DAY, DAY)
    assert made.taps.values == (3.0,)


def test_every_failure_of_the_catalogue_is_read() -> None:
    needed = events_needed(CATALOGUE.events)
    assert set(needed) <= set(CATALOGUE.events)
    assert {"card.failed", "handover.failed", "service.suspended", "visit.closed"} <= set(needed)
