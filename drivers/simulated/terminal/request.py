"""Requests as the terminal reads them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

NUMBER = "OQSsiquc01req"
REFERENCE = "OQSsiimm01req"
BULK_UPLOAD = "OQSmuquc01req"
BULK_COLLECT = "OQSmuquc02req"
CARD = "SIMsicard01req"
CONSENTS = "SIMsicons01req"
REGISTRATION = "SIMsireg01req"
PERSON = "SIMsiitem01req"
KINDS = (NUMBER, REFERENCE, BULK_UPLOAD, BULK_COLLECT, CARD, CONSENTS, REGISTRATION, PERSON)
_UNDATED = (REFERENCE, BULK_COLLECT)


@dataclass(frozen=True)
class Request:
    """One request file. `groups` are the groups of its body, each as elements by name."""

    name: str
    kind: str
    on: date
    institution_code: str
    identifier: str
    groups: tuple[dict[str, str], ...]

    @property
    def items(self) -> dict[str, str]:
        """The only group of a request for one person."""
        return self.groups[0]

    @property
    def answer_name(self) -> str:
        """Name in `res`; the simulation's own requests are answered under the official name."""
        kind = self.kind.removesuffix("req") if self.kind.startswith("OQS") else "OQSsiquc01"
        return f"{kind}res_{self.name.partition('_')[2]}"

    def birth_date(self) -> date | None:
        return _date(self.items.get("Birthdate"))

    def single(self, group: dict[str, str]) -> Request:
        """The same request, as if it asked for one patient of a bulk look-up."""
        return replace(self, groups=(group,))

    def consent_time(self) -> datetime | None:
        try:
            return datetime.strptime(self.items.get("ConsentTime", ""), "%Y%m%d%H%M%S")
        except ValueError:
            return None


def read_request(name: str, content: bytes) -> Request | None:
    """None where the file is no request that can be answered."""
    kind = name.partition("_")[0]
    try:
        root: Element = fromstring(_text(content), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        return None
    header, body = root.find("MessageHeader"), root.find("MessageBody")
    if header is None or body is None or len(body) == 0:
        return None
    on = _date(header.findtext("QualificationConfirmationDate"))
    institution = header.findtext("MedicalInstitutionCode")
    if on is None and kind in _UNDATED:
        on = date.min
    if on is None or not institution:
        return None
    return Request(
        name=name,
        kind=kind,
        on=on,
        institution_code=institution,
        identifier=header.findtext("ArbitraryFileIdentifier") or "",
        groups=tuple({element.tag: element.text or "" for element in group} for group in body),
    )


def _text(content: bytes) -> str:
    """Without the declaration: the parser takes no multi-byte encoding from it."""
    head, _, rest = content.partition(b"?>") if content.lstrip().startswith(b"<?xml") else (b"", b"", content)
    return rest.decode("cp932" if b"shift_jis" in head.lower() else "utf-8-sig")


def _date(text: str | None) -> date | None:
    try:
        return datetime.strptime(text or "", "%Y%m%d").date()
    except ValueError:
        return None
