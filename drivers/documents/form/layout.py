"""Where things stand on a sheet, read from TOML (`assets/forms/attestation.toml` explains the kinds)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.domain.failures import FailureCode, Fatal

LIMIT = 1_000_000
_PARTS = {"frame": 4, "bar": 4, "label": 4, "field": 4, "picture": 4, "box": 2}
_WORDS = ("text", "value", "tick", "label", "blank", "align", "blank_align")
_NUMBERS = ("size", "least", "line", "edge", "blank_size", "page")


@dataclass(frozen=True)
class Element:
    """One thing on the sheet, millimetres from the top left corner of its page. `page` counts from 1."""

    kind: str
    x: float
    y: float
    width: float = 0.0
    height: float = 0.0
    text: str = ""
    value: str = ""
    tick: str = ""
    label: str = ""
    blank: str = ""
    align: str = "left"
    blank_align: str = "middle"
    bold: bool = False
    size: float = 0.0  # points
    least: float = 5.0
    line: float = 0.3
    edge: float = 5.0
    blank_size: float = 0.0
    page: int = 1


@dataclass(frozen=True)
class Layout:
    title: str
    width: float
    height: float
    elements: tuple[Element, ...]

    @property
    def pages(self) -> int:
        return max((element.page for element in self.elements), default=1)


def load_layout(path: Path, code: FailureCode = FailureCode.FORM_TEMPLATE_WRONG) -> Layout:
    """Raises `Fatal(code)` with the file's name and what is wrong in it."""
    try:
        with path.open("rb") as file:
            content = file.read(LIMIT + 1)
        data = tomllib.loads(content.decode("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Fatal(code, f"{path.name}: {error if isinstance(error, ValueError) else type(error).__name__}") from None
    page = data.get("page", [210, 297])
    if not (isinstance(page, list) and len(page) == 2 and all(_is_number(n) and 10 <= n <= 2000 for n in page)):
        raise Fatal(code, f"{path.name}: page")
    elements = data.get("element")
    if not isinstance(elements, list):
        raise Fatal(code, f"{path.name}: element")
    read = tuple(_element(item, f"{path.name}: element {number}", code) for number, item in enumerate(elements, 1))
    return Layout(str(data.get("title", path.stem)), float(page[0]), float(page[1]), read)


def _element(item: Any, where: str, code: FailureCode) -> Element:
    kind = item.get("kind") if isinstance(item, dict) else None
    if not isinstance(kind, str) or kind not in _PARTS:
        raise Fatal(code, f"{where}: kind ({', '.join(_PARTS)})")
    at = item.get("at")
    parts = _PARTS[kind]
    if not isinstance(at, list) or len(at) != parts or not all(_is_number(n) for n in at):
        raise Fatal(code, f"{where}: at ({parts})")
    values: dict[str, Any] = {}
    for key, value in item.items():
        if key in ("kind", "at"):
            continue
        good = (key in _WORDS and isinstance(value, str)) or (key in _NUMBERS and _is_number(value) and value > 0)
        if not good and not (key == "bold" and isinstance(value, bool)):
            raise Fatal(code, f"{where}: {key}")
        values[key] = value
    _check_page(values, where, code)
    needed = {"field": "value", "picture": "value", "box": "tick", "label": "text", "bar": "text"}.get(kind)
    if needed and not values.get(needed):
        raise Fatal(code, f"{where}: {needed}")
    x, y, width, height = (*(float(n) for n in at), 0.0, 0.0)[:4]
    return Element(kind, x, y, width, height, **values)


def _check_page(values: Mapping[str, Any], where: str, code: FailureCode) -> None:
    if not isinstance(values.get("page", 1), int) or values.get("page", 1) > 20:
        raise Fatal(code, f"{where}: page")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -10_000 < value < 10_000
