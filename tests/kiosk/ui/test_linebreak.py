import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.messages import Catalogue
from kiosk.domain.ruby import annotated
from kiosk.ui.linebreak import balanced, chunks, line_count, plain


def full_width(text: str) -> float:
    return sum(1.0 if ord(char) > 0x2FF else 0.5 for char in text)


@pytest.mark.parametrize(
    ("sentence", "pieces"),
    [
        ("カードを読み取り台に置いてください。", ["カードを", "読み取り台に", "置いてください。"]),
        ("ほかの方法をお選びください。", ["ほかの方法を", "お選びください。"]),
        ("引っ越しのあとに", ["引っ越しのあとに"]),
        ("「カード以外で受付」を押してください。", ["「カード以外で受付」を", "押してください。"]),
        ("もう一度\u200b置いてください", ["もう一度", "置いてください"]),
        ("登録\u2060する方は", ["登録する方は"]),
        ("別の方法で", ["別の", "方法で"]),
        ("Take the card", ["Take ", "the ", "card"]),
        ("", []),
    ],
)
def test_phrases_stay_whole(sentence: str, pieces: list[str]) -> None:
    assert list(chunks(sentence)) == pieces


@pytest.mark.parametrize(
    ("sentence", "pieces"),
    [
        ("カードを {置|お}いて、{待|ま}ってください。", ["カードを ", "{置|お}いて、", "{待|ま}ってください。"]),
        ("もう{一度|いちど} {置|お}いてください", ["もう{一度|いちど} ", "{置|お}いてください"]),
        (
            "「カード{以外|いがい}で {受付|うけつけ}」を {押|お}す",
            ["「カード{以外|いがい}で {受付|うけつけ}」を ", "{押|お}す"],
        ),
        ("{市役所|しやくしょ}", ["{市役所|しやくしょ}"]),
    ],
)
def test_easy_japanese_breaks_at_its_spaces_and_keeps_its_readings(sentence: str, pieces: list[str]) -> None:
    assert list(chunks(annotated(sentence))) == [annotated(piece) for piece in pieces]


def test_a_piece_with_a_reading_is_broken_around_it() -> None:
    lines = balanced(annotated("{医療費|いりょうひ}助成制度"), 4, lambda text: full_width(plain(text)))
    assert lines == (annotated("{医療費|いりょうひ}"), "助成制度")


def test_letters_keep_what_is_written_around_them() -> None:
    assert balanced("कृपया", 0.5, full_width) == ("कृ", "प", "या")


def test_other_scripts_end_their_sentences_too() -> None:
    assert balanced("कार्ड राख्नुहोस्। पर्खनुहोस्।", 40, full_width) == ("कार्ड राख्नुहोस्।", "पर्खनुहोस्।")
    assert balanced("请放卡。请稍候！好", 40, full_width) == ("请放卡。", "请稍候！", "好")


def test_lines_of_a_sentence_are_about_equal() -> None:
    lines = balanced("カードをケースから出して、読み取り台に置いてください。", 22, full_width)
    assert lines == ("カードをケースから出して、", "読み取り台に置いてください。")


def test_each_sentence_begins_a_line() -> None:
    assert balanced("登録しました。次も使えます。", 40, full_width) == ("登録しました。", "次も使えます。")
    assert balanced("It works. Go on. A 4.5 is kept", 40, full_width) == ("It works.", "Go on.", "A 4.5 is kept")
    assert balanced("ミホン ハナコ\n見本　花子", 40, full_width) == ("ミホン ハナコ", "見本　花子")


def test_a_word_that_is_too_long_breaks_between_characters_but_not_before_a_small_one() -> None:
    lines = balanced("スーパーコンピューター", 4, full_width)
    assert "".join(lines) == "スーパーコンピューター"
    assert all(line[0] not in "ーュ" for line in lines)


@given(st.text(alphabet="あいをのは漢字読取カード、。「」（）お ab1\u200b\u2060", max_size=40), st.integers(0, 30))
def test_nothing_is_lost_and_nothing_added(sentence: str, width: int) -> None:
    lines = balanced(sentence, width, full_width)
    assert "".join("".join(lines).split()) == "".join(plain(sentence).split())


@given(st.text(alphabet="あの漢字カ。「」お ab\n\u200b", max_size=40), st.integers(0, 12))
def test_lines_are_counted_without_balancing_them(sentence: str, width: int) -> None:
    assert line_count(sentence, width, full_width) == len(balanced(sentence, width, full_width))


@given(st.text(alphabet="あをの漢字カタお", max_size=40), st.integers(4, 30))
def test_no_line_is_wider_than_asked(sentence: str, width: int) -> None:
    assert all(full_width(line) <= width for line in balanced(sentence, width, full_width))


def test_no_sentence_of_the_catalogue_leaves_one_character_alone(catalogue: Catalogue) -> None:
    for message_id in catalogue.ids():
        if message_id.startswith(("staff.", "failure.")):
            continue
        for part in chunks(catalogue._sentences[message_id]["ja"].split("。")[0]):
            lines = balanced(part, 20, full_width)
            assert all(len(line) > 1 or len(lines) == 1 for line in lines), message_id
