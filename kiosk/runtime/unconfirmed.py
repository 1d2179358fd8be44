"""A visit that ended without an answer, as it goes on the list of those to be looked up later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from kiosk.domain.claim_note import NUMBER_ITEMS, ClaimRoute, Numbers
from kiosk.domain.outcome import Document, Outcome
from kiosk.domain.pending import CardFace, PendingVisit
from kiosk.runtime.vault import VisitRecord


def pending_visit(record: VisitRecord, outcome: Outcome, at: datetime) -> PendingVisit:
    """With the four items of the card's face, and with numbers where a document, the claim note or the last visit gave
    any; the 7s of 不詳 are none."""
    items: Mapping[str, str] = record.note.items if record.note else {}
    attributes, holder, held = record.attributes, record.holder, record.held
    noted = Numbers(**{item: items.get(item) for item in NUMBER_ITEMS})
    unknown = record.note is not None and record.note.route not in (
        ClaimRoute.NORMAL,
        ClaimRoute.CURRENT,
        ClaimRoute.FORMER,
    )
    candidates = (record.numbers, None if unknown else noted, held.current if held else None)
    sex = attributes.sex if attributes else holder.sex if holder else None
    return PendingVisit(
        record.visit_id,
        at,
        CardFace(
            name=attributes.name if attributes else items.get("name"),
            birth_date=attributes.birth_date
            if attributes
            else holder.birth_date
            if holder
            else record.born or _date(items.get("birth_date")),
            sex=sex if sex in ("1", "2") else None,
            address=attributes.address if attributes else items.get("address"),
        ),
        kana=items.get("kana"),
        numbers=next((numbers for numbers in candidates if numbers is not None and numbers.usable), None),
        share_percent=outcome.share,
        decision=outcome.decision,
        claim_route=outcome.claim_route,
        document=None if outcome.document is Document.NONE else outcome.document.value,
        cause=record.fault.value if record.fault else None,
    )


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
