"""What staff append to a visit from its page: the questions that come before, and what is written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import date

from kiosk.domain.claim_note import ITEMS, NUMBER_ITEMS, Numbers, Stated
from kiosk.domain.staff_actions import FINISHES, INCIDENT_RESULTS, StaffAction
from kiosk.ports.counter import Change, Counter, Ending, Finish
from kiosk.ports.handover import NoteFields
from kiosk.staff.claim_notes import NOTED
from kiosk.staff.console.page import Around
from kiosk.staff.console.prompt import Asked, Option

_DOCUMENTS = ("card", "portal_screen", "portal_pdf", "notice", "certificate", "old_card", "oral", "attestation", "none")
_FORM = ("name", "kana", "birth_date", "insurance_kind", "insurer_name", "employer", "address", "phone")
_BORN = "birth_date"
_ROUTE = "route"
_REASON = "at_counter"
_HINTS = {_BORN: "1960-01-31"}


class RecordActs:
    """`on_done`: something was written down."""

    def __init__(self, around: Around, visit_id: str, on_done: Callable[[], None]) -> None:
        self._around, self._visit_id, self._on_done = around, visit_id, on_done
        self._words = around.words

    def begin(self, action: StaffAction, note: NoteFields | None) -> None:
        """`note`: the claim note as it is shown."""
        if action.name == "settle_claim":
            self._write(action, lambda counter: counter.settle_claim(self._visit_id))
        elif action.name == "finish":
            self._ask_result(action)
        elif action.name == "correct_claim":
            self._ask_claim(action, note)
        elif action.name == "close_incident":
            self._ask_incident(action)
        else:
            self._ask_reason(action)

    def _ask_reason(self, action: StaffAction) -> None:
        """A correction says what was wrong; the note is about the patient and stored encrypted."""
        visit_id = self._visit_id

        def done(reason: str | None, typed: dict[str, str]) -> str | None:
            note = typed["note"].strip() or None
            if action.name == "open_incident":
                self._write(action, lambda counter: counter.open_incident(visit_id, reason or "", note))
            elif note is None:
                return self._words.say("console.note_needed")
            else:
                self._write(action, lambda counter: counter.correct(visit_id, "visit", reason or "", note))
            return None

        self._around.ask(
            self._name(action),
            message=self._words.say("console.why"),
            options=[Option(value, self._words.named("counter.reason", value)) for value in action.reasons],
            fields=[Asked("note", self._words.say("console.note_field"))],
            on_done=done,
        )

    def _ask_incident(self, action: StaffAction) -> None:
        visit_id = self._visit_id

        def then(result: str) -> None:
            def done(reason: str | None, typed: dict[str, str]) -> str | None:
                note = typed["note"].strip() or None
                if reason is None:
                    return self._words.say("counter.refused.reason_needed")
                self._write(action, lambda counter: counter.close_incident(visit_id, result, reason, note))
                return None

            self._around.ask(
                self._name(action),
                message=self._words.say("console.how_known"),
                options=[Option(value, self._words.named("counter.reason", value)) for value in action.reasons],
                fields=[Asked("note", self._words.say("console.incident_note"))],
                on_done=done,
            )

        self._choose(action, "console.what_it_was", "counter.incident", INCIDENT_RESULTS, then)

    # --- the end of a visit -----------------------------------------------------------------------

    def _ask_result(self, action: StaffAction) -> None:
        def then(result: str) -> None:
            if result == "accepted":
                self._choose(action, "console.which_document", "console.document", _DOCUMENTS, seen)
            else:
                self._finish(action, Ending(result, _REASON))

        def seen(document: str) -> None:
            if document == "none":
                self._finish(action, Ending("accepted", _REASON, document))
                return
            records, visit_id = self._around.services.records, self._visit_id
            self._around.run(lambda: records.stated(visit_id), lambda held: self._ask_stated(action, document, held))

        self._choose(action, "console.how_ended", "counter.result", FINISHES, then)

    def _ask_stated(self, action: StaffAction, document: str, held: Stated) -> None:
        """What is held already stands in the fields: to be compared, not to be typed again."""
        said = (*(_FORM if document == "attestation" else () if held.birth_date else (_BORN,)), *NUMBER_ITEMS)
        asked = [Asked(item, self._item(item), value=_held(held, item), hint=_HINTS.get(item, "")) for item in said]

        def done(_chosen: str | None, typed: dict[str, str]) -> str | None:
            given = {item: text.strip() or None for item, text in typed.items()}
            try:
                born = date.fromisoformat(text) if (text := given.get(_BORN)) else held.birth_date
            except ValueError:
                return self._words.say("console.date_wrong")
            known = {field.name: getattr(held, field.name) for field in fields(held)}
            known |= {item: given[item] for item in _FORM if item in given}
            numbers = Numbers(**{item: given[item] for item in NUMBER_ITEMS})
            stated = Stated(**known | {"numbers": numbers, _BORN: born})
            self._finish(action, Ending("accepted", _REASON, document, stated=stated))
            return None

        self._around.ask(self._name(action), message=self._words.say("console.stated"), fields=asked, on_done=done)

    def _finish(self, action: StaffAction, ending: Ending) -> None:
        visit_id = self._visit_id
        self._write(action, lambda counter: counter.finish(visit_id, ending))

    # --- the claim note ---------------------------------------------------------------------------

    def _ask_claim(self, action: StaffAction, note: NoteFields | None) -> None:
        """Old and new value are kept beside each other."""
        shown = dict(note.items) if note else {}
        items = dict.fromkeys((*shown, *(note.missing if note else NUMBER_ITEMS)))
        options = [Option(item, self._item(item), value=shown.get(item, "")) for item in items if item in ITEMS]
        if note is not None and note.route in NOTED:
            options.append(Option(_ROUTE, self._item(_ROUTE), value=note.route))

        def done(item: str | None, typed: dict[str, str]) -> str | None:
            if item is None:
                return self._words.say("console.which_item")
            after, before = typed["value"].strip(), note.route if note and item == _ROUTE else shown.get(item)
            if after == (before or ""):
                return self._words.say("console.not_changed")
            if item == _ROUTE and after not in ("1", "2", "3"):
                return self._words.say("console.route_wrong")
            changes = () if item == _ROUTE else (Change(item, before, after),)
            route = after if item == _ROUTE else None
            self._write(action, lambda counter: counter.correct_claim(self._visit_id, changes, route))
            return None

        self._around.ask(
            self._name(action),
            message=self._words.say("console.which_item"),
            options=options,
            fields=[Asked("value", self._words.say("console.new_value"), most=200)],
            on_done=done,
        )

    # --- parts ------------------------------------------------------------------------------------

    def _item(self, item: str) -> str:
        """As the receipt computer calls it."""
        return self._around.services.note_labels.get(item, item)

    def _name(self, action: StaffAction) -> str:
        return self._words.known(f"counter.act.{action.name}", action.name)

    def _choose(
        self, action: StaffAction, question: str, kind: str, values: tuple[str, ...], then: Callable[[str], None]
    ) -> None:
        def done(value: str | None, _fields: dict[str, str]) -> None:
            then(value or "")

        options = [Option(value, self._words.named(kind, value)) for value in values]
        self._around.ask(self._name(action), message=self._words.say(question), options=options, on_done=done)

    def _write(self, action: StaffAction, write: Callable[[Counter], object]) -> None:
        counter = self._around.live.counter
        if counter is None:
            return

        def told(result: object) -> None:
            if result is False:
                self._around.tell(self._words.say("console.somebody_else"), "care")
            elif result in (None, True, Finish.DONE):
                self._around.tell(self._words.say("console.done", action=self._name(action)))
            else:
                tone = "good" if result is Finish.HANDED_OVER else "care"
                self._around.tell(self._words.say(f"counter.finish.{result}"), tone)
            self._on_done()

        self._around.run(lambda: write(counter), told)


def _held(held: Stated, item: str) -> str:
    value = getattr(held.numbers if item in NUMBER_ITEMS else held, item)
    return value.isoformat() if isinstance(value, date) else value or ""
