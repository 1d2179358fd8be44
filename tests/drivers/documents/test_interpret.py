"""What kind of paper it is, by what it says."""

from __future__ import annotations

import pytest

from drivers.documents.interpret import decide_fields, decide_type, read_sheet, shows_several
from drivers.documents.layout import Glyph
from drivers.documents.vocabulary import load_vocabulary
from kiosk.domain.documents import DocumentType, FieldKey, FieldSource

WORDS = load_vocabulary()
ITEMS = ("記号　12　番号　345", "氏名　見本　花子", "生年月日　昭和25年2月11日", "保険者番号　06479992")


def glyphs(*lines: tuple[str, float]) -> list[Glyph]:
    """Lines of print one below the other, each with its size."""
    found: list[Glyph] = []
    top = 0.0
    for text, size in lines:
        left = 0.0
        for character in text:
            width = size if ord(character) > 0xFF else size / 2
            if not character.isspace():
                found.append(Glyph(character, left, top, left + width, top + 1.25 * size))
            left += width
        top += 2 * size
    return found


def kind(*titles: tuple[str, float], hint: DocumentType | None = None) -> DocumentType:
    sheet = read_sheet([glyphs(*titles, *((item, 10) for item in ITEMS))], WORDS, ocr=False)
    return decide_type(sheet, WORDS, pdf=False, hint=hint)[0]


@pytest.mark.parametrize(
    "title",
    [
        "国民健康保険高齢受給者証",
        "健康保険限度額適用認定証",
        "限度額適用・標準負担額減額認定証",
        "介護保険被保険者証",
        "雇用保険被保険者証",
        "介護保険負担割合証",
        "子ども医療費受給者証",
        "健康保険特定疾病療養受療証",
        "健康保険資格喪失証明書",
        "健康保険被保険者資格証明書",
        "資格確認書交付申請書",
        "身体障害者手帳",
        "診察券",
    ],
)
def test_other_papers_with_the_same_numbers_are_none_of_ours_whatever_was_asked_for(title: str) -> None:
    for hint in DocumentType:
        assert kind((title, 16), hint=hint) is DocumentType.UNKNOWN


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("国民健康保険被保険者証兼高齢受給者証", DocumentType.OLD_CARD),
        ("国民健康保険資格確認書兼高齢受給者証", DocumentType.CERTIFICATE),
        ("国民健康保険資格確認書（兼高齢受給者証）", DocumentType.CERTIFICATE),
        ("資格情報のお知らせ（兼高齢受給者証）", DocumentType.NOTICE),
    ],
)
def test_one_paper_that_is_the_elderly_certificate_too_is_what_it_says_first(
    title: str, expected: DocumentType
) -> None:
    assert kind((title, 16)) is expected


def test_a_heading_of_another_scheme_on_a_paper_does_not_make_it_another() -> None:
    assert kind(("資格確認書", 16), ("限度額適用認定証", 10)) is DocumentType.CERTIFICATE
    assert kind(("医療保険の資格情報", 12), ("限度額適用認定証", 12)) is DocumentType.PORTAL_SCREEN


@pytest.mark.parametrize(
    ("pages", "several"),
    [
        ([(("資格確認書", 16), ("資格情報のお知らせ", 16))], True),
        ([(("資格確認書", 16), ("資格情報のお知らせ", 10))], False),
        ([(("資格確認書", 16),), (("資格確認書", 16),)], False),
        ([(("資格確認書", 16),), (("氏名　見本　太郎", 10),)], False),  # one misreading
        ([(("資格確認書", 16),), (("氏名　見本　太郎", 10), ("生年月日　昭和50年1月1日", 10))], True),
    ],
)
def test_papers_of_several_kinds_or_people_are_not_one(
    pages: list[tuple[tuple[str, float], ...]], several: bool
) -> None:
    first, *rest = pages
    shown = [glyphs(*first, *((item, 10) for item in ITEMS)), *(glyphs(*one) for one in rest)]
    sheet = read_sheet(shown, WORDS, ocr=False)
    assert shows_several(sheet, decide_fields(sheet, FieldSource.TEXT)) is several


@pytest.mark.parametrize("hint", list(DocumentType))
def test_a_paper_that_is_accepted_alone_has_to_say_what_it_is(hint: DocumentType) -> None:
    beside_a_card = {DocumentType.PORTAL_SCREEN, DocumentType.PORTAL_PDF, DocumentType.NOTICE}
    assert kind(hint=hint) is (hint if hint in beside_a_card else DocumentType.UNKNOWN)


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("2026・640", ("2026", "640", None)),
        ("2026.640", ("2026", "640", None)),  # as OCR takes the dot between digits
        ("架空・7・640", ("架空・7", "640", None)),
        ("架空・7・70", (None, None, None)),  # 70 may be the branch
        ("12・34・567", (None, None, None)),
        ("架空・7・640・01", (None, None, None)),
    ],
)
def test_symbol_and_number_in_one_place(printed: str, expected: tuple[str | None, ...]) -> None:
    assert numbers(f"記号・番号　{printed}") == expected


def test_what_stands_elsewhere_or_is_announced_tells_the_parts_of_a_symbol() -> None:
    assert numbers("記号・番号　架空・7・70", "枝番　01") == ("架空・7", "70", "01")
    assert numbers("記号・番号・枝番　架空・7・70・01") == ("架空・7", "70", "01")


def numbers(*lines: str) -> tuple[str | None, ...]:
    sheet = read_sheet([glyphs(*((line, 10) for line in lines))], WORDS, ocr=True)
    fields = decide_fields(sheet, FieldSource.OCR)
    return tuple(
        fields[key].value if key in fields else None for key in (FieldKey.SYMBOL, FieldKey.NUMBER, FieldKey.BRANCH)
    )
