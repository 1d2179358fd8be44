"""Ports of the counter (窓口): what passes between the kiosks of a machine and the staff console.

Two ways, one for each kind of thing. The **store** is one file that both programs share: where every lane stands,
without anything about a person, and the acts of staff, each under an id of its own. The **line** is the memory of a
running kiosk, asked over a local socket: what staff may see of the visit, and pictures. Nothing that came over it is
ever written to a disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from kiosk.domain.claim_note import Stated
from kiosk.domain.messages import Text
from kiosk.domain.outcome import Outcome
from kiosk.ports.handover import NoteFields


class ActState(StrEnum):
    ASKED = "asked"  # the kiosk has not taken it yet
    DONE = "done"
    REFUSED = "refused"


class Refusal(StrEnum):
    """Why an act was not done; message ids `counter.refused.<value>`."""

    MOVED_ON = "moved_on"  # another visit, or another step of it, than the one the button was drawn from
    NO_MEANING = "no_meaning"  # nothing to be done by this act in this state
    NOT_ALLOWED = "not_allowed"  # this role may not
    REASON_NEEDED = "reason_needed"
    NOT_RECORDED = "not_recorded"  # the journal refused the entry, so nothing was done
    TOO_LATE = "too_late"  # it waited for a kiosk that was not running
    UNKNOWN = "unknown"  # no such act, or no such lane


@dataclass(frozen=True)
class Act:
    """One press of a button at the console. `visit_id` and `mark` are those of the standing it was drawn from; None
    for an act on the lane itself. Asking twice with one id is asking once."""

    id: str  # 20 small letters
    lane: str
    action: str  # of `kiosk.domain.staff_actions`
    staff: str
    role: str
    at: datetime
    visit_id: str | None = None
    mark: int | None = None
    reason: str | None = None
    document: str | None = None  # of `accept`: what they saw
    index: int | None = None  # of `choose`: which of several, from 0


@dataclass(frozen=True)
class ActReport:
    """What became of an act."""

    act_id: str
    state: ActState
    why: Refusal | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Offer:
    """An act that would do something now. `documents`: with which of them; `choices`: from how many."""

    action: str
    documents: tuple[str, ...] = ()
    choices: int = 0


@dataclass(frozen=True)
class Standing:
    """Where a lane stands. Nothing about a person: this lies on the disk.

    `mark` grows whenever what staff can do or see about the step changes; an act drawn from an older one is refused.
    """

    lane: str
    run: str  # begins every visit id of this start of the kiosk
    state: str
    screen: str
    mark: int
    since: datetime  # when the step began
    visit_id: str | None = None
    needs: tuple[str, ...] = ()  # message ids: why a person should come
    holds: tuple[str, ...] = ()  # message ids: what holds for the facility
    called_at: datetime | None = None  # a call for staff is open since then
    answered_by: str | None = None
    paused: bool = False
    offers: tuple[Offer, ...] = ()

    @property
    def step(self) -> Text:
        return Text(f"staff.step.{self.screen}")


@dataclass(frozen=True)
class LaneContent:
    """What a signed-in console sees of the visit on a lane, from the memory of its kiosk.

    `sentences` is what the patient reads, in their language; never a name, a number or what was typed.
    """

    lane: str
    mark: int
    visit_id: str | None
    sentences: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    language: str = "ja"
    needs: tuple[Text, ...] = ()
    holds: tuple[Text, ...] = ()
    facts: tuple[Text, ...] = field(default=(), repr=False)
    choices: tuple[Text, ...] = field(default=(), repr=False)
    outcome: Outcome | None = None  # how the visit would end here
    note: NoteFields | None = None  # the claim note to copy
    photo: bool = False  # whether there is a card photo to compare the person with


@dataclass(frozen=True, repr=False)
class LivePerson:
    """Who stands at a lane, as one source says it: the card, or the answer of the terminal."""

    source: str  # card or answer
    name: str | None = None
    kana: str | None = None
    birth_date: date | None = None

    def __repr__(self) -> str:
        return f"LivePerson({self.source})"


@dataclass(frozen=True)
class Pixels:
    """A picture in memory, 8 bits each of red, green, blue. Whoever asked for it wipes it."""

    width: int
    height: int
    rgb: bytearray = field(repr=False)

    def wipe(self) -> None:
        self.rgb[:] = bytes(len(self.rgb))


class Sight(StrEnum):
    """Pictures of a lane."""

    PHOTO = "photo"  # of the card, to compare the person with
    CAMERA = "camera"  # who stands there now
    SCREEN = "screen"  # what the patient sees, small; none where it would show a person or what was typed


@dataclass(frozen=True)
class Desk:
    """Somebody signed in at a console. The token that opens the line to them is only in the console's memory; the
    store holds its SHA-256."""

    staff: str
    role: str
    at: datetime


@dataclass(frozen=True, repr=False)
class Change:
    """One item of a claim note as it was typed anew. `before`: None where nobody knows any more."""

    item: str
    before: str | None
    after: str

    def __repr__(self) -> str:
        return f"Change({self.item})"


@dataclass(frozen=True, repr=False)
class Ending:
    """How staff end a visit. `result`: accepted, not_accepted or left; `document`: on what it was accepted, and
    `stated` what that says."""

    result: str
    reason: str
    document: str | None = None
    note: str | None = None
    stated: Stated = field(default_factory=Stated)

    def __repr__(self) -> str:
        return f"Ending({self.result})"


class Finish(StrEnum):
    """What became of a visit that staff bring to its end; message ids `counter.finish.<value>`."""

    DONE = "done"  # nothing was to be handed over
    HANDED_OVER = "handed_over"
    ALREADY = "already"  # somebody has finished it, or a running kiosk still holds it
    NOT_BY_RULE = "not_by_rule"  # the decision table does not accept this document on that day


class CounterStore(Protocol):
    """Shared by all kiosks and consoles of a machine. Raises `NeedsStaff(JOURNAL_FAILED | JOURNAL_BROKEN |
    DISK_FULL)` and `Fatal(JOURNAL_NEWER)` naming the file."""

    def publish(self, standing: Standing) -> None: ...

    def lanes(self) -> tuple[Standing, ...]:
        """As last published, by lane; whether its kiosk still runs, only the line tells."""

    def ask(self, act: Act, head: int) -> bool:
        """Durable when it returns. False when the id is known: nothing changes. `head`: newest sequence number of the
        journal, behind which an entry about this act would stand."""

    def asked(self, lane: str) -> tuple[tuple[Act, int], ...]:
        """What waits for this lane, oldest first, each with its `head`."""

    def settle(self, report: ActReport) -> bool:
        """Only an act that waits can be settled."""

    def report(self, act_id: str) -> ActReport | None: ...

    def hold(self, lane: str, what: frozenset[str], head: int) -> None:
        """What staff switched on at a lane and a restart must not switch off: `paused`, and the modes. `head`: newest
        entry of the journal that this takes account of."""

    def held(self, lane: str) -> tuple[frozenset[str], int] | None: ...
    def open_desk(self, digest: str, desk: Desk) -> None: ...
    def desk(self, digest: str) -> Desk | None: ...
    def close_desk(self, digest: str) -> None: ...

    def purge(self, before: datetime) -> int:
        """Forgets settled acts, whose effect is in the journal, and desks that nobody closed."""

    def close(self) -> None: ...


class LaneMemory(Protocol):
    """What a kiosk answers over its line. Called from the line's threads."""

    def nudged(self) -> None: ...
    def beat_age(self) -> float: ...
    def content(self, token: str) -> LaneContent | None: ...
    def picture(self, token: str, sight: Sight, visit_id: str | None) -> Pixels | None: ...
    def persons(self, token: str, visit_id: str) -> tuple[LivePerson, ...]: ...


class CounterLine(Protocol):
    """The running kiosk of a lane. Each call ends within two seconds; None means that no kiosk answers, or that it has
    no such thing now."""

    def nudge(self, lane: str) -> bool:
        """An act waits. Losing it costs less than a tenth of a second, nothing else."""

    def beat_age(self, lane: str) -> float | None:
        """Seconds since the thread that owns the lane was last seen at work."""

    def content(self, lane: str, token: str) -> LaneContent | None: ...
    def picture(self, lane: str, token: str, sight: Sight, visit_id: str | None) -> Pixels | None:
        """Of another visit than the one at the lane there is none."""

    def persons(self, lane: str, token: str, visit_id: str) -> tuple[LivePerson, ...]: ...


@dataclass(frozen=True)
class Lane:
    """A lane as the console lists it. `beat_age`: None where no kiosk runs."""

    standing: Standing
    beat_age: float | None

    @property
    def alive(self) -> bool:
        return self.beat_age is not None and self.beat_age < ALIVE_SECONDS


ALIVE_SECONDS = 3.0
"""A kiosk whose owning thread was not seen for longer hangs."""


class Counter(Protocol):
    """All that the console asks for, in the name of one member of staff who is signed in."""

    def lanes(self) -> Sequence[Lane]: ...
    def content(self, lane: str) -> LaneContent | None: ...

    def picture(self, lane: str, sight: Sight, visit_id: str | None) -> Pixels | None:
        """The journal learns first who looked at a photo or at the camera."""

    def persons(self, lane: str, visit_id: str) -> tuple[LivePerson, ...]:
        """Whose visit runs at the lane. The journal learns first who looked."""

    def act(
        self,
        standing: Standing,
        action: str,
        *,
        reason: str | None = None,
        document: str | None = None,
        index: int | None = None,
    ) -> ActReport:
        """Asks for an act drawn from this standing and returns at once; `report` tells what became of it. What the
        table of acts forbids (role, reason) is refused here."""

    def report(self, act_id: str) -> ActReport | None: ...

    def wait(self, act_id: str, seconds: float) -> ActReport | None:
        """Until it is settled, at most so long. Not for a thread that owns a window."""

    # --- who looked at what, and what is appended to a visit -------------------------------------------------

    def viewed(self, visit_id: str | None, what: str = "visit") -> None:
        """`what`: visit, patient, journal or photo. Each page counts once a minute."""

    def exported(self, what: str, entries: int, *, personal: bool) -> None: ...
    def known(self, visit_id: str, patient: str) -> None:
        """Whose visit it is, by the facility's own number."""

    def correct(self, visit_id: str, what: str, reason: str, note: str | None = None) -> None:
        """Appended; what stood before stays. Also for a closed visit."""

    def correct_claim(self, visit_id: str, changes: Sequence[Change], route: str | None = None) -> None:
        """Each change is an entry; its values are stored encrypted."""

    def settle_claim(self, visit_id: str, reason: str | None = None) -> None: ...
    def open_incident(self, visit_id: str, reason: str, note: str | None = None) -> None:
        """Wrong person (取り違え), of a visit that is over."""

    def close_incident(self, visit_id: str, result: str, reason: str, note: str | None = None) -> bool:
        """`result`: no_mix_up, put_right or reported. False where none is open, or the role may not."""

    def finish(self, visit_id: str, ending: Ending) -> Finish:
        """Staff bring a visit to its end that no kiosk holds any more. The claim note that follows goes out once, as
        from the kiosk."""

    def close(self) -> None: ...
