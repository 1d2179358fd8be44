"""券面事項確認AP (card face): the photo and printed items behind 照合番号B, and the proofs that they are genuine."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import rsa

from drivers.card import tlv
from drivers.card.channel import CardChannel, broken
from drivers.card.cv import read_public_key
from drivers.card.guard import GuardedCredential
from drivers.card.issuer import check_issuer
from drivers.card.profile import CardProfile
from drivers.card.signature import digest_info, recovers_to
from drivers.card.status import Status
from drivers.card.values import day, sex
from kiosk.domain.card import CardHolder
from kiosk.domain.secret import Secret
from kiosk.ports.card import CredentialResult, RecordCheck

FACE_RECORD = 0xFF20
_BIRTH, _SEX, _CARD_KEY, _NAME, _ADDRESS, _PHOTO, _SIGNATURE, _EXPIRES = range(0xDF22, 0xDF2A)
_SIGNED_GROUPS = ((_BIRTH, _SEX, _CARD_KEY), (_NAME, _ADDRESS), (_PHOTO,))


class RecordError(ValueError):
    """The bytes are no face record."""


@dataclass(frozen=True)
class FaceRecord:
    """EF 0002. The signature covers all but the expiry date and the security code image. `photo` may be empty."""

    holder: CardHolder
    card_key: rsa.RSAPublicKey
    photo: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    signed: bytes = field(repr=False)  # what the signature holds: one DigestInfo over three hashes

    @classmethod
    def parse(cls, raw: bytes) -> FaceRecord:
        """Reads the objects by their tags; the offset table and filler are not looked at. Raises `RecordError`."""
        try:
            outer = tlv.parse(raw)
            if outer.tag != FACE_RECORD:
                raise RecordError("another record")
            table = tlv.by_tag(tlv.children(outer.value))
            holder = CardHolder(
                birth_date=day(tlv.required(table, _BIRTH).value),
                sex=sex(tlv.required(table, _SEX).value),
                card_expires=day(tlv.required(table, _EXPIRES).value),
            )
            return cls(
                holder=holder,
                card_key=read_public_key(tlv.required(table, _CARD_KEY).value),
                photo=table[_PHOTO].value if _PHOTO in table else b"",
                signature=tlv.required(table, _SIGNATURE).value,
                signed=_signed(table),
            )
        except RecordError:
            raise
        except ValueError as error:
            raise RecordError(str(error)) from None

    def made_by(self, key: rsa.RSAPublicKey) -> bool:
        return recovers_to(key, self.signature, self.signed)


def _signed(table: dict[int, tlv.Tlv]) -> bytes:
    groups = (b"".join(table[tag].raw for tag in group if tag in table) for group in _SIGNED_GROUPS)
    return digest_info(b"".join(hashlib.sha256(group).digest() for group in groups))


class VisualApplication:
    def __init__(self, channel: CardChannel, profile: CardProfile) -> None:
        self._channel = channel
        self._profile = profile
        self._visual = profile.visual
        self._number_b = GuardedCredential(channel, profile.visual.aid, profile.visual.number_b)

    def select(self) -> bool:
        """False when the card has no such application."""
        return self._channel.select(self._visual.aid)

    def number_b_tries(self) -> int | None:
        return self._number_b.tries()

    def present_number_b(self, number_b: Secret) -> CredentialResult:
        """Never spends the last try, which nobody could confirm: only a municipality unblocks 照合番号B."""
        return self._number_b.present(number_b)

    def face_record(self) -> FaceRecord:
        raw = self._channel.read_object(self._visual.face_file)
        if raw is None:
            raise broken(f"file {self._visual.face_file:04X} is missing")
        try:
            return FaceRecord.parse(raw)
        except RecordError:
            raise broken(f"file {self._visual.face_file:04X} is no face record") from None

    def check(self, record: FaceRecord, issuers: Mapping[bytes, rsa.RSAPublicKey]) -> RecordCheck:
        """Follow the chain from the record over the card-verifiable certificate in EF 0004 to a known CA key."""
        return check_issuer(self._channel, self._visual.record_certificate_file, issuers, record.made_by)

    def answers_for(self, key: rsa.RSAPublicKey, challenge: bytes) -> bool:
        """Whether the application's own key, which needs no credential, signs the challenge."""
        answer = self._channel.sign(None, self._profile.scheme.card_input(challenge))
        if answer.status != Status.OK:
            raise broken("COMPUTE DIGITAL SIGNATURE", answer.status)
        return self._profile.scheme.verifies(key, answer.data, challenge)
