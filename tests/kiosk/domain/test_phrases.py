"""Words that stay on one line."""

import pytest

from kiosk.app.catalogue import load_catalogue
from kiosk.app.paths import ASSETS
from kiosk.domain.phrases import Words
from kiosk.ui.linebreak import balanced, chunks, plain

CHINESE = Words.of({"together": "其他 方法 个人编号卡 登记", "before": "请把", "after": "的次"})
VIETNAMESE = Words.of({"together": ["bảo hiểm", "thẻ bảo hiểm", "My Number"]})


@pytest.mark.parametrize(
    ("sentence", "pieces"),
    [
        ("可以用其他方法登记", ["可", "以", "用", "其他", "方法", "登记"]),
        ("请把个人编号卡放好。", ["请把个人编号卡", "放", "好。"]),
        ("别的方法（マイナンバー）", ["别的", "方法", "（マイナンバー）"]),
        ("再错[[n]]次，登记A4纸", ["再", "错", "[[n]]次，", "登记", "A4纸"]),
        ("请按“其他 方法”。", ["请按", "“其他 方法”。"]),
    ],
)
def test_chinese_parts_between_words_only(sentence: str, pieces: list[str]) -> None:
    assert list(chunks(CHINESE.marked(sentence))) == pieces
    assert plain(CHINESE.marked(sentence)) == sentence


def test_what_carries_marks_of_its_own_keeps_to_them() -> None:
    assert CHINESE.marked("其他\u200b方法登记") == "其他\u200b方法登记"


def test_a_word_of_several_syllables_stays_whole() -> None:
    marked = VIETNAMESE.marked("Thẻ bảo hiểm và thẻ My Number")
    assert list(chunks(marked)) == ["Thẻ bảo hiểm ", "và ", "thẻ ", "My Number"]
    assert plain(marked) == "Thẻ bảo hiểm và thẻ My Number"
    assert VIETNAMESE.marked("bảo hiểmx") == "bảo hiểmx"


def test_a_number_stays_with_what_it_counts_where_it_can_and_a_short_label_in_its_quotes() -> None:
    assert balanced("Eles veem por 24 horas daqui", 20, len) == ("Eles veem por", "24 horas daqui")
    assert list(chunks("trong “Cho xem” rồi")) == ["trong ", "“Cho xem” ", "rồi"]
    assert list(chunks("“Check-in sem o cartão” a")) == ["“Check-in ", "sem ", "o ", "cartão” ", "a"]


def test_the_catalogue_tears_no_word() -> None:
    catalogue = load_catalogue(ASSETS / "messages")
    said = catalogue._sentences["fallback.title"]["zh-Hans"]
    assert balanced(said, 6, lambda text: float(len(text))) == ("可以用其他", "方法办理")
    assert "\u00a0" in catalogue._sentences["idle.place_card"]["id"]
