from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.app import decision_handbook
from kiosk.app.catalogue import load_catalogue
from kiosk.app.claim import claim_rules
from kiosk.app.decision_handbook import PAGE, page
from kiosk.app.paths import ASSETS


def test_handbook_is_what_the_data_say() -> None:
    """Made anew by `python -m kiosk.app.decision_handbook`."""
    assert PAGE.read_text(encoding="utf-8") == page(claim_rules().table, load_catalogue(ASSETS / "messages"))


def test_writing_it_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decision_handbook, "PAGE", tmp_path / "decisions.md")
    decision_handbook.main()
    assert (tmp_path / "decisions.md").read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")


def test_page_holds_every_row_in_both_languages() -> None:
    text = PAGE.read_text(encoding="utf-8")
    table = claim_rules().table
    for row in (*table.rows, *table.beside):
        assert text.count(f"| {row.id} |") == 2 * sum(other.id == row.id for other in (*table.rows, *table.beside))
