"""What the voice does by itself: at headphones, at a card left behind, and where the focus stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from kiosk.app.paths import ASSETS
from kiosk.app.settings import SoundSettings
from kiosk.app.voice import speakable
from kiosk.app.voice_desk import ALARMS, VoiceDesk
from kiosk.domain.messages import Text
from kiosk.domain.screen import Control, ReviewContent, View
from kiosk.domain.speech import label_of, said_in, sound_name
from kiosk.ui.samples import SAMPLES
from tests.kiosk.app.plays import catalogue

NAMES = {sound_name(said): said for language, said in speakable(catalogue(), ASSETS / "messages") if language == "ja"}


@dataclass
class Room:
    """Loudspeaker, headphones and clock; `heard` tells sentences by their words and short sounds by their names."""

    heard: list[list[str]] = field(default_factory=list)
    pressed: list[str] = field(default_factory=list)
    plugged: bool = False
    loud: bool = True
    look: Callable[[], None] = lambda: None

    def play(self, files: Sequence[Path], _volume: int) -> None:
        self.heard.append([NAMES.get(file.stem, file.stem) for file in files])

    def stop(self) -> None: ...

    def headphones(self) -> bool:
        return self.plugged

    def audible(self) -> bool:
        return self.loud

    def close(self) -> None: ...

    def every(self, _seconds: float, action: Callable[[], None]) -> Callable[[], None]:
        self.look = action
        return lambda: None

    def desk(self, **settings: object) -> VoiceDesk:
        chosen = replace(SoundSettings(), **settings)  # type: ignore[arg-type]
        return VoiceDesk(self, catalogue(), ASSETS, chosen, self, self.pressed.append)


def test_who_plugs_headphones_in_is_spoken_to_until_they_are_pulled_out() -> None:
    room = Room()
    desk = room.desk(jack="Headphone Jack")
    desk.shown(SAMPLES["consent"])
    for plugged, told in ((True, ["voice"]), (True, ["voice"]), (False, ["voice", "voice"])):
        room.plugged = plugged
        room.look()
        assert room.pressed == told
        desk.shown(replace(SAMPLES["consent"], voice_on=plugged))
    desk.shown(replace(SAMPLES["consent"], voice_on=True))
    room.plugged = True
    room.look()
    assert len(room.pressed) == 2, "it speaks already"


def test_the_alarm_sounds_again_until_the_card_is_taken_or_nobody_is_left() -> None:
    room = Room()
    desk = room.desk(alarm_seconds=10.0)
    for second in range(300):
        desk.shown(SAMPLES["card_forgotten"])
        desk.tick(second * 1.0)
    assert room.heard == [["alarm"]] * (1 + ALARMS)
    desk.shown(SAMPLES["finished"])
    desk.shown(SAMPLES["card_forgotten"])
    desk.tick(300.0)
    desk.shown(SAMPLES["idle"])
    desk.tick(400.0)
    assert room.heard[1 + ALARMS :] == [["ok"], ["alarm"]]


def test_one_alarm_where_the_facility_wants_one() -> None:
    room = Room()
    desk = room.desk(alarm_seconds=0.0)
    desk.shown(SAMPLES["card_forgotten"])
    for second in range(60):
        desk.tick(second * 1.0)
    assert room.heard == [["alarm"]]


def test_the_control_with_the_focus_is_named_and_a_switch_tells_its_state() -> None:
    room, spoken = Room(), replace(SAMPLES["consent_items"], voice_on=True)
    desk = room.desk()
    desk.shown(spoken)
    room.heard.clear()
    item = next(one for one in spoken.controls if one.checked is False)
    desk.focused(item.id)
    switched = tuple(replace(one, checked=True) if one is item else one for one in spoken.controls)
    desk.shown(replace(spoken, controls=switched))
    assert [words[1:2] for words in room.heard] == [
        said_in(catalogue(), "ja", Text(f"consent.state.{state}")) for state in ("off", "on")
    ]
    desk.focused("staff")
    assert room.heard[-1] == said_in(catalogue(), "ja", Text("control.staff"))
    desk.shown(replace(SAMPLES["consent"], voice_on=True))
    heard = len(room.heard)
    desk.shown(replace(SAMPLES["consent"], voice_on=True, text_size=150))
    assert len(room.heard) == heard, "another screen begins without a focus"


def test_every_control_of_every_screen_has_a_name_but_the_keys_that_write() -> None:
    """And what is said of it holds no value: no answer, no number, no name."""
    for view in SAMPLES.values():
        spoken = replace(view, voice_on=True)
        rows = view.content.rows if isinstance(view.content, ReviewContent) else ()
        for control in sorted(spoken.control_ids() | {"more", "language"}):
            _language, texts = label_of(spoken, control)
            assert texts, (view.screen, control)
            assert not any(text.values for text in texts), (view.screen, control)
            assert not {row.value.id for row in rows if row.value.values} & {text.id for text in texts}
        for key in ("pin.digit.4", "key.0.あ", "key.digit.4", "key.era.S", "form.choose.nothing"):
            assert label_of(spoken, key)[1] == ()


def test_it_is_known_how_long_something_is_heard() -> None:
    for room, least in ((Room(), 2.0), (Room(loud=False), 0.0)):
        desk = room.desk()
        desk.tick(100.0)
        desk.shown(replace(SAMPLES["consent"], voice_on=True))
        assert 100.0 + least <= desk.speaks_until < 100.0 + least * 20 + 0.1
        desk.shown(SAMPLES["consent"])
        assert desk.speaks_until == 100.0, "switched off"


def test_a_digit_is_heard_and_not_which() -> None:
    room = Room()
    desk = room.desk()
    desk.shown(SAMPLES["pin"])
    desk.typed()
    assert room.heard == []
    desk.shown(replace(SAMPLES["pin"], voice_on=True))
    desk.typed()
    desk.typed()
    assert room.heard[1:] == [["key"]] * 2


def test_a_language_is_named_in_itself() -> None:
    assert label_of(SAMPLES["idle"], "language.en") == ("en", (Text("language.en"),))
    view = View("x", "X", Text("idle.title"), controls=(Control("go", Text("control.staff")),))
    assert label_of(view, "go") == ("ja", (Text("control.staff"),))
