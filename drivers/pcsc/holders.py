"""Which other programs use the smart-card service: what staff have to close when the card is held."""

from __future__ import annotations

import os
from pathlib import Path

_LIBRARY = "libpcsclite"


def other_programs(processes: Path = Path("/proc")) -> list[str]:
    """Names of programs that have loaded the service's library, without this one. Those of other users can be seen
    only by the administrator, so an empty list proves nothing."""
    names: set[str] = set()
    for folder in processes.glob("[0-9]*"):
        if folder.name == str(os.getpid()):
            continue
        try:
            if _LIBRARY in (folder / "maps").read_text(errors="replace"):
                names.add((folder / "comm").read_text(errors="replace").strip())
        except OSError:
            continue
    return sorted(names)
