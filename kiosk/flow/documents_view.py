"""The screens of the guided fallback. The first sentence of each way is that the patient pays the usual share."""

from __future__ import annotations

import unicodedata

from kiosk.domain.documents import DocumentReading, DocumentType, FieldKey
from kiosk.domain.masking import STAR, masked_name
from kiosk.domain.messages import Text
from kiosk.domain.outcome import Eligibility, IdentityMethod
from kiosk.domain.screen import (
    Control,
    Notice,
    ProgressContent,
    ResultContent,
    Role,
    Tone,
    View,
    WritingContent,
)
from kiosk.flow.document_facts import name_has_variant
from kiosk.flow.fallback_decision import known
from kiosk.flow.states import FallingBack, Visit
from kiosk.flow.states_documents import (
    AskingUnchanged,
    AskingVisit,
    ChoosingDocument,
    ConfirmingDocument,
    EnteringDocument,
    QueryingNumbers,
    ReadingDocument,
    RecallingHolder,
    ShowingDocumentResult,
)
from kiosk.flow.view_parts import control, needs_of
from kiosk.ports.documents import DocumentHint

USUAL_SHARE = Text("fallback.usual_share")

_CHOICES = (
    DocumentType.CERTIFICATE,
    DocumentType.NOTICE,
    DocumentType.PORTAL_SCREEN,
    DocumentType.PORTAL_PDF,
    DocumentType.OLD_CARD,
)
_FILES = frozenset((DocumentType.PORTAL_PDF,))
_SHOWN_DIGITS = 2
_KINDS = {
    FieldKey.BIRTH: "day",
    FieldKey.VALID_TO: "day",
    FieldKey.SYMBOL: "text",
    FieldKey.NUMBER: "phone",
    FieldKey.KANA: "kana",
}
_LIMITS = {
    FieldKey.INSURER_NO: 8,
    FieldKey.BRANCH: 2,
    FieldKey.BIRTH: 10,
    FieldKey.VALID_TO: 10,
    FieldKey.KANA: 40,
}
_MAY_BE_ABSENT = frozenset((FieldKey.SYMBOL, FieldKey.BRANCH))
_COMPARED = frozenset((IdentityMethod.FACE, IdentityMethod.PIN, IdentityMethod.VISUAL))
_OF_THE_END = ("decision.say.grace", "decision.say.remind")
"""What a decision says that still holds once the visit is accepted; the others say how it will be."""
_DECIDES_ITSELF = frozenset(("outage.network",))


_ASKS = {
    Eligibility.INVALID: "fallback.choose.invalid",
    Eligibility.INVALID_NEWER: "fallback.choose.newer",
}


def fallback_screen(state: FallingBack) -> View:
    needs = {"outage.network": "staff.need.terminal", "card.damaged": "staff.need.card"}
    return View(
        "fallback",
        "",
        Text("fallback.title"),
        body=(USUAL_SHARE, Text(_ASKS.get(state.eligibility, "fallback.choose"))),
        lead=2,
        notices=(Notice(Text(state.cause), Tone.CARE),),
        picture="terminal_down" if state.cause in _DECIDES_ITSELF else "other_documents",
        controls=(
            control("fallback.document", Role.MAIN, detail=True),
            control("fallback.none", Role.MAIN, detail=not state.visit.phone),  # which says: with the card alone
        ),
        sound="care",
        lane=needs_of(needs.get(state.cause, "staff.need.documents")),
    )


def choose_screen(state: ChoosingDocument) -> View:
    cards = tuple(
        control(f"document.{kind.value}", Role.CHOICE, detail=True, picture=f"document_{kind.value}")
        for kind in _CHOICES
    )
    notices = (Notice(Text(state.notice), Tone.CARE),) if state.notice else ()
    return View(
        "choose_document",
        "",
        Text("document.choose.title"),
        body=(USUAL_SHARE, Text("document.choose")),
        notices=notices,
        controls=(*cards, control("document.none", Role.QUIET)),
        back=True,
        lane=needs_of("staff.need.documents"),
    )


def reading_screen(state: ReadingDocument) -> View:
    kind = state.document
    notices = (Notice(Text(state.again), Tone.CARE),) if state.again else ()
    hint = state.hint if state.hint not in (None, DocumentHint.NO_DOCUMENT) else None
    copied = known(state.visit).copied
    stickless = kind in _FILES and not state.lane.settings.usb_sticks
    how = ".counter" if stickless else ".copy" if copied else ""
    body = [Text(f"document.show.{kind.value}{how}")]
    if kind is not DocumentType.CERTIFICATE and kind is not DocumentType.OLD_CARD and known(state.visit).with_card:
        body.append(Text("document.card_too"))
    title = Text(f"document.hint.{hint.value}") if hint else Text(f"document.show.{kind.value}.title")
    has_copies = kind is DocumentType.PORTAL_SCREEN and not copied
    return View(
        "document_reading",
        "",
        title,
        body=tuple(body),
        notices=notices,
        picture=f"document_{kind.value}",
        controls=(
            *((control("document.copy", Role.QUIET),) if has_copies else ()),
            control("document.type", Role.QUIET),
        ),
        back=True,
        sound="care" if state.again else None,
        lane=needs_of("staff.need.documents"),
    )


def entry_screen(state: EnteringDocument) -> View:
    key = state.missing[0]
    notices: tuple[Notice, ...] = ()
    if state.wrong is not None:
        notices = (Notice(Text(state.wrong), Tone.CARE),)
    elif state.first is not None:
        notices = (Notice(Text("document.entry.twice"), Tone.INFO),)
    return View(
        "document_entry",
        "",
        Text(f"document.ask.{key.value}"),
        body=(Text("document.entry.hint"), Text("form.no_mynumber")),
        notices=notices,
        content=WritingContent(key.value, _KINDS.get(key, "digits"), state.text, _LIMITS.get(key, 20)),
        controls=(control("form.next", Role.MAIN), _not_there(key)),
        back=True,
        lane=needs_of("staff.need.documents"),
    )


def _not_there(key: FieldKey) -> Control:
    """The way on without the item: some papers lack one, others are only hard to read."""
    label = "control.document.absent" if key in _MAY_BE_ABSENT else "control.form.unknown"
    return Control("form.unknown", Text(label), Role.QUIET)


def confirm_screen(state: ConfirmingDocument) -> View:
    """Name and numbers are partly hidden: enough to know one's own, too little for whoever looks over the shoulder."""
    return View(
        "document_confirm",
        "",
        Text("result.confirm.title"),
        body=(Text("document.confirm"),),
        notices=(Notice(Text("document.hint.variant")),) if name_has_variant(state.reading) else (),
        content=ResultContent(masked_holder(state.reading), True, _rows(state.reading)),
        controls=(
            Control("confirm.yes", Text("control.document.confirm"), Role.MAIN),
            Control(
                "confirm.not_me",
                Text("control.confirm.not_me"),
                Role.QUIET,
                detail=Text("control.confirm.not_me.detail"),
            ),
        ),
        back=True,
        lane=needs_of("staff.need.documents"),
    )


def masked_holder(reading: DocumentReading) -> str | None:
    name = reading.value(FieldKey.KANA) or reading.value(FieldKey.NAME)
    return masked_name(unicodedata.normalize("NFKC", name)) if name else None


def _rows(reading: DocumentReading) -> tuple[tuple[Text, Text | str], ...]:
    rows: list[tuple[Text, Text | str]] = [(Text("document.row.kind"), Text(f"document.kind.{reading.type.value}"))]
    insurer = reading.value(FieldKey.INSURER_NAME)
    if insurer:
        rows.append((Text("result.row.insurer"), insurer))
    number = reading.value(FieldKey.NUMBER)
    if number:
        rows.append((Text("document.row.number"), _ending(number)))
    valid_to = reading.day(FieldKey.VALID_TO)
    if valid_to is not None:
        rows.append((Text("result.row.until"), Text("form.value", (("value", valid_to),))))
    return tuple(rows)


def _ending(number: str) -> str:
    hidden = len(number) - min(_SHOWN_DIGITS, len(number) // 2)
    return STAR * hidden + number[hidden:]


def visit_screen(_state: AskingVisit) -> View:
    return View(
        "visit",
        "",
        Text("visit.title"),
        body=(USUAL_SHARE, Text("visit.ask")),
        lead=2,
        picture="clinic",
        controls=(control("visit.first", Role.MAIN), control("visit.return", Role.MAIN)),
        back=True,
        lane=needs_of("staff.need.documents"),
    )


def oral_screen(_state: AskingUnchanged) -> View:
    return View(
        "oral",
        "",
        Text("oral.title"),
        body=(USUAL_SHARE, Text("oral.ask")),
        lead=2,
        picture="other_documents",
        controls=(control("oral.unchanged", Role.MAIN), control("oral.changed", Role.MAIN)),
        back=True,
        lane=needs_of("staff.need.oral"),
    )


def document_result_screen(state: ShowingDocumentResult) -> View:
    share, say = state.outcome.share, _said(state.visit)
    rows: tuple[tuple[Text, Text | str], ...] = ()
    if share is not None:
        value = Text("result.value.share", (("n", f"{share / 10:g}"), ("percent", str(share))))
        rows = ((Text("result.row.share"), value),)
    return View(
        "result",
        "",
        Text("document.accepted.title"),
        body=(say, Text("finish.tell_numbers")) if state.note.missing else (say,),
        notices=(Notice(Text("form.waits")),) if "form_waits_for_printer" in state.visit.alerts else (),
        picture="result_ok",
        controls=(control("result.next", Role.MAIN),),
        content=ResultContent(None, True, rows) if rows else None,
        sound="ok",
        lane=needs_of("staff.need.note") if state.note.missing else needs_of(),
    )


def _said(visit: Visit) -> Text:
    """At the end nothing is asked for that was given already. Whose card was compared with the person learns how it
    works the next time."""
    say, compared = known(visit).say or "decision.say.accepted", visit.identity in _COMPARED
    if say in _OF_THE_END or (say == "decision.say.with_card" and not compared):
        return Text(say)
    renew = compared and "certificate_lapsed" in visit.alerts
    return Text("decision.say.grace" if renew else "decision.say.accepted")


def querying_screen(_state: QueryingNumbers | RecallingHolder) -> View:
    return View(
        "checking",
        "",
        Text("checking.title"),
        body=(Text("checking.wait"),),
        picture="checking",
        content=ProgressContent(),
    )
