"""Now: every lane with its step, the age of the step and what the patient sees; who waits; and what to do about it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from kiosk.ports.counter import Lane, LaneContent, Pixels, Sight
from kiosk.staff.console.act_panel import ActPanel
from kiosk.staff.console.live import needs_now
from kiosk.staff.console.note_panel import NotePanel
from kiosk.staff.console.page import Around, Page
from kiosk.staff.console.widgets import (
    KeyButton,
    NextBox,
    Panel,
    Picture,
    QuickButton,
    chip,
    column,
    empty,
    label,
    retone,
    row,
    scrolled,
)
from kiosk.staff.visit_list import VisitBook, VisitRow, VisitStanding, next_steps

_SIDE = 316
_PHOTO = QSize(190, 238)
_SCREEN = QSize(180, 320)
_UNDER_BUTTON = 9
"""What is said of a waiting visit begins below the letters of its button."""


class LaneCard(QuickButton):
    """One lane in the list: red edge and text only where a person is needed now."""

    def __init__(self, page: LanesPage, name: str, key: str) -> None:
        super().__init__()
        self.setProperty("role", "lane")
        self.setCheckable(True)
        self.setShortcut(key)
        self._page, self._key = page, key
        self._name = label(f"{name}", size="strong")
        self._step = label("", size="strong", wrap=True)
        self._age = label("", size="strong")
        self._sees = label("", size="small", wrap=True)
        self._need = label("", tone="now", wrap=True)
        self._mark = chip("")
        key_sign = label(key)
        key_sign.setObjectName("key")
        inside = QVBoxLayout(self)
        inside.setContentsMargins(12, 10, 12, 10)
        inside.setSpacing(4)
        inside.addLayout(row(self._name, self._mark, None, self._age, key_sign))
        for part in (self._step, self._need, self._sees):
            inside.addWidget(part)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:  # noqa: N802
        inside = self.layout()
        return QSize(_SIDE - 16, inside.heightForWidth(_SIDE - 16) if inside is not None else 120)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return self.sizeHint()

    def show_lane(self, lane: Lane, content: LaneContent | None) -> None:
        words, standing = self._page.words, lane.standing
        self._step.setText(words.text(standing.step))
        now = self._page.around.services.now()
        self._age.setText(words.age((now - standing.since).total_seconds()))
        self._age.setVisible(lane.alive)
        needs = [words.text(need) for need in content.needs] if content else [words.known(n) for n in standing.needs]
        urgent = needs_now(lane)
        self._need.setText(needs[0] if needs else words.say("console.lane.called") if urgent else "")
        self._need.setVisible(bool(self._need.text()) and lane.alive)
        retone(self._need, "now" if urgent else "care")
        sees = content.sentences[0] if content and content.sentences else ""
        self._sees.setText(f"{words.say('console.lane.sees')}　{sees}" if sees else "")
        self._sees.setVisible(bool(sees))
        mark, tone = self._page.mark_of(lane)
        self._mark.setText(mark)
        retone(self._mark, tone)
        self._mark.setVisible(bool(mark))
        self.setAccessibleName(" ".join((standing.lane, self._step.text(), self._need.text())))
        self.updateGeometry()


class LanesPage(Page):
    id = "lanes"

    def __init__(self, around: Around) -> None:
        super().__init__(around)
        self.chosen: str | None = None
        self.cards: dict[str, LaneCard] = {}
        self._pictured: tuple[str | None, int] | None = None
        self._camera_asked = False
        self._book = VisitBook()
        self._cards = column(spacing=8)
        self._queue = Panel(self.say("console.queue"))
        self._queue_inside = column(spacing=2)
        self._queue.body.addLayout(self._queue_inside)
        self._queued: tuple[str, ...] | None = None
        self._told: LaneContent | None = None
        self._told_once = False
        side = QWidget()
        side.setLayout(column(self._cards, self._queue, None))
        left = scrolled(side)
        left.setFixedWidth(_SIDE)
        self.next = NextBox(self.say("console.next"))
        self._title = label("", size="step")
        self._age = label("", size="step")
        self._visit = KeyButton("", "O", role="quiet", on_press=self._open_visit)
        self._compared: str | None = None  # the visit whose person somebody wants to compare with the photo
        self._compare = KeyButton(self.say("console.compare"), "X", role="quiet", on_press=self._want_pictures)
        self.photo = Picture(self.say("console.photo"), _PHOTO, fill=True)
        self.camera = Picture(self.say("console.camera"), _PHOTO, fill=True)
        self._looking = Panel()
        pair = row(spacing=12)
        for picture, caption in ((self.photo, "console.photo"), (self.camera, "console.camera")):
            pair.addLayout(column(label(self.say(caption), size="head"), picture, None, spacing=4))
        self._looking.body.addLayout(pair)
        self._looking.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.miniature = Picture(self.say("console.screen"), _SCREEN)
        self.miniature.hide()
        self._sentences = column(spacing=4)
        self.sees = Panel(self.say("console.screen"))
        texts = QWidget()
        texts.setLayout(column(self._sentences, None))
        line = row(spacing=12)
        line.addWidget(self.miniature, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(texts, 1)
        self.sees.body.addLayout(line)
        self.facts = Panel(self.say("console.facts"))
        self._facts_inside = column(spacing=4)
        self.facts.body.addLayout(self._facts_inside)
        self.note = NotePanel(around, key="Ctrl+Shift+C")
        self.acts = ActPanel(around)
        beside = QWidget()
        beside.setLayout(column(self.facts, self.sees, self.note, None))
        details = QWidget()
        parts = row(spacing=12)
        parts.setContentsMargins(0, 0, 0, 0)
        parts.addWidget(self._looking, 0, Qt.AlignmentFlag.AlignTop)
        parts.addWidget(beside, 1)
        details.setLayout(parts)
        main = column(
            row(self._title, 8, self._age, None, self._compare, self._visit),
            self.next,
            self.acts,
            scrolled(details),
            spacing=10,
        )
        main.setStretch(3, 1)
        self._main = QWidget()
        self._main.setLayout(main)
        self._nobody = label(self.say("console.lanes.none"), size="strong", wrap=True)
        self._nobody.setAlignment(Qt.AlignmentFlag.AlignCenter)
        whole = row(left, self._main, self._nobody, spacing=12)
        whole.setStretch(1, 1)
        whole.setContentsMargins(0, 0, 0, 0)
        self.setLayout(whole)

    def opened(self) -> None:
        self.live_changed()
        day = self.around.services.now().date()
        self.around.run(lambda: self.around.services.records.opened(day, day), self._read)

    def closed(self) -> None:
        for picture in (self.photo, self.camera, self.miniature):
            picture.forget()
        self._pictured = self._told = None
        self._told_once = False
        self.acts.forget()
        self.note.show_note(None)
        empty(self._facts_inside)
        empty(self._sentences)

    def tick(self) -> None:
        self.live_changed()
        seq = self._book.seq
        if seq:
            self.around.run(lambda: self.around.services.records.after(seq, 5000), self._read)

    def live_changed(self) -> None:
        if not self.shown:
            return
        seen = self.around.live.seen
        names = [lane.standing.lane for lane in seen.lanes]
        if list(self.cards) != names:
            self._make_cards(names)
        calls = seen.calls()
        if self.chosen not in names:
            self.chosen = calls[0].standing.lane if calls else names[0] if names else None
        for lane in seen.lanes:
            card = self.cards[lane.standing.lane]
            card.show_lane(lane, seen.contents.get(lane.standing.lane))
            card.setChecked(lane.standing.lane == self.chosen)
        self._show_queue()
        lane_now = seen.lane(self.chosen)
        self._main.setVisible(lane_now is not None)
        self._nobody.setVisible(lane_now is None)
        if lane_now is not None:
            self._show_lane(lane_now, seen.contents.get(lane_now.standing.lane))

    def choose(self, name: str) -> None:
        self.chosen = name
        self._pictured = None
        self.acts.forget()  # asked for: the next press is meant for what it shows
        for picture in (self.photo, self.camera, self.miniature):
            picture.forget()
        self.live_changed()

    def mark_of(self, lane: Lane) -> tuple[str, str]:
        """A word beside the lane's name, and its tone."""
        if lane.beat_age is None:
            return self.say("console.lane.stopped"), "care"
        if not lane.alive:
            return self.say("console.lane.hangs"), "now"
        if lane.standing.paused:
            return self.say("console.lane.paused"), "care"
        if lane.standing.answered_by:
            return self.say("console.lane.answered", name=lane.standing.answered_by), "accent"
        return "", ""

    # --- one lane ---------------------------------------------------------------------------------

    def _show_lane(self, lane: Lane, content: LaneContent | None) -> None:
        standing = lane.standing
        if content is not None and content.visit_id != standing.visit_id:
            content = None  # the two looks met different moments
        self._title.setText(f"{standing.lane}　{self.words.text(standing.step)}")
        seconds = (self.around.services.now() - standing.since).total_seconds()
        self._age.setText(self.words.age(seconds) if lane.alive else "")
        self._visit.setVisible(standing.visit_id is not None)
        number = VisitRow(standing.visit_id, standing.since).number if standing.visit_id else ""
        self._visit.setText(f"{number}　{self.say('console.open_visit')}")
        self._show_next(lane, content)
        self.acts.show_lane(standing if lane.alive else None, content)
        self._show_facts(content)
        self.note.show_note(content.note if content else None)
        offered = any(offer.action == "visual_check" for offer in standing.offers)
        called = bool(standing.needs) or standing.called_at is not None
        looking = offered and (called or self._compared == standing.visit_id)
        self._compare.setVisible(offered and not looking and lane.alive and bool(content and content.photo))
        self._looking.setVisible(looking and lane.alive)
        self._show_pictures(lane, looking=looking and lane.alive, photo=bool(content and content.photo))

    def _show_next(self, lane: Lane, content: LaneContent | None) -> None:
        standing = lane.standing
        if lane.beat_age is None:
            self.next.say([self.say("console.next.stopped")], "care")
        elif not lane.alive:
            self.next.say([self.say("console.next.hangs")], "now")
        elif needs_now(lane):
            needs = [self.words.text(need) for need in content.needs] if content else []
            self.next.say(
                needs or [self.words.known(need) for need in standing.needs] or [self.say("console.lane.called")], "now"
            )
        elif standing.paused:
            self.next.say([self.say("console.next.paused")], "care")
        elif standing.answered_by:
            self.next.say([self.say("console.next.answered", name=standing.answered_by)], "care")
        else:
            calm = "console.next.calm" if standing.visit_id else "console.next.idle"
            self.next.say([self.say(calm)], "calm")

    def _show_facts(self, content: LaneContent | None) -> None:
        """Drawn anew only where something changed: the lanes are looked at five times a second."""
        if content == self._told and self._told_once:
            return
        self._told, self._told_once = content, True
        empty(self._facts_inside)
        facts = [self.words.text(fact) for fact in (*content.facts, *content.holds)] if content else []
        for fact in facts:
            self._facts_inside.addWidget(label(fact, wrap=True))
        self.facts.setVisible(bool(facts))
        empty(self._sentences)
        for number, sentence in enumerate(content.sentences if content else ()):
            self._sentences.addWidget(label(sentence, size="strong" if number == 0 else "", wrap=True))
        buttons = "　".join(f"［{text}］" for text in (content.buttons if content else ()))
        if buttons:
            self._sentences.addWidget(label(buttons, size="small", wrap=True))
        self.sees.setVisible(content is not None)

    def _show_pictures(self, lane: Lane, *, looking: bool, photo: bool) -> None:
        """The photo once a visit, the camera again and again while somebody is to be compared with it, the small screen
        once a step."""
        standing, counter = lane.standing, self.around.live.counter
        if counter is None or not lane.alive:
            return
        if not looking:
            self.photo.forget()
            self.camera.forget()
        name, visit = standing.lane, standing.visit_id
        step = (visit, standing.mark)
        if step != self._pictured:
            if self._pictured is not None and self._pictured[0] != visit:
                self.photo.forget()
                self.camera.forget()
            self._pictured = step
            self.around.run(
                lambda: counter.picture(name, Sight.SCREEN, visit), lambda p: self._picture(self.miniature, p, step)
            )
            if looking and photo and not self.photo.filled:
                self.around.run(
                    lambda: counter.picture(name, Sight.PHOTO, visit), lambda p: self._picture(self.photo, p, step)
                )
        if looking and not self._camera_asked:
            self._camera_asked = True
            self.around.run(
                lambda: counter.picture(name, Sight.CAMERA, visit),
                lambda p: self._picture(self.camera, p, step),
                after=self._camera_answered,
            )

    def _camera_answered(self) -> None:
        self._camera_asked = False

    def _picture(self, place: Picture, pixels: Pixels | None, step: tuple[str | None, int]) -> None:
        """A picture that comes after its visit has gone is wiped unseen."""
        if place is self.miniature:
            place.setVisible(pixels is not None)
        if pixels is None:
            place.forget()
        elif self._pictured is None or self._pictured[0] != step[0] or not self.shown:
            pixels.wipe()
        else:
            place.show_pixels(pixels)

    def _want_pictures(self) -> None:
        """Without a call: whoever asks for the pictures is written down, so they do not come by themselves."""
        lane = self.around.live.seen.lane(self.chosen)
        self._compared = lane.standing.visit_id if lane is not None else None
        self._pictured = None
        self.live_changed()

    def _open_visit(self) -> None:
        lane = self.around.live.seen.lane(self.chosen)
        if lane is not None and lane.standing.visit_id:
            self.around.open_visit(lane.standing.visit_id)

    # --- the list ---------------------------------------------------------------------------------

    def _make_cards(self, names: list[str]) -> None:
        empty(self._cards)
        self.cards = {}
        for number, name in enumerate(names, 1):
            card = LaneCard(self, name, f"Alt+{number}" if number < 10 else "")
            card.clicked.connect(lambda _checked=False, chosen=name: self.choose(chosen))
            self.cards[name] = card
            self._cards.addWidget(card)

    def _read(self, entries: object) -> None:
        self._book.read(entries)  # type: ignore[arg-type]
        if self.shown:
            self._show_queue()

    def _show_queue(self) -> None:
        """Lanes that call, who waits longest first, then visits of today that staff have to bring to their end."""
        seen, now = self.around.live.seen, self.around.services.now()
        day = now.date()
        held = {lane.standing.visit_id for lane in seen.lanes if lane.alive}
        waiting = [
            one for one in self._book.of_day(day) if one.standing is VisitStanding.WITH_STAFF and one.id not in held
        ]
        waiting.sort(key=lambda one: one.opened)
        rows = [f"lane:{lane.standing.lane}" for lane in seen.calls()] + [one.id for one in waiting]
        drawn = (*rows, str(int(now.timestamp()) // 15))
        if drawn == self._queued:
            return
        self._queued = drawn
        empty(self._queue_inside)
        self._queue.heading.setText(f"{self.say('console.queue')}　{len(rows)}")
        for lane in seen.calls():
            since = lane.standing.called_at or lane.standing.since
            age = self.words.age((now - since).total_seconds())
            text = f"{lane.standing.lane}　{self.words.text(lane.standing.step)}　{age}"
            made = KeyButton(text, role="quiet", on_press=partial(self.choose, lane.standing.lane))
            self._queue_inside.addWidget(made)
        for one in waiting[:8]:
            steps = next_steps(one)
            made = KeyButton(
                f"{one.number}　{self.words.clock(one.opened)}",
                role="quiet",
                on_press=partial(self.around.open_visit, one.id),
            )
            made.setToolTip(self.words.text(steps[0]) if steps else "")
            entry = QWidget()
            inside = QVBoxLayout(entry)
            inside.setContentsMargins(0, 0, 0, 0)
            inside.setSpacing(0)
            inside.addWidget(made)
            if steps:
                told = label(self.words.first(self.words.text(steps[0])), size="small", wrap=True)
                told.setContentsMargins(_UNDER_BUTTON, 0, 0, 10)
                inside.addWidget(told)
            self._queue_inside.addWidget(entry)
        if not rows:
            self._queue_inside.addWidget(label(self.say("console.queue.none"), size="small", wrap=True))
