"""Sentences of the decision table: all that data and code name are there, and none that they do not."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from kiosk.domain.claim_note import ITEMS, WhyNot
from kiosk.domain.decision.decide import ShareFrom
from kiosk.domain.decision.table import Acceptance, Claim, decision_table
from kiosk.domain.rules import load_rules

ROOT = Path(__file__).parents[3]
MESSAGES = ROOT / "assets/messages"
SENTENCES: dict[str, dict[str, str]] = yaml.safe_load((MESSAGES / "decisions.yaml").read_text(encoding="utf-8"))
TABLE = decision_table(load_rules(ROOT / "assets/rules/decisions.toml"))
CODE = "\n".join(
    (ROOT / name).read_text(encoding="utf-8")
    for name in ("kiosk/app/claim.py", "kiosk/app/cli.py", "kiosk/app/decision_handbook.py")
)


def named() -> set[str]:
    found = {name for row in TABLE.rows for name in (row.why, row.say, row.say_settled)}
    found |= {choice.row.text("why") for choice in TABLE.beside}
    found |= {f"decision.ask.{name}" for name in ("documents", *(ask.id for ask in TABLE.asks))}
    found |= {f"decision.then.{choice.id}" for choice in TABLE.thens}
    found |= {
        f"decision.when.{fact}.{value}"
        for entry in (*TABLE.rows, *TABLE.beside)
        for fact, values in entry.when.items()
        for value in values
    }
    found |= {f"decision.date.{row.text('id')}" for row in TABLE.rules.sections["dates"]}
    found |= {f"decision.share.{source.value}" for source in ShareFrom}
    found |= {f"decision.outcome.{outcome.value}" for outcome in Acceptance}
    found |= {f"decision.claim.{claim.value}" for claim in Claim}
    found |= {f"decision.why_not.{reason.value}" for reason in WhyNot}
    found |= {f"decision.route.{route}" for route in "123"}
    found |= set(re.findall(r"[\"']((?:decision\.handbook|claim|cli\.claim)\.[a-z_.]+[a-z])[\"']", CODE)) | {
        "cli.claim"
    }
    found |= {f"claim.input.{kind}" for kind in re.findall(r'_fail\(\s*"(\w+)"', CODE)}
    columns = re.findall(r"(?:head = |_head\(say, )\(([^)]*)\)", CODE)
    return found | {f"decision.handbook.{name}" for names in columns for name in re.findall(r'"(\w+)"', names)}


def test_sentences_and_what_names_them_fit() -> None:
    items = {f"claim.item.{item}" for item in ITEMS}
    assert {name for name in SENTENCES if not name.startswith("claim.item.")} == named()
    assert {name for name in SENTENCES if name.startswith("claim.item.")} <= items


def test_every_item_that_can_be_missing_has_a_name() -> None:
    rules = load_rules(ROOT / "assets/rules/claims.toml")
    for row in rules.sections["route"]:
        needed = (*row.get("required", ()), *row.get("required_any", ()), *row.get("before_claim", ()))
        assert {f"claim.item.{item}" for item in needed} <= set(SENTENCES)


def test_both_languages_with_the_same_places() -> None:
    for name, sentence in SENTENCES.items():
        assert set(sentence) == {"ja", "en"}, name
        if not name.startswith("decision.share."):
            places = [set(re.findall(r"\[\[(\w+)\]\]", text)) for text in sentence.values()]
            assert places[0] == places[1], name


def test_nobody_reads_of_the_whole_cost() -> None:
    for name, sentence in SENTENCES.items():
        if name.startswith("decision."):
            assert not re.search(r"10割|１０割|十割|全額|100|full cost|in full", " ".join(sentence.values())), name


def test_patient_hears_of_the_usual_share_first_where_the_card_was_not_enough() -> None:
    for name, sentence in SENTENCES.items():
        if name.startswith("decision.say.") and "職員" not in sentence["ja"] and name != "decision.say.disaster":
            assert sentence["ja"].startswith("いつもの負担割合で"), name
