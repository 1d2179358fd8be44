from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from kiosk.app.catalogue import load_catalogue
from kiosk.domain.messages import Catalogue
from kiosk.domain.secret import Secret
from kiosk.ui.gallery import ASSETS
from kiosk.ui.reach import Glass
from kiosk.ui.window import PatientWindow

LONG_MS = 60_000
"""After which a test gives up."""


@dataclass
class Desk:
    """A window and what came back from it."""

    window: PatientWindow
    taps: list[str] = field(default_factory=list)
    typed: list[tuple[str, Secret]] = field(default_factory=list)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue(ASSETS / "messages")


@pytest.fixture
def open_desk(qtbot: QtBot, catalogue: Catalogue) -> Iterator[Callable[..., Desk]]:
    desks: list[Desk] = []

    def make(
        size: tuple[int, int] = (540, 960),
        *,
        reduced_motion: bool = True,
        pictures: Path | None = None,
        glass: Glass | None = None,
    ) -> Desk:
        taps: list[str] = []
        typed: list[tuple[str, Secret]] = []
        window = PatientWindow(
            catalogue,
            fonts_folder=ASSETS / "fonts",
            pictures_folder=pictures or ASSETS / "pictures",
            on_tap=taps.append,
            on_typed=lambda name, secret: typed.append((name, secret)),
            reduced_motion=reduced_motion,
            glass=glass,
        )
        qtbot.addWidget(window)
        window.resize(*size)
        with qtbot.waitExposed(window, timeout=LONG_MS):
            window.show()
        desks.append(Desk(window, taps, typed))
        return desks[-1]

    yield make
    for desk in desks:
        for _name, secret in desk.typed:
            secret.wipe()


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    return open_desk()
