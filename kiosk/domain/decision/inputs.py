"""What the decision table is asked about: one visit as far as it is known.

Sources: documents reference 1 and 8; the words are those of `kiosk claim` (design 4.4).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kiosk.domain.claim_note import Numbers, Stated, UnknownDigits
from kiosk.domain.eligibility import InsuredPerson
from kiosk.domain.outcome import IdentityMethod


class Shown(StrEnum):
    """What the patient shows. `NONE` beside others means: asked, and there is nothing else."""

    CARD = "card"
    PHONE = "phone"
    PORTAL_SCREEN = "portal_screen"  # live
    PORTAL_PDF = "portal_pdf"
    SCREENSHOT = "screenshot"  # or a printout
    NOTICE = "notice"  # 資格情報のお知らせ
    CERTIFICATE = "certificate"  # 資格確認書
    OLD_CARD = "old_card"  # 健康保険証
    SCHOOL_TRIP_COPY = "school_trip_copy"  # a pupil's copy, with a teacher
    NONE = "none"
    SUBSIDY_CERTIFICATE = "subsidy_certificate"  # 受給者証, never instead of another


class CardState(StrEnum):
    """The card as a health insurance card. `LAPSED` is after the grace period (see certificate_window); between the two
    readings of that period the caller lets the terminal's answer say which of the two it is."""

    OK = "ok"
    IN_GRACE = "in_grace"
    LAPSED = "lapsed"
    UNREADABLE = "unreadable"
    NOT_REGISTERED = "not_registered"
    NONE = "none"  # no card, or none that was tried: there is no reader


class Online(StrEnum):
    """The online check: of the card or phone where one is shown, else by number."""

    VALID = "valid"
    INVALID = "invalid"
    INVALID_NEWER = "invalid_newer"
    NOT_FOUND = "not_found"
    MULTIPLE = "multiple"
    DOWN = "down"
    READER_DOWN = "reader_down"  # the line works
    NOT_ASKED = "not_asked"


class NumberQuery(StrEnum):
    """The query by the numbers that a document or past visit gave."""

    OK = "ok"
    FAIL = "fail"


class Visit(StrEnum):
    FIRST = "first"  # 初診
    RETURN = "return"  # 再診


class Flag(StrEnum):
    SPECIAL_PAYMENT = "special_payment"  # 特別療養費
    DISASTER = "disaster"  # declared for the area
    EMERGENCY = "emergency"  # the patient cannot act
    NAME_BLACK_DOT = "name_black_dot"  # ● in the name


class Says(StrEnum):
    """The patient's answer on whether the insurance is the same as at the last visit."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"


@dataclass(frozen=True)
class Practice:
    """How a facility is set up. The default is that of one that has told nothing."""

    phone_equipped: bool = False  # a reader for smartphones; an answer about a phone proves one too
    unknown_digits: UnknownDigits = field(default_factory=UnknownDigits)


@dataclass(frozen=True, repr=False)
class Request:
    """One visit. `None` means that nothing is known; every combination has an answer."""

    on: date
    documents: frozenset[Shown] = frozenset()
    visit: Visit | None = None
    card: CardState = CardState.NONE
    identity: IdentityMethod = IdentityMethod.NONE
    online: Online = Online.NOT_ASKED
    number_query: NumberQuery | None = None
    document_valid_to: date | None = None  # printed on the paper shown
    flags: frozenset[Flag] = frozenset()
    held_current: Numbers | None = None  # of the last visit, or learnt since
    held_former: Numbers | None = None  # of an earlier insurance, or from the 資格(無効) screen
    says: Says | None = None
    person: Stated = field(default_factory=Stated)  # from the card's face, the chart or asking
    form: Stated | None = None  # the 被保険者資格申立書, once it is filled in
    insured: InsuredPerson | None = None  # the online answer's person, for the share
    document_share: int | None = None  # per cent, as a document prints it

    @property
    def stated(self) -> Stated:
        """The form, completed by what is known otherwise."""
        if self.form is None:
            return self.person
        said = {
            name: getattr(self.person, name) if getattr(self.form, name) is None else getattr(self.form, name)
            for name in Stated.__dataclass_fields__
        }
        return Stated(**said)

    def __repr__(self) -> str:
        return "Request()"
