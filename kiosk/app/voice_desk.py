"""The voice of one kiosk: what is said, through what, and for whom."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from drivers.sound import ProgramOutput, SilentOutput
from kiosk.app.settings import SoundSettings
from kiosk.domain.messages import Catalogue
from kiosk.domain.screen import View
from kiosk.ports.sound import SoundOutput
from kiosk.runtime.speaker import Speaker

JACK_SECONDS = 1.0
"""Between two looks at the headphones."""


ALARM = "alarm"
ALARMS = 12
"""So often at most: after that nobody is left who could hear it."""


class PeriodicClock(Protocol):
    def every(self, seconds: float, action: Callable[[], None]) -> Callable[[], None]: ...


def open_sound(settings: SoundSettings) -> SoundOutput:
    """What a kiosk sounds through. Silent where nothing can sound, and then for as long as nothing can."""
    return ProgramOutput(settings.device, settings.jack) if settings.on else SilentOutput()


class VoiceDesk:
    """Gets every view that is drawn. `press` presses the control of the voice, for whoever plugs headphones in."""

    def __init__(
        self,
        output: SoundOutput,
        catalogue: Catalogue,
        assets: Path,
        settings: SoundSettings,
        clock: PeriodicClock,
        press: Callable[[str], None],
    ) -> None:
        self._output, self._settings, self._press = output, settings, press
        self.speaker = Speaker(
            output,
            catalogue,
            assets / "sounds",
            earcons=settings.earcons,
            headphones_only=settings.headphones_only,
            on_play=self._plays,
        )
        self.speaks_until = 0.0  # on the scale of `tick`
        self._now = 0.0
        self._plugged = False
        self._voice_on = False
        self._view: View | None = None
        self._focus = ""
        self._alarm_at: float | None = None
        self._alarms_left = 0
        self._end = clock.every(JACK_SECONDS, self._look) if settings.jack else lambda: None

    def shown(self, view: View) -> None:
        before, self._view, self._voice_on = self._view, view, view.voice_on
        self.speaker.shown(view)
        if before is None or before.screen != view.screen:
            self._focus = ""
            self._alarm_at, self._alarms_left = None, ALARMS if view.sound == ALARM else 0
        elif _state_of(before, self._focus) != _state_of(view, self._focus):
            self.speaker.focused(view, self._focus)

    def focused(self, control: str) -> None:
        """The focus came to a control, from a keyboard; or a frame of the switch scanning did."""
        self._focus = control
        if self._view is not None:
            self.speaker.focused(self._view, control)

    def typed(self) -> None:
        """A digit was taken: whoever does not see the dots hears that, not which."""
        if self._view is not None and self._view.voice_on:
            self.speaker.sound(self._view, "key")

    def tick(self, monotonic: float) -> None:
        """Called several times a second: whoever walks away from a card hears the alarm again."""
        self._now = monotonic
        every = self._settings.alarm_seconds
        if not (self._alarms_left and every) or self._view is None:
            return
        if self._alarm_at is None:
            self._alarm_at = monotonic + every
        elif monotonic >= self._alarm_at:
            self._alarm_at = monotonic + every
            self._alarms_left -= 1
            self.speaker.sound(self._view, ALARM)

    def _plays(self, seconds: float) -> None:
        self.speaks_until = self._now + (seconds if self._output.audible() else 0.0)

    def close(self) -> None:
        self._end()
        self._output.close()

    def _look(self) -> None:
        """Whoever plugs headphones in wants to hear; whoever pulls them out takes the voice along."""
        plugged = self._output.headphones()
        changed, self._plugged = plugged is not self._plugged, plugged
        if changed and self._settings.headphones_speak and self._voice_on is not plugged:
            self._press("voice")


def _state_of(view: View, control: str) -> bool | None:
    """Whether it is switched on; None where it is no switch."""
    return next((one.checked for one in view.controls if one.id == control), None)
