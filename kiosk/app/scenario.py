"""Scenario files (design 4.2): reading and checking. Every error names the file and the line."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from kiosk.app.scenario_yaml import HEAVIEST, ScenarioLoader, is_merge, merged_into, value_of, weight_of
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.staff_actions import ACTIONS, Scope
from kiosk.runtime.clocks import JAPAN

TOP_KEYS = ("name", "title", "persona", "clock", "settings", "terminal", "card", "record", "held", "steps", "outcome")
STEPS = (
    "place_card",
    "remove_card",
    "camera",
    "expect",
    "tap",
    "switch",
    "type",
    "staff",
    "present",
    "fault",
    "device_result",
    "wait",
)
PRESENT_KEYS = ("document", "file", "persona", "layout", "condition", "by")
"""`persona`: whose document it is; `layout` and `condition` are of the specimens. `by`: handed in as a file, which is
usual, or laid under the camera of the reading table."""

PRESENTED_BY = ("file", "camera")

DOCUMENTS = (
    *("portal_screen", "portal_pdf", "screenshot", "notice", "certificate", "old_card"),
    "school_trip_copy",
)
ACCEPTED = (*DOCUMENTS, "card", "phone", "oral", "attestation", "none")
"""What staff may say that they accept: `accept` means nothing where the visit does not allow it."""

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
    "turned",
    "tilted",
    "off_centre",
    "bright",
    "print",
    "print_close",
    "still",
    "alike",
)
EXPECT_KEYS = ("screen", "message", "button", "state", "within")
FAULTS: dict[str, tuple[str, ...] | None] = {
    "reader": ("unplug", "plug", "freeze", "thaw", "slow", "busy", "free", "restart_service"),
    "camera": ("unplug", "plug", "freeze"),
    "printer": ("paper_out", "unplug", "plug"),
    "power": ("cut",),
    "disk": ("full", "free"),
    "terminal": None,  # whatever the scenario's own `terminal:` may be
}
STAFF = ("sato", "suzuki")
STAFF_ACTIONS = tuple(action.name for action in ACTIONS if action.scope is not Scope.RECORD and action.name != "print")
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
    "prescription": None,
}
DEFAULT_CLOCK = datetime(2026, 11, 24, 9, 30, tzinfo=JAPAN)
LONGEST_WAIT = 86_400
"""Seconds of one step: more than a day is a slip of the keyboard."""

MAX_BYTES = 1 << 20
NAME = r"\w[^/\\\x00-\x1f\x7f]{0,63}"
"""A letter or digit of any script, then what a file's name can hold: its folder of pictures is called so."""


@dataclass(frozen=True)
class Step:
    number: int
    line: int
    action: str
    argument: Any = None

    @property
    def place(self) -> str:
        return f"step {self.number} (line {self.line}, {self.action}): "


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
    held: Mapping[str, Any] | str | None = None  # what the facility holds of the persona; "none": never here before
    steps: tuple[Step, ...] = ()
    outcomes: tuple[Mapping[str, Any], ...] = ()  # one for each visit, or one for the last
    lines: Mapping[str, int] = field(default_factory=dict)  # where each key stands, e.g. "card.pin"


DEEPEST_KEY = 2
"""Dots in the deepest key that an error may name, as in `settings.flow.pace`."""

SHOWN_MOST = 60
"""Characters of a wrong word that its error repeats."""


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def load_scenario(path: Path) -> Scenario:
    """Raises `Fatal(SCENARIO_WRONG)`; its detail is `file:line: what`."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise Fatal(FailureCode.SCENARIO_WRONG, f"{path.name}: > {MAX_BYTES} bytes")
        root = yaml.compose(content.decode("utf-8"), Loader=ScenarioLoader)
        if root is not None and weight_of(root) > HEAVIEST:
            raise Fatal(FailureCode.SCENARIO_WRONG, f"{path.name}: aliases lead back or to more than {HEAVIEST} values")
    except OSError as error:
        raise Fatal(FailureCode.SCENARIO_WRONG, f"{path.name}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise Fatal(FailureCode.SCENARIO_WRONG, f"{path.name}: {type(error).__name__}") from None
    except RecursionError:
        raise Fatal(FailureCode.SCENARIO_WRONG, f"{path.name}: too deep") from None
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
        self._lines: dict[str, int] = {}

    def wrong(self, node: yaml.Node, what: str) -> Fatal:
        return Fatal(FailureCode.SCENARIO_WRONG, f"{self._path.name}:{node.start_mark.line + 1}: {what}")

    def read(self, root: yaml.Node | None) -> Scenario:
        if root is None:
            raise Fatal(FailureCode.SCENARIO_WRONG, f"{self._path.name}:1: {', '.join(TOP_KEYS)}")
        top = {key: node for key, node in self._mapping(root, TOP_KEYS).items() if not _is_empty(node)}
        for key, node in top.items():
            self._note_lines(key, node)  # before values are made of them, which writes merged keys out
        values: dict[str, Any] = {}
        for key in ("name", "title", "persona"):
            if key in top:
                values[key] = self._text(top[key])
        if "clock" in top:
            values["clock"] = self._moment(top["clock"])
        for key in ("settings", "terminal", "card", "record"):
            if key in top:
                values[key] = self._plain_mapping(top[key])
        if "held" in top:
            values["held"] = self._value(top["held"])
        if "steps" in top:
            values["steps"] = self._steps(top["steps"])
        if "outcome" in top:
            values["outcomes"] = self._outcomes(top["outcome"])
        values["name"] = unicodedata.normalize("NFC", values.get("name", self._path.stem))
        if not re.fullmatch(NAME, values["name"]):
            raise self.wrong(top.get("name", root), f"name: {NAME}")
        return Scenario(path=self._path, lines=self._lines, **values)

    def _mapping(self, node: yaml.Node, known: tuple[str, ...]) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(node, f"mapping expected ({', '.join(known)})")
        found: dict[str, yaml.Node] = {}
        own = [(key, value) for key, value in node.value if not is_merge(key)]
        for key_node, value in own:
            key = self._key(key_node)
            if key in found:
                raise self.wrong(key_node, f"'{key}' stands twice")
            found[key] = value
        for key_node, value in merged_into(node):
            found.setdefault(self._key(key_node), value)
        for key_node, _ in (*own, *merged_into(node)):
            if (key := self._key(key_node)) not in known:
                raise self.wrong(key_node, f"unknown key '{key[:SHOWN_MOST]}' ({', '.join(known)})")
        return found

    def _key(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.wrong(node, "a key is one word")
        return str(node.value)

    def _note_lines(self, where: str, node: yaml.Node) -> None:
        self._lines[where] = node.start_mark.line + 1
        steps = where.partition(".")[0] in ("steps", "outcome")
        if steps or where.count(".") == DEEPEST_KEY or not isinstance(node, yaml.MappingNode):
            return
        seen: set[str] = set()
        for key_node, value in node.value:
            if is_merge(key_node):
                continue
            key = self._key(key_node)
            if key in seen:
                raise self.wrong(key_node, f"'{key}' stands twice")
            seen.add(key)
            self._note_lines(f"{where}.{key}", value)
            self._lines[f"{where}.{key}"] = key_node.start_mark.line + 1

    def _value(self, node: yaml.Node) -> Any:
        try:
            return value_of(node)
        except yaml.MarkedYAMLError as error:
            raise self.wrong(node, error.problem or "YAML") from None
        except (yaml.YAMLError, ValueError, TypeError) as error:
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
            try:
                return (value if value.tzinfo else value.replace(tzinfo=JAPAN)).astimezone(JAPAN)
            except OverflowError:
                raise self.wrong(node, "date and time expected, e.g. 2026-11-24T09:30:00+09:00") from None
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
            if action == "type" and isinstance(argument, dict):
                argument |= self._as_written(where)
        if action not in STEPS:
            raise self.wrong(node, f"unknown step '{action}' ({', '.join(STEPS)})")
        self._check_argument(action, argument, where)
        return Step(number, line, action, argument)

    def _as_written(self, node: yaml.Node) -> Mapping[str, str]:
        """The scalars of a mapping as text: a PIN without quotes keeps its leading zeros."""
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        return {self._key(key): str(value.value) for key, value in pairs if isinstance(value, yaml.ScalarNode)}

    def _check_argument(self, action: str, argument: Any, node: yaml.Node) -> None:
        match action:
            case "place_card":
                if argument is not None and not isinstance(argument, str):
                    raise self.wrong(node, "place_card: the name of a persona, or nothing")
            case "remove_card":
                if argument is not None:
                    raise self.wrong(node, "remove_card: nothing follows it")
            case "camera":
                self._one_of(argument, CAMERA_SCENES, node, "camera")
            case "expect":
                self._known_keys(argument, EXPECT_KEYS, node)
                for key in set(argument) - {"within"}:
                    self._require_text(argument[key], node, f"expect.{key}")
                self._seconds(argument.get("within", 0), node, "expect.within")
            case "tap" | "switch" | "device_result":
                self._require_text(argument, node, action)
            case "type":
                self._known_keys(argument, ("field", "text"), node, all_needed=True)
                self._require_text(argument["field"], node, "type.field")
                self._require_text(argument["text"], node, "type.text")
            case "staff":
                self._known_keys(argument, ("action", "staff", "reason", "document", "index"), node)
                self._one_of(argument.get("action"), STAFF_ACTIONS, node, "staff.action")
                self._require_text(argument.get("reason") or "", node, "staff.reason")
                self._one_of(argument.get("document", ACCEPTED[0]), ACCEPTED, node, "staff.document")
                self._index(argument.get("index", 0), node)
                self._one_of(argument.get("staff", STAFF[0]), STAFF, node, "staff.staff")
            case "present":
                self._known_keys(argument, PRESENT_KEYS, node)
                self._one_of(argument.get("document"), DOCUMENTS, node, "present.document")
                self._one_of(argument.get("by", PRESENTED_BY[0]), PRESENTED_BY, node, "present.by")
                for key in set(argument) - {"document"}:
                    self._require_text(argument[key], node, f"present.{key}")
            case "fault":
                self._known_keys(argument, tuple(FAULTS), node)
                for device, what in argument.items():
                    known = FAULTS[device]
                    if known is not None:
                        self._one_of(what, known, node, f"fault.{device}")
            case "wait":
                self._seconds(argument, node, "wait")

    def _index(self, value: Any, node: yaml.Node) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.wrong(node, "staff.index: a whole number from 0")

    def _require_text(self, value: Any, node: yaml.Node, what: str) -> None:
        if not isinstance(value, str):
            raise self.wrong(node, f"{what}: text expected")

    def _seconds(self, value: Any, node: yaml.Node, what: str) -> None:
        number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not number or not 0 <= value <= LONGEST_WAIT:
            raise self.wrong(node, f"{what}: seconds expected, at most {LONGEST_WAIT}")

    def _known_keys(self, argument: Any, known: tuple[str, ...], node: yaml.Node, *, all_needed: bool = False) -> None:
        if not isinstance(argument, dict) or not argument:
            raise self.wrong(node, f"mapping expected ({', '.join(known)})")
        for key in argument:
            if key not in known:
                raise self.wrong(node, f"unknown key '{key}' ({', '.join(known)})")
        if all_needed and set(argument) != set(known):
            raise self.wrong(node, f"needed: {', '.join(known)}")

    def _one_of(self, value: Any, known: tuple[str, ...], node: yaml.Node, what: str) -> None:
        if not isinstance(value, str) or value not in known:
            raise self.wrong(node, f"unknown {what} '{str(value)[:SHOWN_MOST]}' ({', '.join(known)})")

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
            if known is not None and not (key == "claim_route" and value is None):
                self._one_of(value, known, value_node, key)
            if key in ("consents", "alerts") and not isinstance(value, list):
                raise self.wrong(value_node, f"{key}: list expected")
            expected[key] = value
        return expected
