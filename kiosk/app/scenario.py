"""Scenario files (design 4.2): reading and checking. Every error names the file and the line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from kiosk.domain.failures import FailureCode, Fatal
from kiosk.runtime.clocks import JAPAN

TOP_KEYS = ("name", "title", "persona", "clock", "settings", "terminal", "card", "record", "steps", "outcome")
STEPS = (
    "place_card",
    "remove_card",
    "camera",
    "expect",
    "tap",
    "type",
    "staff",
    "present",
    "fault",
    "device_result",
    "wait",
)
CAMERA_SCENES = (
    "self",
    "other",
    "none",
    "two",
    "dark",
    "backlit",
    "near",
    "far",
    "masked",
    "blurred",
    "screen",
)
EXPECT_KEYS = ("screen", "message", "button", "state", "within")
STAFF_ACTIONS = ("visual_check", "refuse", "take_over", "accept", "choose", "requery", "cancel")
OUTCOME_KEYS: dict[str, tuple[str, ...] | None] = {
    "status": ("accepted", "handed_to_staff", "abandoned"),
    "identity": ("face", "pin", "visual", "device", "document", "none"),
    "eligibility": (
        "valid",
        "invalid",
        "invalid_newer",
        "not_found",
        "multiple",
        "not_registered_facility",
        "unconfirmed",
    ),
    "document": (
        "card",
        "phone",
        "portal_screen",
        "portal_pdf",
        "notice",
        "certificate",
        "old_card",
        "oral",
        "attestation",
        "none",
    ),
    "claim_route": ("normal", "1", "2", "3"),
    "consents": None,
    "decision": None,
    "share": None,
    "alerts": None,
}
DEFAULT_CLOCK = datetime(2026, 11, 24, 9, 30, tzinfo=JAPAN)


@dataclass(frozen=True)
class Step:
    number: int
    line: int
    action: str
    argument: Any = None


@dataclass(frozen=True)
class Scenario:
    name: str
    path: Path
    title: str = ""
    persona: str = "hanako"
    clock: datetime = DEFAULT_CLOCK
    settings: Mapping[str, Any] = field(default_factory=dict)
    terminal: Mapping[str, Any] = field(default_factory=dict)
    card: Mapping[str, Any] = field(default_factory=dict)
    record: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    outcomes: tuple[Mapping[str, Any], ...] = ()  # one for each visit, or one for the last


def load_scenario(path: Path) -> Scenario:
    """Raises `Fatal(SCENARIO_WRONG)`; its detail is `file:line: what`."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise Fatal(FailureCode.SCENARIO_WRONG, f"{path.name}: {type(error).__name__}") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Fatal(FailureCode.SCENARIO_WRONG, f"{path.name}:{line}: {error.problem}") from None
    except yaml.YAMLError:
        raise Fatal(FailureCode.SCENARIO_WRONG, f"{path.name}: YAML") from None
    return _Reader(path).read(root)


class _Reader:
    """Turns YAML nodes into a scenario; nodes know their lines."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def wrong(self, node: yaml.Node, what: str) -> Fatal:
        return Fatal(FailureCode.SCENARIO_WRONG, f"{self._path.name}:{node.start_mark.line + 1}: {what}")

    def read(self, root: yaml.Node | None) -> Scenario:
        if root is None:
            raise Fatal(FailureCode.SCENARIO_WRONG, f"{self._path.name}:1: {', '.join(TOP_KEYS)}")
        top = self._mapping(root, TOP_KEYS)
        values: dict[str, Any] = {}
        for key in ("name", "title", "persona"):
            if key in top:
                values[key] = self._text(top[key])
        if "clock" in top:
            values["clock"] = self._moment(top["clock"])
        for key in ("settings", "terminal", "card", "record"):
            if key in top:
                values[key] = self._plain_mapping(top[key])
        if "steps" in top:
            values["steps"] = self._steps(top["steps"])
        if "outcome" in top:
            values["outcomes"] = self._outcomes(top["outcome"])
        values.setdefault("name", self._path.stem)
        return Scenario(path=self._path, **values)

    def _mapping(self, node: yaml.Node, known: tuple[str, ...]) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(node, f"mapping expected ({', '.join(known)})")
        found: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            key = str(self._value(key_node))
            if key not in known:
                raise self.wrong(key_node, f"unknown key '{key}' ({', '.join(known)})")
            if key in found:
                raise self.wrong(key_node, f"'{key}' stands twice")
            found[key] = value
        return found

    def _value(self, node: yaml.Node) -> Any:
        try:
            return yaml.SafeLoader("").construct_document(node)
        except (yaml.YAMLError, ValueError) as error:
            raise self.wrong(node, str(error).splitlines()[0]) from None

    def _plain_mapping(self, node: yaml.Node) -> Mapping[str, Any]:
        value = self._value(node)
        if value is None:
            return {}
        if not isinstance(value, dict) or not all(isinstance(k, str) for k in value):
            raise self.wrong(node, "mapping expected")
        return value

    def _text(self, node: yaml.Node) -> str:
        value = self._value(node)
        if isinstance(value, str | int) and not isinstance(value, bool):
            return str(value)
        raise self.wrong(node, "text expected")

    def _moment(self, node: yaml.Node) -> datetime:
        value = self._value(node)
        if isinstance(value, str):
            try:
                value = datetime.fromisoformat(value)
            except ValueError:
                raise self.wrong(node, "date and time expected, e.g. 2026-11-24T09:30:00+09:00") from None
        if isinstance(value, datetime):
            return (value if value.tzinfo else value.replace(tzinfo=JAPAN)).astimezone(JAPAN)
        if isinstance(value, date):
            return datetime(value.year, value.month, value.day, 9, 30, tzinfo=JAPAN)
        raise self.wrong(node, "date and time expected, e.g. 2026-11-24T09:30:00+09:00")

    def _steps(self, node: yaml.Node) -> tuple[Step, ...]:
        if not isinstance(node, yaml.SequenceNode):
            raise self.wrong(node, "list of steps expected")
        return tuple(self._step(number, item) for number, item in enumerate(node.value, 1))

    def _step(self, number: int, node: yaml.Node) -> Step:
        line = node.start_mark.line + 1
        argument: Any = None
        where = node
        if isinstance(node, yaml.ScalarNode):
            action = str(self._value(node))
        else:
            found = self._mapping(node, STEPS)
            if len(found) != 1:
                raise self.wrong(node, f"one action per step ({', '.join(STEPS)})")
            action, where = next(iter(found.items()))
            argument = self._value(where)
        if action not in STEPS:
            raise self.wrong(node, f"unknown step '{action}' ({', '.join(STEPS)})")
        self._check_argument(action, argument, where)
        return Step(number, line, action, argument)

    def _check_argument(self, action: str, argument: Any, node: yaml.Node) -> None:
        match action:
            case "camera":
                self._one_of(argument, CAMERA_SCENES, node, "camera")
            case "expect":
                self._known_keys(argument, EXPECT_KEYS, node)
            case "tap" | "device_result":
                if not isinstance(argument, str):
                    raise self.wrong(node, f"{action}: text expected")
            case "type":
                self._known_keys(argument, ("field", "text"), node, all_needed=True)
            case "staff":
                self._known_keys(argument, ("action", "staff", "reason", "document", "index"), node)
                self._one_of(argument.get("action"), STAFF_ACTIONS, node, "staff.action")
            case "present":
                self._known_keys(argument, ("document", "file"), node)
            case "fault":
                self._known_keys(argument, ("reader", "camera", "power", "disk", "terminal"), node)
            case "wait":
                if isinstance(argument, bool) or not isinstance(argument, int | float) or argument < 0:
                    raise self.wrong(node, "wait: seconds expected")
            case _:
                pass

    def _known_keys(self, argument: Any, known: tuple[str, ...], node: yaml.Node, *, all_needed: bool = False) -> None:
        if not isinstance(argument, dict) or not argument:
            raise self.wrong(node, f"mapping expected ({', '.join(known)})")
        for key in argument:
            if key not in known:
                raise self.wrong(node, f"unknown key '{key}' ({', '.join(known)})")
        if all_needed and set(argument) != set(known):
            raise self.wrong(node, f"needed: {', '.join(known)}")

    def _one_of(self, value: Any, known: tuple[str, ...], node: yaml.Node, what: str) -> None:
        if value not in known:
            raise self.wrong(node, f"unknown {what} '{value}' ({', '.join(known)})")

    def _outcomes(self, node: yaml.Node) -> tuple[Mapping[str, Any], ...]:
        if isinstance(node, yaml.SequenceNode):
            return tuple(self._outcome(item) for item in node.value)
        return (self._outcome(node),)

    def _outcome(self, node: yaml.Node) -> Mapping[str, Any]:
        found = self._mapping(node, tuple(OUTCOME_KEYS))
        expected: dict[str, Any] = {}
        for key, value_node in found.items():
            value = self._value(value_node)
            known = OUTCOME_KEYS[key]
            if key == "claim_route" and isinstance(value, int) and not isinstance(value, bool):
                value = str(value)
            if known is not None and value is not None:
                self._one_of(value, known, value_node, key)
            if key in ("consents", "alerts") and not isinstance(value, list):
                raise self.wrong(value_node, f"{key}: list expected")
            expected[key] = value
        return expected
