"""Readiness of the real devices that settings name."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from drivers.pcsc.survey import Survey, survey
from drivers.printer.cups import CupsPrinter
from drivers.sound import way_of
from kiosk.app.authorities import record_authorities, trusted_authorities
from kiosk.app.hardware import camera_of, document_camera
from kiosk.app.identity import code_entries, people_are_real
from kiosk.app.no_reader import has_own_reader
from kiosk.app.settings import SIMULATED_CAMERA, Settings
from kiosk.app.simulation import BesideCheck
from kiosk.domain.messages import Text
from kiosk.ports.clock import Clock
from kiosk.ports.face import Camera
from kiosk.ports.printing import PrinterReport, PrinterState
from kiosk.staff.checks.parts import CallCheck, NotConfiguredCheck
from kiosk.staff.readiness import Check, Finding, State
from kiosk.ui.reach import least_short_mm
from kiosk.ui.switches import OFF, STEP
from kiosk.ui.theme import LIGHT
from kiosk.ui.window import LANDSCAPE, PORTRAIT


@dataclass(frozen=True)
class ReaderCheck:
    """The reader that the setting names, by name or pattern: says which it is, or which others are there instead."""

    wanted: str
    look: Callable[[str], Survey] = field(default=survey)
    id: str = "reader"

    def run(self) -> Finding:
        seen = self.look(self.wanted)
        if seen.fault:
            cause, remedy = Text("doctor.reader.no_service"), Text("doctor.reader.no_service.remedy")
            if seen.refused:
                cause, remedy = Text("doctor.reader.refused"), Text("doctor.reader.refused.remedy")
            return Finding(State.FAIL, cause, remedy, seen.fault)
        if seen.chosen is None:
            there = ", ".join(seen.readers)
            cause = Text("doctor.reader.absent", (("wanted", self.wanted),))
            others = Text("doctor.reader.absent.others", (("readers", there),)) if there else None
            return Finding(State.FAIL, cause, others or Text("doctor.reader.absent.none"))
        return Finding(State.OK, Text("doctor.reader.chosen", (("reader", seen.chosen),)))


@dataclass(frozen=True)
class StaffReaderCheck(ReaderCheck):
    """The console's reader for staff cards. Without it staff sign in by code: reception does not wait for it."""

    id: str = "staff_reader"

    def run(self) -> Finding:
        finding = super().run()
        return finding if finding.state is State.OK else replace(finding, state=State.WARN)


@dataclass(frozen=True)
class AuthoritiesCheck:
    """Whose cards are believed. Raises what reading them raises."""

    settings: Settings
    id: str = "authorities"

    def run(self) -> Finding:
        certificates, keys = trusted_authorities(self.settings), record_authorities(self.settings)
        if not self.settings.card.authorities:
            return Finding(State.WARN, Text("doctor.authorities.test"), Text("doctor.authorities.test.remedy"))
        counts = (("certificates", str(len(certificates))), ("keys", str(len(keys))))
        return Finding(State.OK, Text("doctor.authorities.ok", counts))


@dataclass(frozen=True)
class StaffCodesCheck:
    """Whether staff can sign in at the patient's screen, and leave a window that fills the screen."""

    settings: Settings
    id: str = "staff_codes"

    def run(self) -> Finding:
        if not code_entries(self.settings):
            return Finding(State.WARN, Text("doctor.staff_codes.none"), Text("doctor.staff_codes.none.remedy"))
        return Finding(State.OK, Text("doctor.staff_codes.ok"))


class Queue(Protocol):
    """The part of a print queue that is looked at."""

    def report(self) -> PrinterReport: ...
    def accepts(self) -> bool: ...


@dataclass(frozen=True)
class PrinterCheck:
    """The queue that the setting names. Sheets wait for a printer that prints again; only an absent one is a fault."""

    name: str
    queue: Queue
    id: str = "printer"

    def run(self) -> Finding:
        report = self.queue.report()
        which = (("printer", self.name),)
        if report.state is PrinterState.GONE:
            return Finding(
                State.FAIL, Text("doctor.printer.absent", which), Text("doctor.printer.absent.remedy"), report.detail
            )
        if report.state is PrinterState.PAPER_OUT:
            return Finding(State.WARN, Text("failure.K421.cause"), Text("doctor.printer.paper.remedy"), report.detail)
        if report.state is PrinterState.STOPPED or not self.queue.accepts():
            remedy = Text("doctor.printer.stopped.remedy", which)
            return Finding(State.WARN, Text("doctor.printer.stopped", which), remedy, report.detail)
        return Finding(State.OK, Text("doctor.printer.ok", which))


@dataclass(frozen=True)
class SoundCheck:
    """Through what the voice sounds. Without sound the screens still say everything."""

    settings: Settings
    way: Callable[[str], str | None] = field(default=way_of)
    id: str = "sound"

    def run(self) -> Finding:
        if not self.settings.sound.on:
            return Finding(State.ABSENT, Text("doctor.sound.off"))
        way = self.way(self.settings.sound.device)
        if way is None:
            return Finding(State.ABSENT, Text("doctor.sound.silent"), Text("doctor.sound.silent.remedy"))
        return Finding(State.OK, Text("doctor.sound.ok", (("way", way),)))


@dataclass(frozen=True)
class SwitchesCheck:
    """How somebody without the use of a finger gets through."""

    settings: Settings
    id: str = "switches"

    def run(self) -> Finding:
        switches = self.settings.access.switches
        if switches.mode == OFF:
            return Finding(State.ABSENT, Text("doctor.switches.off"))
        if switches.mode == STEP:
            two = (("onward", switches.onward), ("choose", switches.choose))
            return Finding(State.OK, Text("doctor.switches.step", two))
        one = (("seconds", f"{switches.seconds:g}"), ("choose", switches.choose))
        return Finding(State.OK, Text("doctor.switches.auto", one))


@dataclass(frozen=True)
class GlassCheck:
    """Whether the patient's screen, as it is measured in the settings, is large enough and hangs where somebody seated
    reaches it."""

    settings: Settings
    id: str = "glass"

    def run(self) -> Finding:
        screen, lane = self.settings.screen, self.settings.lane
        least = math.ceil(least_short_mm(LIGHT.space.target, LIGHT.space.gap, LIGHT.type.detail))
        if screen.short_mm < least:
            cause = Text("doctor.glass.small", (("mm", f"{screen.short_mm:g}"),))
            return Finding(State.WARN, cause, Text("doctor.glass.small.remedy", (("mm", str(least)),)))
        height = PORTRAIT[1] if lane.height > lane.width else LANDSCAPE[1]
        if not screen.glass.low_layout_possible(height):
            low, high = screen.glass.bottoms(height)
            between = (("low", str(math.ceil(low / 10))), ("high", str(int(high / 10))))
            cause = Text("doctor.glass.reach", (("cm", f"{screen.bottom_mm / 10:g}"),))
            return Finding(State.WARN, cause, Text("doctor.glass.reach.remedy", between))
        return Finding(State.OK, Text("doctor.glass.ok"))


def device_checks(settings: Settings, clock: Clock) -> tuple[Check, ...]:
    """One for each device that is not simulated."""
    checks: list[Check] = []
    if not has_own_reader(settings):
        checks.append(BesideCheck("reader"))
        if settings.camera.source == SIMULATED_CAMERA:
            checks.append(BesideCheck("camera"))
    if settings.card.reader:
        checks += [ReaderCheck(settings.card.reader), AuthoritiesCheck(settings)]
    if people_are_real(settings):
        checks.append(StaffCodesCheck(settings))
    if settings.staff.card_reader:
        checks.append(StaffReaderCheck(settings.staff.card_reader))
    for name, source in (("camera", settings.camera.source), ("front_camera", settings.camera.front)):
        camera = camera_of(source, clock)
        if camera is not None:
            checks.append(_gives_pictures(name, camera))
        elif name == "front_camera" and settings.card.reader:
            checks.append(NotConfiguredCheck(name))
    table = document_camera(settings, clock)
    if table is not None:
        checks.append(_gives_pictures("document_camera", table))
    if settings.printer.name:
        checks.append(PrinterCheck(settings.printer.name, CupsPrinter(settings.printer.name, clock)))
    return tuple(checks)


def _gives_pictures(name: str, camera: Camera) -> Check:
    def look() -> None:
        camera.open()
        try:
            camera.next_frame().picture.fill(0)
        finally:
            camera.close()

    return CallCheck(name, look)
