"""Is everything there that reception needs; and the catalogue of failure codes, each with cause and remedy."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from kiosk.domain.failures import FailureCode
from kiosk.staff.console.page import Around, Page
from kiosk.staff.console.table import Row, Table
from kiosk.staff.console.widgets import KeyButton, NextBox, Panel, chip, column, empty, label, row, scrolled
from kiosk.staff.readiness import Report, State

TONES = {State.OK: "good", State.WARN: "care", State.FAIL: "now", State.ABSENT: ""}
_ORDER = (State.FAIL, State.WARN, State.OK, State.ABSENT)


class ReadinessPage(Page):
    id = "readiness"

    def __init__(self, around: Around) -> None:
        super().__init__(around)
        self.report: Report | None = None
        self.next = NextBox(self.say("console.next"))
        self.again = KeyButton(self.say("console.readiness.again"), "R", on_press=self.read)
        self.made = label("", size="small")
        self._lines = QGridLayout()
        self._lines.setColumnStretch(2, 1)
        self._lines.setHorizontalSpacing(12)
        self._lines.setVerticalSpacing(8)
        lines = Panel()
        lines.body.addLayout(self._lines)
        lines.body.addStretch()
        self.search = QLineEdit()
        self.search.setObjectName("readiness.search")
        self.search.setPlaceholderText(self.say("console.codes.search"))
        self.search.setAccessibleName(self.say("console.codes.search"))
        self.search.textChanged.connect(lambda _text: self._show_codes())
        heads = [self.say(f"console.head.{head}") for head in ("code", "cause")]
        self.codes = Table(heads, (76, 0), name=self.say("console.codes"), on_choose=lambda _chosen: self._show_code())
        self.code = Panel(name="sunken")
        self._code_inside = column(spacing=4)
        self.code.body.addLayout(self._code_inside)
        side = QWidget()
        book = column(label(self.say("console.codes"), size="head"), self.search, self.codes, self.code, spacing=8)
        book.setStretch(2, 1)
        side.setLayout(book)
        parts = row(spacing=12)
        parts.addWidget(scrolled(lines), 11)
        parts.addWidget(side, 9)
        whole = column(self.next, row(self.again, self.made, None), parts, spacing=10)
        whole.setStretch(2, 1)
        self.setLayout(whole)
        self._show_codes()

    def opened(self) -> None:
        if self.report is None:
            self.read()
        self.again.setFocus(Qt.FocusReason.OtherFocusReason)

    def seek(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def read(self) -> None:
        self.again.setEnabled(False)
        self.next.say([self.say("console.readiness.looking")], "calm")
        again = partial(self.again.setEnabled, True)
        self.around.run(self.around.services.records.readiness, self._take, after=again, slow=True)

    def _take(self, report: Report) -> None:
        self.report = report
        self.made.setText(self.say("console.readiness.made", time=self.words.clock(self.around.services.now())))
        worst = next((state for state in _ORDER if any(line.finding.state is state for line in report.lines)), State.OK)
        troubles = [line for line in report.lines if line.finding.state is State.FAIL]
        steps = [self.words.text(line.finding.remedy) for line in troubles if line.finding.remedy]
        self.next.say([self.words.text(report.summary), *steps[:1]], TONES[worst] or "good")
        self.around.count(self.id, len(troubles), "now")
        empty(self._lines)
        lines = sorted(report.lines, key=lambda line: _ORDER.index(line.finding.state))
        for place, line in enumerate(lines):
            finding = line.finding
            mark = chip(self.say(f"doctor.state.{finding.state.value}"), TONES[finding.state])
            self._lines.addWidget(mark, place, 0, Qt.AlignmentFlag.AlignTop)
            name = label(self.words.known(f"doctor.{line.check}.name", line.check), size="strong", wrap=True)
            name.setMinimumWidth(130)
            self._lines.addWidget(name, place, 1, Qt.AlignmentFlag.AlignTop)
            texts = [label(self.words.text(finding.cause), wrap=True)]
            if finding.remedy is not None:
                texts.append(label("→ " + self.words.text(finding.remedy), tone="care", wrap=True))
            if finding.detail:
                texts.append(label(finding.detail, size="small", wrap=True, select=True))
            told = QWidget()
            told.setLayout(column(*texts, spacing=2))
            self._lines.addWidget(told, place, 2)

    def _show_codes(self) -> None:
        words = self.search.text().casefold().split()
        rows = []
        for code in FailureCode:
            cause = self.words.known(f"failure.{code.value}.cause", code.value)
            remedy = self.words.known(f"failure.{code.value}.remedy", "")
            if all(word in f"{code.value} {cause} {remedy}".casefold() for word in words):
                rows.append(Row(code.value, (code.value, cause)))
        self.codes.show_rows(rows)
        self.codes.choose_first()
        self._show_code()

    def _show_code(self) -> None:
        empty(self._code_inside)
        code = self.codes.chosen
        self.code.setVisible(code is not None)
        if code is None:
            return
        cause, remedy = (self.words.known(f"failure.{code}.{part}", "") for part in ("cause", "remedy"))
        self._code_inside.addWidget(label(f"{code}　{cause}", size="strong", wrap=True))
        self._code_inside.addWidget(label("→ " + remedy, wrap=True, select=True))
