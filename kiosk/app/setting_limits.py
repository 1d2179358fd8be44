"""Numbers of the settings: from where to where each one makes sense. What a rule file limits is not repeated here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kiosk.app.arguments import MOST_PORT
from kiosk.domain.screen import VOLUMES
from kiosk.flow.settings import FlowSettings

DAY = 86_400.0
"""Seconds. No visit and no device waits longer."""

MOST_YEARS = 100
_MOMENT = (1.0, DAY)
"""With less nobody could read the screen, or the program would do nothing else."""

LIMITS: Mapping[str, tuple[float, float]] = {
    "lane.width": (320, 16_384),  # pixels
    "lane.height": (320, 16_384),
    "screen.short_mm": (100, 1000),
    "screen.bottom_mm": (0, 3000),
    "screen.veil_seconds": (0, DAY),
    "screen.shift_pixels": (0, 8),  # design pixels: the margins hold no more
    "screen.shift_seconds": _MOMENT,
    "screen.dim_to": (0.2, 1),  # a screen that is darker looks switched off
    "access.scan_rounds": (1, 1000),
    "flow.voice_volume": (VOLUMES[0], VOLUMES[-1]),
    "flow.face_attempts": (0, FlowSettings().face_attempts),
    "flow.face_seconds": _MOMENT,
    "flow.face_retry_pause": (0, DAY),
    "flow.face_stage_seconds": _MOMENT,
    "flow.face_challenge_seconds": (0, DAY),
    "flow.pin_confirm_below": (0, 8),
    "flow.query_attempts": (1, 10),
    "flow.patience": _MOMENT,
    "flow.extension": _MOMENT,
    "flow.form_patience": _MOMENT,
    "flow.staff_patience": _MOMENT,
    "flow.result_seconds": _MOMENT,
    "flow.finished_seconds": (0, DAY),
    "flow.problem_seconds": _MOMENT,
    "flow.card_left_after": _MOMENT,
    "flow.reader_deadline": _MOMENT,
    "flow.terminal_deadline": _MOMENT,
    "flow.device_grace": _MOMENT,
    "flow.hand_over_retry": _MOMENT,
    "flow.service_retry": _MOMENT,
    "eligibility.timeout": (0.5, DAY),
    "face.liveness_model_scale": (1, 10),
    "reception.unknown_insurer_digits": (0, 8),
    "reception.unknown_number_digits": (0, 20),
    "printer.retry": _MOMENT,
    "metrics.seconds": _MOMENT,
    "virtual.vpcd_port": (1, MOST_PORT),
}

OFF_OR: Mapping[str, tuple[float, float]] = {
    "sound.alarm_seconds": _MOMENT,
    "eligibility.heartbeat": (5, DAY),  # more often, the terminal would do nothing else
    "journal.retention_years": (1, MOST_YEARS),
}
"""Here 0 stands for none, or for what the rule file says."""


def beyond(settings: object) -> Iterator[str]:
    """The settings outside their limits, each as `settings.SECTION.NAME: LEAST … MOST`."""
    for name, (least, most) in LIMITS.items():
        if not least <= _value(settings, name) <= most:
            yield f"settings.{name}: {least:g} … {most:.0f}"
    for name, (least, most) in OFF_OR.items():
        value = _value(settings, name)
        if value and not least <= value <= most:
            yield f"settings.{name}: 0, {least:g} … {most:.0f}"


def _value(settings: object, name: str) -> float:
    section, _, key = name.partition(".")
    return float(getattr(getattr(settings, section), key))
