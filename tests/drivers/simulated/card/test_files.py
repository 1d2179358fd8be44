"""Every elementary file of the five applications against the vector beside its declaration: one runner for all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

import pytest

from drivers.card import tlv
from drivers.card.signature import digest_info
from drivers.simulated.card import VirtualCard
from drivers.simulated.card.applications import BY_KIND
from drivers.simulated.card.files import (
    SAMPLE,
    Application,
    AuthenticationKey,
    CredentialFile,
    ElementaryFile,
    InternalFile,
    RecordFile,
    SigningKey,
    TransparentFile,
    Vector,
)

Powered = Callable[..., VirtualCard]
DECLARED = [
    pytest.param(application, file, id=f"{application.name}-{file.file_id:04X}")
    for application in BY_KIND["individual_number"]
    for file in application.files
]
OK, MISSING, NO_READ, BLOCKED, NO_KEY = b"\x90\x00", b"\x69\x82", b"\x69\x81", b"\x69\x84", b"\x69\x85"


@pytest.mark.parametrize(("application", "file"), DECLARED)
def test_file(application: Application, file: ElementaryFile, powered: Powered) -> None:
    Runner(powered(), application, file).run()


def test_every_application_of_the_reference_is_declared() -> None:
    files = {app.name: [f"{file.file_id:02X}" for file in app.files] for app in BY_KIND["individual_number"]}
    assert {name: " ".join(ids) for name, ids in files.items()} == {
        "jpki": "01 02 05 06 08 09 0A 0B 10 16 17 18 19 1A 1B 1C 1E",
        "text": "01 02 03 04 05 06 07 08 11 12 13 14 15",
        "visual": "01 02 03 04 05 06 11 12 13 1A",
        "juki": "02 1C",
        "common": "01 02 19 1C",
    }


class Runner:
    """Asks the sample card for one file, by commands alone."""

    def __init__(self, card: VirtualCard, application: Application, file: ElementaryFile) -> None:
        self.card = card
        self.application = application
        self.file = file
        self.fid = file.file_id

    def run(self) -> None:
        match self.file:
            case TransparentFile(vector=vector):
                self.opens(vector, self.read, lambda content: self.content(content, vector))
            case RecordFile(vector=vector):
                self.opens(vector, self.record, lambda content: self.content(content, vector))
                assert self.read() == NO_READ
            case SigningKey(vector=vector):
                self.opens(vector, self.sign, lambda signed: self.content(signed, vector))
                assert self.read() == NO_READ
            case AuthenticationKey(vector=vector):
                self.opens(vector, self.authenticate, lambda signed: self.content(signed, vector))
                assert self.read() == NO_READ
            case CredentialFile():
                self.credential(self.file)
                assert self.read() == NO_READ
            case InternalFile():
                assert self.select() == OK
                assert (self.read(), self.verify(self.fid), self.sign()) == (NO_READ, NO_READ, NO_KEY)

    # --- what a vector says ---------------------------------------------------------------------------------------

    def opens(self, vector: Vector, ask: Callable[[], bytes], check: Callable[[bytes], None]) -> None:
        """Each of the credentials alone opens it, and no other does."""
        if not vector.opened_by:
            self.select()
            check(ask())
            return
        tried = set()
        for credential in self.application.files:
            if not isinstance(credential, CredentialFile) or not credential.vector.value:
                continue
            self.select()
            assert ask() == MISSING
            assert self.verify(credential.file_id, credential.vector.value.encode()) == OK
            if credential.vector.value in vector.opened_by:
                check(ask())
                tried.add(credential.vector.value)
            else:
                assert ask() == MISSING
        assert tried == set(vector.opened_by)

    def content(self, physical: bytes, vector: Vector) -> None:
        filler = self.file.filler if isinstance(self.file, TransparentFile) else 0
        content = physical[: len(physical) - filler]
        begins = bytes.fromhex(vector.begins)
        assert content[: len(begins)] == begins
        assert physical[len(content) :] == b"\xff" * filler
        if vector.layout:
            assert re.fullmatch(re.escape(vector.layout).replace(r"\*", "[0-9A-F]+"), layout(content))
        if vector.size is not None or not vector.layout:
            assert len(content) == (len(begins) if vector.size is None else vector.size)

    def credential(self, file: CredentialFile) -> None:
        value, tries = file.vector.value.encode(), file.vector.tries
        wrong = b"0" * len(value)
        self.select()
        assert self.verify(self.fid) == left(tries)
        if not value:
            assert self.verify(self.fid, b"1234") == BLOCKED
            return
        assert self.verify(self.fid, wrong) == left(tries - 1)
        assert self.verify(self.fid, value) == OK
        assert self.verify(self.fid) == left(tries)
        assert [self.verify(self.fid, wrong) for _ in range(tries)] == [left(n) for n in reversed(range(tries))]
        assert self.verify(self.fid, value) == BLOCKED
        assert self.verify(self.fid) == left(0)

    # --- commands -------------------------------------------------------------------------------------------------

    def select(self) -> bytes:
        assert self.card.transmit(b"\x00\xa4\x04\x0c\x0a" + self.application.aid) == OK
        return self.card.transmit(b"\x00\xa4\x02\x0c\x02" + self.fid.to_bytes(2, "big"))

    def verify(self, file_id: int, value: bytes = b"") -> bytes:
        header = bytes((0x00, 0x20, 0x00, 0x80 | file_id))
        return self.card.transmit(header + bytes((len(value),)) + value if value else header)

    def read(self) -> bytes:
        """The whole physical file, or the status word that refuses it."""
        content = b""
        assert self.card.transmit(b"\x00\xa4\x02\x0c\x02" + self.fid.to_bytes(2, "big")) == OK
        while True:
            answer = self.card.transmit(b"\x00\xb0" + len(content).to_bytes(2, "big") + b"\x00")
            if answer[-2:] != OK:
                return content if answer == b"\x6b\x00" and content else answer
            content += answer[:-2]

    def record(self) -> bytes:
        return answer(self.card, bytes((0x00, 0xB2, 0x01, self.fid << 3 | 0x04, 0x00)))

    def sign(self) -> bytes:
        info = digest_info(hashlib.sha256(SAMPLE).digest())
        return answer(self.card, bytes((0x80, 0x2A, 0x00, 0x80 | self.fid, len(info))) + info + b"\x00")

    def authenticate(self) -> bytes:
        return answer(self.card, bytes((0x00, 0x88, 0x00, 0x80 | self.fid, len(SAMPLE))) + SAMPLE + b"\x00")


def answer(card: VirtualCard, command: bytes) -> bytes:
    """The data, or the status word that refuses it."""
    whole = card.transmit(command)
    return whole[:-2] if whole[-2:] == OK else whole


def left(tries: int) -> bytes:
    return bytes((0x63, 0xC0 | tries))


def layout(content: bytes) -> str:
    """The objects in the notation of `Vector`."""

    def one(item: tlv.Tlv) -> str:
        template = item.tag >> (8 if item.tag > 0xFF else 0) & 0x20
        inside = f"{{{' '.join(one(child) for child in tlv.children(item.value))}}}" if template else ""
        return f"{item.tag:X}:{len(item.value):X}{inside}"

    return one(tlv.parse(content))
