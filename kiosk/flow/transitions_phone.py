"""The screen that asks for the smartphone; what lies there then is read like a card."""

from __future__ import annotations

from kiosk.flow.events import CardPresented, ReaderLost, Tapped, TimerFired
from kiosk.flow.states import AwaitingPhone, Idle, OutOfService, ReadingCard, StaffCalledAtIdle
from kiosk.flow.table import Move, go, on
from kiosk.flow.transitions_card import card_presented, reader_lost
from kiosk.flow.transitions_staff import staff_called_without_visit

on(AwaitingPhone, CardPresented, ReadingCard)(card_presented)
on(AwaitingPhone, ReaderLost, OutOfService)(reader_lost)
on(AwaitingPhone, Tapped, StaffCalledAtIdle, control="staff")(staff_called_without_visit)


@on(AwaitingPhone, Tapped, Idle, control="back")
@on(AwaitingPhone, TimerFired, Idle)
def no_phone_came(state: AwaitingPhone, _event: Tapped | TimerFired) -> Move:
    return go(Idle(state.lane))
