"""Who signed a record of the card: from the card-verifiable certificate beside it to a key that the set-up knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives.asymmetric import rsa

from drivers.card.channel import CardChannel, broken
from drivers.card.cv import CardVerifiableCertificate, CvError
from kiosk.ports.card import RecordCheck


def check_issuer(
    channel: CardChannel,
    certificate_file: int,
    issuers: Mapping[bytes, rsa.RSAPublicKey],
    signed_by: Callable[[rsa.RSAPublicKey], bool],
) -> RecordCheck:
    """`signed_by` says whether a key made the record's signature. The application has to be current."""
    raw = channel.read_object(certificate_file)
    if raw is None:
        raise broken(f"file {certificate_file:04X} is missing")
    try:
        certificate = CardVerifiableCertificate.parse(raw)
    except CvError:
        raise broken(f"file {certificate_file:04X} is no certificate") from None
    issuer = issuers.get(certificate.issuer_key_id)
    if issuer is None:
        return RecordCheck.ISSUER_UNKNOWN
    if not certificate.signed_by(issuer) or not signed_by(certificate.public_key):
        return RecordCheck.FORGED
    return RecordCheck.GENUINE
