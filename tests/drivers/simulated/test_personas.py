"""Every shipped persona obeys the rules it is meant to play."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pytest

from drivers.simulated.persona import Persona, certificate_serial, load_persona, persona_names
from kiosk.domain.certificate_window import CertificateState, add_months, certificate_rule, certificate_state
from kiosk.domain.eligibility import InsuredPerson
from kiosk.domain.insurance import age_on, check_digit_holds, insurer, share_percent
from kiosk.domain.kana import compare_kana, fold_kana
from kiosk.domain.rules import load_rules

ASSETS = Path(__file__).resolve().parents[3] / "assets"
PERSONAS = ASSETS / "personas"
TODAY = date(2026, 11, 24)
TEST_INSURERS = {"06479992", "479998", "39479993", "01479997"}  # nobody's
NAMES = persona_names(PERSONAS)
ALL = [load_persona(PERSONAS, name) for name in NAMES]
FACES = {row["name"]: row for row in csv.DictReader((PERSONAS / "personas.csv").read_text("utf-8").splitlines())}
RULE = certificate_rule(load_rules(ASSETS / "rules" / "certificate.toml"), TODAY)
SHARES = load_rules(ASSETS / "rules" / "shares.toml")
INSURERS = load_rules(ASSETS / "rules" / "insurers.toml")

every = pytest.mark.parametrize("persona", ALL, ids=NAMES)


def test_all_faces_and_all_reasons_are_there() -> None:
    assert set(FACES) <= set(NAMES)
    reasons = {"infant", "pinless", "pin_locked", "gap_in_name", "unregistered", "assistance", "invalid", "not_found"}
    assert reasons <= set(NAMES)


@every
def test_title_says_who_and_why(persona: Persona) -> None:
    assert all(persona.title[language].strip() for language in ("ja", "en"))


@every
def test_age_and_face(persona: Persona) -> None:
    assert persona.age == age_on(persona.card.birth_date, TODAY)
    if persona.name in FACES:
        assert persona.face == persona.name
        assert persona.age == int(FACES[persona.name]["age"])
    if persona.face is None:
        assert not persona.card.photo
        return
    assert persona.card.sex == {"m": "1", "f": "2"}[FACES[persona.face]["sex"]]
    assert abs(persona.age - int(FACES[persona.face]["age"])) <= 2
    assert (PERSONAS / persona.face / "card.jpg").is_file()


@every
def test_the_other_face_is_one_the_engine_tells_apart(persona: Persona) -> None:
    near = {
        frozenset(pair)
        for pair in re.findall(r"\b([a-z]+)-([a-z]+) 0\.\d\d", (PERSONAS / "README.md").read_text("utf-8"))
    }
    assert len(near) > 20
    assert persona.other_face in FACES
    assert persona.other_face != persona.face
    assert frozenset((persona.face, persona.other_face)) not in near


@every
def test_numbers_are_well_formed_and_nobodys(persona: Persona) -> None:
    record = persona.record
    assert record.insurer_number in TEST_INSURERS
    assert check_digit_holds(record.insurer_number)
    assert insurer(record.insurer_number, INSURERS, TODAY) is not None
    if record.public_expense_number:
        assert record.public_expense_number == "12479994"
        assert check_digit_holds(record.beneficiary_number or "")
    if record.insurer_number == "39479993" and record.card_class != "A1":
        assert (record.symbol, record.branch, len(record.number)) == (None, None, 8)


@every
def test_dates_follow_one_another(persona: Persona) -> None:
    card, record = persona.card, persona.record
    assert card.birth_date <= card.certificate_starts < card.certificate_ends <= card.card_expires
    assert (card.certificate_ends.month, card.certificate_ends.day) == (card.birth_date.month, card.birth_date.day)
    assert (card.card_expires.month, card.card_expires.day) == (card.birth_date.month, card.birth_date.day)
    assert card.certificate_ends <= add_months(card.certificate_starts, 60)
    assert record.qualified_on <= TODAY
    assert re.fullmatch(r"\d{4}", card.security_code)


@every
def test_the_certificate_is_in_the_state_the_name_says(persona: Persona) -> None:
    expected = {
        "expired_1_day": CertificateState.IN_GRACE,
        "expired_1_month": CertificateState.IN_GRACE,
        "expired_4_months": CertificateState.LAPSED,
        "ends_in_3_weeks": CertificateState.EXPIRES_SOON,
    }.get(persona.name, CertificateState.VALID)
    assert certificate_state(persona.card.certificate_ends, TODAY, RULE) is expected


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("hanako", 10),
        ("kenji", 30),
        ("taro", 30),
        ("yoshiko", 30),
        ("ichiro", 20),
        ("infant", 20),
        ("gap_in_name", 20),
        ("daniel", 30),
        ("sachiko", 30),
        ("assistance", None),
    ],
)
def test_share(name: str, share: int | None) -> None:
    record = load_persona(PERSONAS, name).record
    person = InsuredPerson(
        insurer_number=record.insurer_number,
        card_class=record.card_class,
        contribution_ratio=record.contribution_ratio,
        valid_from=record.valid_from,
        valid_to=record.valid_to,
        elderly_ratio=record.elderly_ratio,
        elderly_from=record.elderly_from,
        elderly_to=record.elderly_to,
        preschool=record.preschool,
    )
    assert share_percent(person, load_persona(PERSONAS, name).card.birth_date, TODAY, SHARES) == share


def test_everybody_is_told_apart() -> None:
    assert len({certificate_serial(persona) for persona in ALL}) == len(ALL)
    insured = [p.record for p in ALL if p.record.card_class != "A1"]
    keys = {(r.insurer_number, r.symbol, r.number, r.branch) for r in insured}
    assert len(keys) == len(insured)


def test_twins_differ_by_the_branch_alone() -> None:
    one, other = (load_persona(PERSONAS, name) for name in ("twin_hikaru", "twin_akira"))
    assert compare_kana(one.card.kana, other.card.kana).value == "equal"
    assert one.card.birth_date == other.card.birth_date
    assert (one.record.symbol, one.record.number) == (other.record.symbol, other.record.number)
    assert one.record.branch != other.record.branch


@every
def test_readings_are_kana(persona: Persona) -> None:
    assert re.fullmatch(r"[ァ-ヶー]+", fold_kana(persona.card.kana))


@every
def test_serials_are_positive_and_sixteen_digits(persona: Persona) -> None:
    serial = certificate_serial(persona)
    assert re.fullmatch(r"[4-7][0-9A-F]{15}", serial)
    given = persona.with_overrides({"serial": "00ab12"}, {})
    assert certificate_serial(given) == "AB12"
