"""公的個人認証AP (JPKI): token label, user-authentication certificate, its PIN and its key."""

from __future__ import annotations

from drivers.card.certificate import CertificateError, UserAuthenticationCertificate
from drivers.card.channel import CardChannel, broken
from drivers.card.guard import GuardedCredential
from drivers.card.profile import CardProfile
from drivers.card.status import Status
from kiosk.domain.card import CardKind
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.secret import Secret
from kiosk.ports.card import CredentialResult


class JpkiApplication:
    def __init__(self, channel: CardChannel, profile: CardProfile) -> None:
        self._channel = channel
        self._profile = profile
        self._jpki = profile.jpki
        self._pin = GuardedCredential(channel, profile.jpki.aid, profile.jpki.pin)

    def select(self) -> bool:
        """False when the card has no such application."""
        return self._channel.select(self._jpki.aid)

    def kind(self) -> CardKind:
        """What the token label says: the predecessor card carries the same application under another label."""
        label = self._channel.read_start(self._jpki.token_file, self._jpki.token_label_length)
        text = (label or b"").decode("ascii", "replace").rstrip(" ")
        return self._profile.kinds_by_label.get(text, CardKind.OTHER)

    def certificate_der(self) -> bytes | None:
        """None when the card holds none."""
        return self._channel.read_object(self._jpki.certificate_file)

    def certificate(self, der: bytes) -> UserAuthenticationCertificate:
        try:
            return UserAuthenticationCertificate(der)
        except CertificateError:
            raise broken(f"file {self._jpki.certificate_file:04X} is no certificate") from None

    def pin_tries(self) -> int | None:
        return self._pin.tries()

    def signature_certificate_present(self) -> bool:
        """Whether the card was issued with a 署名用電子証明書; the holder of a PIN-less card has none."""
        availability = self._channel.read_start(self._jpki.availability_file, 3)
        return availability is not None and availability[:1] != bytes((self._profile.absent_mark,))

    def verify_pin(self, pin: Secret, *, last_try_confirmed: bool) -> CredentialResult:
        return self._pin.present(pin, last_try_confirmed=last_try_confirmed)

    def sign(self, challenge: bytes, *, opened: bool) -> bytes:
        """`opened`: the card has accepted the PIN. Raises `Fatal(INTERNAL)` when it asks for one that was never
        presented: the caller's order is wrong, not the card."""
        answer = self._channel.sign(self._jpki.key, self._profile.scheme.card_input(challenge))
        if answer.status == Status.SECURITY_STATUS_MISSING and not opened:
            raise Fatal(FailureCode.INTERNAL, "signature without a verified PIN")
        if answer.status != Status.OK or len(answer.data) != self._profile.scheme.signature_length:
            raise broken("COMPUTE DIGITAL SIGNATURE", answer.status)
        return answer.data
