"""Stories of visits that begin at a certified reader, of staff who choose, and of consents by rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from kiosk.domain.eligibility import ASSISTANCE, ConsentState, EligibilityAnswer, InsuredPerson, MedicalTicket
from kiosk.domain.failures import FailureCode
from kiosk.domain.outcome import Eligibility, IdentityMethod, Status
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.states import AwaitingEligibility, AwaitingStaff, Idle, OutOfService, RegisteringConsents
from tests.kiosk.flow.checks import parts
from tests.kiosk.flow.play import Play
from tests.kiosk.flow.reached import REACHED
from tests.kiosk.flow.samples import AT, PERSON, SETTINGS, STRANGER, answer

GIVEN_AT = datetime(2026, 11, 24, 9, 29)
FLAGS = tuple(
    ConsentState(name, "1", GIVEN_AT, GIVEN_AT + timedelta(hours=24))
    for name in ("PharmacistsInfo", "DiagnosisInfo", "OperationInfo")
)
CONSENTED = replace(PERSON, consents=(*FLAGS, ConsentState("SpecificHealthCheckupsInfo", "0")))
TWIN = replace(PERSON, name="見本　葉子", kana="ﾐﾎﾝ ﾖｳｺ", branch="02")


def reads(play: Play, reading: int = 1) -> Play:
    return play.on(ev.ReadingArrived(play.at, reading))


def brings(play: Play, given: EligibilityAnswer | None = None) -> Play:
    return play.on(ev.EligibilityAnswered(play.at, play.ticket(fx.TakeReading), given or answer()))


def choose(play: Play, index: int | None) -> Play:
    return play.on(ev.StaffActed(play.at, "choose", "sato", None, index=index))


# --- at the certified reader -----------------------------------------------------------------------


def test_reading_begins_a_visit_that_goes_on_as_ours() -> None:
    play = reads(Play()).expect("checking", fx.OpenVisit, fx.TakeReading)
    play.expect_journal("reading.arrived", "visit.opened", "identity.confirmed", "eligibility.asked")
    brings(play, answer(Eligibility.VALID, CONSENTED)).expect("result", says="result.row.viewing_until")
    play.taps("confirm.yes", "result.next").hands_over()
    play.expect_closed(
        status=Status.ACCEPTED,
        identity=IdentityMethod.DEVICE,
        decision="D01",
        claim_route="normal",
        share=10,
        consents=("surgery", "medication"),
    )
    assert play.requested(fx.RegisterConsents) == 0, "the reader has registered them already"
    assert [e.result for e in play.log if isinstance(e, fx.HandOver)] == [play.ticket(fx.TakeReading)]
    end = play.closed()[0].consents_until
    assert end is not None
    assert end.isoformat() == "2026-11-25T09:29:00+09:00"


def test_consents_of_a_reading_that_are_over_are_not_counted() -> None:
    """A reading of yesterday that waited: one item can be viewed to this minute, the other a minute longer."""
    surgery, medication = AT.replace(tzinfo=None), AT.replace(tzinfo=None) + timedelta(minutes=1)
    ends = {"OperationInfo": surgery, "PharmacistsInfo": medication, "DiagnosisInfo": medication}
    flags = tuple(replace(flag, until=ends[flag.information]) for flag in FLAGS)
    play = brings(reads(Play()), answer(Eligibility.VALID, replace(PERSON, consents=flags))).expect("result")
    play.taps("confirm.yes", "result.next").hands_over().expect_closed(consents=("medication",))


def by_numbers(eligibility: Eligibility = Eligibility.VALID, *persons: InsuredPerson) -> Play:
    given = replace(answer(eligibility, *(persons or (PERSON,))), by_numbers=True)
    play = brings(reads(Play()), given)
    return play.expect("staff_called", says="staff_called.documents")


def test_reading_of_numbers_confirms_nobody() -> None:
    play = by_numbers()
    assert "staff.need.by_numbers" in [t.id for t in play.view.lane.needs]
    play.staff("cancel").expect_closed(
        status=Status.HANDED_TO_STAFF,
        identity=IdentityMethod.NONE,
        eligibility=Eligibility.VALID,
        alerts=("reading_by_numbers",),
    )
    assert play.requested(fx.HandOver) == 0


@pytest.mark.parametrize(("document", "accepted"), [("certificate", True), (None, False)])
def test_staff_say_which_document_the_numbers_were_of(document: str | None, accepted: bool) -> None:
    """The file of the reader is what is handed over."""
    play = by_numbers()
    play.on(ev.StaffActed(play.at, "accept", "sato", None, document=document))
    if not accepted:
        play.expect("staff_called")
        return
    play.expect("result").taps("result.next").hands_over()
    play.expect_closed(status=Status.ACCEPTED, identity=IdentityMethod.DOCUMENT, eligibility=Eligibility.VALID)
    assert [e.result for e in play.log if isinstance(e, fx.HandOver)] == [play.ticket(fx.TakeReading)]


@pytest.mark.parametrize("eligibility", [Eligibility.INVALID, Eligibility.NOT_FOUND, Eligibility.MULTIPLE])
def test_numbers_that_hold_no_more_are_staff_s_too(eligibility: Eligibility) -> None:
    play = by_numbers(eligibility, PERSON, TWIN) if eligibility is Eligibility.MULTIPLE else by_numbers(eligibility)
    play.staff("cancel").expect_closed(eligibility=eligibility, identity=IdentityMethod.NONE)


def test_answer_about_another_day_is_told() -> None:
    play = brings(reads(Play()), replace(answer(), confirmed_on=date(2026, 11, 23))).expect("result")
    assert "staff.fact.confirmed_another_day" in [t.id for t in play.view.lane.facts]


def test_reading_waits_while_another_visit_is_on_the_screen() -> None:
    play = reads(reads(Play().until_result(), 2), 1).expect("result")
    assert "staff.need.readings_wait" in [need.id for need in play.view.lane.needs]
    play.taps("result.next").hands_over().takes_card().expect("finished").waits().expect("idle", fx.OfferReading)
    assert [e.reading for e in play.effects if isinstance(e, fx.OfferReading)] == [1]
    reads(play, 1).expect_state(AwaitingEligibility)
    assert play.state.lane.readings == (2,)


def test_card_that_comes_first_lets_the_offered_reading_wait_again() -> None:
    play = reads(Play().until_result()).taps("result.next").hands_over().takes_card().waits()
    reads(play.places_card(), 1)
    assert play.state.lane.readings == (1,)


def test_card_placed_meanwhile_never_joins_the_readers_visit() -> None:
    play = brings(reads(Play())).places_card().expect("take_card", fx.HandOver)
    assert play.requested(fx.HandOver) == 1


def test_reader_of_ours_may_be_away() -> None:
    play = reads(Play().loses_reader().expect_state(OutOfService)).expect_state(AwaitingEligibility)
    brings(play).taps("result.next").hands_over().waits().expect_state(OutOfService)


def test_reader_lost_during_the_visit_leaves_it_without_a_card() -> None:
    play = brings(reads(Play())).loses_reader().gets_reader_back().places_card()
    assert play.requested(fx.HandOver) == 1, "that card is the next person's"


def test_nothing_is_taken_while_nothing_can_be_recorded() -> None:
    play = reads(Play().on(ev.JournalFailed(AT, FailureCode.DISK_FULL))).expect_state(OutOfService)
    assert play.state.lane.readings == (1,)


@pytest.mark.parametrize("code", [FailureCode.ANSWER_DAMAGED, FailureCode.ANSWER_ENCRYPTED])
def test_unreadable_reading_is_nobodys(code: FailureCode) -> None:
    play = reads(Play()).fails(fx.TakeReading, code).expect("staff_called", says="reading.unreadable")
    play.waits().expect_closed(status=Status.HANDED_TO_STAFF, identity=IdentityMethod.NONE)


def test_error_of_the_system_has_its_code_for_staff() -> None:
    play = reads(Play())
    failed = ev.EffectFailed(play.at, play.ticket(fx.TakeReading), FailureCode.TERMINAL_ERROR, "SAMPLE-E1", "架空")
    play.on(failed).expect("fallback").expect_journal("eligibility.failed", "terminal.refused")
    assert "staff.fact.terminal_error" in [fact.id for fact in play.view.lane.facts]


def test_note_about_the_certificate_is_told_without_a_date() -> None:
    brings(reads(Play()), answer(certificate_ends_soon=True)).expect("result", says="result.certificate_expires_soon")
    play = brings(reads(Play()), answer(medical_information_allowed=False))
    play.expect("result", says="result.certificate_in_grace").taps("result.next").hands_over()
    play.expect_closed(decision="D03", consents=())


def test_folder_that_cannot_be_reached_is_for_staff() -> None:
    play = Play().on(ev.FaceFolderLost(AT)).expect_journal("folder.lost")
    assert "staff.need.face_folder" in [need.id for need in play.view.lane.needs]
    play.on(ev.FaceFolderLost(AT)).expect_journal()
    play.on(ev.FaceFolderBack(AT)).expect_journal("folder.returned").expect_state(Idle)
    assert play.view.lane.needs == ()


def test_results_of_another_institution_are_told_until_they_are_gone() -> None:
    play = Play().until_consent().on(ev.ForeignReadings(AT, 2)).expect("consent").expect_journal("reading.foreign")
    (need,) = [need for need in play.view.lane.needs if need.id == "staff.need.foreign_readings"]
    assert dict(need.values) == {"n": "2"}
    play.on(ev.ForeignReadings(AT, 0)).expect("consent").expect_journal()
    assert play.view.lane.needs == ()


def test_what_comes_too_late_is_recorded_and_touches_nobody() -> None:
    play = Play().until_consent()
    before = play.state
    play.on(ev.AnswersLate(play.at, 2)).expect_journal("eligibility.late")
    play.on(ev.ReadingSetAside(play.at, "late")).expect_journal("reading.aside")
    assert play.state == before


def test_share_that_nobody_of_that_age_has_is_another_persons() -> None:
    young = replace(PERSON, birth_date=date(1980, 1, 1))
    play = brings(reads(Play()), answer(Eligibility.VALID, young)).expect("staff_called", says="staff_called.incident")
    assert young not in list(parts(play.state))
    assert play.requested(fx.HandOver) == 0


# --- staff choose ----------------------------------------------------------------------------------


def several() -> Play:
    return Play().until_consent().answers(answer(Eligibility.MULTIPLE, PERSON, TWIN)).expect("staff_called")


def test_staff_choose_and_the_terminal_is_asked_by_that_ones_numbers() -> None:
    play = several()
    assert [c.id for c in play.view.lane.choices] == ["staff.choice"] * 2
    choose(play, 1).expect("checking", fx.QueryNumber)
    query = [e for e in play.log if isinstance(e, fx.QueryNumber)][-1]
    assert query.numbers.branch == "02"
    play.on(ev.EligibilityAnswered(play.at, query.ticket, answer(Eligibility.VALID, TWIN))).expect("result")
    play.taps("result.next").hands_over().expect_closed(status=Status.ACCEPTED, decision="D07", claim_route="normal")
    assert [e.result for e in play.log if isinstance(e, fx.HandOver)] == [query.ticket]


@pytest.mark.parametrize("index", [None, 2, -1])
def test_nobody_is_chosen_without_a_valid_index(index: int | None) -> None:
    choose(several(), index).expect_state(AwaitingStaff)


def test_nobody_whom_the_card_denies_can_be_chosen() -> None:
    play = Play().until_consent().answers(answer(Eligibility.MULTIPLE, PERSON, STRANGER))
    choose(play, 1).expect_state(AwaitingStaff)
    assert isinstance(play.state, AwaitingStaff)
    assert "choice_mismatch" in play.state.visit.alerts
    assert play.requested(fx.QueryNumber) == 0


def test_ticket_of_another_facility_goes_on_once_staff_say_so() -> None:
    play = Play().until_consent().answers(answer(Eligibility.NOT_REGISTERED_FACILITY))
    choose(play, 0).expect("result").taps("result.next").hands_over()
    play.expect_closed(status=Status.ACCEPTED, eligibility=Eligibility.NOT_REGISTERED_FACILITY, decision="D01")


def test_assistance_beside_the_insurance_is_one_person() -> None:
    ticket = MedicalTicket("01", date(2026, 11, 1), date(2026, 11, 30), True)
    assisted = replace(PERSON, card_class=ASSISTANCE, insurer_number=None, number=None, tickets=(ticket,))
    play = Play().until_consent().answers(answer(Eligibility.VALID, PERSON, assisted)).taps("consent.none")
    play.expect("result").taps("result.next").hands_over().expect_closed(share=10)
    assert "assistance_beside_insurance" in play.closed()[0].alerts


def test_assistance_of_somebody_else_beside_the_insurance_is_nobodys() -> None:
    """Nothing of a card was compared at a certified reader: that the two were born on one day is all there is."""
    assisted = replace(STRANGER, card_class=ASSISTANCE, insurer_number=None, number=None)
    play = brings(reads(Play()), answer(Eligibility.VALID, PERSON, assisted))
    play.expect("staff_called", says="staff_called.insurance").staff("cancel")
    play.expect_closed(eligibility=Eligibility.MULTIPLE, decision="D07")


def test_special_payment_is_for_a_person() -> None:
    play = Play().until_consent().answers(answer(Eligibility.VALID, replace(PERSON, card_class="05")))
    play.expect("staff_called", says="staff_called.insurance").staff("cancel").expect_closed(decision="D23", share=None)


# --- consents --------------------------------------------------------------------------------------


def test_refusal_is_recorded() -> None:
    Play().until_consent().taps("consent.none").expect_journal("consent.given")


def test_consent_counts_only_where_the_answer_names_a_person() -> None:
    play = REACHED["RegisteringConsents"]()
    play.registers_consents(EligibilityAnswer(Eligibility.VALID, None, None, ()))
    play.expect("result", says="consent.not_registered").taps("result.next").hands_over().expect_closed(consents=())


def test_consent_that_the_answer_denies_is_not_counted() -> None:
    play = REACHED["RegisteringConsents"]().registers_consents(answer(Eligibility.VALID, CONSENTED))
    play.taps("result.next").hands_over().expect_closed(consents=("surgery", "medication"))
    assert "consent_not_registered" in play.closed()[0].alerts


def test_alerts_of_the_consents_answer_count() -> None:
    dotted = replace(PERSON, name="●本　花子")
    play = REACHED["RegisteringConsents"]().registers_consents(answer(Eligibility.VALID, dotted))
    play.expect("result", says="result.name_dot").taps("result.next").hands_over().expect_closed(decision="D02")
    assert "name_black_dot" in play.closed()[0].alerts


def test_end_of_viewing_is_a_day_after_the_consent() -> None:
    play = Play().until_result().expect("result", says="result.row.viewing_until").taps("result.next").hands_over()
    assert play.closed()[0].consents_until == AT + timedelta(hours=24)


def test_consent_is_withdrawn_at_the_terminal() -> None:
    play = Play().until_result().staff("withdraw_consent").expect_state(RegisteringConsents)
    assert [e.items for e in play.effects if isinstance(e, fx.RegisterConsents)] == [()]
    play.registers_consents().expect("result", says="consent.withdrawn").taps("result.next").hands_over()
    play.expect_closed(consents=(), consents_until=None)


def test_withdrawal_that_does_not_arrive_leaves_the_consent_and_staff_know() -> None:
    play = Play().until_result().staff("withdraw_consent").fails(fx.RegisterConsents, FailureCode.TERMINAL_SILENT)
    assert "staff.fact.consent_withdrawal_failed" in [fact.id for fact in play.view.lane.facts]
    play.taps("result.next").hands_over()
    assert play.closed()[0].consents == ("surgery", "medication", "checkup")


def test_nothing_is_asked_for_a_child_where_the_facility_wants_none() -> None:
    none = replace(SETTINGS, child_consent="none", consent_rules=SETTINGS.consent_rules)
    assert Play(none).until_consent().view.screen == "consent", "the holder of the samples is grown up"


def test_suspended_viewing_asks_and_registers_nothing() -> None:
    suspended = answer(medical_information_allowed=False, viewing_suspended=True)
    play = Play().until_consent().taps("consent.all").answers(suspended).expect("result")
    play.taps("result.next").hands_over().expect_closed(decision="D01", consents=())
    assert play.requested(fx.RegisterConsents) == 0


def test_many_items_stand_on_several_screens() -> None:
    items = ("surgery", "medication", "checkup", "allergy", "test")
    play = (
        Play(replace(SETTINGS, consent_items=items)).until_face().on(ev.StaffActed(AT, "visual_check", "sato", "asked"))
    )
    play.answers()
    for control in ("consent.choose", "consent.surgery", "consent.ok"):
        play.on(ev.Tapped(play.at, control))
    assert [c.id for c in play.view.controls] == ["consent.test", "consent.ok"]
    for control in ("back", "consent.ok", "consent.test", "consent.ok"):
        play.on(ev.Tapped(play.at, control))
    assert [e.items for e in play.log if isinstance(e, fx.RegisterConsents)] == [("surgery", "test")]
