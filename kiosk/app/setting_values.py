"""Values of settings: of the kind of their default, and none that no setting could mean."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from kiosk.domain.failures import FailureCode, Fatal

MOST = 1_000_000_000
"""Of any number: what is more is a slip, and no timer can wait for it."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def section_of(current: Any, values: Mapping[str, Any], where: str, code: FailureCode) -> Any:
    """A copy of a section with values replaced. Raises `Fatal(code)` naming the setting and what it may be."""
    fields = {f.name: getattr(current, f.name) for f in dataclasses.fields(current)}
    settable = {name: value for name, value in fields.items() if isinstance(value, bool | int | float | str | tuple)}
    replaced: dict[str, Any] = {}
    for name, value in values.items():
        if name not in settable:
            raise Fatal(code, f"{where}.{name} ({', '.join(sorted(settable))})")
        replaced[name] = _value(settable[name], value, f"{where}.{name}", code)
    return dataclasses.replace(current, **replaced)


def _value(default: Any, value: Any, where: str, code: FailureCode) -> Any:
    if isinstance(default, bool):
        if isinstance(value, bool):
            return value
        raise Fatal(code, f"{where}: true | false")
    if isinstance(default, tuple):
        if isinstance(value, list) and all(isinstance(v, str) and not _CONTROL.search(v) for v in value):
            return tuple(value)
        raise Fatal(code, f"{where}: [text, …]")
    if isinstance(default, str):
        if isinstance(value, str) and not _CONTROL.search(value):
            return value
        raise Fatal(code, f"{where}: text")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST:
        raise Fatal(code, f"{where}: number >= 0, <= {MOST}")
    if isinstance(default, int) and not isinstance(value, int):
        raise Fatal(code, f"{where}: whole number")
    return float(value) if isinstance(default, float) else value


def line_of(text: str, detail: str) -> int:
    """The line on which the named setting stands, under its section or with a dot; 1 when it cannot be told."""
    parts = detail.split(":")[0].split(" ")[0].split(".")[1:]
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[([^\]]+)\]", line)
        if header:
            section = header.group(1).strip()
            if parts == [section]:
                return number
            continue
        key = re.match(r"\s*([^=\s]+)\s*=", line)
        if key and ".".join(filter(None, (section, key.group(1)))) in (".".join(parts), parts[0]):
            return number
    return 1
