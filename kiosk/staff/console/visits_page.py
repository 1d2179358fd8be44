"""The visits of a day, found again by standing, way, claim, lane, or any word of what the list shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QComboBox, QLineEdit

from kiosk.ports.journal import StoredEntry
from kiosk.staff.console.page import Around, Page
from kiosk.staff.console.table import Row, Table
from kiosk.staff.console.widgets import KeyButton, column, label, row
from kiosk.staff.console.words import cells
from kiosk.staff.visit_list import VisitBook, VisitFilter, VisitRow, VisitStanding, counted, next_steps

HEADS = ("time", "number", "standing", "identity", "eligibility", "document", "route", "share", "next")
WIDTHS = (72, 84, 112, 96, 104, 132, 122, 66, 0)
NEXT = len(HEADS) - 1
METHODS = ("face", "pin", "visual", "device", "document", "none")
ROUTES = ("normal", "1", "2", "3", "disaster")
TONES = {
    VisitStanding.GOING_ON: "accent",
    VisitStanding.WITH_STAFF: "care",
    VisitStanding.CUT_OFF: "care",
    VisitStanding.ACCEPTED: "good",
    VisitStanding.FINISHED: "good",
}
AT_ONCE = 5000
"""Entries read in one look at what is new."""


class VisitsPage(Page):
    id = "visits"

    def __init__(self, around: Around) -> None:
        super().__init__(around)
        self.day = around.services.now().date()
        self.book = VisitBook()
        self.filter = VisitFilter()
        self._reading = False
        self._day_label = label("", size="strong")
        earlier = KeyButton(self.say("console.day.earlier"), "Alt+Left", on_press=lambda: self._go_to(-1))
        later = KeyButton(self.say("console.day.later"), "Alt+Right", on_press=lambda: self._go_to(1))
        self.search = QLineEdit()
        self.search.setObjectName("visits.search")
        self.search.setPlaceholderText(self.say("console.visits.search"))
        self.search.setAccessibleName(self.say("console.visits.search"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda text: self._filter(text=text))
        self.method = self._choice("usage.identity", "console.visits.any_method", METHODS, "method")
        self.route = self._choice("console.route", "console.visits.any_route", ROUTES, "route")
        self.lane = QComboBox()
        self.lane.setFixedWidth(124)
        self.lane.setAccessibleName(self.say("console.visits.any_lane"))
        self.lane.addItem(self.say("console.visits.any_lane"), None)
        self.lane.currentIndexChanged.connect(lambda place: self._filter(lane=self.lane.itemData(place)))
        self._counts = row(spacing=6)
        self._count_group = QButtonGroup(self)
        self._count_group.setExclusive(True)
        self.counts: dict[VisitStanding | None, KeyButton] = {}
        for standing in (None, *VisitStanding):
            button = KeyButton("", role="count")
            button.setCheckable(True)
            button.setChecked(standing is None)
            button.clicked.connect(lambda _checked=False, wanted=standing: self._filter(standing=wanted))
            self._count_group.addButton(button)
            self.counts[standing] = button
            self._counts.addWidget(button)
        self._counts.addStretch()
        heads = [self.say(f"console.head.{head}") for head in HEADS]
        self.table = Table(heads, WIDTHS, name=self.say("console.page.visits"), on_open=around.open_visit)
        self._none = label("", tone="")
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.search.setMinimumWidth(180)
        first = row(earlier, self._day_label, later, 16)
        first.addWidget(self.search, 1)
        first.addLayout(row(self.method, self.route, self.lane))
        self.setLayout(column(first, self._counts, self.table, self._none, spacing=8))
        self.setTabOrder(self.search, self.table)

    def begin(self) -> None:
        self._load()

    def opened(self) -> None:
        self._load()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def seek(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def tick(self) -> None:
        """What was added since the last look; a new day begins by itself."""
        if self._reading:
            return
        self._reading = True
        seq = self.book.seq
        self.around.run(lambda: self.around.services.records.after(seq, AT_ONCE), self._added)

    def live_changed(self) -> None:
        self._show()

    # --- parts ------------------------------------------------------------------------------------

    def _choice(self, kind: str, every: str, values: tuple[str, ...], name: str) -> QComboBox:
        box = QComboBox()
        box.setObjectName(f"visits.{name}")
        box.setAccessibleName(self.say(every))
        box.addItem(self.say(every), None)
        for value in values:
            box.addItem(self.words.named(kind, value), value)
        box.setFixedWidth(124)
        box.currentIndexChanged.connect(lambda place: self._filter(**{name: box.itemData(place)}))
        return box

    def _filter(self, **changes: object) -> None:
        self.filter = replace(self.filter, **changes)  # type: ignore[arg-type]
        self._show()

    def _go_to(self, days: int) -> None:
        today = self.around.services.now().date()
        self.day = min(self.day + timedelta(days=days), today)
        self._load()

    def _load(self) -> None:
        day = self.day
        self.book = VisitBook()
        self._show()
        self._reading = True
        self.around.run(lambda: self.around.services.records.opened(day, day), self._added)

    def _added(self, entries: tuple[StoredEntry, ...]) -> None:
        self._reading = False
        if self.book.read(entries) or not self.book.rows:
            self._show()

    def _show(self) -> None:
        self._day_label.setText(self.words.day(self.day))
        live = {lane.standing.visit_id for lane in self.around.live.seen.lanes if lane.alive}
        rows = [replace(one, live=one.id in live) for one in self.book.of_day(self.day)]
        shown = {one.id: (one, cells(one, self.words)) for one in rows}
        taken = [one for one, texts in shown.values() if self.filter.takes(one, " ".join(texts))]
        counts = counted(rows)
        for standing, button in self.counts.items():
            name = (
                self.say("console.visits.all") if standing is None else self.say(f"console.standing.{standing.value}")
            )
            number = len(rows) if standing is None else counts[standing]
            button.setText(f"{name}　{number}")
            button.setAccessibleName(f"{name} {number}")
        self._lanes(sorted({one.lane for one in rows}))
        self.table.show_rows([self._row(one, shown[one.id][1]) for one in taken])
        self.table.choose_first()
        empty_day = "console.visits.none" if not rows else "console.visits.none_found"
        self._none.setText("" if taken else self.say(empty_day))
        self._none.setVisible(not taken)
        with_staff = counts[VisitStanding.WITH_STAFF] + counts[VisitStanding.CUT_OFF]
        if self.day == self.around.services.now().date():
            self.around.count(self.id, with_staff, "care")

    def _row(self, one: VisitRow, texts: tuple[str, ...]) -> Row:
        steps = next_steps(one)
        tones = {2: TONES[one.standing]} if one.standing in TONES else {}
        if one.incident:
            tones[NEXT] = "now"
        elif steps:
            tones[NEXT] = "care"
        return Row(one.id, (*texts, self.words.first(self.words.text(steps[0])) if steps else ""), tones)

    def _lanes(self, names: list[str]) -> None:
        known = [self.lane.itemData(place) for place in range(1, self.lane.count())]
        for name in names:
            if name not in known:
                self.lane.addItem(name, name)
        self.lane.setVisible(self.lane.count() > 2)
