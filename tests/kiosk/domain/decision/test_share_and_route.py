"""What the patient pays and how the visit is claimed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kiosk.domain.claim_note import ClaimRoute, Numbers, RouteStep, Stated, UnknownDigits, WhyNot
from kiosk.domain.decision.decide import DecisionRules, ShareFrom, decide
from kiosk.domain.decision.inputs import CardState, Flag, Online, Practice, Request, Says, Shown, Visit
from kiosk.domain.eligibility import InsuredPerson
from kiosk.domain.outcome import IdentityMethod

TODAY = date(2026, 11, 24)
NUMBERS = Numbers("06479992", "12-34", "5678", "01")
FORMER = Numbers("01320019", "99", "100", "00")
VISIT = Request(
    on=TODAY,
    documents=frozenset({Shown.CARD}),
    visit=Visit.RETURN,
    card=CardState.OK,
    identity=IdentityMethod.FACE,
    online=Online.NOT_FOUND,
    person=Stated(birth_date=date(1971, 4, 2)),
)


def born(day: date, **form: object) -> Request:
    return replace(VISIT, person=Stated(birth_date=day), form=Stated(**form) if form else None)


@pytest.mark.parametrize(
    ("request_", "share"),
    [
        (born(date(2022, 5, 5)), (20, ShareFrom.AGE)),
        (born(date(1971, 4, 2)), (30, ShareFrom.AGE)),
        (born(date(1954, 1, 1)), (None, ShareFrom.STAFF)),
        (born(date(1945, 1, 1)), (None, ShareFrom.STAFF)),
        (replace(VISIT, person=Stated()), (None, ShareFrom.STAFF)),
        (born(date(2030, 1, 1)), (None, ShareFrom.STAFF)),
        # what the patient signed counts where the age leaves it open, and only if it exists at that age
        (born(date(1945, 1, 1), share_percent=10), (10, ShareFrom.FORM)),
        (born(date(1954, 1, 1), share_percent=10), (None, ShareFrom.STAFF)),
        (born(date(1954, 1, 1), share_percent=20), (20, ShareFrom.FORM)),
        (born(date(1945, 1, 1), share_percent=100), (None, ShareFrom.STAFF)),
        (born(date(1971, 4, 2), share_percent=10), (30, ShareFrom.AGE)),
        (replace(VISIT, person=Stated(), form=Stated(share_percent=30)), (None, ShareFrom.STAFF)),
        # 65 and over with a disability
        (born(date(1960, 1, 1), insurance_kind="後期高齢者医療"), (None, ShareFrom.STAFF)),
        (born(date(1960, 1, 1), insurance_kind="後期高齢者医療", share_percent=10), (10, ShareFrom.FORM)),
        (replace(born(date(1960, 1, 1)), held_current=Numbers("39479993", None, "12345678")), (None, ShareFrom.STAFF)),
        # 自衛官
        (replace(VISIT, held_current=Numbers("07130012", "1", "2")), (None, ShareFrom.STAFF)),
        (replace(VISIT, held_current=Numbers("07130012", "1", "2"), says=Says.CHANGED), (None, ShareFrom.STAFF)),
        # what is known beats the age
        (replace(born(date(1945, 1, 1)), document_share=20), (20, ShareFrom.DOCUMENT)),
        (replace(born(date(1945, 1, 1)), document_share=100), (None, ShareFrom.STAFF)),
        (
            replace(born(date(1945, 1, 1)), insured=InsuredPerson(contribution_ratio=10), document_share=20),
            (10, ShareFrom.ELIGIBILITY),
        ),
        (
            replace(born(date(1945, 1, 1)), insured=InsuredPerson(contribution_ratio=100)),
            (None, ShareFrom.STAFF),
        ),
        # a person says what they pay
        (replace(VISIT, flags=frozenset({Flag.SPECIAL_PAYMENT})), (None, ShareFrom.STAFF)),
        (replace(VISIT, documents=frozenset()), (None, ShareFrom.STAFF)),
    ],
)
def test_share(request_: Request, share: tuple[int | None, ShareFrom], rules: DecisionRules) -> None:
    decision = decide(request_, rules)
    assert (decision.share_percent, decision.share_source) == share


CLAIMS = [
    # held current, held former, says, online, numbers on the form → route, number, why higher routes failed
    (NUMBERS, FORMER, Says.UNCHANGED, Online.NOT_FOUND, None, ("1", "5678", ())),
    (NUMBERS, FORMER, None, Online.NOT_FOUND, None, ("1", "5678", ())),
    (None, FORMER, Says.UNCHANGED, Online.NOT_FOUND, None, ("2", "100", (WhyNot.NO_NUMBERS,))),
    (NUMBERS, None, Says.CHANGED, Online.NOT_FOUND, None, ("2", "5678", (WhyNot.CHANGED,))),
    (NUMBERS, FORMER, Says.CHANGED, Online.NOT_FOUND, None, ("2", "100", (WhyNot.CHANGED,))),
    (NUMBERS, NUMBERS, Says.UNCHANGED, Online.INVALID, None, ("2", "5678", (WhyNot.LOST,))),
    (NUMBERS, FORMER, Says.UNCHANGED, Online.INVALID, None, ("1", "5678", ())),
    (NUMBERS, None, Says.CHANGED, Online.DOWN, Numbers(None, "7", "8"), ("1", "8", ())),
    (None, None, None, Online.DOWN, Numbers(None, "7", "8"), ("1", "8", ())),
    (None, None, None, Online.DOWN, None, ("3", "777777777", (WhyNot.NO_NUMBERS, WhyNot.NO_NUMBERS))),
    (
        Numbers("06479992", "1", None),
        Numbers("06479992", "1", "わからない"),
        None,
        Online.DOWN,
        Numbers(None, None, "わからない"),
        ("3", "777777777", (WhyNot.NO_NUMBERS, WhyNot.NO_NUMBERS)),
    ),
]


@pytest.mark.parametrize(("current", "former", "says", "online", "asked", "expected"), CLAIMS)
def test_first_possible_route_is_taken(
    current: Numbers | None,
    former: Numbers | None,
    says: Says | None,
    online: Online,
    asked: Numbers | None,
    expected: tuple[str, str, tuple[WhyNot, ...]],
    rules: DecisionRules,
) -> None:
    visit = replace(
        VISIT,
        held_current=current,
        held_former=former,
        says=says,
        online=online,
        form=Stated(numbers=asked) if asked else None,
    )
    decision = decide(visit, rules)
    note = decision.claim_note
    assert note is not None
    assert (note.route, note.value("number"), tuple(step.reason for step in note.history)) == expected
    assert decision.claim_route == expected[0]
    assert [step.route for step in note.history] == list(ClaimRoute)[1 : 1 + len(expected[2])]


def test_lost_numbers_are_the_same_with_and_without_their_branch(rules: DecisionRules) -> None:
    visit = replace(VISIT, held_current=NUMBERS, held_former=replace(NUMBERS, branch=None), online=Online.INVALID)
    decision = decide(replace(visit, says=Says.UNCHANGED), rules)
    assert decision.claim_note is not None
    assert decision.claim_note.history == (RouteStep(ClaimRoute.CURRENT, WhyNot.LOST),)


def test_numbers_of_the_invalid_screen_are_asked_for_before_giving_up(rules: DecisionRules) -> None:
    decision = decide(replace(VISIT, online=Online.INVALID), rules)
    assert decision.claim_route is ClaimRoute.UNKNOWN
    assert "former_numbers" in decision.ask_next
    assert "former_numbers" not in decide(replace(VISIT, online=Online.NOT_FOUND), rules).ask_next


def test_facility_chooses_its_digits(rules: DecisionRules) -> None:
    own = replace(rules, practice=Practice(unknown_digits=UnknownDigits(8, 10, valid_check_digit=True)))
    note = decide(VISIT, own).claim_note
    assert note is not None
    assert (note.value("insurer_number"), note.value("number")) == ("77777779", "7777777777")


def test_disaster_has_digits_and_items_of_its_own(rules: DecisionRules) -> None:
    nothing = Request(on=TODAY, documents=frozenset({Shown.NONE}), flags=frozenset({Flag.DISASTER}))
    note = decide(nothing, rules).claim_note
    assert note is not None
    assert (note.value("insurer_number"), note.value("number")) == ("99999999", "999999999")
    assert "statement" in decide(nothing, rules).ask_next
    said = Stated(name="見本", birth_date=date(1990, 1, 1), phone="0", employer="架空商事")
    assert "statement" not in decide(replace(nothing, person=said), rules).ask_next


def test_form_is_completed_by_what_is_known(rules: DecisionRules) -> None:
    visit = replace(VISIT, person=Stated(kana="ミホン", address="架空"), form=Stated(address="新架空", phone="1"))
    note = decide(visit, rules).claim_note
    assert note is not None
    assert [note.value(item) for item in ("kana", "address", "phone")] == ["ミホン", "新架空", "1"]
