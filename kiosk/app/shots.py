"""Pictures of a play (`--shots`): one for each screen as it was left, and one for whatever else it said before."""

from __future__ import annotations

import time
from pathlib import Path

from kiosk.domain.messages import Text
from kiosk.domain.screen import CameraContent, View
from kiosk.ui.window import PatientWindow

LOOKS_MOST = 20
"""Of one screen: a person who does not find the right place before the camera is told so again and again."""

Said = tuple[str, str | None, frozenset[Text]]


def said(view: View) -> Said:
    """All that the screen says, and the way a head is asked to turn. What is typed or switched on is none of it."""
    texts = {view.title, *view.body, *(notice.text for notice in view.notices), *(c.label for c in view.controls)}
    turn = None
    if isinstance(view.content, CameraContent):
        turn = view.content.turn
        texts.add(view.content.hint)
    return view.language, turn, frozenset(texts)


class Shots:
    """`03-face.png` is how the third screen was left; `03-face/1.png`, `2.png` … what it said before, each once.

    `seconds` of real time went into it.
    """

    def __init__(self, folder: Path, window: PatientWindow) -> None:
        self.seconds = 0.0
        self._folder, self._window = folder, window
        self._number = 0
        self._shown: View | None = None
        self._looks: set[Said] = set()

    def before(self, view: View) -> None:
        """`view` is about to be drawn in place of the last one."""
        last = self._shown
        self._shown = view
        if last is None:
            self._number = 1
        elif last.screen != view.screen:
            self._keep(f"{self._number:02d}-{last.screen}.png")
            self._number += 1
            self._looks.clear()
        elif (now := said(last)) != said(view) and now not in self._looks and len(self._looks) < LOOKS_MOST:
            self._looks.add(now)
            self._keep(f"{self._number:02d}-{last.screen}/{len(self._looks)}.png")

    def last(self) -> None:
        """The screen at the end."""
        if self._shown is not None:
            self._keep(f"{self._number:02d}-{self._shown.screen}.png")

    def _keep(self, name: str) -> None:
        began = time.perf_counter()
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._window.grab_png(path)
        self.seconds += time.perf_counter() - began
