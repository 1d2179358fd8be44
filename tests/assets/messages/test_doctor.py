"""Sentences of the readiness report: all that the code names are there, and none that it does not."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from kiosk.staff.readiness import State

ROOT = Path(__file__).parents[3]
SENTENCES: dict[str, dict[str, str]] = {
    name: sentence
    for path in sorted((ROOT / "assets/messages").glob("*.yaml"))
    for name, sentence in yaml.safe_load(path.read_text(encoding="utf-8")).items()
    if name.startswith(("doctor.", "journal.chain."))
}
SOURCES = [
    *sorted((ROOT / "kiosk/staff").rglob("*.py")),
    *sorted((ROOT / "kiosk/app").glob("*check*.py")),
    *(ROOT / "kiosk/app" / name for name in ("simulation.py", "doctor.py")),
    ROOT / "kiosk/journal/chain.py",
]
DEVICES = ("reader", "camera")


def named_by_code() -> set[str]:
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    found = set(re.findall(r'"((?:doctor|journal\.chain)\.[a-z_.]+[a-z])"', code))
    found |= {f"doctor.state.{state.value}" for state in State}
    for device in DEVICES:
        found |= {
            f"doctor.{device}.{end}" for end in ("ok", "simulated", "beside", "not_configured", "not_configured.remedy")
        }
    found |= {f"doctor.front_camera.{end}" for end in ("ok", "not_configured", "not_configured.remedy")}
    return found | {"doctor.models.ok", "doctor.document_camera.ok"}


def test_sentences_and_code_fit() -> None:
    names = {name for name in SENTENCES if re.fullmatch(r"doctor\.[a-z_]+\.name", name)}
    assert set(SENTENCES) - names == named_by_code()


def test_both_languages_are_there() -> None:
    for name, sentence in SENTENCES.items():
        assert set(sentence) == {"ja", "en"}, name
        placeholders = [set(re.findall(r"\[\[(\w+)\]\]", text)) for text in sentence.values()]
        assert placeholders[0] == placeholders[1], name
