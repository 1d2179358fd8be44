"""Keeps everything that a play leaves anywhere, so that it can be searched for what must not be there."""

from __future__ import annotations

import hashlib
import io
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import pytest

from drivers.simulated.card.photo import face_photo_jp2
from drivers.simulated.card.records import INDIVIDUAL_NUMBER
from drivers.simulated.persona import Persona, load_persona, persona_names
from kiosk.app.paths import ASSETS
from kiosk.app.player import Observer
from kiosk.app.stage import Stage
from kiosk.domain.verification_number import verification_number_b
from tests.kiosk.app.plays import AtEachPoll
from tests.kiosk.app.search import SecretSearch

PERSONAS = ASSETS / "personas"


class Traces(Observer):
    """Files of the data and temporary folders before each look of the terminal and at the end; texts; the log."""

    def __init__(self, folders: list[Path]) -> None:
        self.files: dict[str, tuple[str, bytes]] = {}
        self.texts: set[str] = set()
        self.log = io.StringIO()
        self._folders = folders
        self._seen: set[tuple[str, int, int]] = set()

    def ready(self, stage: Stage) -> None:
        AtEachPoll(lambda _stage: self._collect(journal=False)).ready(stage)

    def screen(self, texts: list[str]) -> None:
        self.texts.update(texts)

    def over(self, _stage: Stage) -> None:
        self._collect(journal=True)

    def journal(self) -> bytes:
        return b"".join(content for name, content in self.files.values() if name.startswith("journal"))

    def everything(self) -> Iterator[tuple[str, bytes]]:
        yield from self.files.values()
        yield "screen", "\n".join(sorted(self.texts)).encode()
        yield "log", self.log.getvalue().encode()

    def _collect(self, *, journal: bool) -> None:
        for entry in (entry for folder in self._folders for entry in _files_below(str(folder))):
            if entry.name.startswith("journal") and not journal:
                continue  # only grows, and is read whole at the end
            stat = entry.stat(follow_symlinks=False)
            key = (entry.path, stat.st_size, stat.st_mtime_ns)
            if key not in self._seen:
                self._seen.add(key)
                content = Path(entry.path).read_bytes()
                self.files.setdefault(hashlib.sha256(content).hexdigest(), (entry.name, content))


def _files_below(folder: str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files_below(entry.path)
            elif entry.is_file(follow_symlinks=False):
                yield entry


@contextmanager
def watched(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Traces]:
    """Within, the process's temporary folder lies beside `data`, and everything is logged."""
    temporary = data.with_name("temporary")
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    traces = Traces([data, temporary])
    handler = logging.StreamHandler(traces.log)
    handler.setFormatter(logging.Formatter("%(name)s %(threadName)s %(message)s %(args)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield traces
    finally:
        root.setLevel(level)
        root.removeHandler(handler)


@lru_cache
def people() -> tuple[Persona, ...]:
    return tuple(load_persona(PERSONAS, name) for name in persona_names(PERSONAS))


@lru_cache
def secrets_of_everybody() -> SecretSearch:
    search = SecretSearch()
    search.add_number("My Number", INDIVIDUAL_NUMBER)
    for person in people():
        card = person.card
        for name in ("pin", "text_pin", "juki_pin", "signature_password"):
            search.add_word(f"{name} of {person.name}", getattr(card, name))
        number = verification_number_b(
            card.birth_date, card.card_expires.year, card.security_code, western=card.western_birth_date
        )
        search.add_number(f"照合番号B of {person.name}", number.reveal().decode())
    for face in sorted({person.face for person in people() if person.face}):
        search.add_content(f"photo of {face}", face_photo_jp2(PERSONAS / face / "card.jpg"))
    return search
