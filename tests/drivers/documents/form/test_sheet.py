"""The sheet as a PDF: everything that was written can be read back, on one page, in embedded fonts."""

from __future__ import annotations

import base64
import io
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image, ImageDraw
from pypdf import PdfReader

from drivers.documents.form.fitting import fit
from drivers.documents.form.fonts import FontSet
from drivers.documents.form.layout import load_layout
from drivers.documents.form.sheet import FormSheet, ink_of
from kiosk.domain.attestation import FormRules, parse_form
from kiosk.domain.attestation_sheet import Reception, SheetContent, sheet_of
from kiosk.domain.failures import FailureCode, Fatal, NeedsStaff
from kiosk.domain.outcome import IdentityMethod
from kiosk.domain.rules import load_rules

ASSETS = Path(__file__).parents[4] / "assets"
AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
LAYOUT = load_layout(ASSETS / "forms" / "attestation.toml")
RULES = FormRules(load_rules(ASSETS / "rules" / "form.toml"), load_rules(ASSETS / "rules" / "claims.toml"), AT.date())
SHEET = FormSheet(LAYOUT, ASSETS / "fonts")


def signature() -> bytes:
    picture = Image.new("RGBA", (600, 200), (0, 0, 0, 0))
    ImageDraw.Draw(picture).line([(40, 150), (150, 40), (260, 160), (560, 60)], fill=(10, 10, 40, 255), width=8)
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


FULL: dict[str, Any] = {
    "name": "𠮷田　髙子",
    "kana": "ヨシダ　タカコ",
    "birth_date": "1950-03-03",
    "sex": "female",
    "address": "東京都八王子市架空町１－２－３　﨑濵ハイツ４０５",
    "phone": "090-1234-5678",
    "insurance_kind": "municipal",
    "insurer_name": "㈱見本健康保険組合",
    "employer": "見本商事株式会社",
    "relation": "self",
    "since": "2026-04",
    "symbol": "八王",
    "number": "１２３４５６７",
    "branch": "01",
    "share_percent": 20,
    "reason": "network",
    "signed_on": "2026-11-24",
    "signature_png": base64.b64encode(signature()).decode(),
    "proxy": "長男",
}


def drawn(data: dict[str, Any], reception: Reception | None = None) -> bytes:
    return SHEET.draw(sheet_of(parse_form(data, RULES), RULES, reception), AT)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        assert len(document) == 1
        return str(document[0].get_textpage().get_text_range())
    finally:
        document.close()


def ticked(pdf: bytes) -> list[str]:
    """Labels that follow a tick."""
    words = text_of(pdf).replace("✓", " ✓ ").split()
    return [words[place + 1] for place, word in enumerate(words) if word == "✓"]


@pytest.fixture(scope="module")
def full() -> bytes:
    return drawn(FULL, Reception("K1-20261124-0001", AT, IdentityMethod.VISUAL))


def test_text_comes_back_exactly(full: bytes) -> None:
    text = text_of(full)
    plain = (FULL[key] for key in ("name", "kana", "address", "phone", "insurer_name", "employer", "symbol", "number"))
    for written in (*plain, "昭和25年3月3日", "令和8年11月24日", "令和8年4月ごろ", "K1-20261124-0001"):
        assert written in text
    assert "12けたの個人番号（マイナンバー）は書かないでください" in text


def test_choices_are_ticked(full: bytes) -> None:
    assert ticked(full) == ["女", "昭和", "国民健康保険", "本人", "2割", "通信障害", "代筆（続柄）", "目視"]


def test_a_blank_sheet_has_places_and_no_answers() -> None:
    text = text_of(SHEET.draw(SheetContent(), AT))
    assert "✓" not in text
    assert "令和　　　年　　　月　　　日" in text


def test_fonts_are_embedded_subsets_and_the_signature_is_there(full: bytes) -> None:
    page = PdfReader(io.BytesIO(full)).pages[0]
    fonts = [font.get_object()["/DescendantFonts"][0].get_object() for font in page["/Resources"]["/Font"].values()]
    assert {font["/BaseFont"].partition("+")[2] for font in fonts} == {"BIZUDPGothic", "BIZUDPGothicBold", "NotoSansJP"}
    assert all("/FontFile2" in font["/FontDescriptor"].get_object() for font in fonts)
    assert len(page.images) == 1
    assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [210, 297]
    assert len(full) < 200_000


def limits() -> dict[str, int]:
    return {row.text("name"): row.number("value") for row in RULES.rows("limit")}


@pytest.mark.parametrize(
    "key",
    ["name", "kana", "address", "phone", "insurance_kind", "insurer_name", "employer", "relation", "since", "reason"],
)
def test_the_longest_answer_fits(key: str) -> None:
    length = limits().get(key, limits()["text"])
    written = ("長い答え" * length)[:length]
    text = "".join(text_of(drawn({key: written})).split())
    assert written in text or all(part in text for part in (written[: length // 4], written[-length // 4 :]))
    assert text.count("長い答え") >= length // 4 - length // 12


def test_the_longest_proxy_fits() -> None:
    assert "姓" * 9 in text_of(drawn({"proxy": {"name": "姓" * 20, "relation": "続" * 12}}))


def test_what_no_font_has_becomes_a_geta() -> None:
    pdf = drawn({"name": "金 민수 😀 Nguyễn"})
    assert "金 〓〓 〓 Nguyễn" in text_of(pdf)
    assert SHEET.fonts.missing("金 민수 😀") == 3


def test_signature_without_a_stroke_is_no_picture() -> None:
    empty = io.BytesIO()
    Image.new("RGBA", (50, 20), (0, 0, 0, 0)).save(empty, "PNG")
    assert ink_of(empty.getvalue()) is None
    with pytest.raises(NeedsStaff) as caught:
        ink_of(b"\x89PNG\r\n\x1a\n but nothing else")
    assert caught.value.code is FailureCode.FORM_NOT_DRAWN


def test_type_shrinks_before_it_breaks() -> None:
    fonts = FontSet(ASSETS / "fonts")
    one = fit("一二三四五六七八", 30, 10, 13, 5, fonts)
    assert len(one.lines) == 1
    assert one.size < 13
    many = fit("字" * 150, 40, 20, 13, 5, fonts)
    assert "".join(many.lines) == "字" * 150
    assert many.whole
    assert not fit("字" * 200, 5, 3, 13, 5, fonts).whole


def test_elements_stay_on_the_page() -> None:
    for element in LAYOUT.elements:
        assert 18 <= element.x <= element.x + element.width <= 192.01, element
        assert 16 <= element.y <= element.y + element.height <= 289, element


@pytest.mark.parametrize(
    "text",
    [
        "element = 1",
        "[[element]]\nkind = 'circle'",
        "[[element]]\nkind = 'frame'\nat = [1, 2]",
        "[[element]]\nkind = 'field'\nat = [1, 2, 3, 4]",
        "[[element]]\nkind = 'label'\nat = [1, 2, 3, 4]\ntext = 1",
        "page = [1]\nelement = []",
        "not toml",
    ],
)
def test_a_wrong_layout_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Fatal) as caught:
        load_layout(path)
    assert caught.value.code is FailureCode.FORM_TEMPLATE_WRONG
    assert "own.toml" in caught.value.detail


@pytest.mark.pdf
def test_other_programs_read_it_too(full: bytes, tmp_path: Path) -> None:
    path = tmp_path / "form.pdf"
    path.write_bytes(full)
    checked = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, timeout=180, check=False)
    assert checked.returncode == 0, checked.stdout
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, timeout=180, check=True).stdout
    assert {"𠮷田", "髙子", "昭和25年3月3日"} <= set(text.split()), "poppler writes every blank as a plain one"
