"""Who may confirm a person at the patient's screen."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.app.device_checks import StaffCodesCheck
from kiosk.app.identity import VIRTUAL_CODES, staff_codes
from kiosk.app.lane import flow_settings
from kiosk.app.settings import Settings
from kiosk.domain.secret import Secret
from kiosk.staff.readiness import State

OWN = ("ito:" + VIRTUAL_CODES[0].partition(":")[2],)


@pytest.mark.parametrize(
    ("changes", "who", "state"),
    [
        ({}, "sato", State.OK),
        ({"card": {"reader": "ACS"}}, None, State.WARN),
        ({"eligibility": {"simulated_requests": False}}, None, State.WARN),
        ({"card": {"reader": "ACS"}, "staff": {"codes": list(OWN)}}, "ito", State.OK),
    ],
)
def test_a_code_that_everybody_knows_opens_nothing_for_real_people(
    changes: dict[str, Any], who: str | None, state: State
) -> None:
    settings = Settings().overridden(changes)
    assert staff_codes(settings).name_of(Secret("135790")) == who
    assert flow_settings(settings, ()).staff_code_pad is (who is not None)
    assert StaffCodesCheck(settings).run().state is state
