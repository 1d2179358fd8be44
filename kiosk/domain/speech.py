"""What the voice says of a screen. Sentences only: never a name, a number, a share or a sex, because everybody in the
waiting room hears it."""

from __future__ import annotations

import hashlib
import unicodedata

from kiosk.domain.messages import Catalogue, Text
from kiosk.domain.ruby import heard
from kiosk.domain.screen import CameraContent, View

SPOKEN = "spoken."
"""Beginning of the id under which the catalogue has what is said in place of a sentence with values."""

_NO_SOUND = dict.fromkeys(map(ord, "\u200b\u2060\ufeff"), None)


def utterance(view: View) -> tuple[Text, ...]:
    """What the screen says, in the order of reading: what to do, why, and what the camera wants now."""
    said = [view.title, *view.body, *(notice.text for notice in view.notices)]
    if isinstance(view.content, CameraContent):
        said.append(view.content.hint)
    return tuple(dict.fromkeys(said))


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
