#!/usr/bin/env python3
"""Makes the sound files of `assets/sounds`: what the voice says, and the short sounds.

    python3 -m venv voice-env && voice-env/bin/pip install pyopenjtalk-plus==0.4.1.post10 numpy
    apt-get install flite opus-tools sox
    .venv/bin/python -m kiosk.app.voice | voice-env/bin/python packaging/voice.py

Japanese is spoken by Open JTalk with the voice "Mei" (CC BY 3.0), English by Flite with the voice "slt"; both are free
to be used and shipped (`assets/sounds/README.md`). None of this is needed to run the program. Reads lines of JSON
({"language", "name", "sentence"}), writes what is not there yet and removes what nobody says any more.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import numpy as np
import pyopenjtalk

SOUNDS = Path(__file__).resolve().parent.parent / "assets" / "sounds"
JAPANESE_SPEED = 0.9  # of the voice's own; slower is easier for old ears
ENGLISH_STRETCH = "1.15"
BITRATE = "16"
PEAK = 0.8
PAUSE_SECONDS = 0.25
RATE = 48_000

# What the dictionary reads wrong, and how it is to be read.
READINGS = {
    "ない方は": "ないかたは",
    "ほかの方に": "ほかのかたに",
    "保護者の方が": "保護者のかたが",
    "職員の方は": "職員のかたは",
    "お急ぎの方は": "お急ぎのかたは",
    "代わりに書く方の": "代わりに書くかたの",
    "WebP": "ウェブピー",
    "年・月・日": "ねん、つき、ひ",
    "○○": "まるまる",
    "「●」": "「くろまる」",
}
# A sentence that is one word, read otherwise than inside another.
ALONE = {"年": "ねん", "月": "がつ", "日": "にち"}

# What stands in an English sentence as it stands on paper, as the English voice can say it. The longest comes first.
ROMAN = {
    "○○健康保険組合": "such and such kenko hoken koomiai",
    "資格情報のお知らせ": "shikaku joho no oshirasay",
    "国民健康保険": "kokoomin kenko hoken",
    "資格確認書": "shikaku kakunin sho",
    "協会けんぽ": "kyokai kenpo",
    "国保組合": "kokuho koomiai",
    "○○市": "such and such shi",
    "共済": "kyosai",
    "記号": "kigo",
    "番号": "bango",
    "枝番": "edaban",
    "123 漢字": "digits and kanji",
    "あ-な": "ah to na",
    "は-ん": "ha to n",
    "年": "year",
    "月": "month",
    "日": "day",
    "昭和": "",
    "平成": "",
    "令和": "",
    "大正": "",
    "“": "",
    "”": "",
}

# Notes (Hz, seconds): rising is good, falling asks for attention, a third sound calls.
EARCONS = {
    "start": [(660, 0.10), (880, 0.14)],
    "ok": [(660, 0.10), (880, 0.10), (1320, 0.22)],
    "care": [(520, 0.16), (415, 0.26)],
    "take_card": [(880, 0.18), (660, 0.18), (880, 0.18), (660, 0.24)],
    "key": [(990, 0.06)],
    "alarm": [(1040, 0.22), (0, 0.10)] * 4,
}


def main() -> None:
    wanted: dict[Path, tuple[str, str]] = {}
    for line in sys.stdin:
        entry = json.loads(line)
        file = SOUNDS / "voice" / entry["language"] / f"{entry['name']}.opus"
        wanted[file] = (entry["language"], entry["sentence"])
    for file, (language, sentence) in wanted.items():
        if not file.exists():
            samples = japanese(sentence) if language.startswith("ja") else english(sentence)
            write(file, np.concatenate([samples, np.zeros(int(PAUSE_SECONDS * RATE))]))
    for file in (SOUNDS / "voice").rglob("*.opus"):
        if file not in wanted:
            file.unlink()
    for name, notes in EARCONS.items():
        write(SOUNDS / "earcons" / f"{name}.opus", np.concatenate([tone(*note) for note in notes]))


def japanese(sentence: str) -> np.ndarray:
    for wrong, right in READINGS.items():
        sentence = sentence.replace(wrong, right)
    sentence = ALONE.get(sentence, sentence)
    samples, rate = pyopenjtalk.tts(sentence, speed=JAPANESE_SPEED)
    assert rate == RATE
    return samples / max(1.0, float(np.abs(samples).max())) * PEAK


def english(sentence: str) -> np.ndarray:
    for written, said in ROMAN.items():
        sentence = sentence.replace(written, said)
    assert sentence.isascii(), f"the English voice cannot say {sentence}"
    with tempfile.TemporaryDirectory() as folder:
        spoken, even = Path(folder, "spoken.wav"), Path(folder, "even.wav")
        stretch = ["--setf", f"duration_stretch={ENGLISH_STRETCH}"]
        subprocess.run(["flite", "-voice", "slt", *stretch, "-t", sentence, "-o", str(spoken)], check=True)
        subprocess.run(["sox", str(spoken), "-r", str(RATE), str(even), "gain", "-n", "-2"], check=True)
        with wave.open(str(even)) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return samples / 32768 * PEAK


def tone(hertz: int, seconds: float) -> np.ndarray:
    """A bell: a sine with one overtone that fades."""
    at = np.arange(int(seconds * RATE)) / RATE
    wave_form = np.sin(2 * np.pi * hertz * at) + 0.3 * np.sin(4 * np.pi * hertz * at)
    return 0.4 * wave_form * np.exp(-4 * at / seconds) * np.minimum(1, at / 0.005)


def write(file: Path, samples: np.ndarray) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder, "plain.wav")
        with wave.open(str(plain), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
        encode = ["opusenc", "--quiet", "--bitrate", BITRATE, "--comp", "10", "--discard-comments", "--serial", "1"]
        subprocess.run([*encode, str(plain), str(file)], check=True)


if __name__ == "__main__":
    main()
