"""Which component draws a control of a view, and what is shown on it."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.domain.messages import Text
from kiosk.domain.screen import ChoiceContent, Control, Role, View
from kiosk.ui.widgets.button import ChoiceButton, ChoiceCard, MainButton, PressButton, QuietButton
from kiosk.ui.widgets.form_rows import ChoiceOption
from kiosk.ui.widgets.item_switch import ItemSwitch
from kiosk.ui.widgets.panel import PanelButton


def kind_of(view: View, control: Control) -> type[PressButton]:
    if control.checked is not None:
        return ChoiceOption if isinstance(view.content, ChoiceContent) else ItemSwitch
    if view.screen == "idle" and control.picture:
        return PanelButton
    if control.role in (Role.MAIN, Role.QUIET):
        return MainButton if control.role is Role.MAIN else QuietButton
    return ChoiceCard if control.picture or control.detail else ChoiceButton


def dress(button: PressButton, control: Control, render: Callable[[Text], str]) -> None:
    detail = render(control.detail) if control.detail else ""
    words = (render(Text("consent.state.off")), render(Text("consent.state.on")))
    more = f"{detail} {words[bool(control.checked)]}" if isinstance(button, ItemSwitch) else None
    button.show_label(render(control.label), detail, enabled=control.enabled, more_heard=more)
    if isinstance(button, PanelButton | ChoiceCard):
        button.show_picture(control.picture)
    if isinstance(button, ChoiceOption):
        button.show_state(bool(control.checked))
    if isinstance(button, ItemSwitch):
        button.show_state(bool(control.checked), words)
