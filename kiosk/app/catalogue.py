"""Loads the message catalogue and proves that it is complete."""

from __future__ import annotations

from pathlib import Path

import yaml

from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.messages import Catalogue

LANGUAGES = ("ja", "en")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_catalogue(folder: Path) -> Catalogue:
    """Raises `Fatal(ASSET_MISSING)` naming the first id that lacks a language or stands twice."""
    sentences: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*.yaml")):
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER) or {}
        for message_id, by_language in content.items():
            missing = [code for code in LANGUAGES if not by_language.get(code)]
            if missing or message_id in sentences:
                raise Fatal(FailureCode.ASSET_MISSING, f"{path.name}: {message_id} {' '.join(missing) or 'twice'}")
            sentences[message_id] = by_language
    if not sentences:
        raise Fatal(FailureCode.ASSET_MISSING, folder.name)
    return Catalogue(sentences, LANGUAGES)
