"""Text, CSV, JSON and the page tell the same figures."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser

import pytest
from defusedxml.ElementTree import fromstring

from kiosk.app.catalogue import LANGUAGES, load_catalogue
from kiosk.ports.journal import JournalEntry
from kiosk.staff.usage.data import COLUMNS, as_csv, as_data
from kiosk.staff.usage.figures import UsageReport
from kiosk.staff.usage.page import as_html
from kiosk.staff.usage.plots import Bar, Line, columns, rows
from kiosk.staff.usage.tables import MOST_CLAIMS
from kiosk.staff.usage.text import as_text
from kiosk.staff.usage.words import Words
from tests.kiosk.staff.usage.made import ASSETS, CATALOGUE, at, report, visit

MESSAGES = load_catalogue(ASSETS / "messages")
DAY = "2026-11-24"
OUTSIDE = re.compile(r"(?i)<script|<link|<img|@import|url\(|(?:src|href)\s*=|on\w+\s*=")


def busy(days: int = 1) -> UsageReport:
    visual = JournalEntry("identity.confirmed", {"method": "visual", "staff": "sato", "reason": "child"}, "b")
    consent = JournalEntry("consent.given", {"items": "checkup"}, "a")
    return report(
        [
            *visit("a", at(DAY), taps=2, extra=[consent]),
            *visit(
                "b", at(DAY), by="insurance_number", claim_route="3", extra=[visual], identity="visual", seconds=250
            ),
            (at(DAY, "09:40:00"), JournalEntry("card.failed", {"code": "K101"}, "b")),
        ],
        "2026-11-01" if days > 1 else DAY,
        "2027-03-31" if days > 62 else DAY,
    )


class Checker(HTMLParser):
    """Every element that was opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the library's
        self.seen.append(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("days", [1, 24, 100])
def test_page_stands_alone(language: str, days: int) -> None:
    page = as_html(busy(days), Words(MESSAGES, language))
    assert not OUTSIDE.search(page)
    checker = Checker()
    checker.feed(page)
    assert checker.open == []
    assert checker.seen.count("svg") == 5
    for drawing in re.findall(r"<svg.*?</svg>", page, flags=re.S):
        assert fromstring(drawing)[0].text  # its name, for who cannot see it
    assert f'lang="{language}"' in page


def test_page_and_text_of_an_empty_range() -> None:
    empty = report([], DAY, DAY)
    for made in (as_html(empty, Words(MESSAGES, "en")), as_text(empty, Words(MESSAGES, "en"))):
        assert "holds no visit" in made
        assert "None was recorded." in made
    assert as_data(empty)["visits"] == {"total": 0, "status": {}}
    assert as_data(empty)["rate"]["total"] == {"card": 0, "answered": 0, "percent": None}


def test_text_has_every_section() -> None:
    lines = as_text(busy(), Words(MESSAGES, "en"))
    for wanted in ("50.0 %", "A child", "K101", "③ as unknown", "30 %", "no record", "135"):
        assert wanted in lines
    assert max(map(len, lines.splitlines())) < 200


def test_of_many_open_notes_the_oldest_are_shown_and_all_are_counted() -> None:
    many = report(
        [m for n in range(90) for m in visit(f"v{n:02}", at(DAY, f"09:{n // 2:02}:00"), claim_route="3")], DAY, DAY
    )
    text, page = (draw(many, Words(MESSAGES, "en")) for draw in (as_text, as_html))
    for made in (text, page):
        assert f"v{MOST_CLAIMS - 1}" in made
        assert f"v{MOST_CLAIMS}" not in made
        assert f"90 are open. The {MOST_CLAIMS} oldest" in made
    assert len(as_data(many)["open_claims"]) == 90


def test_data_are_json_and_complete() -> None:
    data = json.loads(json.dumps(as_data(busy())))
    assert data["rate"]["days"] == [{"date": DAY, "card": 1, "answered": 2, "percent": 50.0}]
    assert data["failures"]["causes"] == [{"code": "K101", "count": 1, "hours": [0] * 9 + [1] + [0] * 14}]
    assert data["seconds"] == {"visits": 2, "median": 135.0, "p90": 250.0}
    assert data["taps"] == {"visits": 1, "median": 2.0, "p90": 2.0}
    assert data["visual_checks"] == {"total": 1, "reasons": {"child": 1}}
    assert data["open_claims"] == [{"visit_id": "b", "date": DAY, "route": "3", "days": 0}]
    assert data["thresholds"][0]["tiers"][0]["percent"] == 30


def test_csv_is_one_plain_table() -> None:
    content = as_csv(busy())
    assert content.isascii()
    table = list(csv.DictReader(io.StringIO(content)))
    assert tuple(table[0]) == COLUMNS
    assert all(None not in row and None not in row.values() for row in table)
    rate = next(row for row in table if row["section"] == "rate")
    assert (rate["value"], rate["of"], rate["percent"]) == ("1", "2", "50.0")
    assert {row["section"] for row in table} >= {
        "rate_day",
        "rate_month",
        "threshold",
        "failure",
        "failure_hour",
        "taps",
    }


def test_nothing_in_a_report_is_not_a_word_of_the_catalogue_or_a_visit() -> None:
    """Staff, too, are persons: the report says how often, not who."""
    for made in (as_html(busy(), Words(MESSAGES, "ja")), as_csv(busy()), json.dumps(as_data(busy()))):
        assert "sato" not in made


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_counted_value_has_a_word(language: str) -> None:
    say = Words(MESSAGES, language)
    for name, section in (
        ("status", "status"),
        ("identity", "identity"),
        ("eligibility", "eligibility"),
        ("document", "document"),
        ("claim_route", "claim_route"),
    ):
        for value in CATALOGUE.events["visit.closed"].fields[name].values:
            assert say.value(section, value) != value
    assert say.value("visual", "something_new") == "something_new"


def test_labels_of_levels_do_not_lie_on_one_another() -> None:
    drawing = fromstring(
        columns("t", [Bar("a", 50, "50")], top=100, lines=[Line(30, "x"), Line(31, "y"), Line(90, "z")])
    )
    labels = [float(e.get("y", "")) for e in drawing if e.tag.endswith("text") and e.text in ("x", "y", "z")]
    assert len(labels) == 3
    assert min(abs(a - b) for a in labels for b in labels if a != b) >= 12


def test_bars_keep_inside_and_what_was_not_counted_has_none() -> None:
    drawing = fromstring(columns("t", [Bar("a", 500, "500"), Bar("b", None, "–"), Bar("c", 0, "0")], top=100))
    bars = [e for e in drawing if e.tag.endswith("rect")]
    assert len(bars) == 2
    assert all(float(bar.get("y", "")) >= 0 and float(bar.get("height", "")) >= 0 for bar in bars)
    assert len(fromstring(rows("t", [Bar("<&>", 0, "0")]))) == 4
