import warnings
from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from drivers.card.certificate import SIZE_LIMIT, CertificateError, UserAuthenticationCertificate, calls_itself_a_test
from drivers.simulated.card import simulated_ca_certificates
from drivers.simulated.card.certificates import user_authentication_certificate
from drivers.simulated.card.keys import published_key
from drivers.simulated.persona import CardFields, Persona, RecordFields

PERSONA = Persona("hanako", {}, CardFields(certificate_starts=date(2026, 2, 12)), RecordFields())
DER = user_authentication_certificate(PERSONA)


def authority(
    *,
    key: rsa.RSAPrivateKey | None = None,
    ca: bool = True,
    starts: datetime = datetime(2015, 1, 1, tzinfo=UTC),
    organisation: str | None = None,
) -> x509.Certificate:
    """A CA like the one that issued `DER`, different where a test wants it."""
    genuine = simulated_ca_certificates()[0]
    name = genuine.subject
    if organisation is not None:
        name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation)])
    key = key or published_key("ca-user-authentication")
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(starts)
        .not_valid_after(starts + timedelta(days=9999))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(
            genuine.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value,
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )


def test_the_right_generation_is_chosen_by_key_identifier() -> None:
    certificate = UserAuthenticationCertificate(DER)
    older, genuine = authority(key=published_key("card-01")), authority()
    assert certificate.issued_by([older, genuine]) is genuine
    assert certificate.issued_by(reversed(simulated_ca_certificates())) == simulated_ca_certificates()[0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": published_key("card-01")},  # same name and identifier, another key
        {"ca": False},
        {"starts": datetime(2026, 3, 1, tzinfo=UTC)},  # younger than what it is said to have issued
        {"organisation": "MADOGUCHI-TEST"},
    ],
)
def test_an_authority_that_did_not_issue_it(wrong: dict[str, object]) -> None:
    assert UserAuthenticationCertificate(DER).issued_by([authority(**wrong)]) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("organisation", "test"),
    [
        ("JPKI", False),
        ("JPKI-TEST", True),
        ("MADOGUCHI-TEST", True),
        ("Test Agency", True),
        ("Contest Attestation", False),
        ("Latest", False),
    ],
)
def test_authorities_that_call_themselves_a_test(organisation: str, test: bool) -> None:
    assert calls_itself_a_test(authority(organisation=organisation).subject) is test


def test_a_broken_signature_is_not_trusted() -> None:
    damaged = DER[:-1] + bytes((DER[-1] ^ 1,))
    info = UserAuthenticationCertificate(damaged).describe(simulated_ca_certificates())
    assert not info.trusted


@given(st.binary(max_size=400))
def test_rubbish_raises_only_the_own_error(raw: bytes) -> None:
    with pytest.raises(CertificateError):
        UserAuthenticationCertificate(raw)


@given(st.lists(st.tuples(st.integers(0, len(DER) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_damaged_certificates_raise_only_the_own_error(changes: list[tuple[int, int]]) -> None:
    raw = bytearray(DER)
    for place, value in changes:
        raw[place] = value
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            info = UserAuthenticationCertificate(bytes(raw)).describe(simulated_ca_certificates())
        except CertificateError:
            return
    assert info.trusted is (bytes(raw) == DER)


def test_other_keys_and_sizes_are_refused() -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "JPKI-TEST")])
    curve = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2027, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA384())
        .public_bytes(Encoding.DER)
    )
    with pytest.raises(CertificateError):
        UserAuthenticationCertificate(curve)
    with pytest.raises(CertificateError, match="limit"):
        UserAuthenticationCertificate(DER + bytes(SIZE_LIMIT))
