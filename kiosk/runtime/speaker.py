"""Says what the screen shows, and sounds when it changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kiosk.domain.messages import Catalogue, Text
from kiosk.domain.screen import CameraContent, View
from kiosk.domain.speech import label_of, said_in, sound_name, utterance
from kiosk.ports.sound import SoundOutput

SUFFIX = ".opus"

BYTES_PER_SECOND = 2000.0
"""Of a sound file, about."""


class Speaker:
    """Gets every view. `sounds` holds `earcons/<name>.opus` and `voice/<language>/<digest>.opus`; what has no file is
    not said. Whatever sounds ends when another screen comes. `headphones_only`: sentences are for headphones, the short
    sounds for everybody. `on_play` hears how many seconds, about, what begins to sound will take."""

    def __init__(
        self,
        output: SoundOutput,
        catalogue: Catalogue,
        sounds: Path,
        *,
        earcons: bool = True,
        headphones_only: bool = False,
        on_play: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        self._on_play = on_play
        self._output, self._catalogue, self._sounds = output, catalogue, sounds
        self._earcons, self._headphones_only = earcons, headphones_only
        self._said: tuple[str, tuple[Text, ...], str, int] | None = None
        self._screen: tuple[str, str | None] | None = None

    def shown(self, view: View) -> None:
        """Called for every view that is drawn."""
        files: list[Path] = []
        screen = (view.screen, view.sound)
        changed = screen != self._screen
        if changed and view.sound is not None and self._earcons:
            files += self._earcon(view.sound)
        self._screen = screen
        saying = (view.screen, utterance(view), view.language, view.voice_repeats) if view.voice_on else None
        if saying is not None and saying != self._said:
            files += self._files(view.language, self._new_part(view, changed))
            changed = changed or bool(files)
        elif saying is None and self._said is not None:
            changed = True
        self._said = saying
        if files:
            self._play(files, view.voice_volume)
        elif changed:
            self._on_play(0.0)
            self._output.stop()

    def focused(self, view: View, control: str) -> None:
        """The focus has come to a control: its label is said, in place of what is being said."""
        if view.voice_on and (files := self._files(*label_of(view, control))):
            self._play(files, view.voice_volume)

    def sound(self, view: View, name: str) -> None:
        """A short sound of its own."""
        if self._earcons and (files := self._earcon(name)):
            self._play(files, view.voice_volume)

    def _earcon(self, name: str) -> list[Path]:
        return self._there(self._sounds / "earcons" / f"{name}{SUFFIX}")

    def _play(self, files: list[Path], volume: int) -> None:
        self._on_play(sum(file.stat().st_size for file in files) / BYTES_PER_SECOND)
        self._output.play(files, volume)

    def _new_part(self, view: View, changed: bool) -> tuple[Text, ...]:
        """Of a screen that stands already only the sentences that are new, such as another hint of the camera."""
        before = self._said
        everything = utterance(view)
        same = before is not None and (before[0], before[2], before[3]) == (
            view.screen,
            view.language,
            view.voice_repeats,
        )
        if changed or before is None or not same:
            return everything
        new = tuple(text for text in everything if text not in before[1])
        return new or (everything if not isinstance(view.content, CameraContent) else ())

    def _files(self, language: str, texts: tuple[Text, ...]) -> list[Path]:
        if self._headphones_only and not self._output.headphones():
            return []
        folder = self._sounds / "voice" / language
        sentences = said_in(self._catalogue, language, *texts)
        return [file for one in sentences for file in self._there(folder / f"{sound_name(one)}{SUFFIX}")]

    @staticmethod
    def _there(file: Path) -> list[Path]:
        return [file] if file.is_file() else []
