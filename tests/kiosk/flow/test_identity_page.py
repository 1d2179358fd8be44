"""Every combination of card, counters, camera, photo, child and staff: the flow does what the table says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.failures import FailureCode
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.identity_page import KINDS, PAGE, Case, after_reading, answer, cases, page
from kiosk.flow.states import CheckingFace, ChoosingMethod
from kiosk.flow.view import view
from kiosk.ports.face import FaceVerdict
from tests.kiosk.flow.play import Play
from tests.kiosk.flow.samples import CARD, SETTINGS


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m kiosk.flow.identity_page"


def played(case: Case) -> Play:
    """A visit that comes to this combination as it would in life."""
    play = Play(case.settings(SETTINGS)).places_card().reads_card(replace(case.summary, certificate=CARD.certificate))
    play.on(ev.PhotoRead(play.at, play.ticket(fx.ReadPhoto), case.holder, case.photo))
    if not case.photo:
        return play
    if not case.attempts:
        for attempt in range(SETTINGS.face_attempts):
            begin(play)
            play.judges_face(FaceVerdict.NO_MATCH)
            if attempt < SETTINGS.face_attempts - 1:
                play.waits()
    elif not case.camera:
        begin(play)
        play.fails(fx.RunFace, FailureCode.CAMERA_GONE)
    return play


def begin(play: Play) -> None:
    if isinstance(play.state, ChoosingMethod):
        play.taps("method.face")


@pytest.mark.parametrize("case", cases(), ids=str)
def test_every_combination_leads_somewhere_sensible(case: Case) -> None:
    if not case.photo and not (case.camera and case.attempts):
        case = replace(case, camera=True, attempts=True)  # without a photo neither can be lost
    expected = answer(case, SETTINGS)
    play = played(case)
    first = case.camera and case.attempts and case.photo
    if first and expected.begins == "face":
        play.expect_state(CheckingFace)
        offered = {control.id for control in play.view.controls}
        assert offered == {f"method.{way}" for way in expected.offered if way != "face"} or offered == {"method.staff"}
    else:
        play.expect_state(ChoosingMethod)
        assert [c.id for c in play.view.controls] == [f"method.{way}" for way in expected.offered]
    assert play.view.staff, "staff can be called from every screen"
    if expected.staff_called:
        assert play.view.lane.needs
    for way in expected.offered:
        going = played(case)
        if f"method.{way}" in going.view.control_ids():
            going.taps(f"method.{way}")
            screens = {"face": {"face"}, "pin": {"pin", "pin_last_try"}, "staff": {"visual"}}[way]
            assert going.view.screen in screens
    if not case.staffed and expected.offered == ("staff",):
        assert "auth.staff_away" in play.messages


def test_no_pad_for_a_card_whose_pin_cannot_be_used() -> None:
    for case in cases():
        if case.pin not in ("3 tries", "1 try"):
            assert "pin" not in answer(case, SETTINGS).offered
        if not (case.photo and case.camera and case.attempts):
            assert "face" not in answer(case, SETTINGS).offered


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_lies_on_the_reader_leads_somewhere_sensible(kind: str) -> None:
    """To the proof of identity with a certificate that serves, else to something to do and to a person."""
    seen = view(after_reading(kind))
    proving = kind in ("certificate in date", "certificate ended less than three months ago")
    assert (seen.screen == "reading") is proving
    assert seen.staff or seen.lane.needs
    if not proving:
        assert seen.screen in ("fallback", "card_problem", "out_of_service", "staff_called")
        assert seen.body
