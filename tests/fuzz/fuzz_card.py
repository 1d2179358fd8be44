"""Fuzzing the parsers of the card with coverage, for as long as one likes. Not part of the tests.

    pip install atheris
    python -m tests.fuzz.fuzz_card certificate -max_total_time=600

The first argument names the target (`targets.py`), the others are libFuzzer's.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["drivers"]):
    from tests.fuzz.targets import TARGETS, Target


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in TARGETS:
        sys.exit(f"one of: {', '.join(TARGETS)}")
    with tempfile.TemporaryDirectory() as corpus:
        (Path(corpus) / "seed").write_bytes(TARGETS[name].seed)
        atheris.Setup([sys.argv[0], *sys.argv[2:], corpus], lambda data: _feed(TARGETS[name], bytes(data)))
        atheris.Fuzz()


def _feed(target: Target, data: bytes) -> None:
    target.feed(data)


if __name__ == "__main__":
    main()
