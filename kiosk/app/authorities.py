"""The CA certificates and the CA keys of card-verifiable certificates that an installation trusts."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from drivers.simulated.card import simulated_ca_certificates, simulated_record_issuers
from kiosk.app.settings import Settings
from kiosk.domain.failures import FailureCode, Fatal

_ENDINGS = frozenset({".cer", ".crt", ".der", ".pem"})
_RECORD_KEY = ".pub"
_KEY_ID_BYTES = 16


def trusted_authorities(settings: Settings) -> tuple[x509.Certificate, ...]:
    """Those in the folder of the settings; without one the simulator's, whose names say TEST.

    Raises `Fatal(SETTINGS_WRONG)` naming the folder that holds none, or the first file that is no certificate.
    """
    if not settings.card.authorities:
        return simulated_ca_certificates()
    found = tuple(_certificate(path) for path in _files(settings) if path.suffix.lower() in _ENDINGS)
    if not found:
        raise _wrong(Path(settings.card.authorities))
    return found


def record_authorities(settings: Settings) -> dict[bytes, rsa.RSAPublicKey]:
    """CA keys of card-verifiable certificates, with which the card's records are checked, by their key id: the files
    `<key id, 32 hexadecimal digits>.pub` (PEM) in the same folder. Raises as `trusted_authorities`."""
    if not settings.card.authorities:
        return simulated_record_issuers()
    return dict(_record_key(path) for path in _files(settings) if path.suffix.lower() == _RECORD_KEY)


def _files(settings: Settings) -> list[Path]:
    folder = Path(settings.card.authorities)
    try:
        return sorted(folder.iterdir())
    except OSError:
        raise _wrong(folder) from None


def _record_key(path: Path) -> tuple[bytes, rsa.RSAPublicKey]:
    try:
        key_id, key = bytes.fromhex(path.stem), load_pem_public_key(path.read_bytes())
    except (OSError, ValueError):
        raise _wrong(path) from None
    if len(key_id) != _KEY_ID_BYTES or not isinstance(key, rsa.RSAPublicKey):
        raise _wrong(path)
    return key_id, key


def _certificate(path: Path) -> x509.Certificate:
    try:
        content = path.read_bytes()
        if content.lstrip().startswith(b"-----BEGIN"):
            return x509.load_pem_x509_certificate(content)
        return x509.load_der_x509_certificate(content)
    except (OSError, ValueError, x509.InvalidVersion):
        raise _wrong(path) from None


def _wrong(path: Path) -> Fatal:
    return Fatal(FailureCode.SETTINGS_WRONG, f"settings.card.authorities: {path.name}")
