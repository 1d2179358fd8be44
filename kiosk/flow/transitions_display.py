"""How the screen looks and sounds for the person before it: size of text, colours, controls within reach, voice. The
step stays."""

from __future__ import annotations

from typing import TypeVar

from kiosk.domain.screen import PALETTES, TEXT_SIZES, VOLUMES
from kiosk.flow.events import ScreenReaderChanged, Tapped
from kiosk.flow.states import State
from kiosk.flow.table import Move, on, stay
from kiosk.flow.transitions_staff import with_lane

T = TypeVar("T")


@on(State, Tapped, State, control="size")
def size_changed(state: State, _event: Tapped) -> Move:
    return with_lane(state, text_size=_following(TEXT_SIZES, state.lane.text_size))


@on(State, Tapped, State, control="contrast")
def palette_changed(state: State, _event: Tapped) -> Move:
    return with_lane(state, palette=_following(PALETTES, state.lane.palette))


@on(State, Tapped, State, control="low")
def reach_changed(state: State, _event: Tapped) -> Move:
    return with_lane(state, low=not state.lane.low)


@on(State, Tapped, State, control="voice.repeat")
def said_again(state: State, _event: Tapped) -> Move:
    return with_lane(state, voice_repeats=state.lane.voice_repeats + 1)


@on(State, Tapped, State, control="voice.louder")
def made_louder(state: State, _event: Tapped) -> Move:
    return _at_volume(state, next((v for v in VOLUMES if v > state.lane.voice_volume), VOLUMES[-1]))


@on(State, Tapped, State, control="voice.softer")
def made_softer(state: State, _event: Tapped) -> Move:
    return _at_volume(state, next((v for v in reversed(VOLUMES) if v < state.lane.voice_volume), VOLUMES[0]))


@on(State, Tapped, State, control="voice.stop")
def voice_stopped(state: State, _event: Tapped) -> Move:
    return with_lane(state, voice_on=False)


def _at_volume(state: State, volume: int) -> Move:
    """Heard at once: the sentence is said again."""
    return with_lane(state, voice_volume=volume, voice_repeats=state.lane.voice_repeats + 1)


@on(State, ScreenReaderChanged, State)
def screen_reader_changed(state: State, event: ScreenReaderChanged) -> Move:
    return stay(state) if state.lane.screen_reader is event.on else with_lane(state, screen_reader=event.on)


def _following(order: tuple[T, ...], now: T) -> T:
    """The next one; after the last, and after one that is not in the row, the first."""
    return order[(order.index(now) + 1) % len(order)] if now in order else order[0]
