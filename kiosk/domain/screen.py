"""What a screen shows, as data. The flow computes it from the state; the user interface draws it and adds nothing.

Screen and control ids are contracts (design 4.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.messages import Text

TEXT_SIZES = (100, 150, 200)
"""Per cent, in the order in which a press goes through them."""

PALETTES = ("light", "contrast", "dark")
"""Sets of colours, in the order in which a press goes through them."""

VOLUMES = (40, 70, 100)
"""Of the voice, in per cent: a press goes one step up or down."""


class Role(StrEnum):
    """How strongly a control is drawn."""

    MAIN = "main"  # the one expected press
    CHOICE = "choice"  # one of several equal ways
    QUIET = "quiet"  # a way out that must not shout


class Tone(StrEnum):
    INFO = "info"
    GOOD = "good"
    CARE = "care"  # something to mind; never blame


@dataclass(frozen=True)
class Control:
    """A thing to press. `id` is what `tap:` names; `picture` is a drawing id or None."""

    id: str
    label: Text
    role: Role = Role.CHOICE
    picture: str | None = None
    enabled: bool = True
    checked: bool | None = None  # None: not a toggle
    detail: Text | None = None  # a second, smaller line


@dataclass(frozen=True)
class Notice:
    text: Text
    tone: Tone = Tone.INFO


@dataclass(frozen=True)
class CameraContent:
    """The live preview with the face oval and one hint. `turn`: where the head should go, as the person sees it."""

    hint: Text
    turn: str | None = None  # "left", "right" or "straight"


@dataclass(frozen=True)
class CardPhotoContent:
    """The photo from the card's chip beside the camera picture, for staff who compare them with the person.

    Both are captions; without `camera` the photo stands alone.
    """

    photo: Text
    camera: Text | None = None


@dataclass(frozen=True)
class PinContent:
    """The digit pad. Digits stay inside the pad until `pin.ok`; the view never carries them.

    `field` is what the digits are: a patient's `pin` or a `staff_code`. `shuffled`: the keys stand in another order
    each time, so that nobody learns the PIN from the movement of the hand.
    """

    tries_left: int
    length: int = 4
    field: str = "pin"
    shuffled: bool = False


@dataclass(frozen=True)
class ConsentContent:
    """Items to switch, none of them pre-selected; drawn from the controls that have `checked`."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class ResultContent:
    """Rows of label and value. `name` is masked unless the patient confirmed."""

    name: str | None
    masked: bool
    rows: tuple[tuple[Text, Text | str], ...] = ()


@dataclass(frozen=True)
class ProgressContent:
    """Work is going on; no percentage is known."""


@dataclass(frozen=True)
class WritingContent:
    """A pad that writes one answer of the form. Unlike the PIN's, its text is part of the view: it survives a detour.

    `kind` says which pad: `name`, `kana`, `text`, `phone`, `digits`, `day` or `month`. `limit`: most characters.
    """

    field: str
    kind: str
    value: str
    limit: int
    words: tuple[str, ...] = ()  # written by one key each


@dataclass(frozen=True)
class ChoiceContent:
    """One of several answers; drawn from the controls that have `checked`."""

    field: str


@dataclass(frozen=True)
class ReviewRow:
    """One answer, and the control that changes it. `open`: nobody answered it yet."""

    control: str
    label: Text
    value: Text
    open: bool = False


@dataclass(frozen=True)
class ReviewContent:
    """All answers of the form; each row is pressed to change it."""

    rows: tuple[ReviewRow, ...]


@dataclass(frozen=True)
class SignatureContent:
    """A field to write in with a finger. The strokes leave it as a picture; the view only knows that there are some."""

    signed: bool


PERSONAL = (ResultContent, ReviewContent, WritingContent, SignatureContent, CardPhotoContent, ChoiceContent)
"""What tells something about the person, or shows what they wrote."""

Content = (
    CameraContent
    | CardPhotoContent
    | PinContent
    | ConsentContent
    | ResultContent
    | ProgressContent
    | WritingContent
    | ChoiceContent
    | ReviewContent
    | SignatureContent
)


@dataclass(frozen=True)
class StaffView:
    """What staff see of this lane; never drawn for the patient. `needs` lists the reasons (message ids) for which a
    person should come, `facts` what the answer says beside them, `choices` whom to choose from, by index from 0.
    `holds` is what holds for the facility now: a line that is down, a mode and what it permits."""

    step: Text
    needs: tuple[Text, ...] = ()
    holds: tuple[Text, ...] = ()
    facts: tuple[Text, ...] = ()
    choices: tuple[Text, ...] = ()


@dataclass(frozen=True)
class View:
    """One screen: a sentence that says what to do, one picture of it, one main button.

    The frame (back, staff call, language, voice, text size, colours, low controls) is at the same place on every
    screen; `back` says whether going back is possible now. `simulated` names what is not real on this screen, or is
    empty.
    """

    screen: str
    state: str
    title: Text
    body: tuple[Text, ...] = ()
    notices: tuple[Notice, ...] = ()
    picture: str | None = None
    controls: tuple[Control, ...] = ()
    content: Content | None = None
    back: bool = False
    staff: bool = True
    language: str = "ja"
    languages: tuple[str, ...] = ("ja", "en")
    voice_on: bool = False
    voice_volume: int = 70  # per cent
    voice_repeats: int = 0  # one more: the screen is spoken again
    text_size: int = 100  # per cent
    palette: str = "light"  # light, contrast or dark
    low: bool = False  # all that is pressed stands where somebody seated reaches it
    sound: str | None = None  # earcon on entering: "ok", "care", "take_card", "alarm"
    urgent: bool = False  # seen from two metres: the whole frame changes colour and shape
    simulated: Text | None = None
    practice: bool = False  # a rehearsal: the frame says so, and offers to leave it
    lead: int = 1  # so many sentences of the body are large: what the buttons answer is no small print
    lane: StaffView = StaffView(Text("staff.step.idle"))

    def message_ids(self) -> frozenset[str]:
        """Every catalogue id on the screen, for tests and scenarios."""
        texts: list[Text] = [self.title, *self.body, *(n.text for n in self.notices)]
        texts += [c.label for c in self.controls] + [c.detail for c in self.controls if c.detail]
        if isinstance(self.content, CameraContent):
            texts.append(self.content.hint)
        if isinstance(self.content, CardPhotoContent):
            texts += [text for text in (self.content.photo, self.content.camera) if text is not None]
        if isinstance(self.content, ResultContent):
            for label, value in self.content.rows:
                texts.append(label)
                if isinstance(value, Text):
                    texts.append(value)
        if isinstance(self.content, ReviewContent):
            texts += [text for row in self.content.rows for text in (row.label, row.value)]
        return frozenset(t.id for t in texts)

    def control_ids(self) -> frozenset[str]:
        """Ids that can be pressed now, the frame's included."""
        ids = {c.id for c in self.controls if c.enabled} | {"voice", "size", "contrast", "low"}
        ids |= {f"language.{code}" for code in self.languages}
        if self.voice_on:
            ids |= {"voice.repeat", "voice.louder", "voice.softer", "voice.stop"}
        if self.back:
            ids.add("back")
        if self.practice:
            ids.add("practice.end")
        if self.staff:
            ids.add("staff")
        if isinstance(self.content, PinContent):
            ids |= {"pin.ok", "pin.clear"}
        if isinstance(self.content, ReviewContent):
            ids |= {row.control for row in self.content.rows}
        return frozenset(ids)
