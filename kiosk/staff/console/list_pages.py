"""Pages that are one list and what is done about its rows: later look-ups, open claim notes, mix-ups of people."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from kiosk.domain.pending import PendingState, PendingVisit
from kiosk.domain.staff_actions import BY_NAME
from kiosk.ports.handover import NoteFields
from kiosk.ports.journal import StoredEntry
from kiosk.staff.console.note_panel import NotePanel
from kiosk.staff.console.page import Around, Page
from kiosk.staff.console.record_acts import RecordActs
from kiosk.staff.console.table import Row, Table
from kiosk.staff.console.widgets import KeyButton, NextBox, column, label, row, scrolled
from kiosk.staff.console.words import DASH
from kiosk.staff.incidents import Incident, incidents
from kiosk.staff.visit_list import VisitRow, open_notes

INCIDENT_DAYS = 366
"""How far back mix-ups are looked for that nobody has closed."""

CLOSED_DAYS = 31
MANY = 7


class ListPage(Page):
    """A table with what is to be done above it. Subclasses read, and say what a row means."""

    heads: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()

    def __init__(self, around: Around) -> None:
        super().__init__(around)
        self.next = NextBox(self.say("console.next"))
        heads = [self.say(f"console.head.{head}") for head in self.heads]
        self.table = Table(
            heads,
            self.widths,
            name=self.say(f"console.page.{self.id}"),
            on_open=around.open_visit,
            on_choose=lambda _chosen: self.choice_changed(),
        )
        self.open_button = KeyButton(self.say("console.open_visit"), "O", on_press=self._open)
        self.buttons = row(self.open_button, spacing=8)
        self.below = column()
        self._seconds = 0

    def arrange(self, side: QWidget | None = None) -> None:
        middle = row(spacing=12)
        middle.addWidget(self.table, 3)
        if side is not None:
            middle.addWidget(side, 2)
        self.buttons.addStretch()
        whole = column(self.next, middle, self.buttons, spacing=10)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def opened(self) -> None:
        self.read()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def begin(self) -> None:
        self.read()

    def tick(self) -> None:
        self._seconds += 1
        if self._seconds % MANY == 0:
            self.read()

    def read(self) -> None:
        raise NotImplementedError

    def choice_changed(self) -> None:
        self.open_button.setEnabled(self.table.chosen is not None)

    def told(self, number: int, tone: str) -> None:
        message = f"console.{self.id}.next" if number else f"console.{self.id}.none"
        self.next.say([self.say(message, n=str(number))], tone if number else "good")
        self.around.count(self.id, number, tone)
        self.table.choose_first()
        self.choice_changed()

    def _open(self) -> None:
        if self.table.chosen is not None:
            self.around.open_visit(self.table.chosen)


class PendingPage(ListPage):
    """Visits of an outage. Names stand on the visit's own page only."""

    id = "pending"
    heads = ("day", "time", "number", "state", "differences", "cause", "tried")
    widths = (150, 72, 90, 100, 0, 270, 66)

    def __init__(self, around: Around) -> None:
        super().__init__(around)
        self.open_button.setProperty("role", "main")  # what the page says to do next
        self.requery = KeyButton(self.say("console.pending.requery"), "Q", on_press=self._requery)
        self.settle = KeyButton(self.say("console.pending.settle"), "S", on_press=self._settle)
        for button in (self.requery, self.settle):
            self.buttons.addWidget(button)
            button.setEnabled(around.services.attendance.may("desk"))
        self._visits: dict[str, PendingVisit] = {}
        self.arrange()

    def read(self) -> None:
        self.around.run(self.around.services.records.pending, self._take)

    def _take(self, visits: tuple[PendingVisit, ...]) -> None:
        waiting = [one for one in visits if one.state is not PendingState.SETTLED]
        self._visits = {one.visit_id: one for one in waiting}
        self.table.show_rows([self._row(one) for one in waiting])
        self.told(len(waiting), "care")

    def _row(self, one: PendingVisit) -> Row:
        words = self.words
        different = one.state is PendingState.DIFFERENT
        differences = "、".join(words.say(f"pending.difference.{each.value}") for each in one.differences)
        code = one.code or one.cause
        cells = (
            words.text_date(one.at.date()),
            words.clock(one.at),
            VisitRow(one.visit_id, one.at).number,
            words.say(f"pending.state.{one.state.value}"),
            differences or words.say(f"console.pending.by.{_by(one)}"),
            DASH if code is None else f"{code}　{words.known(f'failure.{code}.cause', code)}",
            str(one.tried),
        )
        return Row(one.visit_id, cells, {3: "care", 4: "care"} if different else {})

    def _requery(self) -> None:
        self.requery.setEnabled(False)

        def done(result: tuple[int, int]) -> None:
            asked, answered = result
            self.around.tell(self.say("console.pending.asked", n=str(asked), done=str(answered)))
            self.read()

        self.around.tell(self.say("console.pending.asking"), "care")
        again = partial(self.requery.setEnabled, True)
        self.around.run(self.around.services.records.requery, done, after=again, slow=True)

    def _settle(self) -> None:
        chosen, staff = self.table.chosen, self.around.services.attendance.name
        if chosen is None or staff is None:
            return
        number = VisitRow(chosen, self._visits[chosen].at).number

        def done(_chosen: str | None, _fields: dict[str, str]) -> None:
            records = self.around.services.records
            self.around.run(lambda: records.settle_pending(chosen, staff), lambda good: self._settled(bool(good)))

        self.around.ask(
            self.say("console.pending.settle"),
            message=self.say("console.pending.settle.about", number=number),
            on_done=done,
        )

    def _settled(self, good: bool) -> None:
        done = self.say("console.done", action=self.say("console.pending.settle"))
        self.around.tell(done if good else self.say("console.somebody_else"), "good" if good else "care")
        self.read()


def _by(one: PendingVisit) -> str:
    return "numbers" if one.by_number else "face" if one.face.birth_date else "nothing"


class ClaimsPage(ListPage):
    """Claim notes that nobody has settled, the oldest first, with the note itself beside the list."""

    id = "claims"
    heads = ("day", "number", "route", "days")
    widths = (150, 110, 0, 90)

    def __init__(self, around: Around) -> None:
        super().__init__(around)
        self.note = NotePanel(around, key="Ctrl+Shift+C")
        self.no_note = label(self.say("console.claims.no_note"), size="small", wrap=True)
        side = QWidget()
        side.setLayout(column(self.note, self.no_note, None))
        self.settle = KeyButton(self.words.known("counter.act.settle_claim"), "S", role="main", on_press=self._settle)
        self.buttons.addWidget(self.settle)
        self._noted: str | None = None
        self._told: tuple[StoredEntry, ...] = ()
        self._told_until = date.min
        self.arrange(scrolled(side))

    def opened(self) -> None:
        self._told, self._told_until = (), date.min
        super().opened()

    def read(self) -> None:
        """A note stays until it is settled, however old it is; once all are known, only the last day is read."""
        first, today = self._told_until, self.around.services.now().date()
        records = self.around.services.records
        self.around.run(
            lambda: records.told(("claim.opened", "claim.settled"), first, today), partial(self._take, first, today)
        )

    def closed(self) -> None:
        self.note.show_note(None)
        self._noted = None

    def choice_changed(self) -> None:
        super().choice_changed()
        if not self.shown:
            return  # nothing about a person is read before somebody looks at the page
        chosen = self.table.chosen
        self.settle.setEnabled(chosen is not None and self.around.services.attendance.may("desk"))
        if chosen == self._noted:
            return
        self._noted = chosen
        self.note.show_note(None)
        self.no_note.hide()
        counter, records = self.around.live.counter, self.around.services.records
        if chosen is None or counter is None:
            return

        def job() -> NoteFields | None:
            note = records.note(chosen)
            if note is not None:
                counter.viewed(chosen)
            return note

        self.around.run(job, lambda note: self._show(chosen, note))

    def _show(self, chosen: str, note: NoteFields | None) -> None:
        if chosen == self._noted and self.shown:
            self.note.show_note(note)
            self.no_note.setVisible(note is None)

    def _take(self, first: date, last: date, entries: tuple[StoredEntry, ...]) -> None:
        if first != self._told_until:
            return  # of before the page was opened anew, or read twice at once
        told = {(entry.visit_id, entry.seq): entry for entry in (*self._told, *entries)}.values()
        found = open_notes(told)
        self._told, self._told_until = tuple(entry for entry in told if entry.visit_id in found), last
        self.table.show_rows([self._row(visit, since, route) for visit, (since, route) in found.items()])
        self.told(len(found), "care")

    def _row(self, visit: str, since: datetime, route: str) -> Row:
        days = (self.around.services.now().date() - since.date()).days
        cells = (
            self.words.text_date(since.date()),
            VisitRow(visit, since).number,
            self.words.named("console.route", route),
            str(days),
        )
        return Row(visit, cells, {3: "care"} if days >= MANY else {})

    def _settle(self) -> None:
        chosen, counter = self.table.chosen, self.around.live.counter
        if chosen is None or counter is None:
            return

        def done(_nothing: object) -> None:
            self.around.tell(self.say("console.done", action=self.words.known("counter.act.settle_claim")))
            self.read()

        self.around.run(lambda: counter.settle_claim(chosen), done)


class IncidentsPage(ListPage):
    """取り違え: visits in which card and answer, or person and card, did not belong together."""

    id = "incidents"
    heads = ("day", "time", "number", "source", "ended", "staff")
    widths = (150, 70, 110, 0, 210, 120)

    def __init__(self, around: Around) -> None:
        super().__init__(around)
        self._open_ones: frozenset[str] = frozenset()
        self.open_button.setProperty("role", "main")
        action = BY_NAME["close_incident"]
        self.close_button = KeyButton(self.words.known("counter.act.close_incident"), action.key, on_press=self._close)
        if around.services.attendance.may(action.may):
            self.buttons.addWidget(self.close_button)
        self.arrange()

    def read(self) -> None:
        records, today = self.around.services.records, self.around.services.now().date()
        first = today - timedelta(days=INCIDENT_DAYS)

        def job() -> tuple[StoredEntry, ...]:
            told = records.told(("guard.mismatch", "incident.opened"), first, today)
            visits = dict.fromkeys(entry.visit_id for entry in told if entry.visit_id is not None)
            return tuple(entry for visit in visits for entry in records.of_visit(visit))

        self.around.run(job, self._take)

    def _take(self, entries: tuple[StoredEntry, ...]) -> None:
        shown_from = self.around.services.now() - timedelta(days=CLOSED_DAYS)
        found = [one for one in incidents(entries) if one.result is None or one.at > shown_from]
        found.sort(key=lambda one: (one.result is None, one.at), reverse=True)
        self._open_ones = frozenset(one.visit for one in found if one.result is None)
        self.table.show_rows([self._row(one) for one in found])
        self.told(len(self._open_ones), "care")

    def choice_changed(self) -> None:
        super().choice_changed()
        self.close_button.setEnabled(self.table.chosen in self._open_ones)

    def _close(self) -> None:
        if self.table.chosen in self._open_ones and self.table.chosen is not None:
            RecordActs(self.around, self.table.chosen, self.read).begin(BY_NAME["close_incident"], None)

    def _row(self, one: Incident) -> Row:
        cells = (
            self.words.text_date(one.at.date()),
            self.words.clock(one.at),
            VisitRow(one.visit, one.at).number,
            self.say(f"console.incidents.{one.source}"),
            self.words.say("console.incidents.open") if one.result is None else self._ended(one.result),
            one.staff or DASH,
        )
        return Row(one.visit, cells, {3: "now", 4: "now"} if one.result is None else {})

    def _ended(self, result: str) -> str:
        return self.words.named("counter.incident", result)
