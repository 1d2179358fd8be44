"""Who the person of a running visit is by card and by answer: for staff who are signed in, never stored."""

from __future__ import annotations

from datetime import date

from kiosk.flow.states import State, VisitState
from kiosk.ports.card import CardAttributes
from kiosk.ports.counter import LivePerson


def persons_of(state: State, attributes: CardAttributes | None) -> tuple[LivePerson, ...]:
    """The card first. Where the answer names several people, or nobody, it says nothing here."""
    if not isinstance(state, VisitState):
        return ()
    visit, told = state.visit, []
    name = attributes.name if attributes else visit.card_name
    born: date | None = attributes.birth_date if attributes else visit.holder.birth_date if visit.holder else None
    if name or born:
        told.append(LivePerson("card", name, None, born))
    persons = visit.answer.persons if visit.answer else ()
    if len(persons) == 1:
        told.append(LivePerson("answer", persons[0].name, persons[0].kana, persons[0].birth_date))
    return tuple(told)
