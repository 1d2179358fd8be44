"""What a screen reader does, by the library that Orca uses. Runs on the system's own Python, which has that library.

Takes one JSON object a line on stdin and answers each with one on stdout:

    {"do": "read", "window": W}              what is showing there, in the order of the tree
    {"do": "press", "window": W, "role": R, "name": N} or {…, "id": I}
    {"do": "heard"}                          announcements so far, each with whether it interrupts

`W` is the beginning of the window's class. A press takes the one control of that role and name, or object name.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

ASSERTIVE = 2
heard: list[tuple[str, bool]] = []
loop = GLib.MainLoop()


def windows() -> Iterator[Any]:
    desktop = Atspi.get_desktop(0)
    for number in range(desktop.get_child_count()):
        application = desktop.get_child_at_index(number)
        if application is None:
            continue
        application.set_cache_mask(Atspi.Cache.NONE)
        for place in range(application.get_child_count()):
            if (window := application.get_child_at_index(place)) is not None:
                yield window


def inside(element: Any) -> Iterator[Any]:
    """What is showing, from top to bottom."""
    if element is None:  # has just gone
        return
    states = element.get_state_set()
    if states.contains(Atspi.StateType.SHOWING) and states.contains(Atspi.StateType.VISIBLE):
        yield element
        for number in range(element.get_child_count()):
            yield from inside(element.get_child_at_index(number))


def elements(kind: str) -> list[Any]:
    return [e for w in windows() if w.get_accessible_id().rpartition(".")[2].startswith(kind) for e in inside(w)]


def told(element: Any) -> dict[str, Any]:
    states = [state.value_nick for state in element.get_state_set().get_states()]
    text = element.get_text_iface()
    value = element.get_value_iface()
    return {
        "role": element.get_role_name(),
        "name": element.get_name(),
        "description": element.get_description(),
        "states": states,
        "text": None if text is None else Atspi.Text.get_text(text, 0, -1),
        "value": None if value is None else value.get_current_value(),
        "id": element.get_accessible_id().rpartition("Window.")[2],
    }


def press(command: dict[str, Any]) -> dict[str, Any]:
    """Says what there is where nothing fits."""
    all_here = elements(command["window"])
    if "id" in command:
        fitting = [e for e in all_here if e.get_accessible_id().endswith("." + command["id"])]
    else:
        fitting = [e for e in all_here if (e.get_role_name(), e.get_name()) == (command["role"], command["name"])]
    usable = [e for e in fitting if e.get_state_set().contains(Atspi.StateType.SENSITIVE)]
    if len(usable) != 1:
        return {"pressed": False, "there": [f"{e.get_role_name()} {e.get_name()}" for e in all_here]}
    actions = usable[0].get_action_iface()
    names = [Atspi.Action.get_action_name(actions, n) for n in range(actions.get_n_actions())]
    number = next(n for n, name in enumerate(names) if name in ("Press", "Toggle"))
    return {"pressed": bool(actions.do_action(number))}


def answer(command: dict[str, Any]) -> Any:
    if command["do"] == "read":
        return [told(element) for element in elements(command["window"])]
    if command["do"] == "press":
        return press(command)
    return heard


def commanded(_source: Any, _condition: Any) -> bool:
    line = sys.stdin.readline()
    if not line:
        loop.quit()
        return False
    try:
        said = answer(json.loads(line))
    except (GLib.Error, AttributeError) as error:  # what was being read has just gone
        said = {"pressed": False, "gone": str(error)}
    print(json.dumps(said), flush=True)
    return True


def announced(event: Any) -> None:
    heard.append((str(event.any_data), event.detail1 == ASSERTIVE))


Atspi.init()
listener = Atspi.EventListener.new(announced)
listener.register("object:announcement")
GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, commanded)
print(json.dumps("ready"), flush=True)
loop.run()
