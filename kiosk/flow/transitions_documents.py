"""From the choice of a document to one that the patient has confirmed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from kiosk.domain.attestation import read_day
from kiosk.domain.documents import (
    Blocked,
    DocumentReading,
    DocumentType,
    FieldKey,
    HolderMatch,
    match_holder,
    needed_for_claim,
)
from kiosk.domain.insurance import check_digit_holds, normal_insurer_number, well_formed_insurer_number
from kiosk.domain.kana import full_width_kana, to_katakana
from kiosk.domain.masking import mask_my_number
from kiosk.domain.outcome import IdentityMethod
from kiosk.flow.deciding import phones_read
from kiosk.flow.document_facts import with_document_alerts
from kiosk.flow.effects import DestroyDocument, OpenVisit, ReadDocument, ReadHolder
from kiosk.flow.events import DocumentHinted, DocumentRead, EffectFailed, FormWritten, HolderRead, Tapped, TimerFired
from kiosk.flow.fallback import Fallback, shown_as, with_value
from kiosk.flow.fallback_decision import known
from kiosk.flow.fallback_seams import ONWARD
from kiosk.flow.states import (
    NO_CARD,
    AwaitingPhone,
    AwaitingStaff,
    CardProblem,
    FallingBack,
    Idle,
    Lane,
    OutOfService,
    State,
    Visit,
)
from kiosk.flow.states_documents import (
    AskingVisit,
    ChoosingDocument,
    ConfirmingDocument,
    EnteringDocument,
    ReadingDocument,
    RecallingHolder,
)
from kiosk.flow.table import Move, go, needs_only_a_reader, on, stay
from kiosk.flow.transitions_accept import accepted_by_staff
from kiosk.flow.transitions_fallback import advance, recalled

READ = (EnteringDocument, ConfirmingDocument, RecallingHolder, AwaitingStaff, ReadingDocument)
TRIES = 3
"""Readings of one kind of document that bring nothing, before typing is offered in their place."""

TYPED = (
    *(FieldKey.INSURER_NO, FieldKey.SYMBOL, FieldKey.NUMBER, FieldKey.BRANCH),
    *(FieldKey.KANA, FieldKey.BIRTH, FieldKey.VALID_TO),
)
"""Items that can be typed, in this order. A name is typed by its reading: no pad writes every kanji."""

_OPTIONAL = frozenset((FieldKey.SYMBOL, FieldKey.BRANCH, FieldKey.KANA))
"""Items that a paper may lack, or that somebody else can fill in."""

_NOT_OF_THE_ELDERLY = frozenset((FieldKey.SYMBOL, FieldKey.BRANCH))
_LATE_ELDERLY = "39"
_TWICE = frozenset((FieldKey.NUMBER, FieldKey.SYMBOL))
"""Items without a check digit: typed twice."""

_DATED = frozenset((DocumentType.CERTIFICATE, DocumentType.OLD_CARD))
_MOST = 40  # characters of one item
_KANA = re.compile("[ァ-ヺー・ ]*[ァ-ヺ][ァ-ヺー・ ]*")


# --- the way in ---------------------------------------------------------------------------------


@on(Idle, Tapped, ChoosingDocument, control="idle.no_card")
@on(CardProblem, Tapped, ChoosingDocument, control="idle.no_card")
def without_card_from_the_start(state: State, event: Tapped) -> Move:
    visit, lane = visit_without_card(state.lane, event.at)
    return go(ChoosingDocument(lane, visit), OpenVisit(visit.id))


@on(Idle, Tapped, ChoosingDocument, AwaitingPhone, control="idle.phone")
def phone_from_the_start(state: Idle, event: Tapped) -> Move:
    """Where nothing here reads a phone, its owner is led on without a press more."""
    if phones_read(event.at.date(), state.lane.settings):
        return go(AwaitingPhone(state.lane))
    visit, lane = visit_without_card(state.lane, event.at)
    fallback = replace(known(visit), phone=True, cause="phone.unsupported")
    return go(ChoosingDocument(lane, replace(visit, fallback=fallback), "phone.unsupported"), OpenVisit(visit.id))


@on(OutOfService, Tapped, ChoosingDocument, control="idle.no_card")
def without_reader(state: OutOfService, event: Tapped) -> Move:
    """A paper needs no reader. Whoever shows one that counts with the card only has the card at hand: staff look at
    card and person."""
    if not needs_only_a_reader(state):
        return stay(state)
    visit, lane = visit_without_card(state.lane, event.at)
    fallback = replace(known(visit), with_card=True, cause="outage.reader")
    return go(ChoosingDocument(lane, replace(visit, fallback=fallback)), OpenVisit(visit.id))


def visit_without_card(lane: Lane, at: datetime) -> tuple[Visit, Lane]:
    lane = replace(lane, visits=lane.visits + 1)
    fallback = Fallback("fallback.reassure", with_card=False)
    visit = Visit(f"{lane.prefix}-{lane.visits:04d}", NO_CARD, beside=lane.card, on=at.date(), fallback=fallback)
    return visit, lane


def begun(state: FallingBack) -> Visit:
    """The visit with what is known of why the card did not do."""
    if state.visit.fallback is not None:
        return state.visit
    phone = state.visit.phone
    return replace(state.visit, fallback=Fallback(state.cause, state.eligibility, with_card=not phone, phone=phone))


@on(FallingBack, Tapped, ChoosingDocument, control="fallback.document")
def has_a_document(state: FallingBack, _event: Tapped) -> Move:
    return go(ChoosingDocument(state.lane, begun(state)))


@on(FallingBack, Tapped, *ONWARD, control="fallback.none")
def has_nothing(state: FallingBack, event: Tapped) -> Move:
    return _settled(state.lane, begun(state), event.at)


@on(ChoosingDocument, Tapped, *ONWARD, control="document.none")
def has_none_of_these(state: ChoosingDocument, event: Tapped) -> Move:
    return _settled(state.lane, state.visit, event.at)


def _settled(lane: Lane, visit: Visit, at: datetime) -> Move:
    return advance(lane, replace(visit, fallback=replace(known(visit), settled=True)), at)


@on(ChoosingDocument, Tapped, FallingBack, Idle, AwaitingStaff, control="back")
def back_from_choice(state: ChoosingDocument, _event: Tapped) -> Move:
    fallback = known(state.visit)
    if fallback.with_card and state.visit.insertion != NO_CARD:
        return go(FallingBack(state.lane, state.visit, fallback.cause, fallback.eligibility))
    return go(Idle(state.lane))


@on(ChoosingDocument, Tapped, ReadingDocument, control="document.")
def document_chosen(state: ChoosingDocument, event: Tapped) -> Move:
    name = event.control.partition(".")[2]
    if name not in set(DocumentType) - {DocumentType.UNKNOWN}:
        return stay(state)
    visit = replace(state.visit, fallback=replace(known(state.visit), copied=False))
    return read_document(state.lane, visit, DocumentType(name))


# --- reading ------------------------------------------------------------------------------------


def read_document(lane: Lane, visit: Visit, document: DocumentType, again: str | None = None, tries: int = 1) -> Move:
    lane, ticket = lane.with_ticket()
    reading = ReadingDocument(lane, visit, ticket, document, again=again, tries=tries)
    return go(reading, ReadDocument(ticket, visit.id, document))


@on(ReadingDocument, DocumentHinted, ReadingDocument)
def document_hinted(state: ReadingDocument, event: DocumentHinted) -> Move:
    return stay(replace(state, hint=event.hint))


@on(ReadingDocument, Tapped, ChoosingDocument, control="back")
@on(EnteringDocument, Tapped, ChoosingDocument, control="back")
def back_to_choice(state: ReadingDocument | EnteringDocument, _event: Tapped) -> Move:
    return go(ChoosingDocument(state.lane, state.visit), DestroyDocument(state.visit.id))


@on(ReadingDocument, Tapped, ReadingDocument, control="document.copy")
def only_a_copy(state: ReadingDocument, _event: Tapped) -> Move:
    """A kept picture or a printout in place of the live page: read all the same, and decided by staff."""
    if state.document is not DocumentType.PORTAL_SCREEN or known(state.visit).copied:
        return stay(state)
    visit = replace(state.visit, fallback=replace(known(state.visit), copied=True))
    return read_document(state.lane, visit, state.document)


@on(ReadingDocument, Tapped, EnteringDocument, control="document.type")
def typed_instead(state: ReadingDocument, _event: Tapped) -> Move:
    return _type_all(state)


def _type_all(state: ReadingDocument, wrong: str | None = None) -> Move:
    items = tuple(key for key in TYPED if key is not FieldKey.VALID_TO or state.document in _DATED)
    return go(EnteringDocument(state.lane, state.visit, DocumentReading(state.document), items, wrong=wrong))


@on(ReadingDocument, EffectFailed, EnteringDocument)
def document_not_readable(state: ReadingDocument, _event: EffectFailed) -> Move:
    """The camera or a part of the reader does not work: the same items by touch."""
    return _type_all(replace(state, visit=state.visit.alert("document_reader_failed")), "document.camera_gone")


@on(ReadingDocument, DocumentRead, *READ)
def document_read(state: ReadingDocument, event: DocumentRead) -> Move:
    reading = event.reading
    why = "document.unreadable" if reading.blocked is None else f"document.blocked.{reading.blocked.value}"
    if reading.blocked is Blocked.MY_NUMBER_SEEN:
        visit = state.visit.alert("my_number_shown")
        return read_document(state.lane, visit, state.document, why, state.tries)
    if not reading.usable:
        return _again(state, why)
    return compared(state.lane, state.visit, reading)


def _again(state: ReadingDocument, why: str) -> Move:
    if state.tries >= TRIES:
        return _type_all(replace(state, visit=state.visit.alert("document_not_read")), "document.type_instead")
    return read_document(state.lane, state.visit, state.document, why, state.tries + 1)


# --- whose it is --------------------------------------------------------------------------------


def compared(lane: Lane, visit: Visit, reading: DocumentReading, *, asked: bool = False) -> Move:
    """Doubtful items are asked first where they decide whose document it is, else after it is known to be the card
    holder's; nothing of another person is ever shown. `asked`: the person typed what they could."""
    fallback = known(visit)
    missing = () if asked else missing_items(reading)
    if FieldKey.KANA in missing or (missing and FieldKey.BIRTH in reading.doubtful):
        return go(EnteringDocument(lane, visit, reading, missing))
    if fallback.with_card:
        if not fallback.holder_asked:
            lane, ticket = lane.with_ticket()
            return go(RecallingHolder(lane, visit, ticket, reading), ReadHolder(ticket, visit.id))
        match = holder_match(visit, reading)
        if match is HolderMatch.DIFFERENT:
            visit = visit.alert("document_mismatch")
            return go(AwaitingStaff(lane, visit, "staff.need.mismatch"), DestroyDocument(visit.id))
        if match is HolderMatch.STAFF:
            visit = replace(visit, fallback=replace(fallback, reading=reading)).alert("document_not_compared")
            return go(AwaitingStaff(lane, visit, "staff.need.compare_document", fallback.eligibility))
    if missing:
        return go(EnteringDocument(lane, visit, reading, missing))
    return go(ConfirmingDocument(lane, visit, reading))


def holder_match(visit: Visit, reading: DocumentReading) -> HolderMatch | None:
    """None where nothing of the card could be read: then whoever looks at the person compares the card, too."""
    attributes, holder = known(visit).attributes, visit.holder
    if attributes is None and holder is None:
        return None
    born = holder.birth_date if holder else attributes.birth_date if attributes else None
    people = visit.answer.persons if visit.answer else ()  # of the holder: a stranger's answer has ended the visit
    kana = people[0].kana if len(people) == 1 else None
    return match_holder(reading, name=attributes.name if attributes else None, kana=kana, birth_date=born)


def missing_items(reading: DocumentReading) -> tuple[FieldKey, ...]:
    needed = set(needed_for_claim(reading))
    if FieldKey.NAME in needed and reading.value(FieldKey.KANA) is None:
        needed.add(FieldKey.KANA)
    return tuple(key for key in TYPED if key in needed)


@on(RecallingHolder, HolderRead, *READ, *ONWARD)
def holder_read(state: RecallingHolder, event: HolderRead) -> Move:
    return _recalled(state, recalled(state.visit, event), event.at)


@on(RecallingHolder, EffectFailed, *READ, *ONWARD)
@on(RecallingHolder, TimerFired, *READ, *ONWARD)
def holder_not_read(state: RecallingHolder, event: EffectFailed | TimerFired) -> Move:
    return _recalled(state, recalled(state.visit, None), event.at)


def _recalled(state: RecallingHolder, visit: Visit, at: datetime) -> Move:
    if state.reading is not None:
        return compared(state.lane, visit, state.reading)
    if state.act is not None:
        return accepted_by_staff(AskingVisit(state.lane, visit), state.act)
    return advance(state.lane, visit, at)


# --- typing -------------------------------------------------------------------------------------


@on(EnteringDocument, FormWritten, EnteringDocument)
def item_written(state: EnteringDocument, event: FormWritten) -> Move:
    if FieldKey(state.missing[0]).value != event.field:
        return stay(state)
    return go(replace(state, text=event.text[:_MOST], wrong=None))


@on(EnteringDocument, Tapped, EnteringDocument, ConfirmingDocument, *READ, *ONWARD, control="form.next")
def item_typed(state: EnteringDocument, event: Tapped) -> Move:
    key = state.missing[0]
    value = item_value(key, state.text)
    if value is None:
        return go(replace(state, text="", first=None, wrong=f"document.wrong.{key.value}"))
    if key in _TWICE and state.first is None:
        return go(replace(state, text="", first=value, wrong=None))
    if key in _TWICE and state.first != value:
        return go(replace(state, text="", first=None, wrong="document.wrong.twice"))
    return _next_item(replace(state, reading=with_value(state.reading, key, value)), event.at)


@on(EnteringDocument, Tapped, EnteringDocument, ConfirmingDocument, *READ, *ONWARD, control="form.unknown")
def item_not_known(state: EnteringDocument, event: Tapped) -> Move:
    """Without a symbol or branch a claim can be made; without the rest a person looks at the document."""
    if state.missing[0] in _OPTIONAL:
        return _next_item(state, event.at)
    fallback = replace(known(state.visit), reading=state.reading)
    visit = replace(state.visit, fallback=fallback).alert("document_incomplete")
    return go(AwaitingStaff(state.lane, visit, "staff.need.documents", fallback.eligibility))


def _next_item(state: EnteringDocument, at: datetime) -> Move:
    rest = state.missing[1:]
    if (state.reading.value(FieldKey.INSURER_NO) or "").startswith(_LATE_ELDERLY):
        rest = tuple(key for key in rest if key not in _NOT_OF_THE_ELDERLY)
    if rest:
        return go(EnteringDocument(state.lane, state.visit, state.reading, rest))
    fallback = known(state.visit)
    if fallback.reading is not None and fallback.shown:
        # Confirmed before; only an item was missing that the table asked for.
        return advance(state.lane, replace(state.visit, fallback=replace(fallback, reading=state.reading)), at)
    return compared(state.lane, state.visit, state.reading, asked=True)


def item_value(key: FieldKey, text: str) -> str | None:
    """The item as a reading holds it; None where it cannot be right."""
    folded = mask_my_number(text).strip()
    if key is FieldKey.INSURER_NO:
        number = normal_insurer_number(folded)
        return number if well_formed_insurer_number(number) and check_digit_holds(number) else None
    if key in (FieldKey.BIRTH, FieldKey.VALID_TO):
        day = read_day(folded)
        return day.isoformat() if day else None
    if key is FieldKey.BRANCH:
        return folded if re.fullmatch(r"\d{2}", folded) else None
    if key is FieldKey.KANA:
        reading = full_width_kana(to_katakana(folded.replace("\u3000", " ")))
        return reading if _KANA.fullmatch(reading) else None
    if key is FieldKey.NUMBER:
        return folded if re.fullmatch(r"[0-9-]{1,20}", folded) and any(c.isdigit() for c in folded) else None
    return folded or None


# --- confirming ---------------------------------------------------------------------------------


@on(ConfirmingDocument, Tapped, *ONWARD, control="confirm.yes")
def document_confirmed(state: ConfirmingDocument, event: Tapped) -> Move:
    fallback = known(state.visit)
    fallback = fallback.with_document(shown_as(state.reading.type, copied=fallback.copied))
    visit = replace(state.visit, fallback=replace(fallback, reading=state.reading))
    visit = with_document_alerts(visit, state.reading)
    if not fallback.with_card:
        visit = replace(visit, identity=IdentityMethod.DOCUMENT)
    move = advance(state.lane, visit, event.at)
    return Move(move.state, (DestroyDocument(visit.id), *move.effects))


@on(ConfirmingDocument, Tapped, AwaitingStaff, control="confirm.not_me")
def document_not_mine(state: ConfirmingDocument, _event: Tapped) -> Move:
    """The screen is cleared at once, and what was read is gone."""
    visit = state.visit.alert("patient_says_not_me")
    return go(AwaitingStaff(state.lane, visit, "staff.need.not_me"), DestroyDocument(visit.id))


@on(ConfirmingDocument, Tapped, ChoosingDocument, control="back")
def back_from_confirming(state: ConfirmingDocument, _event: Tapped) -> Move:
    return go(ChoosingDocument(state.lane, state.visit), DestroyDocument(state.visit.id))
