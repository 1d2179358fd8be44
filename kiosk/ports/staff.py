"""Port of the staff's codes: who may answer for a visual check at the patient's screen."""

from __future__ import annotations

from typing import Protocol

from kiosk.domain.secret import Secret


class StaffCodes(Protocol):
    """Names behind codes. The flow counts wrong entries; this only answers."""

    def name_of(self, code: Secret) -> str | None:
        """The staff member whose code this is, or None. `code` stays as it is: its owner wipes it."""
