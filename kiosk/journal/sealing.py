"""Keys of one journal: personal fields are encrypted under a key of their visit, checkpoints are signed.

One secret of 32 bytes belongs to a store. From it, by HKDF-SHA-256 (RFC 5869) with different labels, come the key that
wraps the visits' keys and the seed of the signing key (Ed25519, RFC 8032). Fields and keys are encrypted with
AES-256-GCM (NIST SP 800-38D) under random nonces of 96 bits; what a ciphertext belongs to is bound in as additional
data, so that none can be moved to another visit, event or field. When a visit's wrapped key is destroyed, nobody can
read its fields again, and the chain still verifies, because it was built over the ciphertexts.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from binascii import Error as Base64Error

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kiosk.domain.failures import FailureCode, Fatal, NeedsStaff
from kiosk.domain.secret import Secret
from kiosk.ports.journal import Checkpoint

SECRET_BYTES = 32
SEALED = "~1:"
"""Begins every encrypted value; no plain value of the catalogue begins like that."""

_NONCE = 12
Value = str | int | float | bool | None


class Sealer:
    """Raises `Fatal(SETTINGS_WRONG)` for a secret of another length. The secret stays the caller's to wipe."""

    def __init__(self, secret: Secret) -> None:
        if len(secret) != SECRET_BYTES:
            raise Fatal(FailureCode.SETTINGS_WRONG, f"journal key: {SECRET_BYTES} bytes")
        self._wrapping = AESGCM(_derived(secret, b"madoguchi journal: wrapping"))
        self._signing = Ed25519PrivateKey.from_private_bytes(_derived(secret, b"madoguchi journal: signing"))
        self._texts = AESGCM(_derived(secret, b"madoguchi: texts beside the journal"))
        self.public_key = self._signing.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key_id = key_id_of(self.public_key)

    def new_key(self, visit_id: str) -> bytes:
        """A fresh key for a visit, wrapped: what a store may keep."""
        return _encrypted(self._wrapping, AESGCM.generate_key(256), _bound("key", visit_id))

    def seal(self, wrapped: bytes, visit_id: str, event: str, field: str, value: Value) -> str:
        """Raises `NeedsStaff(JOURNAL_BROKEN)` when the wrapped key is not one of this store for this visit."""
        plain = json.dumps(value, ensure_ascii=False).encode()
        content = _encrypted(self._key(wrapped, visit_id), plain, _bound(visit_id, event, field))
        return SEALED + base64.b64encode(content).decode()

    def open(self, wrapped: bytes, visit_id: str, event: str, field: str, sealed: str) -> Value:
        """Raises like `seal`, also for a value that is damaged or stood elsewhere."""
        try:
            content = base64.b64decode(sealed.removeprefix(SEALED), validate=True)
            plain = _decrypted(self._key(wrapped, visit_id), content, _bound(visit_id, event, field))
            value: Value = json.loads(plain)
        except (InvalidTag, Base64Error, ValueError):
            raise NeedsStaff(FailureCode.JOURNAL_BROKEN, f"{event}: {field} does not open") from None
        return value

    def seal_text(self, kind: str, name: str, text: str) -> str:
        """For secrets of other stores of the same installation, e.g. those of second factors."""
        return SEALED + base64.b64encode(_encrypted(self._texts, text.encode(), _bound(kind, name))).decode()

    def open_text(self, kind: str, name: str, sealed: str) -> str:
        """Raises `NeedsStaff(JOURNAL_BROKEN)` when it is not of this installation, kind and name."""
        try:
            content = base64.b64decode(sealed.removeprefix(SEALED), validate=True)
            return _decrypted(self._texts, content, _bound(kind, name)).decode()
        except (InvalidTag, Base64Error, ValueError):
            raise NeedsStaff(FailureCode.JOURNAL_BROKEN, f"{kind}: does not open with this key") from None

    def checkpoint(self, seq: int, digest: str, at: str) -> Checkpoint:
        return Checkpoint(seq, digest, at, self.key_id, self._signing.sign(_signed_text(seq, digest, at)))

    def _key(self, wrapped: bytes, visit_id: str) -> AESGCM:
        try:
            return AESGCM(_decrypted(self._wrapping, wrapped, _bound("key", visit_id)))
        except (InvalidTag, ValueError):
            raise NeedsStaff(FailureCode.JOURNAL_BROKEN, "the key of a visit does not open") from None


def key_id_of(public_key: bytes) -> str:
    """Sixteen hexadecimal digits by which people compare keys."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def is_signed_by(checkpoint: Checkpoint, public_key: bytes) -> bool:
    try:
        text = _signed_text(checkpoint.seq, checkpoint.hash, checkpoint.at)
        Ed25519PublicKey.from_public_bytes(public_key).verify(checkpoint.signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


def _signed_text(seq: int, digest: str, at: str) -> bytes:
    return json.dumps(["madoguchi checkpoint 1", seq, digest, at], separators=(",", ":")).encode()


def _bound(*parts: str) -> bytes:
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()


def _derived(secret: Secret, label: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=label).derive(bytes(secret.reveal()))


def _encrypted(key: AESGCM, plain: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + key.encrypt(nonce, plain, bound)


def _decrypted(key: AESGCM, content: bytes, bound: bytes) -> bytes:
    return key.decrypt(content[:_NONCE], content[_NONCE:], bound)
