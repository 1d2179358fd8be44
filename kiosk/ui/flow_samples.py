"""Samples that the flow itself draws: the ways without the card, staff on their way, a kiosk that cannot go on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from kiosk.domain.documents import DocumentReading, DocumentType, Field, FieldKey, FieldSource
from kiosk.domain.failures import FailureCode
from kiosk.domain.outcome import Document, Eligibility, Outcome, Status
from kiosk.domain.screen import View
from kiosk.flow.fallback import Fallback
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import (
    AwaitingPhone,
    AwaitingStaff,
    AwaitingVisualCheck,
    FallingBack,
    Lane,
    OutOfService,
    State,
    Visit,
)
from kiosk.flow.states_documents import (
    AskingUnchanged,
    AskingVisit,
    ChoosingDocument,
    ConfirmingDocument,
    EnteringDocument,
    ReadingDocument,
    ShowingDocumentResult,
)
from kiosk.flow.view import view
from kiosk.ports.documents import DocumentHint
from kiosk.ports.handover import NoteFields

_LANE = Lane(FlowSettings(simulated=("simulated.card_terminal",)))
_COMING = replace(_LANE, answered_by="sato")
_LONELY = replace(_LANE, settings=replace(_LANE.settings, staffed=False))
_CAUSE = Fallback("outage.network")
_VISIT = Visit("sample", fallback=_CAUSE)
_AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
_ACCEPTED = Outcome(Status.ACCEPTED, document=Document.CERTIFICATE, claim_route="1", share=10)
_NOTE = NoteFields("1", missing=("insurer_no",))
_SAID = {
    FieldKey.INSURER_NAME: "架空県後期高齢者医療広域連合",
    FieldKey.INSURER_NO: "39131156",
    FieldKey.NUMBER: "55501234",
    FieldKey.KANA: "ミホン　タカコ",
    FieldKey.VALID_TO: "2027-07-31",
}
_READING = DocumentReading(
    DocumentType.CERTIFICATE, {key: Field(value, FieldSource.TEXT, 1.0) for key, value in _SAID.items()}
)
_VARIANT = replace(
    _READING,
    fields={**_READING.fields, FieldKey.NAME: Field("見本　髙子", FieldSource.OCR, 1.0, "variant_possible")},
)


def _shown(kind: DocumentType, hint: DocumentHint | None = None, again: str | None = None) -> ReadingDocument:
    return ReadingDocument(_LANE, _VISIT, 1, kind, hint, again)


def _entered(key: FieldKey, text: str, first: str | None = None, wrong: str | None = None) -> EnteringDocument:
    return EnteringDocument(_LANE, _VISIT, _READING, (key,), text, first, wrong)


_STATES: dict[str, State] = {
    "fallback_card_damaged": FallingBack(_LANE, _VISIT, "card.damaged"),
    "fallback_terminal_down": FallingBack(_LANE, _VISIT, "outage.network"),
    "fallback_not_found": FallingBack(_LANE, _VISIT, "result.not_found", Eligibility.NOT_FOUND),
    "out_of_service_papers": OutOfService(_LANE, FailureCode.READER_GONE),
    "out_of_service_card_there": OutOfService(replace(_LANE, card=1), FailureCode.READER_HUNG),
    "staff_called_certificate_past": AwaitingStaff(
        _COMING, replace(_VISIT, fallback=replace(_CAUSE, say="decision.say.certificate_past")), "", decision="D30"
    ),
    "visual_staff_away": AwaitingVisualCheck(_LONELY, _VISIT),
    "phone": AwaitingPhone(_LANE),
    "choose_document": ChoosingDocument(_LANE, _VISIT),
    "choose_document_again": ChoosingDocument(_LANE, _VISIT, "phone.unsupported"),
    "document_certificate": _shown(DocumentType.CERTIFICATE),
    "document_screen": _shown(DocumentType.PORTAL_SCREEN),
    "document_pdf_again": _shown(DocumentType.PORTAL_PDF, again="document.unreadable"),
    "document_notice_dark": _shown(DocumentType.NOTICE, DocumentHint.DARK, "document.type_instead"),
    "document_number": _entered(FieldKey.NUMBER, "5550", first="55501234"),
    "document_insurer_wrong": _entered(FieldKey.INSURER_NO, "39131155", wrong="document.wrong.insurer_no"),
    "document_symbol": _entered(FieldKey.SYMBOL, "八王", wrong="document.wrong.symbol"),
    "document_birth": _entered(FieldKey.BIRTH, "1950-03-03"),
    "document_confirm": ConfirmingDocument(_LANE, _VISIT, _READING),
    "document_confirm_variant": ConfirmingDocument(_LANE, _VISIT, _VARIANT),
    "document_result": ShowingDocumentResult(
        _LANE, replace(_VISIT, fallback=replace(_CAUSE, say="decision.say.grace")), _ACCEPTED, _AT, note=_NOTE
    ),
    "visit": AskingVisit(_LANE, _VISIT),
    "oral": AskingUnchanged(_LANE, _VISIT),
}

FLOW_SAMPLES: dict[str, View] = {name: view(state) for name, state in _STATES.items()}
