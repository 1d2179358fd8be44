"""The sounds that are shipped are those of today's sentences, and say nothing about a person."""

from __future__ import annotations

import re
from pathlib import Path

from kiosk.app.catalogue import load_catalogue, patient_languages
from kiosk.app.paths import ASSETS
from kiosk.app.voice import VOICED, speakable, stale
from kiosk.domain.speech import said_in, sound_name, utterance
from kiosk.ui.samples import SAMPLES
from tests.kiosk.app.plays import catalogue

# A share, a sex, an amount, a run of digits that could be somebody's number.
TELLS = re.compile(r"[0-9１-９]割|\d\s?%|(?<!Fe)\b(?:male|female)\b|[男女]性?です|\d{5,}|円", re.IGNORECASE)


def test_every_sentence_has_its_sound_and_every_sound_its_sentence() -> None:
    assert stale(catalogue(), ASSETS) == []


def test_a_changed_sentence_is_found(tmp_path: Path) -> None:
    language, said = next(speakable(catalogue(), ASSETS / "messages"))
    folder = tmp_path / "sounds" / "voice" / language
    folder.mkdir(parents=True)
    (folder / f"{sound_name(said)}.opus").touch()
    (folder / f"{sound_name(said + '。')}.opus").touch()
    (tmp_path / "messages").symlink_to(ASSETS / "messages")
    found = stale(catalogue(), tmp_path)
    assert not any(line.endswith(said) and line.startswith(f"no sound: {language} ") for line in found)
    assert f"nobody says: {language}/{sound_name(said + '。')}.opus" in found


def test_nothing_that_is_said_tells_about_a_person() -> None:
    said = {sentence for _language, sentence in speakable(catalogue(), ASSETS / "messages")}
    assert len(said) > 800
    assert [sentence for sentence in said if TELLS.search(sentence)] == []
    assert all("[[" not in sentence for sentence in said)


def test_every_screen_says_something_in_every_language_with_a_voice() -> None:
    """Titles always: whoever hears only the title knows what to do."""
    spoken = load_catalogue(ASSETS / "messages")
    _, patient = patient_languages(ASSETS / "messages")
    for view in (sample for sample in SAMPLES.values() if patient.holds(sample.title.id)):
        for language in set(VOICED) & set(spoken.languages):
            there = [_has_sound(language, sentence) for sentence in said_in(spoken, language, *utterance(view))]
            assert any(there), (view.screen, language)


def _has_sound(language: str, sentence: str) -> bool:
    return (ASSETS / "sounds" / "voice" / language / f"{sound_name(sentence)}.opus").is_file()
