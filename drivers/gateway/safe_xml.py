"""Text and tree of a file from outside: no entities, no document type, limits on size, depth and number of elements.

Source: eligibility interface reference 1.4. Whatever the bytes are, only `NeedsStaff` comes out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import DefusedXMLParser  # type: ignore[import-untyped]

from kiosk.domain.failures import FailureCode, NeedsStaff

_DECLARATION = re.compile(rb"""\A<\?xml[^>]{0,200}?\?>""")
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_CODECS = {"utf-8": "utf-8", "utf8": "utf-8"} | dict.fromkeys(
    ("shift_jis", "shift-jis", "sjis", "windows-31j", "cp932", "ms932"), "cp932"
)


@dataclass(frozen=True)
class Limits:
    """What a file may measure at most."""

    size: int  # bytes
    elements: int
    depth: int = 16  # the deepest known element of a single result lies at 7, of a bulk result at 8


SINGLE = Limits(size=1 << 20, elements=20_000)
"""A result of one look-up is about 5 kB."""

BULK = Limits(size=64 << 20, elements=1_000_000)
"""A bulk result holds some 60 elements and 4 kB for each patient."""


def parse(content: bytes, limits: Limits = SINGLE) -> tuple[Element, str]:
    """The root element, and the codec the text was decoded with.

    Raises `NeedsStaff(ANSWER_ENCRYPTED)` where the content is no XML text at all, `NeedsStaff(ANSWER_DAMAGED)`
    where it is cut off, malformed, in an unknown encoding or over the limits.
    """
    text, codec = _decoded(content, limits)
    return _tree(text, limits), codec


def damaged(detail: str) -> NeedsStaff:
    return NeedsStaff(FailureCode.ANSWER_DAMAGED, detail)


def _decoded(content: bytes, limits: Limits) -> tuple[str, str]:
    """The text without its declaration."""
    if len(content) > limits.size:
        raise damaged("too large")
    stripped = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not stripped.strip(b"\0 \t\r\n") or stripped.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise damaged("empty or of another encoding")
    if not stripped.startswith(b"<"):
        raise NeedsStaff(FailureCode.ANSWER_ENCRYPTED)
    declaration = _DECLARATION.match(stripped)
    named = _ENCODING.search(declaration.group()) if declaration else None
    codec = _CODECS.get(named.group(1).decode("ascii").lower()) if named else "utf-8"
    if codec is None:
        raise damaged("unknown encoding")
    try:
        return stripped[declaration.end() if declaration else 0 :].decode(codec), codec
    except UnicodeDecodeError:
        raise damaged("wrong bytes for its encoding") from None


class _LimitedBuilder(TreeBuilder):
    """Builds the tree with local names and stops at the limits. The interface knows no namespaces; a writer that adds
    one means the same elements."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self._limits = limits
        self._depth = self._elements = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._elements += 1
        if self._depth > self._limits.depth or self._elements > self._limits.elements:
            raise ValueError("limit")
        return super().start(_local(tag), attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(_local(tag))


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _tree(text: str, limits: Limits) -> Element:
    builder = _LimitedBuilder(limits)
    parser = DefusedXMLParser(target=builder, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(text)
        root = parser.close()
    except (ParseError, DefusedXmlException, ValueError):
        # the parser's own text may quote the file
        raise damaged("not well formed or over a limit") from None
    if not isinstance(root, Element):
        raise damaged("no root")
    return root
