"""The answer as a FHIR R4 bundle.

Source: eligibility interface reference 8 (JP Core 1.2 on R4). `fhir.resources.R4B` checks the structure of every
bundle before it leaves; it does not check JP Core's slices. Code systems under `CODE_SYSTEM` are ours.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any

from fhir.resources.R4B.bundle import Bundle
from pydantic import ValidationError

from kiosk.domain.ceilings import limit_in_force
from kiosk.domain.codes import code_text
from kiosk.domain.eligibility import ASSISTANCE, EligibilityAnswer, InsuredPerson
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.kana import full_width_kana
from kiosk.domain.outcome import Eligibility
from kiosk.domain.rules import RuleTable
from kiosk.ports.handover import FinishedVisit

JP_CORE = "http://jpfhir.jp/fhir/core"
CODE_SYSTEM = "urn:x-madoguchi:CodeSystem"
_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
_JAPAN = timezone(timedelta(hours=9))
_SPACE = uuid.UUID("6d61646f-6775-4368-8000-000000000001")  # of the ids, so that a visit gives the same bundle again
_IN_FORCE = frozenset({Eligibility.VALID, Eligibility.NOT_REGISTERED_FACILITY})
_GENDER = {"1": "male", "2": "female"}

Resource = dict[str, Any]


def bundle_json(visit: FinishedVisit, codes: RuleTable, institution_name: str) -> bytes:
    """Raises `Fatal(INTERNAL)`, naming the place and never the value, where the bundle is no valid R4."""
    data = bundle(visit, codes, institution_name)
    try:
        Bundle.model_validate(data)
    except ValidationError as error:
        places = ", ".join(".".join(str(step) for step in e["loc"]) for e in error.errors(include_input=False)[:3])
        raise Fatal(FailureCode.INTERNAL, f"fhir {places}") from None
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def bundle(visit: FinishedVisit, codes: RuleTable, institution_name: str) -> Resource:
    """Patient, insurer, institution, coverage of every person of the answer, then request and response.

    Several persons give several patients and no response about any of them. Raises ValueError without an answer.
    """
    if visit.answer is None:
        raise ValueError("a visit without an answer")
    made = _Maker(visit, visit.answer, codes)
    entries = made.entries(institution_name)
    return {
        "resourceType": "Bundle",
        "id": made.id_of("Bundle"),
        "type": "collection",
        "timestamp": _moment(visit.at),
        "entry": entries,
    }


class _Maker:
    def __init__(self, visit: FinishedVisit, answer: EligibilityAnswer, codes: RuleTable) -> None:
        self._visit, self._answer, self._codes = visit, answer, codes
        self._on = answer.confirmed_on or visit.at.astimezone(_JAPAN).date()
        self._alone = _is_one_person(answer)

    def id_of(self, what: str) -> str:
        return str(uuid.uuid5(_SPACE, f"{self._visit.visit_id}/{what}"))

    def entries(self, institution_name: str) -> list[Resource]:
        institution = {
            "resourceType": "Organization",
            "meta": _profile("JP_Organization"),
            "identifier": [
                {
                    "system": f"{JP_CORE}/IdSystem/insurance-medical-institution-no",
                    "value": self._visit.institution_code,
                }
            ],
            "name": institution_name,
        }
        entries = [self._entry("institution", institution)]
        # 医療扶助 beside the insurance is another coverage of the same person, and comes after it.
        persons = tuple(sorted(self._answer.persons, key=_is_assistance)) or (InsuredPerson(),)
        covered: list[int] = []
        for index, person in enumerate(persons):
            if index == 0 or not self._alone:
                number = self._visit.patient_number if self._alone else None
                entries.append(self._entry(f"patient{index}", self._patient(person, number)))
            if person.insurer_number or person.public_expense_number:
                entries.append(self._entry(f"insurer{index}", _insurer(person)))
                entries.append(self._entry(f"coverage{index}", self._coverage(person, index)))
                covered.append(index)
        told = [(index, persons[index]) for index in covered] if self._alone else []
        entries.append(self._entry("request", self._request([index for index, _ in told])))
        entries.append(self._entry("response", self._response(told)))
        return entries

    def _entry(self, what: str, resource: Resource) -> Resource:
        kept = {key: value for key, value in resource.items() if value not in (None, [], {})}
        own = self.id_of(what)
        return {"fullUrl": f"urn:uuid:{own}", "resource": {"resourceType": kept.pop("resourceType"), "id": own, **kept}}

    def _reference(self, what: str) -> Resource:
        return {"reference": f"urn:uuid:{self.id_of(what)}"}

    def _patient(self, person: InsuredPerson, number: str | None) -> Resource:
        number = number or person.reference_number
        names = [
            _name(text, kind)
            for text, kind in ((person.name, "IDE"), (full_width_kana(person.kana or ""), "SYL"))
            if text
        ]
        system = f"urn:oid:1.2.392.100495.20.3.51.1{self._visit.institution_code}"
        place = {"text": person.address, "postalCode": person.postal_code, "country": "JP"}
        return {
            "resourceType": "Patient",
            "meta": _profile("JP_Patient"),
            "identifier": [{"system": system, "value": number}] if number else [],
            "name": names,
            "gender": _GENDER.get(person.sex or "", "unknown"),
            "birthDate": person.birth_date.isoformat() if person.birth_date else None,
            "address": [{key: value for key, value in place.items() if value}] if person.address else [],
        }

    def _coverage(self, person: InsuredPerson, at: int) -> Resource:
        symbol, number = _one_width(person.symbol), _one_width(person.number or person.beneficiary_number)
        branch = person.branch or ""
        insurer = (person.insurer_number or person.public_expense_number or "").rjust(8, "0")
        extension = f"{JP_CORE}/Extension/StructureDefinition/JP_Coverage_InsuredPerson"
        parts = (("Symbol", symbol), ("Number", number), ("SubNumber", branch))
        share = self._visit.share_percent if self._alone and at == 0 else None
        relation = {"1": "被保険者", "2": "被扶養者"}.get(person.relation or "")
        ends = min((day for day in (person.valid_to, person.disqualified_on) if day), default=None)
        return {
            "resourceType": "Coverage",
            "meta": _profile("JP_Coverage"),
            "extension": [{"url": f"{extension}{name}", "valueString": value} for name, value in parts if value],
            "identifier": [
                {
                    "system": "http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID",
                    "value": f"{insurer}:{symbol}:{number}:{branch}",
                },
                {
                    "system": f"{JP_CORE}/IdSystem/JP_Coverage_id",
                    "value": ",".join(f'"{part}"' for part in (insurer, _wide(symbol), _wide(number), branch)),
                },
            ],
            "status": "active" if self._answer.eligibility in _IN_FORCE else "cancelled",
            "subscriberId": f"{_wide(symbol)}:{_wide(number)}" if number else None,
            "beneficiary": self._reference(f"patient{0 if self._alone else at}"),
            "dependent": branch or None,
            "relationship": _coded(f"{JP_CORE}/mhlw/CodeSystem/InsuredPersonCategory", person.relation, relation)
            if relation
            else None,
            "period": _period(person.valid_from or person.qualified_on, ends),
            "payor": [self._reference(f"insurer{at}")],
            "order": at + 1 if self._alone else 1,
            "costToBeneficiary": [
                {
                    "type": _coded(f"{_TERMINOLOGY}/coverage-copay-type", "copaypct"),
                    "valueQuantity": {
                        "value": share,
                        "unit": "%",
                        "system": "http://unitsofmeasure.org",
                        "code": "%",
                    },
                }
            ]
            if share is not None
            else [],
        }

    def _request(self, covered: Sequence[int]) -> Resource:
        return {
            "resourceType": "CoverageEligibilityRequest",
            "status": "active",
            "purpose": ["validation", "benefits"],
            "patient": self._subject(),
            "servicedDate": self._on.isoformat(),
            "created": _moment(self._visit.at),
            "provider": self._reference("institution"),
            "insurer": self._insurer_reference(covered),
            "insurance": [{"focal": at == 0, "coverage": self._reference(f"coverage{at}")} for at in covered],
        }

    def _response(self, covered: Sequence[tuple[int, InsuredPerson]]) -> Resource:
        answer = self._answer
        failed = answer.eligibility is Eligibility.UNCONFIRMED
        validity = _VALIDITY.get(answer.eligibility)
        words = [code_text(self._codes, "QualificationValidity", validity, self._on), answer.message]
        insurance = [
            {
                "coverage": self._reference(f"coverage{at}"),
                "inforce": answer.eligibility in _IN_FORCE,
                "benefitPeriod": _period(person.valid_from or person.qualified_on, person.valid_to),
                "item": self._items(person),
            }
            for at, person in covered
        ]
        return {
            "resourceType": "CoverageEligibilityResponse",
            "status": "active",
            "purpose": ["validation", "benefits"],
            "patient": self._subject(),
            "servicedDate": self._on.isoformat(),
            "created": _moment(answer.processed_at or self._visit.at),
            "requestor": self._reference("institution"),
            "request": self._reference("request"),
            "outcome": "error" if failed else "complete",
            "disposition": "　".join(text for text in words if text) or None,
            "insurer": self._insurer_reference([at for at, _ in covered]),
            "insurance": [
                {key: value for key, value in one.items() if value not in (None, {}, [])} for one in insurance
            ],
            "error": [{"code": _coded(f"{CODE_SYSTEM}:processing-result", answer.message_code or "unconfirmed")}]
            if failed
            else [],
        }

    def _subject(self) -> Resource:
        """Nobody is chosen among several."""
        return self._reference("patient0") if self._alone else {"display": "複数該当"}

    def _insurer_reference(self, covered: Sequence[int]) -> Resource:
        """The element is mandatory: without an insurer a display takes its place."""
        return self._reference(f"insurer{covered[0]}") if covered else {"display": "保険者不明"}

    def _items(self, person: InsuredPerson) -> list[Resource]:
        items = []
        limit = limit_in_force(person, self._on)
        if limit:
            word = code_text(self._codes, "LimitApplicationCertificateClassificationFlag", limit, self._on)
            items.append(_item("limit", "limit-class", limit, word))
        for disease in person.specific_diseases:
            if disease.category and disease.in_force(self._on):
                word = code_text(self._codes, "SpecificDiseasesDiseaseCategory", disease.category, self._on)
                items.append(_item("specific-disease", "specific-disease", disease.category, word))
        return items


_VALIDITY = {
    Eligibility.VALID: "1",
    Eligibility.INVALID: "2",
    Eligibility.INVALID_NEWER: "3",
    Eligibility.NOT_FOUND: "4",
    Eligibility.MULTIPLE: "5",
    Eligibility.NOT_REGISTERED_FACILITY: "6",
}


def _is_one_person(answer: EligibilityAnswer) -> bool:
    """One, or one with 医療扶助 beside the insurance."""
    persons = answer.persons
    if len(persons) != 2:
        return len(persons) < 2
    once = sum(map(_is_assistance, persons)) == 1 and answer.eligibility is not Eligibility.MULTIPLE
    return once and persons[0].birth_date == persons[1].birth_date


def _is_assistance(person: InsuredPerson) -> bool:
    return person.card_class == ASSISTANCE


def _insurer(person: InsuredPerson) -> Resource:
    number = person.insurer_number or person.public_expense_number or ""
    return {
        "resourceType": "Organization",
        "meta": _profile("JP_Organization"),
        "identifier": [{"system": f"{JP_CORE}/mhlw/IdSystem/InsurerNumber", "value": number.rjust(8, "0")}],
        "type": [_coded(f"{_TERMINOLOGY}/organization-type", "pay")],
        "name": person.insurer_name or person.welfare_office or number,
    }


def _item(category: str, system: str, code: str, word: str | None) -> Resource:
    return {
        "category": _coded(f"{CODE_SYSTEM}:eligibility-item", category),
        "benefit": [{"type": _coded(f"{CODE_SYSTEM}:{system}", code, word), "allowedString": code}],
    }


def _coded(system: str, code: str | None, display: str | None = None) -> Resource:
    coding = {"system": system, "code": code, "display": display}
    return {"coding": [{key: value for key, value in coding.items() if value}]}


def _profile(name: str) -> Resource:
    return {"profile": [f"{JP_CORE}/StructureDefinition/{name}"]}


def _name(text: str, representation: str) -> Resource:
    family, _, given = text.replace("　", " ").partition(" ")
    name: Resource = {
        "extension": [
            {
                "url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation",
                "valueCode": representation,
            }
        ],
        "use": "official",
        "text": text.replace(" ", "　"),
        "family": family,
    }
    return name | ({"given": [given.strip()]} if given.strip() else {})


def _one_width(text: str | None) -> str:
    """Wholly half width, or wholly full width where it holds kana or kanji; no blanks."""
    narrow = "".join(c for c in full_width_kana(text or "") if not c.isspace())
    return narrow if narrow.isascii() else _wide(narrow)


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _period(start: date | None, end: date | None) -> Resource:
    days = {"start": start, "end": end}
    return {key: day.isoformat() for key, day in days.items() if day}


def _moment(moment: datetime) -> str:
    """A naive time is Japanese, as the interface writes it."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=_JAPAN)
    return aware.astimezone(_JAPAN).isoformat(timespec="seconds")
