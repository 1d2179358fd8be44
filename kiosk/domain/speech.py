"""What the voice says of a screen. Sentences only: never a name, a number, a share or a sex, because everybody in the
waiting room hears it."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator

from kiosk.domain.messages import Catalogue, Text
from kiosk.domain.ruby import heard
from kiosk.domain.screen import CameraContent, ChoiceContent, Control, ReviewContent, View

SPOKEN = "spoken."
"""Beginning of the id under which the catalogue has what is said in place of a sentence with values."""

_NO_SOUND = dict.fromkeys(map(ord, "\u200b\u2060\ufeff"), None)


def utterance(view: View) -> tuple[Text, ...]:
    """What the screen says, in the order of reading: what to do, why, and what the camera wants now."""
    said = [view.title, *view.body, *(notice.text for notice in view.notices)]
    if isinstance(view.content, CameraContent):
        said.append(view.content.hint)
    if view.practice:
        said.append(Text("practice.banner"))
    return tuple(dict.fromkeys(said))


_LABELS = {
    "back": "control.back",
    "staff": "control.staff",
    "language": "spoken.control.language",
    "size": "spoken.control.size",
    "contrast": "spoken.control.contrast",
    "more": "spoken.control.more",
    "practice.end": "control.practice.end",
    "pin.ok": "control.pin.ok",
    "pin.clear": "control.pin.clear",
    "signature.clear": "signature.clear",
    "key.back": "pad.erase",
    **{f"key.{name}": f"pad.{name}" for name in ("voiced", "half_voiced", "small", "blank", "page")},
    **{f"voice.{name}": f"control.voice.{name}" for name in ("repeat", "louder", "softer", "stop", "close")},
}


def label_of(view: View, control: str) -> tuple[str, tuple[Text, ...]]:
    """The language and the words in which a control is named when the focus comes to it, or a frame of the switch
    scanning (`scan.…`) does. Keys that write have no words: they would spell out what is written."""
    language = view.language
    part, _, code = control.partition(".")
    if part == "language" and code:
        return code, (Text(control),)
    if part == "scan":
        return language, (Text(SPOKEN + control),)
    if control == "voice":
        return language, (Text("control.voice.on" if view.voice_on else "control.voice.off"),)
    if control == "low":
        return language, (Text("control.low.spoken.on" if view.low else "control.low.spoken.off"),)
    if control in _LABELS:
        return language, (Text(_LABELS[control]),)
    rows = view.content.rows if isinstance(view.content, ReviewContent) else ()
    found = [row.label for row in rows if row.control == control]
    found += [text for one in view.controls if one.id == control for text in _words(view, one)]
    return language, tuple(found)


def _words(view: View, control: Control) -> Iterator[Text]:
    yield control.label
    if control.checked is not None and not isinstance(view.content, ChoiceContent):
        yield Text("consent.state.on" if control.checked else "consent.state.off")
    if control.detail is not None:
        yield control.detail


def spoken_id(text: Text, catalogue: Catalogue) -> str | None:
    """The id of the sentence that is said for a text; None where the voice keeps silent. A sentence with values is
    replaced by one without, or not said."""
    replacement = SPOKEN + text.id
    if replacement in catalogue:
        return replacement
    return None if text.values else text.id


def plain(sentence: str) -> str:
    """A rendered sentence as it is heard: readings in place of kanji, no invisible characters, one line."""
    return " ".join(unicodedata.normalize("NFC", heard(sentence)).translate(_NO_SOUND).split())


def sound_name(sentence: str) -> str:
    """Name of the sound file of a rendered sentence: another sentence has another file, so that a changed one is never
    spoken in its old words."""
    return hashlib.sha256(plain(sentence).encode()).hexdigest()[:16]


def said_in(catalogue: Catalogue, language: str, *texts: Text) -> list[str]:
    """The sentences that are said for texts, in a language of the catalogue."""
    ids = (spoken_id(text, catalogue) for text in texts)
    return [plain(catalogue.render(Text(one), language)) for one in ids if one is not None]
