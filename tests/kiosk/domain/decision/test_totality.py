"""Whatever is put in, there is one answer, and it keeps the promises that do not depend on the row."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.claim_note import ClaimRoute, Numbers, Stated
from kiosk.domain.decision.decide import Decision, DecisionRules, ShareFrom, decide
from kiosk.domain.decision.inputs import CardState, Flag, NumberQuery, Online, Practice, Request, Says, Shown, Visit
from kiosk.domain.decision.table import Acceptance
from kiosk.domain.eligibility import InsuredPerson
from kiosk.domain.outcome import IdentityMethod

text = st.none() | st.text(max_size=12)
days = st.dates() | st.dates(date(2023, 1, 1), date(2027, 1, 1))
numbers = st.builds(Numbers, text, text, st.none() | st.from_regex(r"[0-9]{1,8}", fullmatch=True), text)
shares = st.none() | st.integers(0, 100)
stated = st.builds(
    Stated, text, text, st.none() | st.dates(), text, text, text, text, text, numbers, share_percent=shares
)
insured = st.builds(
    InsuredPerson,
    insurer_number=st.sampled_from([None, "39479993", "07130012", "06479992", "x"]),
    contribution_ratio=shares,
    elderly_ratio=shares,
    preschool=st.booleans(),
    valid_to=st.none() | st.dates(),
)
requests = st.builds(
    Request,
    on=days,
    documents=st.frozensets(st.sampled_from(Shown)),
    visit=st.none() | st.sampled_from(Visit),
    card=st.sampled_from(CardState),
    identity=st.sampled_from(IdentityMethod),
    online=st.sampled_from(Online),
    number_query=st.none() | st.sampled_from(NumberQuery),
    document_valid_to=st.none() | days,
    flags=st.frozensets(st.sampled_from(Flag)),
    held_current=st.none() | numbers,
    held_former=st.none() | numbers,
    says=st.none() | st.sampled_from(Says),
    person=stated,
    form=st.none() | stated,
    insured=st.none() | insured,
    document_share=shares,
)

_ACCEPTED = (Acceptance.ACCEPT, Acceptance.ACCEPT_WITH_CARD, Acceptance.CONDITIONAL)


def check(request: Request, decision: Decision) -> None:
    assert decision.share_percent in (None, 10, 20, 30)
    assert (decision.share_percent is None) == (decision.share_source is ShareFrom.STAFF)
    assert (decision.claim_note is None) == (decision.claim_route in (None, ClaimRoute.NORMAL) and decision.id != "D35")
    if decision.claim_note is not None and decision.claim_route is not None:
        assert decision.claim_note.route == decision.claim_route
        assert len(decision.claim_note.history) == int(decision.claim_route) - 1
    if decision.outcome is Acceptance.NOT_ACCEPTED:
        assert "staff" in decision.ask_next
    if decision.outcome is Acceptance.STAFF:
        assert "staff" in decision.ask_next
    if decision.outcome in _ACCEPTED:
        assert decision.claim_route is not None or decision.id in ("D05", "D35")
        assert ("share" in decision.ask_next) == (decision.share_percent is None)
    assert len(set(decision.ask_next)) == len(decision.ask_next)
    already = {shown.value for shown in request.documents}
    if Shown.CARD in request.documents:
        assert "card" not in decision.ask_next
    assert not {"portal_screen", "portal_pdf", "notice", "certificate", "old_card"} & already & set(
        decision.ask_next
    ) or _out_of_force(request)


def _out_of_force(request: Request) -> bool:
    """Something shown that counts for nothing that day may be asked for again."""
    past = request.document_valid_to is not None and request.on > request.document_valid_to
    return past or request.on < date(2024, 12, 2)


@settings(max_examples=400)
@given(requests)
def test_every_visit_has_an_answer(rules: DecisionRules, request: Request) -> None:
    decision = decide(request, rules)
    check(request, decision)
    assert decide(request, rules) == decision


@settings(max_examples=50)
@given(requests, st.booleans())
def test_no_accepted_card_without_its_holder(rules: DecisionRules, request: Request, equipped: bool) -> None:
    nobody = replace(request, identity=IdentityMethod.NONE)
    decision = decide(nobody, replace(rules, practice=Practice(phone_equipped=equipped)))
    assert decision.id not in ("D01", "D02", "D03")


def test_every_combination_of_words_has_an_answer(rules: DecisionRules) -> None:
    """The whole space of the words with up to two documents, on a day of each time."""
    times = [date(2024, 11, 1), date(2025, 6, 1), date(2025, 10, 1), date(2026, 1, 10), date(2026, 11, 24)]
    shown = [frozenset(pair) for n in (0, 1, 2) for pair in itertools.combinations(Shown, n)]
    identities = (IdentityMethod.VISUAL, IdentityMethod.NONE)
    queries = (NumberQuery.OK, NumberQuery.FAIL, None)
    held = Numbers("06479992", "1", "2", None)
    for n, (documents, card, identity, online, query) in enumerate(
        itertools.product(shown, CardState, identities, Online, queries)
    ):
        request = Request(
            on=times[n % 5],
            documents=documents,
            card=card,
            identity=identity,
            online=online,
            number_query=query,
            visit=(Visit.FIRST, Visit.RETURN, None)[n % 3],
            held_current=held if n % 2 else None,
            says=(Says.CHANGED, Says.UNCHANGED, None, None)[n % 4],
        )
        check(request, decide(request, rules))


@given(requests)
def test_no_personal_data_in_what_is_printed_of_it(rules: DecisionRules, request: Request) -> None:
    said = replace(request.stated, name="見本　花子", kana="ミホン　ハナコ", phone="090-0000-0000", numbers=Numbers())
    decision = decide(replace(request, form=said), rules)
    printed = f"{request!r} {said!r} {said.numbers!r} {decision!r}"
    assert "見本" not in printed
    assert "ミホン" not in printed
    assert "090" not in printed
