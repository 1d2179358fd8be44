import logging
from collections.abc import Iterator

import pytest

from drivers.card.session import IndividualNumberCardSession
from drivers.card.traffic import TRAFFIC, Exchange, logged, recorded
from drivers.simulated.card import VirtualCard
from drivers.simulated.persona import CardFields, Persona, RecordFields
from kiosk.domain.secret import Secret

NUMBER_B = "25021120312285"


def whole_visit(session: IndividualNumberCardSession) -> None:
    session.summarise()
    session.read_face(Secret(NUMBER_B))
    session.verify_pin(Secret("9753"))
    session.sign(b"challenge")
    session.read_attributes(Secret("8642"))


def card() -> VirtualCard:
    persona = Persona("hanako", {}, CardFields(pin="9753", text_pin="8642"), RecordFields())
    chip = VirtualCard(persona, photo_jp2=b"photophoto" * 300)
    chip.power_on()
    return chip


def test_an_exchange_tells_sizes_and_time_only() -> None:
    seen: list[Exchange] = []
    ticks = iter([1.0, 1.25])
    transmit = recorded(lambda _: b"\x01\x02\x90\x00", seen.append, lambda: next(ticks))
    assert transmit(bytes.fromhex("00B0820020")) == b"\x01\x02\x90\x00"
    assert seen == [Exchange("READ BINARY", "00 B0 82 00", 5, 4, 0x9000, 0.25)]
    assert str(seen[0]) == "00 B0 82 00 READ BINARY: 5 > 4 bytes, 9000 OK, 250.0 ms"


def test_of_a_credential_not_even_the_length_is_told() -> None:
    seen: list[Exchange] = []
    transmit = recorded(lambda _: b"\x63\xc2", seen.append)
    transmit(bytes.fromhex("0020009B06414243313233"))
    transmit(bytes.fromhex("0020009B"))
    assert [exchange.sent for exchange in seen] == [None, 4]


@pytest.fixture
def log() -> Iterator[logging.Logger]:
    logger = logging.getLogger("drivers.card.traffic")
    before = logger.level
    yield logger
    logger.setLevel(before)


def test_nothing_is_logged_by_default(caplog: pytest.LogCaptureFixture) -> None:
    chip = card()
    assert logged(chip.transmit) == chip.transmit
    whole_visit(IndividualNumberCardSession(chip.transmit))
    assert not caplog.records


def test_what_is_logged_holds_nothing_of_the_person(log: logging.Logger, caplog: pytest.LogCaptureFixture) -> None:
    log.setLevel(TRAFFIC)
    caplog.set_level(TRAFFIC, "drivers.card.traffic")
    whole_visit(IndividualNumberCardSession(card().transmit))
    text = caplog.text.lower()
    assert text.count("verify") >= 4
    for secret in (NUMBER_B, "9753", "8642", "photophoto", "見本", "19500211"):
        for form in (secret, secret.encode().hex(), secret.encode().hex(" ")):
            assert form not in text
