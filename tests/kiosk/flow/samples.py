"""People, cards, answers and a sample of every state, for the tests of the flow. All people are invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from kiosk.app.claim import claim_rules
from kiosk.domain.card import CardHolder, CardKind, CardSummary, CertificateInfo
from kiosk.domain.claim_note import Numbers
from kiosk.domain.decision.inputs import Practice, Shown
from kiosk.domain.documents import Blocked, DocumentReading, DocumentType, Field, FieldKey, FieldSource
from kiosk.domain.eligibility import EligibilityAnswer, InsuredPerson
from kiosk.domain.failures import FailureCode
from kiosk.domain.outcome import Eligibility
from kiosk.domain.patients import FoundBy, HeldInsurance
from kiosk.domain.rules import load_rules
from kiosk.domain.secret import Secret
from kiosk.flow import events as ev
from kiosk.flow.settings import FlowSettings
from kiosk.ports.card import CardAttributes, CredentialAccepted, CredentialBlocked, CredentialRejected
from kiosk.ports.documents import DocumentHint
from kiosk.ports.face import FaceHint, FaceResult, FaceVerdict, Liveness

ASSETS = Path(__file__).parents[3] / "assets"
AT = datetime(2026, 11, 24, 9, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
SETTINGS = FlowSettings(
    certificate_rules=load_rules(ASSETS / "rules" / "certificate.toml"),
    share_rules=load_rules(ASSETS / "rules" / "shares.toml"),
    staff_code_pad=True,
    identity_rules=load_rules(ASSETS / "rules" / "identity.toml"),
    form_rules=load_rules(ASSETS / "rules" / "form.toml"),
    claim_rules=load_rules(ASSETS / "rules" / "claims.toml"),
    consent_rules=load_rules(ASSETS / "rules" / "consents.toml"),
    ceiling_rules=load_rules(ASSETS / "rules" / "ceilings.toml"),
    codes=load_rules(ASSETS / "rules" / "codes.toml"),
    decisions=claim_rules(),
)

_CONTRACT = """
back staff language.ja language.en voice voice.repeat voice.louder voice.softer voice.stop size contrast low
idle.no_card idle.phone idle.practice method.face method.pin method.staff pin.ok pin.clear
pin_last_try.yes pin_last_try.no visual.code visual.refuse visual.reason.face_failed visual.reason.covered
visual.reason.child visual.reason.pin_unknown visual.reason.asked registration.yes registration.no
consent.all consent.none consent.choose consent.ok consent.surgery consent.medication consent.checkup
consent.diagnosis_name consent.infection consent.allergy consent.contraindication consent.test consent.prescription
prescription.electronic prescription.paper
result.next confirm.yes confirm.not_me fallback.document fallback.none
form.none form.paper
form.change.name form.change.kana form.change.birth_date form.change.address form.change.phone form.change.sex
form.change.insurance_kind form.change.insurer_name form.change.employer form.change.share_percent
form.change.relation form.change.since form.change.symbol form.change.number form.change.branch
form.choose.society form.choose.kyokai form.choose.mutual form.choose.municipal form.choose.municipal_union
form.choose.late_elderly form.choose.30 form.choose.20 form.choose.10 form.choose.male form.choose.female
form.choose.self form.choose.family form.choose.parent form.choose.child form.choose.spouse form.choose.helper
form.proxy document.copy
document.type document.portal_screen document.portal_pdf document.notice document.certificate document.old_card
document.none visit.first visit.return oral.unchanged oral.changed form.next form.unknown form.ok extend.yes
practice.place_card practice.take_card practice.end
"""
CONTROLS = frozenset(_CONTRACT.split())
"""The control ids of the contract."""

STRANGE_CONTROLS = (
    "",
    ".",
    "visual.",
    "visual.reason.whim",
    "language.",
    "language.xx",
    "consent.",
    "consent.everything",
    "document.unknown",
    "document.passport",
    "no.such.control",
    "PIN.OK",
)
SIGNATURE = b"\x89PNG what a finger drew"
WRITTEN = (
    ("name", "見本　花子"),
    ("birth_date", "1950-03-03"),
    ("birth_date", "S99"),
    ("phone", "x" * 1000),
    ("name", "\ud800"),
    ("no_such_field", "1"),
)
"""Answers of the form, likely and unlikely ones."""

STAFF_ACTIONS = (
    "visual_check",
    "refuse",
    "take_over",
    "accept",
    "choose",
    "requery",
    "cancel",
    "withdraw_consent",
    "no_such_action",
)

HOLDER = CardHolder(date(1950, 3, 3), "2", date(2031, 3, 3))
SERIAL = "0A1B2C3D4E5F"
CERTIFICATE = CertificateInfo(
    SERIAL, datetime(2024, 3, 3, tzinfo=UTC), datetime(2029, 3, 3, 14, 59, 59, tzinfo=UTC), "CN=TEST", True, True
)
CARD = CardSummary(CardKind.INDIVIDUAL_NUMBER, CERTIFICATE, pin_tries=3, number_b_tries=10)

PERSON = InsuredPerson(
    insurer_number="39131156",
    symbol="八王子",
    number="55501234",
    name="見本　花子",
    kana="ﾐﾎﾝ ﾊﾅｺ",
    sex="2",
    birth_date=HOLDER.birth_date,
    address="東京都架空区一丁目",
    qualified_on=date(2025, 3, 3),
    contribution_ratio=10,
    reference_number="0000012345",
)
STRANGER = replace(
    PERSON,
    name="別人　太郎",
    kana="ﾍﾞﾂｼﾞﾝ ﾀﾛｳ",
    sex="1",
    birth_date=date(1944, 1, 2),
    address="京都府別市二丁目",
    number="87654321",
)
PIN = "4071"


def reading(kind: DocumentType = DocumentType.PORTAL_PDF, /, **items: str | None) -> DocumentReading:
    """A document of the holder of the card; `items` replaces some of what it says, None leaves one out."""
    said: dict[str, str | None] = {
        "insurer_name": "架空県後期高齢者医療広域連合",
        "insurer_no": "39131156",
        "number": "55501234",
        "name": "見本　花子",
        "kana": "ミホン　ハナコ",
        "birth": "1950-03-03",
        "ratio": "10",
        "valid_to": "2027-07-31" if kind is DocumentType.CERTIFICATE else None,
    }
    fields = {
        FieldKey(key): Field(value, FieldSource.TEXT, 0.99)
        for key, value in (said | items).items()
        if value is not None
    }
    return DocumentReading(kind, fields, sha256="0" * 64)


ATTRIBUTES = CardAttributes("見本　花子", "架空県架空市一丁目", HOLDER.birth_date, "2")
HELD = HeldInsurance("00042", FoundBy.NAME, Numbers("39131156", None, "55501234", None), share_percent=10)
OTHER_READING = reading(DocumentType.PORTAL_PDF, name="別人　太郎", kana="ベツジン　タロウ", birth="1944-01-02")
READINGS: tuple[DocumentReading, ...] = (
    *(reading(kind) for kind in DocumentType),
    OTHER_READING,
    reading(DocumentType.CERTIFICATE, number=None),
    replace(reading(), fields={**reading().fields, FieldKey.BIRTH: Field(None, FieldSource.OCR, 0.2, "unreadable")}),
    reading(DocumentType.NOTICE, birth=None),
    reading(DocumentType.CERTIFICATE, valid_to="2020-01-01"),
    DocumentReading(),
    *(DocumentReading(DocumentType.PORTAL_PDF, blocked=blocked) for blocked in Blocked),
)
"""What a reader may say of a document, likely and unlikely ones."""

HOLDERS_READ: tuple[tuple[CardAttributes | None, HeldInsurance | None], ...] = (
    (ATTRIBUTES, HELD),
    (ATTRIBUTES, None),
    (None, replace(HELD, by=FoundBy.NUMBERS)),
    (None, None),
)
STAFF_CODE = "864209"


def card(**changes: object) -> CardSummary:
    return replace(CARD, **changes)  # type: ignore[arg-type]


PHONE = CardSummary(CardKind.PHONE, pin_tries=3)
PHONES_READ = replace(SETTINGS, decisions=claim_rules(Practice(phone_equipped=True)))
"""A facility with a reader for smartphones."""


def card_until(year: int, month: int, day: int) -> CardSummary:
    """A card whose certificate ends at the end of this Japanese day."""
    return card(certificate=replace(CERTIFICATE, not_after=datetime(year, month, day, 14, 59, 59, tzinfo=UTC)))


def answer(
    eligibility: Eligibility = Eligibility.VALID, *persons: InsuredPerson, **changes: object
) -> EligibilityAnswer:
    return EligibilityAnswer(eligibility, AT.date(), None, persons or (PERSON,), **changes)  # type: ignore[arg-type]


def face(verdict: FaceVerdict, hint: FaceHint | None = None) -> FaceResult:
    similarity = {FaceVerdict.MATCH: 0.71, FaceVerdict.REVIEW: 0.34, FaceVerdict.NO_MATCH: 0.05}.get(verdict)
    liveness = Liveness.LIVE if verdict is FaceVerdict.MATCH else Liveness.NOT_CHECKED
    return FaceResult(verdict, similarity, 12, 5, "sface 2021dec", 0.4, 0.3, hint, liveness)


GONE = EligibilityAnswer(Eligibility.NOT_FOUND, None, None, ())
ANSWERS: tuple[EligibilityAnswer, ...] = (
    *(answer(eligibility) for eligibility in Eligibility),
    *(answer(eligibility, STRANGER) for eligibility in Eligibility if eligibility is not Eligibility.MULTIPLE),
    *(replace(GONE, eligibility=eligibility) for eligibility in Eligibility),
    answer(Eligibility.VALID, replace(PERSON, name="●本　花子")),
    answer(Eligibility.VALID, replace(PERSON, name=None, kana=None)),
    answer(Eligibility.VALID, replace(PERSON, birth_date=None)),
    answer(Eligibility.VALID, replace(PERSON, contribution_ratio=100)),
    answer(Eligibility.VALID, replace(PERSON, contribution_ratio=-10)),
    answer(Eligibility.VALID, replace(PERSON, disqualified_on=date(2026, 4, 1))),
    answer(Eligibility.VALID, replace(PERSON, qualified_on=date(2027, 4, 1))),
    answer(Eligibility.VALID, PERSON, PERSON),
    answer(Eligibility.VALID, medical_information_allowed=False),
    answer(Eligibility.VALID, card_registered=False),
    answer(Eligibility.NOT_FOUND, card_registered=False),
    answer(Eligibility.VALID, message_code="エラー 1\n", message="失敗"),
    answer(Eligibility.VALID, message_code="123456789012345678901234567890"),
)

CARDS: tuple[CardSummary, ...] = (
    CARD,
    card(kind=CardKind.JUKI, certificate=None),
    card(kind=CardKind.OTHER, certificate=None),
    card(kind=CardKind.SILENT, certificate=None),
    card(certificate=None),
    card(pinless=True),
    card(pin_tries=None),
    card(pin_tries=0),
    card(pin_tries=1),
    card(pin_tries=2),
    card_until(2026, 12, 31),
    card_until(2026, 11, 1),
    card_until(2026, 1, 1),
    card(certificate=replace(CERTIFICATE, trusted=False)),
    card(certificate=replace(CERTIFICATE, not_after=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))),
    card(certificate=replace(CERTIFICATE, not_after=datetime(1, 1, 1, tzinfo=UTC))),
)

NOT_LIVE = replace(face(FaceVerdict.MATCH), liveness=Liveness.NOT_LIVE, doubt="border")
FACES: tuple[FaceResult, ...] = (
    *(face(verdict) for verdict in FaceVerdict),
    face(FaceVerdict.NO_MATCH, FaceHint.DARK),
    replace(face(FaceVerdict.NO_MATCH), similarity=float("nan")),
    NOT_LIVE,
    replace(face(FaceVerdict.MATCH), liveness=Liveness.NOT_CHECKED),
)

HOLDERS = (HOLDER, replace(HOLDER, birth_date=date.min), replace(HOLDER, birth_date=date.max, sex="9"))

CREDENTIALS = (
    CredentialAccepted(),
    CredentialRejected(2),
    CredentialRejected(1),
    CredentialRejected(0),
    CredentialBlocked(),
)


def facts(insertions: tuple[int, ...] = (1, 2)) -> Iterator[ev.Event]:
    """Every event that answers no effect."""
    for insertion in insertions:
        yield ev.CardPresented(AT, insertion)
        yield ev.CardRemoved(AT, insertion)
    yield ev.ReaderLost(AT)
    yield ev.ReaderReturned(AT)
    for control in sorted(CONTROLS) + list(STRANGE_CONTROLS):
        yield ev.Tapped(AT, control)
    yield ev.PinEntered(AT, Secret(PIN))
    yield ev.CodeEntered(AT, Secret(STAFF_CODE))
    for field, text in WRITTEN:
        yield ev.FormWritten(AT, field, text)
    yield ev.SignatureDrawn(AT, b"png")
    yield ev.SignatureDrawn(AT, None)
    for document in (*Shown, "oral", "attestation", "passport"):
        yield ev.StaffActed(AT, "accept", "sato", document=str(document))
    for action in STAFF_ACTIONS:
        yield ev.StaffActed(AT, action, "sato", "face_failed")
        yield ev.StaffActed(AT, action, "sato")
    yield ev.LineLost(AT, FailureCode.TERMINAL_SILENT)
    yield ev.LineBack(AT, 3)
    yield ev.ScreenReaderChanged(AT, True)
    yield ev.ScreenReaderChanged(AT, False)
    for staff in ("sato", "suzuki", ""):
        for begin in (True, False):
            yield ev.ModeAsked(AT, "disaster", begin, staff)
            yield ev.ModeAsked(AT, "no_such_mode", begin, staff)
            yield ev.ModeAsked(AT, "outage", begin, staff)
    for index in (0, 1, 7, -1):
        yield ev.StaffActed(AT, "choose", "sato", None, index=index)
    for staff in ("sato", "佐藤 花子", ""):
        yield ev.CallAnswered(AT, staff)
        yield ev.SentBack(AT, staff, "asked")
        yield ev.IncidentOpened(AT, staff, "mixed_up")
        yield ev.PauseAsked(AT, True, staff, "cleaning")
        yield ev.PauseAsked(AT, False, staff)
    for reading in (1, 2):
        yield ev.ReadingArrived(AT, reading)
    yield ev.ReadingSetAside(AT, "repeated")
    yield ev.ForeignReadings(AT, 1)
    yield ev.FaceFolderLost(AT)
    yield ev.FaceFolderBack(AT)
    yield ev.AnswersLate(AT, 2)
    yield ev.PowerBack(AT, 0)
    yield ev.PowerBack(AT, 2)
    yield ev.JournalFailed(AT, FailureCode.DISK_FULL)
    yield ev.JournalFailed(AT, FailureCode.JOURNAL_FAILED)
    yield ev.ProgramFailed(AT)
    yield ev.Rehearsed(AT)
    yield ev.Rehearsed(AT, over=True)


def answers(ticket: int) -> Iterator[ev.Event]:
    """Every event that answers an effect, likely and unlikely ones."""
    yield from (ev.CardRead(AT, ticket, summary) for summary in CARDS)
    yield from (ev.PhotoRead(AT, ticket, holder, usable) for holder in HOLDERS for usable in (True, False))
    yield from (ev.FaceHinted(AT, ticket, hint) for hint in FaceHint)
    yield from (ev.FaceJudged(AT, ticket, result) for result in FACES)
    yield from (ev.PinJudged(AT, ticket, result) for result in CREDENTIALS)
    yield from (ev.StaffCodeJudged(AT, ticket, name) for name in ("sato", None, "佐藤 花子"))
    yield from (ev.EligibilityAnswered(AT, ticket, each) for each in ANSWERS)
    yield ev.EligibilityAnswered(AT, ticket, answer(), last_share=20)
    yield from (ev.ConsentsRegistered(AT, ticket, each) for each in ANSWERS)
    yield ev.CardRegistered(AT, ticket)
    yield ev.HolderRead(AT, ticket)
    yield ev.HolderRead(AT, ticket, CardAttributes("見本　花子", "東京都架空区一丁目", HOLDER.birth_date, "2"), HELD)
    yield ev.FormKept(AT, ticket, True)
    yield ev.FormKept(AT, ticket, False)
    yield from (ev.DocumentHinted(AT, ticket, hint) for hint in DocumentHint)
    yield from (ev.DocumentRead(AT, ticket, each) for each in READINGS)
    yield from (ev.HolderRead(AT, ticket, *each) for each in HOLDERS_READ)
    yield ev.HandedOver(AT, ticket, "OQSsiquc01res_face_1312345678_20261124093012.xml")
    yield from (ev.EffectFailed(AT, ticket, code) for code in FailureCode)
    yield ev.TimerFired(AT, ticket)
