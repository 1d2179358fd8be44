"""Names, exit codes, and what is printed as data and as text."""

from __future__ import annotations

import json

import pytest

from kiosk.app.bench import BENCHES, FAILED, OK, USAGE, Bench, run_benches
from kiosk.app.bench.result import BenchFailed, BenchResult, at_least, figure
from kiosk.app.catalogue import LANGUAGES, load_catalogue
from kiosk.app.cli import main
from kiosk.app.paths import ASSETS
from kiosk.app.settings import Settings
from kiosk.domain.messages import Catalogue, Text

CATALOGUE = load_catalogue(ASSETS / "messages")


def giving(ratios: list[float]) -> Bench:
    """A benchmark that has measured these ratios."""

    def bench(_settings: Settings, _catalogue: Catalogue) -> BenchResult:
        ratio = figure("face.ratio", "times", ratios)
        note = Text("bench_result.face.note")
        figures = (figure("face.ours.total", "ms", [30.04, 31.0]), ratio)
        return BenchResult("face", len(ratios), figures, at_least(5.0, ratio), (note,))

    return bench


def failing(_settings: Settings, _catalogue: Catalogue) -> BenchResult:
    raise BenchFailed(Text("bench_result.start.not_ready"))


def run(*names: str, as_json: bool = False, language: str = "en", **benches: Bench) -> int:
    return run_benches(names, Settings(), CATALOGUE, as_json=as_json, language=language, benches=benches)


def test_the_benchmarks_are_there_and_named_in_both_languages() -> None:
    assert list(BENCHES) == ["face", "visit", "start", "card", "gateway", "documents", "journal", "ui", "console"]
    for name in BENCHES:
        assert f"bench_result.{name}.title" in CATALOGUE


def test_an_unknown_name_is_wrong_usage_and_lists_the_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "fase", "--lang", "en"]) == USAGE
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "fase" in printed.err
    assert "face, visit, start, card, gateway, documents" in printed.err


def test_an_unknown_name_beside_a_known_one_measures_nothing() -> None:
    assert run("face", "nothing", face=failing) == USAGE


def test_only_what_is_named_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("face", as_json=True, face=giving([6.0]), start=failing) == OK
    assert [one["name"] for one in json.loads(capsys.readouterr().out)["benches"]] == ["face"]


def test_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(as_json=True, face=giving([6.0, 7.5, 5.5])) == OK
    printed = json.loads(capsys.readouterr().out)
    assert set(printed) == {"machine", "benches"}
    assert set(printed["machine"]) == {"architecture", "cores", "python"}
    assert printed["benches"] == [
        {
            "name": "face",
            "runs": 3,
            "figures": {
                "ours.total": {"value": 30.52, "low": 30.04, "high": 31.0, "unit": "ms"},
                "ratio": {"value": 6.0, "low": 5.5, "high": 7.5, "unit": "times"},
            },
            "requirement": {"figure": "ratio", "at_least": 5.0, "met": True},
            "notes": [CATALOGUE.render(Text("bench_result.face.note"), "en")],
        }
    ]


def test_a_missed_requirement_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(as_json=True, face=giving([6.0, 4.9, 4.0])) == FAILED
    assert json.loads(capsys.readouterr().out)["benches"][0]["requirement"]["met"] is False


def test_what_could_not_be_measured_is_said_and_the_others_still_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(as_json=True, start=failing, face=giving([6.0])) == FAILED
    first, second = json.loads(capsys.readouterr().out)["benches"]
    assert first == {"name": "start", "failure": CATALOGUE.render(Text("bench_result.start.not_ready"), "en")}
    assert second["name"] == "face"


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_names_every_figure_with_its_unit(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(language=language, face=giving([6.0, 7.5, 5.5])) == OK
    printed = capsys.readouterr().out
    for message_id in ("bench_result.face.ours.total", "bench_result.face.ratio", "bench_result.face.note"):
        assert CATALOGUE.render(Text(message_id), language) in printed
    assert CATALOGUE.render(Text("bench_result.unit.ms", (("n", "30.5"),)), language) in printed
    assert "[[" not in printed
