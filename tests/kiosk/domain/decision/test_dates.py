"""The day before, the day, and the day after each date on which a rule begins or ends (documents reference 6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from kiosk.domain.certificate_window import CertificateState, GraceReading, certificate_rule, certificate_state
from kiosk.domain.claim_note import Stated
from kiosk.domain.decision.decide import DecisionRules, decide
from kiosk.domain.decision.inputs import CardState, NumberQuery, Online, Request, Shown, Visit
from kiosk.domain.outcome import IdentityMethod
from kiosk.domain.rules import load_rules

CERTIFICATE_RULES = load_rules(Path(__file__).resolve().parents[4] / "assets" / "rules" / "certificate.toml")

NOTHING = Request(on=date(2025, 1, 1), visit=Visit.FIRST)
CARD = Request(
    on=date(2025, 1, 1),
    documents=frozenset({Shown.CARD}),
    visit=Visit.FIRST,
    card=CardState.OK,
    identity=IdentityMethod.FACE,
    online=Online.VALID,
)


def shows(*documents: Shown) -> Request:
    return replace(NOTHING, documents=frozenset(documents))


OLD_CARD = shows(Shown.OLD_CARD)
OLD_CARD_QUERIED = replace(OLD_CARD, number_query=NumberQuery.OK)
OLD_CARD_DOWN = replace(OLD_CARD, online=Online.DOWN)
PRINTED = replace(OLD_CARD_QUERIED, document_valid_to=date(2025, 7, 31))
NOTICE = shows(Shown.NOTICE)
NOTICE_QUERIED = replace(NOTICE, number_query=NumberQuery.OK)
NOTICE_DOWN = replace(NOTICE, online=Online.DOWN)
PHONE = replace(shows(Shown.PHONE), online=Online.VALID)
CERTIFICATE = replace(shows(Shown.CERTIFICATE), document_valid_to=date(2030, 3, 31))
CERTIFICATE_DOWN = replace(CERTIFICATE, online=Online.DOWN)
WITH_NOTICE = replace(CARD, documents=frozenset({Shown.CARD, Shown.NOTICE}), online=Online.DOWN)
GRACE = replace(CARD, card=CardState.IN_GRACE)
ENDING = replace(CERTIFICATE, document_valid_to=date(2026, 9, 30), number_query=NumberQuery.OK)

TURNS = [
    # the visit, the day, and the rows of the day before, the day, the day after
    ("notices begin", WITH_NOTICE, date(2024, 9, 1), ("D32", "D15", "D15")),
    ("law in force: certificates", CERTIFICATE, date(2024, 12, 2), ("D34", "D20", "D20")),
    ("law in force: certificates, line down", CERTIFICATE_DOWN, date(2024, 12, 2), ("D34", "D21", "D21")),
    ("law in force: grace", GRACE, date(2024, 12, 2), ("D04", "D03", "D03")),
    ("municipal cards end", PRINTED, date(2025, 7, 31), ("D24", "D24", "D25")),
    ("temporary rule begins: notice", NOTICE_QUERIED, date(2025, 8, 1), ("D18", "D16", "D16")),
    ("temporary rule begins: notice, line down", NOTICE_DOWN, date(2025, 8, 1), ("D18", "D17", "D17")),
    (
        "temporary rule begins: card past its print",
        replace(PRINTED, document_valid_to=date(2025, 6, 30)),
        date(2025, 8, 1),
        ("D27", "D25", "D25"),
    ),
    (
        "temporary rule begins: card past its print, line down",
        replace(OLD_CARD_DOWN, document_valid_to=date(2025, 6, 30)),
        date(2025, 8, 1),
        ("D27", "D26", "D26"),
    ),
    ("smartphones begin", PHONE, date(2025, 9, 19), ("D09", "D08", "D08")),
    ("last day of old cards", OLD_CARD_QUERIED, date(2025, 12, 1), ("D24", "D24", "D25")),
    ("last day of old cards, line down", OLD_CARD_DOWN, date(2025, 12, 1), ("D24", "D24", "D26")),
    ("last day of old cards, whatever they print", replace(PRINTED, document_valid_to=date(2027, 1, 1)),
     date(2025, 12, 1), ("D24", "D24", "D25")),
    ("temporary rule ends: notice", NOTICE_QUERIED, date(2026, 3, 31), ("D16", "D16", "D18")),
    ("temporary rule ends: notice, line down", NOTICE_DOWN, date(2026, 3, 31), ("D17", "D17", "D18")),
    ("temporary rule ends: old card", OLD_CARD_QUERIED, date(2026, 3, 31), ("D25", "D25", "D27")),
    ("temporary rule ends: old card, line down", OLD_CARD_DOWN, date(2026, 3, 31), ("D26", "D26", "D27")),
    ("a certificate's printed end", ENDING, date(2026, 9, 30), ("D20", "D20", "D22")),
]  # fmt: skip


@pytest.mark.parametrize(("request_", "day", "rows"), [turn[1:] for turn in TURNS], ids=[turn[0] for turn in TURNS])
def test_rule_turns_on_its_day(request_: Request, day: date, rows: tuple[str, str, str], rules: DecisionRules) -> None:
    days = [day + timedelta(days=n) for n in (-1, 0, 1)]
    assert tuple(decide(replace(request_, on=on), rules).id for on in days) == rows


@pytest.mark.parametrize(
    ("day", "ask", "offered"),
    [
        (date(2024, 9, 1), "notice", (False, True, True)),
        (date(2024, 12, 2), "certificate", (False, True, True)),
        (date(2026, 3, 31), "old_card", (True, True, False)),
    ],
)
def test_document_is_asked_for_only_while_it_helps(
    day: date, ask: str, offered: tuple[bool, bool, bool], rules: DecisionRules
) -> None:
    lapsed = replace(CARD, card=CardState.LAPSED, online=Online.NOT_ASKED)
    days = [day + timedelta(days=n) for n in (-1, 0, 1)]
    assert tuple(ask in decide(replace(lapsed, on=on), rules).ask_next for on in days) == offered


def test_certificates_for_all_of_75_end(rules: DecisionRules) -> None:
    elderly = replace(NOTHING, person=Stated(birth_date=date(1940, 5, 5)))
    first = [decide(replace(elderly, on=date(2026, 7, 31) + timedelta(days=n)), rules).ask_next[0] for n in (-1, 0, 1)]
    assert first == ["certificate", "certificate", "card"]


@pytest.mark.parametrize(
    "day", [date(2023, 6, 9), date(2023, 12, 15), date(2024, 10, 7), date(2025, 3, 1)], ids=lambda day: str(day)
)
def test_days_about_screens_and_cards_change_no_row(day: date, rules: DecisionRules) -> None:
    """What began then (the law's text, cards without PIN, one consent for all, visual check on the reader) is not the
    table's."""
    for request in (CARD, OLD_CARD, PHONE, NOTICE_QUERIED, replace(CARD, online=Online.DOWN)):
        assert len({decide(replace(request, on=day + timedelta(days=n)), rules).id for n in (-1, 0, 1)}) == 1


def test_every_day_of_the_source_is_in_the_data(rules: DecisionRules) -> None:
    named = {
        day
        for section in ("dates", "exists", "row", "ask")
        for row in rules.table.rules.sections[section]
        for day in (row.valid_from, row.valid_to)
        if day is not None
    }
    assert named >= {
        date(2023, 6, 9),
        date(2023, 12, 15),
        date(2024, 10, 7),
        date(2024, 12, 2),
        date(2025, 3, 1),
        date(2025, 7, 31),
        date(2025, 8, 1),
        date(2025, 9, 19),
        date(2025, 12, 1),
        date(2026, 3, 31),
        date(2026, 7, 31),
    }


@pytest.mark.parametrize(
    ("reading", "last"), [(GraceReading.DAY, date(2025, 8, 10)), (GraceReading.END_OF_MONTH, date(2025, 8, 31))]
)
def test_card_is_accepted_to_the_last_day_of_grace(reading: GraceReading, last: date, rules: DecisionRules) -> None:
    """The example of documents reference 6: a certificate that ends on 2025-05-10, under both readings."""
    states = {
        CertificateState.VALID: CardState.OK,
        CertificateState.EXPIRES_SOON: CardState.OK,
        CertificateState.IN_GRACE: CardState.IN_GRACE,
        CertificateState.LAPSED: CardState.LAPSED,
    }

    def row(on: date) -> str:
        state = certificate_state(date(2025, 5, 10), on, certificate_rule(CERTIFICATE_RULES, on, reading))
        return decide(replace(CARD, on=on, card=states[state]), rules).id

    assert [row(last + timedelta(days=n)) for n in (-1, 0, 1)] == ["D03", "D03", "D04"]
    assert [row(date(2025, 5, 10) + timedelta(days=n)) for n in (-1, 0, 1)] == ["D01", "D01", "D03"]
