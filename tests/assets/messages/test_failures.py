"""Every failure code tells staff in each language what happened and what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from kiosk.domain.failures import FailureCode

MESSAGES = Path(__file__).parents[3] / "assets/messages"
SENTENCES: dict[str, dict[str, str]] = yaml.safe_load((MESSAGES / "failures.yaml").read_text(encoding="utf-8"))
PARTS = ("cause", "remedy")


@pytest.mark.parametrize("code", FailureCode)
@pytest.mark.parametrize("part", PARTS)
def test_each_code_has_both_sentences_in_both_languages(code: FailureCode, part: str) -> None:
    sentence = SENTENCES[f"failure.{code.value}.{part}"]
    assert set(sentence) == {"ja", "en"}
    assert sentence["ja"].endswith("。")
    assert sentence["en"].endswith(".")
    assert re.search(r"[ぁ-ん]", sentence["ja"])
    assert not re.search(r"[ぁ-んァ-ン一-龥]", sentence["en"])


def test_no_sentence_is_left_over() -> None:
    assert set(SENTENCES) == {f"failure.{code.value}.{part}" for code in FailureCode for part in PARTS}


def test_a_remedy_asks_and_a_cause_does_not() -> None:
    for name, sentence in SENTENCES.items():
        assert ("ください" in sentence["ja"] or "られます。" in sentence["ja"]) == name.endswith(".remedy"), name


def test_no_two_codes_say_the_same() -> None:
    causes = [sentence["ja"] for name, sentence in SENTENCES.items() if name.endswith(".cause")]
    assert len(set(causes)) == len(causes)
