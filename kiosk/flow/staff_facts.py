"""What staff see of a visit's answer beside the reasons to come: facts, and whom to choose from."""

from __future__ import annotations

from datetime import date

from kiosk.domain.ceilings import limit_in_force, receipt_note
from kiosk.domain.certificate_window import day_in_japan
from kiosk.domain.codes import code_text
from kiosk.domain.eligibility import InsuredPerson
from kiosk.domain.messages import Text
from kiosk.domain.outcome import Outcome
from kiosk.flow.assessment import confirmed_person
from kiosk.flow.document_facts import document_facts
from kiosk.flow.effects import TimerKind
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import AwaitingStaff, RegisteringConsents, ShowingResult, State, VisitState
from kiosk.flow.timeouts import timer_of

CHOOSING = "staff.need.several"
"""The reason for which staff are asked to choose a person."""


def facts(state: State) -> tuple[Text, ...]:
    if not isinstance(state, VisitState):
        return ()
    visit, settings = state.visit, state.lane.settings
    told: list[Text] = []
    if visit.terminal_error is not None:
        code, message = visit.terminal_error
        told.append(Text("staff.fact.terminal_error", (("code", code), ("text", message))))
    certificate = visit.summary.certificate if visit.summary else None
    if certificate is not None and (begins := day_in_japan(certificate.not_before)) > visit.on:
        # No card is handed out before its certificate begins: the kiosk's clock is likely to be wrong.
        told.append(Text("staff.fact.certificate_not_begun", (("date", begins),)))
    told += document_facts(state)
    answer = visit.answer
    if answer is None:
        return tuple(told)
    if answer.message_code or answer.message:
        said = (("code", answer.message_code or ""), ("text", answer.message or ""))
        told.append(Text("staff.fact.message", said))
    person = confirmed_person(answer, visit.on)
    if person is not None:
        told += _of_person(person, visit.on, settings)
    elif len(answer.persons) == 1:
        told += _no_more(answer.persons[0], visit.on, settings)
    if isinstance(state, ShowingResult | RegisteringConsents):
        told += _of_outcome(state.outcome)
    told += [Text(f"staff.fact.{alert}") for alert in _TOLD if alert in visit.alerts]
    return tuple(told)


_TOLD = (
    "name_black_dot",
    "share_unknown",
    "share_changed",
    "assistance_beside_insurance",
    "facility_not_on_ticket",
    "ticket_not_current",
    "confirmed_another_day",
    "viewing_suspended",
    "consent_not_registered",
    "consent_withdrawal_failed",
    "prescription_not_registered",
)


def choices(state: State) -> tuple[Text, ...]:
    """Everybody whom the answer names, in its order: `index` of the staff's choice counts from 0."""
    if not isinstance(state, AwaitingStaff) or state.reason != CHOOSING:
        return ()
    visit, settings = state.visit, state.lane.settings
    persons = visit.answer.persons if visit.answer else ()
    return tuple(
        Text(
            "staff.choice",
            (
                ("n", str(n)),
                ("name", person.name or person.kana or ""),
                ("kana", person.kana or ""),
                ("branch", person.branch or "－"),
                ("sex", code_text(settings.codes, "Sex1", person.sex, visit.on) or person.sex or "－"),
                ("number", person.number or "－"),
            ),
        )
        for n, person in enumerate(persons)
    )


def waiting(state: State) -> tuple[Text, ...]:
    """Needs that belong to the lane and not to its visit."""
    lane = state.lane
    needs: list[Text] = []
    if lane.readings:
        needs.append(Text("staff.need.readings_wait", (("n", str(len(lane.readings))),)))
    if isinstance(state, VisitState) and state.visit.waited_for_on(lane) and _waits_for_somebody(state):
        needs.append(Text("staff.need.next_card"))
    if lane.foreign_readings:
        needs.append(Text("staff.need.foreign_readings", (("n", str(lane.foreign_readings)),)))
    if lane.face_folder_gone:
        needs.append(Text("staff.need.face_folder"))
    return tuple(needs)


def _waits_for_somebody(state: State) -> bool:
    timer = timer_of(state)
    return timer is not None and timer[1] is TimerKind.PATIENCE


def _of_person(person: InsuredPerson, on: date, settings: FlowSettings) -> list[Text]:
    told: list[Text] = []
    limit = limit_in_force(person, on)
    if limit is not None:
        meaning = code_text(settings.codes, "LimitApplicationCertificateClassificationFlag", limit, on) or limit
        note = receipt_note(limit, on, settings.ceiling_rules)
        told.append(
            Text("staff.fact.limit", (("code", limit), ("class", meaning), ("note", " ".join(note) if note else "－")))
        )
    for disease in person.specific_diseases:
        if not disease.in_force(on):
            continue
        meaning = code_text(settings.codes, "SpecificDiseasesDiseaseCategory", disease.category, on) or "－"
        told.append(Text("staff.fact.disease", (("name", meaning),)))
    return told


def _of_outcome(outcome: Outcome) -> list[Text]:
    told: list[Text] = []
    if outcome.share is not None:
        told.append(Text("staff.fact.share", (("percent", str(outcome.share)),)))
    if outcome.consents and outcome.consents_until is not None:
        end = outcome.consents_until
        told.append(Text("staff.fact.viewing", (("date", end.date()), ("time", f"{end:%H:%M}"))))
    if outcome.prescription is not None:
        told.append(Text(f"staff.fact.prescription.{outcome.prescription}"))
    return told


def _no_more(person: InsuredPerson, on: date, settings: FlowSettings) -> list[Text]:
    """Why somebody whom the answer names is not insured by it."""
    if person.disqualified_on is not None:
        reason = code_text(settings.codes, "ReasonOfLoss", person.loss_reason, on) or person.loss_reason or "－"
        return [Text("staff.fact.lost", (("date", person.disqualified_on), ("reason", reason)))]
    over = person.valid_to is not None and person.valid_to < on
    return [Text("staff.fact.valid_until", (("date", person.valid_to or on),))] if over else []
