"""The bound that the benchmark holds the kiosk against is the one that the card reference computes."""

from __future__ import annotations

import pytest

from drivers.simulated.card import VirtualCard
from drivers.simulated.persona import CardFields, Persona, RecordFields
from kiosk.app.bench.card_flows import (
    CERTIFICATE,
    FACE,
    FLOWS,
    PIN,
    VISIT,
    Flows,
    Sizes,
    exchanges_of,
    reference,
    sizes_of,
)
from kiosk.app.bench.radio import lower_bound_seconds

PERSONA = Persona("hanako", {}, CardFields(), RecordFields())

TABLE = [
    # photo, flow, exchanges, bytes, ms at 106, 212, 424, 848
    (4000, CERTIFICATE, 10, 1659, (177, 91, 48, 26)),
    (4000, FACE, 28, 5884, (620, 317, 166, 91)),
    (7000, FACE, 39, 8961, (938, 480, 251, 136)),
    (4000, PIN, 14, 2003, (216, 111, 59, 33)),
    (4000, VISIT, 43, 8202, (868, 445, 234, 128)),
    (7000, VISIT, 54, 11279, (1187, 608, 318, 173)),
]


@pytest.mark.parametrize(("photo", "flow", "count", "size", "milliseconds"), TABLE)
def test_the_textbook_way_costs_what_the_reference_says(
    photo: int, flow: str, count: int, size: int, milliseconds: tuple[int, ...]
) -> None:
    exchanges = reference(Sizes(certificate=1573, face_record=photo + 1656))[flow]
    assert len(exchanges) == count
    assert abs(sum(one.command + one.answer for one in exchanges) - size) == 0
    for rate, expected in zip((106, 212, 424, 848), milliseconds, strict=True):
        assert lower_bound_seconds(exchanges, rate) * 1000 == pytest.approx(expected, abs=1.0)


@pytest.mark.parametrize("longest_answer", [256, 65_536])
@pytest.mark.parametrize("flow", FLOWS)
def test_the_kiosk_needs_no_more_exchanges_and_no_more_air_than_the_textbook(flow: str, longest_answer: int) -> None:
    card = VirtualCard(PERSONA, photo_jp2=bytes(4096))
    textbook = reference(sizes_of(card, PERSONA))[flow]
    card.power_on()

    def run(transmit) -> None:  # type: ignore[no-untyped-def]
        Flows(PERSONA, longest_answer).run(flow, transmit)

    ours = exchanges_of(run, card.transmit)
    assert len(ours) < len(textbook)
    for rate in (106, 212, 424):
        assert lower_bound_seconds(ours, rate) < 1.04 * lower_bound_seconds(textbook, rate)
