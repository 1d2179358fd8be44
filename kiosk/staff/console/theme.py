"""Tokens of the console, in one place: colours, sizes, and the style sheet made of them.

Dense but calm: two sizes of text, one accent for what may be pressed, amber for what should be looked at, and red for
nothing but what needs a person now.
"""

from __future__ import annotations

from dataclasses import dataclass

FAMILIES = {"ja": ("BIZ UDPGothic", "Noto Sans JP"), "en": ("Noto Sans JP", "BIZ UDPGothic")}
LEAST_SIZE = (1280, 800)


@dataclass(frozen=True)
class Colours:
    """sRGB. Each text reaches 7:1 on its ground (WCAG 2.2, 1.4.6)."""

    ground: str = "#EEF2F6"
    surface: str = "#FFFFFF"
    sunken: str = "#F6F8FA"
    ink: str = "#14212E"
    ink_soft: str = "#3A4954"
    hairline: str = "#D3DBE2"
    outline: str = "#5B6B78"
    accent: str = "#0A4D8C"
    accent_deep: str = "#063A6B"
    accent_tint: str = "#DDEAF7"
    on_accent: str = "#FFFFFF"
    rail: str = "#12283D"
    rail_chosen: str = "#24486B"
    on_rail: str = "#E6EEF5"
    good: str = "#0A5230"
    good_tint: str = "#DFF2E6"
    care: str = "#5E3400"
    care_tint: str = "#FFEBC2"
    now: str = "#920D17"
    now_tint: str = "#FCE4E4"
    on_now: str = "#FFFFFF"


@dataclass(frozen=True)
class Sizes:
    """Pixels at 100 %."""

    text: int = 14
    small: int = 13
    strong: int = 16
    title: int = 20
    step: int = 26
    gap: int = 12
    line: int = 34  # a row of a table
    button: int = 38
    main_button: int = 54
    rail: int = 196


COLOURS = Colours()
SIZES = Sizes()

TEXT_PAIRS = (
    ("ink", "ground"),
    ("ink", "surface"),
    ("ink", "sunken"),
    ("ink", "accent_tint"),
    ("ink_soft", "ground"),
    ("ink_soft", "surface"),
    ("accent", "surface"),
    ("accent", "ground"),
    ("on_accent", "accent"),
    ("on_rail", "rail"),
    ("on_rail", "rail_chosen"),
    ("good", "good_tint"),
    ("care", "care_tint"),
    ("now", "now_tint"),
    ("on_now", "now"),
)
"""Every colour of text and what it stands on."""


def style(language: str) -> str:
    c, s = COLOURS, SIZES
    families = ", ".join(f'"{name}"' for name in FAMILIES["ja" if language == "ja" else "en"])
    return f"""
* {{ font-family: {families}; font-size: {s.text}px; color: {c.ink}; }}
QWidget#console, QWidget#page, QWidget#door {{ background: {c.ground}; }}
QLabel {{ background: transparent; }}
QLabel[kind="small"] {{ font-size: {s.small}px; color: {c.ink_soft}; }}
QLabel[kind="strong"] {{ font-size: {s.strong}px; font-weight: bold; }}
QLabel[kind="title"] {{ font-size: {s.title}px; font-weight: bold; }}
QLabel[kind="step"] {{ font-size: {s.step}px; font-weight: bold; }}
QLabel[kind="head"] {{ font-size: {s.small}px; font-weight: bold; color: {c.ink_soft}; }}
QFrame#panel {{ background: {c.surface}; border: 1px solid {c.hairline}; border-radius: 8px; }}
QFrame#sunken {{ background: {c.sunken}; border: 1px solid {c.hairline}; border-radius: 6px; }}
QFrame#next {{ background: {c.care_tint}; border-left: 6px solid {c.care}; border-radius: 2px; }}
QFrame#next[tone="now"] {{ background: {c.now_tint}; border-left: 6px solid {c.now}; }}
QFrame#next[tone="good"] {{ background: {c.good_tint}; border-left: 6px solid {c.good}; }}
QFrame#next[tone="calm"] {{ background: {c.surface}; border: 1px solid {c.hairline};
  border-left: 6px solid {c.outline}; }}
QLabel[tone="now"] {{ color: {c.now}; }}
QLabel[tone="care"] {{ color: {c.care}; }}
QLabel[tone="good"] {{ color: {c.good}; }}
QLabel#chip {{ border-radius: 4px; padding: 2px 8px; font-size: {s.small}px; font-weight: bold;
  background: {c.sunken}; color: {c.ink_soft}; border: 1px solid {c.hairline}; }}
QLabel#chip[tone="now"] {{ background: {c.now}; color: {c.on_now}; border: 1px solid {c.now}; }}
QLabel#chip[tone="care"] {{ background: {c.care_tint}; color: {c.care}; border: 1px solid {c.care}; }}
QLabel#chip[tone="good"] {{ background: {c.good_tint}; color: {c.good}; border: 1px solid {c.good}; }}
QLabel#chip[tone="accent"] {{ background: {c.accent_tint}; color: {c.accent_deep}; border: 1px solid {c.accent}; }}
QLabel#key {{ border: 1px solid {c.outline}; border-radius: 3px; padding: 0 5px; font-size: {s.small}px;
  color: {c.ink_soft}; }}
QWidget#rail {{ background: {c.rail}; }}
QWidget#rail QLabel {{ color: {c.on_rail}; }}
QPushButton#place {{ text-align: left; border: none; border-radius: 6px; padding: 0 10px; min-height: 42px;
  background: transparent; color: {c.on_rail}; }}
QPushButton#place:hover {{ background: {c.rail_chosen}; }}
QPushButton#place:checked {{ background: {c.rail_chosen}; font-weight: bold; border-left: 4px solid #9CC7F2; }}
QPushButton#place:focus {{ border: 2px solid #9CC7F2; }}
QPushButton {{ min-height: {s.button - 8}px; padding: 3px 14px; border: 1px solid {c.outline}; border-radius: 6px;
  background: {c.surface}; }}
QPushButton:hover {{ background: {c.accent_tint}; }}
QPushButton:pressed {{ background: {c.hairline}; }}
QPushButton:focus {{ border: 3px solid {c.accent}; padding: 1px 12px; }}
QPushButton:disabled {{ color: {c.ink_soft}; border-color: {c.hairline}; background: {c.sunken}; }}
QPushButton[role="main"] {{ background: {c.accent}; color: {c.on_accent}; border: 1px solid {c.accent_deep};
  font-size: {s.strong}px; font-weight: bold; min-height: {s.main_button - 12}px; }}
QPushButton[role="main"]:hover {{ background: {c.accent_deep}; }}
QPushButton[role="main"]:focus {{ border: 3px solid {c.ink}; }}
QPushButton[role="main"]:disabled {{ background: {c.hairline}; color: {c.ink_soft}; border-color: {c.hairline}; }}
QPushButton[role="refuse"] {{ border: 2px solid {c.now}; color: {c.now}; font-weight: bold; }}
QPushButton[role="refuse"]:hover {{ background: {c.now_tint}; }}
QPushButton[role="quiet"] {{ border: 1px solid transparent; background: transparent; color: {c.accent};
  text-align: left;
  min-height: 22px; padding: 1px 8px; }}
QPushButton[role="quiet"]:hover {{ background: {c.accent_tint}; }}
QPushButton[role="quiet"]:focus {{ border: 2px solid {c.accent}; padding: 0 7px; }}
QPushButton[role="choice"] {{ text-align: left; min-height: 34px; }}
QPushButton[role="choice"]:checked {{ border: 2px solid {c.accent}; background: {c.accent_tint}; font-weight: bold; }}
QPushButton[role="count"] {{ min-height: 26px; padding: 2px 10px; border: 1px solid {c.hairline};
  border-radius: 13px; }}
QPushButton[role="count"]:checked {{ background: {c.accent}; color: {c.on_accent}; border-color: {c.accent};
  font-weight: bold; }}
QPushButton[role="lane"] {{ text-align: left; padding: 0; border: 1px solid {c.hairline}; border-radius: 8px; }}
QPushButton[role="lane"]:hover {{ background: {c.sunken}; }}
QPushButton[role="lane"]:checked {{ border: 3px solid {c.accent}; }}
QPushButton[role="lane"]:focus {{ border: 3px solid {c.accent_deep}; padding: 0; }}
QLineEdit, QComboBox, QPlainTextEdit {{ min-height: {s.button - 8}px; padding: 2px 8px;
  border: 1px solid {c.outline}; border-radius: 6px;
  background: {c.surface}; selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}
QLineEdit:focus, QComboBox:focus, QPlainTextEdit:focus {{ border: 2px solid {c.accent}; }}
QLineEdit[echoMode="2"] {{ lineedit-password-character: 9679; }}
QComboBox {{ padding-right: 26px; }}
QComboBox::drop-down {{ border: none; width: 22px; }}
QComboBox::down-arrow {{ width: 0; height: 0; border-left: 5px solid {c.surface};
  border-right: 5px solid {c.surface}; border-top: 6px solid {c.outline}; }}
QComboBox QAbstractItemView {{ background: {c.surface}; selection-background-color: {c.accent_tint};
  selection-color: {c.ink}; }}
QTableView {{ background: {c.surface}; alternate-background-color: {c.sunken}; border: 1px solid {c.hairline};
  border-radius: 8px;
  gridline-color: {c.hairline}; selection-background-color: {c.accent_tint}; selection-color: {c.ink}; }}
QTableView:focus {{ border: 2px solid {c.accent}; }}
QTableView::item {{ padding: 0 8px; border: none; }}
QTableView::item:selected {{ background: {c.accent_tint}; color: {c.ink}; }}
QHeaderView::section {{ background: {c.sunken}; color: {c.ink_soft}; font-size: {s.small}px; font-weight: bold;
  padding: 6px 8px; border: none;
  border-bottom: 1px solid {c.hairline}; text-align: left; }}
QScrollArea {{ border: none; background: transparent; }}
QScrollArea > QWidget > QWidget {{ background: transparent; }}
QScrollBar:vertical {{ width: 12px; background: {c.sunken}; margin: 0; }}
QScrollBar::handle:vertical {{ background: {c.outline}; border-radius: 4px; min-height: 40px; margin: 2px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
QScrollBar:horizontal {{ height: 12px; background: {c.sunken}; }}
QScrollBar::handle:horizontal {{ background: {c.outline}; border-radius: 4px; min-width: 40px; margin: 2px; }}
QWidget#veil {{ background: rgba(18, 40, 61, 150); }}
QFrame#prompt {{ background: {c.surface}; border: 1px solid {c.outline}; border-radius: 10px; }}
QLabel#picture {{ background: {c.hairline}; border-radius: 6px; }}
QLabel#sealed {{ background: {c.now}; color: {c.on_now}; font-weight: bold; padding: 6px 16px; }}
QToolTip {{ background: {c.ink}; color: {c.surface}; border: none; padding: 4px 8px; }}
"""
