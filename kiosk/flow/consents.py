"""Consent to medical information (閲覧同意): what is asked, until when it holds, what an answer says was given.

Sources: eligibility interface reference 1.5 and 5.3. The items are rows of `consents.toml`, their elements of
`codes.toml`.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from kiosk.domain.eligibility import ConsentState, EligibilityAnswer
from kiosk.domain.insurance import age_on
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import Visit

GIVEN = "1"
ITEMS_A_PAGE = 4
_JAPAN = timezone(timedelta(hours=9))  # times of result files are Japanese and naive


def offered(visit: Visit, settings: FlowSettings) -> tuple[str, ...]:
    """The items to ask about, in the facility's order; none where the question may not be put at all."""
    if settings.child_consent == "none" and is_child(visit, settings):
        return ()
    rules, on = settings.consent_rules, visit.on
    if not rules.sections:
        return settings.consent_items
    known = {row.text("id") for section in ("item", "item_new") for row in rules.rows(section, on)}
    return tuple(item for item in settings.consent_items if item in known)


def pages(visit: Visit, settings: FlowSettings) -> tuple[tuple[str, ...], ...]:
    """The items by screen: more than a few do not fit on one."""
    items = offered(visit, settings)
    return tuple(items[n : n + ITEMS_A_PAGE] for n in range(0, len(items), ITEMS_A_PAGE))


def until(at: datetime, settings: FlowSettings) -> datetime | None:
    """The end of viewing by a consent given now, until the terminal says its own. None without a rule for the day."""
    row = settings.consent_rules.first("period", at.date())
    return at + timedelta(hours=row.number("hours")) if row else None


def given(answer: EligibilityAnswer, at: datetime, settings: FlowSettings) -> tuple[tuple[str, ...], datetime | None]:
    """The items whose every element the answer marks as consented and still to be viewed at that moment, and the
    earliest end among them."""
    states, on = _states(answer), at.date()
    items: dict[str, list[ConsentState | None]] = {}
    for section in ("consent_group", "consent_group_new"):
        for row in settings.codes.rows(section, on):
            state = states.get(row.text("element"))
            items.setdefault(row.text("item"), []).append(state)
    agreed = {
        item: [s for s in listed if s is not None]
        for item, listed in items.items()
        if any(listed) and all(s is None or (s.flag == GIVEN and not _over(s, at)) for s in listed)
    }
    ends = [s.until for listed in agreed.values() for s in listed if s.until is not None]
    return tuple(agreed), min(ends).replace(tzinfo=_JAPAN) if ends else None


def confirmed(
    asked: tuple[str, ...], answer: EligibilityAnswer, at: datetime, settings: FlowSettings
) -> tuple[tuple[str, ...], datetime | None]:
    """Of the items that the patient consented to, those that the answer does not deny; with the end of viewing."""
    marked, end = given(answer, at, settings)
    silent = not _states(answer)
    return tuple(item for item in asked if silent or item in marked), end


def _over(state: ConsentState, at: datetime) -> bool:
    return state.until is not None and state.until.replace(tzinfo=_JAPAN) <= at


def _states(answer: EligibilityAnswer) -> dict[str, ConsentState]:
    return {state.information: state for person in answer.persons for state in person.consents}


def is_child(visit: Visit, settings: FlowSettings) -> bool:
    """Whether the card's holder is so young that somebody else decides for them. Unknown counts as grown up."""
    row = settings.consent_rules.first("child", visit.on)
    if row is None or visit.holder is None:
        return False
    return age_on(visit.holder.birth_date, visit.on) < row.number("below")
