"""The catalogue of sentences: the translations are complete, and what is not complete is not offered."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from kiosk.app import translations
from kiosk.app.catalogue import (
    LANGUAGES,
    base_sentences,
    load_catalogue,
    offered_languages,
    patient_languages,
    read_translation,
)
from kiosk.app.glossary import glossary, strays
from kiosk.app.paths import ASSETS
from kiosk.app.settings import Settings
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.languages import PatientSentences, flaws
from kiosk.domain.messages import Catalogue, Text
from kiosk.domain.ruby import annotated, heard, written
from kiosk.ui.linebreak import plain

MESSAGES = ASSETS / "messages"
SENTENCES = base_sentences(MESSAGES)
ORDER, PATIENT = patient_languages(MESSAGES)
TRANSLATED = [code for code in ORDER if code not in LANGUAGES and (MESSAGES / "lang" / f"{code}.yaml").exists()]


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_holds_every_sentence_of_the_patient_and_nothing_else(code: str) -> None:
    translation = read_translation(MESSAGES, code)
    assert translation is not None
    assert flaws(code, translation.sentences, SENTENCES, PATIENT) == []
    assert code in offered_languages(MESSAGES)


def test_every_file_is_a_language_of_the_list() -> None:
    assert {path.stem for path in (MESSAGES / "lang").glob("*.yaml")} <= set(ORDER)
    assert set(LANGUAGES) <= set(ORDER)
    assert all(f"language.{code}" in SENTENCES for code in ORDER)


def test_the_settings_offer_every_language_and_take_no_other() -> None:
    assert Settings().flow.languages == offered_languages(MESSAGES)
    chosen = {"flow": {"languages": ["en", "ja"], "default_language": "en"}}
    assert Settings().overridden(chosen).flow.languages == ("en", "ja")
    for wrong in (["ja", "tlh"], ["ja", "ja"], ["en"], []):
        with pytest.raises(Fatal) as caught:
            Settings().overridden({"flow": {"languages": wrong}})
        assert caught.value.code is FailureCode.SCENARIO_WRONG
        assert "ja" in caught.value.detail


# ---------- a small catalogue of our own ----------

LIST = 'order = ["ja", "ko", "en"]\nshown = ["card."]\nnot_shown = ["card.staff"]\n'
BASE = """
card.take: {ja: "カードをお取りください", en: "Please take your card"}
card.left: {ja: "[[n]]枚あります", en: "[[n]] cards are there"}
card.share: {ja: "[[n]]割", en: "[[percent]] %"}
card.staff: {ja: "職員へ", en: "for staff"}
language.ja: {ja: "日本語", en: "日本語"}
language.ko: {ja: "한국어", en: "한국어"}
language.en: {ja: "English", en: "English"}
"""
KOREAN = """
language: ko
reviewed: false
sentences:
  card.take: "카드를 받으십시오"
  card.left: "[[n]]장 있습니다"
  card.share: "[[percent]]%"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lang").mkdir()
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    (tmp_path / "lang" / "languages.toml").write_text(LIST, encoding="utf-8")
    (tmp_path / "lang" / "ko.yaml").write_text(KOREAN, encoding="utf-8")
    return tmp_path


def test_a_complete_translation_is_offered_in_its_place(folder: Path) -> None:
    catalogue = load_catalogue(folder)
    assert catalogue.languages == ("ja", "ko", "en")
    assert catalogue.render(Text("card.left", (("n", "2"),)), "ko") == "2장 있습니다"
    assert catalogue.render(Text("card.share", (("n", "3"), ("percent", "30"))), "ko") == "30%"
    assert catalogue.render(Text("card.staff"), "ko") == "for staff"
    assert [catalogue.render(Text("language.ko"), code) for code in catalogue.languages] == ["한국어"] * 3
    with pytest.raises(KeyError):
        catalogue.render(Text("card.take"), "vi")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('  card.take: "카드를 받으십시오"\n', ""),
        ("카드를 받으십시오", ""),
        ("카드를 받으십시오", " 카드를"),
        ("카드를 받으십시오", "카드를 &amp; 받으십시오"),
        ("카드를 받으십시오", "{카드|카드}를 받으십시오"),
        ("[[n]]장", "장"),
        ("[[percent]]%", "[[per]]%"),
        ("  card.take:", "  card.staff: '직원'\n  card.take:"),
        ("  card.take:", "  card.nothing: '아니요'\n  card.take:"),
        ("language: ko", "language: ja"),
        ("sentences:", "words:"),
    ],
)
def test_what_is_not_complete_is_not_offered(folder: Path, old: str, new: str) -> None:
    path = folder / "lang" / "ko.yaml"
    assert old in KOREAN
    path.write_text(KOREAN.replace(old, new), encoding="utf-8")
    assert load_catalogue(folder).languages == ("ja", "en")


def test_without_a_list_there_are_the_base_languages(folder: Path) -> None:
    (folder / "lang" / "languages.toml").unlink()
    assert load_catalogue(folder).languages == ("ja", "en")


@pytest.mark.parametrize("line", ['card.take: {ja: "二度", en: "twice"}', 'card.new: {ja: "英語なし"}'])
def test_a_base_sentence_that_lacks_a_language_or_stands_twice_is_fatal(folder: Path, line: str) -> None:
    (folder / "more.yaml").write_text(line, encoding="utf-8")
    with pytest.raises(Fatal) as caught:
        load_catalogue(folder)
    assert caught.value.code is FailureCode.ASSET_MISSING


@pytest.mark.parametrize("path", sorted(MESSAGES.rglob("*.yaml")), ids=lambda path: path.name)
def test_no_sentence_of_a_file_replaces_another_one(path: Path) -> None:
    """YAML keeps the last of two equal keys and says nothing."""
    names = re.findall(r"^ *(\w[\w.\-]*\.[\w.\-]+):", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(names) == sorted(set(names))


def test_the_longer_rule_decides_what_a_patient_may_see() -> None:
    patient = PatientSentences(("card.", "card.staff.but"), ("card.staff.", "card.own"))
    assert patient.holds("card.take")
    assert not patient.holds("card.own")
    assert patient.holds("card.own.detail")
    assert not patient.holds("card.staff.code")
    assert patient.holds("card.staff.but")
    assert not patient.holds("cards")


# ---------- readings ----------


def test_easy_japanese_needs_a_reading_over_every_kanji() -> None:
    base = {"card.take": {"ja": "カードをお取りください", "en": "Please take your card"}}
    patient = PatientSentences(("card.",))
    assert flaws("ja-x-easy", {"card.take": "カードを {取|と}ってください"}, base, patient) == []
    assert flaws("ja-x-easy", {"card.take": "カードを 取ってください"}, base, patient) == [
        "card.take: kanji without a reading"
    ]


def test_a_text_with_readings_is_written_and_heard() -> None:
    text = annotated("カードを {出|だ}して、{置|お}いてください。")
    assert written(text) == "カードを 出して、置いてください。"
    assert heard(text) == "カードを だして、おいてください。"
    assert annotated("to {}") == "to {}"
    assert written("plain {text}") == heard("plain {text}") == "plain {text}"


@pytest.mark.parametrize(("day", "read"), [(3, "みっか"), (20, "はつか"), (31, "31にち")])
def test_a_day_is_read_as_it_is_called(day: int, read: str) -> None:
    said = load_catalogue(MESSAGES).render(
        Text("result.value.viewing_until", (("date", date(2026, 12, day)),)), "ja-x-easy"
    )
    assert heard(said) == f"2026ねん12がつ{read} [[time]]"
    assert written(said) == f"2026年12月{day}日 [[time]]"


@pytest.mark.parametrize(("language", "written"), [("ja", "57,600円"), ("pt", "¥57.600"), ("vi", "57.600 yên")])
def test_an_amount_is_written_as_the_language_does(language: str, written: str) -> None:
    assert load_catalogue(MESSAGES).render(Text("result.value.ceiling", (("yen", 57_600),)), language) == written


# ---------- for who translates ----------


def test_the_handbook_tells_which_languages_are_reviewed() -> None:
    assert translations.PAGE.read_text(encoding="utf-8") == translations.page(), (
        "python -m kiosk.app.translations --page"
    )


def test_a_new_file_holds_every_id_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert translations.main(["--new", "vi"]) == 0
    content = yaml.safe_load(capsys.readouterr().out)
    assert content["language"] == "vi"
    assert content["reviewed"] is False
    assert list(content["sentences"]) == [i for i in SENTENCES if PATIENT.holds(i)]


@pytest.mark.parametrize("language", ["en", *TRANSLATED])
def test_a_thing_is_called_by_one_word(language: str) -> None:
    assert translations.astray(language) == []


def test_another_word_for_the_same_thing_is_found() -> None:
    [term] = [term for term in glossary(MESSAGES) if term.ja == "電子証明書"]
    sentences = {"idle.x": {"ja": "電子証明書の期限です。", "pt": "O certificado venceu."}}
    assert list(strays((term,), "pt", sentences, PatientSentences(("idle.",)))) == [
        "idle.x: 電子証明書 is called certificado digital"
    ]
    assert term.used("tlh", "De'wI'"), "nothing is asked of a language that the glossary does not name"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_button_that_a_sentence_names_is_called_as_it_is_labelled(language: str) -> None:
    catalogue = load_catalogue(MESSAGES)
    labels: dict[str, list[str]] = {}
    for message_id in (i for i in SENTENCES if i.startswith(("control.", "consent.state.")) and PATIENT.holds(i)):
        labels.setdefault(_said(catalogue, message_id, "ja"), []).append(_said(catalogue, message_id, language))
    named = 0
    for message_id in (i for i in SENTENCES if PATIENT.holds(i) and not i.startswith("control.")):
        for quoted in re.findall("「([^」]+)」", _said(catalogue, message_id, "ja")):
            if quoted in labels:
                sentence = _said(catalogue, message_id, language).lower()
                assert any(label.lower() in sentence for label in labels[quoted]), f"{message_id}: {labels[quoted]}"
                named += 1
    assert named > 5


def _said(catalogue: Catalogue, message_id: str, language: str) -> str:
    return plain(catalogue.render(Text(message_id), language))
