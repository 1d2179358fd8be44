"""One person at one kiosk: looks at the screen, thinks, and does what people do."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from drivers.simulated.specimens import specimen
from kiosk.app.day.people import MISTYPED, Manner, Pace
from kiosk.app.stage import Stage
from kiosk.domain.screen import ChoiceContent, PinContent, Role, View, WritingContent

GLANCE = 0.5
"""Seconds between two looks at a screen on which nothing is to be done."""

_ANSWERS = {"insurance_kind": "society", "share_percent": "30", "birth_date": "1971-05-20", "since": "R8-4"}


class Patient:
    """Call `act` when `due` has come, until `gone`. `left_by_choice`: went away before the visit was over;
    `sent_to_the_counter`: a screen without a visit said that staff come."""

    def __init__(self, manner: Manner, stage: Stage, pace: Pace, now: float) -> None:
        self.manner = manner
        self.due = now + pace.handling
        self.entered = now
        self.gone = False
        self.left_by_choice = False
        self.card_there = False
        self.visits: list[str] = []
        self.sent_to_the_counter = False
        self._stage, self._pace = stage, pace
        self._dice = random.Random(manner.seed)
        self._began = self._written = False
        self._pulled = self._called = self._shown = False
        self._wrong_pins = 1 if manner.has("pin_wrong_once") else 0
        self._paper_tries = self._refused = 0
        self._screens = 0  # changes of the screen so far
        self._last = ""
        self._leaves_at = self._dice.randint(2, 6) if manner.has("walks_away") else 0
        self._pulls_at = self._dice.randint(1, 4) if manner.has("card_pulled") else 0
        self._calls_at = self._dice.randint(2, 5) if manner.has("calls_staff") else 0
        self._presents = manner.brings in ("card", "other_card")

    def act(self, now: float) -> None:
        """One thing, or a look at the screen."""
        view = self._stage.lane.view
        if view.screen != self._last:
            self._last, self._screens, self._written = view.screen, self._screens + 1, False
        acted = self._impulse(view) or self._handlers().get(view.screen, self._something_else)(view)
        pause = self._dice.uniform(self._pace.look_least, self._pace.look_most) if acted else GLANCE
        self.due = now + pause * (self._pace.slow_times if acted and self.manner.has("slow") else 1.0)

    def saw(self, view: View, visit: str | None) -> None:
        """A screen came, of this visit or of none."""
        if visit is not None and visit not in self.visits:
            self.visits.append(visit)
        if visit is None and view.screen in ("staff_called", "out_of_service"):
            self.sent_to_the_counter = True

    def take_card(self) -> None:
        if self.card_there:
            self._stage.world.remove_card()
            self.card_there = False

    # --- what happens besides -------------------------------------------------------------------

    def _impulse(self, view: View) -> bool:
        """Leaving, pulling the card out, calling staff: at whatever screen comes then."""
        if not self._began:
            return False
        if self._leaves_at and self._screens >= self._leaves_at:
            self.left_by_choice = True
            if self._dice.random() < 0.5:
                self.take_card()
            self.gone = True
            return True
        if self._pulls_at and self._screens >= self._pulls_at and self.card_there and not self._pulled:
            self._pulled = True
            self.take_card()
            self.left_by_choice = True  # of this visit; the next one begins when the card lies there again
            return True
        if self._calls_at and self._screens >= self._calls_at and view.staff and not self._called:
            self._called = True
            return self._press("staff")
        return False

    def _press(self, control: str) -> bool:
        return not self._stage.lane.gave_way_just_now and self._stage.window.press(control)

    # --- by screen ------------------------------------------------------------------------------

    def _handlers(self) -> dict[str, Callable[[View], bool]]:
        return {
            "idle": self._idle,
            "face": self._face,
            "identify": self._identify,
            "pin": self._pin,
            "pin_last_try": lambda _view: self._press("pin_last_try.no"),
            "card_problem": self._card_problem,
            "registration": self._registration,
            "consent": self._consent,
            "consent_items": self._consent_items,
            "result": self._result,
            "take_card": self._take_card,
            "card_forgotten": lambda _view: False,
            "finished": self._finish,
            "fallback": self._fallback,
            "choose_document": self._choose_document,
            "document_reading": self._document_reading,
            "document_entry": lambda _view: self._press("form.unknown"),
            "document_confirm": lambda _view: self._press("confirm.yes"),
            "visit": self._visit,
            "oral": self._oral,
            "form": self._form,
            "form_review": lambda _view: self._press("form.ok"),
            "signature": self._signature,
            "extend_time": lambda _view: self._press("extend.yes"),
            "out_of_service": self._out_of_service,
            "staff_called": self._with_staff,
            "reading": lambda _view: False,
            "checking": lambda _view: False,
            "visual": lambda _view: False,
        }

    def _idle(self, view: View) -> bool:
        world, manner = self._stage.world, self.manner
        if self._began and not (self._pulled and self._presents and not self.card_there):
            return self._finish(view)
        if self._presents:
            self._began = True
            self._pulled = False if self._pulls_at == 0 else self._pulled
            if self._pulled:
                self._pulls_at, self._pulled = 0, False
                self.left_by_choice = False
            world.show({"face_masked": "masked", "face_other": "other", "face_nobody": "none"}.get(manner.way, "self"))
            world.place_card()
            self.card_there = True
            return True
        self._began = self._press("idle.phone" if manner.brings == "phone" else "idle.no_card")
        return self._began

    def _face(self, _view: View) -> bool:
        if self.manner.way == "pin":
            return self._press("method.pin")
        if self.manner.way == "staff":
            return self._press("method.staff")
        return False

    def _identify(self, view: View) -> bool:
        if self.manner.way == "face_masked":
            self._stage.world.show("self")  # the screen asked for it
        knows = not self.manner.has("pin_forgotten")
        ways = ["method.pin"] if knows and self.manner.way != "staff" else []
        if self.manner.way == "face_masked":
            ways.insert(0, "method.face")
        for way in (*ways, "method.staff", "method.face"):
            if way in view.control_ids():
                return self._press(way)
        return False

    def _pin(self, view: View) -> bool:
        if not isinstance(view.content, PinContent) or view.content.field != "pin":
            return False
        if self.manner.has("pin_forgotten"):
            return self._press("method.staff")
        if not self._written:
            wrong = self._wrong_pins > 0
            self._wrong_pins -= wrong
            self._written = self._stage.window.type_text("pin", MISTYPED if wrong else self.manner.person.card.pin)
            return self._written
        self._written = False
        return self._press("pin.ok")

    def _card_problem(self, _view: View) -> bool:
        """The right card is tried once more; after that, and with a wrong one, it goes on without a card."""
        self._refused += 1
        self.take_card()
        self._began = False
        if self.manner.brings == "other_card" or self._refused > 1:
            self._presents = False
            self.manner = _without_card(self.manner)
        return True

    def _registration(self, _view: View) -> bool:
        return self._press("registration.no" if self.manner.has("registration_declined") else "registration.yes")

    def _consent(self, _view: View) -> bool:
        wish = self.manner.consent
        return self._press({"all": "consent.all", "none": "consent.none"}.get(wish, "consent.choose"))

    def _consent_items(self, view: View) -> bool:
        switches = [control for control in view.controls if control.checked is not None]
        if switches and not any(control.checked for control in switches) and not self._written:
            self._written = True
            return self._press(self._dice.choice(switches).id)
        return self._press("consent.ok")

    def _result(self, view: View) -> bool:
        if self.manner.has("not_me") and "confirm.not_me" in view.control_ids():
            return self._press("confirm.not_me")
        return self._press("result.next")

    def _take_card(self, _view: View) -> bool:
        if self.manner.has("card_left"):
            return False
        self.take_card()
        return True

    def _finish(self, _view: View) -> bool:
        self.take_card()
        self.gone = True
        return True

    def _fallback(self, _view: View) -> bool:
        carries = self.manner.paper is not None and self._paper_tries < 2
        return self._press("fallback.document" if carries else "fallback.none")

    def _choose_document(self, view: View) -> bool:
        paper = f"document.{self.manner.paper}"
        if self._paper_tries < 2 and paper in view.control_ids():
            self._shown = False
            return self._press(paper)
        return self._press("document.none")

    def _document_reading(self, _view: View) -> bool:
        if self._shown or self.manner.paper is None:
            return False
        self._shown = True
        self._paper_tries += 1
        stage, name = self._stage, self.manner.paper
        content = specimen(self.manner.person, name, on=stage.clock.now().date(), seed=self.manner.seed)
        ending = "pdf" if content.startswith(b"%PDF") else "jpg"
        file = stage.folders.documents / f"{stage.settings.lane.id}-{self.manner.number}-{self._paper_tries}.{ending}"
        file.write_bytes(content)
        stage.documents.present(file)
        return True

    def _visit(self, _view: View) -> bool:
        return self._press("visit.first" if self.manner.person.held is None else "visit.return")

    def _oral(self, _view: View) -> bool:
        return self._press("oral.changed" if self.manner.has("insurance_changed") else "oral.unchanged")

    def _form(self, view: View) -> bool:
        content = view.content
        if isinstance(content, WritingContent | ChoiceContent) and not self._written:
            self._written = True
            text = _answer(content.field, self.manner)
            if text and not (isinstance(content, WritingContent) and content.value):
                return self._stage.window.writes_whole(content.field, text)
        self._written = False
        return self._press("form.next") if not view.notices else self._press("form.unknown")

    def _signature(self, _view: View) -> bool:
        if self.manner.has("paper_instead_of_glass"):
            return self._press("form.paper")
        if not self._written:
            self._written = True
            return self._stage.window.writes_whole("signature", self.manner.person.card.name.replace("　", ""))
        return self._press("form.ok")

    def _out_of_service(self, view: View) -> bool:
        """Waits a little for it to come back, then goes to the counter."""
        if self._screens > 12 or self._dice.random() < 0.02:
            return self._finish(view)
        return False

    def _with_staff(self, view: View) -> bool:
        if not self._began and self.manner.brings != "card":
            self._began = True
        return self._press("back") if self._called and view.back and self._dice.random() < 0.2 else False

    def _something_else(self, view: View) -> bool:
        main = next((control.id for control in view.controls if control.role is Role.MAIN and control.enabled), None)
        return self._press(main) if main is not None else False


def _answer(field: str, manner: Manner) -> str:
    card = manner.person.card
    own = {"name": card.name, "kana": card.kana, "birth_date": card.birth_date.isoformat(), "address": card.address}
    own |= {"phone": "090-0000-0000", "insurer_name": "架空健康保険組合", "employer": "架空商店"}
    return own.get(field) or _ANSWERS.get(field, "")


def _without_card(manner: Manner) -> Manner:
    return replace(manner, brings="nothing")
