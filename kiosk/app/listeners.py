"""Whether a screen reader listens to this kiosk now.

Qt knows only that accessibility was switched on in the session, which stays so after a screen reader has ended. The
registry of AT-SPI knows who listens (`org.a11y.atspi.Registry.GetRegisteredEvents`, at-spi2-core).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer
from PySide6.QtGui import QAccessible

if TYPE_CHECKING:
    from PySide6.QtDBus import QDBusConnection, QDBusMessage

LOOK_MS = 1000
ANSWER_MS = 300
_NAME = "kiosk-listeners"


class Listeners:
    """Asks once a second at most, and never while accessibility is off."""

    def __init__(self) -> None:
        self._since = QElapsedTimer()
        self._bus: QDBusConnection | None = None
        self._there = False

    def there(self) -> bool:
        if not QAccessible.isActive():
            self._there = False
        elif not self._since.isValid() or self._since.elapsed() >= LOOK_MS:
            self._since.start()
            self._there = self._asked()
        return self._there

    def _asked(self) -> bool:
        from PySide6.QtDBus import QDBusArgument, QDBusConnection, QDBusMessage

        if self._bus is None or not self._bus.isConnected():
            where = QDBusMessage.createMethodCall("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress")
            found = _values(QDBusConnection.sessionBus(), where)
            if not found:
                return False
            QDBusConnection.disconnectFromBus(_NAME)
            self._bus = QDBusConnection.connectToBus(str(found[0]), _NAME)
        registry = "org.a11y.atspi.Registry"
        question = QDBusMessage.createMethodCall(registry, "/org/a11y/atspi/registry", registry, "GetRegisteredEvents")
        events = next(iter(_values(self._bus, question)), None)
        if not isinstance(events, QDBusArgument):
            return False
        events.beginArray()
        return not events.atEnd()


def _values(bus: QDBusConnection, question: QDBusMessage) -> list[object]:
    """Empty where nobody answers in time."""
    from PySide6.QtDBus import QDBus, QDBusMessage

    answer = bus.call(question, QDBus.CallMode.Block, ANSWER_MS)
    return list(answer.arguments()) if answer.type() == QDBusMessage.MessageType.ReplyMessage else []
