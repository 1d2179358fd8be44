"""Answers in the official form (eligibility interface reference 1.5), composed from persona records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from drivers.simulated.persona import Persona
from drivers.simulated.terminal.request import BULK_UPLOAD, NUMBER, PERSON, Request
from kiosk.domain.certificate_window import add_months, end_of_month
from kiosk.domain.insurance import padded_insurer_number, preschool_until
from kiosk.domain.kana import half_width_kana

CONSENT_HOURS = 24  # AvailableTime - ConsTime in public examples (reference 1.5)
VALIDITY = {  # OQSCD006
    "valid": "1",
    "invalid": "2",
    "invalid_newer": "3",
    "not_found": "4",
    "multiple": "5",
    "not_registered_facility": "6",
}
_RECEPTION = "ReceptionNumber"
_WITHOUT_PERSONS = frozenset({"not_found"})
_LOST = frozenset({"invalid", "invalid_newer"})
_ASSISTANCE = "A1"
_AT_SCHOOL = 6  # years: from the April after
_SEARCH = (
    "InsurerNumber",
    "InsuredCardSymbol",
    "InsuredIdentificationNumber",
    "InsuredBranchNumber",
    "Birthdate",
    "LimitApplicationCertificateRelatedConsFlg",
    "ArbitraryIdentifier",
)

Items = list[tuple[str, "str | Items | None"]]


@dataclass(frozen=True)
class Consents:
    """Groups of information as flags: those given and those merely listed, and the time of consent."""

    listed: tuple[str, ...]
    given: frozenset[str] = frozenset()
    at: datetime | None = None


@dataclass(frozen=True)
class Note:
    """ProcessingResultCode and ProcessingResultMessage."""

    code: str
    text: str


def result(
    request: Request,
    now: datetime,
    validity: str | None,
    persons: Iterable[Persona],
    consents: Consents | None,
    note: Note | None = None,
    status: str = "1",
    encoding: str = "utf-8",
) -> bytes:
    """An answer that ended normally. `validity` is the record's word, None leaves the element out."""
    body = unit(request, validity, persons, consents, note, status)
    return _document(_header(request, now, "1", None, encoding), body, encoding)


def unit(
    request: Request,
    validity: str | None,
    persons: Iterable[Persona],
    consents: Consents | None,
    note: Note | None = None,
    status: str = "1",
) -> Items:
    """The body of an answer for one request, or one unit of a bulk answer."""
    people = [] if validity in _WITHOUT_PERSONS else list(persons)
    body: Items = [
        ("ProcessingResultStatus", status),
        ("ProcessingResultCode", note.code if note else None),
        ("ProcessingResultMessage", note.text if note else None),
        ("QualificationValidity", VALIDITY[validity] if validity else None),
        ("PrescriptionIssueSelect", request.items.get("PrescriptionIssueSelect")),
    ]
    if people:
        echo = request.items.get("ArbitraryIdentifier")
        body.append(
            (
                "ResultList",
                [("ResultOfQualificationConfirmation", _person(p, request.on, consents, echo)) for p in people],
            )
        )
    if request.kind in (NUMBER, BULK_UPLOAD):
        body.append(("QualificationConfirmSearchInfo", [(name, request.items.get(name)) for name in _SEARCH]))
    return body


def accepted(request: Request, now: datetime, reception_number: str | None = None) -> bytes:
    """A registration that was made, or a bulk look-up that was taken in under a number."""
    body: Items = [("ProcessingResultStatus", "1")]
    return _document([*_header(request, now, "1", None, "utf-8"), (_RECEPTION, reception_number)], body, "utf-8")


def running(request: Request, now: datetime) -> bytes:
    """Not yet (SegmentOfResult 2)."""
    return _document(_header(request, now, "2", None, "utf-8"), [], "utf-8")


def bulk(request: Request, now: datetime, reception_number: str, units: list[Items], encoding: str) -> bytes:
    """The result of a bulk look-up."""
    errors = sum(("ProcessingResultStatus", "2") in items for items in units)
    header: Items = [
        *_header(request, now, "1", None, encoding),
        (_RECEPTION, reception_number),
        ("NumberOfProcessingResult", str(len(units))),
        ("NumberOfNormalProcessing", str(len(units) - errors)),
        ("NumberOfError", str(errors)),
    ]
    return _document(header, [("BulkConfirmUnit", items) for items in units], encoding)


def failure(request: Request, now: datetime, note: Note) -> bytes:
    """An abnormal end (SegmentOfResult 9)."""
    body: Items = [
        ("ProcessingResultStatus", "2"),
        ("ProcessingResultCode", note.code),
        ("ProcessingResultMessage", note.text),
    ]
    return _document(_header(request, now, "9", note, "utf-8"), body, "utf-8")


def _header(request: Request, now: datetime, segment: str, error: Note | None, encoding: str) -> Items:
    return [
        ("ProcessExecutionTime", _time(now)),
        ("QualificationConfirmationDate", _day(request.on) if request.on > date.min else None),
        ("MedicalInstitutionCode", request.institution_code),
        ("ArbitraryFileIdentifier", request.identifier),
        ("ReferenceClassification", "1" if request.kind.startswith("SIM") and request.kind != PERSON else "2"),
        ("SegmentOfResult", segment),
        ("ErrorCode", error.code if error else None),
        ("ErrorMessage", error.text if error else None),
        ("CharacterCodeIdentifier", "1" if encoding == "cp932" else "0"),
    ]


def _person(persona: Persona, on: date, consents: Consents | None, echo: str | None) -> Items:
    card, record = persona.card, persona.record
    lost = record.validity in _LOST
    assistance = record.card_class == _ASSISTANCE
    born = record.birth_date or card.birth_date
    starts, ends = _renewed(record.valid_from, record.valid_to, on)
    elderly_starts, elderly_ends = _renewed(record.elderly_from, record.elderly_to, on)
    items: Items = [("InsuredCardClassification", record.card_class)]
    if assistance:
        items += [
            ("PublicExpenseNumber", record.public_expense_number),
            ("BeneficiaryNumber", record.beneficiary_number),
            ("WelfareOfficeName", record.welfare_office),
        ]
    else:
        items += [
            ("InsurerNumber", padded_insurer_number(record.insurer_number)),
            ("InsuredCardSymbol", record.symbol),
            ("InsuredIdentificationNumber", record.number),
            ("InsuredBranchNumber", record.branch),
            ("PersonalFamilyClassification", record.relation),
            ("InsuredName", record.insured_name),
        ]
    items += [
        ("Name", record.name or card.name),
        ("NameKana", half_width_kana(record.kana or card.kana)),
        ("Sex1", record.sex or card.sex),
        ("Birthdate", _day(born)),
        ("Address", record.address or card.address),
        ("PostNumber", record.postal_code),
        ("QualificationDate", _day(record.qualified_on)),
        ("DisqualificationDate", _day(record.disqualified_on or (on.replace(day=1) if lost else None))),
        ("InsuredCardValidDate", _day(starts)),
        ("InsuredCardExpirationDate", _day(ends)),
        ("InsuredPartialContributionRatio", _ratio(record.contribution_ratio)),
        ("PreschoolClassification", "1" if record.preschool and on <= preschool_until(born, _AT_SCHOOL) else None),
        ("ReasonOfLoss", record.loss_reason or ("03" if lost else None)),
        ("InsurerName", None if assistance else record.insurer_name),
    ]
    if record.elderly_ratio is not None:
        items.append(
            (
                "ElderlyRecipientCertificateInfo",
                [
                    ("ElderlyRecipientCertificateDate", _day(elderly_starts)),
                    ("ElderlyRecipientValidStartDate", _day(elderly_starts)),
                    ("ElderlyRecipientValidEndDate", _day(elderly_ends)),
                    ("ElderlyRecipientContributionRatio", _ratio(record.elderly_ratio)),
                ],
            )
        )
    if consents is not None:
        items += _certificates(persona, on, consents)
    if assistance:
        items.append(("PublicExpenseResultList", [("MedicalTicketInfo", _ticket(on, record.validity))]))
    items += [("ArbitraryIdentifier", echo), ("ReferenceNumber", record.reference_number)]
    return items + _flags(consents)


def _renewed(starts: date | None, ends: date | None, on: date) -> tuple[date | None, date | None]:
    """What runs from 1 August to the 31 July after it is renewed by the insurer each year: the days of the year in
    which `on` lies. Any other period stays, also one that is over."""
    if starts is None or (starts, ends) != (_start_of_august(starts), _end_of_july(starts)):
        return starts, ends
    return _start_of_august(on), _end_of_july(on)


def _start_of_august(on: date) -> date:
    """On or before the day."""
    return date(on.year if on.month >= 8 else on.year - 1, 8, 1)


def _end_of_july(on: date) -> date:
    """On or after the day."""
    return end_of_month(add_months(_start_of_august(on), 11))


def _certificates(persona: Persona, on: date, consents: Consents) -> Items:
    """限度額 and 特定疾病: given with the final file; certificates run from August to July."""
    record = persona.record
    start, end = _start_of_august(on), _end_of_july(on)
    agreed = _time(consents.at) if consents.at else None
    items: Items = [
        ("LimitApplicationCertificateRelatedConsFlg", "1" if agreed else "0"),
        ("LimitApplicationCertificateRelatedConsTime", agreed),
    ]
    if agreed and record.limit_class:
        prefix = "LimitApplicationCertificate"
        info: Items = [
            (f"{prefix}Classification", "01"),
            (f"{prefix}ClassificationFlag", record.limit_class),
            (f"{prefix}Date", _day(start)),
            (f"{prefix}ValidStartDate", _day(start)),
            (f"{prefix}ValidEndDate", _day(end)),
        ]
        items.append((f"{prefix}RelatedInfo", info))
    if agreed and record.specific_disease:
        pay = record.specific_disease_self_pay
        disease: Items = [
            ("SpecificDiseasesDiseaseCategory", record.specific_disease),
            ("SpecificDiseasesCertificateDate", _day(start)),
            ("SpecificDiseasesValidStartDate", _day(start)),
            ("SpecificDiseasesValidEndDate", _day(end)),
            ("SpecificDiseasesSelfPay", None if pay is None else str(pay)),
        ]
        items += [
            ("SpecificDiseasesCertificateRelatedConsFlg", "1"),
            ("SpecificDiseasesCertificateRelatedConsTime", agreed),
            ("SpecificDiseasesCertificateList", [("SpecificDiseasesCertificateInfo", disease)]),
        ]
    return items


def _flags(consents: Consents | None) -> Items:
    items: Items = []
    for group in consents.listed if consents else ():
        given = group in consents.given and consents.at is not None if consents else False
        items.append((f"{group}ConsFlg", "1" if given else "0"))
        if given and consents and consents.at:
            items.append((f"{group}ConsTime", _time(consents.at)))
            items.append((f"{group}AvailableTime", _time(consents.at + timedelta(hours=CONSENT_HOURS))))
    return items


def _ticket(on: date, validity: str) -> Items:
    """A 医療券 of the month; at 有効(未登録) it names another facility."""
    return [
        ("TicketType", "01"),
        ("MedicalTicketValidDate", _day(on.replace(day=1))),
        ("MedicalTicketExpirationDate", _day(end_of_month(on))),
        ("IssueNumber", "000001"),
        ("MedicalTreatmentMonth", f"{on:%Y%m}"),
        ("DesignatedMedicalInstitutionFlag", "1" if validity == "not_registered_facility" else "0"),
        ("MedicalTreatmentType", "02"),
        ("SelfPayAmount", "0"),
        ("SingleOrCombinedUse", "01"),
        ("StatusOfSocialInsurance", "02"),
    ]


def _document(header: Items, body: Items, encoding: str) -> bytes:
    root = Element("XmlMsg")
    _fill(SubElement(root, "MessageHeader"), header)
    _fill(SubElement(root, "MessageBody"), body)
    indent(root)
    named = "Shift_JIS" if encoding == "cp932" else "UTF-8"
    text = f'<?xml version="1.0" encoding="{named}" standalone="no"?>\n{tostring(root, encoding="unicode")}'
    return "".join(c if _has(c, encoding) else "●" for c in text).encode(encoding)


def _fill(parent: Element, items: Items) -> None:
    for name, value in items:
        if value is None or value == "":
            continue
        child = SubElement(parent, name)
        if isinstance(value, str):
            child.text = value
        else:
            _fill(child, value)


def _has(character: str, encoding: str) -> bool:
    if character.isascii():
        return True
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _day(day: date | None) -> str | None:
    return f"{day:%Y%m%d}" if day else None


def _time(moment: datetime) -> str:
    return f"{moment:%Y%m%d%H%M%S}"


def _ratio(percent: int | None) -> str | None:
    return None if percent is None else f"{percent:03d}"
