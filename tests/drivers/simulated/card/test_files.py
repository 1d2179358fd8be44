"""Every elementary file of the five applications against its vector: one row a file, one runner for all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from drivers.card import tlv
from drivers.card.cv import CardVerifiableCertificate, read_public_key
from drivers.card.visual import FaceRecord
from drivers.simulated.card import VirtualCard
from drivers.simulated.card.applications import BY_KIND
from drivers.simulated.card.files import CredentialFile, RecordFile, TransparentFile

CREDENTIALS = {
    ("jpki", 0x18): "1234",
    ("jpki", 0x1B): "ABC123",
    ("text", 0x11): "1234",
    ("text", 0x14): "537686677188",
    ("text", 0x15): "25021120312285",
    ("visual", 0x11): "250211",
    ("visual", 0x12): "25021120312285",
    ("visual", 0x13): "537686677188",
    ("juki", 0x1C): "1234",
    ("common", 0x1C): "1234",
}


@dataclass(frozen=True)
class Row:
    """What reading a file gives. `opened_by`: each of these credentials alone opens it, no other does; empty: free.
    `status` instead of content: what READ BINARY answers always. `starts` in hexadecimal, `size` without filler."""

    application: str
    file_id: int
    starts: str = ""
    size: int | None = None
    opened_by: tuple[int, ...] = ()
    status: str | None = None
    filler: int = 0
    check: Callable[[bytes, VirtualCard], None] = field(default=lambda *_: None)


def is_certificate(organisational_unit: str) -> Callable[[bytes, VirtualCard], None]:
    def check(content: bytes, _: VirtualCard) -> None:
        certificate = x509.load_der_x509_certificate(content)
        units = certificate.issuer.get_attributes_for_oid(x509.NameOID.ORGANIZATIONAL_UNIT_NAME)
        assert organisational_unit in [unit.value for unit in units]
        assert certificate.public_key().key_size == 2048  # type: ignore[union-attr]

    return check


def has_number(content: bytes, _: VirtualCard) -> None:
    assert content == bytes.fromhex("FF100C") + b"537686677188" + b"\xff\xff"


def has_attributes(content: bytes, _: VirtualCard) -> None:
    objects = {item.tag: item.value for item in tlv.children(tlv.parse(content).value)}
    assert objects[0xDF22].decode() == "見本　花子"
    assert objects[0xDF23].decode() == "架空県架空市試験町１－２－３"
    assert (objects[0xDF24], objects[0xDF25]) == (b"19500211", b"2")
    offsets_point_at(content, 0xDF21, [0xDF22, 0xDF23, 0xDF24, 0xDF25])


def offsets_point_at(content: bytes, table: int, tags: list[int]) -> None:
    objects = {item.tag: item.value for item in tlv.children(tlv.parse(content).value)}
    offsets = [int.from_bytes(objects[table][i : i + 2], "big") for i in range(0, len(objects[table]), 2)]
    assert [tlv.parse_header(content, offset).tag for offset in offsets] == tags


def read(card: VirtualCard, application: str, file_id: int, credential: str | None = None) -> bytes:
    """Status-checked whole physical file, or the two bytes of a refusal."""
    aid = next(app.aid for app in BY_KIND["individual_number"] if app.name == application)
    assert card.transmit(b"\x00\xa4\x04\x0c\x0a" + aid) == b"\x90\x00"
    if credential is not None:
        where = next(fid for (app, fid), value in CREDENTIALS.items() if app == application and value == credential)
        assert verify(card, where, credential) == b"\x90\x00"
    assert card.transmit(b"\x00\xa4\x02\x0c\x02" + file_id.to_bytes(2, "big")) == b"\x90\x00"
    content = b""
    while True:
        answer = card.transmit(b"\x00\xb0" + len(content).to_bytes(2, "big") + b"\x00")
        if answer[-2:] != b"\x90\x00":
            return content if answer[-2:] == b"\x6b\x00" and content else answer
        content += answer[:-2]


def verify(card: VirtualCard, file_id: int, value: str) -> bytes:
    return card.transmit(bytes((0x00, 0x20, 0x00, 0x80 | file_id, len(value))) + value.encode())


def signer(card: VirtualCard, application: str) -> rsa.RSAPublicKey:
    return CardVerifiableCertificate.parse(read(card, application, 0x0004)).public_key


def signed_before(tag: int, application: str) -> Callable[[bytes, VirtualCard], None]:
    """The last object is a signature over all objects before it."""

    def check(content: bytes, card: VirtualCard) -> None:
        objects = tlv.children(tlv.parse(content).value)
        assert objects[-1].tag == tag
        covered = b"".join(item.raw for item in objects[:-1])
        signer(card, application).verify(objects[-1].value, covered, padding.PKCS1v15(), hashes.SHA256())

    return check


def hashes_agree(content: bytes, card: VirtualCard) -> None:
    signed_before(0xDF33, "text")(content, card)
    objects = {item.tag: item.value for item in tlv.children(tlv.parse(content).value)}
    number = read(card, "text", 0x0001, "1234")
    attributes = tlv.parse(read(card, "text", 0x0002, "1234")).value
    assert objects[0xDF31] == hashlib.sha256(number).digest()
    after_table = attributes[len(tlv.parse(attributes).raw) :]
    assert objects[0xDF32] == hashlib.sha256(after_table).digest()


def own_key_signs(application: str, blob: Callable[[bytes], bytes]) -> Callable[[bytes, VirtualCard], None]:
    """`80 2A 00 00` needs no credential and answers for the key in the record."""

    def check(content: bytes, card: VirtualCard) -> None:
        key = read_public_key(blob(content))
        read(card, application, 0x0004)
        info = bytes.fromhex("3031300D060960864801650304020105000420") + hashlib.sha256(b"challenge").digest()
        answer = card.transmit(b"\x80\x2a\x00\x00\x33" + info + b"\x00")
        assert answer[-2:] == b"\x90\x00"
        key.verify(answer[:-2], b"challenge", padding.PKCS1v15(), hashes.SHA256())

    return check


def text_key(content: bytes) -> bytes:
    return tlv.by_tag(tlv.children(tlv.parse(content).value))[0xDF51].value


def visual_key(content: bytes) -> bytes:
    return tlv.by_tag(tlv.children(tlv.parse(content).value))[0xDF12].value


def age(content: bytes, card: VirtualCard) -> None:
    signed_before(0xDF13, "visual")(content, card)
    own_key_signs("visual", visual_key)(content, card)


def public_key(content: bytes, card: VirtualCard) -> None:
    signed_before(0xDF52, "text")(content, card)
    own_key_signs("text", text_key)(content, card)


def face(content: bytes, card: VirtualCard) -> None:
    record = FaceRecord.parse(content)
    assert record.made_by(signer(card, "visual"))
    assert record.photo == bytes(range(256)) * 12
    offsets_point_at(content, 0xDF21, list(range(0xDF22, 0xDF2B)))
    objects = {item.tag: item.value for item in tlv.children(tlv.parse(content).value)}
    for tag, size in {0xDF25: (216, 12), 0xDF26: (288, 24), 0xDF2A: (24, 12)}.items():
        is_png(objects[tag], size)


def number_picture(content: bytes, card: VirtualCard) -> None:
    signed_before(0xDF43, "visual")(content, card)
    is_png(tlv.by_tag(tlv.children(tlv.parse(content).value))[0xDF41].value, (72, 12))


def is_png(content: bytes, size: tuple[int, int]) -> None:
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")) == size


def basics(content: bytes, _: VirtualCard) -> None:
    objects = {item.tag: item.value for item in tlv.children(tlv.parse(content).value)}
    assert [(tag, len(value)) for tag, value in objects.items()] == [
        (0xDF31, 4),
        (0xDF32, 16),
        (0xDF33, 1),
        (0xDF34, 5),
        (0xDF35, 0x110),
    ]


ROWS = [
    Row("jpki", 0x01, "3082", opened_by=(0x1B,), filler=64, check=is_certificate("TEST CA for digital signature")),
    Row("jpki", 0x02, "3082", filler=64, check=is_certificate("TEST CA for digital signature")),
    Row("jpki", 0x05, status="6981"),
    Row("jpki", 0x06, b"JPKIAPICCTOKEN2                 MADOGUCHI-TEST".hex(), 160),
    Row("jpki", 0x08, "8F8F00", 3),
    Row("jpki", 0x09, status="6981"),
    Row("jpki", 0x0A, "3082", filler=64, check=is_certificate("TEST CA for user authentication")),
    Row("jpki", 0x0B, "3082", filler=64, check=is_certificate("TEST CA for user authentication")),
    Row("jpki", 0x10, status="6981"),
    Row("jpki", 0x16, status="6981"),
    Row("jpki", 0x17, status="6981"),
    Row("jpki", 0x18, status="6981"),
    Row("jpki", 0x19, status="6981"),
    Row("jpki", 0x1A, status="6981"),
    Row("jpki", 0x1B, status="6981"),
    Row("jpki", 0x1C, status="6981"),
    Row("jpki", 0x1E, status="6981"),
    Row("text", 0x01, "FF100C", 17, opened_by=(0x11, 0x14), check=has_number),
    Row("text", 0x02, "FF20", opened_by=(0x11, 0x15), filler=32, check=has_attributes),
    Row("text", 0x03, "FF3082014BDF3120", 336, opened_by=(0x11, 0x14, 0x15), check=hashes_agree),
    Row("text", 0x04, "7F218202335F4E820129", 568),
    Row("text", 0x05, "FF401EDF410401030E01DF4210"),
    Row("text", 0x06, "A1820109900301000191820100", 269, opened_by=(0x11, 0x14, 0x15)),
    Row("text", 0x07, "FF50820213DF51820109", opened_by=(0x11, 0x14, 0x15), check=public_key),
    Row("text", 0x08, "FF" * 16, 16),
    Row("text", 0x11, status="6981"),
    Row("text", 0x12, status="6981"),
    Row("text", 0x13, status="6981"),
    Row("text", 0x14, status="6981"),
    Row("text", 0x15, status="6981"),
    Row("visual", 0x01, "FF1082021EDF1108" + b"19500211".hex(), 547, opened_by=(0x11,), check=age),
    Row("visual", 0x02, "FF2082", opened_by=(0x12, 0x13), filler=512, check=face),
    Row("visual", 0x03, "FF3082013BDF310406030E01DF3210", check=basics),
    Row("visual", 0x04, "7F218202335F4E820129", 568),
    Row("visual", 0x05, "FF4082", opened_by=(0x13,), check=number_picture),
    Row("visual", 0x06, "FF" * 16, 16),
    Row("visual", 0x11, status="6981"),
    Row("visual", 0x12, status="6981"),
    Row("visual", 0x13, status="6981"),
    Row("visual", 0x1A, status="6981"),
    Row("juki", 0x02, status="6981"),
    Row("juki", 0x1C, status="6981"),
    Row("common", 0x01, status="6981"),
    Row("common", 0x02, status="6981"),
    Row("common", 0x19, status="6981"),
    Row("common", 0x1C, status="6981"),
]


def test_every_declared_file_has_its_row() -> None:
    declared = [(app.name, file.file_id) for app in BY_KIND["individual_number"] for file in app.files]
    assert declared == [(row.application, row.file_id) for row in ROWS]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.application}-{row.file_id:04X}")
def test_file(row: Row, powered: Callable[..., VirtualCard]) -> None:
    card = powered()
    if row.status is not None:
        assert read(card, row.application, row.file_id).hex().upper() == row.status
        return
    others = [fid for app, fid in CREDENTIALS if app == row.application and fid not in row.opened_by]
    if row.opened_by:
        assert read(card, row.application, row.file_id) == b"\x69\x82"
        for other in others:
            read(card, row.application, row.file_id)
            assert verify(card, other, CREDENTIALS[row.application, other]) == b"\x90\x00"
            short = bytes((0x00, 0xB0, 0x80 | row.file_id, 0x00, 0x01))
            assert card.transmit(short) == b"\x69\x82"
    contents = {read(card, row.application, row.file_id, CREDENTIALS[row.application, c]) for c in row.opened_by}
    contents = contents or {read(card, row.application, row.file_id)}
    assert len(contents) == 1
    physical = contents.pop()
    content = physical[: len(physical) - row.filler]
    assert physical[len(content) :] == b"\xff" * row.filler
    assert content.hex().upper().startswith(row.starts.upper())
    assert row.size in (None, len(content))
    if row.starts[:2] in ("30", "7F", "A1") or (row.starts[:2] == "FF" and len(content) > 17):
        assert tlv.parse(content).raw == content
    row.check(content, card)


@pytest.mark.parametrize("place", list(CREDENTIALS), ids=str)
def test_credentials_have_the_counters_of_the_reference(
    place: tuple[str, int], powered: Callable[..., VirtualCard]
) -> None:
    card = powered()
    application, file_id = place
    tries = {("jpki", 0x1B): 5}.get(place, 10 if len(CREDENTIALS[place]) > 4 else 3)
    read(card, application, next(f.file_id for f in declared(application)))
    assert card.transmit(bytes((0, 0x20, 0, 0x80 | file_id))) == bytes((0x63, 0xC0 | tries))


def declared(application: str) -> list[Any]:
    app = next(app for app in BY_KIND["individual_number"] if app.name == application)
    return [file for file in app.files if isinstance(file, TransparentFile | RecordFile | CredentialFile)]
