"""Looks for pieces of pictures and numbers in the writable memory of another process."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

CHUNK = 1 << 26
OVERLAP = 256


def writable_memory(pid: int) -> Iterator[bytes]:
    """All of it in pieces that overlap, heaps, stacks and mapped files alike."""
    with (
        Path(f"/proc/{pid}/maps").open(encoding="utf-8") as maps,
        open(f"/proc/{pid}/mem", "rb", buffering=0) as memory,
    ):
        for line in maps:
            places, rights, *_ = line.split()
            if "w" not in rights:
                continue
            at, end = (int(part, 16) for part in places.split("-"))
            while at < end:
                try:
                    memory.seek(at)
                    piece = memory.read(min(CHUNK, end - at))
                except OSError:
                    break
                if not piece:
                    break
                yield piece
                at += max(len(piece) - OVERLAP, 1) if at + len(piece) < end else len(piece)


def found_in_memory(pid: int, needles: Mapping[str, Iterable[bytes]]) -> dict[str, int]:
    """How many needles of each kind are there."""
    found: dict[str, set[bytes]] = {}
    for piece in writable_memory(pid):
        for kind, parts in needles.items():
            found.setdefault(kind, set()).update(part for part in parts if part in piece)
    return {kind: len(parts) for kind, parts in found.items()}


def mapped_files(pid: int) -> set[str]:
    with Path(f"/proc/{pid}/maps").open(encoding="utf-8") as maps:
        return {line.split(maxsplit=5)[5].strip() for line in maps if len(line.split(maxsplit=5)) == 6}


def core_limit(pid: int) -> str:
    text = Path(f"/proc/{pid}/limits").read_text(encoding="utf-8")
    return next(line for line in text.splitlines() if line.startswith("Max core file size")).split()[4]


def open_files(pid: int) -> set[str]:
    folder = Path(f"/proc/{pid}/fd")
    found = set()
    for descriptor in folder.iterdir():
        try:
            found.add(os.readlink(descriptor))
        except OSError:
            continue
    return found
