"""Whether a screen reader listens to this kiosk now.

Qt knows only that accessibility was switched on in the session, which stays so after a screen reader has ended. The
registry of AT-SPI knows who listens (`org.a11y.atspi.Registry.GetRegisteredEvents`, at-spi2-core).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer
from PySide6.QtGui import QAccessible

from kiosk.ui.announcer import Hearing

if TYPE_CHECKING:
    from PySide6.QtDBus import QDBusConnection, QDBusMessage

_ANNOUNCEMENT = {"object:announcement", "object"}

LOOK_MS = 1000
ANSWER_MS = 300
_NAME = "kiosk-listeners"


class Listeners:
    """Asks once a second at most, and never while accessibility is off."""

    def __init__(self) -> None:
        self._since = QElapsedTimer()
        self._bus: QDBusConnection | None = None
        self._hearing = Hearing.NOBODY

    def hearing(self) -> Hearing:
        if not QAccessible.isActive():
            self._hearing = Hearing.NOBODY
        elif not self._since.isValid() or self._since.elapsed() >= LOOK_MS:
            self._since.start()
            asked = self._asked_for()
            names = Hearing.NAMES if asked else Hearing.NOBODY
            self._hearing = Hearing.ANNOUNCEMENTS if _ANNOUNCEMENT & asked else names
        return self._hearing

    def there(self) -> bool:
        return self.hearing() is not Hearing.NOBODY

    def _asked_for(self) -> set[str]:
        """The kinds of events that somebody asked for."""
        from PySide6.QtDBus import QDBusArgument, QDBusConnection, QDBusMessage

        if self._bus is None or not self._bus.isConnected():
            where = QDBusMessage.createMethodCall("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress")
            found = _values(QDBusConnection.sessionBus(), where)
            if not found:
                return set()
            QDBusConnection.disconnectFromBus(_NAME)
            self._bus = QDBusConnection.connectToBus(str(found[0]), _NAME)
        registry = "org.a11y.atspi.Registry"
        question = QDBusMessage.createMethodCall(registry, "/org/a11y/atspi/registry", registry, "GetRegisteredEvents")
        events = next(iter(_values(self._bus, question)), None)
        if not isinstance(events, QDBusArgument):
            return set()
        asked = set()
        events.beginArray()
        while not events.atEnd():
            # WORKAROUND: PySide calls the writing beginStructure(); to Qt's reader a structure opens as an array does.
            # Until PySide tells the two apart.
            pair = events.asVariant()
            pair.beginArray()
            _who, kind = pair.asVariant(), pair.asVariant()
            asked.add(str(kind).rstrip(":").lower())
        return asked


def _values(bus: QDBusConnection, question: QDBusMessage) -> list[object]:
    """Empty where nobody answers in time."""
    from PySide6.QtDBus import QDBus, QDBusMessage

    answer = bus.call(question, QDBus.CallMode.Block, ANSWER_MS)
    return list(answer.arguments()) if answer.type() == QDBusMessage.MessageType.ReplyMessage else []
