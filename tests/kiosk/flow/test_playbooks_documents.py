"""Stories of people whose card alone did not do, and of people without one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from kiosk.domain.documents import Blocked, DocumentReading, DocumentType, FieldKey
from kiosk.domain.eligibility import ASSISTANCE, EligibilityAnswer, MedicalTicket
from kiosk.domain.failures import FailureCode
from kiosk.domain.outcome import Document, Eligibility, IdentityMethod, Status
from kiosk.domain.patients import FoundBy, HeldInsurance
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.effects import HandOver
from kiosk.flow.staff_events import offers
from kiosk.flow.states import AwaitingStaff, Finished, VisitState
from kiosk.flow.states_documents import AskingVisit, ChoosingDocument, EnteringDocument, ReadingDocument
from tests.kiosk.flow.play import Play
from tests.kiosk.flow.reached import REACHED
from tests.kiosk.flow.samples import AT, HELD, OTHER_READING, PERSON, STRANGER, answer, card_until, reading

CERTIFICATE = reading(DocumentType.CERTIFICATE)


def without_card() -> Play:
    return Play().taps("idle.no_card").expect("choose_document", fx.OpenVisit, says="fallback.usual_share")


def handed(play: Play) -> HandOver:
    """The last hand-over that was asked for."""
    return [effect for effect in play.log if isinstance(effect, HandOver)][-1]


def test_card_and_pdf_when_the_line_is_down() -> None:
    play = (
        Play()
        .until_fallback()
        .taps("fallback.document", "document.portal_pdf")
        .expect("document_reading", fx.ReadDocument)
    )
    play.reads_document(reading()).expect("checking", fx.StopDocument, fx.ReadHolder)
    play.reads_holder().expect("document_confirm").taps("confirm.yes").expect("result", fx.DestroyDocument)
    play.expect_journal("decision.made", "document.confirmed", "claim.opened")
    play.taps("result.next").hands_over().takes_card()
    note = handed(play).note
    assert note is not None
    assert (note.route, note.items["number"], note.missing) == ("normal", "55501234", ())


def test_another_persons_document_shows_nothing_and_is_gone() -> None:
    play = REACHED["RecallingHolder, other"]().reads_holder().expect("staff_called", fx.DestroyDocument)
    assert isinstance(play.state, AwaitingStaff)
    assert play.state.reason == "staff.need.mismatch"
    play.accepts("portal_pdf").expect_state(AwaitingStaff).staff("cancel")
    play.expect_closed(status=Status.HANDED_TO_STAFF, document=Document.NONE)


@pytest.mark.parametrize("begins", ["valid_from", "acquired"])
def test_a_document_that_is_not_in_force_yet_is_for_a_person_who_may_accept(begins: str) -> None:
    """Insurers send it weeks before; with the line down nothing else says what holds today."""
    early = reading(DocumentType.CERTIFICATE, **{begins: "2026-12-01"})
    play = without_card().shows(early).taps("confirm.yes").fails(fx.QueryNumber, FailureCode.LINE_DOWN)
    play.expect("staff_called").accepts().expect("result").taps("result.next").hands_over()
    assert "document_not_begun" in play.expect_closed(decision="D21").closed()[0].alerts
    confirmed = without_card().shows(early).taps("confirm.yes").answers_numbers().expect("result")
    assert isinstance(confirmed.state, VisitState)
    assert "document_not_begun" not in confirmed.state.visit.alerts


def test_half_a_match_is_for_a_person_who_may_accept() -> None:
    twin = reading(name="見本　花代", kana="ミホン　ハナヨ")
    play = Play().until_fallback().taps("fallback.document").shows(twin).expect("staff_called")
    assert isinstance(play.state, AwaitingStaff)
    assert play.state.reason == "staff.need.compare_document"
    play.accepts().expect("result").taps("result.next").hands_over().takes_card()


@pytest.mark.parametrize("blocked", Blocked)
def test_what_cannot_be_read_gives_one_sentence_and_the_visit_goes_on(blocked: Blocked) -> None:
    play = REACHED["ReadingDocument"]().reads_document(DocumentReading(blocked=blocked))
    play.expect("document_reading", fx.StopDocument, fx.ReadDocument, says=f"document.blocked.{blocked.value}")


def test_after_three_readings_that_bring_nothing_the_numbers_are_typed() -> None:
    play = REACHED["ReadingDocument"]()
    for _ in range(3):
        play.reads_document(DocumentReading())
    play.expect_state(EnteringDocument).expect("document_entry", fx.StopDocument, says="document.type_instead")


def test_camera_that_is_gone_leads_to_typing() -> None:
    play = REACHED["ReadingDocument"]().fails(fx.ReadDocument, FailureCode.CAMERA_GONE)
    play.expect_state(EnteringDocument)


def test_number_without_check_digit_is_typed_twice_alike() -> None:
    play = REACHED["EnteringDocument"]().writes("insurer_no", "39131157").taps("form.next")
    play.expect("document_entry", says="document.wrong.insurer_no")
    play.writes("insurer_no", "39131156").taps("form.next")
    play.expect("document_entry", says="document.ask.number")  # 後期高齢者 have no symbol
    play.writes("number", "55501234").taps("form.next").expect("document_entry", says="document.entry.twice")
    play.writes("number", "55501235").taps("form.next").expect("document_entry", says="document.wrong.twice")


def test_doubtful_item_is_asked_and_nothing_else() -> None:
    play = without_card().taps("document.certificate").reads_document(reading(DocumentType.CERTIFICATE, birth=None))
    play.expect_state(EnteringDocument).expect("document_entry", fx.StopDocument, says="document.ask.birth")
    play.writes("birth", "昭和25年3月3日").taps("form.next").expect("document_confirm")


def test_reading_of_a_name_is_typed_with_either_kana() -> None:
    play = without_card().taps("document.certificate", "document.type").writes("insurer_no", "39131156")
    play.taps("form.next").writes("number", "5").taps("form.next").writes("number", "5").taps("form.next")
    play.expect("document_entry", says="document.ask.kana").writes("kana", "見本").taps("form.next")
    play.expect("document_entry", says="document.wrong.kana").writes("kana", "みほん　はなこ").taps("form.next")
    play.expect("document_entry", says="document.ask.birth")
    assert isinstance(play.state, EnteringDocument)
    assert play.state.reading.value(FieldKey.KANA) == "ミホン ハナコ"


def test_name_that_could_not_be_read_is_asked_by_its_reading() -> None:
    unread = reading(DocumentType.CERTIFICATE, name=None, kana=None)
    without_card().taps("document.certificate").reads_document(unread).expect(
        "document_entry", fx.StopDocument, says="document.ask.kana"
    )


def test_copy_of_the_portals_page_is_read_and_left_to_staff() -> None:
    play = REACHED["ReadingDocument, copy"]().expect(
        "document_reading", fx.StopDocument, fx.ReadDocument, says="document.show.portal_screen.copy"
    )
    assert "document.copy" not in play.view.control_ids()
    play.reads_document(reading(DocumentType.PORTAL_SCREEN)).reads_holder().taps("confirm.yes").expect(
        "staff_called", fx.DestroyDocument
    )
    play.accepts().expect("result").taps("result.next").hands_over()
    play.expect_closed(decision="D12", document=Document.NONE, claim_route="normal")


def test_choosing_again_forgets_that_it_was_a_copy() -> None:
    play = REACHED["ReadingDocument, copy"]().taps("back", "document.portal_screen")
    play.reads_document(reading(DocumentType.PORTAL_SCREEN)).reads_holder().taps("confirm.yes").expect(
        "result", fx.DestroyDocument
    )


def test_notes_and_variant_forms_reach_the_staff() -> None:
    seen = reading(DocumentType.CERTIFICATE)
    name = replace(seen.fields[FieldKey.NAME], warning="variant_possible")
    seen = replace(seen, fields={**seen.fields, FieldKey.NAME: name}, warnings=("annotation",))
    play = without_card().shows(seen).expect("document_confirm", fx.StopDocument, says="document.hint.variant")
    assert {fact.id for fact in play.view.lane.facts} == {"document.warning.annotation", "staff.fact.name_variant"}
    play.taps("confirm.yes").answers_numbers().taps("result.next").hands_over()
    assert {"document_notes", "name_variant"} <= set(play.closed()[-1].alerts)


def test_without_a_reader_papers_are_taken_and_those_with_a_card_are_seen_by_staff() -> None:
    play = REACHED["ChoosingDocument, no reader"]().taps("back").expect("out_of_service", fx.CloseVisit, fx.ForgetVisit)
    play = REACHED["ChoosingDocument, no reader"]().shows(reading(DocumentType.NOTICE)).taps("confirm.yes")
    play.expect("staff_called", fx.DestroyDocument).staff("visual_check").expect("result")
    play.taps("result.next").hands_over().expect_closed(decision="D15", identity=IdentityMethod.VISUAL)


def test_what_cannot_be_recorded_is_not_begun_on_paper_either() -> None:
    play = REACHED["OutOfService, disk full"]()
    assert "idle.no_card" not in play.view.control_ids()
    play.on(ev.Tapped(play.at, "idle.no_card")).expect("out_of_service")


def test_disaster_takes_name_birth_contact_and_employer() -> None:
    play = REACHED["FillingForm, statement"]().expect("form", says="form.statement")
    for field, text in (("name", "みほん"), ("birth_date", "1971-05-20"), ("phone", "090-0000-0000")):
        play.writes(field, text).taps("form.next")
    play.taps("form.unknown").writes("employer", "架空商事").taps("form.next").expect("form_review")
    play.taps("form.ok").expect("result").taps("result.next").hands_over()
    play.expect_closed(decision="D35", identity=IdentityMethod.NONE, document=Document.NONE, share=30)
    note = handed(play).note
    assert note is not None
    assert (note.route, note.missing) == ("disaster", ())


def test_disaster_statement_with_gaps_is_for_a_person() -> None:
    play = REACHED["ReviewingForm, statement"]().taps("form.ok").expect("staff_called")
    play.staff("cancel").expect_closed(status=Status.HANDED_TO_STAFF, decision="D35")


def test_certificate_alone_is_queried_by_number() -> None:
    play = without_card().shows(CERTIFICATE).taps("confirm.yes").expect("checking", fx.DestroyDocument, fx.QueryNumber)
    play.answers_numbers().expect("result").taps("result.next").hands_over()
    play.expect_closed(
        status=Status.ACCEPTED,
        identity=IdentityMethod.DOCUMENT,
        eligibility=Eligibility.VALID,
        decision="D20",
        share=10,
    )
    assert handed(play).note is None, "the answer itself goes to the レセコン"
    play.expect_state(Finished)


def test_answer_about_another_person_than_the_documents_is_not_used() -> None:
    play = without_card().shows(CERTIFICATE).taps("confirm.yes")
    play.answers_numbers(answer(Eligibility.VALID, replace(STRANGER, number=PERSON.number)))
    assert isinstance(play.state, AwaitingStaff)
    assert play.state.reason == "staff.need.mismatch"


ASSISTED = replace(PERSON, card_class=ASSISTANCE, insurer_number=None, number=None)


def test_assistance_beside_the_insurance_found_by_number_is_one_person() -> None:
    ticket = MedicalTicket("01", date(2026, 11, 1), date(2026, 11, 30), True)
    play = without_card().shows(CERTIFICATE).taps("confirm.yes")
    play.answers_numbers(answer(Eligibility.VALID, replace(ASSISTED, tickets=(ticket,)), PERSON)).expect("result")
    play.taps("result.next").hands_over().expect_closed(eligibility=Eligibility.VALID, decision="D20", share=10)
    assert "assistance_beside_insurance" in play.closed()[0].alerts


@pytest.mark.parametrize(
    ("answered", "eligibility"),
    [
        (answer(Eligibility.VALID, PERSON, replace(PERSON, branch="02")), Eligibility.MULTIPLE),
        (answer(Eligibility.VALID, replace(PERSON, disqualified_on=date(2026, 10, 1))), Eligibility.INVALID),
        (answer(Eligibility.NOT_REGISTERED_FACILITY, ASSISTED, PERSON), Eligibility.UNCONFIRMED),
    ],
)
def test_answer_about_numbers_that_confirms_nobody(answered: EligibilityAnswer, eligibility: Eligibility) -> None:
    play = without_card().shows(CERTIFICATE).taps("confirm.yes").answers_numbers(answered).expect("staff_called")
    alerts = play.staff("cancel").expect_closed(eligibility=eligibility).closed()[0].alerts
    assert ("facility_not_on_ticket" in alerts) == (answered.eligibility is Eligibility.NOT_REGISTERED_FACILITY)


def test_silent_line_is_asked_twice_then_the_certificate_counts_alone() -> None:
    play = without_card().shows(CERTIFICATE).taps("confirm.yes")
    play.fails(fx.QueryNumber, FailureCode.TERMINAL_SILENT).expect("checking", fx.QueryNumber)
    play.fails(fx.QueryNumber, FailureCode.TERMINAL_SILENT).expect("result")
    play.taps("result.next").hands_over().expect_closed(decision="D21", eligibility=Eligibility.UNCONFIRMED)


def test_lapsed_card_with_a_document_needs_the_face_first() -> None:
    play = Play().places_card().reads_card(card_until(2026, 1, 1)).taps("fallback.document").shows(reading())
    play.taps("confirm.yes").expect("reading", fx.DestroyDocument, fx.ReadPhoto)
    play.staff("visual_check").expect("checking", fx.ReadHolder)
    # the card was looked at: nothing more to show, but it has to be renewed
    play.reads_holder().expect("result", says="decision.say.grace").taps("result.next").hands_over()
    play.expect_closed(status=Status.ACCEPTED, identity=IdentityMethod.VISUAL, decision="D11")


@pytest.mark.parametrize(("pressed", "held", "screen"), [("return", HELD, "oral"), ("first", None, "form")])
def test_a_lapsed_card_tells_whose_it_is_once_the_face_was_looked_at(
    pressed: str, held: HeldInsurance | None, screen: str
) -> None:
    play = Play().places_card().reads_card(card_until(2026, 1, 1)).taps("fallback.none")
    play.taps(f"visit.{pressed}").expect("reading", fx.ReadPhoto)
    play.staff("visual_check").expect("checking", fx.ReadHolder).reads_holder(held=held).expect(screen)


def test_oral_check_of_a_known_patient() -> None:
    play = REACHED["AskingUnchanged"]().expect("oral", says="fallback.usual_share").taps("oral.unchanged")
    play.expect("result").taps("result.next").hands_over()
    play.expect_closed(document=Document.ORAL, claim_route="1", decision="D30")


def test_returning_patient_of_whom_nothing_is_held_fills_in_the_form() -> None:
    REACHED["AskingVisit"]().taps("visit.return").reads_holder(held=None).expect("form")
    REACHED["AskingVisit"]().taps("visit.first").reads_holder(held=None).expect("form")


def test_changed_insurance_leads_to_the_form_and_back() -> None:
    play = REACHED["AskingUnchanged"]().taps("oral.changed").expect("form").taps("back").expect("oral")
    play.taps("back").expect_state(AskingVisit).taps("back").expect_state(ChoosingDocument)


def test_staff_accept_what_they_saw_and_nothing_that_the_day_does_not_allow() -> None:
    play = without_card().accepts("old_card").expect("choose_document")
    play.accepts("passport").expect("choose_document")
    play.accepts("certificate").expect("result")
    assert isinstance(play.state, VisitState)
    assert "claim_note_incomplete" in play.state.visit.alerts, "nobody read the numbers yet"


def test_paper_that_counts_only_with_the_card_was_shown_with_it() -> None:
    play = without_card().accepts("notice").expect("result").taps("result.next").hands_over()
    play.expect_closed(decision="D15", identity=IdentityMethod.VISUAL)


def test_staff_make_the_oral_check_with_one_press() -> None:
    play = Play().until_fallback().accepts("oral").expect("checking", fx.ReadHolder)
    play.reads_holder(held=replace(HELD, by=FoundBy.NUMBERS)).expect("result").taps("result.next").hands_over()
    play.expect_closed(document=Document.ORAL, decision="D30", claim_route="1")


def test_a_paper_that_does_not_count_is_accepted_as_nothing_else() -> None:
    """An old card in 2026 beside a card that cannot be confirmed was taken for a form that nobody had filled in."""
    play = Play().until_fallback()
    waiting = play.state
    assert play.accepts("old_card").state == waiting
    (offer,) = [offer for offer in offers(waiting, AT) if offer.action == "accept"]
    assert "old_card" not in offer.documents
    play.accepts("certificate").expect("result")


def test_an_old_card_beside_a_card_that_tells_nothing_is_staffs_to_weigh_while_it_may_count() -> None:
    play = Play(at=datetime(2026, 1, 15, 9, 30, tzinfo=AT.tzinfo)).until_fallback()
    play.accepts("old_card").expect("result").taps("result.next").hands_over()
    play.expect_closed(decision="D26", document=Document.OLD_CARD, status=Status.ACCEPTED)


def test_next_card_does_not_join_a_visit_without_one() -> None:
    without_card().places_card().expect("reading", fx.OpenVisit, fx.ReadCard, fx.CloseVisit, fx.ForgetVisit)


def test_who_shows_a_paper_beside_a_card_that_is_none_sees_the_result_and_takes_that_card() -> None:
    play = REACHED["CardProblem"]().taps("idle.no_card", "document.certificate").reads_document(CERTIFICATE)
    play.taps("confirm.yes").answers_numbers().expect("result").taps("result.next").hands_over()
    play.expect("take_card", fx.CloseVisit, fx.ForgetVisit)
    play.takes_card().expect_state(Finished)
    assert play.requested(fx.ReadCard) == 1


def test_card_that_could_not_be_used_ends_no_visit_that_began_beside_it() -> None:
    play = REACHED["CardProblem"]().taps("idle.no_card").taps("document.none")
    play.expect_state(AwaitingStaff)
    assert play.state.lane.card is not None


def test_hint_and_other_person_leave_no_trace_in_the_state() -> None:
    play = REACHED["ReadingDocument"]().reads_document(OTHER_READING).reads_holder()
    assert isinstance(play.state, AwaitingStaff)
    assert play.state.visit.fallback is not None
    assert play.state.visit.fallback.reading is None
    assert not isinstance(play.state, ReadingDocument)
