"""What a facility may set about the flow. Times are seconds of the kiosk clock."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.domain.decision.decide import DecisionRules
from kiosk.domain.decision.inputs import Flag
from kiosk.domain.rules import RuleTable


@dataclass(frozen=True)
class FlowSettings:
    """Defaults are those of the virtual deployment. No patience below 60 s that cannot be extended."""

    languages: tuple[str, ...] = ("ja", "en")
    default_language: str = "ja"
    text_size: int = 100  # per cent, until a patient changes it: 100, 150 or 200
    palette: str = "light"  # light, contrast or dark
    voice: bool = False  # every screen is spoken without being asked
    voice_volume: int = 70  # per cent, until a patient changes it
    low: bool = False  # controls within reach of somebody seated, without being asked
    consent_items: tuple[str, ...] = ("surgery", "medication", "checkup")
    device_beside: bool = False  # a certified reader stands beside the kiosk and reads the cards
    practice: bool = True  # passers-by may rehearse a visit; nothing of it is sent or kept
    child_consent: str = "proxy"  # proxy: a child's parents are asked; none: nothing is asked for a child
    prescription_choice: bool = False  # the form of a prescription is asked here, not outside the reception
    trusted_certificates_only: bool = False  # on where certificate authorities are configured
    face_attempts: int = 3
    face_seconds: float = 15.0  # one attempt, until it gives up for want of a usable face
    face_retry_pause: float = 2.5  # time to read the hint between two attempts
    face_stage_seconds: float = 30.0  # all attempts of a visit together, pauses and challenges included
    face_challenge_seconds: float = 8.0  # of them kept for turning the head
    face_liveness_off_until: str = ""  # a day (YYYY-MM-DD): until then a match alone confirms; empty: never
    identity_ways: tuple[str, ...] = ("face", "pin", "staff")  # what is offered, in this order; the first may begin
    usb_sticks: bool = False  # documents are read from them
    staff_code_pad: bool = False  # staff may sign in at the patient's screen; set where they have codes
    staffed: bool = True  # somebody is at the counter who can come
    pin_shuffled: bool = False  # the digits of the pad stand in another order each time
    pin_confirm_below: int = 2  # fewer tries left than this need a second, explicit yes
    query_attempts: int = 2
    patience: float = 60.0  # a screen waits so long for the patient before it asks
    extension: float = 30.0  # and so long for the answer
    form_patience: float = 120.0  # a question of the form: writing takes longer than pressing
    staff_patience: float = 180.0  # whoever called staff waits so long at the screen before it asks
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
    flags: frozenset[Flag] = frozenset()  # modes that staff have declared; set by the flow itself
    certificate_rules: RuleTable = field(default=RuleTable({}), repr=False)
    share_rules: RuleTable = field(default=RuleTable({}), repr=False)
    identity_rules: RuleTable = field(default=RuleTable({}), repr=False)
    form_rules: RuleTable = field(default=RuleTable({}), repr=False)
    claim_rules: RuleTable = field(default=RuleTable({}), repr=False)
    consent_rules: RuleTable = field(default=RuleTable({}), repr=False)
    ceiling_rules: RuleTable = field(default=RuleTable({}), repr=False)
    codes: RuleTable = field(default=RuleTable({}), repr=False)
    decisions: DecisionRules | None = field(default=None, repr=False)
