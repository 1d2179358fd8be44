"""The states of the 被保険者資格申立書: what the patient wrote so far, and nothing that outlives the visit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from kiosk.domain.outcome import Eligibility
from kiosk.flow.states import State, VisitState


@dataclass(frozen=True, repr=False)
class FormDraft:
    """Answers as they were written, by field. "Not known" is an answer too; a field nobody answered stands nowhere."""

    answers: tuple[tuple[str, str], ...] = ()
    unknown: frozenset[str] = frozenset()
    prefilled: frozenset[str] = frozenset()  # as the card or an earlier visit says; not yet touched

    def value(self, name: str) -> str:
        return next((text for known, text in self.answers if known == name), "")

    def written(self, name: str, text: str) -> FormDraft:
        others = tuple(pair for pair in self.answers if pair[0] != name)
        kept = (*others, (name, text)) if text else others
        return replace(self, answers=kept, unknown=self.unknown - {name}, prefilled=self.prefilled - {name})

    def not_known(self, name: str) -> FormDraft:
        return replace(self.written(name, ""), unknown=self.unknown | {name})

    def __repr__(self) -> str:
        return "FormDraft()"


@dataclass(frozen=True)
class FormStage(VisitState):
    """Base. `origin` is the state that asked for the form: going back leads there, and what follows the form is
    decided from it."""

    origin: VisitState
    draft: FormDraft
    statement: bool = field(default=False, kw_only=True)  # only what a disaster asks for, and nothing is signed

    @property
    def eligibility(self) -> Eligibility:
        """As far as it was known when the form began."""
        known = getattr(self.origin, "eligibility", None)
        if isinstance(known, Eligibility):
            return known
        return self.visit.answer.eligibility if self.visit.answer else Eligibility.UNCONFIRMED


@dataclass(frozen=True)
class FillingForm(FormStage):
    """One question. `changing`: it was chosen on the review. `wrong` is a message id."""

    question: str
    changing: bool = False
    wrong: str | None = None


@dataclass(frozen=True)
class ReviewingForm(FormStage):
    """Every answer, each one to be changed."""


@dataclass(frozen=True)
class Signing(FormStage):
    """`signature` is a PNG picture of what the finger drew; None while nothing is drawn."""

    signature: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class KeepingForm(FormStage):
    """The signed form is drawn and printed, or waits for the printer."""

    ticket: int
    signature: bytes | None = field(default=None, repr=False)


FORM_STATES: tuple[type[State], ...] = (FillingForm, ReviewingForm, Signing, KeepingForm)
