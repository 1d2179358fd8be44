"""Files that were taken over: a folder beside where they lay."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

DONE = "done"


def retire(path: Path, at: float) -> Path | None:
    """Moves a file to `done` and dates it (seconds since 1970); returns its new place.

    None where it is gone already or its writer still holds it: then it stays, and somebody comes back for it.
    """
    folder = path.parent / DONE
    try:
        folder.mkdir(exist_ok=True)
        target, copy = folder / path.name, 1
        while target.exists():
            copy += 1
            target = folder / f"{path.stem}-{copy}{path.suffix}"
        path.rename(target)
    except OSError:
        return None
    # A folder may be ours to move files in and the file its writer's, who alone may date it: its own date serves too.
    with suppress(OSError):
        os.utime(target, (at, at))
    return target
