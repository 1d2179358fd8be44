"""照合番号B from pictures: right or nothing."""

from __future__ import annotations

import dataclasses
import random
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from drivers.documents.card_front import CardFrontRules, OcrCardFrontReader, load_card_front_rules
from drivers.documents.text_reader import ReadLine
from drivers.simulated.card_front import card_front_picture
from drivers.simulated.persona import CardFields
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.secret import Secret
from kiosk.domain.wareki import two_digit_era_year
from kiosk.ports.face import Picture

ASSETS = Path(__file__).parents[3] / "assets"
HANAKO = ASSETS / "personas" / "hanako" / "card.jpg"
RULES = load_card_front_rules(ASSETS / "rules" / "face.toml", date(2026, 11, 24))


@pytest.fixture(scope="session")
def reader() -> OcrCardFrontReader:
    reader = OcrCardFrontReader(RULES)
    reader.load()
    return reader


def digits(secret: Secret | None) -> str | None:
    return None if secret is None else bytes(secret.reveal()).decode("ascii")


def drawn(seed: int, **changes: object) -> Picture:
    return card_front_picture(dataclasses.replace(CardFields(), **changes), HANAKO, seed=seed)


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({}, "25021120312285"),
        ({"birth_date": date(1980, 2, 17), "card_expires": date(2035, 2, 17)}, "55021720352285"),
        ({"birth_date": date(1989, 5, 3), "card_expires": date(2029, 5, 3), "security_code": "0017"}, "01050320290017"),
        ({"birth_date": date(2020, 11, 1), "card_expires": date(2030, 11, 1)}, "02110120302285"),
        ({"birth_date": date(1925, 3, 9), "card_expires": date(2028, 3, 9)}, "14030920282285"),
        (
            {"birth_date": date(1988, 9, 14), "western_birth_date": True, "card_expires": date(2027, 4, 30)},
            "88091420272285",
        ),
        ({"photo": False}, "25021120312285"),
        ({"name": "とても長い氏名　見本之介左衛門尉次郎三郎", "address": "架空県架空市" * 6}, "25021120312285"),
    ],
)
def test_the_three_items_make_the_number(reader: OcrCardFrontReader, changes: dict[str, object], number: str) -> None:
    # Two moments, as a single look may be in doubt.
    looks = [digits(reader.read(drawn(seed, **changes))) for seed in (11, 12)]
    assert set(looks) <= {number, None}
    assert number in looks


def test_random_cards_are_read_right_or_not_at_all(reader: OcrCardFrontReader) -> None:
    source = random.Random(2026)
    right = 0
    for seed in range(15):
        birth = date(source.randint(1920, 2020), source.randint(1, 12), source.randint(1, 28))
        same_day = source.random() < 0.7
        expires = date(source.randint(2026, 2036), *((birth.month, birth.day) if same_day else (6, 15)))
        code = f"{source.randint(0, 9999):04d}"
        picture = drawn(1000 + seed, birth_date=birth, card_expires=expires, security_code=code)
        read = digits(reader.read(picture))
        assert read in (None, f"{two_digit_era_year(birth)}{birth:%m%d}{expires.year}{code}")
        right += read is not None
    assert right >= 13


def test_an_upside_down_card_is_read(reader: OcrCardFrontReader) -> None:
    turned = np.ascontiguousarray(drawn(12)[::-1, ::-1])
    assert digits(reader.read(turned)) == "25021120312285"


def test_a_light_rest_below_the_card_is_no_hindrance(reader: OcrCardFrontReader) -> None:
    picture = drawn(12)
    rest = picture.astype(int).sum(axis=2) < 240
    picture[rest] = 255
    assert digits(reader.read(picture)) in ("25021120312285", None)


@pytest.mark.parametrize("kind", ["juki", "transit", "none"])
def test_other_cards_give_nothing(reader: OcrCardFrontReader, kind: str) -> None:
    assert reader.read(drawn(3, kind=kind)) is None


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((960, 1280, 3), np.uint8),
        np.full((960, 1280, 3), 255, np.uint8),
        np.random.default_rng(1).integers(0, 256, (480, 640, 3), np.uint8),
        np.zeros((8, 8, 3), np.uint8),
    ],
    ids=["black", "white", "noise", "tiny"],
)
def test_no_card_gives_nothing(reader: OcrCardFrontReader, picture: Picture) -> None:
    assert reader.read(picture) is None


def test_a_covered_code_gives_nothing(reader: OcrCardFrontReader) -> None:
    """A finger on the security code, and on it alone."""
    assert reader.read(drawn(12, security_code="    ")) is None
    assert reader.read(drawn(12, security_code="228")) is None
    assert reader.read(drawn(12, security_code="22851")) is None


def test_dates_that_cannot_be_give_nothing(reader: OcrCardFrontReader) -> None:
    assert reader.read(drawn(12, birth_date=date(1950, 2, 11), card_expires=date(2131, 2, 11))) is None
    assert reader.read(drawn(12, birth_date=date(2033, 2, 11), card_expires=date(2031, 2, 11))) is None


def test_a_higher_bar_refuses_what_a_lower_one_took() -> None:
    strict = OcrCardFrontReader(dataclasses.replace(RULES, confidence=1.1, confidence_unconfirmed=1.1))
    assert strict.read(drawn(12)) is None


def test_nothing_is_printed_or_shown(reader: OcrCardFrontReader, capfd: pytest.CaptureFixture[str]) -> None:
    number = reader.read(drawn(12))
    assert number is not None
    assert "2285" not in repr(number)
    assert "1234" not in repr(ReadLine("1234", (1.0,) * 4))
    assert capfd.readouterr() == ("", "")


def test_the_shipped_rules_hold_without_naming_them() -> None:
    assert digits(OcrCardFrontReader().read(drawn(12))) == "25021120312285"


def test_a_missing_rule_is_named(tmp_path: Path) -> None:
    (tmp_path / "face.toml").write_text("", encoding="utf-8")
    with pytest.raises(Fatal) as caught:
        load_card_front_rules(tmp_path / "face.toml", date(2026, 11, 24))
    assert caught.value.code is FailureCode.SETTINGS_WRONG
    assert "card_front.confidence" in caught.value.detail


def test_rules_are_plain_values() -> None:
    assert CardFrontRules(0.8, 0.92, 2016, 2099, 130) == RULES
