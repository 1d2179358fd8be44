"""The kiosk's session on one Individual Number Card, over any `transmit`."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from drivers.card.apdu import SHORT_ANSWER_LIMIT
from drivers.card.certificate import UserAuthenticationCertificate
from drivers.card.channel import ONE_RADIO_BLOCK, CardChannel, broken
from drivers.card.jpki import JpkiApplication
from drivers.card.profile import INDIVIDUAL_NUMBER_CARD, CardProfile
from drivers.card.text import AttributeRecord, TextApplication
from drivers.card.traffic import logged
from drivers.card.visual import FaceRecord, VisualApplication
from kiosk.domain.card import CardKind, CardSummary, CertificateInfo
from kiosk.domain.failures import FailureCode, Fatal, NeedsStaff
from kiosk.domain.secret import Secret
from kiosk.ports.card import (
    CardAttributes,
    CredentialAccepted,
    CredentialBlocked,
    CredentialRejected,
    CredentialResult,
    FacePhoto,
    RecordCheck,
    Transmit,
)

_CHALLENGE_BYTES = 32


class IndividualNumberCardSession:
    """Implements `kiosk.ports.card.CardSession`.

    `trusted` are the CA certificates of the set-up; `record_issuers` the CA keys of card-verifiable certificates by
    their key id; `longest_answer` the most bytes of data that the reader can carry in one answer: above 256 files are
    read with extended length, until the card refuses it.

    Selecting an application clears what was verified in another: after `verify_pin`, `sign` comes before any
    `read_face`. The caller holds the card exclusively for as long as the session lives.
    """

    def __init__(
        self,
        transmit: Transmit,
        *,
        profile: CardProfile = INDIVIDUAL_NUMBER_CARD,
        trusted: Sequence[x509.Certificate] = (),
        record_issuers: Mapping[bytes, rsa.RSAPublicKey] | None = None,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
        longest_answer: int = SHORT_ANSWER_LIMIT,
    ) -> None:
        read_limit = longest_answer if longest_answer > SHORT_ANSWER_LIMIT else ONE_RADIO_BLOCK
        self._channel = CardChannel(logged(transmit), read_limit)
        self._jpki = JpkiApplication(self._channel, profile)
        self._visual = VisualApplication(self._channel, profile)
        self._text = TextApplication(self._channel, profile)
        self._profile = profile
        self._trusted = tuple(trusted)
        self._issuers = dict(record_issuers or {})
        self._random_bytes = random_bytes
        self._record: FaceRecord | None = None
        self._attributes: AttributeRecord | None = None
        self._certificate: UserAuthenticationCertificate | None = None
        self._pin_verified = False

    def summarise(self) -> CardSummary:
        """Leaves the card-face application selected, where the photo comes next.

        That the card has one says already what it is; only without it the label is read.
        """
        if not self._jpki.select():
            # Not every predecessor card was issued with key pairs, but every one has the resident-register application.
            known = self._channel.select(self._profile.juki_aid)
            return CardSummary(CardKind.JUKI if known else CardKind.OTHER)
        try:
            der = self._jpki.certificate_der()
            pin_tries = self._jpki.pin_tries()
        except NeedsStaff as failure:
            kind = self._kind_by_label() if failure.code is FailureCode.CARD_BROKEN else CardKind.INDIVIDUAL_NUMBER
            if kind is CardKind.INDIVIDUAL_NUMBER:
                raise
            # A phone shows its certificate after the PIN only.
            return CardSummary(kind, pin_tries=self._jpki.pin_tries() if kind is CardKind.PHONE else None)
        pinless = pin_tries == 0 and self._never_had_pins()
        face = self._visual.select()
        if not face and (kind := self._kind_by_label()) is not CardKind.INDIVIDUAL_NUMBER:
            return CardSummary(kind)
        return CardSummary(
            kind=CardKind.INDIVIDUAL_NUMBER,
            certificate=self._described(der),
            pin_tries=pin_tries,
            number_b_tries=self._visual.number_b_tries() if face else None,
            pinless=pinless,
        )

    def read_certificate(self) -> CertificateInfo | None:
        """The user-authentication certificate alone; None when the card holds none. `CARD_FOREIGN` without JPKI."""
        self._select_jpki()
        return self._described(self._jpki.certificate_der())

    def applications(self) -> dict[str, bool]:
        """Which of the five applications the card has. For technicians; ends whatever was verified."""
        profile = self._profile
        aids = {
            "jpki": profile.jpki.aid,
            "visual": profile.visual.aid,
            "text": profile.text.aid,
            "juki": profile.juki_aid,
            "common": profile.common_aid,
        }
        return {name: self._channel.select(aid) for name, aid in aids.items()}

    def read_face(self, number_b: Secret) -> FacePhoto | CredentialRejected | CredentialBlocked:
        """The last try of 照合番号B is never spent: with one left the answer is `CredentialRejected(1)` unasked."""
        try:
            if not self._visual.select():
                raise NeedsStaff(FailureCode.CARD_FOREIGN, "no card-face application")
            result = self._visual.present_number_b(number_b)
        finally:
            number_b.wipe()
        if not isinstance(result, CredentialAccepted):
            return result
        record = self._visual.face_record()
        # The proofs need hashes and keys only; the photo lives in the answer, where the caller can wipe it.
        self._record = replace(record, photo=b"")
        return FacePhoto(record.holder, Secret(record.photo) if record.photo else None)

    def read_attributes(
        self, pin: Secret, *, last_try_confirmed: bool = False
    ) -> CardAttributes | CredentialRejected | CredentialBlocked:
        """The four attributes, behind the 券面事項入力補助用暗証番号. Wipes it; the last try only after the yes."""
        try:
            if not self._text.select():
                raise NeedsStaff(FailureCode.CARD_FOREIGN, "no text application")
            result = self._text.verify_pin(pin, last_try_confirmed=last_try_confirmed)
        finally:
            pin.wipe()
        if not isinstance(result, CredentialAccepted):
            return result
        self._attributes = self._text.attributes()
        return self._attributes.attributes

    def read_attributes_by_number(self, number_b: Secret) -> CardAttributes | CredentialRejected | CredentialBlocked:
        try:
            if not self._text.select():
                raise NeedsStaff(FailureCode.CARD_FOREIGN, "no text application")
            result = self._text.present_number_b(number_b)
        finally:
            number_b.wipe()
        if not isinstance(result, CredentialAccepted):
            return result
        self._attributes = self._text.attributes()
        return self._attributes.attributes

    def check_attributes(self) -> RecordCheck:
        """Whether the issuer signed the four attributes; directly after `read_attributes`, while its PIN holds."""
        if self._attributes is None:
            raise Fatal(FailureCode.INTERNAL, "no attributes were read")
        if not self._text.select():
            raise broken("SELECT")
        return self._text.check(self._attributes, self._issuers)

    def verify_pin(self, pin: Secret, *, last_try_confirmed: bool = False) -> CredentialResult:
        try:
            self._select_jpki()
            result = self._jpki.verify_pin(pin, last_try_confirmed=last_try_confirmed)
        finally:
            pin.wipe()
        self._pin_verified = isinstance(result, CredentialAccepted)
        return result

    def sign(self, challenge: bytes) -> bytes:
        """Raises `Fatal(INTERNAL)` when no PIN was verified in this session."""
        opened = self._opened
        self._select_jpki()
        return self._jpki.sign(challenge, opened=opened)

    def prove_presence(self) -> bool:
        """After a good PIN by the user-authentication key, against the certificate; else by the card-face
        application's own key, against the face record. `Fatal(INTERNAL)` when neither was read."""
        challenge = self._random_bytes(_CHALLENGE_BYTES)
        if self._opened:
            return self._profile.scheme.verifies(self._key(), self._jpki.sign(challenge, opened=True), challenge)
        record = self._read_record()
        if not self._visual.select():
            raise broken("SELECT")
        return self._visual.answers_for(record.card_key, challenge)

    def check_record(self) -> RecordCheck:
        """Whether the issuer signed the face record (photo, birth date, sex); after `read_face`."""
        record = self._read_record()
        if not self._visual.select():
            raise broken("SELECT")
        return self._visual.check(record, self._issuers)

    @property
    def _opened(self) -> bool:
        """Whether the PIN was accepted and no other application was selected since."""
        return self._pin_verified and self._channel.current == self._profile.jpki.aid

    def _described(self, der: bytes | None) -> CertificateInfo | None:
        self._certificate = None if der is None else self._jpki.certificate(der)
        return None if self._certificate is None else self._certificate.describe(self._trusted)

    def _key(self) -> rsa.RSAPublicKey:
        """Of the certificate, which is read where nobody asked for it before."""
        if self._certificate is None:
            self._described(self._jpki.certificate_der())
        if self._certificate is None:
            raise NeedsStaff(FailureCode.CARD_NO_CERTIFICATE)
        return self._certificate.public_key

    def _kind_by_label(self) -> CardKind:
        return self._jpki.kind() if self._jpki.select() else CardKind.OTHER

    def _select_jpki(self) -> None:
        if not self._jpki.select():
            raise NeedsStaff(FailureCode.CARD_FOREIGN, "no JPKI application")

    def _never_had_pins(self) -> bool:
        """A blocked PIN is common; one without a signature certificate and with the input-support PIN blocked as
        well marks the card issued without PINs (顔認証マイナンバーカード). Inferred: no such card was measured."""
        if self._jpki.signature_certificate_present() or not self._text.select():
            return False
        return self._text.pin_tries() == 0

    def _read_record(self) -> FaceRecord:
        if self._record is None:
            raise Fatal(FailureCode.INTERNAL, "no face record was read")
        return self._record
