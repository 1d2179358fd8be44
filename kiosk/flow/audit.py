"""What the journal says about a step, derived from the states before and after: nobody can forget an entry.

Only identifiers, counts and codes leave this module; the catalogue of the journal refuses anything else.
"""

from __future__ import annotations

import re
from math import isfinite
from typing import Protocol

from kiosk.domain.failures import FailureCode
from kiosk.domain.outcome import IdentityMethod
from kiosk.flow.certificate import certificate_standing
from kiosk.flow.closing import visit_id_of
from kiosk.flow.documents_audit import document_entries
from kiosk.flow.effects import (
    CloseVisit,
    Effect,
    OpenVisit,
    QueryCard,
    RegisterConsents,
    TakeReading,
)
from kiosk.flow.events import (
    AnswersLate,
    CallAnswered,
    CardPresented,
    CardRead,
    CardRegistered,
    CardRemoved,
    ConsentsRegistered,
    EffectFailed,
    EligibilityAnswered,
    Event,
    FaceFolderBack,
    FaceFolderLost,
    FaceJudged,
    ForeignReadings,
    FormKept,
    HandedOver,
    IncidentOpened,
    LineBack,
    LineLost,
    ModeAsked,
    PauseAsked,
    PhotoRead,
    PinJudged,
    PowerBack,
    ReaderLost,
    ReaderReturned,
    ReadingArrived,
    ReadingSetAside,
    SentBack,
    StaffActed,
    StaffCodeJudged,
    Tapped,
    TimerFired,
)
from kiosk.flow.states import (
    AskingMoreTime,
    AwaitingRegistration,
    AwaitingStaff,
    AwaitingVisualCheck,
    CardForgotten,
    CardProblem,
    CheckingFace,
    CheckingStaffCode,
    ChoosingConsents,
    ConfirmedStage,
    Consenting,
    DecidingVisually,
    EnteringStaffCode,
    HandingOver,
    HandOverFailed,
    OutOfService,
    ProblemKind,
    RegisteringConsents,
    ShowingResult,
    StaffCalled,
    StaffCalledAtIdle,
    State,
    VisitState,
)
from kiosk.flow.states_form import FormStage, KeepingForm
from kiosk.flow.states_practice import PracticeStage
from kiosk.ports.card import CredentialAccepted, CredentialRejected
from kiosk.ports.journal import JournalEntry

Field = str | int | float | bool | None

_DECIDED = (RegisteringConsents, ShowingResult, HandingOver, HandOverFailed)
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]{0,31}")
_MOST_DIGITS = 9
_MOST_CHOICES = 9_999
_DECISIONS = {"reason": "visual_check", "refuse": "refuse"}
"""What the buttons `visual.…` stand for among the acts of staff."""


class Note(Protocol):
    def __call__(self, name: str, /, **fields: Field) -> None: ...


def audit(old: State, event: Event, new: State, effects: tuple[Effect, ...]) -> tuple[JournalEntry, ...]:
    """Entries in the order in which they should stand."""
    visit_id = visit_id_of(new) or visit_id_of(old)
    entries: list[JournalEntry] = []

    def note(name: str, /, **fields: Field) -> None:
        entries.append(JournalEntry(name, fields, visit_id))

    _device_entries(old, event, new, note)
    for effect in effects:
        if isinstance(effect, OpenVisit):
            note("visit.opened", language=new.lane.language)
    _visit_entries(_under(old), event, _under(new), note)
    document_entries(_under(old), event, _under(new), effects, note)
    for effect in effects:
        if isinstance(effect, QueryCard):
            attempts = new.visit.query_attempts if isinstance(new, VisitState) else None
            note("eligibility.asked", by="card", attempt=attempts)
        elif isinstance(effect, TakeReading):
            note("eligibility.asked", by="device")
        elif isinstance(effect, RegisterConsents) and effect.items:
            note("consent.given", items=",".join(effect.items), until=_end_of_viewing(new))
    _staff_entries(old, event, new, note)
    for effect in effects:
        if isinstance(effect, CloseVisit):
            entries.append(closing_entry(effect))
    return tuple(entries)


def _device_entries(old: State, event: Event, new: State, note: Note) -> None:
    match event:
        case CardPresented(insertion=n):
            note("card.presented", insertion=n)
        case CardRemoved(insertion=n):
            note("card.removed", insertion=n, state=type(old).__name__)
        case ReaderLost():
            note("reader.lost")
        case ReaderReturned():
            note("reader.returned")
        case PowerBack(unfinished=n):
            note("power.restored", unfinished=n)
        case Tapped(control=control) if control.startswith("language.") and new.lane.language != old.lane.language:
            note("language.chosen", language=new.lane.language)
        case LineLost(code=code):
            note("line.lost", code=code.value)
        case LineBack(waiting=n):
            note("line.back", waiting=n)
        case ModeAsked():
            _mode_entry(old, event, new, note)
        case PauseAsked() if new.lane.paused != old.lane.paused:
            name = "lane.paused" if event.pause else "lane.resumed"
            lane = new.lane.prefix.rsplit("-", 3)[0]  # the rest tells one start of the program from another
            note(name, lane=lane, staff=_word(event.staff), reason=_word(event.reason), act=_word(event.act))
        case TimerFired() if not isinstance(old, PracticeStage):
            note("timeout", state=type(old).__name__)
        case ReadingArrived():
            note("reading.arrived", waiting=len(new.lane.readings))
        case ReadingSetAside(why=why):
            note("reading.aside", why=why)
        case ForeignReadings(count=n) if n > old.lane.foreign_readings:
            note("reading.foreign", count=n)
        case AnswersLate(count=n):
            note("eligibility.late", count=n)
        case FaceFolderLost() if not old.lane.face_folder_gone:
            note("folder.lost", folder="face")
        case FaceFolderBack() if old.lane.face_folder_gone:
            note("folder.returned", folder="face")
        case _:
            pass
    suspended_before, suspended_now = _suspended(old), _suspended(new)
    if suspended_now is not None and suspended_before is None:
        note("service.suspended", code=suspended_now.code.value)
    if suspended_before is not None and suspended_now is None:
        note("service.resumed")
    if isinstance(new, PracticeStage) and not isinstance(old, PracticeStage):
        note("practice")
    left = isinstance(new, CardProblem) and new.left and isinstance(old, CardProblem) and not old.left
    if left or (isinstance(new, CardForgotten) and not isinstance(old, CardForgotten)):
        note("card.forgotten")


def _mode_entry(old: State, event: ModeAsked, new: State, note: Note) -> None:
    staff, asked = _word(event.staff), old.lane.mode_request
    reason, act = _word(event.reason), _word(event.act)
    before, now = ((lane.settings.flags, lane.outage_declared) for lane in (old.lane, new.lane))
    if now != before and asked is not None:
        first = _word(asked.staff)
        note("mode.switched", mode=event.mode, on=event.begin, first=first, second=staff, reason=reason, act=act)
    elif new.lane.mode_request is not None and new.lane.mode_request != asked:
        note("mode.asked", mode=event.mode, on=event.begin, staff=staff, reason=reason, act=act)


def _visit_entries(old: State, event: Event, new: State, note: Note) -> None:
    match event:
        case CardRead(summary=s):
            note(
                "card.read",
                kind=s.kind.value,
                certificate=s.certificate is not None,
                tries_left=s.pin_tries,
                pinless=s.pinless,
            )
            if s.certificate is not None:
                standing = certificate_standing(s.certificate, event.at, new.lane.settings)
                note(
                    "certificate.checked",
                    status=standing.state.value if standing.state else None,
                    trusted=s.certificate.trusted,
                    test=s.certificate.test,
                    until=s.certificate.not_after.isoformat(),
                )
        case PhotoRead(usable=usable):
            note("photo.read", usable=usable)
        case FaceJudged(result=r):
            note(
                "face.attempted",
                attempt=old.visit.face_attempts + 1 if isinstance(old, VisitState) else None,
                engine=r.engine,
                verdict=r.verdict.value,
                similarity=None if r.similarity is None or not isfinite(r.similarity) else round(r.similarity, 2),
                threshold_match=round(r.threshold_match, 3),
                threshold_review=round(r.threshold_review, 3),
                frames_seen=r.frames_seen,
                frames_used=r.frames_used,
                hint=r.last_hint.value if r.last_hint else None,
                liveness=r.liveness.value,
                doubt=_word(r.doubt),
            )
        case PinJudged(result=CredentialAccepted()):
            note("pin.tried", result="accepted")
        case PinJudged(result=CredentialRejected(tries_left=n)):
            note("pin.tried", result="rejected", tries_left=n)
        case PinJudged():
            note("pin.tried", result="blocked")
        case StaffCodeJudged(staff=name):
            note("staff.code", result="refused" if name is None else "accepted", staff=_word(name))
        case EligibilityAnswered(answer=a):
            note(
                "eligibility.answered",
                eligibility=a.eligibility.value,
                message_code=_word(a.message_code),
                persons=len(a.persons),
            )
        case ConsentsRegistered():
            items = new.visit.consents if isinstance(new, VisitState) else ()
            note("consent.registered", items=",".join(items or ()), until=_end_of_viewing(new))
        case CardRegistered():
            note("registration.done")
        case FormKept(printed=printed):
            note("form.kept", printed=printed)
        case HandedOver(file=name):
            note("handover.done", file=name)
        case EffectFailed(code=code):
            note(_failure_event(old, code), code=code.value)
            if event.terminal_code is not None:
                note("terminal.refused", message_code=event.terminal_code)
        case Tapped(control="registration.yes" | "registration.no" as control):
            note("registration.answered", accepted=control.endswith("yes"))
        case _:
            pass
    if isinstance(new, FormStage) and not isinstance(old, FormStage):
        note("form.begun")
    before = old.resume if isinstance(old, StaffCalledAtIdle) else old
    if isinstance(new, CardProblem) and not isinstance(event, EffectFailed) and not isinstance(before, CardProblem):
        _problem_entry(old, new, note)
    if _refused_consent(old, new):
        note("consent.given", items="")
    if (
        isinstance(new, VisitState)
        and _has_alert(new, "consent_withdrawn")
        and not _has_alert(old, "consent_withdrawn")
    ):
        taken_back = old.visit.consents if isinstance(old, VisitState) else ()
        note("consent.withdrawn", items=",".join(taken_back or ()), staff=_word(new.visit.staff) or "other")
    old_identity = old.visit.identity if isinstance(old, VisitState) else IdentityMethod.NONE
    if isinstance(new, VisitState) and new.visit.identity not in (old_identity, IdentityMethod.NONE):
        staff, reason = _word(new.visit.staff), _word(new.visit.staff_reason)
        note("identity.confirmed", method=new.visit.identity.value, staff=staff, reason=reason)
    if isinstance(new, _DECIDED) and not isinstance(old, _DECIDED):
        outcome = new.outcome
        note("decision.made", row=outcome.decision, route=outcome.claim_route, share=outcome.share)
    if isinstance(new, AwaitingStaff) and new.reason == "staff.need.mismatch" and not isinstance(old, AwaitingStaff):
        note("guard.mismatch", reasons=",".join(a for a in new.visit.alerts if a.startswith("mismatch_")))


def _staff_entries(old: State, event: Event, new: State, note: Note) -> None:
    if isinstance(event, StaffActed):
        reason = _word(event.reason)
        note(
            "staff.action",
            action=_word(event.action),
            staff=_word(event.staff),
            reason=reason,
            document=_word(event.document),
            choice=event.index if event.index is not None and 0 <= event.index <= _MOST_CHOICES else None,
            state=type(old).__name__,
            act=_word(event.act),
        )
    if isinstance(event, CallAnswered | SentBack) and new is not old:
        action = "answered" if isinstance(event, CallAnswered) else "step_back"
        staff, reason, act = _word(event.staff), _word(event.reason), _word(event.act)
        note("staff.action", action=action, staff=staff, reason=reason, state=type(old).__name__, act=act)
    if isinstance(event, IncidentOpened) and new is not old:
        reason, state = _word(event.reason), type(old).__name__
        note("incident.opened", staff=_word(event.staff), reason=reason, state=state, act=_word(event.act))
    if isinstance(event, Tapped) and isinstance(old, DecidingVisually) and type(new) is not type(old):
        decided = _DECISIONS.get(event.control.partition(".")[2].partition(".")[0])
        if decided is not None:
            reason = _word(event.control.rpartition(".")[2]) if decided == "visual_check" else None
            note("staff.action", action=decided, staff=_word(old.staff), reason=reason, state=type(old).__name__)
    if isinstance(new, EnteringStaffCode) and new.resting and new.lane.code_rests_until != old.lane.code_rests_until:
        note("staff.rested")
    called = AwaitingStaff | AwaitingVisualCheck | StaffCalled | StaffCalledAtIdle | HandOverFailed
    at_pad = EnteringStaffCode | CheckingStaffCode | DecidingVisually
    if isinstance(new, called) and type(new) is not type(old) and not isinstance(old, at_pad):
        reason = new.reason if isinstance(new, AwaitingStaff) else type(new).__name__
        note("staff.called", reason=reason, state=type(old).__name__)


def _refused_consent(old: State, new: State) -> bool:
    if not isinstance(old, Consenting | ChoosingConsents) or not isinstance(new, VisitState):
        return False
    return old.visit.consents is None and new.visit.id == old.visit.id and new.visit.consents == ()


def _has_alert(state: State, alert: str) -> bool:
    return isinstance(state, VisitState) and alert in state.visit.alerts


def _end_of_viewing(state: State) -> str | None:
    end = state.visit.consents_until if isinstance(state, VisitState) else None
    return end.isoformat() if end else None


def _word(text: str | None) -> str | None:
    """What others wrote, as the journal takes it: an identifier, or a mark that there was something else."""
    if text is None or (_WORD.fullmatch(text) and sum(c.isdigit() for c in text) <= _MOST_DIGITS):
        return text
    return "other"


def _under(state: State) -> State:
    """The state that a question or a call for staff lies over: entries tell what the visit does, not what covers it."""
    return state.resume if isinstance(state, AskingMoreTime | StaffCalled) else state


def _suspended(state: State) -> OutOfService | None:
    inner = state.resume if isinstance(state, StaffCalledAtIdle) else state
    return inner if isinstance(inner, OutOfService) else None


def closing_entry(effect: CloseVisit) -> JournalEntry:
    """The end of a visit, in the journal's words."""
    outcome = effect.outcome
    return JournalEntry(
        "visit.closed",
        {
            "status": outcome.status.value,
            "identity": outcome.identity.value,
            "eligibility": outcome.eligibility.value,
            "document": outcome.document.value,
            "claim_route": outcome.claim_route,
            "decision": outcome.decision,
            "share": outcome.share,
            "consents": ",".join(outcome.consents),
            "alerts": ",".join(outcome.alerts),
            "consents_until": outcome.consents_until.isoformat() if outcome.consents_until else None,
            "prescription": outcome.prescription,
        },
        effect.visit_id,
    )


def _failure_event(old: State, code: FailureCode) -> str:
    if isinstance(old, HandingOver | HandOverFailed):
        return "handover.failed"
    if isinstance(old, RegisteringConsents):
        return "consent.failed"
    if isinstance(old, KeepingForm):
        return "form.failed"
    if isinstance(old, AwaitingRegistration):
        return "registration.failed"
    if isinstance(old, ConfirmedStage) or code.value.startswith("K3"):
        return "eligibility.failed"
    if isinstance(old, CheckingFace) or code.value.startswith("K2"):
        return "identity.failed"
    return "card.failed"


def _problem_entry(old: State, problem: CardProblem, note: Note) -> None:
    """None where the card was not what failed."""
    code = {
        ProblemKind.NOT_THIS_CARD: FailureCode.CARD_FOREIGN,
        ProblemKind.NO_CHIP: FailureCode.CARD_SILENT,
        ProblemKind.REMOVED_EARLY: FailureCode.CARD_LOST,
    }.get(problem.kind)
    if code is not None:
        note("card.failed", code=code.value, state=type(old).__name__)
