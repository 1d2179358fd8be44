"""What a facility may set about the flow. Times are seconds of the kiosk clock."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.domain.rules import RuleTable


@dataclass(frozen=True)
class FlowSettings:
    """Defaults are those of the virtual deployment. No patience below 60 s that cannot be extended."""

    languages: tuple[str, ...] = ("ja", "en")
    default_language: str = "ja"
    consent_items: tuple[str, ...] = ("surgery", "medication", "checkup")
    face_attempts: int = 3
    face_seconds: float = 15.0  # one attempt, until it gives up for want of a usable face
    face_retry_pause: float = 2.5  # time to read the hint between two attempts
    pin_confirm_below: int = 2  # fewer tries left than this need a second, explicit yes
    query_attempts: int = 2
    patience: float = 60.0  # a screen waits so long for the patient before it asks
    extension: float = 30.0  # and so long for the answer
    result_seconds: float = 20.0  # the result gives way to "take your card"
    finished_seconds: float = 5.0
    problem_seconds: float = 12.0  # a card problem with no card on the reader
    card_left_after: float = 15.0  # from "take your card" to the alarm
    reader_deadline: float = 30.0  # a card in a contact slot takes up to 10 s for its photo
    terminal_deadline: float = 60.0
    device_grace: float = 15.0
    hand_over_retry: float = 30.0
    service_retry: float = 15.0
    simulated: tuple[str, ...] = ()  # message ids: what is not real in this deployment
    certificate_rules: RuleTable = field(default=RuleTable({}), repr=False)
    share_rules: RuleTable = field(default=RuleTable({}), repr=False)
