"""How well documents are read: items right, asked for and wrong, by document and condition; time and memory a page.

Every shipped layout is drawn for a persona, as a PDF with text and as a picture in each condition. Asked for is what a
reader leaves to the patient because it is not certain; wrong is what it should never give.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from drivers.documents.reader import FileDocumentReader
from drivers.simulated.persona import load_persona
from drivers.simulated.specimens import CONDITIONS, LAYOUTS, specimen, specimen_values
from kiosk.app.bench.form import form_figures
from kiosk.app.bench.result import BenchResult, Figure, at_least, figure
from kiosk.app.paths import ASSETS
from kiosk.domain.documents import DocumentReading, FieldKey
from kiosk.domain.kana import fold_name
from kiosk.domain.messages import Text

ON = date(2026, 11, 24)  # the day on which the personas' ages hold
PEOPLE = ("kenji", "hanako", "shigeru")
TEXT = "pdf"  # the condition of a PDF with text
OUTCOMES = ("right", "asked", "wrong")


@dataclass(frozen=True)
class Case:
    """One specimen."""

    person: str
    document: str
    layout: str
    condition: str


@dataclass(frozen=True)
class Score:
    """What came of the items of one specimen; `wrong` counts items that the paper does not have, too."""

    case: Case
    outcomes: Counter[str]
    seconds: float
    memory: int


def cases(people: Sequence[str] = PEOPLE) -> Iterator[Case]:
    """Every layout in every condition, the people in turn."""
    place = 0
    for document, layouts in LAYOUTS.items():
        for layout in layouts:
            for condition in (TEXT, *CONDITIONS):
                yield Case(people[place % len(people)], document, layout, condition)
            place += 1


def score(case: Case, reader: FileDocumentReader, clock: Callable[[], float] = time.perf_counter) -> Score:
    persona = load_persona(ASSETS / "personas", case.person)
    as_pdf = case.condition == TEXT
    data = specimen(
        persona,
        case.document,
        on=ON,
        layout=case.layout,
        condition=CONDITIONS[0] if as_pdf else case.condition,
        as_pdf=as_pdf,
    )
    began = clock()
    reading = reader.read(data)
    seconds = clock() - began
    expected = specimen_values(persona, case.document, on=ON, layout=case.layout)
    memory = reader.last_opened.memory if reader.last_opened else 0
    return Score(case, outcomes_of(reading, expected), seconds, memory)


def outcomes_of(reading: DocumentReading, expected: dict[FieldKey, str]) -> Counter[str]:
    """Blanks in names do not count."""
    found: Counter[str] = Counter()
    for key, value in expected.items():
        read = reading.value(key)
        found["asked" if read is None else "right" if fold_name(read) == fold_name(value) else "wrong"] += 1
    strange = set(reading.fields) - set(expected) - {FieldKey.TITLE}
    found["wrong"] += sum(reading.value(key) is not None for key in strange)
    return found


def measure(people: Sequence[str] = PEOPLE) -> BenchResult:
    reader = FileDocumentReader(lambda: ON)
    reader.load()
    scores = [score(case, reader) for case in cases(people)]
    figures = list(_figures(scores))
    return BenchResult(
        "documents", 1, tuple(figures), at_least(1.0, figures[0]), (Text("bench_result.documents.note"),)
    )


def _figures(scores: Sequence[Score]) -> Iterator[Figure]:
    total: Counter[str] = Counter()
    for one in scores:
        total += one.outcomes
    items = sum(total.values())
    yield figure("documents.not_wrong", "times", [1 - total["wrong"] / max(1, items)])
    for condition in (TEXT, *CONDITIONS):
        mine = [one for one in scores if one.case.condition == condition]
        if mine:
            yield figure(f"documents.{condition}.time", "ms", [one.seconds * 1000 for one in mine])
    yield figure("documents.memory", "bytes", [one.memory for one in scores])
    yield from form_figures()
    for document in LAYOUTS:
        for condition in (TEXT, *CONDITIONS):
            mine = [one for one in scores if (one.case.document, one.case.condition) == (document, condition)]
            for outcome in OUTCOMES if mine else ():
                counted = sum(one.outcomes[outcome] for one in mine)
                yield figure(f"documents.{document}.{condition}.{outcome}", "count", [counted])
