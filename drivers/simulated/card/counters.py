"""Counters of a served card that outlive the program, as those of a chip outlive its power."""

from __future__ import annotations

import json
import os
from pathlib import Path

from kiosk.domain.failures import FailureCode, Fatal


class CounterFile(dict[str, int]):
    """Tries left by credential; every change is in the file before the card answers."""

    def __init__(self, path: Path) -> None:
        """Raises `Fatal(SETTINGS_WRONG)` naming a file that holds something else."""
        super().__init__()
        self._path = path
        if not path.exists():
            return
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise Fatal(FailureCode.SETTINGS_WRONG, path.name) from None
        if not isinstance(content, dict) or not all(isinstance(value, int) for value in content.values()):
            raise Fatal(FailureCode.SETTINGS_WRONG, path.name)
        self.update(content)

    def __setitem__(self, credential: str, tries: int) -> None:
        super().__setitem__(credential, tries)
        temporary = self._path.with_name(f"{self._path.name}.new")
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(self, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._path)

    def setdefault(self, credential: str, tries: int = 0) -> int:
        if credential not in self:
            self[credential] = tries
        return self[credential]
