"""Tells a screen reader what is new on the screen, as a sentence to be spoken at once: the focus does not stand on it.

Like the voice it says sentences only: never a name, a number, a share or a sex, because a screen reader may be heard by
everybody. Whoever wants to know what stands in a row goes there.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from kiosk.domain.messages import Catalogue, Text
from kiosk.domain.screen import Tone, View
from kiosk.domain.speech import said_in, utterance

Announce = Callable[[QWidget, str, bool], None]


def announce(widget: QWidget, sentence: str, urgent: bool = False) -> None:
    """Nothing happens while no screen reader listens. An urgent sentence interrupts what is being said."""
    if not (sentence and QAccessible.isActive()):
        return
    event = QAccessibleAnnouncementEvent(widget, sentence)
    kinds = QAccessible.AnnouncementPoliteness
    event.setPoliteness(kinds.Assertive if urgent else kinds.Polite)
    QAccessible.updateAccessibility(event)


class Announcer:
    """Belongs to one window and gets every view that it shows."""

    def __init__(self, window: QWidget, catalogue: Catalogue, say: Announce = announce) -> None:
        self._window = window
        self._catalogue = catalogue
        self._say = say
        self._before: tuple[str, str] = ("", "")
        self._said: tuple[Text, ...] = ()

    def shown(self, view: View) -> None:
        """All sentences of another screen, of the same one those that are new."""
        texts = utterance(view)
        same = (view.screen, view.language) == self._before
        new = tuple(text for text in texts if not (same and text in self._said))
        self._before, self._said = (view.screen, view.language), texts
        care = any(notice.tone is Tone.CARE and notice.text in new for notice in view.notices)
        self.tell(view.language, *new, urgent=not same or view.urgent or care)

    def tell(self, language: str, *texts: Text, urgent: bool = True) -> None:
        self._say(self._window, " ".join(said_in(self._catalogue, language, *texts)), urgent)
