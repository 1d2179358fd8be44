"""Where the project's data lie, and where the program keeps its own."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
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
    """Folders of one facility (design 4.5)."""

    root: Path

    @property
    def req(self) -> Path:
        return self.root / "req"

    @property
    def res(self) -> Path:
        return self.root / "res"

    @property
    def face(self) -> Path:
        return self.root / "face"

    @property
    def out(self) -> Path:
        return self.root / "out"

    @property
    def documents(self) -> Path:
        """Where a patient's PDF arrives; it is erased once it was read and confirmed."""
        return self.root / "documents"

    @property
    def journal(self) -> Path:
        return self.root / "journal.sqlite"

    def create(self) -> None:
        """Raises `Fatal(DATA_FOLDER_UNUSABLE)` naming the folder."""
        for folder in (self.root, self.req, self.res, self.face, self.out, self.documents):
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise unusable(folder, error) from None
            if not os.access(folder, os.W_OK | os.X_OK):
                raise unusable(folder, PermissionError(errno.EACCES, ""))


def unusable(folder: Path, error: OSError) -> Fatal:
    return Fatal(FailureCode.DATA_FOLDER_UNUSABLE, f"{folder} {errno.errorcode.get(error.errno or 0, '')}".rstrip())
