"""PDFs with text: labels, not positions."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from drivers.documents.reader import FileDocumentReader
from drivers.simulated.persona import load_persona
from drivers.simulated.specimens import LAYOUTS, specimen, specimen_values
from kiosk.domain.documents import Blocked, DocumentReading, DocumentType, FieldKey
from kiosk.domain.insurance import with_check_digit
from kiosk.domain.kana import fold_name
from tests.drivers.documents import damage

ON = date(2026, 11, 24)
PERSONAS = Path(__file__).parents[3] / "assets" / "personas"
MY_NUMBER = "123456789018"  # a right check digit, and nobody's

Texts = list[tuple[float, float, str]]


@pytest.fixture(scope="module")
def reader() -> FileDocumentReader:
    return FileDocumentReader(lambda: ON)


def values(reading: DocumentReading) -> dict[str, str | None]:
    return {key.value: field.value for key, field in reading.fields.items()}


def lines(*texts: str) -> bytes:
    return damage.printed([(20, 20 + 9 * i, text) for i, text in enumerate(texts)])


SHEETS = [(document, layout) for document, layouts in LAYOUTS.items() for layout in layouts]
PEOPLE = ["kenji", "hanako", "shigeru", "infant", "gap_in_name"]


@pytest.mark.parametrize(
    ("document", "layout", "person"),
    [(*sheet, PEOPLE[number % len(PEOPLE)]) for number, sheet in enumerate(SHEETS)],
)
def test_every_specimen_is_read_without_an_error(
    reader: FileDocumentReader, document: str, layout: str, person: str
) -> None:
    persona = load_persona(PERSONAS, person)
    reading = reader.read(specimen(persona, document, on=ON, layout=layout, as_pdf=True))
    assert reading.type.value in (document, "portal_pdf")
    expected = specimen_values(persona, document, on=ON, layout=layout)
    read = {key: field.value for key, field in reading.fields.items() if key is not FieldKey.TITLE}
    wrong = {k: v for k, v in read.items() if v is not None and fold_name(v) != fold_name(expected.get(k, ""))}
    assert wrong == {}
    open_ = {key for key in expected if read.get(key) is None}
    assert open_ <= ({FieldKey.SYMBOL, FieldKey.NUMBER} if person == "shigeru" else set())


def test_labels_beside_below_and_in_columns(reader: FileDocumentReader) -> None:
    page: Texts = [
        (20, 20, "国民健康保険資格確認書"),
        (20, 40, "記号"),
        (70, 40, "番号"),
        (120, 40, "枝番"),
        (20, 47, "架空・７"),
        (70, 47, "808"),
        (120, 47, "01"),
        (20, 60, "氏名"),
        (50, 57, "ウィリアムズ　ジョン"),
        (50, 63, "クリストファー"),
        (20, 75, "生年月日"),
        (20, 82, "1964年6月18日"),
        (110, 75, "性別"),
        (130, 75, "男"),
        (20, 95, "有効期間"),
        (45, 95, "令和7年8月1日から令和8年7月31日まで"),
        (20, 105, "一部負担金の割合　30％"),
        (20, 115, "保険者番号（6桁）"),
        (20, 122, "4 7 9 9 9 8"),
        (20, 135, "交付者名"),
        (50, 135, "架空県架空広域"),
        (50, 140, "連合"),
    ]
    assert values(reader.read(damage.printed(page))) == {
        "title": "国民健康保険資格確認書",
        "insurer_name": "架空県架空広域連合",
        "insurer_no": "479998",
        "symbol": "架空・7",
        "number": "808",
        "branch": "01",
        "name": "ウィリアムズ ジョン クリストファー",
        "birth": "1964-06-18",
        "sex": "男",
        "ratio": "30",
        "valid_from": "2025-08-01",
        "valid_to": "2026-07-31",
    }


def test_several_pairs_on_one_line_and_words_in_brackets(reader: FileDocumentReader) -> None:
    reading = reader.read(
        lines(
            "資格情報のお知らせ",
            "架空南洋健康保険組合",
            "（保険者番号）06479992",
            "なお、このお知らせのみでは受診できません。",
            "記号・番号は大切に保管し、氏名に誤りがあれば保険者にご連絡ください。",
            "記号 000 番号 00000000 （枝番）00",
            "氏　　名 佐藤 太郎　　　ﾌﾘｶﾞﾅ ｻﾄｳ ﾀﾛｳ",
            "負担割合（70歳以上のみ記載） ２割",
            "令和６年１２月２日発行",
        )
    )
    assert reading.type is DocumentType.NOTICE
    assert values(reading) == {
        "title": "資格情報のお知らせ",
        "insurer_name": "架空南洋健康保険組合",
        "insurer_no": "06479992",
        "symbol": "000",
        "number": "00000000",
        "branch": "00",
        "name": "佐藤 太郎",
        "kana": "サトウ タロウ",
        "ratio": "20",
        "issued": "2024-12-02",
    }


@pytest.mark.parametrize(
    ("title", "more", "kind"),
    [
        ("医療保険の資格情報", "", DocumentType.PORTAL_PDF),
        ("資格情報通知書", "", DocumentType.NOTICE),
        ("後期高齢者医療資格確認書", "", DocumentType.CERTIFICATE),
        ("資　格　確　認　書", "", DocumentType.CERTIFICATE),
        ("国民健康保険被保険者証", "", DocumentType.OLD_CARD),
        ("健康保険証", "登録状況　登録済み", DocumentType.PORTAL_PDF),
        ("健康保険証", "交付年月日　令和3年4月1日", DocumentType.OLD_CARD),
        ("受診のご案内", "資格確認書をお持ちください。", DocumentType.UNKNOWN),
    ],
)
def test_the_title_decides(reader: FileDocumentReader, title: str, more: str, kind: DocumentType) -> None:
    assert reader.read(lines(title, more or " ", "番号 12")).type is kind


def test_what_the_patient_says_decides_where_the_title_leaves_it_open(reader: FileDocumentReader) -> None:
    page = lines("健康保険証", "番号 12")
    assert reader.read(page, DocumentType.OLD_CARD).type is DocumentType.OLD_CARD
    assert reader.read(page, DocumentType.PORTAL_PDF).type is DocumentType.PORTAL_PDF
    assert reader.read(page, DocumentType.NOTICE).type is DocumentType.PORTAL_PDF


def test_items_that_cannot_be_are_left_open_and_say_why(reader: FileDocumentReader) -> None:
    reading = reader.read(
        lines("資格確認書", "保険者番号 06479993", "枝番 1", "生年月日 平成31年5月1日", "負担割合 10割")
    )
    warnings = {key.value: field.warning for key, field in reading.fields.items() if field.value is None}
    assert warnings == {
        "insurer_no": "check_digit",
        "branch": "format",
        "birth": "outside_era",
        "ratio": "format",
    }
    assert "insurer_number_wrong" in reading.warnings


def test_two_pages_that_agree_are_one_and_that_differ_leave_the_item_open(reader: FileDocumentReader) -> None:
    import io

    from pypdf import PdfReader, PdfWriter

    def together(*pages: bytes) -> bytes:
        writer = PdfWriter()
        for page in pages:
            for one in PdfReader(io.BytesIO(page)).pages:
                writer.add_page(one)
        return damage.written(writer)

    first = lines("資格情報のお知らせ", "氏名 見本 花子", "番号 12")
    assert values(reader.read(together(first, lines("氏名　見本花子", "枝番 01")))) == {
        "title": "資格情報のお知らせ",
        "number": "12",
        "branch": "01",
        "name": "見本 花子",
    }
    other = reader.read(together(first, lines("氏名 見本 太郎", "番号 12")))
    assert other.fields[FieldKey.NAME].value is None
    assert other.fields[FieldKey.NAME].warning == "differs"


@pytest.mark.parametrize("number", [MY_NUMBER, "1234 5678 9018", "１２３４－５６７８－９０１８"])
def test_an_individual_number_blocks_and_nothing_is_kept(reader: FileDocumentReader, number: str) -> None:
    reading = reader.read(lines("資格情報のお知らせ", "氏名 見本 花子", number))
    assert reading.blocked is Blocked.MY_NUMBER_SEEN
    assert (reading.type, reading.fields, reading.warnings, reading.sha256) == (DocumentType.UNKNOWN, {}, (), "")


def test_twelve_digits_called_individual_number_block_whatever_their_check_digit(reader: FileDocumentReader) -> None:
    assert reader.read(lines("資格確認書", "個人番号 1234 5678 9010")).blocked is Blocked.MY_NUMBER_SEEN


def test_its_last_four_digits_are_pointed_out_and_taken_nowhere(reader: FileDocumentReader) -> None:
    reading = reader.read(lines("資格情報のお知らせ", "個人番号（下4桁） 9018", "氏名 見本 花子", "番号 456"))
    assert reading.blocked is None
    assert "part_of_my_number" in reading.warnings
    assert not any("9018" in field.original for field in reading.fields.values())


def test_numbers_of_a_table_side_by_side_are_no_individual_number(reader: FileDocumentReader) -> None:
    page: Texts = [(20, 20, "資格確認書"), (20, 40, "記号"), (60, 40, "番号"), (20, 48, "1234"), (60, 48, "56789018")]
    assert values(reader.read(damage.printed(page)))["number"] == "56789018"


def test_the_insured_persons_name_is_the_patients_only_where_they_are_the_same(reader: FileDocumentReader) -> None:
    elderly = reader.read(lines("資格確認書", "保険者番号 39479993", "被保険者氏名 見本 花子"))
    assert elderly.value(FieldKey.NAME) == "見本 花子"
    family = reader.read(lines("資格確認書", "保険者番号 06479992", "被保険者氏名 見本 花子"))
    assert family.value(FieldKey.NAME) is None
    assert family.value(FieldKey.HOUSEHOLDER) == "見本 花子"


def test_the_hash_of_the_file_stays(reader: FileDocumentReader) -> None:
    import hashlib

    page = lines("資格確認書", "氏名 見本 花子")
    assert reader.read(page).sha256 == hashlib.sha256(page).hexdigest()


@pytest.mark.parametrize("name", damage.empty_inside())
def test_what_holds_no_document_is_unknown(reader: FileDocumentReader, name: str) -> None:
    reading = reader.read(damage.empty_inside()[name])
    assert (reading.type, reading.blocked, dict(reading.fields)) == (DocumentType.UNKNOWN, None, {})
    assert "no_document" in reading.warnings


def test_a_picture_over_the_text_is_pointed_out(reader: FileDocumentReader) -> None:
    from fpdf import FPDF
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (400, 60), "white")
    ImageDraw.Draw(image).text((4, 4), "999999", font=ImageFont.truetype(damage.FACE, 44), fill="black")
    pdf = FPDF(unit="mm", format=(210, 297))
    pdf.add_font("face", "", damage.FACE)
    pdf.add_page()
    pdf.set_font("face", size=12)
    for y, text in ((20, "医療保険の資格情報"), (40, "氏名　見本 花子"), (60, "番号　123456")):
        pdf.text(20, y, text)
    pdf.image(image, x=31, y=56, w=35, h=5)
    assert {"covered_text", "text_differs_from_picture"} <= set(reader.read(bytes(pdf.output())).warnings)


@pytest.mark.parametrize(
    ("texts", "note"),
    [
        (("生年月日 1990年1月1日", "資格取得年月日 1989年1月1日"), "dates_out_of_order"),
        (("交付年月日 2027年1月1日",), "dates_out_of_order"),
        (("確認日 2026年9月1日",), "old_copy"),
        (("有効期限 2026年7月31日",), "past_its_date"),
        (("発効期日 2027年8月1日",), "not_in_force_yet"),
        (("交付年月日 2025年1月1日", "有効期限 2031年7月31日"), "valid_too_long"),
        (("保険者番号 39479993", "生年月日 1990年1月1日"), "too_young_for_insurer"),
        (("保険者番号 06479992", "保険者名 架空県後期高齢者医療広域連合"), "insurer_name_differs"),
        ((f"保険者番号 {with_check_digit('9947999')}",), "insurer_unknown"),
    ],
)
def test_notes_for_staff(reader: FileDocumentReader, texts: tuple[str, ...], note: str) -> None:
    assert note in reader.read(lines("資格確認書", *texts)).warnings


def test_a_good_certificate_has_no_notes(reader: FileDocumentReader) -> None:
    data = specimen(load_persona(PERSONAS, "kenji"), "certificate", on=ON, as_pdf=True)
    assert reader.read(data).warnings == ()


def test_a_value_with_another_over_it_is_left_open(reader: FileDocumentReader) -> None:
    page: Texts = [(20, 20, "資格確認書"), (20, 40, "番号"), (50, 40, "4266"), (51, 40.4, "43"), (20, 50, "枝番　01")]
    reading = reader.read(damage.printed(page))
    assert (reading.fields[FieldKey.NUMBER].value, reading.fields[FieldKey.NUMBER].warning) == (None, "overprinted")
    assert reading.value(FieldKey.BRANCH) == "01"
