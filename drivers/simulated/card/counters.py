"""Counters of a served card that outlive the program, as those of a chip outlive its power."""

from __future__ import annotations

import json
import os
from pathlib import Path

from kiosk.domain.failures import FailureCode, Fatal


class CounterFile(dict[str, int]):
    """Tries left by credential; every change is in the file before the card answers."""

    def __init__(self, path: Path) -> None:
        """Raises `Fatal(SETTINGS_WRONG)` naming a file that holds something else or cannot be written."""
        super().__init__()
        self._path = path
        try:
            content = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
            if not isinstance(content, dict) or not all(_is_count(value) for value in content.values()):
                raise ValueError
            self.update(content)
            self._write()
        except (OSError, ValueError):
            raise Fatal(FailureCode.SETTINGS_WRONG, path.name) from None

    def __setitem__(self, credential: str, tries: int) -> None:
        super().__setitem__(credential, tries)
        self._write()

    def setdefault(self, credential: str, tries: int = 0) -> int:
        if credential not in self:
            self[credential] = tries
        return self[credential]

    def _write(self) -> None:
        temporary = self._path.with_name(f"{self._path.name}.new")
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(self, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._path)


def _is_count(value: object) -> bool:
    """Four bits of a status word."""
    return type(value) is int and 0 <= value <= 0x0F
