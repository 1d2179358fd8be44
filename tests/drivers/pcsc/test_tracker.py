from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.pcsc.tracker import Lying, Sighting, Tracker
from kiosk.domain.failures import FailureCode, KioskError
from kiosk.ports.card import CardInserted, CardTaken, ReaderAppeared, ReaderEvent, ReaderVanished


def empty(count: int = 0) -> Sighting:
    return Sighting("desk", present=False, count=count)


def lies(count: int) -> Sighting:
    return Sighting("desk", present=True, count=count)


NONE = Sighting(None, detail="NO_SERVICE")
APPEARED, VANISHED = ReaderAppeared("desk"), ReaderVanished("desk")


def refused(call: Callable[[], object]) -> FailureCode:
    with pytest.raises(KioskError) as caught:
        call()
    return caught.value.code


@pytest.mark.parametrize(
    ("looks", "events"),
    [
        ([NONE, NONE], [ReaderVanished("NO_SERVICE")]),
        ([empty(), empty(), lies(1), lies(1), empty(2)], [APPEARED, CardInserted(1), CardTaken(1)]),
        ([lies(7)], [APPEARED, CardInserted(1)]),
        ([lies(1), lies(3)], [APPEARED, CardInserted(1), CardTaken(1), CardInserted(2)]),
        ([lies(1), NONE, lies(1)], [APPEARED, CardInserted(1), VANISHED, APPEARED, CardInserted(2)]),
        (
            [lies(1), Sighting("other", present=True, count=1)],
            [APPEARED, CardInserted(1), VANISHED, ReaderAppeared("other"), CardInserted(2)],
        ),
    ],
)
def test_looks_and_events(looks: list[Sighting], events: list[ReaderEvent]) -> None:
    tracker = Tracker()
    assert [event for look in looks for event in tracker.see(look)] == events


def test_a_spoilt_card_is_out_of_reach_until_it_left() -> None:
    tracker = Tracker()
    tracker.see(lies(1))
    tracker.spoil(tracker.reachable(1))
    assert tracker.see(lies(1)) == []
    assert refused(lambda: tracker.reachable(1)) is FailureCode.CARD_LOST
    tracker.see(empty(2))
    tracker.see(lies(3))
    assert tracker.reachable(2).count == 3


def test_a_spoilt_card_stays_so_for_a_new_listener() -> None:
    tracker = Tracker()
    tracker.see(lies(1))
    tracker.spoil(tracker.reachable(1))
    tracker.begin_again()
    assert tracker.see(lies(1)) == [APPEARED, CardInserted(2)]
    assert refused(lambda: tracker.reachable(2)) is FailureCode.CARD_LOST


def test_a_late_failure_of_an_old_card_does_not_spoil_the_new_one() -> None:
    tracker = Tracker()
    tracker.see(lies(1))
    old = tracker.reachable(1)
    tracker.see(lies(3))
    tracker.spoil(old)
    assert tracker.reachable(2).count == 3


def test_a_reader_that_hung_is_told_to_answer_again_and_its_card_has_to_go() -> None:
    tracker = Tracker()
    tracker.see(lies(1))
    card = tracker.reachable(1)
    tracker.came_back(card)
    assert tracker.see(lies(1)) == []
    tracker.hang(card)
    assert tracker.see(lies(1)) == []
    tracker.came_back(card)
    assert [tracker.see(lies(1)), tracker.see(lies(1))] == [[APPEARED], []]
    assert refused(lambda: tracker.reachable(1)) is FailureCode.CARD_LOST
    assert tracker.see(lies(3)) == [CardTaken(1), CardInserted(2)]
    assert tracker.reachable(2).count == 3


def test_a_reader_answers_again_when_all_that_hung_came_back() -> None:
    tracker = Tracker()
    tracker.see(lies(1))
    first = tracker.reachable(1)
    tracker.hang(first)
    tracker.see(lies(3))
    second = tracker.reachable(2)
    tracker.hang(second)
    tracker.came_back(second)
    assert tracker.see(lies(3)) == []
    tracker.came_back(first)
    assert tracker.see(empty(4)) == [CardTaken(2), APPEARED]


@pytest.mark.parametrize("between", [[NONE, lies(1)], [Sighting("other")]])
def test_what_hung_on_a_reader_that_went_tells_nothing_of_the_next(between: list[Sighting]) -> None:
    tracker = Tracker()
    tracker.see(lies(1))
    card = tracker.reachable(1)
    tracker.hang(card)
    for look in between:
        tracker.see(look)
    tracker.came_back(card)
    tracker.hang(Lying(1, "away", 1))
    tracker.came_back(Lying(1, "away", 1))
    assert tracker.see(between[-1]) == []


def test_reasons_out_of_reach() -> None:
    tracker = Tracker()
    assert refused(lambda: tracker.reachable(1)) is FailureCode.READER_GONE
    tracker.see(empty())
    assert refused(lambda: tracker.reachable(1)) is FailureCode.CARD_LOST
    tracker.see(lies(1))
    assert refused(lambda: tracker.reachable(2)) is FailureCode.CARD_LOST
    tracker.see(NONE)
    assert refused(lambda: tracker.reachable(1)) is FailureCode.READER_GONE


looks = st.one_of(
    st.just(NONE),
    st.builds(Sighting, st.sampled_from(["desk", "other"]), st.booleans(), st.integers(0, 3)),
)


@given(st.lists(st.tuples(looks, st.booleans()), max_size=30))
def test_any_day_makes_sense_to_the_listener(day: list[tuple[Sighting, bool]]) -> None:
    """Cards come only to a reader that is there, one at a time, each with a number of its own, and what is reachable
    is what was reported last."""
    tracker = Tracker()
    reader, card, last, spoilt = False, None, 0, False
    for look, spoil in day:
        events = tracker.see(look)
        for event in events:
            match event:
                case ReaderAppeared():
                    assert not reader
                    reader = True
                case ReaderVanished():
                    reader, card = False, None
                case CardInserted(insertion=number):
                    assert reader
                    assert card is None
                    assert number == last + 1
                    card, last = number, number
                case CardTaken(insertion=number):
                    assert card == number
                    card = None
        if events:
            spoilt = False
        if card is not None and not spoilt:
            place = tracker.reachable(card)
            assert (place.reader, place.count) == (look.reader, look.count)
            if spoil:
                tracker.spoil(place)
                spoilt = True
        else:
            assert refused(partial(tracker.reachable, last)) in (FailureCode.CARD_LOST, FailureCode.READER_GONE)
