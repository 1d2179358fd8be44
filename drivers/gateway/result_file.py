"""Reads one result file of the eligibility terminal (`OQSsiquc01res_….xml`).

Source: eligibility interface reference 1.4 to 1.6. Elements are found by name in any order; what is not modelled is
kept as path and text. Whatever the bytes are, only `KioskError` comes out, in bounded time and memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import DefusedXMLParser  # type: ignore[import-untyped]

from drivers.gateway import result_fields
from drivers.gateway.simulated_requests import CARD_NOT_REGISTERED, CERTIFICATE_IN_GRACE
from kiosk.domain.eligibility import EligibilityAnswer, InsuredPerson
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.domain.outcome import Eligibility

MAX_BYTES = 1 << 20  # a result of one look-up is about 5 kB
MAX_DEPTH = 16  # the deepest known element lies at 7
MAX_ELEMENTS = 20_000

_DECLARATION = re.compile(rb"""\A<\?xml[^>]{0,200}?\?>""")
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_CODECS = {"utf-8": "utf-8", "utf8": "utf-8"} | dict.fromkeys(
    ("shift_jis", "shift-jis", "sjis", "windows-31j", "cp932", "ms932"), "cp932"
)
_CODEC_OF_IDENTIFIER = {"0": "utf-8", "1": "cp932"}  # OQSCD005
_VALIDITY = {  # OQSCD006
    "1": Eligibility.VALID,
    "2": Eligibility.INVALID,
    "3": Eligibility.INVALID_NEWER,
    "4": Eligibility.NOT_FOUND,
    "5": Eligibility.MULTIPLE,
    "6": Eligibility.NOT_REGISTERED_FACILITY,
}
_WITHOUT_RESULT = frozenset({"4", "5"})  # these may come with status 2; which one is not public
_SAME_PERSON_KINDS = frozenset({"A1"})  # 医療扶助 may stand beside the insurance of the same person


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


def read_result(content: bytes) -> ResultMessage:
    """Raises `NeedsStaff(ANSWER_ENCRYPTED)` where the content is no XML text at all, `NeedsStaff(ANSWER_DAMAGED)`
    where it is cut off, malformed, not a result, or over the limits."""
    text, codec = _decoded(content)
    root = _tree(text)
    header, body = root.find("MessageHeader"), root.find("MessageBody")
    if root.tag != "XmlMsg" or header is None:
        raise _damaged("no result")
    segment = result_fields.text(header, "SegmentOfResult")
    if segment is None:
        raise _damaged("no SegmentOfResult")
    body = Element("MessageBody") if body is None else body
    identifier = result_fields.text(header, "CharacterCodeIdentifier")
    answer = _answer(header, body, _CODEC_OF_IDENTIFIER.get(identifier or "", codec) == codec)
    return ResultMessage(_branch(segment, body, answer), answer)


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
    return EligibilityAnswer(
        eligibility=_eligibility(known.take("QualificationValidity"), persons),
        confirmed_on=known.take_date("QualificationConfirmationDate"),
        processed_at=known.take_time("ProcessExecutionTime"),
        persons=persons,
        message_code=code,
        message=message,
        file_identifier=known.take("ArbitraryFileIdentifier"),
        identifier=_first_text("ArbitraryIdentifier", first, search),
        by_card=known.take("ReferenceClassification") == "1",
        card_registered=code != CARD_NOT_REGISTERED,
        medical_information_allowed=code != CERTIFICATE_IN_GRACE,
        prescription=known.take("PrescriptionIssueSelect") or _first_text("PrescriptionIssueSelect", first),
        institution_code=known.take("MedicalInstitutionCode"),
        character_code_agrees=agrees,
        other=known.rest(),
    )


def _eligibility(validity: str | None, persons: Iterable[InsuredPerson]) -> Eligibility:
    """A valid answer without a person cannot be checked against anybody, one with several is nobody's."""
    eligibility = _VALIDITY.get(validity or "", Eligibility.UNCONFIRMED)
    kinds = [person.card_class for person in persons]
    insurances = sum(kind not in _SAME_PERSON_KINDS for kind in kinds)
    if eligibility in (Eligibility.VALID, Eligibility.NOT_REGISTERED_FACILITY):
        if not kinds:
            return Eligibility.UNCONFIRMED
        if insurances > 1 or len(kinds) - insurances > 1:
            return Eligibility.MULTIPLE
    return eligibility


def _first_text(name: str, *elements: Element | None) -> str | None:
    return next((t for e in elements if e is not None and (t := result_fields.text(e, name))), None)


def _decoded(content: bytes) -> tuple[str, str]:
    """The text without its declaration, and the codec it was decoded with."""
    if len(content) > MAX_BYTES:
        raise _damaged("too large")
    stripped = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not stripped.strip(b"\0 \t\r\n") or stripped.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _damaged("empty or of another encoding")
    if not stripped.startswith(b"<"):
        raise NeedsStaff(FailureCode.ANSWER_ENCRYPTED)
    declaration = _DECLARATION.match(stripped)
    named = _ENCODING.search(declaration.group()) if declaration else None
    codec = _CODECS.get(named.group(1).decode("ascii").lower()) if named else "utf-8"
    if codec is None:
        raise _damaged("unknown encoding")
    try:
        return stripped[declaration.end() if declaration else 0 :].decode(codec), codec
    except UnicodeDecodeError:
        raise _damaged("wrong bytes for its encoding") from None


class _LimitedBuilder(TreeBuilder):
    """Builds the tree and stops at the limits."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._elements = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise ValueError("limit")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def _tree(text: str) -> Element:
    parser = DefusedXMLParser(target=_LimitedBuilder(), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(text)
        root = parser.close()
    except (ParseError, DefusedXmlException, ValueError):
        # the parser's own text may quote the file
        raise _damaged("not well formed or over a limit") from None
    if not isinstance(root, Element):
        raise _damaged("no root")
    return root


def _damaged(detail: str) -> NeedsStaff:
    return NeedsStaff(FailureCode.ANSWER_DAMAGED, detail)
