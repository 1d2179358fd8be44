"""Where the project's data lie, and where the program keeps its own."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.domain.failures import FailureCode, Fatal

ASSETS = Path(__file__).resolve().parents[2] / "assets"


def default_data_folder() -> Path:
    """`MADOGUCHI_DATA`, or the user's data folder by the XDG convention."""
    chosen = os.environ.get("MADOGUCHI_DATA")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "madoguchi"


@dataclass(frozen=True)
class DataFolders:
    """Folders of one facility (design 4.5). `req`, `res`, `face` and `out` lie below `root`, unless `placed` says
    where: a real terminal shares its own, and the レセコン looks into one of its own."""

    root: Path
    placed: Mapping[str, Path] = field(default_factory=dict)

    @property
    def req(self) -> Path:
        return self._exchange("req")

    @property
    def res(self) -> Path:
        return self._exchange("res")

    @property
    def face(self) -> Path:
        return self._exchange("face")

    @property
    def out(self) -> Path:
        return self._exchange("out")

    @property
    def documents(self) -> Path:
        """Where a patient's PDF arrives; it is erased once it was read and confirmed."""
        return self.root / "documents"

    @property
    def journal(self) -> Path:
        return self.root / "journal.sqlite"

    def _exchange(self, name: str) -> Path:
        return self.placed.get(name, self.root / name)

    def create(self) -> None:
        """Raises `Fatal(DATA_FOLDER_UNUSABLE)` naming the folder. A folder that was placed is somebody else's and is
        not made: a share that is away must not be taken for an empty one. What is missing there shows as an outage."""
        for folder in (self.root, self.req, self.res, self.face, self.out, self.documents):
            if folder in self.placed.values():
                continue
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise unusable(folder, error) from None
            if not os.access(folder, os.W_OK | os.X_OK):
                raise unusable(folder, PermissionError(errno.EACCES, ""))


def unusable(folder: Path, error: OSError) -> Fatal:
    return Fatal(FailureCode.DATA_FOLDER_UNUSABLE, f"{folder} {errno.errorcode.get(error.errno or 0, '')}".rstrip())
