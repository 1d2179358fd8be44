"""The screens at the end of a visit: the card is taken or forgotten, and the farewell."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.messages import Text
from kiosk.domain.screen import View
from kiosk.flow.states import CardForgotten, CardProblem, Finished, HandingOver, TakingCard
from kiosk.flow.view_parts import needs_of


def take_card_screen(state: TakingCard | CardForgotten) -> View:
    return View(
        "take_card",
        "",
        Text("card.take"),
        body=(Text(state.why), *_after(state.why)),
        picture="take_card",
        sound="take_card",
        urgent=True,
    )


def _after(why: str) -> tuple[Text, ...]:
    if why == "finish.done":
        return (Text("finish.wait"), Text("finish.other_certificates"))
    return ()


def card_forgotten_screen(_state: CardForgotten | CardProblem) -> View:
    return View(
        "card_forgotten",
        "",
        Text("card.forgotten.title"),
        body=(Text("card.forgotten"),),
        picture="card_forgotten",
        sound="alarm",
        urgent=True,
        lane=needs_of("staff.need.card_forgotten"),
    )


def handing_over_screen(state: HandingOver) -> View:
    """Lasts for milliseconds: it already looks like what follows."""
    if state.lane.card is not None:
        return replace(take_card_screen(TakingCard(state.lane, state.visit_id)), staff=False)
    return replace(finished_screen(Finished(state.lane)), staff=False)


def finished_screen(state: Finished) -> View:
    """Only what was done looks done."""
    if state.why == "finish.done":
        return View("finished", "", Text(state.why), body=_after(state.why), picture="result_ok", sound="ok")
    if state.why == "finish.counter":
        title, then = Text("outage.title"), (Text("staff_called.incident"),)
        return View("finished", "", title, body=then, picture="out_of_service", sound="care")
    again = () if state.lane.settings.device_beside else (Text("idle.place_card"),)
    return View("finished", "", Text(state.why), body=again, picture="place_card")
