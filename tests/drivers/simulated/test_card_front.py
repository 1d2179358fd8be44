"""The drawn front of a card."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from drivers.simulated.card_front import card_front_picture, printed_birth_date
from drivers.simulated.persona import CardFields
from kiosk.domain.failures import FailureCode, NeedsStaff

PHOTO = Path(__file__).parents[3] / "assets" / "personas" / "hanako" / "card.jpg"


@pytest.mark.parametrize(
    ("day", "western", "printed"),
    [
        (date(1950, 2, 11), False, "昭和25年 2月11日生"),
        (date(1989, 1, 7), False, "昭和64年 1月 7日生"),
        (date(1989, 1, 8), False, "平成元年 1月 8日生"),
        (date(2020, 12, 31), False, "令和 2年12月31日生"),
        (date(1988, 9, 14), True, "1988年 9月14日生"),
    ],
)
def test_the_birth_date_is_printed_as_on_cards(day: date, western: bool, printed: str) -> None:
    assert printed_birth_date(day, western=western) == printed


def test_the_seed_is_the_moment() -> None:
    one, again, other = (card_front_picture(CardFields(), PHOTO, seed=seed) for seed in (4, 4, 5))
    assert one.shape == (960, 1280, 3)
    assert one.dtype == np.uint8
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_a_character_the_main_font_lacks_is_drawn_from_another() -> None:
    base = CardFields()
    boxes = [
        card_front_picture(dataclasses.replace(base, name=name), PHOTO, seed=1)
        for name in ("\U00020bb7", "\U00020b9f", "\U0010ffff")
    ]
    assert not np.array_equal(boxes[0], boxes[2])
    assert not np.array_equal(boxes[0], boxes[1])


@pytest.mark.parametrize("kind", ["juki", "transit", "none"])
def test_other_cards_show_nothing_of_the_person(kind: str) -> None:
    card = dataclasses.replace(CardFields(), kind=kind)
    stranger = dataclasses.replace(card, security_code="0000", birth_date=date(1999, 9, 9), name="別人")
    assert np.array_equal(card_front_picture(card, PHOTO, seed=2), card_front_picture(stranger, None, seed=2))


def test_without_a_photo_the_place_stays_empty() -> None:
    with_photo = card_front_picture(CardFields(), PHOTO, seed=3)
    without = card_front_picture(dataclasses.replace(CardFields(), photo=False), PHOTO, seed=3)
    assert not np.array_equal(with_photo, without)
    assert np.array_equal(without, card_front_picture(CardFields(), None, seed=3))


@pytest.mark.parametrize("content", [b"", b"no picture", None])
def test_a_broken_photo_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "someone" / "card.jpg"
    path.parent.mkdir()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(NeedsStaff) as caught:
        card_front_picture(CardFields(), path, seed=1)
    assert (caught.value.code, caught.value.detail) == (FailureCode.PICTURE_BROKEN, "someone/card.jpg")
