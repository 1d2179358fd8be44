"""The documents of a scenario: a file as it is, or a specimen made for the person."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from drivers.simulated.persona import Persona
from drivers.simulated.specimens import specimen
from kiosk.app.paths import ASSETS
from kiosk.app.stage import Stage


def brought(argument: Mapping[str, Any], stage: Stage, who: Persona, beside: Path) -> Path | None:
    """The file as it lies in the documents folder then; None where the scenario names one that there is not."""
    document, folder = str(argument["document"]), stage.folders.documents
    if "file" in argument:
        source = document_file(beside, str(argument["file"]))
        return None if source is None else _put(folder / source.name, source.read_bytes())
    content = specimen(
        who,
        document,
        on=stage.clock.now().date(),
        layout=argument.get("layout"),
        condition=str(argument.get("condition", "clean")),
        seed=stage.settings.virtual.seed,
    )
    return _put(folder / f"{document}{'.pdf' if content.startswith(b'%PDF') else '.jpg'}", content)


def document_file(beside: Path, name: str) -> Path | None:
    """A file of a scenario: beside it, or a shipped specimen."""
    return next((path for path in (beside / name, ASSETS / "documents" / name) if path.is_file()), None)


def _put(target: Path, content: bytes) -> Path:
    target.write_bytes(content)
    return target
