"""How long people and waiting take in a played scenario."""

from __future__ import annotations

EXPECT_SECONDS = 120.0
"""Simulated time within which an expectation must come true, unless it says `within:`."""

HANDLING_SECONDS = 0.8
"""Simulated time a person takes to put a card down or to pick it up."""

READING_SECONDS = 1.5
"""Simulated time a person takes to read a screen and find the control."""

DIGIT_SECONDS = 0.5

TAKEN_SECONDS = 3.0
"""Simulated time in which the kiosk takes a file that is not being written any more."""

STUCK_REAL_SECONDS = 300.0
"""Real time after which a worker that never comes back ends the play."""

SETTLE_SECONDS = 600.0
