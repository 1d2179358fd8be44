"""Made-up people: the same for everybody, findable, and spread as the rule file says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from drivers.simulated.persona import Persona, certificate_serial
from drivers.simulated.population import MOST_PEOPLE, Population, number_key
from kiosk.domain.insurance import age_on, check_digit_holds, insurer
from kiosk.domain.rules import RuleTable, load_rules

RULES = Path(__file__).resolve().parents[3] / "assets" / "rules"
TODAY = date(2026, 11, 24)
SIZE = 4000


@pytest.fixture(scope="module")
def rules() -> RuleTable:
    return load_rules(RULES / "population.toml")


@pytest.fixture(scope="module")
def population(rules: RuleTable) -> Population:
    return Population(SIZE, 7, rules, TODAY)


@pytest.fixture(scope="module")
def people(population: Population) -> list[Persona]:
    return list(population)


def test_one_seed_gives_one_register(rules: RuleTable, people: list[Persona]) -> None:
    assert len(people) == SIZE
    assert list(Population(300, 7, rules, TODAY)) == people[:300]
    assert list(Population(300, 8, rules, TODAY)) != people[:300]


def test_everybody_is_found_by_serial_and_by_numbers(population: Population, people: list[Persona]) -> None:
    assert len({certificate_serial(person) for person in people}) == SIZE
    for person in people[::7]:
        assert population.by_serial(certificate_serial(person)) == person
        assert person in population.by_number(number_key(person.record))


@pytest.mark.parametrize("serial", ["", "6", "6" + "Z" * 15, "6" + "F" * 15, "5000000000000000", "60000000000000FF"])
def test_nobody_is_found_under_a_serial_of_others(population: Population, serial: str) -> None:
    assert population.by_serial(serial) is None


def test_numbers_are_those_of_real_schemes(people: list[Persona]) -> None:
    insurers = load_rules(RULES / "insurers.toml")
    for person in people:
        number = person.record.insurer_number
        assert check_digit_holds(number)
        assert insurer(number, insurers, TODAY) is not None
        late_elderly = age_on(person.card.birth_date, TODAY) >= 75 and person.record.card_class != "A1"
        assert (number[:2] == "39" and len(number) == 8) == late_elderly
        assert (person.record.contribution_ratio is not None) == late_elderly


def test_the_spread_is_that_of_the_rule_file(people: list[Persona]) -> None:
    def share(what: list[bool]) -> float:
        return sum(what) / SIZE

    gaps = share(["●" in (person.record.name or "") for person in people])
    assert 0.034 < gaps < 0.054
    assert 0.08 < share([not person.record.registered for person in people]) < 0.16
    kinds = {person.record.validity for person in people}
    assert kinds == {"valid", "invalid", "invalid_newer", "not_found", "not_registered_facility"}
    ages = [age_on(person.card.birth_date, TODAY) for person in people]
    assert 0.1 < share([age >= 75 for age in ages]) < 0.35
    assert 0.02 < share([age < 6 for age in ages]) < 0.1
    assert {person.record.encoding for person in people} == {"utf-8", "cp932"}


def test_twins_differ_by_the_branch_only(people: list[Persona]) -> None:
    seen: dict[tuple[object, ...], Persona] = {}
    twins = 0
    for person in people:
        record = person.record
        key = (number_key(record), record.symbol, person.card.birth_date)
        if key in seen:
            twins += 1
            assert seen[key].record.branch != record.branch
        seen[key] = person
    assert twins > 0


@pytest.mark.parametrize("size", [0, MOST_PEOPLE + 1])
def test_a_size_that_cannot_be(rules: RuleTable, size: int) -> None:
    with pytest.raises(ValueError, match="people"):
        Population(size, 1, rules, TODAY)
