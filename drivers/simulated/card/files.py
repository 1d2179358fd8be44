"""Kinds of elementary files: what a file on the card is, who opens it, where its content comes from, and what it is on
the sample card, by which one test runner checks every declaration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import rsa

from drivers.simulated.card.records import FILLER, Contents

FREE: frozenset[int] = frozenset()
"""Access without any credential."""

SAMPLE = b"sample"
"""Message that the keys of the sample card sign for their vectors, as PKCS#1 v1.5 with SHA-256."""


@dataclass(frozen=True)
class Vector:
    """Content of a file, or signature of a key, on the sample card: persona `hanako` with all fields at their defaults.

    `begins` in hexadecimal; all of it where neither size nor layout is given. `size` in bytes, without filler.
    `layout`: the objects inside as tag:length in hexadecimal, those of a template in braces, `*` for a length that a
    picture decides.
    `opened_by`: values of the credentials each of which opens the file, and no other does; none: free.
    """

    begins: str
    size: int | None = None
    layout: str = ""
    opened_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class CredentialVector:
    """The value that the sample card accepts, and the tries that its counter shows. No value: always blocked."""

    value: str
    tries: int


@dataclass(frozen=True)
class TransparentFile:
    """Bytes read by offset. `opened_by` holds the credential files of the same application of which one suffices;
    `filler` is how many bytes follow the object."""

    file_id: int
    build: Callable[[Contents], bytes]
    vector: Vector
    opened_by: frozenset[int] = FREE
    filler: int = 0

    def content(self, contents: Contents) -> bytes:
        return self.build(contents) + FILLER * self.filler


@dataclass(frozen=True)
class RecordFile:
    """Records, counted from 1. The vector is that of the first."""

    file_id: int
    build: Callable[[Contents], tuple[bytes, ...]]
    vector: Vector
    opened_by: frozenset[int] = FREE


@dataclass(frozen=True)
class CredentialFile:
    """A value that VERIFY compares. `tries` is the full counter; `begins` what is left when the card is made."""

    file_id: int
    value: Callable[[Contents], bytes]
    tries: int
    begins: Callable[[Contents], int]
    vector: CredentialVector


@dataclass(frozen=True)
class SigningKey:
    """A private key for COMPUTE DIGITAL SIGNATURE. `simulated_switch`: also usable after the simulated terminal
    authentication."""

    file_id: int
    key: Callable[[Contents], rsa.RSAPrivateKey]
    vector: Vector
    opened_by: frozenset[int] = FREE
    simulated_switch: bool = False


@dataclass(frozen=True)
class AuthenticationKey:
    """A private key for INTERNAL AUTHENTICATE."""

    file_id: int
    key: Callable[[Contents], rsa.RSAPrivateKey]
    vector: Vector


@dataclass(frozen=True)
class InternalFile:
    """Exists, can be selected, and can be neither read nor verified: nothing that a vector could tell."""

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
