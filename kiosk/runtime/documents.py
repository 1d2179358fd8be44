"""One reading of a document, as a job of a worker."""

from __future__ import annotations

import threading
from collections.abc import Callable

from kiosk.domain.failures import FailureCode, KioskError
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.ports.clock import Clock
from kiosk.ports.document_desk import DocumentDesk
from kiosk.ports.documents import DocumentHint
from kiosk.runtime.vault import VisitRecord


def read_document(
    effect: fx.ReadDocument,
    record: VisitRecord,
    ended: threading.Event,
    desk: DocumentDesk | None,
    clock: Clock,
    post: Callable[[ev.Event], None],
) -> ev.Event:
    """Raises what the desk raises, and CAMERA_GONE where there is none."""
    if desk is None:
        raise KioskError(FailureCode.CAMERA_GONE)

    def hinted(hint: DocumentHint) -> None:
        post(ev.DocumentHinted(clock.now(), effect.ticket, hint))

    def cancelled() -> bool:
        return ended.is_set() or record.over.is_set()

    reading = desk.read(effect.document, on_hint=hinted, cancelled=cancelled)
    return ev.DocumentRead(clock.now(), effect.ticket, reading)
