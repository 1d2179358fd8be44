"""What a tester or a scenario may break in the simulated world."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk.ports.printing import PrinterState

if TYPE_CHECKING:
    from kiosk.app.stage import Stage


def fault_menu(stage: Stage) -> dict[tuple[str, str], Callable[[], None]]:
    """By device and what happens to it."""
    world, printer, disk = stage.world, stage.printer, stage.disk

    def printer_is(state: PrinterState) -> None:
        printer.state = state

    return {
        ("reader", "unplug"): world.reader.unplug,
        ("reader", "plug"): world.reader.plug,
        ("reader", "freeze"): world.reader.freeze,
        ("reader", "thaw"): world.reader.thaw,
        ("reader", "slow"): world.reader.slow_down,
        ("reader", "busy"): world.reader.occupy,
        ("reader", "free"): world.reader.free,
        ("reader", "restart_service"): world.reader.restart,
        ("camera", "unplug"): world.camera.unplug,
        ("camera", "plug"): world.camera.plug,
        ("camera", "freeze"): world.camera.freeze,
        ("printer", "paper_out"): lambda: printer_is(PrinterState.PAPER_OUT),
        ("printer", "unplug"): lambda: printer_is(PrinterState.GONE),
        ("printer", "plug"): lambda: printer_is(PrinterState.READY),
        ("power", "cut"): stage.cut_power,
        ("disk", "full"): disk.fill,
        ("disk", "free"): disk.empty,
    }
