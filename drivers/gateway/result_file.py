"""Reads one result file of the eligibility terminal (`OQSsiquc01res_….xml`).

Source: eligibility interface reference 1.4 to 1.6. Elements are found by name in any order; what is not modelled is
kept as path and text. Whatever the bytes are, only `KioskError` comes out, in bounded time and memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from xml.etree.ElementTree import Element

from drivers.gateway import result_fields, safe_xml
from drivers.gateway.simulated_requests import (
    CARD_NOT_REGISTERED,
    CERTIFICATE_ENDS_SOON,
    CERTIFICATE_IN_GRACE,
    VIEWING_SUSPENDED,
)
from kiosk.domain.eligibility import ASSISTANCE, EligibilityAnswer, InsuredPerson
from kiosk.domain.outcome import Eligibility
from kiosk.ports.eligibility import BulkAnswer

MAX_BYTES = safe_xml.SINGLE.size
_CODEC_OF_IDENTIFIER = {"0": "utf-8", "1": "cp932"}  # OQSCD005
_VALIDITY = {  # OQSCD006
    "1": Eligibility.VALID,
    "2": Eligibility.INVALID,
    "3": Eligibility.INVALID_NEWER,
    "4": Eligibility.NOT_FOUND,
    "5": Eligibility.MULTIPLE,
    "6": Eligibility.NOT_REGISTERED_FACILITY,
}
_UNIT = "BulkConfirmUnit"
_RECEPTION = "ReceptionNumber"
_WITHOUT_RESULT = frozenset({"4", "5"})  # these may come with status 2; which one is not public


class Branch(StrEnum):
    """What the kiosk does with the file, before it looks at the eligibility itself."""

    ANSWERED = "answered"
    RUNNING = "running"  # SegmentOfResult 2: look again
    REFUSED = "refused"  # abnormal end, or an error status: staff read code and message


@dataclass(frozen=True)
class ResultMessage:
    """One result file. `answer` is filled as far as possible for every branch."""

    branch: Branch
    answer: EligibilityAnswer


@dataclass(frozen=True)
class BulkMessage(ResultMessage):
    """A file of the bulk look-up."""

    reception_number: str | None = None
    units: tuple[BulkAnswer, ...] = ()


def read_result(content: bytes) -> ResultMessage:
    """Raises `NeedsStaff(ANSWER_ENCRYPTED)` where the content is no XML text at all, `NeedsStaff(ANSWER_DAMAGED)`
    where it is cut off, malformed, not a result, or over the limits."""
    header, body, codec = _parts(content, safe_xml.SINGLE)
    return _message(header, body, codec)


def read_bulk_result(content: bytes) -> BulkMessage:
    """Reads `OQSmuquc01res` (the number under which the result is collected) and `OQSmuquc02res` (the result).

    Raises as `read_result`. What a unit leaves out stands in the file's header.
    """
    header, body, codec = _parts(content, safe_xml.BULK)
    whole = Element(body.tag)
    whole.extend(child for child in body if child.tag != _UNIT)
    message = _message(header, whole, codec)
    return BulkMessage(
        message.branch,
        message.answer,
        reception_number=next((n for part in (header, body) if (n := result_fields.text(part, _RECEPTION))), None),
        units=tuple(_unit(header, unit, message.answer) for unit in body.iterfind(_UNIT)),
    )


def _parts(content: bytes, limits: safe_xml.Limits) -> tuple[Element, Element, str]:
    root, codec = safe_xml.parse(content, limits)
    header, body = root.find("MessageHeader"), root.find("MessageBody")
    if root.tag != "XmlMsg" or header is None:
        raise safe_xml.damaged("no result")
    if result_fields.text(header, "SegmentOfResult") is None:
        raise safe_xml.damaged("no SegmentOfResult")
    return header, Element("MessageBody") if body is None else body, codec


def _message(header: Element, body: Element, codec: str) -> ResultMessage:
    identifier = result_fields.text(header, "CharacterCodeIdentifier")
    answer = _answer(header, body, _CODEC_OF_IDENTIFIER.get(identifier or "", codec) == codec)
    return ResultMessage(_branch(result_fields.text(header, "SegmentOfResult") or "", body, answer), answer)


def _unit(header: Element, unit: Element, whole: EligibilityAnswer) -> BulkAnswer:
    answer = _answer(header, unit, whole.character_code_agrees)
    number = result_fields.text(unit, "ReferenceNumber")
    if number and len(answer.persons) == 1 and answer.persons[0].reference_number is None:
        answer = replace(answer, persons=(replace(answer.persons[0], reference_number=number),))
    changed = result_fields.text(unit, "LimitApplicationCertificateChanged")
    refused = _branch("1", unit, answer) is Branch.REFUSED
    return BulkAnswer(answer.identifier, answer, refused=refused, limit_changed=changed)


def _branch(segment: str, body: Element, answer: EligibilityAnswer) -> Branch:
    if segment == "2":
        return Branch.RUNNING
    if segment != "1":
        return Branch.REFUSED
    status = result_fields.text(body, "ProcessingResultStatus")
    validity = result_fields.text(body, "QualificationValidity")
    if status == "2" and validity not in _WITHOUT_RESULT and answer.card_registered:
        return Branch.REFUSED
    return Branch.ANSWERED


def _answer(header: Element, body: Element, agrees: bool) -> EligibilityAnswer:
    known = result_fields.Known(header, body)
    persons = tuple(result_fields.person(e) for e in body.iterfind("ResultList/ResultOfQualificationConfirmation"))
    code = known.take("ProcessingResultCode") or known.take("ErrorCode")
    message = known.take("ProcessingResultMessage") or known.take("ErrorMessage")
    first = body.find("ResultList/ResultOfQualificationConfirmation")
    search = body.find("QualificationConfirmSearchInfo")
    reference = known.take("ReferenceClassification")
    return EligibilityAnswer(
        eligibility=_eligibility(known.take("QualificationValidity"), persons),
        confirmed_on=known.take_date("QualificationConfirmationDate"),
        processed_at=known.take_time("ProcessExecutionTime"),
        persons=persons,
        message_code=code,
        message=message,
        file_identifier=known.take("ArbitraryFileIdentifier"),
        identifier=_first_text("ArbitraryIdentifier", first, search),
        by_card=reference == "1",
        by_numbers=reference == "2",
        card_registered=code != CARD_NOT_REGISTERED,
        medical_information_allowed=code not in (CERTIFICATE_IN_GRACE, VIEWING_SUSPENDED),
        certificate_ends_soon=code == CERTIFICATE_ENDS_SOON,
        viewing_suspended=code == VIEWING_SUSPENDED,
        prescription=known.take("PrescriptionIssueSelect") or _first_text("PrescriptionIssueSelect", first),
        institution_code=known.take("MedicalInstitutionCode"),
        character_code_agrees=agrees,
        other=known.rest(),
    )


def _eligibility(validity: str | None, persons: Iterable[InsuredPerson]) -> Eligibility:
    """A valid answer without a person cannot be checked against anybody, one with several is nobody's."""
    eligibility = _VALIDITY.get(validity or "", Eligibility.UNCONFIRMED)
    kinds = [person.card_class for person in persons]
    insurances = sum(kind != ASSISTANCE for kind in kinds)
    if eligibility in (Eligibility.VALID, Eligibility.NOT_REGISTERED_FACILITY):
        if not kinds:
            return Eligibility.UNCONFIRMED
        if insurances > 1 or len(kinds) - insurances > 1:
            return Eligibility.MULTIPLE
    return eligibility


def _first_text(name: str, *elements: Element | None) -> str | None:
    return next((t for e in elements if e is not None and (t := result_fields.text(e, name))), None)
