"""What is said of a screen, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.domain.messages import Catalogue, Text
from kiosk.domain.screen import Control, View
from kiosk.domain.speech import said_in, sound_name, spoken_id
from kiosk.runtime.speaker import Speaker

SENTENCES = {
    "a.title": "カードを置いてください",
    "a.body": "読み取り台に置きます。",
    "b.title": "暗証番号",
    "pin.wrong": "あと[[n]]回です。",
    "spoken.pin.wrong": "違います。",
    "who": "[[name]]さん",
    "ruby": "\ufff9名前\ufffaなまえ\ufffbです",
    "label": "次へ",
}
CATALOGUE = Catalogue({key: {"ja": text} for key, text in SENTENCES.items()}, ("ja",))


class Listener:
    """Hears what is played, by the sentence."""

    def __init__(self) -> None:
        self.heard: list[tuple[list[str], int]] = []
        self.stops = 0
        self.plugged = False

    def play(self, files: Sequence[Path], volume: int) -> None:
        names = {sound_name(text): text for text in (*SENTENCES.values(), "なまえです")}
        self.heard.append(([names.get(file.stem, file.stem) for file in files], volume))

    def stop(self) -> None:
        self.stops += 1

    def headphones(self) -> bool:
        return self.plugged

    def audible(self) -> bool:
        return True

    def close(self) -> None: ...


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    for text in (*SENTENCES.values(), "なまえです"):
        file = tmp_path / "voice" / "ja" / f"{sound_name(text)}.opus"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    (tmp_path / "earcons").mkdir()
    (tmp_path / "earcons" / "ok.opus").touch()
    return tmp_path


@pytest.fixture
def speaker(listener: Listener, sounds: Path) -> Speaker:
    return Speaker(listener, CATALOGUE, sounds)


A = View("a", "A", Text("a.title"), body=(Text("a.body"),), voice_on=True)
B = View("b", "B", Text("b.title"), voice_on=True)
READ = ["カードを置いてください", "読み取り台に置きます。"]


def test_a_screen_is_said_once_until_it_is_asked_for_again(speaker: Speaker, listener: Listener) -> None:
    speaker.shown(A)
    speaker.shown(A)
    assert listener.heard == [(READ, 70)]
    speaker.shown(replace(A, voice_repeats=1, voice_volume=100))
    assert listener.heard[1:] == [(READ, 100)]


def test_another_screen_ends_what_is_said(speaker: Speaker, listener: Listener) -> None:
    speaker.shown(A)
    speaker.shown(replace(B, voice_on=False))
    assert (len(listener.heard), listener.stops) == (1, 1)


def test_switched_on_it_speaks_and_switched_off_it_is_silent(speaker: Speaker, listener: Listener) -> None:
    speaker.shown(replace(A, voice_on=False))
    assert listener.heard == []
    speaker.shown(A)
    assert listener.heard == [(READ, 70)]
    stops = listener.stops
    speaker.shown(replace(A, voice_on=False))
    assert listener.stops == stops + 1


def test_of_a_screen_that_stands_only_what_is_new_is_said(speaker: Speaker, listener: Listener) -> None:
    speaker.shown(A)
    speaker.shown(replace(A, body=(Text("a.body"), Text("pin.wrong", (("n", "2"),)))))
    assert listener.heard[-1][0] == ["違います。"]


def test_a_sentence_with_a_value_has_another_one_or_none() -> None:
    assert spoken_id(Text("pin.wrong", (("n", "2"),)), CATALOGUE) == "spoken.pin.wrong"
    assert spoken_id(Text("who", (("name", "山田花子"),)), CATALOGUE) is None
    assert said_in(CATALOGUE, "ja", Text("who", (("name", "山田花子"),)), Text("ruby")) == ["なまえです"]


def test_a_change_sounds_once_and_also_without_the_voice(speaker: Speaker, listener: Listener) -> None:
    done = replace(B, voice_on=False, sound="ok")
    speaker.shown(done)
    speaker.shown(done)
    assert listener.heard == [(["ok"], 70)]


def test_short_sounds_can_be_off(listener: Listener, sounds: Path) -> None:
    Speaker(listener, CATALOGUE, sounds, earcons=False).shown(replace(B, voice_on=False, sound="ok"))
    assert listener.heard == []


def test_the_voice_can_be_for_headphones_only(listener: Listener, sounds: Path) -> None:
    speaker = Speaker(listener, CATALOGUE, sounds, headphones_only=True)
    speaker.shown(A)
    assert listener.heard == []
    listener.plugged = True
    speaker.shown(replace(A, voice_repeats=1))
    assert listener.heard == [(READ, 70)]


def test_the_focus_is_said(speaker: Speaker, listener: Listener) -> None:
    view = replace(A, controls=(Control("go", Text("label")), Control("who", Text("who", (("name", "山田"),)))))
    speaker.focused(view, "go")
    speaker.focused(replace(view, voice_on=False), "go")
    speaker.focused(view, "who")
    speaker.focused(view, "pin.digit.7")
    assert listener.heard == [(["次へ"], 70)]


def test_what_has_no_sound_is_not_said(listener: Listener, tmp_path: Path) -> None:
    Speaker(listener, CATALOGUE, tmp_path).shown(replace(A, sound="ok"))
    assert listener.heard == []
