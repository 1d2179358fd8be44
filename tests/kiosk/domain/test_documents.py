"""Readings as values, what a claim still lacks, and whose document it is."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.domain.documents import (
    Blocked,
    DocumentReading,
    DocumentType,
    Field,
    FieldKey,
    FieldSource,
    HolderMatch,
    match_holder,
    needed_for_claim,
)

BORN = date(1950, 2, 11)


def field(value: str | None) -> Field:
    return Field(value, FieldSource.TEXT, 1.0)


def reading(kind: DocumentType = DocumentType.PORTAL_PDF, **values: str | None) -> DocumentReading:
    return DocumentReading(kind, {FieldKey(key): field(value) for key, value in values.items()})


def test_an_item_that_is_not_on_the_paper_and_one_that_is_doubtful_are_told_apart() -> None:
    seen = reading(number="12", branch=None)
    assert seen.doubtful == (FieldKey.BRANCH,)
    assert seen.value(FieldKey.SYMBOL) is None
    assert seen.value(FieldKey.BRANCH) is None


def test_dates_and_share_come_as_values() -> None:
    seen = reading(birth="1950-02-11", ratio="20")
    assert seen.day(FieldKey.BIRTH) == BORN
    assert seen.day(FieldKey.VALID_TO) is None
    assert seen.share_percent == 20


def test_a_reading_shows_nothing_of_a_person_in_its_repr() -> None:
    seen = reading(name="見本 花子")
    assert "見本" not in repr(seen) + repr(seen.fields) + str(seen)


@pytest.mark.parametrize(
    ("seen", "usable"),
    [
        (reading(name="見本 花子"), True),
        (reading(DocumentType.UNKNOWN, name="見本 花子"), False),
        (reading(), False),
        (DocumentReading(blocked=Blocked.MY_NUMBER_SEEN), False),
    ],
)
def test_usable_is_a_known_document_with_something_on_it(seen: DocumentReading, usable: bool) -> None:
    assert seen.usable is usable


def test_what_a_claim_lacks_is_named_in_the_order_of_the_paper() -> None:
    assert needed_for_claim(reading(name="見本 花子")) == (
        FieldKey.INSURER_NO,
        FieldKey.SYMBOL,
        FieldKey.NUMBER,
        FieldKey.BIRTH,
    )


def test_the_late_elderly_scheme_has_no_symbol_and_a_notice_no_birth_date() -> None:
    elderly = reading(DocumentType.NOTICE, insurer_no="39479993", number="00123456", name="見本 花子")
    assert needed_for_claim(elderly) == ()


def test_a_lost_character_asks_for_the_reading_and_a_doubtful_branch_is_asked() -> None:
    seen = reading(insurer_no="06479992", symbol="1", number="2", name="見本 ●子", birth="1950-02-11", branch=None)
    assert needed_for_claim(seen) == (FieldKey.BRANCH, FieldKey.KANA)


@pytest.mark.parametrize(
    ("values", "match"),
    [
        ({"name": "見本 花子", "birth": "1950-02-11"}, HolderMatch.MATCH),
        ({"kana": "ﾐﾎﾝ ﾊﾅｺ", "birth": "1950-02-11"}, HolderMatch.MATCH),
        ({"name": "見本 ●子", "kana": "ミホン ハナコ", "birth": "1950-02-11"}, HolderMatch.MATCH),
        ({"name": "見本 ●子", "birth": "1950-02-11"}, HolderMatch.STAFF),
        ({"name": "見本 太郎", "birth": "1950-02-11"}, HolderMatch.STAFF),
        ({"name": "見本 花子", "birth": "1950-02-12"}, HolderMatch.STAFF),
        ({"name": "例示 健二", "kana": "レイジ ケンジ", "birth": "1971-05-20"}, HolderMatch.DIFFERENT),
        ({"name": "例示 健二", "birth": "1971-05-20"}, HolderMatch.DIFFERENT),
        ({"name": "見本 花子"}, HolderMatch.NAME_ONLY),
        ({"kana": "ミホン ハナコ"}, HolderMatch.NAME_ONLY),
        ({"name": "見本 太郎", "kana": "ミホン ハナコ"}, HolderMatch.STAFF),
        ({"name": "例示 健二", "kana": "レイジ ケンジ"}, HolderMatch.DIFFERENT),
        ({"name": "見本 花子", "birth": None}, HolderMatch.STAFF),
        ({"birth": "1950-02-11"}, HolderMatch.STAFF),
        ({}, HolderMatch.STAFF),
    ],
)
def test_birth_date_and_name_together_show_whose_document_it_is(
    values: dict[str, str | None], match: HolderMatch
) -> None:
    assert match_holder(reading(**values), name="見本　花子", kana="ミホン　ハナコ", birth_date=BORN) is match


def test_variant_forms_of_a_kanji_are_the_same_name() -> None:
    seen = reading(name="髙橋 花子", birth="1950-02-11")
    assert match_holder(seen, name="高橋　花子", kana=None, birth_date=BORN) is HolderMatch.MATCH
