from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.app import journal_handbook
from kiosk.app.journal import event_catalogue
from kiosk.app.journal_handbook import PAGE, page
from kiosk.app.paths import ASSETS
from kiosk.domain.rules import load_rules


def test_handbook_is_what_the_catalogue_says() -> None:
    """Made anew by `python -m kiosk.app.journal_handbook`."""
    made = page(event_catalogue(), load_rules(ASSETS / "rules" / "retention.toml"))
    assert PAGE.read_text(encoding="utf-8") == made


def test_writing_it_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_handbook, "PAGE", tmp_path / "journal.md")
    journal_handbook.main()
    assert (tmp_path / "journal.md").read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")


def test_page_names_every_event_and_marks_what_is_personal() -> None:
    text, catalogue = PAGE.read_text(encoding="utf-8"), event_catalogue()
    assert all(f"| `{name}` |" in text for name in catalogue.events)
    personal = [f.name for rule in catalogue.events.values() for f in rule.fields.values() if f.personal]
    assert text.count("**個人 personal**") == len(personal) > 0
