"""The user-authentication certificate (利用者証明用電子証明書): parsing and the check against configured CAs.

Without a clock: whether a certificate is still valid is the domain's question. Revocation cannot be asked by a
clinic (公的個人認証法 17条, 36条); the eligibility system does that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtensionOID, NameOID

from kiosk.domain.card import CertificateInfo

SIZE_LIMIT = 65_536
_UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
_TEST_WORD = re.compile(r"(?<![a-z])test(?![a-z])", re.IGNORECASE)


class CertificateError(ValueError):
    """The bytes are no X.509 certificate that this program can use."""


class UserAuthenticationCertificate:
    """One parsed certificate. Raises `CertificateError` on construction only."""

    def __init__(self, der: bytes) -> None:
        if len(der) > SIZE_LIMIT:
            raise CertificateError("larger than the limit")
        try:
            self._certificate = x509.load_der_x509_certificate(der)
            self._issuer = self._certificate.issuer
            self._authority_key_id = _authority_key_id(self._certificate)
            key = self._certificate.public_key()
            self.serial = self._certificate.serial_number
            self.not_before = self._certificate.not_valid_before_utc
            self.not_after = self._certificate.not_valid_after_utc
        except _UNREADABLE as error:
            raise CertificateError(type(error).__name__) from None
        if not isinstance(key, rsa.RSAPublicKey):
            raise CertificateError("public key is not RSA")
        self.public_key = key

    def issued_by(self, authorities: Iterable[x509.Certificate]) -> x509.Certificate | None:
        """The CA among `authorities` whose key signed this certificate.

        Generations of a CA share their name, so the key identifier chooses and the signature decides.
        """
        for authority in authorities:
            if authority.subject != self._issuer or not _may_issue(authority):
                continue
            if self._authority_key_id not in (None, _subject_key_id(authority)):
                continue
            if self.not_before < authority.not_valid_before_utc:
                continue
            try:
                self._certificate.verify_directly_issued_by(authority)
            except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
                continue
            return authority
        return None

    def describe(self, trusted: Sequence[x509.Certificate]) -> CertificateInfo:
        """What reception needs, judged against the CAs that the set-up trusts."""
        return CertificateInfo(
            serial=f"{self.serial:X}",
            not_before=self.not_before,
            not_after=self.not_after,
            issuer=self._issuer.rfc4514_string(),
            trusted=self.issued_by(trusted) is not None,
            test=calls_itself_a_test(self._issuer),
        )


def calls_itself_a_test(name: x509.Name) -> bool:
    """Whether organisation, unit or common name hold the word TEST, as test hierarchies do (`O=JPKI-TEST`)."""
    titles = (NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME, NameOID.COMMON_NAME)
    return any(
        isinstance(attribute.value, str) and _TEST_WORD.search(attribute.value) is not None
        for oid in titles
        for attribute in name.get_attributes_for_oid(oid)
    )


def _authority_key_id(certificate: x509.Certificate) -> bytes | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    except x509.ExtensionNotFound:
        return None


def _subject_key_id(certificate: x509.Certificate) -> bytes | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except x509.ExtensionNotFound:
        return None


def _may_issue(certificate: x509.Certificate) -> bool:
    try:
        extension = certificate.extensions.get_extension_for_oid(ExtensionOID.BASIC_CONSTRAINTS)
    except x509.ExtensionNotFound:
        return False
    return isinstance(extension.value, x509.BasicConstraints) and extension.value.ca
