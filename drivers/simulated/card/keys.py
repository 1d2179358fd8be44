"""The published TEST keys of the simulated cards and of the project's test CA (`assets/personas/keys`)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from kiosk.domain.failures import FailureCode, Fatal

FOLDER = Path(__file__).resolve().parents[3] / "assets" / "personas" / "keys"
POOL_SIZE = 16


@dataclass(frozen=True)
class CardKeys:
    """The private keys inside one card."""

    authentication: rsa.RSAPrivateKey
    signature: rsa.RSAPrivateKey
    text: rsa.RSAPrivateKey
    visual: rsa.RSAPrivateKey
    common: rsa.RSAPrivateKey
    session: rsa.RSAPrivateKey


@cache
def published_key(name: str) -> rsa.RSAPrivateKey:
    """Raises `Fatal(ASSET_MISSING)` naming the file."""
    path = FOLDER / f"test-{name}.pem"
    try:
        # Checking the primes costs more than the rest of a card, and these files are our own.
        key = load_pem_private_key(path.read_bytes(), None, unsafe_skip_rsa_key_validation=True)
    except (OSError, ValueError):
        raise Fatal(FailureCode.ASSET_MISSING, path.name) from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise Fatal(FailureCode.ASSET_MISSING, path.name)
    return key


def card_keys(persona: str) -> CardKeys:
    """The same keys for the same persona always; the keys within one card are all different."""
    first = hashlib.sha256(f"card-keys:{persona}".encode()).digest()[0]
    chosen = [published_key(f"card-{(first + step) % POOL_SIZE + 1:02d}") for step in range(6)]
    return CardKeys(*chosen)
