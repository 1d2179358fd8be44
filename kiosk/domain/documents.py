"""What was read from a document that the patient shows, and whether it belongs to the holder of the card.

Source: documents reference 1 to 4; the words are those of `kiosk read-document` (design 4.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kiosk.domain.kana import NameMatch, compare_kana, compare_names, has_gap


class DocumentType(StrEnum):
    """What the title makes of it."""

    PORTAL_PDF = "portal_pdf"  # マイナポータル「医療保険の資格情報」, downloaded
    PORTAL_SCREEN = "portal_screen"  # the same on a phone
    NOTICE = "notice"  # 資格情報のお知らせ
    CERTIFICATE = "certificate"  # 資格確認書
    OLD_CARD = "old_card"  # 健康保険証
    UNKNOWN = "unknown"


class FieldKey(StrEnum):
    """Items of documents reference 2.1, in its order."""

    TITLE = "title"
    INSURER_NAME = "insurer_name"  # 保険者名
    INSURER_NO = "insurer_no"  # 保険者番号
    SYMBOL = "symbol"  # 記号
    NUMBER = "number"  # 番号
    BRANCH = "branch"  # 枝番
    NAME = "name"  # 氏名
    KANA = "kana"  # フリガナ
    BIRTH = "birth"  # 生年月日
    SEX = "sex"  # 性別; never shown, never spoken
    HOUSEHOLDER = "householder"  # 世帯主氏名
    RELATION = "relation"  # 本人・家族の別
    RATIO = "ratio"  # 負担割合, in per cent
    ACQUIRED = "acquired"  # 資格取得年月日, 適用開始年月日
    ISSUED = "issued"  # 交付年月日
    VALID_FROM = "valid_from"  # 有効開始日, 発効期日
    VALID_TO = "valid_to"  # 有効期限
    CHECKED_AT = "checked_at"  # 確認日, ダウンロード日
    LIMIT = "limit"  # 適用区分


DATE_KEYS = frozenset(
    {
        FieldKey.BIRTH,
        FieldKey.ACQUIRED,
        FieldKey.ISSUED,
        FieldKey.VALID_FROM,
        FieldKey.VALID_TO,
        FieldKey.CHECKED_AT,
    }
)


class FieldSource(StrEnum):
    TEXT = "text"  # the text layer of a PDF
    OCR = "ocr"


class Blocked(StrEnum):
    """Why nothing was read, or nothing of it was kept."""

    MY_NUMBER_SEEN = "my_number_seen"  # the twelve digits, or the back of the card
    TOO_LARGE = "too_large"  # more bytes, pages, pixels, memory or time than the rules allow
    DAMAGED = "damaged"  # not a PDF or picture, or broken
    ENCRYPTED = "encrypted"


@dataclass(frozen=True, repr=False)
class Field:
    """One item. `value` is normal: dates ISO 8601, digits half-width, the ratio in per cent.

    None stands for "seen, but not certain": `warning` then is an id whose sentence is `document.warning.<id>`.
    A value with a warning is read with certainty and remarkable all the same. Personal data: no repr.
    """

    value: str | None
    source: FieldSource
    confidence: float  # 0 to 1, of the least certain character
    warning: str | None = None
    original: str = ""  # as printed, for the claim

    def __repr__(self) -> str:
        return "Field()"


@dataclass(frozen=True, repr=False)
class DocumentReading:
    """What one document says. An item that is not on the paper is not in `fields`.

    `warnings` are ids of the whole document (sentences `document.warning.<id>`); those of `ADVISORY` are notes for
    staff that decide nothing. `sha256` is of the file or the picture's bytes, empty for a camera frame. No repr.
    """

    type: DocumentType = DocumentType.UNKNOWN
    fields: Mapping[FieldKey, Field] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    blocked: Blocked | None = None
    sha256: str = ""

    def __repr__(self) -> str:
        return f"DocumentReading({self.type.value})"

    def value(self, key: FieldKey) -> str | None:
        found = self.fields.get(key)
        return found.value if found else None

    def day(self, key: FieldKey) -> date | None:
        """The date of an item of `DATE_KEYS`."""
        value = self.value(key)
        return date.fromisoformat(value) if value else None

    @property
    def doubtful(self) -> tuple[FieldKey, ...]:
        """Items that are on the paper and could not be read with certainty: to be asked, never guessed."""
        return tuple(key for key, found in self.fields.items() if found.value is None)

    @property
    def usable(self) -> bool:
        """A known document of which at least something was read."""
        return self.blocked is None and self.type is not DocumentType.UNKNOWN and bool(self.fields)

    @property
    def share_percent(self) -> int | None:
        value = self.value(FieldKey.RATIO)
        return int(value) if value else None


_ALWAYS = (FieldKey.INSURER_NO, FieldKey.NUMBER, FieldKey.NAME)


def needed_for_claim(reading: DocumentReading) -> tuple[FieldKey, ...]:
    """Items that a claim needs and the reading does not give, in the order in which to ask (documents reference 2.1).

    The birth date is not asked of a notice: its final form has none. The symbol is asked where the paper has one, and
    the branch number where it is on the paper.
    """
    wanted = list(_ALWAYS)
    if reading.type is not DocumentType.NOTICE:
        wanted.append(FieldKey.BIRTH)
    name = reading.value(FieldKey.NAME)
    if name and has_gap(name):
        wanted.append(FieldKey.KANA)
    if not (reading.value(FieldKey.INSURER_NO) or "").startswith("39"):
        wanted.append(FieldKey.SYMBOL)
    if FieldKey.BRANCH in reading.fields:
        wanted.append(FieldKey.BRANCH)
    return tuple(key for key in FieldKey if key in wanted and reading.value(key) is None)


class HolderMatch(StrEnum):
    """Whether the document names the holder of the card."""

    MATCH = "match"  # birth date, and reading or written name
    NAME_ONLY = "name_only"  # the paper prints no birth date; reading or written name is equal
    STAFF = "staff"  # one of the two only, or too little to tell: a person decides
    DIFFERENT = "different"  # nothing agrees


def match_holder(
    reading: DocumentReading, *, name: str | None, kana: str | None, birth_date: date | None
) -> HolderMatch:
    """Documents reference 2.2 (8, 9) and 3: the same birth date and the same reading or written name.

    Variant forms of a kanji count as the same; a lost character (●) alone never makes two names the same. Surname and
    birth date are not enough: twins and families have been mixed up.
    """
    by_kana = compare_kana(reading.value(FieldKey.KANA), kana)
    by_name = compare_names(reading.value(FieldKey.NAME), name)
    lost = has_gap(reading.value(FieldKey.NAME) or "") or has_gap(name or "")
    same_kana = by_kana is NameMatch.EQUAL
    same_name = by_name is NameMatch.EQUAL or (by_name is NameMatch.SIMILAR and not lost)
    contradicted = by_kana is NameMatch.DIFFERENT and by_name is NameMatch.DIFFERENT
    born = reading.day(FieldKey.BIRTH)
    if born is None or birth_date is None:
        if FieldKey.BIRTH in reading.fields or birth_date is None or not (same_kana or same_name):
            return HolderMatch.DIFFERENT if contradicted else HolderMatch.STAFF
        return HolderMatch.STAFF if NameMatch.DIFFERENT in (by_kana, by_name) else HolderMatch.NAME_ONLY
    if born == birth_date and (same_kana or same_name):
        return HolderMatch.MATCH
    named = same_kana or same_name or NameMatch.SIMILAR in (by_kana, by_name)
    if born != birth_date and not named and by_name is not NameMatch.UNKNOWN:
        return HolderMatch.DIFFERENT
    return HolderMatch.STAFF
