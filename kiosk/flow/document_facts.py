"""What staff should know of a document: notes that decide nothing (documents reference 2.3)."""

from __future__ import annotations

from kiosk.domain.documents import DocumentReading, FieldKey
from kiosk.domain.messages import Text
from kiosk.flow.states import Visit, VisitState

VARIANT = "variant_possible"


def document_facts(state: VisitState) -> tuple[Text, ...]:
    """Of the document that is before the patient, or of the one that the visit rests on."""
    reading = getattr(state, "reading", None) or (state.visit.fallback.reading if state.visit.fallback else None)
    if not isinstance(reading, DocumentReading) or reading.blocked is not None:
        return ()
    told = [Text(f"document.warning.{note}") for note in reading.warnings]
    if name_has_variant(reading):
        told.append(Text("staff.fact.name_variant"))
    return tuple(told)


def with_document_alerts(visit: Visit, reading: DocumentReading) -> Visit:
    """Alerts that outlive the reading."""
    noted = ("document_notes",) if reading.warnings else ()
    return visit.alert(*noted, *(("name_variant",) if name_has_variant(reading) else ()))


def name_has_variant(reading: DocumentReading) -> bool:
    """Whether a camera may have taken one form of a kanji for another (高 and 髙)."""
    name = reading.fields.get(FieldKey.NAME)
    return name is not None and name.value is not None and name.warning == VARIANT
