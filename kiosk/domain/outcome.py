"""The result of a visit, in the words of the result JSON (design 4.2 and 4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    ACCEPTED = "accepted"
    HANDED_TO_STAFF = "handed_to_staff"
    ABANDONED = "abandoned"


class IdentityMethod(StrEnum):
    """How the bearer was shown to be the holder (本人確認)."""

    FACE = "face"
    PIN = "pin"
    VISUAL = "visual"
    DEVICE = "device"
    DOCUMENT = "document"
    NONE = "none"


class Eligibility(StrEnum):
    """The answer on 資格有効性, reduced to what the flow branches on."""

    VALID = "valid"
    INVALID = "invalid"
    INVALID_NEWER = "invalid_newer"
    NOT_FOUND = "not_found"
    MULTIPLE = "multiple"
    NOT_REGISTERED_FACILITY = "not_registered_facility"
    UNCONFIRMED = "unconfirmed"


class Document(StrEnum):
    """What the acceptance rests on."""

    CARD = "card"
    PHONE = "phone"
    PORTAL_SCREEN = "portal_screen"
    PORTAL_PDF = "portal_pdf"
    NOTICE = "notice"
    CERTIFICATE = "certificate"
    OLD_CARD = "old_card"
    ORAL = "oral"
    ATTESTATION = "attestation"
    NONE = "none"


@dataclass(frozen=True)
class Outcome:
    """How a visit ended. Holds no personal data."""

    status: Status
    identity: IdentityMethod = IdentityMethod.NONE
    eligibility: Eligibility = Eligibility.UNCONFIRMED
    document: Document = Document.NONE
    claim_route: str | None = None  # "normal", "1", "2", "3"
    consents: tuple[str, ...] = ()
    decision: str | None = None  # row of the decision table, e.g. "D01"
    share: int | None = None  # per cent the patient pays
    alerts: tuple[str, ...] = ()
    consents_until: datetime | None = None  # when viewing by those consents ends
    prescription: str | None = None  # electronic | paper; None where nobody said
