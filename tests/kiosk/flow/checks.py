"""What holds for every step of the flow, whatever happened. Playbooks, table walk and random play all use it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import replace

from kiosk.app.catalogue import LANGUAGES, load_catalogue
from kiosk.domain.card import CardHolder, CardSummary
from kiosk.domain.eligibility import EligibilityAnswer, InsuredPerson
from kiosk.domain.messages import Text
from kiosk.domain.outcome import IdentityMethod
from kiosk.domain.screen import View
from kiosk.domain.secret import Secret
from kiosk.flow import effects as fx
from kiosk.flow.all_states import ALL_STATES
from kiosk.flow.events import Event, PinEntered, Tapped, TimerFired
from kiosk.flow.machine import step
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import (
    AskingMoreTime,
    ConfirmedStage,
    EnteringPin,
    HandingOver,
    Idle,
    OutOfService,
    ReadingCard,
    RegisteringConsents,
    ShowingResult,
    StaffCalled,
    State,
    Visit,
    VisitState,
)
from kiosk.flow.states_documents import EnteringDocument
from kiosk.flow.states_form import FormStage
from kiosk.flow.table import find_row, is_stale
from kiosk.flow.view import view
from kiosk.journal.catalogue import load_catalogue as load_events
from tests.kiosk.flow.samples import ASSETS, AT, CONTROLS, HOLDER, PERSON, PIN, SERIAL, STAFF_CODE, STRANGER

SENTENCES = load_catalogue(ASSETS / "messages")
EVENTS = load_events((ASSETS / "rules" / "journal.toml").read_bytes())
PERSONAL = (CardHolder, CardSummary, EligibilityAnswer, InsuredPerson, Secret, Visit)
PAD_ONLY = {"pin.ok", "pin.clear"}
"""Buttons of the digit pad: the pad itself turns them into `PinEntered`."""


def parts(value: object) -> Iterator[object]:
    """The value and everything in it, but for the facility's settings: rule files hold thousands of rows and nobody."""
    yield value
    if isinstance(value, FlowSettings):
        return
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from parts(getattr(value, field.name))
    elif isinstance(value, dict):
        for each in value.items():
            yield from parts(each)
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from parts(each)


def taken(old: State, event: Event) -> tuple[State, tuple[fx.Effect, ...]]:
    """One step, checked."""
    new, effects = step(old, event)
    check_step(old, event, new, effects)
    return new, effects


def check_step(old: State, event: Event, new: State, effects: tuple[fx.Effect, ...]) -> None:
    assert isinstance(effects, tuple)
    assert all(isinstance(effect, fx.Effect) for effect in effects)
    assert type(new) in ALL_STATES
    check_target(old, event, new, effects)
    if new is old and not effects:
        return
    check_timer(old, event, new, effects)
    check_state(new)
    check_identity(old, event, new, effects)
    check_journal(effects)
    check_view(new)


def check_target(old: State, event: Event, new: State, effects: tuple[fx.Effect, ...]) -> None:
    """The table names every state that a row leads to; staying is always allowed."""
    row = None if is_stale(old, event) else find_row(old, event)
    if row is None:
        assert (new, effects) == (old, ()), f"{type(old).__name__} has no answer to {event}, yet it changed"
        return
    allowed = set(row.targets) | {type(old)}
    if State in allowed and isinstance(old, AskingMoreTime | StaffCalled):
        inner = find_row(old.resume, event)
        allowed = {type(old), type(old.resume), *row.targets} - {State} | (set(inner.targets) if inner else set())
    others_card = isinstance(old, VisitState) and old.lane.card is not None and not old.visit.is_of(old.lane.card)
    if others_card:
        allowed |= {ReadingCard, HandingOver, RegisteringConsents}  # it ends a visit that comes to where it would
    if Idle in allowed or new.lane.paused:
        allowed.add(OutOfService)  # a lane without a reader cannot be idle, and on a paused one no visit begins
    assert isinstance(new, tuple(allowed)), f"{type(old).__name__} on {row.label} → {type(new).__name__}"


def check_timer(old: State, event: Event, new: State, effects: tuple[fx.Effect, ...]) -> None:
    """A state that counts on a timer has one that runs, or nothing would ever end it."""
    running = None if isinstance(event, TimerFired) and event.ticket == old.timer else old.timer
    for effect in effects:
        if isinstance(effect, fx.StartTimer):
            running = effect.ticket
            assert effect.seconds > 0
        elif isinstance(effect, fx.StopTimer):
            running = None
    assert new.timer == running, f"{type(old).__name__} on {event}: {type(new).__name__} waits for a dead timer"


def check_state(state: State) -> None:
    held = list(parts(state))
    assert not any(isinstance(part, Secret) for part in held)
    if not isinstance(state, VisitState):
        kinds = {type(part).__name__ for part in held if isinstance(part, PERSONAL)}
        assert not kinds, f"{type(state).__name__} still holds {kinds}"
        assert not {HOLDER.birth_date, PERSON.name, PERSON.number, SERIAL} & {p for p in held if isinstance(p, str)}


def check_identity(old: State, event: Event, new: State, effects: tuple[fx.Effect, ...]) -> None:
    fallback = new.visit.fallback if isinstance(new, VisitState) else None
    on_statement = fallback is not None and fallback.decision == "D35"  # a disaster asks for no proof of identity
    if isinstance(new, ConfirmedStage) and not on_statement:
        assert new.visit.identity is not IdentityMethod.NONE, f"{type(new).__name__} without identity"
    if isinstance(new, HandingOver) and new.outcome.decision != "D35":
        assert new.outcome.identity is not IdentityMethod.NONE
    if isinstance(new, VisitState):
        assert new.visit.face_attempts <= new.lane.settings.face_attempts
    for effect in effects:
        if isinstance(effect, fx.QueryCard | fx.RegisterCard):
            assert effect.identity is not IdentityMethod.NONE, "asked the terminal about somebody not confirmed"
        elif isinstance(effect, fx.HandOver):
            outcome = getattr(new, "outcome", None)
            assert outcome is not None
            assert outcome.identity is not IdentityMethod.NONE or outcome.decision == "D35"
        elif isinstance(effect, fx.VerifyPin):
            assert isinstance(event, PinEntered), "presented a PIN that nobody entered"
            assert isinstance(old, EnteringPin)
            tries = old.visit.pin_tries
            assert tries is not None
            assert tries >= 2 or (tries == 1 and effect.last_try_confirmed), "spent the last try unasked"


def check_journal(effects: tuple[fx.Effect, ...]) -> None:
    secrets = [
        PIN,
        STAFF_CODE,
        SERIAL,
        "花子",
        "ﾊﾅｺ",
        "太郎",
        PERSON.number,
        STRANGER.number,
        PERSON.address,
        "1950-03-03",
    ]
    for effect in effects:
        if isinstance(effect, fx.AppendJournal):
            for entry in effect.entries:
                EVENTS.check(entry)
                written = str(entry.fields)
                assert not [s for s in secrets if s and s in written], entry


def texts_of(shown: View) -> list[str]:
    """Everything the screen says, in every language."""
    return [
        SENTENCES.render(part, language) for part in parts(shown) if isinstance(part, Text) for language in LANGUAGES
    ] + [part for part in parts(shown) if isinstance(part, str)]


def check_view(state: State) -> None:
    shown = view(state)
    ids = {part.id for part in parts(shown) if isinstance(part, Text)}
    missing = sorted(i for i in ids if i not in SENTENCES)
    assert not missing, f"{shown.state} needs sentences that the catalogue does not have: {missing}"
    texts = texts_of(shown)
    assert not [t for t in texts if "[[" in t], f"{shown.state}: a placeholder was not filled"
    assert not [t for t in texts if "10割" in t], "the patient was shown 10割"
    assert shown.control_ids() <= CONTROLS, f"{shown.control_ids() - CONTROLS} stand in no contract"
    dead = {c for c in shown.control_ids() - PAD_ONLY if find_row(state, Tapped(AT, c)) is None}
    assert not dead, f"{shown.state}: nobody answers {dead}"
    own_words = isinstance(state, FormStage | EnteringDocument)  # who writes reads what they wrote
    if not own_words and not (isinstance(state, ShowingResult) and state.confirmed):
        texts = texts_of(replace(shown, lane=replace(shown.lane, choices=())))  # staff see whom they choose from
        held = [p for p in ("花子", "ハナコ", "太郎", "タロウ", PERSON.number, PERSON.address, STRANGER.address) if p]
        assert not [t for t in texts if any(p in t for p in held)], f"{shown.state} shows a person in clear"
