"""The reader driver against a running PC/SC service and cards in its virtual reader."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from drivers.card.session import IndividualNumberCardSession
from drivers.pcsc.codes import ServiceError
from drivers.pcsc.connection import PcscConnection
from drivers.pcsc.service import Card, Context, scard
from drivers.simulated.card import VirtualCard, verification_number_b
from drivers.simulated.persona import CardFields
from drivers.simulated.vpcd import PORT, READER, VpcdSlot
from kiosk.domain.card import CardKind
from kiosk.domain.failures import FailureCode, KioskError
from kiosk.domain.secret import Secret
from kiosk.ports.card import CardInserted, CardReader, CardTaken, FacePhoto, ReaderAppeared, ReaderVanished

pytestmark = pytest.mark.pcscd

SELECT = bytes.fromhex("00A4040C0AD392F000260100000001")
OK = b"\x90\x00"


def refused(call: Callable[[], object]) -> FailureCode:
    with pytest.raises(KioskError) as caught:
        call()
    return caught.value.code


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 60.0
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def number_b() -> Secret:
    fields = CardFields()
    return Secret(verification_number_b(fields.birth_date, fields.card_expires, fields.security_code))


# --- coming and going -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("contact", [False, True])
def test_a_card_comes_answers_and_goes(slot, card, watched, contact: bool) -> None:
    reader, watch = watched()
    port: CardReader = reader
    chip = card(contact=contact)
    slot.place(chip)
    insertion = watch.inserted()
    connection = port.connect(insertion)
    assert connection.atr == chip.atr
    assert connection.transmit(SELECT) == OK
    connection.close()
    connection.close()
    assert refused(lambda: connection.transmit(SELECT)) is FailureCode.CARD_LOST
    slot.remove()
    watch.taken(insertion)
    assert watch.events == [ReaderAppeared(READER), CardInserted(1), CardTaken(1)]
    assert refused(lambda: port.connect(insertion)) is FailureCode.CARD_LOST


def test_a_card_that_lies_there_already_is_reported_before_start_returns(slot, card, watched) -> None:
    _, first = watched()
    slot.place(card())
    first.inserted()
    reader, watch = watched()
    assert watch.events == [ReaderAppeared(READER), CardInserted(1)]
    reader.stop()
    reader.start(watch)
    assert watch.events[2:] == [ReaderAppeared(READER), CardInserted(2)]


def test_closing_takes_what_was_verified(slot, card, watched) -> None:
    reader, watch = watched()
    slot.place(card())
    insertion = watch.inserted()
    connection = reader.connect(insertion)
    session = IndividualNumberCardSession(connection.transmit)
    session.verify_pin(Secret("1234"))
    assert len(session.sign(b"x")) == 256
    connection.close()
    again = reader.connect(insertion)
    assert again.transmit(SELECT) == OK
    assert again.transmit(bytes.fromhex("802A0097014100")) == b"\x69\x82"
    again.close()
    assert watch.events[-1] == CardInserted(insertion)


def test_a_chip_that_cannot_be_powered(slot, watched) -> None:
    reader, watch = watched()
    slot.place(None)
    insertion = watch.inserted()
    assert refused(lambda: reader.connect(insertion)) is FailureCode.CARD_SILENT


def test_the_second_slot_is_chosen_by_a_pattern(cage, card, watched) -> None:
    reader, watch = watched("virtual*01")
    other = VpcdSlot(lambda: cage.dial(PORT + 1))
    other.place(card())
    insertion = watch.inserted()
    assert reader.name == "Virtual PCD 00 01"
    connection = reader.connect(insertion)
    assert connection.transmit(SELECT) == OK
    connection.close()
    other.remove()
    watch.taken(insertion)


def test_a_name_that_no_reader_has(watched) -> None:
    reader, watch = watched("RC-S300")
    assert watch.events == [ReaderVanished("Virtual PCD 00 00, Virtual PCD 00 01")]
    assert refused(lambda: reader.connect(1)) is FailureCode.READER_GONE


def test_the_first_answer_after_power_up_may_be_6f00(slot, card, watched) -> None:
    reader, watch = watched()
    slot.place(card(power_up_status="6F00"))
    connection = reader.connect(watch.inserted())
    assert IndividualNumberCardSession(connection.transmit).summarise().kind is CardKind.INDIVIDUAL_NUMBER
    connection.close()


def test_extended_length_passes_the_service(slot, card, watched) -> None:
    reader, watch = watched()
    slot.place(card())
    connection = reader.connect(watch.inserted())
    assert reader.longest_answer == 256  # the virtual reader does not say what it can
    session = IndividualNumberCardSession(connection.transmit, longest_answer=65_536)
    photo = session.read_face(number_b())
    assert isinstance(photo, FacePhoto)
    assert photo.jp2 is not None
    assert photo.jp2.reveal() == bytes(range(256)) * 20
    assert slot.apdus == 6
    connection.close()


def test_a_reader_that_loses_the_card_on_long_answers_is_asked_for_short_ones(
    slot, card, watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that says it can; the virtual reader says nothing."""
    monkeypatch.setattr(Card, "longest_answer", lambda _: 4096)
    reader, watch = watched()
    for insertion in (1, 2):
        slot.place(card())
        connection = reader.connect(watch.inserted())
        assert connection.longest_answer == 4096
        slot.faults.answers[2] = b"\x00"
        session = IndividualNumberCardSession(connection.transmit, longest_answer=connection.longest_answer)
        assert refused(session.summarise) is FailureCode.CARD_LOST
        slot.remove()
        watch.taken(insertion)
    slot.place(card())
    connection = reader.connect(watch.inserted())
    assert (connection.longest_answer, reader.longest_answer) == (256, 256)
    connection.close()


# --- the card leaves --------------------------------------------------------------------------------------------------


def test_a_card_pulled_while_idle(slot, card, watched) -> None:
    reader, watch = watched()
    slot.place(card())
    insertion = watch.inserted()
    connection = reader.connect(insertion)
    assert connection.transmit(SELECT) == OK
    slot.remove()
    watch.taken(insertion)
    assert refused(lambda: connection.transmit(SELECT)) is FailureCode.CARD_LOST
    assert refused(lambda: reader.connect(insertion)) is FailureCode.CARD_LOST


@pytest.mark.parametrize("after", range(10))
def test_a_card_pulled_during_any_command(slot, card, watched, lay, after: int) -> None:
    reader, watch = watched()
    chip = card(remove_after_apdus=after)
    slot.place(chip)
    insertion = watch.inserted()
    connection = reader.connect(insertion)
    session = IndividualNumberCardSession(connection.transmit)
    assert refused(session.summarise) is FailureCode.CARD_LOST
    assert refused(session.summarise) is FailureCode.CARD_LOST
    assert slot.apdus == after + 1
    watch.taken(insertion)
    lay(chip)
    connection = reader.connect(watch.inserted())
    summary = IndividualNumberCardSession(connection.transmit).summarise()
    assert (summary.pin_tries, summary.number_b_tries) == (3, 10)
    connection.close()


def test_the_service_itself_would_mix_two_cards(slot, card, watched) -> None:
    """Why the driver has its rule: the old exclusive connection goes on with the new card, without any error."""
    _, watch = watched()
    slot.place(card())
    watch.inserted()
    context = Context()
    connection = context.connect(READER)
    assert connection.transmit(SELECT) == OK
    slot.remove()
    slot.place(card("kenji"))
    with pytest.raises(ServiceError):
        connection.transmit(SELECT)

    def answers() -> bool:
        try:
            return connection.transmit(SELECT) == OK
        except ServiceError:
            return False

    wait_until(answers)
    connection.disconnect()
    context.release()


@pytest.mark.parametrize("commands", [1, 4, 12])
def test_two_cards_swapped_at_once_are_never_mixed(slot, card, watched, lay, commands: int) -> None:
    reader, watch = watched()
    slot.place(card(sex="2"))
    first = watch.inserted()
    connection = reader.connect(first)
    for _ in range(commands):
        connection.transmit(SELECT)
    slot.remove()
    slot.place(card("kenji", sex="1"))
    before = slot.apdus

    assert refused(lambda: connection.transmit(SELECT)) is FailureCode.CARD_LOST
    for _ in range(20):
        assert refused(lambda: connection.transmit(SELECT)) is FailureCode.CARD_LOST
        current = max(event.insertion for event in watch.events if isinstance(event, CardInserted))
        if current == first:
            assert refused(lambda: reader.connect(first)) is FailureCode.CARD_LOST
        time.sleep(0.05)
    assert slot.apdus == before

    # Once the service has seen it leave, the second card is read as a visit of its own.
    slot.remove()
    watch.until(lambda events: isinstance(events[-1], CardTaken))
    lay(card("kenji", sex="1"))
    second = watch.inserted()
    assert second > first
    fresh = reader.connect(second)
    session = IndividualNumberCardSession(fresh.transmit)
    photo = session.read_face(number_b())
    assert isinstance(photo, FacePhoto)
    assert photo.holder.sex == "1"
    assert refused(lambda: connection.transmit(SELECT)) is FailureCode.CARD_LOST
    fresh.close()


# --- the service comes and goes ---------------------------------------------------------------------------------------


@pytest.fixture
def service(cage) -> Iterator[Callable[[str], None]]:
    """`service("stop")`, `service("kill")`, `service("start")`; runs again afterwards."""
    running = True

    def order(what: str) -> None:
        nonlocal running
        cage.order(what)
        running = what == "start"

    yield order
    if not running:
        cage.order("start")


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_the_service_restarts_under_an_open_connection(slot, card, watched, service, end: str) -> None:
    reader, watch = watched()
    slot.place(card())
    insertion = watch.inserted()
    connection = reader.connect(insertion)
    service(end)
    assert refused(lambda: connection.transmit(SELECT)) is FailureCode.READER_GONE
    assert refused(lambda: connection.transmit(SELECT)) is FailureCode.CARD_LOST
    watch.until(lambda events: events[-1] == ReaderVanished(READER))
    assert refused(lambda: reader.connect(insertion)) is FailureCode.READER_GONE
    assert reader.name is None

    service("start")
    watch.until(lambda events: events[-1] == ReaderAppeared(READER))
    slot.place(card())
    again = watch.inserted()
    assert again > insertion
    connection = reader.connect(again)
    assert connection.transmit(SELECT) == OK
    connection.close()


def test_without_the_service_the_driver_waits_for_it(slot, card, watched, service) -> None:
    service("stop")
    reader, watch = watched()
    assert watch.events == [ReaderVanished("8010001D NO_SERVICE")]
    assert refused(lambda: reader.connect(1)) is FailureCode.READER_GONE
    service("start")
    slot.place(card())
    watch.inserted()
    assert watch.events[1:] == [ReaderAppeared(READER), CardInserted(1)]


# --- others hold the card, or it does not answer ----------------------------------------------------------------------

HOLDER = """
import sys, time
from drivers.pcsc.service import Context
context = Context()
card = context.connect(sys.argv[1])
print("held", flush=True)
time.sleep(float(sys.argv[2]))
card.disconnect()
"""


@pytest.fixture
def holder() -> Iterator[Callable[[float], None]]:
    """`holder(seconds)`: another program holds the card for so long."""
    started: list[subprocess.Popen[bytes]] = []

    def hold(seconds: float) -> None:
        process = subprocess.Popen([sys.executable, "-c", HOLDER, READER, str(seconds)], stdout=subprocess.PIPE)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"

    yield hold
    for process in started:
        process.terminate()
        process.communicate()


def test_another_program_holds_the_card(slot, card, watched, holder) -> None:
    reader, watch = watched(busy_seconds=0.2)
    slot.place(card())
    insertion = watch.inserted()
    holder(600.0)
    with pytest.raises(KioskError) as caught:
        reader.connect(insertion)
    assert caught.value.code is FailureCode.READER_BUSY
    place, programs = caught.value.detail.split(": ")
    assert place == READER
    assert os.path.basename(sys.executable)[:6] in programs


def test_another_program_looks_at_the_card_for_a_moment(slot, card, watched, holder) -> None:
    reader, watch = watched(busy_seconds=60.0)
    slot.place(card())
    insertion = watch.inserted()
    holder(0.3)
    connection = reader.connect(insertion)
    assert connection.transmit(SELECT) == OK
    connection.close()


def test_others_are_kept_out(slot, card, watched) -> None:
    reader, watch = watched()
    slot.place(card())
    connection = reader.connect(watch.inserted())
    with pytest.raises(ServiceError, match="SHARING_VIOLATION"):
        Context().connect(READER)
    assert connection.transmit(SELECT) == OK
    connection.close()


def test_a_card_that_never_answers(cage, slot, card, watched, lay) -> None:
    reader, watch = watched()
    slot.place(card())
    stuck = watch.inserted()
    connection = reader.connect(stuck)
    connection._exchange_seconds = 0.3
    slot.freeze()
    assert refused(lambda: connection.transmit(SELECT)) is FailureCode.READER_HUNG
    assert refused(lambda: connection.transmit(SELECT)) is FailureCode.CARD_LOST
    assert refused(lambda: reader.connect(stuck)) is FailureCode.CARD_LOST
    connection.close()

    # Meanwhile another reader works,
    other, beside = watched("*01")
    second_slot = VpcdSlot(lambda: cage.dial(PORT + 1))
    second_slot.place(card("kenji"))
    elsewhere = other.connect(beside.inserted())
    assert elsewhere.transmit(SELECT) == OK
    elsewhere.close()
    second_slot.remove()

    # and the same one with the next card.
    slot.remove()
    watch.taken(stuck)
    slot.thaw()
    lay(card("kenji"))
    fresh: PcscConnection = reader.connect(watch.inserted())
    assert fresh.transmit(SELECT) == OK
    fresh.close()


def test_a_card_that_answers_late_has_to_be_taken_and_the_reader_says_that_it_answers_again(
    slot, card, watched, lay
) -> None:
    reader, watch = watched(exchange_seconds=0.3)
    slot.place(card())
    late = watch.inserted()
    connection = reader.connect(late)
    slot.freeze()
    assert refused(lambda: connection.transmit(SELECT)) is FailureCode.READER_HUNG
    before = len(watch.events)
    slot.thaw()
    watch.until(lambda events: len(events) > before)
    assert watch.events[before:] == [ReaderAppeared(READER)]
    assert refused(lambda: reader.connect(late)) is FailureCode.CARD_LOST
    slot.remove()
    watch.taken(late)
    lay(card("kenji"))
    fresh = reader.connect(watch.inserted())
    assert fresh.transmit(SELECT) == OK
    fresh.close()


def test_a_command_that_cannot_be_sent_ends_the_session_too(slot, card, watched) -> None:
    reader, watch = watched()
    slot.place(card())
    connection = reader.connect(watch.inserted())
    with pytest.raises(TypeError):
        connection.transmit([None])  # type: ignore[arg-type]
    assert refused(lambda: connection.transmit(SELECT)) is FailureCode.CARD_LOST
    connection.close()


def test_a_slow_card_is_waited_for(slot, card: Callable[..., VirtualCard], watched) -> None:
    reader, watch = watched()
    slot.place(card())
    connection = reader.connect(watch.inserted())
    slot.faults.slow = 0.2
    assert connection.transmit(SELECT) == OK
    connection.close()


def test_a_card_whose_power_another_program_took_stays_in_the_reader(slot, card, watched) -> None:
    """Two programs that share it, as none of ours does: the service sends on to a card without power."""
    _, watch = watched()
    slot.place(card())
    watch.inserted()
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    assert result == 0
    protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    (_, first, _), (_, second, _) = (
        scard.SCardConnect(context, READER, scard.SCARD_SHARE_SHARED, protocols) for _ in range(2)
    )
    scard.SCardDisconnect(first, scard.SCARD_UNPOWER_CARD)
    scard.SCardReconnect(second, scard.SCARD_SHARE_SHARED, protocols, scard.SCARD_LEAVE_CARD)
    assert scard.SCardTransmit(second, scard.SCARD_PCI_T1, list(SELECT)) == [0, [0]]
    scard.SCardReconnect(second, scard.SCARD_SHARE_SHARED, protocols, scard.SCARD_RESET_CARD)
    assert scard.SCardTransmit(second, scard.SCARD_PCI_T1, list(SELECT)) == [0, list(OK)]
    scard.SCardDisconnect(second, scard.SCARD_UNPOWER_CARD)
    scard.SCardReleaseContext(context)
    assert watch.events[-1] == CardInserted(1)


@pytest.mark.parametrize("answer", ["6A82", "6F00", "00" * 258 + "9000"])
def test_answers_from_the_menu(slot, card, watched, answer: str) -> None:
    reader, watch = watched()
    slot.place(card())
    connection = reader.connect(watch.inserted())
    slot.faults.answers[2] = bytes.fromhex(answer)
    assert connection.transmit(SELECT) == OK
    assert connection.transmit(SELECT) == bytes.fromhex(answer)
    assert connection.transmit(SELECT) == OK
    connection.close()


def test_an_answer_without_a_status_word_ends_the_session(slot, card, watched) -> None:
    reader, watch = watched()
    slot.place(card())
    connection = reader.connect(watch.inserted())
    slot.faults.answers[1] = b"\x90"
    assert refused(lambda: connection.transmit(SELECT)) is FailureCode.CARD_LOST
    assert refused(lambda: connection.transmit(SELECT)) is FailureCode.CARD_LOST
