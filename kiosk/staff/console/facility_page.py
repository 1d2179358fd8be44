"""Pausing a lane, and the modes of the facility, which take two people: the second one vouches here, by password and
code, or at another console within a few minutes."""

from __future__ import annotations

import unicodedata

from PySide6.QtWidgets import QGridLayout, QWidget

from kiosk.domain.secret import Secret
from kiosk.domain.staff_actions import StaffAction
from kiosk.ports.counter import Counter, Lane, Standing
from kiosk.staff.acts import lane_buttons
from kiosk.staff.console.page import Around, Page
from kiosk.staff.console.prompt import Asked, Option
from kiosk.staff.console.widgets import KeyButton, NextBox, Panel, column, empty, label, row, scrolled
from kiosk.staff.sign_in import Refused


class FacilityPage(Page):
    id = "facility"

    def __init__(self, around: Around) -> None:
        super().__init__(around)
        self.next = NextBox(self.say("console.next"))
        self._inside = column(spacing=12)
        self._drawn: tuple[object, ...] | None = None
        self.buttons: dict[tuple[str, str], KeyButton] = {}
        inner = QWidget()
        inner.setLayout(self._inside)
        whole = column(self.next, scrolled(inner), spacing=10)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def opened(self) -> None:
        self._drawn = None
        self.live_changed()

    def live_changed(self) -> None:
        if not self.shown:
            return
        seen = self.around.live.seen
        lanes = [lane for lane in seen.lanes if lane.alive]
        drawn = tuple(
            (lane.standing.lane, lane.standing.mark, lane.standing.paused, lane.standing.holds, lane.standing.offers)
            for lane in lanes
        )
        if drawn != self._drawn:
            self._drawn = drawn
            self._draw(lanes)

    def _draw(self, lanes: list[Lane]) -> None:
        empty(self._inside)
        self.buttons = {}
        holds = list(dict.fromkeys(held for lane in lanes for held in lane.standing.holds))
        told = [self.words.known(held) for held in holds]
        self.next.say(told or [self.say("console.facility.normal")], "care" if told else "good")
        if not lanes:
            self.next.say([self.say("console.lanes.none")], "care")
        for number, lane in enumerate(lanes):
            panel = Panel(self.say("console.facility.lane", lane=lane.standing.lane))
            made = lane_buttons(lane.standing, self.around.services.attendance.may)
            single = [button.action for button in made if not button.action.two_people]
            modes = [button.action for button in made if button.action.two_people]
            line = row(label(self.words.text(lane.standing.step), size="strong"), None)
            for action in single:
                line.addWidget(self._button([lane.standing], action, shown_key=number == 0))
            panel.body.addLayout(line)
            if number == 0 and modes:
                apart = Panel(self.say("console.facility.modes"))
                apart.body.addWidget(label(self.say("console.facility.two"), wrap=True))
                grid = QGridLayout()
                grid.setSpacing(8)
                for place, action in enumerate(modes):
                    every = [one.standing for one in lanes if offers(one.standing, action)]
                    grid.addWidget(self._button(every, action, shown_key=True), place // 2, place % 2)
                apart.body.addLayout(grid)
                self._inside.addWidget(apart)
            self._inside.addWidget(panel)
            if not single:
                panel.body.addWidget(label(self.say("console.facility.not_yours"), size="small", wrap=True))
        self._inside.addStretch()

    def _button(self, standings: list[Standing], action: StaffAction, *, shown_key: bool) -> KeyButton:
        """A mode is the facility's: every lane is told."""
        name = self.words.known(f"counter.act.{action.name}", action.name)
        made = KeyButton(name, action.key if shown_key else "")
        made.setObjectName(f"act.{action.name}")
        made.clicked.connect(lambda _checked=False: self._press(standings, action))
        self.buttons[standings[0].lane, action.name] = made
        return made

    def _press(self, standings: list[Standing], action: StaffAction) -> None:
        if not action.reasons:
            self._act(standings, action, None)
            return
        fields = [
            Asked("name", self.say("console.second.name")),
            Asked("password", self.say("console.door.password"), hidden=True, most=128),
            Asked("code", self.say("console.door.code"), most=7),
        ]

        def done(reason: str | None, given: dict[str, str]) -> str | None:
            if action.two_people:
                return self._both(standings, action, reason, given)
            self._act(standings, action, reason)
            return None

        self.around.ask(
            self.words.known(f"counter.act.{action.name}", action.name),
            message=self.say("console.second.about" if action.two_people else "console.why"),
            options=[Option(value, self.words.named("counter.reason", value)) for value in action.reasons],
            fields=fields if action.two_people else [],
            on_done=done,
        )

    def _act(
        self, standings: list[Standing], action: StaffAction, reason: str | None, by: Counter | None = None
    ) -> None:
        for standing in standings:
            self.around.live.act(standing, action.name, reason=reason, by=by)

    def _both(
        self, standings: list[Standing], action: StaffAction, reason: str | None, given: dict[str, str]
    ) -> str | None:
        """The first person asks, then the second one at the same desk. Without a second one the first has asked, and
        another console may second it."""
        attendance = self.around.services.attendance
        name = given["name"].strip()
        if not name:
            self._act(standings, action, reason)
            self.around.tell(self.say("console.second.waits"), "care")
            return None
        if name == attendance.name:
            return self.say("console.second.same")
        password = Secret(unicodedata.normalize("NFC", given["password"]).encode())
        session = attendance.second_person(name, password, given["code"])
        if isinstance(session, Refused):
            until = self.words.clock(session.until) if session.until else ""
            return self.say(f"accounts.refused.{session.why.value}", until=until)
        second = self.around.services.counter(session)
        self._act(standings, action, reason)
        self._act(standings, action, reason, by=second)
        return None


def offers(standing: Standing, action: StaffAction) -> bool:
    return any(offer.action == action.name for offer in standing.offers)
