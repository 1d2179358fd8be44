"""Looks for pieces of pictures and numbers in the writable memory of another process."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CHUNK = 1 << 24
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
    """How many needles of each kind are there. They are 16 bytes and more."""
    words = Words([(kind, part) for kind, parts in needles.items() for part in parts])
    found: dict[str, set[bytes]] = {kind: set() for kind in needles}
    for piece in writable_memory(pid):
        for kind, part in words.found_in(piece):
            found[kind].add(part)
    return {kind: len(parts) for kind, parts in found.items()}


class Words:
    """Looks for all needles at once. Wherever a needle lies, it covers a whole word of eight bytes of the memory: for
    each of the eight ways in which it may lie, the least ordinary of those words is looked for."""

    def __init__(self, needles: Sequence[tuple[str, bytes]]) -> None:
        self._at: dict[int, list[tuple[str, bytes, int]]] = {}
        for kind, part in needles:
            for way in range(8):
                places = range(way, len(part) - 7, 8)
                place = max(places, key=lambda at: len(set(part[at : at + 8])))
                word = int.from_bytes(part[place : place + 8], "little")
                self._at.setdefault(word, []).append((kind, part, place))
        self._likely = np.zeros(1 << 16, bool)
        self._likely[_mixed(np.array(list(self._at), np.uint64))] = True

    def found_in(self, piece: bytes) -> Iterator[tuple[str, bytes]]:
        words = np.frombuffer(piece, "<u8", len(piece) // 8)
        for index in np.flatnonzero(self._likely[_mixed(words)]).tolist():
            for kind, part, place in self._at.get(int(words[index]), ()):
                begin = index * 8 - place
                if begin >= 0 and piece[begin : begin + len(part)] == part:
                    yield kind, part


def _mixed(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Sixteen bits that depend on all of a word."""
    return (words * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(48)


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
