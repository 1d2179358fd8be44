"""The handbook shows the flow as it is."""

from __future__ import annotations

import re

from kiosk.flow.all_states import ALL_STATES
from kiosk.flow.diagram import PAGE, diagram_lines, page
from kiosk.flow.machine import rows


def test_page_of_the_handbook_is_made_from_this_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m kiosk.flow.diagram"


def test_page_is_the_same_each_time() -> None:
    assert page() == page()


def test_every_state_can_be_reached_and_left_along_the_arrows() -> None:
    arrows = [re.fullmatch(r"    (\w+) --> (\w+): .+", line) for line in diagram_lines(rows())]
    sources = {a.group(1) for a in arrows if a}
    targets = {a.group(2) for a in arrows if a}
    for state in ALL_STATES:
        assert state.__name__ in targets
        assert {cls.__name__ for cls in state.__mro__} & sources


def test_every_row_is_in_the_table() -> None:
    text = page()
    for row in rows():
        section = text.split(f"### {'Every state' if row.state.__name__ == 'State' else row.state.__name__}\n")[1]
        section = section.split("### ")[0]
        assert f"| `{row.control}` |" in section if row.control else f"| {row.event.__name__} |" in section
