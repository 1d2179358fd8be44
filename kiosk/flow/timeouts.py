"""How long each state waits, and for whom."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.domain.failures import FailureCode
from kiosk.flow.effects import TimerKind
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import (
    AskingMoreTime,
    AwaitingEligibility,
    AwaitingPhone,
    AwaitingRegistration,
    AwaitingStaff,
    CardProblem,
    CheckingFace,
    CheckingStaffCode,
    ChoosingConsents,
    ChoosingMethod,
    ChoosingPrescription,
    ConfirmingLastTry,
    Consenting,
    DecidingVisually,
    EnteringPin,
    EnteringStaffCode,
    FallingBack,
    Finished,
    HandingOver,
    HandOverFailed,
    Idle,
    OutOfService,
    PausingFace,
    ReadingCard,
    ReadingPhoto,
    Registering,
    RegisteringConsents,
    ShowingResult,
    StaffCalled,
    StaffCalledAtIdle,
    State,
    TakingCard,
    VerifyingPin,
)
from kiosk.flow.states_documents import (
    AskingUnchanged,
    AskingVisit,
    ChoosingDocument,
    ConfirmingDocument,
    EnteringDocument,
    QueryingNumbers,
    ReadingDocument,
    RecallingHolder,
    ShowingDocumentResult,
)
from kiosk.flow.states_form import FillingForm, KeepingForm, ReviewingForm, Signing
from kiosk.flow.states_practice import Practising, Rehearsing
from kiosk.flow.ways import by_ear

_Seconds = Callable[[FlowSettings], float]

_PATIENCE: dict[type[State], _Seconds] = {
    ChoosingMethod: lambda s: s.patience,
    ConfirmingLastTry: lambda s: s.patience,
    EnteringPin: lambda s: s.patience,
    EnteringStaffCode: lambda s: s.extension,
    DecidingVisually: lambda s: s.extension,
    Registering: lambda s: s.patience,
    Consenting: lambda s: s.patience,
    ChoosingConsents: lambda s: s.patience,
    ChoosingPrescription: lambda s: s.patience,
    FallingBack: lambda s: s.patience,
    StaffCalled: lambda s: s.staff_patience,
    StaffCalledAtIdle: lambda s: s.patience,
    AskingMoreTime: lambda s: s.extension,
    TakingCard: lambda s: s.card_left_after,
    HandOverFailed: lambda s: s.hand_over_retry,
    AwaitingPhone: lambda s: s.patience,
    ChoosingDocument: lambda s: s.patience,
    ReadingDocument: lambda s: s.form_patience,
    EnteringDocument: lambda s: s.form_patience,
    ConfirmingDocument: lambda s: s.patience,
    AskingVisit: lambda s: s.patience,
    AskingUnchanged: lambda s: s.patience,
    FillingForm: lambda s: s.form_patience,
    ReviewingForm: lambda s: s.form_patience,
    Signing: lambda s: s.form_patience,
    Practising: lambda s: s.patience,
    Rehearsing: lambda s: s.patience + s.extension,
}

_MACHINE: dict[type[State], _Seconds] = {
    PausingFace: lambda s: s.face_retry_pause,
    ShowingResult: lambda s: s.result_seconds,
    Finished: lambda s: s.finished_seconds,
    KeepingForm: lambda s: s.device_grace,
    ShowingDocumentResult: lambda s: s.result_seconds,
    QueryingNumbers: lambda s: s.terminal_deadline,
    RecallingHolder: lambda s: s.reader_deadline,
}


DEADLINES: dict[type[State], tuple[_Seconds, FailureCode]] = {
    ReadingCard: (lambda s: s.reader_deadline, FailureCode.READER_HUNG),
    ReadingPhoto: (lambda s: s.reader_deadline, FailureCode.FRONT_UNREADABLE),
    CheckingFace: (lambda s: s.face_seconds + s.device_grace, FailureCode.CAMERA_SILENT),
    VerifyingPin: (lambda s: s.reader_deadline, FailureCode.READER_HUNG),
    CheckingStaffCode: (lambda s: s.device_grace, FailureCode.INTERNAL),
    AwaitingEligibility: (lambda s: s.terminal_deadline, FailureCode.TERMINAL_SILENT),
    AwaitingRegistration: (lambda s: s.terminal_deadline, FailureCode.TERMINAL_SILENT),
    RegisteringConsents: (lambda s: s.terminal_deadline, FailureCode.TERMINAL_SILENT),
    HandingOver: (lambda s: s.device_grace, FailureCode.OUT_WRITE_FAILED),
}
"""Whoever waits for a device waits so long at most, then goes on as if it had reported this code."""

NOT_RECORDED = frozenset({FailureCode.JOURNAL_FAILED, FailureCode.JOURNAL_BROKEN, FailureCode.DISK_FULL})
"""Codes that say that nothing can be recorded."""

RECOVERS_BY_TRYING = NOT_RECORDED | {FailureCode.INTERNAL}
"""Nobody reports that a disk has room again: the kiosk finds out by trying."""


def timer_of(state: State) -> tuple[float, TimerKind] | None:
    """Seconds and kind of the timer that entering this state starts."""
    settings = state.lane.settings
    if isinstance(state, Idle):
        if state.after_power_cut or state.lane != state.lane.for_next_person():
            return settings.patience, TimerKind.PATIENCE
        return None
    if isinstance(state, Practising) and state.asking:
        return settings.extension, TimerKind.PATIENCE
    if isinstance(state, OutOfService):
        # A reader that hung on one card may work with the next; while that card lies there, it would hang again.
        tries = state.code in RECOVERS_BY_TRYING or (state.code is FailureCode.READER_HUNG and state.lane.card is None)
        return (settings.service_retry, TimerKind.PATIENCE) if tries else None
    if isinstance(state, CardProblem):
        # With the card still there somebody reads, or is gone; without it the next one should find the start screen.
        if state.lane.card is None:
            return settings.problem_seconds, TimerKind.MACHINE
        return None if state.left else (settings.patience, TimerKind.PATIENCE)
    if isinstance(state, ShowingResult | ShowingDocumentResult) and by_ear(state.lane):
        return settings.patience, TimerKind.MACHINE  # to hear it and find its buttons takes longer than a look
    if isinstance(state, AwaitingStaff):
        # Once the card is gone, so may be its holder: the visit is with the staff, the screen must become free.
        return None if state.lane.card is not None else (settings.patience, TimerKind.PATIENCE)
    return usual_timer(type(state), settings)


def usual_timer(state: type[State], settings: FlowSettings) -> tuple[float, TimerKind] | None:
    """The timer of states that wait alike whatever they hold."""
    if state in _PATIENCE:
        return _PATIENCE[state](settings), TimerKind.PATIENCE
    if state in DEADLINES:
        return DEADLINES[state][0](settings), TimerKind.MACHINE
    if state in _MACHINE:
        return _MACHINE[state](settings), TimerKind.MACHINE
    return None
