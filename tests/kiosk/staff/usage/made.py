"""Entries of made-up visits, and the report over them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from kiosk.domain.rules import RuleTable, load_rules
from kiosk.journal.catalogue import load_catalogue
from kiosk.journal.rules import CatalogueRules
from kiosk.ports.journal import ChainHead, JournalEntry, StoredEntry
from kiosk.staff.usage.figures import UsageReport, usage
from kiosk.staff.usage.visits import gather

ASSETS = Path(__file__).parents[4] / "assets"
JAPAN = ZoneInfo("Asia/Tokyo")
ITEMS = ("surgery", "medication", "checkup")
RULES: RuleTable = load_rules(ASSETS / "rules" / "usage.toml")
CATALOGUE = load_catalogue((ASSETS / "rules" / "journal.toml").read_bytes())

Moment = tuple[datetime, JournalEntry]


def at(day: str, time: str = "09:30:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=JAPAN)


def visit(
    name: str,
    opened: datetime,
    *,
    by: str | None = "card",
    answered: bool = True,
    seconds: float = 20,
    closed: bool = True,
    extra: Iterable[JournalEntry] = (),
    **fields: str | int,
) -> list[Moment]:
    """One visit; `fields` are those of its end that differ from an accepted one with the card."""
    entries = [JournalEntry("visit.opened", {"language": "ja"}, name)]
    if by is not None:
        entries.append(JournalEntry("eligibility.asked", {"by": by}, name))
    if answered:
        entries.append(JournalEntry("eligibility.answered", {"eligibility": "valid"}, name))
    moments = [(opened, entry) for entry in (*entries, *extra)]
    end = {
        "status": "accepted",
        "identity": "face",
        "eligibility": "valid",
        "document": "card",
        "claim_route": "normal",
    }
    if closed:
        moments.append((opened + timedelta(seconds=seconds), JournalEntry("visit.closed", {**end, **fields}, name)))
    return moments


def stored(moments: Iterable[Moment]) -> list[StoredEntry]:
    """As the journal holds them."""
    rules, head, rows = CatalogueRules(CATALOGUE), None, []
    for moment, entry in moments:
        rows.append(rules.seal(head, entry, moment))
        head = ChainHead(rows[-1].seq, rows[-1].hash)
    return rows


def report(moments: Iterable[Moment], first: str, last: str, **options: object) -> UsageReport:
    return usage(
        gather(stored(moments)),
        date.fromisoformat(first),
        date.fromisoformat(last),
        at(last, "18:00:00"),
        RULES,
        consent_items=ITEMS,
        **options,  # type: ignore[arg-type]
    )
