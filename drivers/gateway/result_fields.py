"""Element names of a result file and what they become (eligibility interface reference 1.5).

Nothing is lost: an element without a place of its own, or with text that does not fit it, is kept as path and text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import TypeVar
from xml.etree.ElementTree import Element

from kiosk.domain.eligibility import ConsentState, InsuredPerson, MedicalTicket, SpecificDisease
from kiosk.domain.insurance import normal_insurer_number

T = TypeVar("T")

_TEXT = {
    "InsurerName": "insurer_name",
    "InsuredCardSymbol": "symbol",
    "InsuredIdentificationNumber": "number",
    "InsuredBranchNumber": "branch",
    "Name": "name",
    "NameKana": "kana",
    "NameOfOther": "name_of_other",
    "NameOfOtherKana": "kana_of_other",
    "Sex1": "sex",
    "Sex2": "sex_on_card",
    "Address": "address",
    "PostNumber": "postal_code",
    "InsuredCardClassification": "card_class",
    "PersonalFamilyClassification": "relation",
    "InsuredName": "insured_name",
    "ReasonOfLoss": "loss_reason",
    "ReferenceNumber": "reference_number",
    "PublicExpenseNumber": "public_expense_number",
    "BeneficiaryNumber": "beneficiary_number",
    "WelfareOfficeName": "welfare_office",
    "LimitApplicationCertificateRelatedInfo/LimitApplicationCertificateClassificationFlag": "limit_class",
}
_DATE = {
    "Birthdate": "birth_date",
    "QualificationDate": "qualified_on",
    "DisqualificationDate": "disqualified_on",
    "InsuredCertificateIssuanceDate": "issued_on",
    "InsuredCardValidDate": "valid_from",
    "InsuredCardExpirationDate": "valid_to",
    "ElderlyRecipientCertificateInfo/ElderlyRecipientValidStartDate": "elderly_from",
    "ElderlyRecipientCertificateInfo/ElderlyRecipientValidEndDate": "elderly_to",
    "LimitApplicationCertificateRelatedInfo/LimitApplicationCertificateValidStartDate": "limit_from",
    "LimitApplicationCertificateRelatedInfo/LimitApplicationCertificateValidEndDate": "limit_to",
}
_RATIO = {
    "InsuredPartialContributionRatio": "contribution_ratio",
    "ElderlyRecipientCertificateInfo/ElderlyRecipientContributionRatio": "elderly_ratio",
}
_ELSEWHERE = frozenset({"ArbitraryIdentifier", "PrescriptionIssueSelect"})  # part of the answer, not of the person
_FLAG, _TIME, _UNTIL = "ConsFlg", "ConsTime", "AvailableTime"
_DISEASES = "SpecificDiseasesCertificateList"
_TICKET_PLACE = re.compile(r"PublicExpenseResultList(?:\[\d+\])?/MedicalTicketInfo(?:\[\d+\])?")
_HERE = {"0": True, "1": False}  # OQSCD026
_DISEASE_PARTS = (
    "SpecificDiseasesDiseaseCategory",
    "SpecificDiseasesValidStartDate",
    "SpecificDiseasesValidEndDate",
    "SpecificDiseasesSelfPay",
)


def text(parent: Element, name: str) -> str | None:
    """Text of a child without surrounding blanks; None where it is absent or blank."""
    found = parent.find(name)
    return (found.text or "").strip() or None if found is not None else None


def as_date(value: str | None) -> date | None:
    """`YYYYMMDD`; None for anything that is no day of the calendar."""
    if value is None or len(value) != 8 or not value.isascii() or not value.isdecimal():
        return None
    try:
        return date(int(value[:4]), int(value[4:6]), int(value[6:]))
    except ValueError:
        return None


def as_time(value: str | None) -> datetime | None:
    """`YYYYMMDDHHmmss`, naive local Japanese time."""
    if value is None or len(value) != 14 or not value.isascii() or not value.isdecimal():
        return None
    try:
        return datetime(*(int(value[a:b]) for a, b in ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14))))  # type: ignore[arg-type]
    except ValueError:
        return None


def as_ratio(value: str | None) -> int | None:
    """Three digits per cent; None for more than 100."""
    number = _as_number(value)
    return number if number is not None and number <= 100 else None


def _as_number(value: str | None) -> int | None:
    return int(value) if value and len(value) <= 9 and value.isascii() and value.isdecimal() else None


def leaves(parent: Element) -> Iterator[tuple[str, str]]:
    """Path and text of every element below that has text; repeated siblings get an index from the second on."""
    seen: Counter[str] = Counter()
    for child in parent:
        seen[child.tag] += 1
        step = child.tag if seen[child.tag] == 1 else f"{child.tag}[{seen[child.tag]}]"
        own = (child.text or "").strip()
        if own:
            yield step, own
        for path, value in leaves(child):
            yield f"{step}/{path}", value


class Known:
    """Header and body outside the persons: elements are taken by name, `rest` is what nobody took."""

    def __init__(self, *parts: Element) -> None:
        self._left: dict[str, str] = {}
        for part in parts:
            for path, value in leaves(part):
                if not path.startswith("ResultList/ResultOfQualificationConfirmation"):
                    self._left[f"{part.tag}/{path}"] = value
        self._names = tuple(part.tag for part in parts)

    def take(self, name: str) -> str | None:
        return self._take(name, lambda value: value)

    def take_date(self, name: str) -> date | None:
        return self._take(name, as_date)

    def take_time(self, name: str) -> datetime | None:
        return self._take(name, as_time)

    def _take(self, name: str, convert: Callable[[str | None], T | None]) -> T | None:
        found = (_taken(self._left, f"{part}/{name}", convert) for part in self._names)
        return next((value for value in found if value is not None), None)

    def rest(self) -> tuple[tuple[str, str], ...]:
        return tuple(self._left.items())


def person(element: Element) -> InsuredPerson:
    """One ResultOfQualificationConfirmation. Text that does not fit its place stays in `other`."""
    left = dict(leaves(element))
    for name in _ELSEWHERE:
        left.pop(name, None)
    values: dict[str, object] = {field: left.pop(name, None) for name, field in _TEXT.items()}
    values |= {field: _taken(left, name, as_date) for name, field in _DATE.items()}
    values |= {field: _taken(left, name, as_ratio) for name, field in _RATIO.items()}
    number = left.pop("InsurerNumber", None)
    values["insurer_number"] = normal_insurer_number(number) if number else None
    values["preschool"] = left.get("PreschoolClassification") == "1"
    if values["preschool"]:
        del left["PreschoolClassification"]
    values["specific_diseases"] = _diseases(left)
    values["tickets"] = _tickets(left)
    values["consents"] = _consents(left)
    return InsuredPerson(**values, other=tuple(left.items()))  # type: ignore[arg-type]


def _consents(left: dict[str, str]) -> tuple[ConsentState, ...]:
    """Every group that has a flag, known to us or not; one with a time that is no time keeps the text in `left`."""
    states = []
    for path in [p for p in left if p.endswith(_FLAG) and "/" not in p]:
        group = path.removesuffix(_FLAG)
        at, until = (_taken(left, group + ending, as_time) for ending in (_TIME, _UNTIL))
        states.append(ConsentState(group, left.pop(path), at, until))
    return tuple(states)


def _diseases(left: dict[str, str]) -> tuple[SpecificDisease, ...]:
    """Accepts the fields inside SpecificDiseasesCertificateInfo and directly under a repeated list element."""
    found: dict[str, dict[str, str]] = {}
    for path in [p for p in left if p.startswith(_DISEASES)]:
        place, _, name = path.rpartition("/")
        if name in _DISEASE_PARTS:
            found.setdefault(place, {})[name] = left.pop(path)
    category, start, end, pay = _DISEASE_PARTS
    return tuple(
        SpecificDisease(
            parts.get(category), as_date(parts.get(start)), as_date(parts.get(end)), _as_number(parts.get(pay))
        )
        for parts in found.values()
    )


def _tickets(left: Mapping[str, str]) -> tuple[MedicalTicket, ...]:
    """Every ticket in the order of the file. The elements stay in `left`: most of a ticket is not modelled."""
    found: dict[str, dict[str, str]] = {}
    for path, value in left.items():
        place, _, name = path.rpartition("/")
        if _TICKET_PLACE.fullmatch(place):
            found.setdefault(place, {})[name] = value
    return tuple(
        MedicalTicket(
            parts.get("TicketType"),
            as_date(parts.get("MedicalTicketValidDate")),
            as_date(parts.get("MedicalTicketExpirationDate")),
            _HERE.get(parts.get("DesignatedMedicalInstitutionFlag", "")),
            _as_number(parts.get("SelfPayAmount")),
        )
        for parts in found.values()
    )


def _taken(left: dict[str, str], name: str, convert: Callable[[str | None], T | None]) -> T | None:
    value = convert(left.get(name))
    if value is not None:
        del left[name]
    return value
