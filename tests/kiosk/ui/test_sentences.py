"""The patient's sentences: complete, short where they are drawn large, and in the agreed tone."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import yaml

from kiosk.app.catalogue import LANGUAGES
from kiosk.domain.messages import Catalogue, Text
from kiosk.ports.face import FaceHint
from kiosk.ui.gallery import ASSETS
from kiosk.ui.linebreak import plain
from kiosk.ui.samples import SAMPLES

OWN = {
    message_id: sentences
    for name in ("patient.yaml", "controls.yaml")
    for message_id, sentences in yaml.safe_load((ASSETS / "messages" / name).read_text(encoding="utf-8")).items()
}


def test_every_sentence_is_there_in_every_language() -> None:
    for message_id, sentences in OWN.items():
        assert set(sentences) == set(LANGUAGES), message_id
        assert all(plain(sentence).strip() for sentence in sentences.values()), message_id


def test_languages_name_the_same_placeholders() -> None:
    # a share is told in tenths in Japanese and in per cent in English
    own_units = {"result.value.share"}
    for message_id, sentences in OWN.items():
        named = {language: set(re.findall(r"\[\[(\w+)]]", text)) for language, text in sentences.items()}
        assert len({frozenset(n) for n in named.values()}) == 1 or message_id in own_units, message_id


@pytest.mark.parametrize("name", SAMPLES)
def test_every_text_of_a_screen_is_in_the_catalogue(name: str, catalogue: Catalogue) -> None:
    view = SAMPLES[name]
    for language in LANGUAGES:
        for text in (view.title, *view.body, *(n.text for n in view.notices)):
            assert "[[" not in catalogue.render(text, language)
    assert all(i in catalogue for i in replace(view).message_ids())
    assert f"staff.step.{view.screen}" in catalogue
    if view.picture:
        assert f"picture.{view.picture}" in catalogue


def test_every_hint_has_its_sentence(catalogue: Catalogue) -> None:
    for hint in FaceHint:
        assert len(catalogue.render(Text(f"face.hint.{hint.value}"), "ja")) <= 20


def test_titles_are_short_enough_to_be_drawn_large() -> None:
    titles = {i: s for i, s in OWN.items() if i.endswith(".title") or i == "card.take"}
    assert len(titles) > 15
    for message_id, sentences in titles.items():
        assert len(plain(sentences["ja"])) <= 16, message_id
        assert len(sentences["en"]) <= 32, message_id


def test_the_tone_is_kept() -> None:
    for message_id, sentences in OWN.items():
        japanese, english = sentences["ja"], sentences["en"].lower()
        assert "10割" not in japanese, message_id
        assert "全額" not in japanese, message_id
        assert not re.search(r"(間違えた|失敗し|エラー|不正)", japanese), message_id
        assert not re.search(r"\b(error|failed by you|invalid|illegal|wrong)\b", english), message_id
        assert not re.search(r"暗証番号を(言|話|お伝え|教えて)", japanese), message_id
        if japanese.endswith("。"):
            assert re.search(r"(です|ます|ません|ました|でした|ください|ましょう|か)。$", japanese), message_id


def test_ids_are_written_once() -> None:
    for name in ("patient.yaml", "controls.yaml"):
        text = (ASSETS / "messages" / name).read_text(encoding="utf-8")
        ids = re.findall(r"^([a-z_.]+):", text, re.MULTILINE)
        assert len(ids) == len(set(ids))
