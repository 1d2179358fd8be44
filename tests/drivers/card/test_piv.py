"""The key of a staff card: proven by the card that holds it, and by no copy of what can be read from it."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from drivers.card.piv import NoStaffCard, proven_key
from drivers.simulated.card import VirtualCard
from drivers.simulated.persona import CardFields, Persona, RecordFields
from drivers.simulated.piv import PivCard, PrivateKey

KEYS = {
    "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
}


@pytest.mark.parametrize("kind", KEYS)
def test_a_card_proves_the_key_that_it_holds(kind: str) -> None:
    key: PrivateKey = KEYS[kind]()
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for _ in range(2):
        assert proven_key(PivCard(key).transmit) == hashlib.sha256(spki).digest()


def test_a_copy_of_the_certificate_is_no_card() -> None:
    real = PivCard()
    with pytest.raises(NoStaffCard):
        proven_key(PivCard(certified=real.key).transmit)


def test_an_answer_that_was_recorded_does_not_fit_the_next_challenge() -> None:
    card, heard = PivCard(), dict[bytes, bytes]()

    def listen(command: bytes) -> bytes:
        heard[command[:2]] = card.transmit(command)
        return heard[command[:2]]

    proven_key(listen)
    with pytest.raises(NoStaffCard):
        proven_key(lambda command: heard[command[:2]])


def test_a_patients_card_is_no_staff_card() -> None:
    card = VirtualCard(Persona("hanako", {}, CardFields(), RecordFields()), photo_jp2=b"")
    card.power_on()
    with pytest.raises(NoStaffCard):
        proven_key(card.transmit)


def test_a_certificate_of_another_version_is_no_staff_card() -> None:
    card = PivCard()

    def transmit(command: bytes) -> bytes:
        return card.transmit(command).replace(bytes.fromhex("A003020102"), bytes.fromhex("A003020101"))

    with pytest.raises(NoStaffCard):
        proven_key(transmit)


@given(st.lists(st.binary(max_size=80), min_size=1, max_size=6))
def test_whatever_answers_nothing_but_a_proof_counts(answers: list[bytes]) -> None:
    left = iter(answers * 40)
    with pytest.raises(NoStaffCard):
        proven_key(lambda _command: next(left, b""))
