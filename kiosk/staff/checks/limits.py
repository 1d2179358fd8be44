"""The numbers of the readiness report (`assets/rules/readiness.toml`)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kiosk.domain.failures import FailureCode, Fatal


@dataclass(frozen=True)
class Limits:
    disk_warn_bytes: int
    disk_fail_bytes: int
    clock_earliest: date
    clock_latest: date
    journal_ahead: timedelta


def load_limits(content: bytes) -> Limits:
    """Raises `Fatal(ASSET_MISSING)` for a file that does not hold all of them."""
    try:
        data = tomllib.loads(content.decode("utf-8"))
        disk, clock = _rows(data["disk"]), _rows(data["clock"])
        return Limits(
            int(disk["warn_below_bytes"]),
            int(disk["fail_below_bytes"]),
            _date(clock["earliest"]),
            _date(clock["latest"]),
            timedelta(seconds=int(clock["journal_ahead_seconds"])),
        )
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise Fatal(FailureCode.ASSET_MISSING, f"readiness.toml: {error}") from error


def _rows(table: dict[str, Any]) -> dict[str, Any]:
    return {str(row["name"]): row["value"] for row in table["rows"]}


def _date(value: object) -> date:
    if not isinstance(value, date):
        raise ValueError("a date is expected")
    return value
