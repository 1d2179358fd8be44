"""How somebody who can press one or two switches uses the kiosk: what the settings say of it."""

from __future__ import annotations

from dataclasses import dataclass

OFF, AUTO, STEP = "off", "auto", "step"
MODES = (OFF, AUTO, STEP)

KEYS = (
    *(f"F{number}" for number in range(1, 25)),
    *("Space", "Return", "Enter", "Tab", "Insert", "Home", "End", "PageUp", "PageDown", "Left", "Right", "Up", "Down"),
)
"""What a switch may send: no key that writes something."""

LEAST_SECONDS, MOST_SECONDS = 0.5, 20.0


@dataclass(frozen=True)
class Switches:
    """`auto`: the frame moves by itself every `seconds` and `choose` takes what it stands on; it rests after `rounds`
    rounds. `step`: `onward` moves it. With `auto`, `onward` may be empty: one switch is enough. Presses within
    `ignore` seconds of one another are a hand that trembles."""

    mode: str = OFF
    seconds: float = 2.0
    rounds: int = 4
    choose: str = "F7"
    onward: str = "F8"
    ignore: float = 0.3

    def wrong(self) -> str | None:
        """What is wrong with it, as a line for the settings; None when nothing is."""
        if self.mode not in MODES:
            return f"scanning: {' | '.join(MODES)}"
        if not LEAST_SECONDS <= self.seconds <= MOST_SECONDS:
            return f"scan_seconds: {LEAST_SECONDS:g} … {MOST_SECONDS:g}"
        if self.rounds < 1:
            return "scan_rounds: 1 …"
        if self.ignore >= self.seconds:
            return f"ignore_seconds: 0 … {self.seconds:g}"
        if self.choose not in KEYS:
            return f"choose_key: {', '.join(KEYS)}"
        alone = self.mode != STEP and not self.onward
        if not alone and (self.onward not in KEYS or self.onward == self.choose):
            return f"next_key: {', '.join(key for key in KEYS if key != self.choose)}"
        return None
