"""Requests as the terminal reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

NUMBER = "OQSsiquc01req"
CARD = "SIMsicard01req"
CONSENTS = "SIMsicons01req"
REGISTRATION = "SIMsireg01req"
KINDS = (NUMBER, CARD, CONSENTS, REGISTRATION)


@dataclass(frozen=True)
class Request:
    """One request file. `items` are the elements of its body by name."""

    name: str
    kind: str
    on: date
    institution_code: str
    identifier: str
    items: dict[str, str]

    @property
    def answer_name(self) -> str:
        """Name in `res`; the simulation's own requests are answered under the official name."""
        return f"OQSsiquc01res_{self.name.partition('_')[2]}"

    def birth_date(self) -> date | None:
        return _date(self.items.get("Birthdate"))

    def consent_time(self) -> datetime | None:
        try:
            return datetime.strptime(self.items.get("ConsentTime", ""), "%Y%m%d%H%M%S")
        except ValueError:
            return None


def read_request(name: str, content: bytes) -> Request | None:
    """None where the file is no request that can be answered."""
    kind = name.partition("_")[0]
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        return None
    header, body = root.find("MessageHeader"), root.find("MessageBody")
    if header is None or body is None or len(body) == 0:
        return None
    on = _date(header.findtext("QualificationConfirmationDate"))
    institution = header.findtext("MedicalInstitutionCode")
    if on is None or not institution:
        return None
    return Request(
        name=name,
        kind=kind,
        on=on,
        institution_code=institution,
        identifier=header.findtext("ArbitraryFileIdentifier") or "",
        items={element.tag: element.text or "" for element in body[0]},
    )


def _date(text: str | None) -> date | None:
    try:
        return datetime.strptime(text or "", "%Y%m%d").date()
    except ValueError:
        return None
