"""OpenSC as the judge of the virtual card: software that knows the card and not us, through a real PC/SC service."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from cryptography import x509

from drivers.pcsc.service import Context
from drivers.simulated.card import VirtualCard, simulated_ca_certificates
from drivers.simulated.card.certificates import signature_certificate, user_authentication_certificate
from drivers.simulated.persona import CardFields, Persona, RecordFields
from drivers.simulated.vpcd import READER

pytestmark = pytest.mark.pcscd

MODULE = next((str(path) for path in Path("/usr/lib").glob("*/opensc-pkcs11.so")), "opensc-pkcs11.so")
MESSAGE = b"a message of the eligibility terminal"
FOUND = {"user": 1, "signature": 2, "user CA": 3, "signature CA": 4}


@pytest.fixture(params=[False, True], ids=["contactless", "contact"])
def either(request, slot, card) -> VirtualCard:
    """The card in the slot, once with each interface."""
    chip: VirtualCard = card(contact=request.param)
    lay(slot, chip)
    return chip


@pytest.fixture
def placed(slot, card):
    """`placed(pin_tries=1, …)`: a contactless card in the slot."""

    def place(**fields: object) -> VirtualCard:
        chip: VirtualCard = card(**fields)
        lay(slot, chip)
        return chip

    return place


def lay(slot, chip: VirtualCard) -> None:
    slot.place(chip)
    context = Context()
    until = time.monotonic() + 60.0
    while not context.state(READER).present:
        assert time.monotonic() < until
        time.sleep(0.01)
    context.release()


def test_it_is_recognised(either, run) -> None:
    assert run("opensc-tool", "-n").splitlines()[-1] == "jpki"
    assert run("opensc-tool", "-a").splitlines()[-1].replace(":", "").upper() == either.atr.hex().upper()


@pytest.mark.usefixtures("either")
def test_everything_on_it_is_listed(run) -> None:
    listed = run("pkcs15-tool", "-D")
    certificates = re.findall(r"X\.509 Certificate \[(.+?)\]", listed)
    assert certificates == [
        "User Authentication Certificate",
        "Digital Signature Certificate",
        "User Authentication Certificate CA",
        "Digital Signature Certificate CA",
    ]
    assert re.findall(r"Private RSA Key \[(.+?)\]", listed) == [
        "User Authentication Key",
        "Digital Signature Key",
    ]
    assert re.findall(r"Tries left +: (\d+)", listed) == ["3", "5"]


def certificate(text: str) -> x509.Certificate:
    start = text.index("-----BEGIN CERTIFICATE-----")
    return x509.load_pem_x509_certificate(text[start:].encode())


def test_every_certificate(placed, run) -> None:
    placed()
    persona = Persona("hanako", {}, CardFields(), RecordFields())
    user_ca, signature_ca = simulated_ca_certificates()
    expected = {
        1: x509.load_der_x509_certificate(user_authentication_certificate(persona)),
        2: x509.load_der_x509_certificate(signature_certificate(persona)),
        3: user_ca,
        4: signature_ca,
    }
    unlocked = ("--verify-pin", "--auth-id", "02", "--pin", "ABC123")
    for number, known in expected.items():
        extra = unlocked if number == 2 else ()
        assert certificate(run("pkcs15-tool", *extra, "--read-certificate", str(number))) == known
    assert "Certificate read failed" in run("pkcs15-tool", "--read-certificate", "2", check=False)


@pytest.mark.usefixtures("either")
def test_its_own_test_ends_without_errors(run) -> None:
    log = run("pkcs11-tool", "--module", MODULE, "--slot-index", "0", "--login", "--pin", "1234", "--test")
    assert log.splitlines()[-1] == "No errors"


@pytest.mark.parametrize(
    ("slot_index", "key", "number", "pin"), [(0, "01", 1, "1234"), (1, "02", 2, "ABC123")], ids=["user", "signature"]
)
def test_signatures_verify(placed, run, tmp_path: Path, slot_index: int, key: str, number: int, pin: str) -> None:
    placed()
    (tmp_path / "in").write_bytes(MESSAGE)
    unlocked = ("--verify-pin", "--auth-id", "02", "--pin", pin) if number == 2 else ()
    text = run("pkcs15-tool", *unlocked, "--read-certificate", str(number))
    (tmp_path / "cert.pem").write_text(text[text.index("-----BEGIN") :])
    signed, public = str(tmp_path / "sig"), str(tmp_path / "public.pem")
    run(
        *("pkcs11-tool", "--module", MODULE, "--slot-index", str(slot_index), "--login", "--pin", pin, "--sign"),
        *("--id", key, "--mechanism", "SHA256-RSA-PKCS"),
        *("--input-file", str(tmp_path / "in"), "--output-file", signed),
    )
    run("openssl", "x509", "-in", str(tmp_path / "cert.pem"), "-pubkey", "-noout", "-out", public)
    check = ("openssl", "dgst", "-sha256", "-verify", public, "-signature", signed)
    assert run(*check, str(tmp_path / "in")) == "Verified OK\n"
    (tmp_path / "other").write_bytes(MESSAGE + b".")
    assert "Verified OK" not in run(*check, str(tmp_path / "other"), check=False)


def tries(run) -> list[str]:
    return re.findall(r"Tries left +: (\d+)", run("pkcs15-tool", "--list-pins"))


def test_wrong_pins_lower_the_counter_until_the_card_is_locked_and_still_recognised(placed, run) -> None:
    placed()
    for left in ("2", "1", "0"):
        run("pkcs15-tool", "--verify-pin", "--auth-id", "01", "--pin", "0000", check=False)
        assert tries(run) == [left, "5"]
    refused = run("pkcs15-tool", "--verify-pin", "--auth-id", "01", "--pin", "1234", check=False)
    assert "blocked" in refused.lower() or "failed" in refused.lower()
    assert tries(run) == ["0", "5"]
    assert run("opensc-tool", "-n").splitlines()[-1] == "jpki"
    assert certificate(run("pkcs15-tool", "--read-certificate", "1"))


def test_a_right_pin_restores_the_counter(placed, run) -> None:
    placed(pin_tries=1)
    assert tries(run) == ["1", "5"]
    run("pkcs15-tool", "--verify-pin", "--auth-id", "01", "--pin", "1234")
    assert tries(run) == ["3", "5"]


def test_a_card_without_pins_is_recognised(placed, run) -> None:
    placed(pinless=True)
    assert run("opensc-tool", "-n").splitlines()[-1] == "jpki"
    assert tries(run) == ["0", "0"]


def test_a_transit_card_is_none(placed, run) -> None:
    placed(kind="transit")
    assert run("opensc-tool", "-n", check=False).splitlines()[-1] != "jpki"
