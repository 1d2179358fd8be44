"""The documents of a scenario: a file as it is, or a specimen made for the person."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from drivers.simulated.persona import Persona
from drivers.simulated.specimens import specimen
from kiosk.app.files import is_file
from kiosk.app.paths import ASSETS
from kiosk.app.stage import Stage


def present(argument: Mapping[str, Any], stage: Stage, who: Persona, beside: Path) -> bool:
    """A document comes to the table. False where the scenario names a file that there is not, or one that is no picture
    to be laid under the camera."""
    document, folder = str(argument["document"]), stage.folders.documents
    under_camera = argument.get("by") == "camera"
    if "file" in argument:
        source = document_file(beside, str(argument["file"]))
        if source is None:
            return False
        if under_camera:
            return _lay_down(source.read_bytes(), stage)
        stage.documents.present(_put(folder / source.name, source.read_bytes()))
        return True
    content = specimen(
        who,
        document,
        on=stage.clock.now().date(),
        layout=argument.get("layout"),
        condition=str(argument.get("condition", "clean")),
        as_pdf=False if under_camera else None,
        seed=stage.settings.virtual.seed,
    )
    if under_camera:
        return _lay_down(content, stage)
    stage.documents.present(_put(folder / f"{document}{'.pdf' if content.startswith(b'%PDF') else '.jpg'}", content))
    return True


def _lay_down(content: bytes, stage: Stage) -> bool:
    import cv2

    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    if picture is None or stage.reading_table is None:
        return False
    stage.reading_table.paper = np.asarray(picture, np.uint8)
    return True


def document_file(beside: Path, name: str) -> Path | None:
    """A file of a scenario: beside it, or a shipped specimen."""
    return next((path for path in (beside / name, ASSETS / "documents" / name) if is_file(path)), None)


def _put(target: Path, content: bytes) -> Path:
    target.write_bytes(content)
    return target
