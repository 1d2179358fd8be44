"""券面入力補助AP (text): the four attributes behind its PIN, and the proof that the issuer wrote them.

The My Number lies in the same application. Neither its file nor the credential that opens nothing else has a name
in the profile, so no call here can reach them. The integrity record holds a hash of it, which goes into the check of
the signature and nowhere else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import rsa

from drivers.card import tlv
from drivers.card.channel import CardChannel, broken
from drivers.card.guard import GuardedCredential
from drivers.card.issuer import check_issuer
from drivers.card.profile import CardProfile
from drivers.card.values import day, sex
from kiosk.domain.secret import Secret
from kiosk.ports.card import CardAttributes, CredentialResult, RecordCheck

ATTRIBUTE_RECORD = 0xFF20
_NAME, _ADDRESS, _BIRTH, _SEX = range(0xDF22, 0xDF26)
INTEGRITY_RECORD = 0xFF30
_NUMBER_HASH, _ATTRIBUTES_HASH, _SIGNATURE = range(0xDF31, 0xDF34)

_SHIFT_LIMIT = 8
"""Some cards are said to have two bytes before the record: it is looked for in so many."""


class AttributesError(ValueError):
    """The bytes are no record of attributes, or no integrity record."""


@dataclass(frozen=True)
class AttributeRecord:
    """EF 0002. `covered` is the hash that the integrity record signs: all but the table of offsets."""

    attributes: CardAttributes
    covered: bytes = field(repr=False)

    @classmethod
    def parse(cls, raw: bytes) -> AttributeRecord:
        """Reads the objects by their tags. Raises `AttributesError`."""
        try:
            outer = tlv.parse(raw)
            if outer.tag != ATTRIBUTE_RECORD:
                raise AttributesError("another record")
            objects = tlv.children(outer.value)
            table = tlv.by_tag(objects)
            attributes = CardAttributes(
                name=tlv.required(table, _NAME).value.decode(),
                address=tlv.required(table, _ADDRESS).value.decode(),
                birth_date=day(tlv.required(table, _BIRTH).value),
                sex=sex(tlv.required(table, _SEX).value),
            )
        except AttributesError:
            raise
        except ValueError as error:
            # The text of a decoding error would show what was decoded.
            raise AttributesError(str(error) if isinstance(error, tlv.TlvError) else "not a value") from None
        signed = b"".join(item.raw for item in objects if item.tag >= _NAME)
        return cls(attributes, hashlib.sha256(signed).digest())


@dataclass(frozen=True)
class IntegrityRecord:
    """EF 0003."""

    attributes_hash: bytes = field(repr=False)
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    @classmethod
    def parse(cls, raw: bytes) -> IntegrityRecord:
        """Raises `AttributesError`."""
        try:
            outer = tlv.parse(raw)
            if outer.tag != INTEGRITY_RECORD:
                raise AttributesError("another record")
            table = tlv.by_tag(tlv.children(outer.value))
            attributes = tlv.required(table, _ATTRIBUTES_HASH)
            signed = tlv.required(table, _NUMBER_HASH).raw + attributes.raw
            return cls(attributes.value, signed, tlv.required(table, _SIGNATURE).value)
        except tlv.TlvError as error:
            raise AttributesError(str(error)) from None


class TextApplication:
    def __init__(self, channel: CardChannel, profile: CardProfile) -> None:
        self._channel = channel
        self._profile = profile
        self._text = profile.text
        self._pin = GuardedCredential(channel, profile.text.aid, profile.text.pin)
        self._number_b = GuardedCredential(channel, profile.text.aid, profile.text.number_b)

    def select(self) -> bool:
        """False when the card has no such application."""
        return self._channel.select(self._text.aid)

    def pin_tries(self) -> int | None:
        return self._pin.tries()

    def verify_pin(self, pin: Secret, *, last_try_confirmed: bool) -> CredentialResult:
        return self._pin.present(pin, last_try_confirmed=last_try_confirmed)

    def present_number_b(self, number_b: Secret) -> CredentialResult:
        """Never spends the last try."""
        return self._number_b.present(number_b)

    def attributes(self) -> AttributeRecord:
        """After a good PIN or 照合番号B."""
        file = self._text.attributes_file
        raw = self._channel.read_object(file, tag=ATTRIBUTE_RECORD, within=_SHIFT_LIMIT)
        if raw is None:
            raise broken(f"file {file:04X} is missing")
        try:
            return AttributeRecord.parse(raw)
        except AttributesError:
            raise broken(f"file {file:04X} is no record of attributes") from None

    def check(self, record: AttributeRecord, issuers: Mapping[bytes, rsa.RSAPublicKey]) -> RecordCheck:
        """While the PIN still holds."""
        file = self._text.integrity_file
        raw = self._channel.read_object(file)
        if raw is None:
            raise broken(f"file {file:04X} is missing")
        try:
            integrity = IntegrityRecord.parse(raw)
        except AttributesError:
            raise broken(f"file {file:04X} is no integrity record") from None
        scheme = self._profile.scheme
        return check_issuer(
            self._channel,
            self._text.record_certificate_file,
            issuers,
            lambda key: (
                integrity.attributes_hash == record.covered
                and scheme.verifies(key, integrity.signature, integrity.signed)
            ),
        )
