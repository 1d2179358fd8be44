"""The pages of the rail, in the order of their keys."""

from __future__ import annotations

from kiosk.staff.console.accounts_page import AccountsPage
from kiosk.staff.console.facility_page import FacilityPage
from kiosk.staff.console.lanes_page import LanesPage
from kiosk.staff.console.list_pages import ClaimsPage, IncidentsPage, PendingPage
from kiosk.staff.console.page import Around, Page
from kiosk.staff.console.readiness_page import ReadinessPage
from kiosk.staff.console.visits_page import VisitsPage

_KINDS: tuple[type[Page], ...] = (
    LanesPage,
    VisitsPage,
    PendingPage,
    ClaimsPage,
    IncidentsPage,
    ReadinessPage,
    FacilityPage,
    AccountsPage,
)
_BY_ID = {kind.id: kind for kind in _KINDS}
PAGES = tuple(_BY_ID)
COUNTED = ("lanes", "visits", "pending", "claims", "incidents")
"""Pages whose names carry a number from the beginning; the others are made when they are first opened."""


def make_page(page: str, around: Around) -> Page:
    """Raises KeyError for none of `PAGES`."""
    return _BY_ID[page](around)
