"""The virtual Individual Number Card: one chip, from power-up to power-down."""

from __future__ import annotations

import secrets
from collections.abc import Callable, MutableMapping

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from drivers.card.apdu import ApduError, CommandApdu, ResponseApdu
from drivers.card.status import Status, with_tries
from drivers.simulated.card import atr as atrs
from drivers.simulated.card import signing
from drivers.simulated.card.applications import BY_KIND
from drivers.simulated.card.files import (
    Application,
    AuthenticationKey,
    CredentialFile,
    ElementaryFile,
    RecordFile,
    SigningKey,
    TransparentFile,
)
from drivers.simulated.card.keys import card_keys
from drivers.simulated.card.records import Contents, data_objects
from drivers.simulated.persona import Persona

PHOTO_LIMIT = 24_576
"""More than any card face is planned to hold, and little enough for a file that READ BINARY can address."""

_ISSUER_DOMAIN = bytes.fromhex("A0000001510000")
_CURRENT = 0x80
_SHORT_ID = 0x80
_SHORT_ID_MASK = 0x1F
_SHORT_HEADER = 5
"""With a length. In an extended command the last of these bytes is 00, and more follow."""


class _Refused(Exception):
    """A status word other than `9000`."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status


class VirtualCard:
    """Answers APDUs as a card would; knows no reader and no time.

    `counters` holds the tries left of every credential and outlives the object, so that a blocked PIN stays
    blocked over power cycles and visits; a fresh dict is a card from the municipality.
    `terminal_authenticated` is the SIMULATION SWITCH for what is not public: with it the user-authentication key
    signs without a PIN, as it does for certified terminals by a protocol that this card does not have.
    Raises `ValueError` for a persona without a chip and for a photo beyond the limit.
    """

    def __init__(
        self,
        persona: Persona,
        *,
        photo_jp2: bytes | None,
        counters: MutableMapping[str, int] | None = None,
        terminal_authenticated: bool = False,
        contact: bool = False,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        if persona.card.kind not in BY_KIND:
            raise ValueError("this persona's card has no chip")
        if photo_jp2 is not None and len(photo_jp2) > PHOTO_LIMIT:
            raise ValueError("photo is larger than a card holds")
        self._contents = Contents(persona, card_keys(persona.name), photo_jp2 or b"")
        self._applications = BY_KIND[persona.card.kind]
        self._counters = {} if counters is None else counters
        self._terminal_authenticated = terminal_authenticated
        self._contact = contact
        self._random_bytes = random_bytes
        self._files: dict[tuple[str, int], bytes] = {}
        self._powered = False
        self.remove_after_apdus = persona.card.remove_after_apdus
        """For the reader: the card leaves the field after so many commands, once."""
        self._first_answer: int | None = None
        self._commands = 0
        self._extended = False
        self._application: Application | None = None
        self._file: ElementaryFile | None = None
        self._verified: set[int] = set()
        self._handlers: dict[tuple[int, int], Callable[[CommandApdu], bytes]] = {
            (0x00, 0xA4): self._select,
            (0x00, 0xB0): self._read_binary,
            (0x00, 0xB2): self._read_record,
            (0x00, 0x20): self._verify,
            (0x00, 0x84): self._get_challenge,
            (0x00, 0x88): self._internal_authenticate,
            (0x00, 0xCA): self._get_data,
            (0x80, 0x2A): self._compute_signature,
            (0x80, 0xA2): self._set_public_key,
        }
        self._instructions = {instruction for _, instruction in self._handlers}
        for application in self._applications:
            for file in application.files:
                if isinstance(file, CredentialFile):
                    self._counters.setdefault(_counter(application, file), file.begins(self._contents))

    @property
    def atr(self) -> bytes:
        kind = self._contents.card.kind
        if kind in ("individual_number", "phone"):
            return atrs.CONTACT if self._contact else atrs.CONTACTLESS
        return atrs.JUKI if kind == "juki" else atrs.TRANSIT

    def power_on(self) -> None:
        self._powered = True
        self._forget()
        status = self._contents.card.power_up_status
        self._first_answer = None if status is None else int(status, 16)

    def power_off(self) -> None:
        self._powered = False
        self._forget()

    def reset(self) -> None:
        """A warm reset. Contactless cards keep what was verified; in a contact slot it is lost."""
        if self._contact:
            self._forget()

    def transmit(self, command: bytes) -> bytes:
        """Raises `RuntimeError` without power."""
        if not self._powered:
            raise RuntimeError("the card has no power")
        self._commands += 1
        self._extended = len(command) > _SHORT_HEADER and command[_SHORT_HEADER - 1] == 0
        if self._commands == self._contents.card.spoiled_apdu:
            return bytes.fromhex(self._contents.card.spoiled_answer)
        if self._first_answer is not None:
            status, self._first_answer = self._first_answer, None
            return status.to_bytes(2, "big")
        try:
            data = self._answer(CommandApdu.decode(command))
        except ApduError:
            return ResponseApdu(b"", Status.WRONG_LENGTH).encode()
        except _Refused as refused:
            return ResponseApdu(b"", refused.status).encode()
        except OSError:  # of counters in a file that cannot be written
            return ResponseApdu(b"", Status.MEMORY_FAILURE).encode()
        return ResponseApdu(data, Status.OK).encode()

    # --- dispatch -------------------------------------------------------------------------------------------------

    def _answer(self, apdu: CommandApdu) -> bytes:
        if apdu.cla & 0x70:
            raise _Refused(Status.CLASS_UNKNOWN)
        if apdu.ins not in self._instructions:
            raise _Refused(Status.INSTRUCTION_UNKNOWN)
        if apdu.cla & 0x03:
            raise _Refused(Status.CHANNEL_UNSUPPORTED)
        if apdu.cla & 0x0C:
            inactive = apdu.ins in (0xB0, 0x20)
            raise _Refused(Status.SECURE_MESSAGING_INACTIVE if inactive else Status.SECURE_MESSAGING_UNSUPPORTED)
        handler = self._handlers.get((apdu.cla, apdu.ins))
        if handler is None:
            raise _Refused(Status.CLASS_UNKNOWN)
        return handler(apdu)

    # --- files ----------------------------------------------------------------------------------------------------

    def _select(self, apdu: CommandApdu) -> bytes:
        if apdu.p1 == 0x04:
            return self._select_application(apdu)
        if apdu.p1 == 0x00 and not apdu.data:
            if self._application is None:
                raise _Refused(Status.WRONG_PARAMETERS)
            return b""
        if apdu.p1 not in (0x00, 0x02) or apdu.p2 not in (0x00, 0x0C):
            raise _Refused(Status.WRONG_PARAMETERS)
        if len(apdu.data) != 2:
            raise _Refused(Status.WRONG_LENGTH)
        self._file = self._find(int.from_bytes(apdu.data, "big"))
        return b""

    def _select_application(self, apdu: CommandApdu) -> bytes:
        if apdu.p2 not in (0x00, 0x0C):
            raise _Refused(Status.WRONG_PARAMETERS)
        if apdu.data == _ISSUER_DOMAIN and self._applications:
            self._forget()
            return b""
        for application in self._applications:
            if application.aid == apdu.data:
                self._forget()
                self._application = application
                return b""
        raise _Refused(Status.FILE_NOT_FOUND)

    def _read_binary(self, apdu: CommandApdu) -> bytes:
        offset = apdu.p1 << 8 | apdu.p2
        if apdu.p1 & _SHORT_ID:
            self._file = self._find_short(apdu.p1)
            offset = apdu.p2
        file = self._selected()
        if not isinstance(file, TransparentFile):
            raise _Refused(Status.WRONG_FILE_STRUCTURE)
        self._demand(file.opened_by)
        if apdu.expected is None:
            raise _Refused(Status.WRONG_LENGTH)
        content = self._content(file)
        if offset >= len(content):
            raise _Refused(Status.OFFSET_OUTSIDE_FILE)
        return content[offset : offset + apdu.expected]

    def _read_record(self, apdu: CommandApdu) -> bytes:
        if apdu.p2 & 0x07 != 0x04:
            raise _Refused(Status.WRONG_PARAMETERS)
        if apdu.p2 >> 3:
            self._file = self._find_short(_SHORT_ID | apdu.p2 >> 3)
        file = self._selected()
        if not isinstance(file, RecordFile):
            raise _Refused(Status.WRONG_FILE_STRUCTURE)
        self._demand(file.opened_by)
        rows = file.build(self._contents)
        if not 1 <= apdu.p1 <= len(rows):
            raise _Refused(Status.RECORD_NOT_FOUND)
        return self._sized(rows[apdu.p1 - 1], apdu)

    def _get_data(self, apdu: CommandApdu) -> bytes:
        objects = data_objects(self._contents, atrs.CONTACT) if self._applications and not self._application else {}
        found = objects.get(apdu.p1 << 8 | apdu.p2)
        if found is None:
            raise _Refused(Status.DATA_OBJECT_NOT_FOUND)
        if apdu.expected is None or len(found) > apdu.expected:
            raise _Refused(Status.WRONG_LENGTH)
        return found

    # --- credentials ----------------------------------------------------------------------------------------------

    def _verify(self, apdu: CommandApdu) -> bytes:
        if apdu.p1 != 0x00:
            raise _Refused(Status.WRONG_PARAMETERS)
        if apdu.p2 != _CURRENT:
            self._file = self._find_short(apdu.p2)
        file = self._selected()
        if not isinstance(file, CredentialFile) or self._application is None:
            raise _Refused(Status.WRONG_FILE_STRUCTURE)
        counter = _counter(self._application, file)
        left = self._counters[counter]
        if not apdu.data:
            raise _Refused(with_tries(left))
        if left == 0:
            raise _Refused(Status.REFERENCE_BLOCKED)
        # The counter goes down before the comparison, as on a chip: power that fails in between costs the try.
        self._counters[counter] = left - 1
        if not secrets.compare_digest(file.value(self._contents), apdu.data):
            self._verified.discard(file.file_id)
            raise _Refused(with_tries(left - 1))
        self._counters[counter] = file.tries
        self._verified.add(file.file_id)
        return b""

    def _get_challenge(self, apdu: CommandApdu) -> bytes:
        if apdu.p1 or apdu.p2:
            raise _Refused(Status.WRONG_PARAMETERS)
        if apdu.expected is None or apdu.data:
            raise _Refused(Status.WRONG_LENGTH)
        if self._extended:
            raise _Refused(Status.CONDITIONS_NOT_MET)
        return self._random_bytes(apdu.expected)

    # --- keys -----------------------------------------------------------------------------------------------------

    def _compute_signature(self, apdu: CommandApdu) -> bytes:
        mode = signing.MODES.get(apdu.p1)
        if mode is None:
            raise _Refused(Status.WRONG_PARAMETERS)
        key = self._signing_key(apdu.p2)
        if not (key.simulated_switch and self._terminal_authenticated):
            self._demand(key.opened_by)
        if not apdu.data or apdu.expected is None:
            raise _Refused(Status.WRONG_LENGTH)
        try:
            signature = mode(key.key(self._contents), apdu.data)
        except signing.WrongInput as wrong:
            raise _Refused(wrong.status) from None
        return self._sized(signature, apdu)

    def _signing_key(self, p2: int) -> SigningKey:
        if p2 == 0x00:
            own = None if self._application is None else self._application.own_key
            if own is None:
                raise _Refused(Status.WRONG_PARAMETERS)
            file: ElementaryFile = self._find(own)
        else:
            if p2 != _CURRENT:
                self._file = self._find_short(p2)
            file = self._selected()
        if not isinstance(file, SigningKey):
            raise _Refused(Status.CONDITIONS_NOT_MET)
        return file

    def _internal_authenticate(self, apdu: CommandApdu) -> bytes:
        if apdu.p1:
            raise _Refused(Status.WRONG_PARAMETERS)
        if apdu.p2 != _CURRENT:
            self._file = self._find_short(apdu.p2)
        file = self._selected()
        if not isinstance(file, AuthenticationKey):
            raise _Refused(Status.CONDITIONS_NOT_MET)
        if not 1 <= len(apdu.data) <= 255 or apdu.expected is None:
            raise _Refused(Status.WRONG_LENGTH)
        key: rsa.RSAPrivateKey = file.key(self._contents)
        return self._sized(key.sign(apdu.data, padding.PKCS1v15(), hashes.SHA256()), apdu)

    @staticmethod
    def _set_public_key(apdu: CommandApdu) -> bytes:
        """The first step of a terminal's authentication. What follows is not public, so nothing ever succeeds."""
        known = (apdu.p1, apdu.p2) in ((0x06, 0xC1), (0x00, 0xC1))
        raise _Refused(Status.WRONG_LENGTH if known else Status.WRONG_PARAMETERS)

    # --- state ----------------------------------------------------------------------------------------------------

    def _forget(self) -> None:
        self._application = None
        self._file = None
        self._verified.clear()

    def _find(self, file_id: int) -> ElementaryFile:
        found = None if self._application is None else self._application.file(file_id)
        if found is None:
            raise _Refused(Status.FILE_NOT_FOUND)
        return found

    def _find_short(self, reference: int) -> ElementaryFile:
        if not reference & _SHORT_ID or reference & 0x60:
            raise _Refused(Status.WRONG_PARAMETERS)
        return self._find(reference & _SHORT_ID_MASK)

    def _selected(self) -> ElementaryFile:
        if self._file is None:
            raise _Refused(Status.NO_FILE_SELECTED)
        return self._file

    def _demand(self, opened_by: frozenset[int]) -> None:
        if opened_by and not opened_by & self._verified:
            raise _Refused(Status.SECURITY_STATUS_MISSING)

    def _content(self, file: TransparentFile) -> bytes:
        """Built when first read: most visits never touch most files."""
        assert self._application is not None
        place = (self._application.name, file.file_id)
        if place not in self._files:
            self._files[place] = file.content(self._contents)
        return self._files[place]

    @staticmethod
    def _sized(data: bytes, apdu: CommandApdu) -> bytes:
        if apdu.expected is None:
            raise _Refused(Status.WRONG_LENGTH)
        if apdu.expected < len(data):
            raise _Refused(0x6C00 | len(data) & 0xFF)
        return data


def _counter(application: Application, file: CredentialFile) -> str:
    return f"{application.name}.{file.file_id:04X}"
