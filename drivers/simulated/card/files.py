"""Kinds of elementary files: what a file on the card is, who opens it, and where its content comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import rsa

from drivers.simulated.card.records import FILLER, Contents

FREE: frozenset[int] = frozenset()
"""Access without any credential."""


@dataclass(frozen=True)
class TransparentFile:
    """Bytes read by offset. `opened_by` holds the credential files of the same application of which one suffices;
    `filler` is how many bytes follow the object."""

    file_id: int
    build: Callable[[Contents], bytes]
    opened_by: frozenset[int] = FREE
    filler: int = 0

    def content(self, contents: Contents) -> bytes:
        return self.build(contents) + FILLER * self.filler


@dataclass(frozen=True)
class RecordFile:
    """Records, counted from 1."""

    file_id: int
    build: Callable[[Contents], tuple[bytes, ...]]
    opened_by: frozenset[int] = FREE


@dataclass(frozen=True)
class CredentialFile:
    """A value that VERIFY compares. `tries` is the full counter; `begins` what is left when the card is made."""

    file_id: int
    value: Callable[[Contents], bytes]
    tries: int
    begins: Callable[[Contents], int]


@dataclass(frozen=True)
class SigningKey:
    """A private key for COMPUTE DIGITAL SIGNATURE. `simulated_switch`: also usable after the simulated terminal
    authentication."""

    file_id: int
    key: Callable[[Contents], rsa.RSAPrivateKey]
    opened_by: frozenset[int] = FREE
    simulated_switch: bool = False


@dataclass(frozen=True)
class AuthenticationKey:
    """A private key for INTERNAL AUTHENTICATE."""

    file_id: int
    key: Callable[[Contents], rsa.RSAPrivateKey]


@dataclass(frozen=True)
class InternalFile:
    """Exists, can be selected, and can be neither read nor verified."""

    file_id: int


ElementaryFile = TransparentFile | RecordFile | CredentialFile | SigningKey | AuthenticationKey | InternalFile


@dataclass(frozen=True)
class Application:
    """`own_key` names the file of the key that COMPUTE DIGITAL SIGNATURE uses with P2 = 00."""

    name: str
    aid: bytes
    files: tuple[ElementaryFile, ...]
    own_key: int | None = None

    def file(self, file_id: int) -> ElementaryFile | None:
        return next((file for file in self.files if file.file_id == file_id), None)
