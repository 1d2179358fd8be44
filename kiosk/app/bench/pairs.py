"""`kiosk bench face --pairs FILE`: error rates of an engine on somebody's own pictures (ISO/IEC 19795-1).

The list is CSV: reference, probe, same|different, paths relative to the list, a heading line allowed. One picture is
one frame: neither gates nor averaging help, so the figures are those of the engine alone. Pictures stay where they are;
nothing about them is kept or printed but the name of a bad row.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.face.engine import SFaceEngine
from kiosk.app.console import FAILED, OK, CommandFailed, Console
from kiosk.ports.face import Picture

LABELS = {"same": True, "different": False}
NAMED_MOST = 20
"""So many bad rows, and pictures without a face, are named; the data names all."""

CONFIDENCE_Z = 1.959964
"""Of a two-sided interval of 95 %."""

Embedding = NDArray[np.float32]


@dataclass(frozen=True)
class Pair:
    line: int
    reference: str
    probe: str
    same: bool


@dataclass(frozen=True)
class Rate:
    """Errors among comparisons, with Wilson's interval. The interval takes comparisons as independent; those of one
    person are not, so with few people the truth may lie outside."""

    errors: int
    of: int

    @property
    def share(self) -> float | None:
        return self.errors / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.errors, self.of) if self.of else None


@dataclass(frozen=True)
class Row:
    """What happens at one threshold: false matches of different people, false non-matches of the same."""

    threshold: float
    fmr: Rate
    fnmr: Rate


@dataclass(frozen=True)
class Report:
    engine: str
    rows: tuple[Row, ...]
    same: int
    different: int
    people: int
    pictures: int
    no_face: tuple[str, ...]  # pictures without a face; their comparisons count as non-matches
    bad: tuple[str, ...]  # "line N: what"


def wilson(errors: int, of: int, z: float = CONFIDENCE_Z) -> tuple[float, float]:
    """Score interval of a proportion (E. B. Wilson, 1927): keeps its promise also at no error at all."""
    share, square = errors / of, z * z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = z / (1 + square / of) * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def read_list(path: Path) -> tuple[list[Pair], list[str]]:
    """Pairs and bad rows. Raises `CommandFailed` for a list that cannot be read."""
    try:
        rows = list(enumerate(csv.reader(io.StringIO(_text(path.read_bytes()), newline="")), 1))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CommandFailed(FAILED, "cli.pairs.unreadable", file=path.name, why=type(error).__name__) from None
    pairs: list[Pair] = []
    bad: list[str] = []
    for line, row in rows:
        cells = [cell.strip() for cell in row]
        if not any(cells) or (line == 1 and [c.lower() for c in cells[:2]] == ["reference", "probe"]):
            continue
        if len(cells) != 3 or not cells[0] or not cells[1]:
            bad.append(f"line {line}: {len(cells)} columns, 3 expected (reference,probe,same|different)")
        elif cells[2].lower() not in LABELS:
            bad.append(f"line {line}: '{cells[2]}', same or different expected")
        else:
            pairs.append(Pair(line, cells[0], cells[1], LABELS[cells[2].lower()]))
    return pairs, bad


def _text(content: bytes) -> str:
    """UTF-8, or what spreadsheets of a Japanese Windows save as CSV."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp932")


def people_of(pairs: Iterable[Pair]) -> int:
    """How many people the list shows: pictures that are joined by "same" are of one person."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for pair in pairs:
        one, other = root(pair.reference), root(pair.probe)
        if pair.same:
            parent[one] = other
    return len({root(name) for name in list(parent)})


def measure(
    path: Path, engine: SFaceEngine, thresholds: Sequence[float], read: Callable[[Path], Picture | None] | None = None
) -> Report:
    """Each picture is looked at once."""
    pairs, bad = read_list(path)
    reader = read or read_picture
    seen: dict[str, Embedding | None] = {}
    unreadable: dict[str, str] = {}
    for name in dict.fromkeys(name for pair in pairs for name in (pair.reference, pair.probe)):
        picture = reader(path.parent / name)
        if picture is None:
            unreadable[name] = "is no picture" if (path.parent / name).is_file() else "is not there"
        else:
            seen[name] = embedding_of(engine, picture)
    good: list[Pair] = []
    for pair in pairs:
        missing = dict.fromkeys(name for name in (pair.reference, pair.probe) if name in unreadable)
        if missing:
            bad.append(f"line {pair.line}: {', '.join(f'{name} {unreadable[name]}' for name in missing)}")
        else:
            good.append(pair)
    scored: list[tuple[bool, float]] = []
    for pair in good:
        one, other = seen[pair.reference], seen[pair.probe]
        scored.append((pair.same, -math.inf if one is None or other is None else engine.similarity(one, other)))
    same = [score for is_same, score in scored if is_same]
    different = [score for is_same, score in scored if not is_same]
    rows = tuple(
        Row(
            threshold,
            Rate(sum(score >= threshold for score in different), len(different)),
            Rate(sum(score < threshold for score in same), len(same)),
        )
        for threshold in thresholds
    )
    used = {name for pair in good for name in (pair.reference, pair.probe)}
    no_face = tuple(sorted(name for name in used if seen[name] is None))
    return Report(
        engine.name, rows, len(same), len(different), people_of(good), len(used), no_face, tuple(sorted(bad, key=_line))
    )


def read_picture(path: Path) -> Picture | None:
    """Any format that OpenCV reads, JPEG 2000 included. None for anything else."""
    try:
        content = np.frombuffer(path.read_bytes(), np.uint8)
        picture = cv2.imdecode(content, cv2.IMREAD_COLOR) if content.size else None
    except (OSError, cv2.error):
        return None
    return None if picture is None else np.asarray(picture, np.uint8)


def embedding_of(engine: SFaceEngine, picture: Picture) -> Embedding | None:
    face = engine.largest_face(picture)
    if face is None:
        return None
    return engine.combine([engine.embed(picture, face, engine.align(picture, face))])


def print_report(report: Report, console: Console, *, as_json: bool) -> int:
    """0, or 1 when a row was bad or nothing could be compared."""
    if as_json:
        print(json.dumps(as_data(report), ensure_ascii=False, indent=2))
    elif not report.same + report.different:
        _tell_bad(report, console)
        raise CommandFailed(FAILED, "cli.pairs.nothing")
    else:
        counts = {"people": report.people, "pictures": report.pictures, "no_face": len(report.no_face)}
        numbers = {name: str(value) for name, value in counts.items()}
        console.print("cli.pairs.heading", engine=report.engine, **numbers)
        console.print("cli.pairs.counts", same=str(report.same), different=str(report.different))
        for row in report.rows:
            console.print("cli.pairs.row", threshold=f"{row.threshold:.3f}", fmr=_told(row.fmr), fnmr=_told(row.fnmr))
        console.print("cli.pairs.note")
        if report.no_face:
            console.print("cli.pairs.no_face", names=_some(report.no_face))
        _tell_bad(report, console)
    return FAILED if report.bad or not report.same + report.different else OK


def _tell_bad(report: Report, console: Console) -> None:
    for line in report.bad[:NAMED_MOST]:
        console.print("cli.pairs.bad", row=line)
    if len(report.bad) > NAMED_MOST:
        console.print("cli.pairs.more_bad", count=str(len(report.bad) - NAMED_MOST))


def _some(names: Sequence[str]) -> str:
    more = f", +{len(names) - NAMED_MOST}" if len(names) > NAMED_MOST else ""
    return ", ".join(names[:NAMED_MOST]) + more


def as_data(report: Report) -> dict[str, object]:
    def rate(value: Rate) -> dict[str, object]:
        return {"errors": value.errors, "of": value.of, "share": value.share, "interval_95": value.interval}

    return {
        "engine": report.engine,
        "people": report.people,
        "pictures": report.pictures,
        "no_face": list(report.no_face),
        "same": report.same,
        "different": report.different,
        "rows": [{"threshold": r.threshold, "fmr": rate(r.fmr), "fnmr": rate(r.fnmr)} for r in report.rows],
        "bad": list(report.bad),
    }


def _told(rate: Rate) -> str:
    if rate.share is None or rate.interval is None:
        return "-"
    low, high = rate.interval
    return f"{rate.share:.2%} ({rate.errors}/{rate.of}; {low:.2%} - {high:.2%})"


def _line(text: str) -> int:
    return int(text.partition(":")[0].removeprefix("line "))
