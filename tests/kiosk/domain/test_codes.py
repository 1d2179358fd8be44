"""Code lists of the eligibility interface."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kiosk.domain.codes import code_text
from kiosk.domain.rules import RuleTable, load_rules

TODAY = date(2026, 10, 5)
BEFORE = date(2024, 11, 1)


@pytest.fixture(scope="module")
def codes() -> RuleTable:
    return load_rules(Path(__file__).parents[3] / "assets" / "rules" / "codes.toml")


@pytest.mark.parametrize(
    ("element", "code", "text"),
    [
        ("QualificationValidity", "3", "無効（新しい資格あり）"),
        ("LimitApplicationCertificateClassificationFlag", "A03", "ウ"),
        ("Sex2", "3", "未設定"),
        ("PharmacistsInfoConsFlg", "2", "期限切れ"),
        ("StatusOfInfecton", "01", "あり"),
        ("OQSCD036", "YZK", "薬剤・診療情報"),
        ("ReasonOfLoss", "77", None),
        ("NoSuchElement", "1", None),
        ("Sex1", None, None),
    ],
)
def test_the_meaning_of_a_value(codes: RuleTable, element: str, code: str | None, text: str | None) -> None:
    assert code_text(codes, element, code, TODAY) == text


def test_a_value_may_change_its_meaning_on_a_day(codes: RuleTable) -> None:
    assert code_text(codes, "InsuredCardClassification", "05", BEFORE) == "資格証明書"
    assert code_text(codes, "InsuredCardClassification", "05", TODAY) == "特別療養費支給対象者"
    assert code_text(codes, "InsuredCardClassification", "05", TODAY, "en") == "special payment"


def lists(codes: RuleTable) -> set[str]:
    return codes.sections.keys() - {"alias", "consent_group", "consent_group_new", "simulated_message"}


def test_every_table_of_the_interface_is_there(codes: RuleTable) -> None:
    shared = {"OQSCD023", "OQSCD024", "OQSCD025"}  # have the values of OQSCD021
    wanted = {f"OQSCD{n:03d}" for n in (*range(1, 33), *range(36, 40), 44)} - shared
    assert {codes.titles[name]["table"] for name in lists(codes)} == wanted


def test_every_value_has_both_languages_and_every_list_a_title(codes: RuleTable) -> None:
    for name in lists(codes):
        assert codes.titles[name]["ja"]
        for row in codes.rows(name, TODAY):
            assert code_text(codes, name, row.text("code"), TODAY)
            assert code_text(codes, name, row.text("code"), TODAY, "en")
