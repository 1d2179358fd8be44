"""What the set-up installed is enough: every library loads, and Qt draws Japanese with the fonts that are shipped."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QFont, QFontDatabase, QRawFont
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

FONTS = Path(__file__).parents[2] / "assets" / "fonts"


@pytest.mark.parametrize(
    "module",
    [
        "PySide6.QtWidgets",
        "cryptography.x509",
        "cv2",
        "defusedxml.ElementTree",
        "dlib",
        "face_recognition",
        "numpy",
        "onnxruntime",
        "PIL.Image",
        "rapidocr",
        "smartcard.scard",
        "sqlite_utils",
        "yaml",
    ],
)
def test_library_loads(module: str) -> None:
    importlib.import_module(module)


def test_shipped_font_draws_japanese(qtbot: QtBot) -> None:
    family = QFontDatabase.applicationFontFamilies(
        QFontDatabase.addApplicationFont(str(FONTS / "BIZUDPGothic-Regular.ttf"))
    )[0]
    font = QFont(family, 40)
    assert all(QRawFont.fromFont(font).supportsCharacter(ord(character)) for character in "受付髙﨑")

    label = QLabel()
    qtbot.addWidget(label)
    label.setFont(font)
    label.resize(300, 120)
    blank = label.grab().toImage()
    label.setText("受付")
    assert label.grab().toImage() != blank


def test_qt_keeps_the_reference_count_of_none() -> None:
    """PySide6 6.12.0 drops a reference to None per call on Python 3.10 and 3.11, and ends after some 5,000 calls."""
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(1000):
        thing.setObjectName("x")
    assert sys.getrefcount(None) > before - 500
