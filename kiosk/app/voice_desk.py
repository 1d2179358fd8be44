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
            output, catalogue, assets / "sounds", earcons=settings.earcons, headphones_only=settings.headphones_only
        )
        self._plugged = False
        self._voice_on = False
        self._end = clock.every(JACK_SECONDS, self._look) if settings.jack else lambda: None

    def shown(self, view: View) -> None:
        self._voice_on = view.voice_on
        self.speaker.shown(view)

    def close(self) -> None:
        self._end()
        self._output.close()

    def _look(self) -> None:
        """Whoever plugs headphones in wants to hear; whoever pulls them out takes the voice along."""
        plugged = self._output.headphones()
        changed, self._plugged = plugged is not self._plugged, plugged
        if changed and self._settings.headphones_speak and self._voice_on is not plugged:
            self._press("voice")
