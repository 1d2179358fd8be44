"""The hand-over as the settings want it: store, targets and dispatcher, joined."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from drivers.gateway import whole_file
from drivers.gateway.dispatch import Dispatcher, Fate
from drivers.gateway.file_targets import FhirFolder, OutFolder
from drivers.gateway.orca import OrcaAcceptance, OrcaSettings
from drivers.gateway.outbox import Outbox
from drivers.store.deliveries import SqliteDeliveries
from kiosk.app.paths import DataFolders
from kiosk.app.settings import HandOverSettings, Settings
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.rules import load_rules
from kiosk.domain.secret import Secret
from kiosk.ports.clock import Clock
from kiosk.ports.handover import DeliveryStore, Parcel, Target

OnFate = Callable[[Parcel, Fate, str, int], None]

LEDGER = Path("done") / "_handed_over"
"""Below `res`, where the gateway's own hand-over keeps it: what one of them wrote, the other does not write again."""


def open_deliveries(folders: DataFolders) -> SqliteDeliveries:
    return SqliteDeliveries(folders.root / "deliveries.sqlite")


def dispatcher(
    settings: Settings,
    folders: DataFolders,
    clock: Clock,
    store: DeliveryStore,
    assets: Path,
    *,
    stage: Callable[[Path, bytes], None] = whole_file.stage,
    on_fate: OnFate | None = None,
) -> Dispatcher:
    """Raises `Fatal(SETTINGS_WRONG)` where ORCA is switched on and its password cannot be read."""
    rules, chosen = assets / "rules", settings.hand_over
    outbox = Outbox(folders.out, folders.res / LEDGER, stage)
    targets: list[Target] = [OutFolder(outbox, load_rules(rules / "handover.toml"), clock)]
    if chosen.fhir:
        targets.append(FhirFolder(outbox, load_rules(rules / "codes.toml"), clock, chosen.institution_name))
    if chosen.orca_url:
        orca = OrcaSettings(chosen.orca_url, chosen.orca_user, chosen.orca_department, chosen.orca_physician)
        targets.append(OrcaAcceptance(orca, _password(chosen)))
    return Dispatcher(store, targets, clock, on_fate) if on_fate else Dispatcher(store, targets, clock)


def _password(chosen: HandOverSettings) -> Secret:
    try:
        lines = Path(chosen.orca_password_file).read_bytes().splitlines()
    except OSError:
        lines = []
    if not lines:
        raise Fatal(FailureCode.SETTINGS_WRONG, "settings.hand_over.orca_password_file")
    return Secret(lines[0])
