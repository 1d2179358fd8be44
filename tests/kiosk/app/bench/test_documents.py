"""Reading quality: how it is counted, and one specimen through it."""

from __future__ import annotations

from collections import Counter

from drivers.documents.reader import FileDocumentReader
from kiosk.app.bench.documents import ON, Case, Score, _figures, cases, outcomes_of, score
from kiosk.app.catalogue import load_catalogue
from kiosk.app.paths import ASSETS
from kiosk.domain.documents import DocumentReading, DocumentType, Field, FieldKey, FieldSource


def reading(**values: str | None) -> DocumentReading:
    fields = {FieldKey(key): Field(value, FieldSource.OCR, 1.0) for key, value in values.items()}
    return DocumentReading(DocumentType.NOTICE, fields)


def test_right_asked_and_wrong_are_counted_and_what_is_not_on_the_paper_is_wrong() -> None:
    expected = {FieldKey.NAME: "見本　花子", FieldKey.NUMBER: "12", FieldKey.BRANCH: "01", FieldKey.SYMBOL: "3"}
    seen = reading(title="資格情報のお知らせ", name="見本 花子", number="13", branch=None, kana="ミホン")
    assert outcomes_of(seen, expected) == {"right": 1, "asked": 2, "wrong": 2}


def test_every_layout_is_read_in_every_condition() -> None:
    listed = list(cases())
    assert len(listed) == len(set(listed)) == 15 * 6
    assert {case.condition for case in listed} == {"pdf", "clean", "tilted", "dim", "glaring", "blurred"}


def test_a_specimen_is_measured() -> None:
    found = score(Case("kenji", "certificate", "card", "pdf"), FileDocumentReader(lambda: ON))
    assert (found.outcomes["right"], found.outcomes["asked"], found.outcomes["wrong"]) == (11, 0, 0)
    assert found.memory > 0


def test_every_figure_has_its_words() -> None:
    catalogue = load_catalogue(ASSETS / "messages")
    scores = [Score(case, Counter(right=1), 0.5, 1000) for case in cases()]
    figures = list(_figures(scores))
    assert figures[0].value == 1.0
    assert [f.id for f in figures if f"bench_result.{f.id}" not in catalogue] == []
