from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from drivers.card.session import IndividualNumberCardSession
from drivers.simulated.card import VirtualCard, verification_number_b
from drivers.simulated.persona import CardFields, Persona, RecordFields
from drivers.simulated.reader import SimulatedReader
from kiosk.domain.card import CardKind
from kiosk.domain.failures import FailureCode, KioskError
from kiosk.domain.secret import Secret
from kiosk.ports.card import (
    CardInserted,
    CardReader,
    CardTaken,
    CredentialAccepted,
    FacePhoto,
    ReaderAppeared,
    ReaderEvent,
    ReaderVanished,
)

SELECT = bytes.fromhex("00A4040C0AD392F000260100000001")


def card(name: str = "hanako", **fields: Any) -> VirtualCard:
    return VirtualCard(Persona(name, {}, CardFields(**fields), RecordFields()), photo_jp2=bytes(2000))


def refused(call: Callable[[], object]) -> FailureCode:
    with pytest.raises(KioskError) as caught:
        call()
    return caught.value.code


def test_it_is_the_port_and_reports_the_present_state_first() -> None:
    reader = SimulatedReader("desk")
    reader.place(card())
    port: CardReader = reader
    events: list[ReaderEvent] = []
    port.start(events.append)
    assert events == [ReaderAppeared("desk"), CardInserted(1)]


def test_events_of_a_day() -> None:
    reader = SimulatedReader("desk")
    events: list[ReaderEvent] = []
    reader.start(events.append)
    reader.place(card())
    reader.place(card())
    reader.unplug()
    reader.unplug()
    reader.remove()
    reader.place(card())
    reader.plug()
    reader.plug()
    reader.restart()
    reader.remove()
    reader.remove()
    reader.stop()
    reader.place(card())
    assert events == [
        ReaderAppeared("desk"),
        CardInserted(1),
        CardTaken(1),
        CardInserted(2),
        ReaderVanished("desk"),
        ReaderAppeared("desk"),
        CardInserted(4),
        ReaderVanished("desk"),
        ReaderAppeared("desk"),
        CardInserted(5),
        CardTaken(5),
    ]


def test_an_unplugged_reader_says_so_at_the_start() -> None:
    reader = SimulatedReader()
    reader.unplug()
    events: list[ReaderEvent] = []
    reader.start(events.append)
    assert events == [ReaderVanished()]


def test_reasons_not_to_connect() -> None:
    reader = SimulatedReader()
    assert refused(lambda: reader.connect(0)) is FailureCode.CARD_LOST
    hidden = reader.place(None)
    assert refused(lambda: reader.connect(hidden)) is FailureCode.CARD_SILENT
    first = reader.place(card())
    second = reader.place(card())
    assert refused(lambda: reader.connect(first)) is FailureCode.CARD_LOST
    reader.faults.busy = True
    assert refused(lambda: reader.connect(second)) is FailureCode.READER_BUSY
    reader.faults.busy = False
    reader.freeze()
    assert refused(lambda: reader.connect(second)) is FailureCode.READER_HUNG
    reader.thaw()
    assert refused(lambda: reader.connect(second)) is FailureCode.CARD_LOST
    third = reader.place(card())
    held = reader.connect(third)
    assert refused(lambda: reader.connect(third)) is FailureCode.READER_BUSY
    held.close()
    assert reader.connect(third).atr == card().atr
    reader.unplug()
    assert refused(lambda: reader.connect(third)) is FailureCode.READER_GONE


@pytest.mark.parametrize("end", [SimulatedReader.thaw, SimulatedReader.remove])
def test_a_reader_that_hung_says_when_it_answers_again(end: Callable[[SimulatedReader], None]) -> None:
    reader = SimulatedReader("desk")
    events: list[ReaderEvent] = []
    reader.start(events.append)
    connection = reader.connect(reader.place(card()))
    reader.freeze()
    reader.thaw()
    assert events == [ReaderAppeared("desk"), CardInserted(1)]
    reader.freeze()
    assert refused(lambda: connection.transmit(SELECT)) is FailureCode.READER_HUNG
    end(reader)
    assert [event for event in events[2:] if event != CardTaken(1)] == [ReaderAppeared("desk")]
    assert refused(lambda: reader.connect(1)) is FailureCode.CARD_LOST
    reader.thaw()
    assert reader.connect(reader.place(card())).transmit(SELECT) == b"\x90\x00"
    assert events[-1] == CardInserted(2)


def test_closing_ends_what_was_verified() -> None:
    reader = SimulatedReader()
    insertion = reader.place(card())
    connection = reader.connect(insertion)
    assert IndividualNumberCardSession(connection.transmit).verify_pin(Secret("1234")) == CredentialAccepted()
    connection.close()
    connection.close()
    assert refused(lambda: connection.transmit(SELECT)) is FailureCode.CARD_LOST
    session = IndividualNumberCardSession(reader.connect(insertion).transmit)
    assert refused(lambda: session.sign(b"x")) is FailureCode.INTERNAL


def test_an_old_connection_never_reaches_a_new_card() -> None:
    reader = SimulatedReader()
    old = reader.connect(reader.place(card("hanako")))
    new = reader.connect(reader.place(card("kenji")))
    assert refused(lambda: old.transmit(SELECT)) is FailureCode.CARD_LOST
    assert new.transmit(SELECT) == b"\x90\x00"
    old.close()
    assert new.transmit(SELECT) == b"\x90\x00"


def test_the_same_card_put_back_is_a_new_insertion() -> None:
    reader = SimulatedReader()
    chip = card()
    old = reader.connect(reader.place(chip))
    reader.remove()
    reader.connect(reader.place(chip))
    assert refused(lambda: old.transmit(SELECT)) is FailureCode.CARD_LOST


@pytest.mark.parametrize(
    ("fault", "first"),
    [
        (SimulatedReader.unplug, FailureCode.READER_GONE),
        (SimulatedReader.freeze, FailureCode.READER_HUNG),
        (SimulatedReader.remove, FailureCode.CARD_LOST),
        (SimulatedReader.restart, FailureCode.CARD_LOST),
        (SimulatedReader.stop, FailureCode.CARD_LOST),
    ],
)
def test_a_connection_that_failed_is_dead_for_good(
    fault: Callable[[SimulatedReader], None], first: FailureCode
) -> None:
    reader = SimulatedReader()
    connection = reader.connect(reader.place(card()))
    fault(reader)
    assert refused(lambda: connection.transmit(SELECT)) is first
    reader.thaw()
    reader.plug()
    assert refused(lambda: connection.transmit(SELECT)) is FailureCode.CARD_LOST


@pytest.mark.parametrize("answer", ["6A82", "6F00", "", "90", "00" * 300 + "9000"])
def test_answers_from_the_menu_replace_the_cards_own(answer: str) -> None:
    reader = SimulatedReader()
    insertion = reader.place(card())
    reader.faults.answers[2] = bytes.fromhex(answer)
    connection = reader.connect(insertion)
    assert connection.transmit(SELECT) == b"\x90\x00"
    assert connection.transmit(SELECT) == bytes.fromhex(answer)
    assert connection.transmit(SELECT) == b"\x90\x00"
    assert reader.apdus == 3


def test_a_slow_card_answers_until_it_counts_as_hung() -> None:
    slept: list[float] = []
    reader = SimulatedReader(sleep=slept.append)
    connection = reader.connect(reader.place(card()))
    reader.faults.slow = 1.5
    assert connection.transmit(SELECT) == b"\x90\x00"
    reader.faults.slow = 60.0
    assert refused(lambda: connection.transmit(SELECT)) is FailureCode.READER_HUNG
    assert refused(lambda: connection.transmit(SELECT)) is FailureCode.CARD_LOST
    assert slept == [1.5, 5.0]


def test_a_card_pulled_while_its_answer_travels() -> None:
    reader = SimulatedReader(delay=lambda *_: reader.remove())
    connection = reader.connect(reader.place(card()))
    assert refused(lambda: connection.transmit(SELECT)) is FailureCode.CARD_LOST


def test_the_delay_sees_sizes_only() -> None:
    seen: list[tuple[int, int]] = []
    reader = SimulatedReader(delay=lambda *sizes: seen.append(sizes))
    reader.connect(reader.place(card())).transmit(SELECT)
    assert seen == [(15, 2)]


# --- the card leaves between every two commands of every operation --------------------------------------------------

OPERATIONS: dict[str, Callable[[IndividualNumberCardSession], object]] = {
    "summarise": lambda session: session.summarise(),
    "read_face": lambda session: session.read_face(number_b()),
    "check_record": lambda session: (session.read_face(number_b()), session.check_record()),
    "prove_presence": lambda session: (session.read_face(number_b()), session.prove_presence()),
    "verify_pin": lambda session: session.verify_pin(secret("1234")),
    "applications": lambda session: session.applications(),
    "read_attributes": lambda session: session.read_attributes(secret("1234")),
    "check_attributes": lambda session: (session.read_attributes(secret("1234")), session.check_attributes()),
    "sign": lambda session: (session.verify_pin(secret("1234")), session.sign(b"challenge")),
}


SECRETS: list[Secret] = []


def secret(value: str) -> Secret:
    """One that can be looked at afterwards."""
    SECRETS.append(Secret(value))
    return SECRETS[-1]


def number_b() -> Secret:
    fields = CardFields()
    return secret(verification_number_b(fields.birth_date, fields.card_expires, fields.security_code))


def length_of(operation: str) -> int:
    reader = SimulatedReader()
    connection = reader.connect(reader.place(card()))
    OPERATIONS[operation](IndividualNumberCardSession(connection.transmit))
    return reader.apdus


@pytest.mark.parametrize(
    ("operation", "after"), [(name, after) for name in OPERATIONS for after in range(length_of(name))]
)
def test_the_card_leaves_and_the_next_visit_is_clean(operation: str, after: int) -> None:
    reader = SimulatedReader()
    events: list[ReaderEvent] = []
    reader.start(events.append)
    chip = card(remove_after_apdus=after)
    connection = reader.connect(reader.place(chip))
    session = IndividualNumberCardSession(connection.transmit)
    assert refused(lambda: OPERATIONS[operation](session)) is FailureCode.CARD_LOST
    assert events[-1] == CardTaken(1)
    assert reader.apdus == after + 1
    assert refused(session.summarise) is FailureCode.CARD_LOST
    assert all(used.wiped for used in SECRETS)

    other = card("kenji", sex="1")
    session = IndividualNumberCardSession(reader.connect(reader.place(other)).transmit)
    summary = session.summarise()
    assert summary.kind is CardKind.INDIVIDUAL_NUMBER
    photo = session.read_face(number_b())
    assert isinstance(photo, FacePhoto)
    assert photo.holder.sex == "1"

    # The fault happens once: the first card works when it comes back, and lost no more than the try in flight.
    session = IndividualNumberCardSession(reader.connect(reader.place(chip)).transmit)
    summary = session.summarise()
    assert (summary.pin_tries, summary.number_b_tries) == (3, 10)


# --- the menu's answers at every command of every operation ---------------------------------------------------------


@pytest.mark.parametrize("answer", ["6F00", "6A82", "6982", "6300", "9000", "", "90", "00" * 300 + "9000"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_strange_answer_at_any_command_ends_in_a_named_failure_at_most(operation: str, answer: str) -> None:
    reader = SimulatedReader()
    chip, failures = card(), []
    for number in range(1, length_of(operation) + 1):
        insertion = reader.place(chip)
        reader.faults.answers[number] = bytes.fromhex(answer)
        session = IndividualNumberCardSession(reader.connect(insertion).transmit)
        try:
            OPERATIONS[operation](session)
        except KioskError as error:
            failures.append(error)
    assert {failure.code for failure in failures} <= STRANGE
    assert "1234" not in " ".join(map(str, failures))
    session = IndividualNumberCardSession(reader.connect(reader.place(chip)).transmit)
    summary = session.summarise()
    assert (summary.pin_tries, summary.number_b_tries) == (3, 10)
    assert isinstance(session.read_face(number_b()), FacePhoto)


STRANGE = {FailureCode.CARD_BROKEN, FailureCode.CARD_FOREIGN, FailureCode.CARD_NO_CERTIFICATE, FailureCode.INTERNAL}


def test_the_menu_is_cleared_by_hand() -> None:
    reader = SimulatedReader(sleep=lambda _: None)
    insertion = reader.place(card())
    reader.occupy()
    assert refused(lambda: reader.connect(insertion)) is FailureCode.READER_BUSY
    reader.free()
    connection = reader.connect(insertion)
    reader.slow_down()
    assert connection.transmit(SELECT) == b"\x90\x00"
    assert reader.faults.slow > 0
    reader.thaw()
    assert reader.faults.slow == 0
