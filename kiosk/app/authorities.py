"""The CA certificates that an installation trusts."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509

from drivers.simulated.card import simulated_ca_certificates
from kiosk.app.settings import Settings
from kiosk.domain.failures import FailureCode, Fatal

_ENDINGS = frozenset({".cer", ".crt", ".der", ".pem"})


def trusted_authorities(settings: Settings) -> tuple[x509.Certificate, ...]:
    """Those in the folder of the settings; without one the simulator's, whose names say TEST.

    Raises `Fatal(SETTINGS_WRONG)` naming the folder, or the first file that is no certificate.
    """
    if not settings.card.authorities:
        return simulated_ca_certificates()
    folder = Path(settings.card.authorities)
    if not folder.is_dir():
        raise Fatal(FailureCode.SETTINGS_WRONG, f"settings.card.authorities: {folder.name}")
    return tuple(_certificate(path) for path in sorted(folder.iterdir()) if path.suffix.lower() in _ENDINGS)


def _certificate(path: Path) -> x509.Certificate:
    try:
        content = path.read_bytes()
        if content.lstrip().startswith(b"-----BEGIN"):
            return x509.load_pem_x509_certificate(content)
        return x509.load_der_x509_certificate(content)
    except (OSError, ValueError):
        raise Fatal(FailureCode.SETTINGS_WRONG, f"settings.card.authorities: {path.name}") from None
