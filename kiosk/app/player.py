"""Plays a scenario through the real application: same windows, same flow, same drivers, on simulated time."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication

from drivers.documents.card_front import OcrCardFrontReader
from drivers.documents.reader import FileDocumentReader
from drivers.face.rules import FaceRules, load_face_rules
from drivers.face.sface import SFaceMatcher
from drivers.simulated.persona import Persona, load_persona
from kiosk.app.casting import cast, check_clock, terminal_state
from kiosk.app.console import place_of
from kiosk.app.expecting import differences, not_pressed
from kiosk.app.identity import make_matcher
from kiosk.app.no_reader import has_own_reader
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.presenting import present
from kiosk.app.readings import find_reading
from kiosk.app.result import Result, agrees, outcome_json
from kiosk.app.scenario import DEFAULT_CLOCK, STAFF, Scenario
from kiosk.app.settings import FaceSettings, Settings
from kiosk.app.shots import Shots
from kiosk.app.stage import Stage
from kiosk.app.streams import ToldToEnd
from kiosk.app.switching import choose_by_switch
from kiosk.app.tempo import (
    DIGIT_SECONDS,
    EXPECT_SECONDS,
    HANDLING_SECONDS,
    READING_SECONDS,
    SETTLE_SECONDS,
    STUCK_REAL_SECONDS,
    TAKEN_SECONDS,
)
from kiosk.app.watching import Observer, StepFailed
from kiosk.domain.failures import Fatal, KioskError
from kiosk.domain.messages import Catalogue
from kiosk.domain.outcome import Outcome, Status
from kiosk.domain.screen import View
from kiosk.flow.closing import outcome_of, visit_id_of
from kiosk.flow.effects import TimerKind
from kiosk.runtime.clocks import SimulatedClock

IDENTITY_ACTIONS = ("visual_check", "refuse")
"""What staff decide about a person: on a screen where nobody is to be decided about, the step fails."""


class Player:
    """Plays scenarios one after the other. The face engine and the OCR are loaded once for all.

    `explain` puts a failure of the program into words.
    """

    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        *,
        show: bool = False,
        assets: Path = ASSETS,
        explain: Callable[[KioskError], str] = str,
    ) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._show = show
        self._assets = assets
        self._explain = explain
        self._matched: tuple[FaceRules, FaceSettings] | None = None
        self._matcher: SFaceMatcher | None = None
        self._front_reader = OcrCardFrontReader()
        self._today = DEFAULT_CLOCK
        self._documents = FileDocumentReader(lambda: self._today.date())
        self._shot_folders: set[Path] = set()

    def check(self, scenario: Scenario) -> None:
        """All that can be found wrong without playing. Raises `Fatal(SCENARIO_WRONG | PERSONA_UNKNOWN)` naming the
        line, and `Fatal(MODEL_MISSING | MODEL_WRONG)` naming the file that the visit would need."""
        check_clock(scenario, self._assets)
        cast(scenario, self._settings, self._assets / "personas")
        self._check_readings(scenario)
        self._matcher_for(scenario).load()
        self._front_reader.load()

    def play(
        self,
        scenario: Scenario,
        *,
        shots: Path | None = None,
        data: Path | None = None,
        observer: Observer | None = None,
    ) -> Result:
        """Raises what `check` raises, before anything is played.

        `shots` takes a folder of pictures, `data` keeps the facility's folders and journal, else they are removed.
        """
        self.check(scenario)
        chosen = cast(scenario, self._settings, self._assets / "personas")
        with tempfile.TemporaryDirectory(prefix="madoguchi-play-") as temporary:
            folders = DataFolders(data or Path(temporary))
            clock = SimulatedClock(scenario.clock)
            self._today = scenario.clock
            stage = Stage(
                chosen.settings,
                folders,
                clock,
                self._catalogue,
                persona=chosen.persona,
                matcher=self._matcher_for(scenario),
                front_reader=self._front_reader,
                documents=self._documents,
                assets=self._assets,
                rng=random.Random(chosen.settings.virtual.seed),
            )
            stage.world.set_terminal(chosen.terminal)
            take = Take(scenario, stage, clock, self._shot_folder(scenario, shots), observer, self._explain)
            if self._show:
                stage.window.show()
            try:
                return take.play()
            finally:
                # First forget, so that a worker ends at its next look instead of working on without time passing.
                stage.lane.abandon()
                clock.close()
                stage.stop()
                _process_events()

    def _shot_folder(self, scenario: Scenario, shots: Path | None) -> Path | None:
        """One for each scenario played, also where two have the same name."""
        if shots is None:
            return None
        names = (scenario.name if n == 1 else f"{scenario.name}-{n}" for n in count(1))
        chosen = next(shots / name for name in names if shots / name not in self._shot_folders)
        self._shot_folders.add(chosen)
        return chosen

    def _check_readings(self, scenario: Scenario) -> None:
        for step in scenario.steps:
            if step.action == "device_result":
                try:
                    find_reading(step.argument, scenario.path, self._assets)
                except Fatal as error:
                    raise Fatal(error.code, f"{scenario.path.name}:{step.line}: {error.detail}") from None

    def _matcher_for(self, scenario: Scenario) -> SFaceMatcher:
        settings = self._settings.overridden(scenario.settings)
        rules = load_face_rules(self._assets / "rules" / "face.toml", scenario.clock.date(), settings.face.engine)
        if self._matcher is None or (rules, settings.face) != self._matched:
            self._matcher = make_matcher(settings, self._assets, scenario.clock.date())
            self._matched = (rules, settings.face)
        self._matcher.rng = random.Random(settings.virtual.seed)
        return self._matcher


class Take:
    """One scenario on one stage."""

    def __init__(
        self,
        scenario: Scenario,
        stage: Stage,
        clock: SimulatedClock,
        shots: Path | None = None,
        observer: Observer | None = None,
        explain: Callable[[KioskError], str] = str,
    ) -> None:
        self.scenario = scenario
        self.stage = stage
        self.clock = clock
        self.result = Result(scenario.name)
        self._shots = None if shots is None else Shots(shots, stage.window)
        self._observer = observer
        self._own = stage.world.persona
        self._explain = explain
        self._seen: list[View] = []  # since the last action
        self._handlers: dict[str, Callable[[Any], None]] = {
            "place_card": self._place_card,
            "remove_card": self._remove_card,
            "camera": self._camera,
            "expect": self._expect,
            "tap": self._tap,
            "switch": self._switch,
            "type": self._type,
            "staff": self._staff,
            "fault": self._fault,
            "wait": self._wait,
            "present": self._present,
            "device_result": self._device_result,
        }
        self._ignored: str | None = None  # what staff did last, where it meant nothing
        stage.before_view = self._before_view
        stage.after_view = self._after_view
        stage.staff_ignored = self._staff_ignored

    def play(self) -> Result:
        result = self.result
        began = time.perf_counter()
        if self._observer is not None:
            self._observer.ready(self.stage)
        place = ""
        try:
            self.stage.start()
            self._run_quietly()
            for step in self.scenario.steps:
                place = step.place
                if step.action != "expect":
                    self._seen.clear()
                self._ignored = None
                self._handlers[step.action](step.argument)
                self._run_quietly()
                if self._ignored is not None:
                    result.notes.append(place + self._without_effect())
            place = ""
            self._settle()
            self._compare()
        except Exception as error:
            result.passed = False
            result.failure = place + self._told(error)
        result.seconds = round(self.clock.monotonic(), 2)
        if self._shots is not None:
            self._shots.last()
        pictures = self._shots.seconds if self._shots is not None else 0.0
        result.machine_seconds = round(time.perf_counter() - began - pictures, 3)
        self._read_outcome()
        result.apdus = self.stage.world.reader.apdus
        result.files = sorted(p.name for p in self.stage.folders.out.iterdir() if p.is_file())
        result.journal_ok = self.stage.journal.verify().ok
        if self._observer is not None:
            self._observer.over(self.stage)
        return result

    def _told(self, error: Exception) -> str:
        if isinstance(error, KioskError):
            return self._explain(error)
        return str(error) if isinstance(error, StepFailed) else place_of(error)

    # --- time -----------------------------------------------------------------------------------

    def _run_until(self, holds: Callable[[], bool], limit: float, *, machines_only: bool = False) -> bool:
        """Let things happen until `holds`, at most to the moment `limit`. With `machines_only` time-outs that wait
        for a person do not run down."""
        stuck_at = time.monotonic() + STUCK_REAL_SECONDS
        while True:
            ToldToEnd.obey()
            worked = self.stage.pump()
            _process_events()
            if self.stage.idle and self.clock.quiet and not self.stage.pump():
                if holds():
                    return True
                due = self._next_due(limit, machines_only=machines_only)
                if due is None:
                    return False
                self.clock.advance(due)
                stuck_at = time.monotonic() + STUCK_REAL_SECONDS
            elif not worked and not self.clock.wait_quiet(0.005) and time.monotonic() > stuck_at:
                raise StepFailed("a worker does not come back")

    def _next_due(self, limit: float, *, machines_only: bool) -> float | None:
        now = self.clock.monotonic()
        candidates = [limit]
        sleeper = self.clock.next_sleeper()
        if sleeper is not None:
            candidates.append(sleeper)
        for timer in self.stage.timers():
            if not (machines_only and timer.kind is TimerKind.PATIENCE):
                candidates.append(timer.due)
        if machines_only and len(candidates) == 1:
            return None
        return None if now >= limit else max(min(candidates), now)

    def _run_quietly(self) -> None:
        """What follows at once from a step happens before the next one; nothing that needs time."""
        self._run_until(lambda: True, self.clock.monotonic())

    def _pause(self, seconds: float) -> None:
        self._run_until(lambda: False, self.clock.monotonic() + seconds)

    def _settle(self) -> None:
        self._run_until(lambda: False, self.clock.monotonic() + SETTLE_SECONDS, machines_only=True)

    # --- steps ----------------------------------------------------------------------------------

    def _place_card(self, argument: Any) -> None:
        if not has_own_reader(self.stage.settings):
            raise StepFailed("no card reader here: device.beside (virtual.reader: simulated gives one as well)")
        if argument is not None:
            self.stage.world.choose(self._persona(argument))
        self._pause(HANDLING_SECONDS)
        self.stage.world.place_card()

    def _remove_card(self, _argument: Any) -> None:
        self._pause(HANDLING_SECONDS)
        self.stage.world.remove_card()

    def _camera(self, scene: str) -> None:
        self.stage.world.show(scene)

    def _expect(self, wanted: Mapping[str, Any]) -> None:
        limit = self.clock.monotonic() + float(wanted.get("within", EXPECT_SECONDS))
        if not self._run_until(lambda: self._came_true(wanted), limit):
            raise StepFailed("; ".join(differences(wanted, self.stage.view)))

    def _came_true(self, wanted: Mapping[str, Any]) -> bool:
        """Now, or on a screen shown since the last action: work takes no simulated time, so screens can flash by."""
        if not differences(wanted, self.stage.view):
            self._seen.clear()
            return True
        for place, view in enumerate(self._seen):
            if not differences(wanted, view):
                del self._seen[:place]
                return True
        return False

    def _tap(self, control: str) -> None:
        self._pause(READING_SECONDS)
        # Who sees the screen give way under the finger looks again.
        self._run_until(lambda: not self.stage.on_screen.gave_way_just_now, self.clock.monotonic() + DIGIT_SECONDS * 2)
        if not self.stage.window.press(control):
            raise StepFailed(not_pressed(control, self.stage.view))
        self.result.taps += 1

    def _switch(self, control: str) -> None:
        self._pause(READING_SECONDS)
        presses = choose_by_switch(self.stage, control, self._pause)
        if presses is None:
            raise StepFailed(f"the frame never came to {control} on screen {self.stage.lane.view.screen}")
        self.result.taps += presses

    def _type(self, argument: Mapping[str, Any]) -> None:
        text = str(argument["text"])
        self._pause(READING_SECONDS)
        if self.stage.window.writes_whole(str(argument["field"]), text):
            self._pause(DIGIT_SECONDS * len(text))
            self.result.taps += len(text)
            return
        for character in text:
            self._pause(DIGIT_SECONDS)
            if not self.stage.window.type_text(str(argument["field"]), character):
                raise StepFailed(f"no field {argument['field']} on screen {self.stage.view.screen} takes this key")
            self.result.taps += 1
            self._show_texts()

    def _staff(self, argument: Mapping[str, Any]) -> None:
        self._pause(READING_SECONDS)
        given = {"staff": STAFF[0], "reason": None, **argument}
        self.stage.lane.staff_acted(
            given["action"], given["staff"], given["reason"], given.get("document"), index=given.get("index")
        )
        self._run_quietly()
        if self._ignored in IDENTITY_ACTIONS:
            raise StepFailed(self._without_effect())

    def _staff_ignored(self, action: str) -> None:
        self._ignored = action

    def _without_effect(self) -> str:
        return f"{self._ignored} by staff means nothing on screen {self.stage.lane.view.screen}"

    def _device_result(self, name: str) -> None:
        """A certified reader writes its result; the step is over when the kiosk has taken the file."""
        self._pause(HANDLING_SECONDS)
        world = self.stage.world
        path = world.receive_reading(find_reading(name, self.scenario.path, self.stage.assets))
        self._run_until(lambda: not path.exists(), self.clock.monotonic() + TAKEN_SECONDS)

    def _wait(self, seconds: float) -> None:
        self._pause(float(seconds))

    def _fault(self, argument: Mapping[str, Any]) -> None:
        for device, what in argument.items():
            if device == "terminal":
                self.stage.world.set_terminal(terminal_state(what))
            elif not self.stage.cause_fault(device, str(what)):
                raise StepFailed(f"unknown fault {device}: {what}")

    def _present(self, argument: Mapping[str, Any]) -> None:
        """A document comes to the table: a file as it is, or a specimen made for the person."""
        self._pause(HANDLING_SECONDS)
        who = self._persona(str(argument.get("persona", self.stage.world.persona.name)))
        if not present(argument, self.stage, who, self.scenario.path.parent):
            raise StepFailed(f"no file {argument.get('file')}")

    def _persona(self, name: str) -> Persona:
        """The scenario's own person comes back as the scenario describes them."""
        if name == self.scenario.persona:
            return self._own
        return load_persona(self.stage.world.personas_folder, name)

    # --- the outcome ----------------------------------------------------------------------------

    def _read_outcome(self) -> None:
        result, lane = self.result, self.stage.lane
        visits = [(c.visit_id, c.outcome) for c in self.stage.closed]
        draft, visit_id = outcome_of(lane.state), visit_id_of(lane.state)
        if draft is not None and visit_id is not None:
            visits.append((visit_id, draft))
        result.visits = [{"visit_id": i, **outcome_json(o)} for i, o in visits]
        if visits:
            result.visit_id = visits[-1][0]
            result.outcome = outcome_json(visits[-1][1])
        else:
            # Nobody placed a card: either staff were asked for, or nothing happened.
            asked = lane.view.screen == "staff_called"
            result.outcome = outcome_json(Outcome(Status.HANDED_TO_STAFF if asked else Status.ABANDONED))

    def _compare(self) -> None:
        self._read_outcome()
        expected = self.scenario.outcomes
        if not expected:
            return
        seen = self.result.visits[-len(expected) :]
        if not seen and len(expected) == 1 and self.result.outcome is not None:
            seen = [self.result.outcome]
        if len(seen) < len(expected):
            raise StepFailed(f"outcome: expected {len(expected)} visits, seen {len(seen)}")
        for wanted, found in zip(expected, seen, strict=True):
            for key, value in wanted.items():
                if not agrees(value, found[key]):
                    raise StepFailed(f"outcome: expected {key} {value!r}, seen {found[key]!r}")

    # --- pictures -------------------------------------------------------------------------------

    def _before_view(self, view: View) -> None:
        if self._shots is not None:
            self._shots.before(view)

    def _after_view(self, view: View) -> None:
        if not self.result.screens or self.result.screens[-1] != view.screen:
            self.result.screens.append(view.screen)
        self._seen.append(view)
        self._show_texts()

    def _show_texts(self) -> None:
        if self._observer is not None:
            self._observer.screen(self.stage.window.texts())


def _process_events() -> None:
    QApplication.processEvents()
