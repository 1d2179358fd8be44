"""Spoiled result files through the parser: an answer or a typed error, in bounded memory.

`MADOGUCHI_MUTATED_FILES=10000 pytest tests/drivers/gateway/test_mutated_files.py` takes the long way.
"""

from __future__ import annotations

import os
import tracemalloc
from collections import Counter
from pathlib import Path

import pytest

from drivers.gateway.result_file import read_bulk_result, read_result
from drivers.gateway.safe_xml import SINGLE
from kiosk.domain.failures import FailureCode, KioskError
from tests.drivers.gateway.mutations import KINDS, mutated

SAMPLES = [path.read_bytes() for path in sorted((Path(__file__).parent / "samples").glob("*res_*.xml"))]
FILES = int(os.environ.get("MADOGUCHI_MUTATED_FILES", "350"))
PEAK_BYTES = 40 * SINGLE.size  # a text of the largest size as bytes, as wide characters and in the parser's buffers


@pytest.mark.parametrize("kind", range(len(KINDS)), ids=KINDS)
def test_spoiled_files_give_an_answer_or_a_typed_error(kind: int) -> None:
    seen: Counter[str] = Counter()
    tracemalloc.start()
    try:
        for number in range(kind, FILES, len(KINDS)):
            content = mutated(SAMPLES, number)
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            try:
                read_result(content)
                seen["answer"] += 1
            except KioskError as error:
                seen[error.code.value] += 1
            assert tracemalloc.get_traced_memory()[1] - before < PEAK_BYTES, number
    finally:
        tracemalloc.stop()
    allowed = {"answer", FailureCode.ANSWER_DAMAGED.value, FailureCode.ANSWER_ENCRYPTED.value}
    assert set(seen) <= allowed
    assert sum(seen.values()) == len(range(kind, FILES, len(KINDS)))
    assert len(seen) > 1 or seen[FailureCode.ANSWER_DAMAGED.value]


def test_the_bulk_reader_takes_the_same_files() -> None:
    for number in range(0, FILES, 5):
        try:
            read_bulk_result(mutated(SAMPLES, number))
        except KioskError as error:
            assert error.code in (FailureCode.ANSWER_DAMAGED, FailureCode.ANSWER_ENCRYPTED)  # noqa: PT017


def test_one_number_gives_one_file() -> None:
    assert [mutated(SAMPLES, n) for n in range(20)] == [mutated(SAMPLES, n) for n in range(20)]
