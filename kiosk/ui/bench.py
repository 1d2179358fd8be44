"""The tester's bench: plays the world around a kiosk of the virtual deployment.

It stands beside the patient window and is never shown to patients.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QGroupBox,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from kiosk.domain.messages import Catalogue, Text
from kiosk.domain.screen import View

SCENES = ("none", "self", "other", "two", "dark", "backlit", "near", "far", "masked", "blurred", "screen")
TERMINAL_STATES = ("online", "slow", "down", "silent", "garbage", "error")
FAULTS = ("reader.unplug", "reader.plug", "camera.unplug", "camera.plug", "power.cut", "disk.full", "disk.free")
STAFF_ACTIONS = ("visual_check", "refuse", "take_over", "requery", "cancel")

_CHOSEN = "QPushButton:checked { background: #0A4D8C; color: #FFFFFF; border-radius: 3px; padding: 3px; }"
"""The style of the machine may tell what is chosen from what is not by a shade only."""


@dataclass(frozen=True)
class BenchActions:
    """What the bench can do to the world."""

    choose_person: Callable[[str], None]
    place_card: Callable[[], None]
    take_card: Callable[[], None]
    read_at_device: Callable[[], None]
    show_scene: Callable[[str], None]
    set_terminal: Callable[[str], None]
    cause_fault: Callable[[str], None]
    staff_act: Callable[[str], None]
    hand_in_document: Callable[[Path], None]


class BenchWindow(QWidget):
    """`people` are pairs of persona name and title. Needs a QApplication."""

    def __init__(
        self, catalogue: Catalogue, language: str, people: Sequence[tuple[str, str]], actions: BenchActions
    ) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._language = language
        self._actions = actions
        self.setWindowTitle(self._say("bench.title"))
        font = self.font()
        font.setFamilies(["BIZ UDPGothic", "Noto Sans JP"])  # the machine need not have a Japanese font
        self.setFont(font)
        self.setStyleSheet(_CHOSEN)
        column = QVBoxLayout(self)
        notice = QLabel(self._say("bench.not_real"))
        notice.setWordWrap(True)
        column.addWidget(notice)
        column.addWidget(self._person(people))
        column.addWidget(
            self._pair(
                "bench.card",
                ("bench.place", actions.place_card),
                ("bench.take", actions.take_card),
                ("bench.device", actions.read_at_device),
            )
        )
        self.scenes = self._choice("bench.camera", "bench.scene", SCENES, actions.show_scene)
        column.addWidget(self.scenes)
        self.terminal = self._choice("bench.terminal", "bench.terminal", TERMINAL_STATES, actions.set_terminal)
        column.addWidget(self.terminal)
        column.addWidget(self._presses("bench.staff", "bench.staff", STAFF_ACTIONS, actions.staff_act))
        column.addWidget(self._pair("bench.documents", ("bench.document", self._choose_document)))
        column.addWidget(self._presses("bench.faults", "bench.fault", FAULTS, actions.cause_fault))
        self.lane = QLabel()
        self.lane.setWordWrap(True)
        self.lane.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.lane.setAccessibleName(self._say("bench.lane"))
        column.addWidget(self.lane)
        column.addStretch()

    def show_lane(self, view: View) -> None:
        """What staff would see of this lane now."""
        lines = [f"{view.screen} · {view.state}", self._catalogue.render(view.lane.step, self._language)]
        lines += [f"● {self._catalogue.render(need, self._language)}" for need in view.lane.needs]
        lines += [f"○ {self._catalogue.render(held, self._language)}" for held in view.lane.holds]
        lines += [self._catalogue.render(fact, self._language) for fact in (*view.lane.facts, *view.lane.choices)]
        self.lane.setText("\n".join(lines))

    def show_ignored(self, action: str, view: View) -> None:
        """What staff pressed has no meaning on this screen."""
        self.show_lane(view)
        told = Text("bench.staff.ignored", (("action", self._say(f"bench.staff.{action}")),))
        self.lane.setText(f"{self._catalogue.render(told, self._language)}\n{self.lane.text()}")

    def forbid(self, prefix: str) -> None:
        """The buttons whose names begin so do nothing any more: what they play is real here."""
        for button in self.findChildren(QPushButton):
            if button.objectName().startswith(prefix):
                button.setEnabled(False)

    def _choose_document(self) -> None:
        title = self._say("bench.document")
        chosen, _ = QFileDialog.getOpenFileName(self, title, "", "PDF, JPEG, PNG (*.pdf *.jpg *.jpeg *.png)")
        if chosen:
            self._actions.hand_in_document(Path(chosen))

    def _say(self, message_id: str) -> str:
        return self._catalogue.render(Text(message_id), self._language)

    def _person(self, people: Sequence[tuple[str, str]]) -> QGroupBox:
        group = QGroupBox(self._say("bench.person"))
        box = QComboBox()
        box.setObjectName("bench.person")
        box.setAccessibleName(self._say("bench.person"))
        for name, title in people:
            box.addItem(f"{name}: {title}", name)
        box.setMinimumContentsLength(28)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.currentIndexChanged.connect(lambda index: self._actions.choose_person(box.itemData(index)))
        QVBoxLayout(group).addWidget(box)
        return group

    def _pair(self, title: str, *presses: tuple[str, Callable[[], None]]) -> QGroupBox:
        group = QGroupBox(self._say(title))
        grid = QGridLayout(group)
        for column, (message_id, action) in enumerate(presses):
            button = self._button(message_id)
            button.clicked.connect(lambda _checked=False, act=action: act())
            grid.addWidget(button, 0, column)
        return group

    def _choice(self, title: str, prefix: str, names: Sequence[str], action: Callable[[str], None]) -> QGroupBox:
        group = QGroupBox(self._say(title))
        grid = QGridLayout(group)
        exclusive = QButtonGroup(group)
        for place, name in enumerate(names):
            button = self._button(f"{prefix}.{name}")
            button.setCheckable(True)
            button.setChecked(place == 0)
            button.clicked.connect(lambda _checked=False, chosen=name: action(chosen))
            exclusive.addButton(button)
            grid.addWidget(button, place // 3, place % 3)
        return group

    def _presses(self, title: str, prefix: str, names: Sequence[str], action: Callable[[str], None]) -> QGroupBox:
        group = QGroupBox(self._say(title))
        grid = QGridLayout(group)
        for place, name in enumerate(names):
            button = self._button(f"{prefix}.{name}")
            button.clicked.connect(lambda _checked=False, chosen=name: action(chosen))
            grid.addWidget(button, place // 2, place % 2)
        return group

    def _button(self, message_id: str) -> QPushButton:
        button = QPushButton(self._say(message_id))
        button.setObjectName(message_id)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button
