"""Failure codes and the three families of errors.

A code names one cause and one remedy. Their sentences stand in the message catalogue under
`failure.<code>.cause` and `failure.<code>.remedy`; code and drivers hold none.
"""

from __future__ import annotations

from enum import StrEnum


class FailureCode(StrEnum):
    """Every way in which something outside the patient's will can go wrong. Numbers are never reused."""

    # 1xx card and reader
    CARD_LOST = "K101"  # the card left the reader during an exchange
    CARD_SILENT = "K102"  # something lies there, but no chip answers (case, cover, broken chip)
    CARD_FOREIGN = "K103"  # a chip answers, but it is no Individual Number Card
    CARD_BROKEN = "K104"  # the chip answers against its own rules
    CARD_JUKI = "K105"  # the predecessor card (住民基本台帳カード)
    CARD_NO_CERTIFICATE = "K106"  # no user-authentication certificate on the card
    READER_GONE = "K110"  # reader unplugged or the PC/SC service is down
    READER_HUNG = "K111"  # no answer within the deadline
    READER_BUSY = "K112"  # another program holds the card
    # 2xx identity
    FRONT_UNREADABLE = "K201"  # the printed items of the card front could not be read
    VERIFICATION_NUMBER_REFUSED = "K202"  # the card refused the 照合番号B that was read
    PHOTO_MISSING = "K203"  # no face photo on the card
    PHOTO_UNREADABLE = "K204"  # the photo does not decode or holds no face
    CAMERA_GONE = "K210"  # camera unplugged or cannot be opened
    CAMERA_SILENT = "K211"  # camera open but gives no fresh picture
    PICTURE_BROKEN = "K212"  # a picture or video file cannot be read
    MODEL_MISSING = "K220"  # a model file is absent
    MODEL_WRONG = "K221"  # a model file differs from its recorded digest
    ENGINE_UNUSABLE = "K222"  # the chosen face engine is not installed or does not run on this machine
    # 3xx eligibility
    TERMINAL_SILENT = "K301"  # no answer within the time set
    TERMINAL_FOLDER_GONE = "K302"  # req, res or face cannot be reached
    TERMINAL_ERROR = "K303"  # SegmentOfResult says abnormal end
    ANSWER_DAMAGED = "K304"  # the result file is cut off, not XML, or over its limits
    ANSWER_ENCRYPTED = "K305"  # the result file is encrypted: exchange encryption is switched on
    ANSWER_FOREIGN = "K306"  # the result file belongs to another request
    LINE_DOWN = "K307"  # the line is known to be down; nobody was made to wait for it
    CARD_QUERY_UNAVAILABLE = "K308"  # only a certified reader can ask a real terminal about a card
    # 4xx hand-over and store
    OUT_WRITE_FAILED = "K401"  # the out folder refuses the file
    DISK_FULL = "K402"
    JOURNAL_FAILED = "K403"  # the journal cannot be written
    JOURNAL_BROKEN = "K404"  # the hash chain does not verify
    JOURNAL_NEWER = "K405"  # written by a newer version of the program
    DATA_FOLDER_UNUSABLE = "K406"  # the program's own data folder cannot be made or written
    ALREADY_RUNNING = "K407"  # another kiosk works on the same data folder
    CLOCK_JUMPED = "K408"  # the machine's clock was put forward or back by more than a correction
    # 42x paper
    PRINTER_GONE = "K420"  # no such printer, or the print service does not answer
    PRINTER_PAPER_OUT = "K421"
    PRINTER_FAILED = "K422"  # the printer took the sheet and did not print it
    FORM_NOT_DRAWN = "K423"  # the sheet could not be made or kept
    # 43x the counter
    LANE_PAUSED = "K430"  # staff paused this lane
    # 5xx set-up and input
    SETTINGS_WRONG = "K501"
    SCENARIO_WRONG = "K502"
    PERSONA_UNKNOWN = "K503"
    ASSET_MISSING = "K504"
    FORM_TEMPLATE_WRONG = "K512"  # the facility's own form, or the file that says where its fields are
    INTERNAL = "K599"


class KioskError(Exception):
    """Base of all errors the program raises on purpose.

    `code` selects cause and remedy from the catalogue. `detail` is for technicians: a file name, a line,
    a status word; never personal data, never a secret.
    """

    def __init__(self, code: FailureCode, detail: str = "") -> None:
        super().__init__(f"{code.value} {detail}".rstrip())
        self.code = code
        self.detail = detail


class Retriable(KioskError):
    """The same action may succeed when it is tried again."""


class NeedsStaff(KioskError):
    """Nothing the patient does will help; a person has to act."""


class Fatal(KioskError):
    """The program or its set-up is wrong; it must not go on as if nothing had happened."""
