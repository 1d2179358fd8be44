"""The model files of the face engine: found, measured and only then loaded."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiosk.domain.failures import FailureCode, Fatal

LIST = "models.toml"


@dataclass(frozen=True)
class ModelFile:
    """One row of the list of models: what the file must be, and under which licence it is here."""

    file: str
    bytes: int
    sha256: str
    name: str
    version: str
    licence: str
    licence_file: str
    origin: str


def list_models(folder: Path) -> tuple[ModelFile, ...]:
    """Raises `Fatal(MODEL_MISSING)` where the list is absent, `Fatal(MODEL_WRONG)` where it is faulty."""
    try:
        rows = tomllib.loads((folder / LIST).read_text(encoding="utf-8"))["model"]
        return tuple(_row(row) for row in rows)
    except OSError:
        raise Fatal(FailureCode.MODEL_MISSING, LIST) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError):
        raise Fatal(FailureCode.MODEL_WRONG, LIST) from None


def read_model(folder: Path, file: str) -> NDArray[np.uint8]:
    """The bytes of a model whose length and SHA-256 agree with the list.

    The bytes that were measured are the ones handed out, so that nothing can be swapped in between.
    Raises `Fatal(MODEL_MISSING)` or `Fatal(MODEL_WRONG)`, each naming the file.
    """
    expected = next((model for model in list_models(folder) if model.file == file), None)
    if expected is None:
        raise Fatal(FailureCode.MODEL_WRONG, f"{file} ({LIST})")
    try:
        content = (folder / file).read_bytes()
    except OSError:
        raise Fatal(FailureCode.MODEL_MISSING, file) from None
    if len(content) != expected.bytes or hashlib.sha256(content).hexdigest() != expected.sha256:
        raise Fatal(FailureCode.MODEL_WRONG, file)
    return np.frombuffer(content, np.uint8)


def _row(row: dict[str, Any]) -> ModelFile:
    keys = ("file", "sha256", "name", "version", "licence", "licence_file", "origin")
    if not all(isinstance(row[key], str) for key in keys) or not isinstance(row["bytes"], int):
        raise ValueError("a field of the list of models has the wrong type")
    return ModelFile(bytes=row["bytes"], **{key: row[key] for key in keys})
