"""What OpenSC 0.23 sends, in its order: probes of other cards' drivers, binding, certificates, login, signature."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from drivers.simulated.card import VirtualCard

Powered = Callable[..., VirtualCard]

SELECT = "00A4040C0AD392F000260100000001"
BIND = [SELECT, SELECT, "00A4020C020018", "00200080", "00A4020C02001B", "00200080"]
FOREIGN = [
    "00A4040007627601FF000000",
    "00A4040006A00000000101",
    "00A404000BE82B0601040181C31F020100",
    "00A4040C0FD23300000045737445494420763335",
    "00CADF3005",
    "00CB3FFF035C017E08",
    "00A4040009A0000003080000100000",
    "00A4040C07A000000116DB0000",
    "00A4040C07A000000079100000",
    *(f"00A4040C07A00000007901{number:02X}00" for number in range(16)),
    "00A404000CF276A288BCFBA69D34F31001",
    "00A4040009A0000003974254465900",
    "00A4040006D2760001240100",
]


def ask(card: VirtualCard, command: str) -> str:
    return card.transmit(bytes.fromhex(command)).hex().upper()


@pytest.mark.parametrize("command", FOREIGN)
def test_no_foreign_driver_claims_the_card(powered: Powered, command: str) -> None:
    assert ask(powered(), command) in {"6A82", "6D00", "6E00", "6A88"}


def test_binding_after_all_the_probes(powered: Powered) -> None:
    card = powered()
    for command in FOREIGN:
        ask(card, command)
    assert [ask(card, command) for command in BIND] == ["9000", "9000", "9000", "63C3", "9000", "63C5"]


@pytest.mark.parametrize(("fields", "counters"), [({"pin_tries": 0}, "63C0"), ({"pinless": True}, "63C0")])
def test_a_blocked_card_is_still_recognised(powered: Powered, fields: dict[str, object], counters: str) -> None:
    card = powered(**fields)
    assert [ask(card, command) for command in BIND[:4]] == ["9000", "9000", "9000", counters]


def certificate(card: VirtualCard, file_id: str) -> x509.Certificate | None:
    """Four bytes first, then 256 at a time from the start, the last read exact."""
    assert ask(card, f"00A4020C02{file_id}") == "9000"
    head = ask(card, "00B0000004")
    if head == "6982":
        return None
    total = int(head[4:8], 16) + 4
    content = b""
    while len(content) < total:
        count = min(256, total - len(content))
        answer = card.transmit(b"\x00\xb0" + len(content).to_bytes(2, "big") + bytes((count & 0xFF,)))
        assert answer[-2:] == b"\x90\x00"
        content += answer[:-2]
    return x509.load_der_x509_certificate(content)


def test_the_four_certificates(powered: Powered) -> None:
    card = powered()
    for command in BIND:
        ask(card, command)
    user, signature, user_authority, signature_authority = (
        certificate(card, file_id) for file_id in ("000A", "0001", "000B", "0002")
    )
    assert user is not None
    assert signature is None
    assert user_authority is not None
    assert signature_authority is not None
    user.verify_directly_issued_by(user_authority)
    assert ask(card, "00A4020C02001B") == "9000"
    assert ask(card, "0020008006414243313233") == "9000"
    signature = certificate(card, "0001")
    assert signature is not None
    signature.verify_directly_issued_by(signature_authority)


def test_login_and_signature(powered: Powered) -> None:
    card = powered()
    for command in [*BIND, "00A4020C020018", "00200080", "00A4020C020018"]:
        ask(card, command)
    assert ask(card, "002000800431323334") == "9000"
    info = "3031300D060960864801650304020105000420" + hashlib.sha256(b"message").hexdigest()
    assert ask(card, "00A4020C020017") == "9000"
    answer = card.transmit(bytes.fromhex("802A008033" + info + "00"))
    user = certificate(card, "000A")
    assert user is not None
    key = user.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(answer[:-2], b"message", padding.PKCS1v15(), hashes.SHA256())
