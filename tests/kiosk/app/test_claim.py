"""`kiosk claim` as others call it: the keys, the words and the errors of the contract."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.app.catalogue import load_catalogue
from kiosk.app.claim import FORM_KEYS, KEYS, answer, parse_request
from kiosk.app.cli import main
from kiosk.app.console import CommandFailed
from kiosk.app.paths import ASSETS

CATALOGUE = load_catalogue(ASSETS / "messages")
CONTRACT = [
    "decision",
    "outcome",
    "claim_route",
    "share_percent",
    "share_source",
    "ask_next",
    "claim_note",
    "why",
]
NUMBERS = {"insurer_number": "06479992", "symbol": "12-34", "number": "5678", "branch": "01"}
VISIT: dict[str, Any] = {
    "date": "2026-11-24",
    "visit": "first",
    "documents": ["card"],
    "card": "ok",
    "identity": "face",
    "online": "valid",
    "number_query": None,
    "document_valid_to": None,
    "flags": [],
    "held": {"current": None, "former": None},
    "patient_says": None,
    "person": {
        "birth_date": "1971-04-02",
        "name": "見本　健二",
        "kana": "ミホン　ケンジ",
        "address": "架空県架空市試験町1-2-3",
        "phone": "090-0000-0000",
    },
    "form": None,
}
FORM = {"insurance_kind": "社保", "insurer_name": "架空健康保険組合", "employer": "架空商事"}


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(text: str | bytes | dict[str, Any], *options: str) -> tuple[int, str, str]:
        file = tmp_path / "visit.json"
        if isinstance(text, dict):
            text = json.dumps(text, ensure_ascii=False)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        code = main(["claim", str(file), "--lang", "en", *options])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def test_answer_has_the_keys_of_the_contract_in_their_order(ask: Any) -> None:
    code, out, err = ask(VISIT)
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert list(found)[: len(CONTRACT)] == CONTRACT
    assert {key: found[key] for key in CONTRACT[:7]} == {
        "decision": "D01",
        "outcome": "accept",
        "claim_route": "normal",
        "share_percent": 30,
        "share_source": "age",
        "ask_next": [],
        "claim_note": None,
    }
    assert set(found["why"]) == {"ja", "en"}
    assert found["why"]["en"].startswith("The card's holder was confirmed")


def test_json_is_the_form_of_the_answer_with_and_without_being_asked_for(ask: Any) -> None:
    assert ask(VISIT)[1] == ask(VISIT, "--json")[1]


def test_route_1(ask: Any) -> None:
    visit = VISIT | {
        "visit": "return",
        "online": "down",
        "held": {"current": NUMBERS, "former": None},
        "patient_says": "unchanged",
    }
    found = json.loads(ask(visit)[1])
    assert (found["decision"], found["claim_route"]) == ("D30", "1")
    note = found["claim_note"]
    assert {key: note[key] for key in NUMBERS} == NUMBERS
    assert (note["remarks"], note["missing"]) == ("", [])


def test_route_2(ask: Any) -> None:
    visit = VISIT | {"online": "invalid", "held": {"current": None, "former": NUMBERS}, "form": FORM}
    found = json.loads(ask(visit)[1])
    assert (found["decision"], found["claim_route"], found["claim_note"]["number"]) == ("D32", "2", "5678")
    assert found["claim_note"]["history"] == [
        {
            "route": "1",
            "reason": "no_numbers",
            "why": {"ja": "番号がわからないため", "en": "no numbers are known"},
        }
    ]


def test_route_3(ask: Any) -> None:
    found = json.loads(ask(VISIT | {"online": "not_found", "form": FORM})[1])
    assert (found["decision"], found["claim_route"], found["outcome"]) == ("D32", "3", "accept")
    note = found["claim_note"]
    assert (note["insurer_number"], note["symbol"], note["number"], note["branch"]) == (
        "77777777",
        None,
        "777777777",
        None,
    )
    assert note["remarks"].startswith(
        "不詳／ミホン　ケンジ／社保／架空健康保険組合／架空商事／架空県架空市試験町1-2-3／090-0000-0000／患者連絡日"
    )
    assert (note["missing"], note["before_claim"], note["send_to"]) == ([], ["contacted_on"], "shiharai_kikin")


def test_form_that_is_still_to_come(ask: Any) -> None:
    found = json.loads(ask(VISIT | {"online": "not_found"})[1])
    assert found["ask_next"][-1] == "form"
    assert found["claim_note"]["missing"] == ["insurance_kind", "insurer_name", "employer"]
    assert "【未記入：保険種別】" in found["claim_note"]["remarks"]


def test_share_at_70_and_over_is_nobodys_guess(ask: Any) -> None:
    found = json.loads(ask(VISIT | {"person": {"birth_date": "1950-02-11"}})[1])
    assert (found["share_percent"], found["share_source"]) == (None, "staff")
    assert "share" in found["ask_next"]


def test_date_and_documents_are_enough(ask: Any) -> None:
    code, out, _ = ask({"date": "2026-11-24", "documents": []})
    assert (code, json.loads(out)["decision"]) == (0, "D34")
    assert (
        json.loads(ask({"date": "2026-11-24", "documents": ["card"], "identity": "pin", "online": "valid"})[1])[
            "decision"
        ]
        == "D01"
    )


def test_facility_settings_count(ask: Any, tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text(
        "[reception]\nunknown_check_digit = true\nunknown_number_digits = 8\nphone_equipped = true\n", encoding="utf-8"
    )
    found = json.loads(ask(VISIT | {"online": "not_found"}, "--config", str(config))[1])
    assert (found["claim_note"]["insurer_number"], found["claim_note"]["number"]) == ("77777779", "77777777")
    phone = VISIT | {"documents": ["phone"], "online": "not_asked"}
    assert "cannot be read here" in json.loads(ask(phone)[1])["why"]["en"]
    assert "did not confirm" in json.loads(ask(phone, "--config", str(config))[1])["why"]["en"]


WRONG = {
    "not JSON": ("{", "visit.json is not valid JSON (line 1, column 2)"),
    "empty": ("", "is not valid JSON"),
    "a list": ("[]", '"JSON" must be an object'),
    "not UTF-8": (json.dumps(VISIT, ensure_ascii=False).encode("cp932"), "is not UTF-8"),
    "deep": ("[" * 100_000, "nested too deeply"),
    "long number": ('{"date": ' + "1" * 5000 + "}", "not valid JSON"),
    "twice": ('{"date": "2026-11-24", "date": "2026-11-25", "documents": []}', '"date" stands twice'),
    "unknown key": (VISIT | {"colour": 1}, 'There is no item "colour". Use: date, visit, documents,'),
    "unknown key of a person": (VISIT | {"person": {"age": 3}}, '"person.age"'),
    "unknown key of held numbers": (VISIT | {"held": {"current": {"insurer_no": "1"}}}, '"held.current.insurer_no"'),
    "unknown key of held": (VISIT | {"held": {"next": None}}, '"held.next". Use: current, former.'),
    "unknown key of the form": (VISIT | {"form": {"shoe_size": 3}}, '"form.shoe_size"'),
    "no date": ({"documents": []}, '"date" is missing'),
    "date null": (VISIT | {"date": None}, '"date" is missing'),
    "no documents": ({"date": "2026-11-24"}, '"documents" is missing'),
    "no such day": (VISIT | {"date": "2026-02-30"}, '"date" is not a date: "2026-02-30". Write it like 2026-11-24.'),
    "date of another form": (VISIT | {"date": "20261124"}, '"20261124"'),
    "date as a number": (VISIT | {"date": 20261124}, '"20261124"'),
    "other digits": (VISIT | {"date": "２０２６-１１-２４"}, "is not a date"),
    "end": (VISIT | {"document_valid_to": "soon"}, '"document_valid_to" is not a date: "soon"'),
    "birth": (VISIT | {"person": {"birth_date": "S25"}}, '"person.birth_date"'),
    "birth on the form": (VISIT | {"form": {"birth_date": "S25"}}, '"form.birth_date"'),
    "signed": (VISIT | {"form": {"signed_on": "today"}}, '"form.signed_on"'),
    "document": (
        VISIT | {"documents": ["passport"]},
        '"documents" cannot be "passport". Use one of: card, phone, portal',
    ),
    "document as text": (VISIT | {"documents": "card"}, '"documents" must be a list'),
    "document as an object": (VISIT | {"documents": [{}]}, '"documents" cannot be "{}"'),
    "card": (VISIT | {"card": "lost"}, "ok, in_grace, lapsed, unreadable, not_registered, none"),
    "identity": (VISIT | {"identity": "device"}, '"identity" cannot be "device". Use one of: face, pin, visual, none'),
    "identity as a list": (VISIT | {"identity": []}, '"identity" cannot be'),
    "online": (VISIT | {"online": "yes"}, "valid, invalid, invalid_newer, not_found, multiple, down, reader_down"),
    "query": (VISIT | {"number_query": True}, '"number_query" cannot be "true". Use one of: ok, fail'),
    "visit": (VISIT | {"visit": "second"}, "first, return"),
    "says": (VISIT | {"patient_says": "maybe"}, "unchanged, changed"),
    "flag": (VISIT | {"flags": ["strike"]}, "special_payment, disaster, emergency, name_black_dot"),
    "flags as text": (VISIT | {"flags": "disaster"}, '"flags" must be a list'),
    "person as text": (VISIT | {"person": "花子"}, '"person" must be an object'),
    "held as a list": (VISIT | {"held": []}, '"held" must be an object'),
    "number as a number": (VISIT | {"held": {"current": {"number": 12}}}, '"held.current.number" must be text'),
    "phone as a number": (VISIT | {"person": {"phone": 90}}, '"person.phone" must be text'),
    "sex as a number": (VISIT | {"form": {"sex": 2}}, '"form.sex" must be text'),
    "writer as a number": (VISIT | {"form": {"proxy": 3}}, '"form.proxy" must be text'),
    "share as text": (VISIT | {"form": {"share_percent": "30"}}, '"form.share_percent" must be a whole number'),
    "share as a truth": (VISIT | {"form": {"share_percent": True}}, '"form.share_percent" must be a whole number'),
    "share beyond all": (VISIT | {"form": {"share_percent": 300}}, '"form.share_percent" must be a whole number'),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_input_is_one_sentence_that_names_it(case: str, ask: Any) -> None:
    text, named = WRONG[case]
    code, out, err = ask(text)
    assert (code, out) == (2, "")
    assert named in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("language", ["ja", "en"])
def test_wrong_input_is_said_in_the_language_asked_for(
    language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "visit.json"
    file.write_text('{"date": 1}', encoding="utf-8")
    assert main(["claim", str(file), "--lang", language]) == 2
    assert ("ください" in capsys.readouterr().err) == (language == "ja")


def test_file_that_is_not_there_or_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (tmp_path / "nothing.json", tmp_path):
        assert main(["claim", str(path), "--lang", "en"]) == 2
        assert f"Cannot read {path.name}" in capsys.readouterr().err


def test_endless_input_is_refused(ask: Any) -> None:
    code, _, err = ask(b" " * 1_000_001)
    assert code == 2
    assert "too large" in err


def test_error_quotes_no_more_than_it_must(ask: Any) -> None:
    err = ask(VISIT | {"date": "x" * 1000, "person": {"name": "見本　花子"}})[2]
    assert "x" * 41 not in err
    assert "見本" not in err


def test_every_key_of_the_form_is_known() -> None:
    parse_request(VISIT | {"form": dict.fromkeys(FORM_KEYS)})
    parse_request(dict.fromkeys(KEYS) | {"date": "2026-11-24", "documents": []})


def test_standard_input_and_utf8_whatever_the_terminal_speaks() -> None:
    """The console script's own process, in an environment that knows ASCII only."""
    done = subprocess.run(
        [sys.executable, "-m", "kiosk.app.cli", "claim", "-"],
        input=json.dumps(VISIT | {"online": "not_found", "form": FORM}, ensure_ascii=False).encode(),
        capture_output=True,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert "不詳" in json.loads(done.stdout.decode("utf-8"))["claim_note"]["remarks"]


def test_standard_input_that_is_wrong(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"{")))
    assert main(["claim", "-", "--lang", "en"]) == 2
    assert "stdin is not valid JSON" in capsys.readouterr().err


DOCUMENTS = (
    *("card", "phone", "portal_screen", "portal_pdf", "screenshot"),
    *("notice", "certificate", "old_card", "school_trip_copy", "none"),
)
ONLINE = ("valid", "invalid", "invalid_newer", "not_found", "multiple", "down", "reader_down", "not_asked")
words = st.fixed_dictionaries(
    {"date": st.dates().map(str), "documents": st.lists(st.sampled_from(DOCUMENTS))},
    optional={
        "visit": st.sampled_from(["first", "return"]),
        "card": st.sampled_from(["ok", "in_grace", "lapsed", "unreadable", "not_registered", "none"]),
        "identity": st.sampled_from(["face", "pin", "visual", "none"]),
        "online": st.sampled_from(ONLINE),
        "number_query": st.sampled_from(["ok", "fail", None]),
        "document_valid_to": st.none() | st.dates().map(str),
        "flags": st.lists(st.sampled_from(["special_payment", "disaster", "emergency", "name_black_dot"])),
        "held": st.fixed_dictionaries({"current": st.sampled_from([None, NUMBERS]), "former": st.just(NUMBERS)}),
        "patient_says": st.sampled_from(["unchanged", "changed", None]),
        "person": st.fixed_dictionaries({"birth_date": st.dates().map(str), "kana": st.text()}),
        "form": st.none() | st.fixed_dictionaries({"share_percent": st.integers(0, 100), "address": st.text()}),
    },
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words)
def test_any_visit_in_the_words_of_the_contract_is_answered(tmp_path: Path, visit: dict[str, Any]) -> None:
    file = tmp_path / "visit.json"
    file.write_text(json.dumps(visit), encoding="utf-8")
    found = answer(str(file), CATALOGUE)
    assert found["outcome"] in ("accept", "accept_with_card", "conditional", "staff", "not_accepted")
    assert found["claim_route"] in ("normal", "1", "2", "3", None)
    assert found["share_percent"] in (10, 20, 30, None)
    printed = json.dumps([found["why"], found["patient"]], ensure_ascii=False)
    assert "[[" not in printed
    assert "10割" not in printed
    assert "100" not in printed


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner),
    max_leaves=12,
)


@settings(max_examples=200)
@given(junk)
def test_anything_else_is_refused_in_words(data: Any) -> None:
    with pytest.raises(CommandFailed) as caught:
        parse_request(data)
    assert caught.value.exit_code == 2
    assert CATALOGUE.render(caught.value.text, "ja")
