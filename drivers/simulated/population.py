"""People made up by a seed, for training and for load: the same seed gives the same people, on every machine.

Nobody is kept in memory: a household is made again whenever it is asked for; only the numbers lead to it. Weights and
shares are rows of `assets/rules/population.toml`.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate

from drivers.simulated.persona import CardFields, Persona, RecordFields
from kiosk.domain.certificate_window import add_months
from kiosk.domain.insurance import (
    birthday,
    month_after,
    normal_insurer_number,
    preschool_until,
    reached_on,
    with_check_digit,
)
from kiosk.domain.kana import full_width_kana
from kiosk.domain.rules import Row, RuleTable

MOST_PEOPLE = 100_000
_FAMILY = (
    "青海:アオミ 赤嶺:アカミネ 朝霧:アサギリ 天野川:アマノガワ 雨宮:アメミヤ 泉沢:イズミサワ "
    "稲穂:イナホ 海老名:エビナ 大空:オオゾラ 小川原:オガワラ 音羽:オトワ 風間:カザマ 霞:カスミ "
    "烏丸:カラスマ 木立:キダチ 雲井:クモイ 黒潮:クロシオ 琴平:コトヒラ 桜庭:サクラバ "
    "笹舟:ササブネ 潮見:シオミ 東雲:シノノメ 白波:シラナミ 杉並木:スギナミキ 髙見沢:タカミザワ "
    "月岡:ツキオカ 時任:トキトウ 長門:ナガト 凪野:ナギノ 野々宮:ノノミヤ 花巻:ハナマキ "
    "濱辺:ハマベ 冬木:フユキ 星川:ホシカワ 真鶴:マナヅル 水無瀬:ミナセ 紫野:ムラサキノ "
    "森永:モリナガ 夕凪:ユウナギ 若宮:ワカミヤ"
)
_GIVEN = {
    "1": (
        "蒼:アオイ 一郎:イチロウ 海斗:カイト 健:ケン 航:コウ 俊介:シュンスケ 誠:マコト 進:ススム "
        "大地:ダイチ 司:ツカサ 直樹:ナオキ 隼人:ハヤト 洋:ヒロシ 真:シン 光:ヒカル 悠真:ユウマ "
        "陸:リク 蓮:レン"
    ),
    "2": (
        "葵:アオイ 彩:アヤ 泉:イズミ 恵美:エミ 薫:カオル 京子:キョウコ 咲:サキ 静香:シズカ "
        "澄子:スミコ 千尋:チヒロ 奈々:ナナ 花:ハナ 春香:ハルカ 光:ヒカル 美咲:ミサキ 結衣:ユイ "
        "凛:リン 和歌子:ワカコ"
    ),
}
_FAMILIES = tuple(tuple(pair.split(":")) for pair in _FAMILY.split())
_GIVEN_OF = {sex: tuple(tuple(pair.split(":")) for pair in names.split()) for sex, names in _GIVEN.items()}
_ASSISTANCE = "12"
_UNDER_70 = ("A01", "A02", "A03", "A03", "A04", "A04", "A05")
_FROM_70 = {10: ("B10", "B05", "B06"), 20: ("B04", "B05", "B06"), 30: ("B01", "B02", "B03")}
_GENERAL_II = ("B09",)


@dataclass(frozen=True)
class _Insurer:
    number: str
    name: str
    prefix: str


class Population:
    """`size` people on the day `on`. Raises ValueError outside 1 to 100,000."""

    def __init__(self, size: int, seed: int, rules: RuleTable, on: date) -> None:
        if not 1 <= size <= MOST_PEOPLE:
            raise ValueError(f"people: 1 to {MOST_PEOPLE}")
        self._seed, self._on = seed, on
        self._ages = _Weighted(rules.rows("age", on))
        self._schemes = _Weighted(rules.rows("scheme", on))
        self._late_elderly = _Weighted(rules.rows("ratio", on, id="late_elderly"))
        self._elderly = _Weighted(rules.rows("ratio", on, id="elderly_recipient"))
        self._shares = {row.text("id"): row.number("per_mille") / 1000 for row in rules.rows("share", on)}
        self._households: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self._starts: list[int] = []  # index of the first person of each household
        made = 0
        while made < size:
            number = len(self._starts)
            self._starts.append(made)
            people = self._household(number)[: size - made]
            for key in {number_key(p.record) for p in people}:
                self._households[key].append(number)
            made += len(people)
        self._size = size

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Persona]:
        for number in range(len(self._starts)):
            yield from self.household(number)

    def household(self, number: int) -> tuple[Persona, ...]:
        """Who lives together: the same address; the same insurer, 記号 and 番号 below 75, with a branch each."""
        end = self._starts[number + 1] if number + 1 < len(self._starts) else self._size
        return self._household(number)[: end - self._starts[number]]

    def by_serial(self, serial: str) -> Persona | None:
        """`serial` as `certificate_serial` writes it."""
        if len(serial) != 16 or serial[0] != "6":
            return None
        try:
            number, member = int(serial[1:14], 16), int(serial[14:], 16)
        except ValueError:
            return None
        people = self.household(number) if number < len(self._starts) else ()
        return people[member] if member < len(people) else None

    def by_number(self, key: tuple[str, str]) -> tuple[Persona, ...]:
        """Everybody under a `number_key`."""
        return tuple(
            person
            for number in self._households.get(key, ())
            for person in self.household(number)
            if number_key(person.record) == key
        )

    def _household(self, number: int) -> tuple[Persona, ...]:
        dice = random.Random(f"{self._seed}:{number}")
        band = self._ages.pick(dice)
        youngest = dice.randint(band.number("from"), band.number("to"))
        ages = [youngest]
        if youngest < 18:
            ages = [dice.randint(25, 45) + youngest, *ages]
            if dice.random() < self._shares["twins"] * 2:
                ages.append(youngest)
        if dice.random() < 0.5:
            ages = [max(18, ages[0] + dice.randint(-4, 4)), *ages]
        insurer = self._insurer(dice)
        symbol = None if insurer.prefix == _ASSISTANCE else str(dice.randint(1, 9999))
        if insurer.prefix == "" and dice.random() < 0.5:
            symbol = full_width_symbol(symbol or "")
        card_number = str(number + 1) if dice.random() < 0.9 else f"{number + 1:07d}"
        family, family_kana = dice.choice(_FAMILIES)
        address = f"架空県架空市試験町{dice.randint(1, 60)}－{dice.randint(1, 20)}"
        moved_in = self._on - timedelta(days=dice.randint(40, 6000))
        people: list[Persona] = []
        for member, age in enumerate(ages):
            twin = member > 0 and ages[member - 1] == age and age == youngest
            born = people[-1].card.birth_date if twin else self._born(dice, age)
            person = self._person(dice, f"p{number}-{member}", (family, family_kana), born)
            card = replace(person.card, address=address, serial=f"6{number:013X}{member:02X}")
            own = age >= 75
            record = replace(
                person.record,
                insurer_number=with_check_digit("3947999") if own else insurer.number,
                insurer_name="架空県後期高齢者医療広域連合" if own else insurer.name,
                symbol=None if own else symbol,
                number=f"{number * 8 + member + 1:08d}" if own else card_number,
                branch=None if own else f"{member:02d}",
                relation="1" if member == 0 or own else "2",
                qualified_on=moved_in,
                valid_from=moved_in,
            )
            if insurer.prefix == _ASSISTANCE:
                record = self._assistance(dice, record, number * 8 + member)
            people.append(replace(person, card=card, record=record))
        return tuple(people)

    def _insurer(self, dice: random.Random) -> _Insurer:
        """One of a few hundred, each with a right check digit."""
        if dice.random() < self._shares["medical_assistance"]:
            return _Insurer(with_check_digit("1247999"), "", _ASSISTANCE)
        row = self._schemes.pick(dice)
        prefix, place = row.text("prefix"), f"{dice.randint(1, 47):02d}"
        which = dice.randint(900, 920)
        return _Insurer(with_check_digit(f"{prefix}{place}{which}"), f"{row.text('ja')}　第{which}", prefix)

    def _born(self, dice: random.Random, age: int) -> date:
        return birthday(self._on, -age) - timedelta(days=dice.randint(0, 364))

    def _person(self, dice: random.Random, name: str, family: tuple[str, str], born: date) -> Persona:
        sex = dice.choice("12")
        given, given_kana = dice.choice(_GIVEN_OF[sex])
        written = f"{family[0]}　{given}"
        shares = self._shares
        ends = self._on + timedelta(days=dice.randint(30, 1700))
        lapse = dice.random()
        if lapse < shares["certificate_lapsed"]:
            ends = add_months(self._on, -6)
        elif lapse < shares["certificate_lapsed"] + shares["certificate_in_grace"]:
            ends = add_months(self._on, -1)
        card = CardFields(
            name=written, kana=f"{family[1]}　{given_kana}", birth_date=born, sex=sex, certificate_ends=ends,
            certificate_starts=add_months(ends, -60), card_expires=add_months(ends, 60),
            security_code=f"{dice.randint(0, 9999):04d}",
        )  # fmt: skip
        record = RecordFields(
            registered=dice.random() >= shares["card_unregistered"],
            validity=self._validity(dice),
            name=f"●{written[1:]}" if dice.random() < shares["name_gap"] else None,
            encoding="cp932" if dice.random() < shares["cp932"] else "utf-8",
            postal_code=f"000-{dice.randint(0, 9999):04d}",
        )
        if dice.random() < shares["specific_disease"]:
            record = replace(record, specific_disease=dice.choice("123"), specific_disease_self_pay=10_000)
        return Persona(name, {}, card, self._by_age(dice, record, born))

    def _validity(self, dice: random.Random) -> str:
        throw = dice.random()
        for word in ("invalid", "invalid_newer", "not_found"):
            throw -= self._shares[word]
            if throw < 0:
                return word
        return "valid"

    def _by_age(self, dice: random.Random, record: RecordFields, born: date) -> RecordFields:
        """未就学, 高齢受給者証 and the ratio of 後期高齢者, with a 適用区分 that goes with them."""
        limited = dice.random() < self._shares["limit_class"]
        if birthday(born, 75) <= self._on:
            ratio = self._late_elderly.pick(dice).number("percent")
            classes = _GENERAL_II if ratio == 20 else _FROM_70[ratio]
            return replace(record, contribution_ratio=ratio, limit_class=dice.choice(classes) if limited else None)
        elderly_from = month_after(reached_on(born, 70))
        if elderly_from <= self._on:
            ratio = self._elderly.pick(dice).number("percent")
            return replace(
                record,
                elderly_ratio=ratio,
                elderly_from=elderly_from,
                elderly_to=birthday(born, 75) - timedelta(days=1),
                limit_class=dice.choice(_FROM_70[ratio]) if limited else None,
            )
        return replace(
            record,
            preschool=preschool_until(born, 6) >= self._on,
            limit_class=dice.choice(_UNDER_70) if limited else None,
        )

    def _assistance(self, dice: random.Random, record: RecordFields, index: int) -> RecordFields:
        elsewhere = dice.random() < self._shares["not_registered_facility"] / self._shares["medical_assistance"]
        beneficiary = with_check_digit(f"{index % 10**6:06d}")
        return replace(
            record,
            validity="not_registered_facility" if elsewhere and record.validity == "valid" else record.validity,
            card_class="A1",
            insurer_number=with_check_digit("1247999"),
            number=beneficiary,
            public_expense_number=with_check_digit("1247999"),
            beneficiary_number=beneficiary,
            welfare_office="架空市福祉事務所",
            contribution_ratio=None,
            elderly_ratio=None,
            limit_class=None,
        )


def number_key(record: RecordFields | None = None, *, insurer: str = "", number: str = "") -> tuple[str, str]:
    """Under which numbers are found: insurer and 番号, folded, without leading zeros."""
    if record is not None:
        insurer, number = record.insurer_number, record.number
    return normal_insurer_number(insurer), folded(number).lstrip("0")


def folded(text: str) -> str:
    """Width, blanks and hyphens do not tell numbers apart."""
    return "".join(c for c in full_width_kana(text).upper() if not c.isspace() and c not in "-‐−–ー")


def full_width_symbol(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in text)


class _Weighted:
    """Rows that turn up by their weight."""

    def __init__(self, rows: tuple[Row, ...]) -> None:
        self._rows = rows
        self._limits = tuple(accumulate(row.number("weight") for row in rows))

    def pick(self, dice: random.Random) -> Row:
        return dice.choices(self._rows, cum_weights=self._limits)[0]
