from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.card import tlv
from drivers.card.cv import CardVerifiableCertificate, CvError, read_public_key, write_public_key
from drivers.card.visual import FaceRecord, RecordError
from drivers.simulated.card import simulated_record_issuers
from drivers.simulated.card.keys import card_keys, published_key
from drivers.simulated.card.records import CA_KEY_ID, Contents, face_record, visual_certificate
from drivers.simulated.persona import CardFields, Persona, RecordFields

CONTENTS = Contents(Persona("hanako", {}, CardFields(), RecordFields()), card_keys("hanako"), bytes(3000))
RECORD = face_record(CONTENTS)
CERTIFICATE = visual_certificate(CONTENTS)
ISSUER = published_key("records-visual").public_key()


def test_the_record_is_read_by_tags_and_verifies() -> None:
    record = FaceRecord.parse(RECORD + b"\xff" * 40)
    assert record.photo == bytes(3000)
    assert record.signed[:2] == b"\x30\x71"
    assert len(record.signed) == 115
    assert record.made_by(ISSUER)
    assert not record.made_by(record.card_key)


def rebuilt(tag: int, change: Callable[[bytes], bytes | None]) -> bytes:
    parts = []
    for item in tlv.children(tlv.parse(RECORD).value):
        value = change(item.value) if item.tag == tag else item.value
        if value is not None:
            parts.append(tlv.encode(item.tag, value))
    return tlv.encode(0xFF20, b"".join(parts))


@pytest.mark.parametrize("tag", [0xDF23, 0xDF25, 0xDF26, 0xDF27])
def test_a_changed_object_breaks_the_signature(tag: int) -> None:
    forged = rebuilt(tag, lambda value: b"1" if tag == 0xDF23 else bytes((value[0] ^ 1,)) + value[1:])
    assert not FaceRecord.parse(forged).made_by(ISSUER)


@pytest.mark.parametrize("tag", [0xDF21, 0xDF29, 0xDF2A])
def test_what_the_signature_does_not_cover(tag: int) -> None:
    assert FaceRecord.parse(rebuilt(tag, lambda value: bytes(len(value) - 1) + b"1" if tag != 0xDF29 else b"20350217"))


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        (0xDF22, b"19500230"),
        (0xDF22, b"1950021"),
        (0xDF22, "１９５０".encode()),
        (0xDF23, b"3"),
        (0xDF23, b""),
        (0xDF23, b"\xff"),
        (0xDF24, b"\x90\x03\x01\x00\x01"),
        (0xDF29, b"        "),
        (0xDF22, None),
        (0xDF28, None),
        (0xDF29, None),
    ],
)
def test_faulty_objects_are_refused(tag: int, value: bytes | None) -> None:
    with pytest.raises(RecordError):
        FaceRecord.parse(rebuilt(tag, lambda _: value))


@given(st.integers(0, len(RECORD)))
def test_a_record_cut_off_anywhere_is_refused(end: int) -> None:
    if end < len(RECORD):
        with pytest.raises(RecordError):
            FaceRecord.parse(RECORD[:end])


@given(st.lists(st.tuples(st.integers(0, len(RECORD) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_damaged_records_raise_only_the_own_error(changes: list[tuple[int, int]]) -> None:
    raw = bytearray(RECORD)
    for place, value in changes:
        raw[place] = value
    try:
        FaceRecord.parse(bytes(raw)).made_by(ISSUER)
    except RecordError:
        return


def test_the_certificate_chains_to_the_test_authority() -> None:
    certificate = CardVerifiableCertificate.parse(CERTIFICATE)
    assert certificate.issuer_key_id == CA_KEY_ID
    assert certificate.public_key == ISSUER
    assert certificate.signed_by(simulated_record_issuers()[CA_KEY_ID])
    assert not certificate.signed_by(ISSUER)


@given(st.lists(st.tuples(st.integers(0, len(CERTIFICATE) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_damaged_certificates_raise_only_the_own_error(changes: list[tuple[int, int]]) -> None:
    raw = bytearray(CERTIFICATE)
    for place, value in changes:
        raw[place] = value
    try:
        valid = CardVerifiableCertificate.parse(bytes(raw)).signed_by(simulated_record_issuers()[CA_KEY_ID])
    except CvError:
        return
    assert valid is (bytes(raw) == CERTIFICATE)


@given(st.binary(max_size=300))
def test_rubbish_raises_only_the_own_errors(raw: bytes) -> None:
    with pytest.raises(RecordError):
        FaceRecord.parse(raw)
    with pytest.raises(CvError):
        CardVerifiableCertificate.parse(raw)
    with pytest.raises(CvError):
        read_public_key(raw)


def test_a_public_key_comes_back() -> None:
    assert read_public_key(write_public_key(ISSUER)) == ISSUER
    assert len(write_public_key(ISSUER)) == 0x109
