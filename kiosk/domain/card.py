"""What a kiosk may know about a card on its reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class CardKind(StrEnum):
    """What lies on the reader."""

    INDIVIDUAL_NUMBER = "individual_number"  # 個人番号カード (マイナンバーカード)
    JUKI = "juki"  # 住民基本台帳カード, the predecessor
    PHONE = "phone"  # スマホ用電子証明書, a certificate held by a smartphone
    OTHER = "other"  # a chip that is neither
    SILENT = "silent"  # no chip answers


@dataclass(frozen=True)
class CertificateInfo:
    """The user-authentication certificate (利用者証明用電子証明書), as far as reception needs it."""

    serial: str  # hexadecimal, upper case
    not_before: datetime  # aware, UTC
    not_after: datetime  # aware, UTC
    issuer: str  # RFC 4514 text
    trusted: bool  # chains to a configured CA
    test: bool  # issued by a CA that calls itself a test


@dataclass(frozen=True)
class CardSummary:
    """Everything learnt without any credential. `tries` of None means the card has no such credential."""

    kind: CardKind
    certificate: CertificateInfo | None = None
    pin_tries: int | None = None  # 利用者証明用暗証番号
    number_b_tries: int | None = None  # 照合番号B of the card-face application
    pinless: bool = False  # 顔認証マイナンバーカード: PINs exist but can never be used


@dataclass(frozen=True)
class CardHolder:
    """The printed facts the card-face application (券面事項確認AP) gives besides the photo."""

    birth_date: date
    sex: str  # "1" male, "2" female, "9" not applicable, "0" unknown
    card_expires: date
