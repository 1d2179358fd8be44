"""One visit: what is to be done, whose it is, the decision and why, the claim note, its story, and every act allowed.

That somebody looks is written down before anything is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from kiosk.domain.messages import Text
from kiosk.domain.outcome import Outcome
from kiosk.ports.counter import LaneContent, LivePerson
from kiosk.ports.handover import NoteFields
from kiosk.ports.journal import StoredEntry
from kiosk.staff.acts import Button, record_buttons
from kiosk.staff.claim_notes import Correction
from kiosk.staff.console.act_panel import ActPanel
from kiosk.staff.console.live import needs_now
from kiosk.staff.console.note_panel import NotePanel
from kiosk.staff.console.page import Around, Page
from kiosk.staff.console.record_acts import RecordActs
from kiosk.staff.console.services import Person
from kiosk.staff.console.visits_page import TONES
from kiosk.staff.console.widgets import KeyButton, NextBox, Panel, chip, column, copy, empty, label, row, scrolled
from kiosk.staff.console.words import DASH
from kiosk.staff.timeline import Line, reasons, timeline
from kiosk.staff.visit_list import VisitBook, VisitRow, next_steps


@dataclass(frozen=True)
class _Found:
    entries: tuple[StoredEntry, ...]
    person: Person
    note: NoteFields | None
    corrections: tuple[Correction, ...]


class VisitPage(Page):
    id = "visit"

    def __init__(self, around: Around, visit_id: str) -> None:
        super().__init__(around)
        self.visit_id = visit_id
        self.row: VisitRow | None = None
        self.lines: tuple[Line, ...] = ()
        self._person = Person()
        self._live_persons: tuple[LivePerson, ...] = ()
        self._asked_at: int | None = None  # the step at which the lane was asked who it is
        self._closed_note: NoteFields | None = None
        self._recorded: tuple[object, ...] | None = None
        self._drawn: tuple[VisitRow, Outcome | None, tuple[Text, ...]] | None = None
        self.head = row(spacing=8)
        self.next = NextBox(self.say("console.next"))
        self.person = Panel(self.say("console.person"))
        self._person_inside = column(spacing=6)
        self.person.body.addLayout(self._person_inside)
        self.decision = Panel(self.say("console.decision"))
        self._decision_inside = column(spacing=4)
        self.decision.body.addLayout(self._decision_inside)
        self.note = NotePanel(around, key="Ctrl+Shift+C")
        self.facts = Panel(self.say("console.facts"))
        self._facts_inside = column(spacing=4)
        self.facts.body.addLayout(self._facts_inside)
        self.facts.hide()
        self.acts = ActPanel(around, columns=2)
        self._record_acts = column(spacing=8)
        self._asking = RecordActs(around, visit_id, lambda: self._read(first=False))
        acts = Panel(self.say("console.acts"))
        acts.body.addWidget(self.acts)
        acts.body.addLayout(self._record_acts)
        self.buttons: dict[str, KeyButton] = {}
        story = Panel(self.say("console.story"))
        self.technical = QCheckBox(self.say("console.story.technical"))
        self.technical.toggled.connect(lambda _on: self._show_story())
        self._story = QGridLayout()
        self._story.setColumnStretch(1, 1)
        self._story.setHorizontalSpacing(12)
        self._story.setVerticalSpacing(6)
        story.body.addWidget(self.technical)
        story.body.addLayout(self._story)
        story.body.addStretch()
        left, right = QWidget(), QWidget()
        left.setLayout(column(self.person, self.decision, self.facts, None))
        right.setLayout(column(story, None))
        back = KeyButton(self.say("console.back"), "Escape", on_press=around.back)
        back.setObjectName("visit.back")
        self.head.addWidget(back)
        self._head_inside = row(spacing=8)
        self.head.addLayout(self._head_inside, 1)
        parts = row(spacing=12)
        parts.addWidget(scrolled(left), 10)
        noted = QWidget()
        noted.setLayout(column(self.note, None))
        middle = column(acts, scrolled(noted))  # buttons do not wrap: only what lies below them scrolls
        middle.setStretch(1, 1)
        parts.addLayout(middle, 11)
        parts.addWidget(scrolled(right), 10)
        whole = column(self.head, self.next, parts, spacing=10)
        whole.setStretch(2, 1)
        self.setLayout(whole)

    def opened(self) -> None:
        self._read(first=True)

    def live_changed(self) -> None:
        if self.row is not None:
            self._ask_who()
            self._show_acts()

    def _ask_who(self) -> None:
        """At each step anew, while a kiosk holds the visit: the card's words come later than the card."""
        counter, visit_id = self.around.live.counter, self.visit_id
        lane = self.around.live.seen.holding(visit_id)
        if counter is None or lane is None or self._asked_at == lane.standing.mark:
            return
        self._asked_at, name = lane.standing.mark, lane.standing.lane

        def told(found: tuple[LivePerson, ...]) -> None:
            if self.shown and found and found != self._live_persons:
                self._live_persons = found
                self._show_person()

        self.around.run(lambda: counter.persons(name, visit_id), told)

    def tick(self) -> None:
        self._read(first=False)

    def closed(self) -> None:
        """Names and notes go at once."""
        self._person, self._closed_note, self.row, self.lines = Person(), None, None, ()
        self._live_persons, self._asked_at = (), None
        self._recorded = self._drawn = None
        self.note.forget()
        self.acts.forget()
        for place in (self._person_inside, self._facts_inside, self._decision_inside, self._record_acts, self._story):
            empty(place)

    # --- what is there ----------------------------------------------------------------------------

    def _read(self, *, first: bool) -> None:
        counter, records, visit_id = self.around.live.counter, self.around.services.records, self.visit_id
        if counter is None:
            return

        def job() -> _Found:
            if first:
                counter.viewed(visit_id)
            entries = records.of_visit(visit_id)
            if not first and len(entries) == len(self.lines):
                return _Found(entries, self._person, self._closed_note, ())
            return _Found(entries, records.person(visit_id), records.note(visit_id), records.corrections(visit_id))

        self.around.run(job, self._take)

    def _take(self, found: _Found) -> None:
        if not self.shown:
            return  # left meanwhile: nobody's name is put on a page that is thrown away
        if len(found.entries) == len(self.lines) and self.row is not None:
            return
        book = VisitBook()
        book.read(found.entries)
        self.row = book.rows.get(self.visit_id)
        self._person, self._closed_note = found.person, found.note
        self.note.show_corrections(found.corrections)
        self.lines = timeline(found.entries)
        self._show_person()
        self._ask_who()
        self._show_acts()
        self._show_story()

    def _live(self) -> tuple[VisitRow | None, LaneContent | None]:
        seen = self.around.live.seen
        lane = seen.holding(self.visit_id)
        content = seen.contents.get(lane.standing.lane) if lane is not None else None
        if content is not None and content.visit_id != self.visit_id:
            content = None
        return (replace(self.row, live=lane is not None) if self.row else None), content

    def _show_acts(self) -> None:
        one, content = self._live()
        if one is None:
            return
        lane = self.around.live.seen.holding(self.visit_id)
        self.acts.show_lane(lane.standing if lane else None, content)
        self._show_texts(one, content)
        self.note.show_note(content.note if content and content.note else self._closed_note)
        steps = [self.words.text(step) for step in next_steps(one)]
        tone = "now" if one.incident else "care"
        if lane is not None:
            needs = content.needs if content else ()
            steps = [self.words.text(need) for need in needs] or [self.words.text(lane.standing.step)]
            tone = "now" if needs_now(lane) else "calm"
        self.next.say(steps or [self.say("console.next.nothing")], tone if steps else "good")
        made = record_buttons(one, self.around.services.attendance.may, held=lane is not None)
        if self._recorded != made:
            self._recorded = made
            self._draw_records(made)

    def _show_texts(self, one: VisitRow, content: LaneContent | None) -> None:
        """Drawn anew only where something changed: the lanes are looked at five times a second."""
        drawn = (one, content.outcome if content else None, content.facts if content else ())
        if drawn == self._drawn:
            return
        self._drawn = drawn
        self._show_head(one)
        self._show_decision(one, content)
        empty(self._facts_inside)
        for fact in drawn[2]:
            self._facts_inside.addWidget(label(self.words.text(fact), wrap=True))
        self.facts.setVisible(bool(drawn[2]))

    def _show_head(self, one: VisitRow) -> None:
        empty(self._head_inside)
        self._head_inside.addWidget(label(one.number, size="title"))
        self._head_inside.addWidget(
            chip(self.say(f"console.standing.{one.standing.value}"), TONES.get(one.standing, ""))
        )
        if one.corrected:
            self._head_inside.addWidget(chip(self.say("console.corrected"), "accent"))
        if one.incident:
            self._head_inside.addWidget(chip(self.say("console.incident"), "now"))
        if one.waits:
            self._head_inside.addWidget(chip(self.say("console.waits"), "care"))
        span = f"{self.words.day(one.opened.date())}　{self.words.clock(one.opened)}"
        if one.closed is not None:
            span += f" – {self.words.clock(one.closed)}"
        self._head_inside.addWidget(label(span))
        self._head_inside.addStretch()
        copied = KeyButton(self.say("console.copy_id"), role="quiet", on_press=lambda: self._copy(one.id))
        copied.setToolTip(one.id)
        self._head_inside.addWidget(copied)

    def _show_person(self) -> None:
        empty(self._person_inside)
        person = self._person
        if not person.name and self._live_persons:
            self._show_live_persons()
            return
        born = self.words.text_date(person.birth_date) if person.birth_date else None
        if not any((person.name, person.kana, born, person.patient_number)):
            self._person_inside.addWidget(label(self.say("console.person.unknown"), size="small", wrap=True))
            return
        if person.name or person.kana:
            self._person_inside.addWidget(label(person.name or person.kana or "", size="title", wrap=True, select=True))
        told = [person.kana if person.name else None, born]
        line = "　".join(part for part in told if part)
        if line:
            self._person_inside.addWidget(label(line, select=True))
        if person.patient_number:
            number = person.patient_number
            copied = KeyButton(self.say("console.copy"), role="quiet", on_press=lambda: self._copy(number))
            self._person_inside.addLayout(
                row(label(f"{self.say('console.patient_number')}　{number}", select=True), copied, None)
            )

    def _show_live_persons(self) -> None:
        """What card and answer say, each by itself: whether they mean the same person is decided elsewhere."""
        for person in self._live_persons:
            self._person_inside.addWidget(label(self.say(f"console.person.{person.source}"), size="small"))
            if person.name or person.kana:
                name = person.name or person.kana or ""
                self._person_inside.addWidget(label(name, size="title", wrap=True, select=True))
            born = self.words.text_date(person.birth_date) if person.birth_date else None
            line = "　".join(part for part in (person.kana if person.name else None, born) if part)
            if line:
                self._person_inside.addWidget(label(line, select=True))

    def _show_decision(self, one: VisitRow, content: LaneContent | None) -> None:
        outcome = content.outcome if content else None
        decision = (outcome.decision if outcome else None) or one.decision
        share = outcome.share if outcome and outcome.share is not None else one.share
        route = (outcome.claim_route if outcome else None) or one.route
        facts = {"eligibility": one.eligibility, "document": one.document}
        empty(self._decision_inside)
        if decision is None and one.status is None and one.eligibility == "unconfirmed":
            self._decision_inside.addWidget(label(self.say("console.decision.none"), size="small", wrap=True))
            return
        line = [
            ("usage.identity", None if one.identity == "none" else one.identity),
            ("usage.eligibility", one.eligibility),
            ("usage.document", None if one.document == "none" else one.document),
        ]
        told = "　/　".join(self.words.named(kind, value) for kind, value in line)
        head = row(
            chip(decision or DASH, "accent"), label(self.words.named("console.route", route), size="strong"), None
        )
        head.addWidget(label(DASH if share is None else f"{share} %", size="strong"))
        self._decision_inside.addLayout(head)
        self._decision_inside.addWidget(label(told, wrap=True))
        for why in reasons(decision, route, share, facts):
            if why.id in self.words.catalogue:
                self._decision_inside.addWidget(label(self.words.text(why), wrap=True))
        for alert in one.alerts:
            self._decision_inside.addWidget(
                label("・" + self.words.known(f"console.alert.{alert}", alert), size="small", wrap=True)
            )

    def _show_story(self) -> None:
        empty(self._story)
        place = 0
        for line in self.lines:
            if line.technical and not self.technical.isChecked():
                continue
            meaning = self.words.first(
                self.around.services.meanings.get(line.event, {}).get(self.words.language, line.event)
            )
            moment = label(self.words.clock(line.at, seconds=True), size="small", wrap=True)
            moment.setFixedWidth(66)
            self._story.addWidget(moment, place, 0, Qt.AlignmentFlag.AlignTop)
            words = [word for n in range(len(line.details)) if (word := self._detail(line, n))]
            text = meaning if not words else f"{meaning}　{'・'.join(words)}"
            self._story.addWidget(label(text, tone="now" if line.failed else "", wrap=True), place, 1)
            place += 1
            if line.code:
                cause = self.words.known(f"failure.{line.code}.cause", line.code)
                self._story.addWidget(label(f"{line.code}　{cause}", size="small", wrap=True), place, 1)
                place += 1

    def _detail(self, line: Line, number: int) -> str:
        detail = line.details[number]
        if detail.name == "alerts":
            return "、".join(self.words.known(f"console.alert.{a}", a) for a in detail.word.split(",") if a)
        return self.words.known(detail.message, "") if detail.message else detail.word

    # --- what is written down ---------------------------------------------------------------------

    def _draw_records(self, made: tuple[Button, ...]) -> None:
        empty(self._record_acts)
        self.buttons = {}
        for button in made:
            action = button.action
            name = self.words.known(f"counter.act.{action.name}", action.name)
            drawn = KeyButton(name, action.key, role="main" if button.main else "")
            drawn.setObjectName(f"record.{action.name}")
            drawn.clicked.connect(lambda _checked=False, chosen=action: self._asking.begin(chosen, self.note.note))
            self.buttons[action.name] = drawn
            self._record_acts.addWidget(drawn)

    def _copy(self, text: str) -> None:
        copy(text)
        self.around.tell(self.say("console.copied"))
