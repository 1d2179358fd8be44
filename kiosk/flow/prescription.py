"""The form of a prescription (処方箋発行形態): electronic or on paper.

Source: eligibility interface reference 1.6 (OQSCD017, OQSCD039) and 5.1, step 5. A form that the answer already names
is not asked again.
"""

from __future__ import annotations

from datetime import date

from kiosk.domain.messages import Text
from kiosk.domain.screen import Role, View
from kiosk.flow.consents import offered
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import ChoosingPrescription, Lane, Visit
from kiosk.flow.view_parts import control

_LIST = "PrescriptionIssueSelect"


def to_be_asked(visit: Visit, lane: Lane) -> bool:
    """Never where a certified reader did the visit, it asks itself; nor once the next person's card lies there."""
    if not lane.settings.prescription_choice or visit.by_device or visit.prescription is not None:
        return False
    return form_of(visit, lane.settings) is None and (lane.card is None or visit.has_card_on(lane))


def consents_before(visit: Visit, lane: Lane) -> bool:
    """Whether the patient was asked for consents before this question, and may be asked once more."""
    allowed = visit.answer is not None and visit.answer.medical_information_allowed
    return allowed and visit.has_card_on(lane) and bool(offered(visit, lane.settings))


def form_of(visit: Visit, settings: FlowSettings) -> str | None:
    """What the patient chose here, or else what the answer says: the English name in the code list."""
    if visit.prescription:
        return visit.prescription
    code = visit.answer.prescription if visit.answer else None
    row = settings.codes.first(_LIST, visit.on, code=code) if code else None
    return row.text("en") if row else None


def code_of(form: str | None, on: date, settings: FlowSettings) -> str | None:
    row = settings.codes.first(_LIST, on, en=form) if form else None
    return row.text("code") if row else None


def prescription_screen(state: ChoosingPrescription) -> View:
    return View(
        "prescription",
        "",
        Text("prescription.title"),
        body=(Text("prescription.ask"), Text("prescription.either")),
        picture="document_notice",
        controls=(
            control("prescription.electronic", Role.MAIN, detail=True),
            control("prescription.paper", Role.MAIN, detail=True),
        ),
        back=consents_before(state.visit, state.lane),
    )
