"""Request files in the official form (eligibility interface reference 1.3 to 1.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from xml.etree.ElementTree import Element, SubElement, tostring

from kiosk.domain.insurance import padded_insurer_number
from kiosk.ports.eligibility import NumberQuery, ReferenceRegistration

NUMBER = "OQSsiquc01req"
REFERENCE = "OQSsiimm01req"
BULK_UPLOAD = "OQSmuquc01req"
BULK_COLLECT = "OQSmuquc02req"
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
_JAPAN = timezone(timedelta(hours=9))  # the interface knows no other time


def time14(moment: datetime) -> str:
    """`YYYYMMDDHHmmss` in Japanese time. A naive time is taken as Japanese already."""
    return f"{moment.astimezone(_JAPAN) if moment.tzinfo else moment:%Y%m%d%H%M%S}"


def document(header: Mapping[str, str], group: str, *items: Mapping[str, str | None]) -> bytes:
    """One message in UTF-8 with one group for each of `items`. Empty optional items are left out, as the interface
    asks."""
    root = Element("XmlMsg")
    head = SubElement(root, "MessageHeader")
    for name, value in header.items():
        SubElement(head, name).text = value
    body = SubElement(root, "MessageBody")
    for values in items:
        element = SubElement(body, group)
        for name, item in values.items():
            if item:
                SubElement(element, name).text = item
    return _DECLARATION + tostring(root, encoding="unicode").encode("utf-8")


def number_request(query: NumberQuery, institution_code: str, identifier: str) -> bytes:
    """A look-up by insurance numbers."""
    header = {"QualificationConfirmationDate": f"{query.on:%Y%m%d}", **_header(institution_code, identifier)}
    return document(header, "QualificationConfirmSearchInfo", _search(query, identifier))


def reference_request(registration: ReferenceRegistration, institution_code: str, identifier: str) -> bytes:
    """Registers a 照会番号."""
    return document(
        _header(institution_code, identifier),
        "ReferenceNumberRegistrationInfo",
        {
            "ReferenceNumber": registration.reference_number,
            "InsurerNumber": padded_insurer_number(registration.insurer_number),
            "InsuredCardSymbol": registration.symbol,
            "InsuredIdentificationNumber": registration.number,
            "InsuredBranchNumber": registration.branch,
        },
    )


def bulk_request(queries: Sequence[NumberQuery], on: date, institution_code: str, identifier: str) -> bytes:
    """Upload of a bulk look-up. That its body repeats the group of the single look-up is unverified: the layout of
    this request is not public (reference 1.3 names the files only)."""
    header = {"QualificationConfirmationDate": f"{on:%Y%m%d}", **_header(institution_code, identifier)}
    return document(header, "QualificationConfirmSearchInfo", *(_search(query, query.visit_id) for query in queries))


def collect_request(reception_number: str, institution_code: str, identifier: str) -> bytes:
    """Asks for the result of a bulk look-up; its body carries the ReceptionNumber only."""
    return document(_header(institution_code, identifier), "BulkConfirmInfo", {"ReceptionNumber": reception_number})


def _header(institution_code: str, identifier: str) -> dict[str, str]:
    return {"MedicalInstitutionCode": institution_code, "ArbitraryFileIdentifier": identifier}


def _search(query: NumberQuery, identifier: str) -> dict[str, str | None]:
    """限度額 data are always asked for: the screen for it ended on 2024-10-07."""
    return {
        "InsurerNumber": padded_insurer_number(query.insurer_number),
        "InsuredCardSymbol": query.symbol,
        "InsuredIdentificationNumber": query.number,
        "InsuredBranchNumber": query.branch,
        "Birthdate": f"{query.birth_date:%Y%m%d}",
        "LimitApplicationCertificateRelatedConsFlg": "1",
        "ArbitraryIdentifier": identifier,
    }
