"""Commands of the card over one `transmit`, with the rules that every caller is held to.

A credential is sent once per call and never again by itself; only SELECT and reads are ever repeated. Whatever
`transmit` raises passes through untouched. An answer against the card's own rules is `NeedsStaff(CARD_BROKEN)`.
Command set: ISO/IEC 7816-4 with JICSAP 1.1.
"""

from __future__ import annotations

from drivers.card import tlv
from drivers.card.apdu import SHORT_ANSWER_LIMIT, ApduError, CommandApdu, ResponseApdu
from drivers.card.profile import Credential
from drivers.card.status import Status, bytes_waiting, name, right_length, tries_left
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.domain.secret import Secret
from kiosk.ports.card import (
    CredentialAccepted,
    CredentialBlocked,
    CredentialRejected,
    CredentialResult,
    Transmit,
)

ONE_RADIO_BLOCK = 251
"""Bytes of a read whose answer still fits one ISO/IEC 14443-4 block of 256 bytes, frame included."""

FIRST_LONG_READ = 2048
"""Where extended length works: holds every certificate at once, and little filler is read along."""

LONGEST_READ = 4096
"""In a contact slot at its lowest rate this takes 3.4 s, which stays below the deadline of an exchange."""

FILE_LIMIT = 0x8000
"""READ BINARY addresses 15 bits of offset."""

_SHORT_ID = 0x80
_NO_SUCH_APPLICATION = frozenset(
    {
        Status.FILE_NOT_FOUND,
        Status.FUNCTION_UNSUPPORTED,
        Status.INSTRUCTION_UNKNOWN,
        Status.CLASS_UNKNOWN,
        Status.WRONG_PARAMETERS,
        Status.WRONG_LENGTH,
        Status.SECURITY_STATUS_MISSING,
        Status.CONDITIONS_NOT_MET,
        Status.NO_FILE_SELECTED,
    }
)


def broken(what: str, status: int | None = None) -> NeedsStaff:
    """The failure for a card that answers against its own rules. `what` names a command or a file, never a value."""
    return NeedsStaff(FailureCode.CARD_BROKEN, what if status is None else f"{what}: {name(status)}")


class CardChannel:
    """Remembers which application is current, so that nothing is selected twice.

    `read_limit` is the most that one read asks for; above 256 the extended form is used, and given up for the
    rest of the session when the card or the reader refuses it.
    """

    def __init__(self, transmit: Transmit, read_limit: int = ONE_RADIO_BLOCK) -> None:
        self._transmit = transmit
        self._read_limit = min(read_limit, LONGEST_READ)
        self._current: bytes | None = None
        self._fresh = True

    @property
    def current(self) -> bytes | None:
        """AID of the application that is current."""
        return self._current

    def select(self, aid: bytes, *, again: bool = False) -> bool:
        """Make an application current; False when the card has none of that name.

        `again` selects even a current one, which clears its security status.
        """
        if self._current == aid and not again:
            return True
        command = CommandApdu(0x00, 0xA4, 0x04, 0x0C, aid)
        fresh, self._fresh = self._fresh, False
        self._current = None
        answer = self._exchange(command)
        if answer.status == Status.NO_DIAGNOSIS and fresh:
            answer = self._exchange(command)
        if answer.status == Status.OK:
            self._current = aid
            return True
        if answer.status in _NO_SUCH_APPLICATION:
            return False
        raise broken("SELECT", answer.status)

    def read_start(self, file: int, count: int) -> bytes | None:
        """The first `count` bytes of a file, fewer at its end; None when there is no such file."""
        return self._read(_SHORT_ID | file, 0, count, file)

    def read_object(self, file: int, *, tag: int | None = None, within: int = 0) -> bytes | None:
        """The one data object that a file begins with, without the filler behind it.

        The header in the first answer tells the length, so no exchange is spent on it alone. With `tag` the object
        may begin up to `within` bytes late. None when the file does not exist or holds only filler.
        """
        start = self._read(_SHORT_ID | file, 0, min(self._read_limit, FIRST_LONG_READ), file)
        if start is None:
            return None
        begin = 0 if tag is None else max(start.find(tlv.encode(tag, b"")[:-1], 0, within + 2), 0)
        if len(start) == begin or start[begin] == 0x00 or start[begin : begin + 2] == b"\xff\xff":
            return None
        try:
            end = begin + tlv.parse_header(start, begin).total
        except tlv.TlvError:
            raise broken(f"file {file:04X}") from None
        if end > FILE_LIMIT:
            raise broken(f"file {file:04X}")
        content = bytearray(start[:end])
        while len(content) < end:
            offset = len(content)
            part = self._read(offset >> 8, offset & 0xFF, min(self._read_limit, end - offset), file)
            if not part:
                raise broken(f"file {file:04X} is cut off")
            content += part
        return bytes(content[begin:])

    def tries(self, credential: Credential) -> int | None:
        """The counter of a credential, which costs nothing to ask; 0 when blocked, None when the card has no such
        credential, or when it says only that the credential is already verified."""
        answer = self._exchange(CommandApdu(0x00, 0x20, 0x00, _SHORT_ID | credential.file))
        if answer.status in (Status.OK, Status.FILE_NOT_FOUND, Status.WRONG_FILE_STRUCTURE):
            return None
        left = tries_left(answer.status)
        if left is None:
            raise broken("VERIFY", answer.status)
        return left

    def present(self, credential: Credential, value: Secret) -> CredentialResult:
        """Present a credential once, and wipe it whatever happens.

        Raises `ValueError` without touching the counter when the value cannot be a credential of this kind.
        """
        command = bytearray((0x00, 0x20, 0x00, _SHORT_ID | credential.file, len(value)))
        try:
            digits = value.reveal()
            if credential.digits is not None and (len(digits) != credential.digits or not digits.isdigit()):
                raise ValueError("not in the form of this credential")
            command += digits
            # `transmit` takes immutable bytes: that one copy cannot be overwritten, and lives for this call only.
            answer = self._answer(self._transmit(bytes(command)))
        finally:
            command[:] = bytes(len(command))
            value.wipe()
        if answer.status == Status.OK:
            return CredentialAccepted()
        left = tries_left(answer.status)
        if left is None:
            raise broken("VERIFY", answer.status)
        return CredentialRejected(left) if left else CredentialBlocked()

    def sign(self, key: int | None, data: bytes) -> ResponseApdu:
        """COMPUTE DIGITAL SIGNATURE with the key in a file, or with the application's own key (None)."""
        reference = 0x00 if key is None else _SHORT_ID | key
        return self._exchange(CommandApdu(0x80, 0x2A, 0x00, reference, data, SHORT_ANSWER_LIMIT))

    def _read(self, p1: int, p2: int, count: int, file: int) -> bytes | None:
        answer = self._exchange(CommandApdu(0x00, 0xB0, p1, p2, expected=count))
        if answer.status == Status.WRONG_LENGTH and count > SHORT_ANSWER_LIMIT:
            self._read_limit = ONE_RADIO_BLOCK
            return self._read(p1, p2, ONE_RADIO_BLOCK, file)
        if answer.status in (Status.OK, Status.END_OF_FILE):
            return answer.data
        if answer.status == Status.FILE_NOT_FOUND and p1 & _SHORT_ID:
            return None
        raise broken(f"READ BINARY {file:04X}", answer.status)

    def _exchange(self, command: CommandApdu) -> ResponseApdu:
        """Send a command that is safe to repeat; follows `6Cxx` and `61xx`, which only some readers pass on."""
        answer = self._answer(self._transmit(command.encode()))
        length = right_length(answer.status)
        if length is not None and command.expected is not None:
            exact = CommandApdu(command.cla, command.ins, command.p1, command.p2, command.data, length)
            answer = self._answer(self._transmit(exact.encode()))
        collected = answer.data
        waiting = bytes_waiting(answer.status)
        while waiting is not None and command.expected is not None:
            more = self._answer(self._transmit(CommandApdu(0x00, 0xC0, 0x00, 0x00, expected=waiting).encode()))
            if not more.data:
                raise broken("GET RESPONSE", more.status)
            collected += more.data
            answer, waiting = more, bytes_waiting(more.status)
            if len(collected) > command.expected:
                break
        if len(collected) > (command.expected or 0):
            raise broken(f"INS {command.ins:02X} answers too much")
        return ResponseApdu(collected, answer.status)

    @staticmethod
    def _answer(raw: bytes) -> ResponseApdu:
        try:
            return ResponseApdu.decode(raw)
        except ApduError:
            raise broken("answer without a status word") from None
