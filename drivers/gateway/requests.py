"""Request files in the official form (eligibility interface reference 1.3 to 1.5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from xml.etree.ElementTree import Element, SubElement, tostring

from kiosk.domain.insurance import padded_insurer_number
from kiosk.ports.eligibility import NumberQuery

NUMBER = "OQSsiquc01req"
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
_JAPAN = timezone(timedelta(hours=9))  # the interface knows no other time


def time14(moment: datetime) -> str:
    """`YYYYMMDDHHmmss` in Japanese time. A naive time is taken as Japanese already."""
    return f"{moment.astimezone(_JAPAN) if moment.tzinfo else moment:%Y%m%d%H%M%S}"


def document(header: Mapping[str, str], group: str, items: Mapping[str, str | None]) -> bytes:
    """One message in UTF-8. Empty optional items are left out, as the interface asks."""
    root = Element("XmlMsg")
    head = SubElement(root, "MessageHeader")
    for name, value in header.items():
        SubElement(head, name).text = value
    body = SubElement(SubElement(root, "MessageBody"), group)
    for name, item in items.items():
        if item:
            SubElement(body, name).text = item
    return _DECLARATION + tostring(root, encoding="unicode").encode("utf-8")


def number_request(query: NumberQuery, institution_code: str, identifier: str) -> bytes:
    """A look-up by insurance numbers. 限度額 data are always asked for: the screen for it ended on 2024-10-07."""
    return document(
        {
            "QualificationConfirmationDate": f"{query.on:%Y%m%d}",
            "MedicalInstitutionCode": institution_code,
            "ArbitraryFileIdentifier": identifier,
        },
        "QualificationConfirmSearchInfo",
        {
            "InsurerNumber": padded_insurer_number(query.insurer_number),
            "InsuredCardSymbol": query.symbol,
            "InsuredIdentificationNumber": query.number,
            "InsuredBranchNumber": query.branch,
            "Birthdate": f"{query.birth_date:%Y%m%d}",
            "LimitApplicationCertificateRelatedConsFlg": "1",
            "ArbitraryIdentifier": identifier,
        },
    )
