"""Every row of the table, as one visit or more that it decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kiosk.domain.claim_note import ClaimRoute, Numbers, Stated
from kiosk.domain.decision.decide import DecisionRules, decide
from kiosk.domain.decision.inputs import (
    CardState,
    Flag,
    NumberQuery,
    Online,
    Practice,
    Request,
    Says,
    Shown,
    Visit,
)
from kiosk.domain.decision.table import Acceptance
from kiosk.domain.outcome import Document, IdentityMethod

TODAY = date(2026, 11, 24)
IN_WINDOW = date(2025, 12, 10)
NUMBERS = Numbers("06479992", "12-34", "5678", "01")
FORMER = Numbers("01320019", "99", "100", "00")
PERSON = Stated(name="見本　健二", kana="ミホン　ケンジ", birth_date=date(1971, 4, 2), address="架空県架空市1-2-3")

GOOD = Request(
    on=TODAY,
    documents=frozenset({Shown.CARD}),
    visit=Visit.FIRST,
    card=CardState.OK,
    identity=IdentityMethod.FACE,
    online=Online.VALID,
    person=PERSON,
)
UNCONFIRMED = replace(GOOD, online=Online.NOT_FOUND)


def shows(*documents: Shown, **changes: object) -> Request:
    """A visit without a card that was read."""
    nothing = replace(GOOD, documents=frozenset(documents), card=CardState.NONE, identity=IdentityMethod.NONE)
    return replace(nothing, **{"online": Online.NOT_ASKED, **changes})


def with_card(*documents: Shown, **changes: object) -> Request:
    return replace(UNCONFIRMED, documents=frozenset({Shown.CARD, *documents}), **changes)


ACCEPT, WITH_CARD, COND, STAFF, NO = Acceptance
N, ONE, TWO, THREE = ClaimRoute
PAST = date(2026, 11, 23)

CASES = {
    "D01": (GOOD, ACCEPT, N),
    "D01 by PIN": (replace(GOOD, identity=IdentityMethod.PIN), ACCEPT, N),
    "D01 by sight": (replace(GOOD, identity=IdentityMethod.VISUAL), ACCEPT, N),
    "D02": (replace(GOOD, flags=frozenset({Flag.NAME_BLACK_DOT})), ACCEPT, N),
    "D03": (replace(GOOD, card=CardState.IN_GRACE), ACCEPT, N),
    "D03 with a dot in the name": (
        replace(GOOD, card=CardState.IN_GRACE, flags=frozenset({Flag.NAME_BLACK_DOT})),
        ACCEPT,
        N,
    ),
    "D04": (replace(GOOD, card=CardState.LAPSED, online=Online.NOT_ASKED), NO, None),
    "D05": (replace(GOOD, card=CardState.NOT_REGISTERED, online=Online.NOT_ASKED), COND, None),
    "D06": (replace(GOOD, online=Online.INVALID_NEWER), ACCEPT, N),
    "D07": (replace(GOOD, online=Online.MULTIPLE), STAFF, N),
    "D07 by number": (shows(Shown.OLD_CARD, online=Online.MULTIPLE), STAFF, N),
    "D08": (shows(Shown.PHONE, online=Online.VALID, identity=IdentityMethod.PIN), ACCEPT, N),
    "D09": (shows(Shown.PHONE), NO, None),
    "D09 whose answer is no": (shows(Shown.PHONE, online=Online.NOT_FOUND), NO, None),
    "D09 for want of a period of grace": (
        shows(Shown.PHONE, online=Online.VALID, card=CardState.IN_GRACE),
        NO,
        None,
    ),
    "D10": (with_card(Shown.PORTAL_SCREEN), WITH_CARD, N),
    "D11": (with_card(Shown.PORTAL_PDF, card=CardState.UNREADABLE), WITH_CARD, N),
    "D11 after grace": (with_card(Shown.PORTAL_PDF, card=CardState.LAPSED, online=Online.NOT_ASKED), WITH_CARD, N),
    "D12": (with_card(Shown.SCREENSHOT), STAFF, N),
    "D13": (shows(Shown.PORTAL_SCREEN), NO, None),
    "D13 with the PDF": (shows(Shown.PORTAL_PDF), NO, None),
    "D14": (shows(Shown.SCHOOL_TRIP_COPY), STAFF, N),
    "D15": (with_card(Shown.NOTICE), WITH_CARD, N),
    "D15 without a reader": (with_card(Shown.NOTICE, card=CardState.NONE, online=Online.NOT_ASKED), WITH_CARD, N),
    "D16": (shows(Shown.NOTICE, on=IN_WINDOW, number_query=NumberQuery.OK), COND, N),
    "D17": (shows(Shown.NOTICE, on=IN_WINDOW, online=Online.DOWN), STAFF, THREE),
    "D17 with numbers on record": (
        shows(Shown.NOTICE, on=IN_WINDOW, online=Online.DOWN, held_current=NUMBERS),
        STAFF,
        ONE,
    ),
    "D18": (shows(Shown.NOTICE, number_query=NumberQuery.OK), NO, None),
    "D18 whose query fails": (shows(Shown.NOTICE, on=IN_WINDOW, number_query=NumberQuery.FAIL), NO, None),
    "D20": (shows(Shown.CERTIFICATE, document_valid_to=TODAY, number_query=NumberQuery.OK), ACCEPT, N),
    "D20 whose query fails": (
        shows(Shown.CERTIFICATE, document_valid_to=TODAY, number_query=NumberQuery.FAIL),
        STAFF,
        THREE,
    ),
    "D21": (shows(Shown.CERTIFICATE, document_valid_to=TODAY, online=Online.DOWN), ACCEPT, N),
    "D22": (shows(Shown.CERTIFICATE, document_valid_to=PAST), STAFF, THREE),
    "D22 with former numbers": (shows(Shown.CERTIFICATE, document_valid_to=PAST, held_former=FORMER), STAFF, TWO),
    "D23": (shows(Shown.CERTIFICATE, flags=frozenset({Flag.SPECIAL_PAYMENT})), STAFF, None),
    "D24": (shows(Shown.OLD_CARD, on=date(2025, 6, 1)), ACCEPT, N),
    "D25": (shows(Shown.OLD_CARD, on=IN_WINDOW, number_query=NumberQuery.OK), COND, N),
    "D25 of a former insurer": (
        shows(Shown.OLD_CARD, on=date(2025, 9, 1), says=Says.CHANGED, number_query=NumberQuery.OK),
        COND,
        N,
    ),
    "D26": (shows(Shown.OLD_CARD, on=IN_WINDOW, online=Online.DOWN), STAFF, THREE),
    "D26 whose query fails": (shows(Shown.OLD_CARD, on=IN_WINDOW, number_query=NumberQuery.FAIL), STAFF, THREE),
    "D27": (shows(Shown.OLD_CARD, number_query=NumberQuery.OK), NO, None),
    "D27 before the temporary rule": (
        shows(Shown.OLD_CARD, on=date(2025, 5, 1), document_valid_to=date(2025, 4, 30), number_query=NumberQuery.OK),
        NO,
        None,
    ),
    "D30": (replace(UNCONFIRMED, visit=Visit.RETURN, held_current=NUMBERS, says=Says.UNCHANGED), ACCEPT, ONE),
    "D30 with former numbers only": (
        replace(UNCONFIRMED, visit=Visit.RETURN, held_former=FORMER, says=Says.UNCHANGED),
        ACCEPT,
        TWO,
    ),
    "D31": (replace(UNCONFIRMED, visit=Visit.RETURN, held_current=NUMBERS, says=Says.CHANGED), ACCEPT, TWO),
    "D32": (UNCONFIRMED, ACCEPT, THREE),
    "D32 returning without a record": (replace(UNCONFIRMED, visit=Visit.RETURN), ACCEPT, THREE),
    "D32 with the numbers of the 無効 screen": (
        replace(UNCONFIRMED, online=Online.INVALID, held_former=FORMER),
        ACCEPT,
        TWO,
    ),
    "D33": (
        replace(UNCONFIRMED, card=CardState.UNREADABLE, identity=IdentityMethod.VISUAL, online=Online.NOT_ASKED),
        ACCEPT,
        THREE,
    ),
    "D34": (shows(Shown.NONE), STAFF, None),
    "D34 for want of proof of identity": (replace(GOOD, identity=IdentityMethod.NONE), STAFF, None),
    "D35": (shows(Shown.NONE, flags=frozenset({Flag.DISASTER})), ACCEPT, None),
    "D36": (shows(Shown.NONE, flags=frozenset({Flag.EMERGENCY})), STAFF, None),
    "D36 with a good card": (replace(GOOD, flags=frozenset({Flag.EMERGENCY})), STAFF, None),
}


@pytest.mark.parametrize("case", CASES)
def test_visit_is_decided_by_its_row(case: str, rules: DecisionRules) -> None:
    request, outcome, route = CASES[case]
    decision = decide(request, rules)
    assert (decision.id, decision.outcome, decision.claim_route) == (case.split()[0], outcome, route)


def test_every_row_of_the_file_is_reached_by_a_visit(rules: DecisionRules) -> None:
    reached = {(d.id, d.variant) for d in (decide(request, rules) for request, _, _ in CASES.values())}
    reached |= {
        (d.id, d.variant)
        for d in (
            decide(shows(Shown.PHONE, online=Online.INVALID_NEWER), rules),
            decide(shows(Shown.PHONE, online=Online.MULTIPLE), rules),
        )
    }
    assert {(row.id, row.variant) for row in rules.table.rows} == reached


def test_the_file_holds_the_rows_of_the_source(rules: DecisionRules) -> None:
    numbers = [*range(1, 19), *range(20, 28), *range(30, 37), 40]
    assert {row.id for row in rules.table.rows} | {c.id for c in rules.table.beside} == {f"D{n:02}" for n in numbers}


def test_subsidy_certificate_stands_beside_whatever_decided(rules: DecisionRules) -> None:
    decision = decide(replace(GOOD, documents=GOOD.documents | {Shown.SUBSIDY_CERTIFICATE}), rules)
    assert (decision.id, decision.beside) == ("D01", ("D40",))
    assert "copy_to_staff" in decision.then


@pytest.mark.parametrize("online", [Online.INVALID, Online.NOT_FOUND, Online.DOWN, Online.READER_DOWN])
@pytest.mark.parametrize("card", [CardState.OK, CardState.IN_GRACE, CardState.LAPSED, CardState.UNREADABLE])
@pytest.mark.parametrize("visit", [*Visit, None])
def test_document_with_the_card_holds_whatever_keeps_the_card_from_confirming(
    online: Online, card: CardState, visit: Visit | None, rules: DecisionRules
) -> None:
    for document, row in ((Shown.PORTAL_SCREEN, "D10"), (Shown.PORTAL_PDF, "D11"), (Shown.NOTICE, "D15")):
        decision = decide(with_card(document, online=online, card=card, visit=visit), rules)
        assert (decision.id, decision.outcome) == (row, Acceptance.ACCEPT_WITH_CARD)
        assert not set(decision.ask_next) & {shown.value for shown in Shown}


@pytest.mark.parametrize(
    ("documents", "row"),
    [
        ({Shown.PORTAL_SCREEN, Shown.PORTAL_PDF, Shown.NOTICE}, "D10"),
        ({Shown.PORTAL_PDF, Shown.NOTICE, Shown.CERTIFICATE}, "D11"),
        ({Shown.SCREENSHOT, Shown.NOTICE}, "D15"),
        ({Shown.SCREENSHOT, Shown.CERTIFICATE}, "D20"),
        ({Shown.SCREENSHOT, Shown.OLD_CARD}, "D12"),
        ({Shown.OLD_CARD}, "D32"),
    ],
)
def test_the_best_of_several_documents_decides(documents: set[Shown], row: str, rules: DecisionRules) -> None:
    assert decide(with_card(*documents), rules).id == row


def test_a_good_card_needs_nothing_beside_it(rules: DecisionRules) -> None:
    assert decide(replace(GOOD, documents=frozenset(Shown)), rules).id == "D01"


def test_nothing_else_to_show_leads_from_the_lapsed_card_to_the_form(rules: DecisionRules) -> None:
    lapsed = replace(GOOD, card=CardState.LAPSED, online=Online.NOT_ASKED)
    asked = decide(lapsed, rules)
    assert asked.ask_next == ("portal_pdf", "notice", "certificate", "form", "staff")
    settled = decide(replace(lapsed, documents=frozenset({Shown.CARD, Shown.NONE})), rules)
    assert (settled.id, settled.ask_next) == ("D32", ("form",))


def test_declined_registration_is_no_dead_end(rules: DecisionRules) -> None:
    unregistered = replace(GOOD, card=CardState.NOT_REGISTERED, online=Online.NOT_ASKED)
    assert decide(unregistered, rules).ask_next == ("registration", "certificate", "staff")
    certificate = replace(unregistered, documents=frozenset({Shown.CARD, Shown.CERTIFICATE}))
    assert decide(certificate, rules).id == "D20"
    nothing = replace(unregistered, documents=frozenset({Shown.CARD, Shown.NONE}))
    assert decide(nothing, rules).id == "D32"


def test_what_is_open_is_asked_and_what_is_settled_is_not(rules: DecisionRules) -> None:
    unknown = replace(UNCONFIRMED, visit=None, identity=IdentityMethod.NONE, online=Online.NOT_ASKED)
    assert decide(unknown, rules).ask_next == (
        "visit",
        "online_query",
        "visual_check",
        "portal_screen",
        "portal_pdf",
        "notice",
        "certificate",
        "form",
    )
    filled = replace(UNCONFIRMED, form=Stated())
    assert decide(filled, rules).ask_next == ()


def test_oral_question_is_asked_once(rules: DecisionRules) -> None:
    returning = replace(
        UNCONFIRMED, visit=Visit.RETURN, held_current=NUMBERS, documents=frozenset(Shown) & {Shown.CARD}
    )
    assert decide(returning, rules).ask_next[-1] == "oral"
    assert decide(replace(returning, says=Says.UNCHANGED), rules).ask_next == ()


def test_records_make_a_visit_of_unknown_kind_a_return(rules: DecisionRules) -> None:
    assert decide(replace(UNCONFIRMED, visit=None, held_current=NUMBERS), rules).id == "D30"
    assert decide(replace(UNCONFIRMED, held_current=NUMBERS), rules).id == "D32"


def test_certificate_of_those_who_all_have_one_is_asked_first(rules: DecisionRules) -> None:
    elderly = replace(shows(Shown.NONE, person=Stated(birth_date=date(1945, 1, 1))), on=date(2026, 7, 31))
    assert decide(elderly, rules).ask_next[:2] == ("certificate", "card")
    assert decide(replace(elderly, on=date(2026, 8, 1)), rules).ask_next[:2] == ("card", "certificate")
    assert decide(replace(elderly, person=PERSON), rules).ask_next[:2] == ("card", "certificate")


def test_card_is_there_when_it_is_shown_whatever_its_state_says(rules: DecisionRules) -> None:
    assert decide(with_card(Shown.PORTAL_PDF, card=CardState.NONE), rules).id == "D11"
    assert decide(shows(Shown.NOTICE, card=CardState.OK), rules).id == "D18"


def test_sheet_past_the_end_it_prints_counts_for_nothing(rules: DecisionRules) -> None:
    assert decide(with_card(Shown.NOTICE, document_valid_to=PAST), rules).id == "D32"
    assert decide(with_card(Shown.NOTICE, document_valid_to=TODAY), rules).id == "D15"
    beside = with_card(Shown.NOTICE, Shown.CERTIFICATE, document_valid_to=PAST)
    assert decide(beside, rules).id == "D15"


def test_line_down_asks_for_a_later_check(rules: DecisionRules) -> None:
    for request in (with_card(Shown.PORTAL_PDF), with_card(), shows(Shown.CERTIFICATE, document_valid_to=TODAY)):
        assert "later_check" in decide(replace(request, online=Online.DOWN), rules).then
        assert "later_check" not in decide(replace(request, online=Online.NOT_FOUND), rules).then


def test_facility_with_a_reader_for_phones_says_so(rules: DecisionRules) -> None:
    equipped = replace(rules, practice=Practice(phone_equipped=True))
    asked_nothing = shows(Shown.PHONE)
    assert decide(asked_nothing, rules).variant == ""
    assert decide(asked_nothing, equipped).variant == "not_confirmed"


def test_disaster_leaves_nobody_worse_off(rules: DecisionRules) -> None:
    disaster = frozenset({Flag.DISASTER})
    for request in (
        shows(Shown.NOTICE),
        shows(Shown.PORTAL_PDF),
        shows(Shown.CERTIFICATE, document_valid_to=PAST),
        shows(Shown.SCHOOL_TRIP_COPY),
        with_card(Shown.SCREENSHOT),
        with_card(card=CardState.LAPSED),
        with_card(card=CardState.NOT_REGISTERED),
    ):
        assert decide(replace(request, flags=disaster), rules).outcome is Acceptance.ACCEPT


def test_acceptance_names_what_it_rests_on(rules: DecisionRules) -> None:
    expected = {
        "D01": Document.CARD,
        "D08": Document.PHONE,
        "D10": Document.PORTAL_SCREEN,
        "D11": Document.PORTAL_PDF,
        "D15": Document.NOTICE,
        "D21": Document.CERTIFICATE,
        "D24": Document.OLD_CARD,
        "D30": Document.ORAL,
        "D32": Document.ATTESTATION,
        "D34": Document.NONE,
    }
    assert {case: decide(CASES[case][0], rules).document for case in expected} == expected


def test_patient_is_told_what_is_open_and_then_that_all_is_well(rules: DecisionRules) -> None:
    assert decide(UNCONFIRMED, rules).say.id == "decision.say.form"
    assert decide(replace(UNCONFIRMED, form=Stated()), rules).say.id == "decision.say.accepted"
