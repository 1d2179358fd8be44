"""Notes for staff about a document: what does not fit together. They decide nothing (documents reference 2.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from drivers.documents.cage import Opened
from drivers.documents.layout import Glyph, rows_of
from drivers.documents.vocabulary import Vocabulary
from kiosk.domain.documents import DocumentType, Field, FieldKey
from kiosk.domain.insurance import age_on, insurer
from kiosk.domain.rules import load_rules

_INSURERS = Path(__file__).resolve().parents[2] / "assets" / "rules" / "insurers.toml"
_UNEVEN = 0.12  # of the height: baselines of one line differ less
_TELLING = (FieldKey.INSURER_NO, FieldKey.NUMBER, FieldKey.BIRTH, FieldKey.RATIO, FieldKey.VALID_TO)


def notes_of(
    kind: DocumentType,
    fields: Mapping[FieldKey, Field],
    words: Vocabulary,
    today: date,
    opened: Opened | None,
    glyphs: Sequence[Sequence[Glyph]],
) -> set[str]:
    """Ids of `document.warning.<id>`."""
    days = {key: _day(fields, key) for key in FieldKey}
    notes = _order_of_dates(days, today) | _insurer(fields, days[FieldKey.BIRTH], words, today)
    checked = days[FieldKey.CHECKED_AT]
    if checked is not None and today - checked > timedelta(days=words.old_copy_days):
        notes.add("old_copy")
    ends, given = days[FieldKey.VALID_TO], days[FieldKey.ISSUED]
    if ends is not None and ends < today:
        notes.add("past_its_date")
    begins = days[FieldKey.VALID_FROM]
    if begins is not None and begins > today:
        notes.add("not_in_force_yet")
    if kind is DocumentType.CERTIFICATE and ends and given and ends.year - given.year > words.certificate_years:
        notes.add("valid_too_long")
    if opened is not None:
        if any(editor in opened.producer.lower() for editor in words.editors):
            notes.add("made_with_an_editor")
        if any(_uneven(page) for page in glyphs):
            notes.add("uneven_line")
        if _odd_font(fields, glyphs):
            notes.add("odd_font")
    return notes


def _day(fields: Mapping[FieldKey, Field], key: FieldKey) -> date | None:
    found = fields.get(key)
    if found is None or found.value is None:
        return None
    try:
        return date.fromisoformat(found.value)
    except ValueError:
        return None


def _order_of_dates(days: Mapping[FieldKey, date | None], today: date) -> set[str]:
    """birth <= acquired <= issued <= checked <= today, and no paper ends before it begins."""
    chain = [days[k] for k in (FieldKey.BIRTH, FieldKey.ACQUIRED, FieldKey.ISSUED, FieldKey.CHECKED_AT)] + [today]
    known = [day for day in chain if day is not None]
    starts, ends = days[FieldKey.VALID_FROM], days[FieldKey.VALID_TO]
    if known != sorted(known) or (starts and ends and ends < starts):
        return {"dates_out_of_order"}
    return set()


def _insurer(fields: Mapping[FieldKey, Field], born: date | None, words: Vocabulary, today: date) -> set[str]:
    found = fields.get(FieldKey.INSURER_NO)
    if found is None:
        return set()
    if found.value is None:
        return {"insurer_number_wrong"} if found.warning == "check_digit" else set()
    known = insurer(found.value, load_rules(_INSURERS), today)
    if known is None or known.public_expense:
        return {"insurer_unknown"}
    notes = set()
    if known.scheme == "late_elderly" and born and age_on(born, today) < words.late_elderly_age:
        notes.add("too_young_for_insurer")
    named = fields.get(FieldKey.INSURER_NAME)
    if named and named.value and "後期高齢者" in named.value and known.scheme != "late_elderly":
        notes.add("insurer_name_differs")
    return notes


def _uneven(page: Sequence[Glyph]) -> bool:
    """A digit that stands higher or lower than those beside it was put there later."""
    for row in rows_of(page):
        for one, other in zip(row.glyphs, row.glyphs[1:], strict=False):
            near = other.left - one.right < 0.2 * row.em
            digits = one.text.isdecimal() and other.text.isdecimal()
            if near and digits and abs(one.bottom - other.bottom) > _UNEVEN * row.height:
                return True
    return False


def _odd_font(fields: Mapping[FieldKey, Field], glyphs: Sequence[Sequence[Glyph]]) -> bool:
    """A font of which the page holds nothing but one telling value, or a part of it."""
    fonts = Counter(g.font for page in glyphs for g in page if g.text.isdecimal())
    if len(fonts) < 2 or sum(fonts.values()) < 20:
        return False
    rare = min(fonts, key=lambda font: fonts[font])
    printed = "".join(g.text for page in glyphs for g in page if g.font == rare and not g.text.isspace())
    return any(
        (field := fields.get(key)) is not None and printed in "".join(field.original.split()) for key in _TELLING
    )
