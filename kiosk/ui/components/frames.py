"""The frame of the screen and what lies over its content, on whole screens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from kiosk.ui.components.stand import Component, Hold, Make, Specimen, Stand
from kiosk.ui.samples import SAMPLES
from kiosk.ui.window import PatientWindow

_NIGHT = 0.5
"""Of the light. WCAG's measure counts in the light of a bright room, which is not there then."""


def _screen(sample: str, layout: str = "portrait", **changed: Any) -> Make:
    return lambda stand: stand.whole_screen(replace(SAMPLES[sample], **changed), layout)


def _press(control: str) -> Hold:
    def hold(_stand: Stand, window: QWidget) -> None:
        assert isinstance(window, PatientWindow)
        window.press(control)

    return hold


def _cover(_stand: Stand, window: QWidget) -> None:
    assert isinstance(window, PatientWindow)
    window.cover()


def _dim(_stand: Stand, window: QWidget) -> None:
    assert isinstance(window, PatientWindow)
    window.leave_light(_NIGHT)


def _blink(_stand: Stand, window: QWidget) -> None:
    """What its timer does."""
    for timer in window.findChildren(QTimer):
        timer.timeout.emit()


FRAMES = (
    Component(
        "screen_frame",
        (
            Specimen("start", _screen("idle")),
            Specimen("question", _screen("consent")),
            Specimen("at work", _screen("reading")),
            Specimen("went well", _screen("result_confirmed")),
            Specimen("to be minded", _screen("card_problem_no_chip")),
            Specimen("staff are coming", _screen("staff_called")),
            Specimen("urgent", _screen("take_card")),
            Specimen("urgent, other light", _screen("take_card"), _blink, differs="urgent"),
            Specimen("alarm", _screen("card_forgotten")),
            Specimen("alarm, other light", _screen("card_forgotten"), _blink, differs="alarm"),
            Specimen("low", _screen("consent", "low"), differs="question"),
            Specimen("voice on", _screen("consent", voice_on=True), differs="question"),
            Specimen("voice sheet", _screen("consent", voice_on=True), _press("voice"), differs="voice on"),
            Specimen("languages", _screen("consent"), _press("language"), differs="question"),
            Specimen("practice", _screen("practice_consent_items")),
            Specimen("covered", _screen("result_confirmed"), _cover, differs="went well"),
            Specimen("by night", _screen("idle"), _dim, differs="start", measured=False),
            Specimen("landscape", _screen("consent", "landscape"), differs="question"),
            Specimen("low landscape", _screen("consent", "low_landscape"), differs="landscape"),
        ),
        whole=True,
        part=0.25,
        columns=10,
    ),
)
