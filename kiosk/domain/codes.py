"""Code lists of the eligibility interface: what a value means.

Source: eligibility interface reference 1.6 (tables OQSCD001 to 044). The lists are sections of
`assets/rules/codes.toml`, by element name or, where that is not public, by table number.
"""

from __future__ import annotations

from datetime import date

from kiosk.domain.rules import RuleTable


def code_text(codes: RuleTable, element: str, code: str | None, on: date, language: str = "ja") -> str | None:
    """The meaning of a value on a day, e.g. 適用区分 "A03" → "ウ". None for an unknown list or value: then the value
    itself is shown."""
    if code is None:
        return None
    row = codes.first(_section(codes, element, on), on, code=code)
    text = row.get(language) if row else None
    return text if isinstance(text, str) else None


def _section(codes: RuleTable, element: str, on: date) -> str:
    alias = codes.first("alias", on, element=element)
    return alias.text("list") if alias else element
