"""A table of rows that are opened by Enter or a double press."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from kiosk.staff.console.theme import COLOURS, SIZES

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Row:
    """`tones`: of single cells, by column."""

    id: str
    cells: tuple[str, ...]
    tones: dict[int, str] = field(default_factory=dict)


class _Model(QAbstractTableModel):
    def __init__(self, heads: Sequence[str]) -> None:
        super().__init__()
        self.heads = list(heads)
        self.rows: list[Row] = []

    def take(self, rows: Sequence[Row]) -> None:
        """Only what differs is drawn anew, so that neither choice nor place jumps."""
        fresh = list(rows)
        if [row.id for row in fresh] == [row.id for row in self.rows]:
            self.rows = fresh
            if fresh:
                self.dataChanged.emit(self.index(0, 0), self.index(len(fresh) - 1, len(self.heads) - 1))
            return
        self.beginResetModel()
        self.rows = fresh
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self.heads)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        tone = row.tones.get(index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return row.cells[index.column()]
        if role == Qt.ItemDataRole.ForegroundRole and tone:
            return QColor(getattr(COLOURS, tone))
        if role == Qt.ItemDataRole.FontRole and tone:
            font = QFont()
            font.setBold(True)
            return font
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.heads[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None


class Table(QTableView):
    """`widths` in pixels; 0 takes what is left."""

    def __init__(
        self,
        heads: Sequence[str],
        widths: Sequence[int],
        *,
        name: str,
        on_open: Callable[[str], None] | None = None,
        on_choose: Callable[[str | None], None] | None = None,
    ) -> None:
        super().__init__()
        self._model = _Model(heads)
        self._on_open, self._on_choose = on_open, on_choose
        self.setModel(self._model)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(SIZES.line)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(40)
        for place, width in enumerate(widths):
            head.setSectionResizeMode(
                place, QHeaderView.ResizeMode.Stretch if width == 0 else QHeaderView.ResizeMode.Fixed
            )
            if width:
                self.setColumnWidth(place, width)
        self.doubleClicked.connect(lambda _index: self._open())
        self.selectionModel().currentRowChanged.connect(lambda _now, _before: self._chose())
        self._model.modelReset.connect(self._chose)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """What was chosen stays chosen while it is there."""
        chosen = self.chosen
        self._model.take(rows)
        if chosen is not None and self.chosen != chosen:
            self.choose(chosen)

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(self._model.rows)

    @property
    def chosen(self) -> str | None:
        index = self.currentIndex()
        return self._model.rows[index.row()].id if index.isValid() and index.row() < len(self._model.rows) else None

    def choose(self, row_id: str) -> None:
        for place, row in enumerate(self._model.rows):
            if row.id == row_id:
                self.selectRow(place)
                return

    def choose_first(self) -> None:
        if self._model.rows and self.chosen is None:
            self.selectRow(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        else:
            super().keyPressEvent(event)

    def _open(self) -> None:
        if self.chosen is not None and self._on_open is not None:
            self._on_open(self.chosen)

    def _chose(self) -> None:
        if self._on_choose is not None:
            self._on_choose(self.chosen)
