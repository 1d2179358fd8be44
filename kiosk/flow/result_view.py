"""The result screen: what was confirmed, with the name hidden until the patient says that it is theirs."""

from __future__ import annotations

import unicodedata

from kiosk.domain.ceilings import ceiling, limit_in_force
from kiosk.domain.masking import masked_name
from kiosk.domain.messages import Text
from kiosk.domain.outcome import Outcome
from kiosk.domain.screen import Control, Notice, ResultContent, Role, Tone, View
from kiosk.flow.assessment import assess
from kiosk.flow.certificate import certificate_standing
from kiosk.flow.consents import offered
from kiosk.flow.states import ShowingResult, Visit

_NO_RECORDS = frozenset({"certificate_in_grace", "viewing_suspended"})
"""Alerts with which there is nothing to share, whatever was chosen."""


def result_screen(state: ShowingResult) -> View:
    visit, outcome = state.visit, state.outcome
    name = _name(state)
    controls: tuple[Control, ...] = ()
    if name is not None and not state.confirmed:
        not_me = Control(
            "confirm.not_me",
            Text("control.confirm.not_me"),
            Role.QUIET,
            detail=Text("control.confirm.not_me.detail"),
        )
        controls = (Control("confirm.yes", Text("control.confirm.yes"), Role.CHOICE), not_me)
    body = [Text("result.ok")]
    if name is not None and not state.confirmed:
        body.append(Text("result.confirm_name"))
    return View(
        "result",
        "",
        Text("result.title"),
        body=tuple(body),
        notices=(*certificate_notice(state), *_notices(visit)),
        picture="result_ok",
        controls=(Control("result.next", Text("control.result.next"), Role.MAIN), *controls),
        content=ResultContent(name, not state.confirmed, _rows(state, outcome)),
        sound="ok",
    )


def _name(state: ShowingResult) -> str | None:
    verdict = assess(state.visit, state.shown_at, state.lane.settings)
    person = verdict.person
    if person is None or not (person.kana or person.name):
        return None
    kana = unicodedata.normalize("NFKC", person.kana or "")
    if not state.confirmed:
        return masked_name(kana or person.name or "")
    return "\n".join(part for part in (kana, person.name) if part)


def _rows(state: ShowingResult, outcome: Outcome) -> tuple[tuple[Text, Text | str], ...]:
    rows: list[tuple[Text, Text | str]] = []
    if state.confirmed:
        rows += _money(state, outcome)
    if state.visit.consents is not None and not _NO_RECORDS.intersection(state.visit.alerts):
        if not outcome.consents:
            value = Text("result.value.consent_none")
        elif set(outcome.consents) >= set(offered(state.visit, state.lane.settings)):
            value = Text("result.value.consent_all")
        else:
            value = Text("result.value.consent_some")
        rows.append((Text("result.row.consent"), value))
        if (end := outcome.consents_until) is not None:
            until = Text("result.value.viewing_until", (("date", end.date()), ("time", f"{end.hour}:{end:%M}")))
            rows.append((Text("result.row.viewing_until"), until))
    return tuple(rows)


def _money(state: ShowingResult, outcome: Outcome) -> list[tuple[Text, Text | str]]:
    """The share, never guessed, and the monthly ceiling where all of it is known and in force on the day."""
    label = Text("result.row.share")
    if outcome.share is None:
        return [(label, Text("result.value.share_counter"))]
    tenths = f"{outcome.share / 10:g}"
    rows: list[tuple[Text, Text | str]] = [
        (label, Text("result.value.share", (("n", tenths), ("percent", str(outcome.share)))))
    ]
    visit, settings = state.visit, state.lane.settings
    person = assess(visit, state.shown_at, settings).person
    if person is None:
        return rows
    limit = ceiling(limit_in_force(person, visit.on), visit.on, settings.ceiling_rules, person.birth_date)
    if limit is not None:
        yen = limit.base if limit.outpatient is None else limit.outpatient
        shown = "result.value.ceiling" if limit.over is None else "result.value.ceiling_from"
        rows.append((Text("result.row.ceiling"), Text(shown, (("yen", yen),))))
    return rows


def _notices(visit: Visit) -> tuple[Notice, ...]:
    notices: list[Notice] = []
    alerts = visit.alerts
    if "card_taken_before_consent" in alerts:
        notices.append(Notice(Text("consent.card_taken"), Tone.INFO))
    if "consent_withdrawn" in alerts:
        notices.append(Notice(Text("consent.withdrawn"), Tone.INFO))
    if "consent_not_registered" in alerts:
        notices.append(Notice(Text("consent.not_registered"), Tone.INFO))
    if "name_black_dot" in alerts:
        notices.append(Notice(Text("result.name_dot"), Tone.INFO))
    return tuple(notices)


def certificate_notice(state: ShowingResult) -> tuple[Notice, ...]:
    summary = state.visit.summary
    if summary is None or summary.certificate is None:
        # A certified reader says that the certificate ends or has ended, not when.
        told = [alert for alert in ("certificate_in_grace", "certificate_expires_soon") if alert in state.visit.alerts]
        return tuple(Notice(Text(f"result.{alert}"), Tone.CARE) for alert in told)
    standing = certificate_standing(summary.certificate, state.shown_at, state.lane.settings)
    if standing.window is None:
        return ()
    if "certificate_in_grace" in standing.alerts:
        values = (("date", standing.window.grace_ends_on),)
        return (Notice(Text("result.expired_grace", values), Tone.CARE),)
    if "certificate_expires_soon" in standing.alerts:
        return (Notice(Text("result.expiry_soon", (("date", standing.window.ends_on),)), Tone.CARE),)
    return ()
