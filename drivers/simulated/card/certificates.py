"""X.509 certificates of the simulated cards, laid out like the real ones, from a CA whose name says TEST.

Policy identifiers stand in the arc for examples (2.999), and all addresses in `.invalid`: nothing here can be taken
for a certificate of the public service.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from drivers.card import tlv
from drivers.simulated.card.keys import card_keys, published_key
from drivers.simulated.persona import CardFields, Persona, certificate_serial
from kiosk.domain.wareki import to_wareki

MUNICIPALITY = "99999"
"""No municipality has this code."""

_JST = timezone(timedelta(hours=9))
_LONGEST_VALIDITY = timedelta(days=5 * 365)
_ORGANISATION = "MADOGUCHI-TEST"
_AGENCY = "Fictional Agency for Tests"
_POLICY_AUTHENTICATION = x509.ObjectIdentifier("2.999.8.5.1.3.30")
_POLICY_SIGNATURE = x509.ObjectIdentifier("2.999.8.5.1.1.20")
_CPS = "http://cps.madoguchi.invalid/cps.html"
_OCSP = "http://ocsp.madoguchi.invalid/"
_HOLDER_ATTRIBUTES = "1.2.392.200149.8.5.5"  # 署名用電子証明書 profile: kinds of attribute, not a claim of origin
_UTF8_STRING = 0x0C


@dataclass(frozen=True)
class Authority:
    """One CA of the test hierarchy."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate
    unit: str
    title: str  # unit in the issuer alternative name


@cache
def user_authentication_authority() -> Authority:
    return _authority("ca-user-authentication", "TEST CA for user authentication", "試験用　利用者証明用認証局", 1)


@cache
def digital_signature_authority() -> Authority:
    return _authority("ca-digital-signature", "TEST CA for digital signature", "試験用　署名用認証局", 2)


def simulated_ca_certificates() -> tuple[x509.Certificate, ...]:
    """What a virtual deployment trusts."""
    return (user_authentication_authority().certificate, digital_signature_authority().certificate)


def user_authentication_certificate(persona: Persona) -> bytes:
    """利用者証明用電子証明書 in DER: no name and no address, key usage digitalSignature, client authentication."""
    authority = user_authentication_authority()
    usage = _key_usage(content_commitment=False)
    builder = _end_entity(persona, authority, card_keys(persona.name).authentication, usage, _POLICY_AUTHENTICATION)
    builder = builder.serial_number(int(certificate_serial(persona), 16))
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
    return _sign(builder, authority)


def signature_certificate(persona: Persona) -> bytes:
    """署名用電子証明書 in DER: carries name, sex, birth date and address, which is why the card protects it."""
    authority = digital_signature_authority()
    usage = _key_usage(content_commitment=True)
    builder = _end_entity(persona, authority, card_keys(persona.name).signature, usage, _POLICY_SIGNATURE)
    builder = builder.serial_number(int(certificate_serial(persona), 16) + 1)
    builder = builder.add_extension(x509.SubjectAlternativeName(_holder_attributes(persona.card)), critical=False)
    return _sign(builder, authority)


def _authority(key_name: str, unit: str, title: str, serial: int) -> Authority:
    key = published_key(key_name)
    name = _name(unit)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(datetime(2010, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2059, 12, 31, 14, 59, 59, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(False, False, False, False, False, True, True, False, False), critical=True
        )  # keyCertSign, cRLSign
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Authority(key, certificate, unit, title)


def _name(*units: str, common_name: str | None = None) -> x509.Name:
    attributes = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, _ORGANISATION),
        *(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit) for unit in (*units, _AGENCY)),
    ]
    if common_name is not None:
        attributes.append(x509.NameAttribute(NameOID.COMMON_NAME, common_name))
    return x509.Name(attributes)


def _subject(persona: Persona) -> x509.Name:
    mark = hashlib.sha256(f"subject:{persona.name}".encode()).hexdigest()[:14].upper()
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{mark}{MUNICIPALITY}003A"),
        ]
    )


def _validity(card: CardFields) -> tuple[datetime, datetime]:
    """From midnight of the first day to the last second of the last day, Japanese time.

    A scenario may move the end alone; the start then gives way, since no certificate ends before it begins.
    """
    start, end = card.certificate_starts, card.certificate_ends
    if start >= end:
        start = end - _LONGEST_VALIDITY
    return _jst(start, time(0, 0)), _jst(end, time(23, 59, 59))


def _jst(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, tzinfo=_JST).astimezone(UTC)


def _key_usage(*, content_commitment: bool) -> x509.KeyUsage:
    return x509.KeyUsage(True, content_commitment, False, False, False, False, False, False, False)


def _end_entity(
    persona: Persona,
    authority: Authority,
    key: rsa.RSAPrivateKey,
    usage: x509.KeyUsage,
    policy: x509.ObjectIdentifier,
) -> x509.CertificateBuilder:
    starts, ends = _validity(persona.card)
    issuer_key_id = authority.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    distribution = x509.DistributionPoint(
        [x509.DirectoryName(_name(authority.unit, "CRL Distribution Points", common_name="Test City CRLDP"))],
        None,
        None,
        None,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(_subject(persona))
        .issuer_name(authority.certificate.subject)
        .public_key(key.public_key())
        .not_valid_before(starts)
        .not_valid_after(ends)
        .add_extension(usage, critical=True)
        .add_extension(x509.CertificatePolicies([x509.PolicyInformation(policy, [_CPS])]), critical=True)
        .add_extension(x509.IssuerAlternativeName([x509.DirectoryName(_name(authority.title))]), critical=False)
        .add_extension(x509.CRLDistributionPoints([distribution]), critical=False)
        .add_extension(
            x509.AuthorityInformationAccess(
                [x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(_OCSP))]
            ),
            critical=False,
        )
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_key_id), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _holder_attributes(card: CardFields) -> list[x509.GeneralName]:
    birth = f"{to_wareki(card.birth_date).era.numeral}{card.birth_date:%Y%m%d}"
    values = {
        1: card.name,
        2: "0" * len(card.name),
        3: card.sex,
        4: birth,
        5: card.address,
        6: "0" * len(card.address),
    }
    return [
        x509.OtherName(x509.ObjectIdentifier(f"{_HOLDER_ATTRIBUTES}.{kind}"), tlv.encode(_UTF8_STRING, value.encode()))
        for kind, value in values.items()
    ]


def _sign(builder: x509.CertificateBuilder, authority: Authority) -> bytes:
    return builder.sign(authority.key, hashes.SHA256()).public_bytes(Encoding.DER)
