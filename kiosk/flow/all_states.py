"""Every state there is."""

from __future__ import annotations

from kiosk.flow.states import BASE_STATES, State
from kiosk.flow.states_documents import DOCUMENT_STATES
from kiosk.flow.states_form import FORM_STATES
from kiosk.flow.states_practice import PRACTICE_STATES

ALL_STATES: tuple[type[State], ...] = (*BASE_STATES, *DOCUMENT_STATES, *FORM_STATES, *PRACTICE_STATES)
