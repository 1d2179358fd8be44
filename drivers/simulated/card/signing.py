"""Modes of COMPUTE DIGITAL SIGNATURE by P1, RSA-2048 with SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import NoDigestInfo, Prehashed

from drivers.card.signature import digest_info
from drivers.card.status import Status

_PADDED_LIMIT = 245
_HASH_LENGTH = 32

Mode = Callable[[rsa.RSAPrivateKey, bytes], bytes]


class WrongInput(ValueError):
    def __init__(self, status: Status) -> None:
        super().__init__(status.name)
        self.status = status


def _padded(key: rsa.RSAPrivateKey, data: bytes) -> bytes:
    if not 1 <= len(data) <= _PADDED_LIMIT:
        raise WrongInput(Status.WRONG_LENGTH)
    return key.sign(data, padding.PKCS1v15(), NoDigestInfo())


def _bare_hash(key: rsa.RSAPrivateKey, message: bytes) -> bytes:
    return _padded(key, hashlib.sha256(message).digest())


def _over_hash(key: rsa.RSAPrivateKey, hashed: bytes) -> bytes:
    return _padded(key, digest_info(_hash(hashed)))


def _over_message(key: rsa.RSAPrivateKey, message: bytes) -> bytes:
    return _padded(key, digest_info(hashlib.sha256(message).digest()))


def _pss_over_hash(key: rsa.RSAPrivateKey, hashed: bytes) -> bytes:
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), _HASH_LENGTH)
    return key.sign(_hash(hashed), scheme, Prehashed(hashes.SHA256()))


def _pss_over_message(key: rsa.RSAPrivateKey, message: bytes) -> bytes:
    return _pss_over_hash(key, hashlib.sha256(message).digest())


def _hash(data: bytes) -> bytes:
    if len(data) != _HASH_LENGTH:
        raise WrongInput(Status.CONDITIONS_NOT_MET)
    return data


MODES: Mapping[int, Mode] = {
    0x00: _padded,
    0x01: _bare_hash,
    0x02: _over_hash,
    0x03: _over_message,
    0x04: _pss_over_hash,
    0x05: _pss_over_message,
}
