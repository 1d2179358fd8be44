"""The result screen: what was confirmed, with the name hidden until the patient says that it is theirs."""

from __future__ import annotations

import unicodedata

from kiosk.domain.masking import masked_name
from kiosk.domain.messages import Text
from kiosk.domain.outcome import Outcome
from kiosk.domain.screen import Control, Notice, ResultContent, Role, Tone, View
from kiosk.flow.assessment import assess
from kiosk.flow.certificate import certificate_standing
from kiosk.flow.states import ShowingResult, Visit


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
    if state.confirmed and outcome.share is not None:
        tenths = f"{outcome.share / 10:g}"
        rows.append(
            (Text("result.row.share"), Text("result.value.share", (("n", tenths), ("percent", str(outcome.share)))))
        )
    items = state.lane.settings.consent_items
    if state.visit.consents is not None and "certificate_in_grace" not in state.visit.alerts:
        if not outcome.consents:
            value = Text("result.value.consent_none")
        elif set(outcome.consents) == set(items):
            value = Text("result.value.consent_all")
        else:
            value = Text("result.value.consent_some")
        rows.append((Text("result.row.consent"), value))
    return tuple(rows)


def _notices(visit: Visit) -> tuple[Notice, ...]:
    notices: list[Notice] = []
    alerts = visit.alerts
    if "card_taken_before_consent" in alerts:
        notices.append(Notice(Text("consent.card_taken"), Tone.INFO))
    if "consent_not_registered" in alerts:
        notices.append(Notice(Text("consent.not_registered"), Tone.INFO))
    if "name_black_dot" in alerts:
        notices.append(Notice(Text("result.name_dot"), Tone.INFO))
    return tuple(notices)


def certificate_notice(state: ShowingResult) -> tuple[Notice, ...]:
    summary = state.visit.summary
    if summary is None or summary.certificate is None:
        return ()
    standing = certificate_standing(summary.certificate, state.shown_at, state.lane.settings)
    if standing.window is None:
        return ()
    if "certificate_in_grace" in standing.alerts:
        values = (("date", standing.window.grace_ends_on),)
        return (Notice(Text("result.expired_grace", values), Tone.CARE),)
    if "certificate_expires_soon" in standing.alerts:
        return (Notice(Text("result.expiry_soon", (("date", standing.window.ends_on),)), Tone.CARE),)
    return ()
