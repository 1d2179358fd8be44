"""`kiosk doctor`: the readiness report for the deployment that is set up."""

from __future__ import annotations

from pathlib import Path

from drivers.face.rules import load_face_rules
from drivers.face.sface import SFaceMatcher
from kiosk.app.checks import VIRTUAL, default_checks
from kiosk.app.device_checks import GlassCheck, SoundCheck, SwitchesCheck, device_checks
from kiosk.app.paths import DataFolders
from kiosk.app.pending_check import PendingCheck
from kiosk.app.settings import Settings
from kiosk.app.simulation import TerminalCheck
from kiosk.runtime.clocks import RealClock
from kiosk.staff.readiness import Report, examine


def readiness(settings: Settings, folders: DataFolders, assets: Path) -> Report:
    """Runs every check; never raises for what a check finds."""
    clock = RealClock()

    def models() -> None:
        SFaceMatcher(assets / "models", load_face_rules(assets / "rules" / "face.toml", clock.now().date())).load()

    return examine(
        default_checks(
            assets=assets,
            data=folders.root,
            req=folders.req,
            res=folders.res,
            face=folders.face,
            out=folders.out,
            journal=folders.journal,
            deployment=VIRTUAL,
            model_check=models,
            devices=(
                *device_checks(settings, clock),
                GlassCheck(settings),
                SoundCheck(settings),
                SwitchesCheck(settings),
                TerminalCheck(settings),
                PendingCheck(folders),
            ),
            now=clock.now,
        )
    )
