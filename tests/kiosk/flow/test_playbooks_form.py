"""Playbooks: the declaration form, from the first question to paper."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.failures import FailureCode
from kiosk.domain.outcome import Eligibility, IdentityMethod, Status
from kiosk.domain.screen import ReviewContent, WritingContent
from kiosk.flow import effects as fx
from kiosk.flow.closing import outcome_of
from kiosk.flow.events import CardPresented, JournalFailed
from kiosk.flow.form_answers import form_rules, prefilled, questions, wrong_answer
from kiosk.flow.states import AwaitingStaff, VisitState
from kiosk.flow.states_form import FillingForm, FormDraft, FormStage, KeepingForm, ReviewingForm
from kiosk.ports.card import CardAttributes
from tests.kiosk.flow.play import Play
from tests.kiosk.flow.reached import REACHED
from tests.kiosk.flow.samples import AT, HOLDER, SETTINGS, SIGNATURE

RULES = form_rules(SETTINGS, AT.date())
ASKED = [
    "name",
    "kana",
    "birth_date",
    "address",
    "phone",
    "insurance_kind",
    "insurer_name",
    "employer",
    "share_percent",
]


def form() -> Play:
    return REACHED["FillingForm"]()


def question(play: Play) -> str:
    assert isinstance(play.state, FillingForm), play.told()
    return play.state.question


def draft(play: Play) -> FormDraft:
    assert isinstance(play.state, FormStage), play.told()
    return play.state.draft


def handed_over(play: Play) -> fx.KeepForm:
    return next(effect for effect in reversed(play.log) if isinstance(effect, fx.KeepForm))


def test_one_question_after_the_other() -> None:
    play, seen = form(), []
    while isinstance(play.state, FillingForm):
        play.expect("form")
        seen.append(question(play))
        play.taps("form.next")
    assert seen == ASKED == [row.text("field") for row in questions(RULES)]
    play.expect("form_review")


def test_everything_may_be_unknown() -> None:
    play = form().taps(*["form.unknown"] * len(ASKED), "form.ok").signs().taps("form.ok")
    made = handed_over(play).form
    assert (made.insurance_kind, made.insurer_name, made.employer) == ("unknown", "わからない", "わからない")
    assert made.share_unknown
    assert (made.name, made.address, made.phone) == (None, None, None), "the card's part has gaps, not words"
    assert made.signed_on == AT.date()
    assert made.signature_png == SIGNATURE


def test_the_card_fills_in_what_it_says() -> None:
    play = form()
    assert draft(play).value("birth_date") == HOLDER.birth_date.isoformat()
    assert draft(play).value("sex") == "female"
    play.taps("form.next", "form.next").expect("form", says="form.check_card")


def test_back_loses_nothing() -> None:
    play = form().writes("name", "見本　花子").taps("form.next").writes("kana", "ミホ").taps("back")
    assert question(play) == "name"
    assert (draft(play).value("name"), draft(play).value("kana")) == ("見本　花子", "ミホ")
    play.taps("back").expect("fallback")


def test_a_date_that_is_none_is_said_and_stays() -> None:
    play = form().taps("form.next", "form.next").writes("birth_date", "S64-1-8").taps("form.next")
    play.expect("form", says="form.wrong.birth_date")
    assert draft(play).value("birth_date") == "S64-1-8"
    play.writes("birth_date", "H1-1-8").taps("form.next")
    assert question(play) == "address"
    play.taps("back").writes("birth_date", "R20-1-1").taps("form.next").expect("form", says="form.wrong.born_later")


def test_every_line_of_the_review_can_be_changed() -> None:
    review = REACHED["ReviewingForm"]()
    content = review.view.content
    assert isinstance(content, ReviewContent)
    assert len(content.rows) == 15
    for row in content.rows:
        play = REACHED["ReviewingForm"]().taps(row.control).expect("form")
        assert question(play) == row.control.rpartition(".")[2]
        play.taps("form.next").expect("form_review")


def test_a_choice_is_pressed_or_said() -> None:
    play = form().taps(*["form.next"] * 5, "form.choose.municipal")
    assert [c.id for c in play.view.controls if c.checked] == ["form.choose.municipal"]
    play.writes("insurance_kind", "協会けんぽ")
    assert [c.id for c in play.view.controls if c.checked] == ["form.choose.kyokai"]


def test_numbers_come_only_from_the_review_and_never_a_my_number() -> None:
    play = REACHED["ReviewingForm"]().taps("form.change.number").expect("form", says="form.no_mynumber")
    assert isinstance(play.view.content, WritingContent)
    assert play.view.content.kind == "digits"
    play.writes("number", "123456789018").taps("form.next", "form.ok").signs().taps("form.ok")
    assert handed_over(play).form.masked


def test_no_signature_no_form_but_paper_takes_one() -> None:
    play = REACHED["Signing"]()
    assert "form.ok" not in play.view.control_ids()
    play.taps("form.paper").expect_state(KeepingForm)
    assert handed_over(play).form.signature_png is None


def test_who_looks_again_signs_again() -> None:
    play = REACHED["Signing"]().signs().taps("back").expect_state(ReviewingForm).taps("form.ok")
    assert "form.ok" not in play.view.control_ids()


@pytest.mark.parametrize("printed", [True, False])
def test_a_printer_in_trouble_stops_nobody(printed: bool) -> None:
    play = REACHED["KeepingForm"]().keeps_form(printed)
    assert isinstance(play.state, VisitState)
    assert ("form_waits_for_printer" in play.state.visit.alerts) is not printed


def test_a_form_that_could_not_be_kept_is_for_staff() -> None:
    play = REACHED["KeepingForm"]().fails(fx.KeepForm, FailureCode.DISK_FULL).expect_state(AwaitingStaff)
    assert "form_not_kept" in play.state.visit.alerts  # type: ignore[attr-defined]
    assert REACHED["KeepingForm"]().waits().expect_state(AwaitingStaff)


def test_left_half_way_the_visit_is_with_staff_and_the_answers_are_gone() -> None:
    play = form().writes("name", "見本　花子").waits().expect("extend_time").waits().expect_state(AwaitingStaff)
    assert "見本　花子" not in repr(vars(play.state))
    assert "patient_left" in play.state.visit.alerts  # type: ignore[attr-defined]


WRITING = ("FillingForm, written", "ReviewingForm", "Signing")


@pytest.mark.parametrize("where", WRITING)
def test_next_card_asks_whoever_writes_and_is_read_when_nobody_answers(where: str) -> None:
    play = REACHED[where]().takes_card().places_card().expect("extend_time").waits()
    play.expect("reading", fx.OpenVisit, fx.ReadCard, fx.CloseVisit, fx.ForgetVisit)
    play.expect_closed(status=Status.HANDED_TO_STAFF, alerts=(*_alerts(where), "patient_left"))


@pytest.mark.parametrize("where", WRITING)
def test_who_is_still_there_goes_on_writing_and_the_next_card_waits(where: str) -> None:
    play = REACHED[where]()
    before = draft(play)
    play.takes_card().places_card().taps("extend.yes").expect_state(type(REACHED[where]().state))
    assert draft(play) == before
    assert "staff.need.next_card" in [need.id for need in play.view.lane.needs]
    play.staff("take_over").expect("reading", fx.OpenVisit, fx.ReadCard, fx.CloseVisit, fx.ForgetVisit)


def test_next_card_neither_asks_twice_nor_takes_a_call_for_staff_back() -> None:
    asked = form().waits().takes_card()
    running = asked.state.timer
    assert asked.places_card().expect("extend_time").state.timer == running
    assert asked.taps("extend.yes").expect("form").view.lane.needs
    called = form().taps("staff").takes_card()
    running = called.state.timer
    assert called.places_card().expect("staff_called").state.timer == running
    called.waits().expect("reading", fx.OpenVisit, fx.ReadCard, fx.CloseVisit, fx.ForgetVisit)


def test_card_laid_down_at_the_form_of_somebody_without_one_is_read_too() -> None:
    play = REACHED["FillingForm, statement"]().places_card().expect("extend_time").waits()
    play.expect("reading", fx.OpenVisit, fx.ReadCard, fx.CloseVisit, fx.ForgetVisit)


def test_own_card_laid_down_again_asks_nothing() -> None:
    play = form()
    play.on(CardPresented(play.at, play.insertion)).expect("form")
    play.loses_reader().gets_reader_back().places_card().expect("form")


def _alerts(where: str) -> tuple[str, ...]:
    state = REACHED[where]().state
    assert isinstance(state, VisitState)
    return state.visit.alerts


@pytest.mark.parametrize("around", [(), ("staff",)])
def test_staff_accept_the_form_with_what_stands_in_it(around: tuple[str, ...]) -> None:
    """What a first visitor says is all that a claim without numbers can rest on."""
    play = form().taps("form.next").writes("kana", "ミホンハナエ").taps(*around)
    play.accepts("attestation").reads_holder(None).expect("result").taps("result.next")
    (over,) = (effect for effect in play.effects if isinstance(effect, fx.HandOver))
    assert over.note is not None
    assert over.note.items["kana"] == "ミホンハナエ"


def test_somebody_who_writes_has_not_left() -> None:
    play = form()
    for length in range(1, 5):
        play.passes(100).writes("name", "見" * length)
        assert play.state.timer is not None
        assert any(isinstance(e, fx.StartTimer) for e in play.effects)


def test_staff_take_over_in_the_middle() -> None:
    form().writes("name", "見本").staff("take_over").expect_state(AwaitingStaff)


def test_the_journal_full_in_the_form_hands_it_to_staff() -> None:
    play = form().writes("name", "見本")
    play.on(JournalFailed(play.at, FailureCode.DISK_FULL)).expect_closed(status=Status.HANDED_TO_STAFF)


def test_outcome_half_way_is_for_staff() -> None:
    outcome = outcome_of(form().state)
    assert outcome is not None
    assert (outcome.status, outcome.identity) == (Status.HANDED_TO_STAFF, IdentityMethod.FACE)
    assert outcome.eligibility is Eligibility.UNCONFIRMED


def test_name_and_address_of_the_card_come_first() -> None:
    visit = form().state.visit  # type: ignore[attr-defined]
    card = CardAttributes("見本　花子", "東京都架空区一丁目", HOLDER.birth_date, "2")
    if hasattr(visit, "fallback") and visit.fallback is not None:
        known = prefilled(replace(visit, fallback=replace(visit.fallback, attributes=card)))
        assert (known.value("name"), known.value("address")) == ("見本　花子", "東京都架空区一丁目")
    assert prefilled(replace(visit, holder=None)).value("birth_date") in ("", HOLDER.birth_date.isoformat())


def test_who_writes_for_the_patient_is_said_at_the_signature_and_stands_on_the_sheet() -> None:
    play = REACHED["Signing"]().taps("form.proxy").expect("form", says="form.ask.proxy")
    play.taps("form.choose.spouse", "form.next").expect("signature", says="form.sign.proxy").signs().taps("form.ok")
    (kept,) = (effect for effect in play.effects if isinstance(effect, fx.KeepForm))
    assert kept.form.proxy is not None
    assert (kept.form.proxy.relation, kept.form.proxy.name) == ("配偶者", None)


def test_patient_who_writes_is_no_proxy() -> None:
    play = REACHED["FillingForm, who writes"]().taps("form.choose.self", "form.next").expect("signature").signs()
    (kept,) = (effect for effect in play.taps("form.ok").effects if isinstance(effect, fx.KeepForm))
    assert kept.form.proxy is None
    assert REACHED["FillingForm, who writes"]().taps("back").expect("signature")


@pytest.mark.parametrize(("born", "asked"), [("2011-11-24", False), ("2011-11-25", True)])
def test_for_a_child_it_is_asked_who_writes(born: str, asked: bool) -> None:
    """Below fifteen, once; not to know is an answer."""
    play = REACHED["ReviewingForm"]().taps("form.change.birth_date").writes("birth_date", born)
    play.taps("form.next", "form.ok").expect("form" if asked else "signature")
    if asked:
        play.taps("form.unknown").expect("signature").taps("back", "form.ok").expect("signature")


@pytest.mark.parametrize("name", ASKED)
def test_no_answer_is_never_wrong(name: str) -> None:
    assert wrong_answer(name, "", RULES) is None
