"""Command and response APDUs (ISO/IEC 7816-4, 5.1 and 5.2): building them and taking them apart.

Short form is used wherever it suffices; extended form only for more than 255 bytes of data or more than 256
expected bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SHORT_DATA_LIMIT = 255
SHORT_ANSWER_LIMIT = 256
EXTENDED_DATA_LIMIT = 65_535
EXTENDED_ANSWER_LIMIT = 65_536


class ApduError(ValueError):
    """The bytes are no APDU, or a field is outside its range."""


@dataclass(frozen=True)
class CommandApdu:
    """One command. `expected` is Ne: the most bytes the answer may hold, None when no data is expected.

    `data` stays out of `repr`, since it may be a PIN.
    """

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = field(default=b"", repr=False)
    expected: int | None = None

    def __post_init__(self) -> None:
        if any(not 0 <= value <= 0xFF for value in (self.cla, self.ins, self.p1, self.p2)):
            raise ApduError("header byte out of range")
        if len(self.data) > EXTENDED_DATA_LIMIT:
            raise ApduError("too much data")
        if self.expected is not None and not 1 <= self.expected <= EXTENDED_ANSWER_LIMIT:
            raise ApduError("expected length out of range")

    @property
    def extended(self) -> bool:
        """Whether only the extended form can carry this command."""
        return len(self.data) > SHORT_DATA_LIMIT or (self.expected or 0) > SHORT_ANSWER_LIMIT

    def encode(self) -> bytes:
        head = bytes((self.cla, self.ins, self.p1, self.p2))
        if not self.extended:
            body = bytes((len(self.data),)) + self.data if self.data else b""
            tail = b"" if self.expected is None else bytes((self.expected & 0xFF,))
            return head + body + tail
        body = b"\x00" + len(self.data).to_bytes(2, "big") + self.data if self.data else b""
        if self.expected is None:
            return head + body
        mark = b"" if self.data else b"\x00"
        return head + body + mark + (self.expected & 0xFFFF).to_bytes(2, "big")

    @classmethod
    def decode(cls, raw: bytes) -> CommandApdu:
        """Raises `ApduError`. A lone `Lc` of zero counts as no data (some stacks add it to a counter query)."""
        if len(raw) < 4:
            raise ApduError("shorter than a header")
        data, expected = _body(raw[4:])
        return cls(raw[0], raw[1], raw[2], raw[3], data, expected)


def _body(body: bytes) -> tuple[bytes, int | None]:
    if not body:
        return b"", None
    if len(body) == 1:
        return b"", body[0] or SHORT_ANSWER_LIMIT
    if body[0]:
        end = 1 + body[0]
        return _split(body, 1, end, 1, SHORT_ANSWER_LIMIT)
    if len(body) == 3:
        return b"", int.from_bytes(body[1:3], "big") or EXTENDED_ANSWER_LIMIT
    if len(body) < 3:
        raise ApduError("length field is cut off")
    end = 3 + int.from_bytes(body[1:3], "big")
    if end == 3:
        raise ApduError("extended length of no data")
    return _split(body, 3, end, 2, EXTENDED_ANSWER_LIMIT)


def _split(body: bytes, start: int, end: int, le_size: int, unlimited: int) -> tuple[bytes, int | None]:
    if len(body) == end:
        return body[start:end], None
    if len(body) == end + le_size:
        return body[start:end], int.from_bytes(body[end:], "big") or unlimited
    raise ApduError("length field and length differ")


@dataclass(frozen=True)
class ResponseApdu:
    """One answer: data, and the status word as a number. Data stays out of `repr`."""

    data: bytes = field(repr=False)
    status: int

    @classmethod
    def decode(cls, raw: bytes) -> ResponseApdu:
        """Raises `ApduError`."""
        if not 2 <= len(raw) <= EXTENDED_ANSWER_LIMIT + 2:
            raise ApduError("an answer has two status bytes")
        return cls(bytes(raw[:-2]), int.from_bytes(raw[-2:], "big"))

    def encode(self) -> bytes:
        return self.data + self.status.to_bytes(2, "big")
