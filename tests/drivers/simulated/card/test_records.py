"""What holds between files: hashes, signatures, keys and pictures of the card's records."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from drivers.card import tlv
from drivers.card.cv import CardVerifiableCertificate, read_public_key
from drivers.card.signature import digest_info
from drivers.card.visual import FaceRecord
from drivers.simulated.card import VirtualCard
from drivers.simulated.card.applications import BY_KIND
from drivers.simulated.card.files import CredentialFile

Powered = Callable[..., VirtualCard]


def read(card: VirtualCard, application: str, file_id: int, credential: int | None = None) -> bytes:
    """The whole file, after the credential of the sample card."""
    declared = next(app for app in BY_KIND["individual_number"] if app.name == application)
    assert card.transmit(b"\x00\xa4\x04\x0c\x0a" + declared.aid) == b"\x90\x00"
    if credential is not None:
        file = declared.file(credential)
        assert isinstance(file, CredentialFile)
        value = file.vector.value.encode()
        assert card.transmit(bytes((0, 0x20, 0, 0x80 | credential, len(value))) + value) == b"\x90\x00"
    content = card.transmit(bytes((0, 0xB0, 0x80 | file_id, 0, 0, 0, 0)))
    assert content[-2:] == b"\x90\x00"
    return content[:-2]


def objects(content: bytes) -> dict[int, bytes]:
    return {tag: item.value for tag, item in tlv.by_tag(tlv.children(tlv.parse(content).value)).items()}


@pytest.mark.parametrize(
    ("holder", "authority", "credential"), [(0x0A, 0x0B, None), (0x01, 0x02, 0x1B)], ids=["user", "signature"]
)
def test_a_certificate_is_issued_by_the_authority_beside_it(
    powered: Powered, holder: int, authority: int, credential: int | None
) -> None:
    card = powered()
    issued = x509.load_der_x509_certificate(tlv.parse(read(card, "jpki", holder, credential)).raw)
    issued.verify_directly_issued_by(x509.load_der_x509_certificate(tlv.parse(read(card, "jpki", authority)).raw))


@pytest.mark.parametrize(
    ("application", "file_id", "credential", "tag"),
    [
        ("text", 0x03, 0x11, 0xDF33),
        ("text", 0x07, 0x11, 0xDF52),
        ("visual", 0x01, 0x11, 0xDF13),
        ("visual", 0x05, 0x13, 0xDF43),
    ],
)
def test_the_last_object_signs_all_before_it(
    powered: Powered, application: str, file_id: int, credential: int, tag: int
) -> None:
    card = powered()
    items = tlv.children(tlv.parse(read(card, application, file_id, credential)).value)
    assert items[-1].tag == tag
    covered = b"".join(item.raw for item in items[:-1])
    signer(card, application).verify(items[-1].value, covered, padding.PKCS1v15(), hashes.SHA256())


def signer(card: VirtualCard, application: str) -> rsa.RSAPublicKey:
    return CardVerifiableCertificate.parse(read(card, application, 0x0004)).public_key


def test_the_hashes_cover_the_physical_number_file_and_the_attributes_without_their_table(powered: Powered) -> None:
    card = powered()
    stated = objects(read(card, "text", 0x0003, 0x11))
    attributes = tlv.parse(read(card, "text", 0x0002, 0x11)).value
    after_table = attributes[len(tlv.parse(attributes).raw) :]
    assert stated[0xDF31] == hashlib.sha256(read(card, "text", 0x0001, 0x11)).digest()
    assert stated[0xDF32] == hashlib.sha256(after_table).digest()


@pytest.mark.parametrize(
    ("application", "file_id", "credential", "tag"),
    [("text", 0x07, 0x11, 0xDF51), ("visual", 0x01, 0x11, 0xDF12)],
)
def test_the_key_in_a_record_is_the_one_that_signs_without_credential(
    powered: Powered, application: str, file_id: int, credential: int, tag: int
) -> None:
    card = powered()
    key = read_public_key(objects(read(card, application, file_id, credential))[tag])
    info = digest_info(hashlib.sha256(b"challenge").digest())
    read(card, application, 0x0004)  # selects the application again, after which nothing is verified
    signed = card.transmit(b"\x80\x2a\x00\x00\x33" + info + b"\x00")
    key.verify(signed[:-2], b"challenge", padding.PKCS1v15(), hashes.SHA256())


def test_the_attributes(powered: Powered) -> None:
    content = read(powered(), "text", 0x0002, 0x11)
    found = objects(content)
    assert [found[tag].decode() for tag in (0xDF22, 0xDF23, 0xDF24, 0xDF25)] == [
        "見本　花子",
        "架空県架空市試験町１－２－３",
        "19500211",
        "2",
    ]
    assert pointed_at(content) == [0xDF22, 0xDF23, 0xDF24, 0xDF25]


def test_the_card_face(powered: Powered) -> None:
    card = powered()
    content = read(card, "visual", 0x0002, 0x12)
    record, found = FaceRecord.parse(content), objects(content)
    assert record.made_by(signer(card, "visual"))
    assert record.photo == bytes(range(256)) * 12
    assert pointed_at(content) == list(range(0xDF22, 0xDF2B))
    sizes = {tag: png_size(found[tag]) for tag in (0xDF25, 0xDF26, 0xDF2A)}
    assert sizes == {0xDF25: (216, 12), 0xDF26: (288, 24), 0xDF2A: (24, 12)}
    assert png_size(objects(read(card, "visual", 0x0005, 0x13))[0xDF41]) == (72, 12)


def pointed_at(content: bytes) -> list[int]:
    """Tags at the absolute offsets in the record's first object."""
    table = tlv.parse(tlv.parse(content).value).value
    offsets = [int.from_bytes(table[i : i + 2], "big") for i in range(0, len(table), 2)]
    return [tlv.parse_header(content, offset).tag for offset in offsets]


def png_size(content: bytes) -> tuple[int, int]:
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
