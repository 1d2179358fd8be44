"""The terminal's folders for commands beside the running kiosk, under a lane name of their own."""

from __future__ import annotations

import random

from drivers.gateway.folders import FolderGateway
from kiosk.app.paths import DataFolders
from kiosk.app.settings import Settings
from kiosk.runtime.clocks import RealClock


def folder_gateway(settings: Settings, folders: DataFolders, clock: RealClock, use: str) -> FolderGateway:
    """`use` tells lanes apart: an answer to a command must not look like one to a kiosk."""
    return FolderGateway(
        folders.req,
        folders.res,
        folders.face,
        folders.out,
        clock=clock,
        institution_code=settings.facility.institution_code,
        rng=random.Random(),
        lane=f"{settings.lane.id}.{use}",
        simulated_card_queries=settings.eligibility.simulated_requests,
    )
