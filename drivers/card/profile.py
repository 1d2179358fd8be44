"""Card profiles: everything that differs between generations of the card, in one place.

Application and file identifiers, key references, formats of credentials and the signature scheme are data here;
the sessions hold none of them. The next-generation card (elliptic curve, two applications) is another profile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from drivers.card.signature import RsaPkcs1Sha256, SignatureScheme
from kiosk.domain.card import CardKind


@dataclass(frozen=True)
class Credential:
    """A PIN file: where it lies and what may be presented to it. `digits` of None: not numeric."""

    file: int
    digits: int | None


@dataclass(frozen=True)
class JpkiProfile:
    """公的個人認証AP, the application of the two key pairs."""

    aid: bytes
    token_file: int
    token_label_length: int
    availability_file: int
    certificate_file: int  # 利用者証明用電子証明書
    key: int
    pin: Credential  # 利用者証明用暗証番号


@dataclass(frozen=True)
class VisualProfile:
    """券面事項確認AP, the application of the photo and the printed items.

    The file that shows the My Number and the credential that opens it are left out on purpose: what has no name
    here cannot be read or presented.
    """

    aid: bytes
    face_file: int
    record_certificate_file: int
    number_b: Credential


@dataclass(frozen=True)
class TextProfile:
    """券面入力補助AP, the application of the four attributes as text.

    The file of the My Number and 照合番号A are left out on purpose: what has no name here cannot be read or presented.
    """

    aid: bytes
    attributes_file: int
    integrity_file: int
    record_certificate_file: int
    pin: Credential  # 券面事項入力補助用暗証番号
    number_b: Credential


@dataclass(frozen=True)
class CardProfile:
    name: str
    jpki: JpkiProfile
    visual: VisualProfile
    text: TextProfile
    juki_aid: bytes  # 住基AP: selected to tell cards apart, never read
    common_aid: bytes  # 共通AP: never read
    kinds_by_label: Mapping[str, CardKind]
    scheme: SignatureScheme
    absent_mark: int  # EF of certificate availability: this byte means "no such certificate"


INDIVIDUAL_NUMBER_CARD = CardProfile(
    name="individual-number-card-2016",
    jpki=JpkiProfile(
        aid=bytes.fromhex("D392F000260100000001"),
        token_file=0x0006,
        token_label_length=32,
        availability_file=0x0008,
        certificate_file=0x000A,
        key=0x0017,
        pin=Credential(0x0018, digits=4),
    ),
    visual=VisualProfile(
        aid=bytes.fromhex("D3921000310001010402"),
        face_file=0x0002,
        record_certificate_file=0x0004,
        number_b=Credential(0x0012, digits=14),
    ),
    text=TextProfile(
        aid=bytes.fromhex("D3921000310001010408"),
        attributes_file=0x0002,
        integrity_file=0x0003,
        record_certificate_file=0x0004,
        pin=Credential(0x0011, digits=4),
        number_b=Credential(0x0015, digits=14),
    ),
    juki_aid=bytes.fromhex("D3921000310001010401"),
    common_aid=bytes.fromhex("D3921000310001010100"),
    kinds_by_label={
        "JPKIAPICCTOKEN2": CardKind.INDIVIDUAL_NUMBER,
        "JPKIAPICCTOKEN": CardKind.JUKI,
        "JPKIAPGPSETOKEN": CardKind.PHONE,
        "JPKIAPIOSTOKEN": CardKind.PHONE,
    },
    scheme=RsaPkcs1Sha256(),
    absent_mark=0x00,
)
"""個人番号カード as issued since 2016."""
