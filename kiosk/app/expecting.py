"""What an expectation of a scenario does not find on a screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kiosk.domain.screen import PinContent, View


def differences(wanted: Mapping[str, Any], view: View) -> list[str]:
    found: list[str] = []
    if "screen" in wanted and wanted["screen"] != view.screen:
        found.append(f"expected screen {wanted['screen']}, seen {view.screen}")
    if "message" in wanted and wanted["message"] not in view.message_ids():
        found.append(f"expected message {wanted['message']}, seen {', '.join(sorted(view.message_ids()))}")
    if "button" in wanted and wanted["button"] not in view.control_ids():
        found.append(f"expected button {wanted['button']}, seen {', '.join(sorted(view.control_ids()))}")
    if "state" in wanted and _plain(str(wanted["state"])) != _plain(view.state):
        found.append(f"expected state {wanted['state']}, seen {view.state}")
    return found


def not_pressed(control: str, view: View) -> str:
    """Why a finger found no such button."""
    there = f"{control} is there on screen {view.screen} but rests until"
    if isinstance(view.content, PinContent) and control == "pin.ok":
        return f"{there} {view.content.length} digits are entered"
    if any(each.id == control and not each.enabled for each in view.controls):
        return f"{there} the screen has what it asks for"
    return f"no button {control} on screen {view.screen}, there are {', '.join(sorted(view.control_ids()))}"


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()
