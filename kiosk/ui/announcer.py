"""Tells a screen reader what is new on the screen, as a sentence to be spoken at once: the focus does not stand on it.

Like the voice it says sentences only: never a name, a number, a share or a sex, because a screen reader may be heard by
everybody. Whoever wants to know what stands in a row goes there.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from kiosk.domain.messages import Catalogue, Text
from kiosk.domain.screen import Tone, View
from kiosk.domain.speech import said_in, utterance

Announce = Callable[[QWidget, str, bool], None]


class Hearing(Enum):
    """What whoever listens is told of."""

    NOBODY = "nobody listens"
    ANNOUNCEMENTS = "announcements"
    NAMES = "no announcements (Orca before 45): only a new name of the window or of what has the focus"


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
        self._hearing = Hearing.NOBODY
        self._title = ""

    @property
    def hearing(self) -> Hearing:
        return self._hearing

    def listened(self, hearing: Hearing) -> None:
        """Whoever comes hears the present screen."""
        if hearing is self._hearing:
            return
        self._hearing = hearing
        self._name_window()
        self.again()

    def again(self) -> None:
        """The present screen to whoever listens."""
        if self._hearing is not Hearing.NOBODY and self._said:
            self.tell(self._before[1], *self._said)

    def titled(self, title: str) -> None:
        """Of the present screen, as it is heard."""
        self._title = title
        self._name_window()

    def _name_window(self) -> None:
        """A screen reader says the new name of a window, too. So the window is named after the program where the screen
        is announced."""
        if self._hearing is Hearing.ANNOUNCEMENTS:
            self._window.setWindowTitle(QCoreApplication.applicationName())
        elif self._hearing is Hearing.NOBODY:
            self._window.setWindowTitle(self._title)

    def shown(self, view: View) -> None:
        """All sentences of another screen, of the same one those that are new."""
        texts = utterance(view)
        same = (view.screen, view.language) == self._before
        new = tuple(text for text in texts if not (same and text in self._said))
        self._before, self._said = (view.screen, view.language), texts
        care = any(notice.tone is Tone.CARE and notice.text in new for notice in view.notices)
        self.tell(view.language, *new, urgent=not same or view.urgent or care)

    def tell(self, language: str, *texts: Text, urgent: bool = True) -> None:
        sentence = " ".join(said_in(self._catalogue, language, *texts))
        if sentence and self._hearing is Hearing.NAMES:
            self._window.setWindowTitle(sentence)
        self._say(self._window, sentence, urgent)
