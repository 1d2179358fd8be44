"""The sentences that the voice can say, and whether their sound files are those of today's words.

python -m kiosk.app.voice           a line of JSON for each, as `packaging/voice.py` takes them
python -m kiosk.app.voice --check   names what has no sound, and sounds that nobody says; silence is good
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from kiosk.app.catalogue import NAMES, load_catalogue, patient_languages
from kiosk.app.paths import ASSETS
from kiosk.domain.messages import Catalogue, Text
from kiosk.domain.speech import SPOKEN, plain, sound_name
from kiosk.runtime.speaker import SUFFIX

VOICED = ("ja", "ja-x-easy", "en")
"""Languages with a voice that may be shipped. In the others the screen is silent."""

_NEVER = ("format.", "month.", "pad.forward", "form.value", "form.sex.", "form.share_percent.", "veil.key")


def speakable(catalogue: Catalogue, messages: Path) -> Iterator[tuple[str, str]]:
    """Language and sentence of everything that may be said: what a patient sees that holds no value, and what is said
    in place of what does."""
    _, patient = patient_languages(messages)
    ids = [
        i for i in catalogue.ids() if i.startswith((SPOKEN, NAMES)) or (patient.holds(i) and not i.startswith(_NEVER))
    ]
    for language in VOICED:
        if language not in catalogue.languages:
            continue
        for message_id in ids:
            if message_id.startswith(NAMES) and message_id != NAMES + language:
                continue
            sentence = plain(catalogue.render(Text(message_id), language))
            if "[[" not in sentence and any(letter.isalpha() for letter in sentence):
                yield language, sentence


def stale(catalogue: Catalogue, assets: Path) -> list[str]:
    """What to say of the sound files that are not those of today's sentences, a line each."""
    folder = assets / "sounds" / "voice"
    wanted = {
        folder / language / f"{sound_name(said)}{SUFFIX}": said
        for language, said in speakable(catalogue, assets / "messages")
    }
    there = set(folder.rglob(f"*{SUFFIX}"))
    missing = [f"no sound: {file.parent.name} {wanted[file]}" for file in wanted if file not in there]
    return missing + [f"nobody says: {file.relative_to(folder)}" for file in sorted(there - set(wanted))]


def main(arguments: list[str]) -> int:
    catalogue = load_catalogue(ASSETS / "messages")
    if arguments == ["--check"]:
        found = stale(catalogue, ASSETS)
        print("\n".join(found), end="\n" if found else "")
        return 1 if found else 0
    for language, said in dict.fromkeys(speakable(catalogue, ASSETS / "messages")):
        print(json.dumps({"language": language, "name": sound_name(said), "sentence": said}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
