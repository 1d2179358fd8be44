"""Settings: one TOML file, or none at all for the virtual deployment.

Scenarios override them with the same names (`settings: {flow: {patience: 90}}`).
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kiosk.app.catalogue import offered_languages
from kiosk.app.paths import ASSETS
from kiosk.app.setting_limits import beyond
from kiosk.app.setting_values import line_of, section_of
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.rules import load_rules
from kiosk.domain.screen import PALETTES, TEXT_SIZES
from kiosk.flow.settings import FlowSettings
from kiosk.ui.reach import Glass
from kiosk.ui.switches import Switches

LANE_ID = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,15}"
"""Part of every visit id, which the journal takes only as a word of 64 characters."""

WAYS = ("face", "pin", "staff")
STAFF_WAY = "staff"
CHILD_CONSENT = ("proxy", "none")
ENGINES = ("sface", "dlib")

MONTHS_BEFORE = r"[0-9]|1[0-9]|2[0-4]"
INSTITUTION_CODE = r"[0-9]{10}"
READERS = "simulated|vpcd"
READER = rf"({READERS})?"
SIMULATED_CAMERA = "simulated"
TIME_OF_DAY = r"|([01][0-9]|2[0-3]):[0-5][0-9]"


@dataclass(frozen=True)
class FacilitySettings:
    institution_code: str = "4719999996"  # 10 digits: prefecture, table of points, 7 digits
    data: str = ""  # folder for req, res, face, out and the journal; empty: the user's data folder


@dataclass(frozen=True)
class FolderSettings:
    """Where files are exchanged, where that is not below the data folder; `kiosk play` never goes there."""

    req: str = ""  # the terminal's own shares, as they are mounted here
    res: str = ""
    face: str = ""
    out: str = ""  # what the レセコン takes

    def placed(self) -> dict[str, Path]:
        named = {"req": self.req, "res": self.res, "face": self.face, "out": self.out}
        return {name: Path(path) for name, path in named.items() if path}


@dataclass(frozen=True)
class LaneSettings:
    id: str = "K1"
    width: int = 1080  # of the patient window, in pixels
    height: int = 1920
    reduced_motion: bool = False


@dataclass(frozen=True)
class ScreenSettings:
    """The patient's screen as it hangs there, and how it is kept."""

    short_mm: float = 268.0  # length of its short side; 268: 21.5 inches
    bottom_mm: float = 800.0  # its lower edge above the floor
    name: str = ""  # of the output, such as HDMI-1, where there are several; empty: the primary one
    veil_seconds: float = 20.0  # without a touch or a face until personal data are covered; 0: never
    shift_pixels: int = 4  # everything wanders so far against burn-in, in design pixels; 0: it stands still
    shift_seconds: float = 90.0  # between two steps of that
    dim_from: str = ""  # HH:MM: from then on the start screen is darker; empty: never
    dim_until: str = "07:00"
    dim_to: float = 0.5  # of the light that is left

    @property
    def glass(self) -> Glass:
        return Glass(self.short_mm, self.bottom_mm)


@dataclass(frozen=True)
class SoundSettings:
    """The voice and the short sounds. Whether every screen is spoken unasked: `[flow] voice`."""

    on: bool = True  # false: silent, whatever is pressed
    earcons: bool = True  # short sounds when the screen changes
    device: str = ""  # ALSA device, such as plughw:1,0; empty: the machine's own choice
    jack: str = ""  # ALSA control that tells of headphones, such as Headphone Jack; empty: the machine does not tell
    headphones_speak: bool = True  # the voice comes on by itself when headphones are plugged in
    headphones_only: bool = False  # the voice is heard only in headphones, the short sounds always
    alarm_seconds: float = 10.0  # between two alarms for a card left behind; 0: one alarm only


@dataclass(frozen=True)
class AccessSettings:
    """For whoever can press one or two switches only: a frame goes over the controls, and a switch takes one."""

    scanning: str = "off"  # auto: the frame moves by itself; step: a second switch moves it
    scan_seconds: float = 2.0  # it stands on each
    scan_rounds: int = 4  # after so many without a press it rests
    choose_key: str = "F7"  # what the switch sends that takes
    next_key: str = "F8"  # and the one that moves on; with auto it may be empty
    ignore_seconds: float = 0.3  # a second press within this is a hand that trembles

    @property
    def switches(self) -> Switches:
        return Switches(
            self.scanning, self.scan_seconds, self.scan_rounds, self.choose_key, self.next_key, self.ignore_seconds
        )


@dataclass(frozen=True)
class EligibilitySettings:
    timeout: float = 15.0  # seconds until a query counts as unanswered; it is asked twice
    heartbeat: float = 0.0  # seconds between trial exchanges while the line works; 0: only the folders are looked at
    line_codes: tuple[str, ...] = ("OQC-OWSE0900000",)  # the terminal's own codes for "nobody behind it answers"
    simulated_requests: bool = True  # the SIM… requests and the terminal that answers them; false beside a real one


@dataclass(frozen=True)
class VirtualSettings:
    """The virtual deployment: what plays the world."""

    persona: str = "hanako"
    terminal_authenticated: bool = True  # the named switch: the key signs without a PIN, as for certified terminals
    seed: int = 1
    terminal: bool = True  # false: another program answers in the folders, such as `kiosk terminal`
    reader: str = ""  # simulated: in process; vpcd: in a running PC/SC service; empty: none beside a certified reader
    vpcd_host: str = "127.0.0.1"
    vpcd_port: int = 35963


@dataclass(frozen=True)
class DeviceSettings:
    """A certified reader (顔認証付きカードリーダー) whose results arrive in the `face` folder."""

    beside: bool = False  # it reads the cards; this kiosk shows the result and hands it over
    readers: tuple[str, ...] = ()  # whose results: identifiers or parts of the file name; empty: every reader's


@dataclass(frozen=True)
class CameraSettings:
    """Each: simulated, a device number, or the path of a video or of numbered pictures."""

    source: str = SIMULATED_CAMERA  # looks at the person
    front: str = SIMULATED_CAMERA  # looks at the card on the reader; with a real reader nothing is simulated here


@dataclass(frozen=True)
class DocumentSettings:
    """Where patients show papers, screens and files. The `documents` folder is always watched."""

    camera: str = ""  # of the reading table, as [camera] source; empty: none
    usb: tuple[str, ...] = ("/media", "/run/media")  # folders below which USB sticks are mounted; empty: none is read


@dataclass(frozen=True)
class FaceSettings:
    """The face engine and what may be added to it."""

    engine: str = "sface"  # sface | dlib
    dlib_distance: float = 0.0  # greatest distance that is a match; 0: as the rule file says
    liveness_model: str = ""  # path of an ONNX file in the layout of MiniFASNet; empty: none
    liveness_model_sha256: str = ""
    liveness_model_scale: float = 2.7  # width of its crop in widths of the face


@dataclass(frozen=True)
class StaffSettings:
    codes: tuple[str, ...] = ()  # name:salt:digest, made by `python -m kiosk.app.staff_codes NAME`
    card_reader: str = ""  # name, or a part of it, of the console's own reader for staff cards; empty: none


@dataclass(frozen=True)
class ReportSettings:
    """The usage report, where facilities differ or a rule is not verified."""

    rate_months_before: tuple[
        str, ...
    ] = ()  # e.g. 3, 4, 5: whose rate counts for a month; empty: as the rule file says
    paediatric: bool = False  # the lower thresholds of 小児科外来診療料


@dataclass(frozen=True)
class JournalSettings:
    retention_years: int = 0  # how long personal fields stay readable; 0: as the rule file says


@dataclass(frozen=True)
class CardSettings:
    reader: str = ""  # PC/SC reader of `kiosk run`, by name or a pattern with * and ?; empty: the simulated one
    authorities: str = ""  # folder with the CA certificates to trust; empty: the simulator's, for test cards only


@dataclass(frozen=True)
class ReceptionSettings:
    """What is accepted and how it is claimed, where facilities differ. 0 digits: as the rule file says."""

    phone_equipped: bool = False  # a reader for smartphones
    unknown_insurer_digits: int = 0  # of the 7s for 不詳
    unknown_number_digits: int = 0
    unknown_check_digit: bool = False  # 77777779, for software that refuses 77777777


@dataclass(frozen=True)
class PatientSettings:
    """The facility's own patients."""

    file: str = ""  # CSV of the レセコン, read at every start; empty: none, in the virtual deployment the personas
    register: bool = True  # the patient number as 照会番号, after the first confirmed visit; only with a file


@dataclass(frozen=True)
class HandOverSettings:
    """Targets beside the `out` folder; all off by default."""

    fhir: bool = False  # a FHIR R4 bundle in `out`
    institution_name: str = "医療機関"  # as the bundle names it
    orca_url: str = ""  # e.g. http://orca:8000; empty: no acceptance in ORCA
    orca_user: str = ""
    orca_password_file: str = ""  # holds the password in its first line
    orca_department: str = "01"  # 診療科
    orca_physician: str = "10001"  # ドクター


@dataclass(frozen=True)
class PrinterSettings:
    """Where the 被保険者資格申立書 goes. Without a printer the sheets lie in a folder."""

    name: str = ""  # queue of the print service (CUPS); empty: `folder`
    folder: str = ""  # for PDF files; empty: `forms` in the data folder
    template: str = ""  # the facility's own official form (PDF); a TOML file of the same name says where its fields are
    keep: bool = False  # keep a copy of each printed sheet in `folder`
    retry: float = 60.0  # seconds between two tries for sheets that wait


@dataclass(frozen=True)
class ConsoleSettings:
    """What the staff console shows beside its own kiosk."""

    kiosks: tuple[str, ...] = ()  # settings files of the other kiosks of this machine: /etc/madoguchi/K2.toml


@dataclass(frozen=True)
class MetricsSettings:
    """Figures for monitoring; off by default."""

    textfile: str = ""  # written anew again and again, e.g. /var/lib/node_exporter/madoguchi.prom; empty: none
    seconds: float = 60.0  # between two writings


@dataclass(frozen=True)
class Settings:
    facility: FacilitySettings = field(default_factory=FacilitySettings)
    folders: FolderSettings = field(default_factory=FolderSettings)
    lane: LaneSettings = field(default_factory=LaneSettings)
    screen: ScreenSettings = field(default_factory=ScreenSettings)
    sound: SoundSettings = field(default_factory=SoundSettings)
    access: AccessSettings = field(default_factory=AccessSettings)
    flow: FlowSettings = field(default_factory=lambda: FlowSettings(languages=offered_languages(ASSETS / "messages")))
    eligibility: EligibilitySettings = field(default_factory=EligibilitySettings)
    device: DeviceSettings = field(default_factory=DeviceSettings)
    camera: CameraSettings = field(default_factory=CameraSettings)
    documents: DocumentSettings = field(default_factory=DocumentSettings)
    card: CardSettings = field(default_factory=CardSettings)
    reception: ReceptionSettings = field(default_factory=ReceptionSettings)
    face: FaceSettings = field(default_factory=FaceSettings)
    staff: StaffSettings = field(default_factory=StaffSettings)
    report: ReportSettings = field(default_factory=ReportSettings)
    journal: JournalSettings = field(default_factory=JournalSettings)
    hand_over: HandOverSettings = field(default_factory=HandOverSettings)
    patients: PatientSettings = field(default_factory=PatientSettings)
    printer: PrinterSettings = field(default_factory=PrinterSettings)
    console: ConsoleSettings = field(default_factory=ConsoleSettings)
    metrics: MetricsSettings = field(default_factory=MetricsSettings)
    virtual: VirtualSettings = field(default_factory=VirtualSettings)

    def overridden(self, changes: Mapping[str, Any], code: FailureCode = FailureCode.SCENARIO_WRONG) -> Settings:
        """A copy with values replaced. Raises `Fatal(code)` naming the faulty name or value."""
        sections = {f.name for f in dataclasses.fields(Settings)}
        replaced: dict[str, Any] = {}
        for section, values in changes.items():
            if section not in sections:
                raise Fatal(code, f"settings.{section} ({', '.join(sorted(sections))})")
            if not isinstance(values, Mapping):
                raise Fatal(code, f"settings.{section}")
            replaced[section] = section_of(getattr(self, section), values, f"settings.{section}", code)
        changed = dataclasses.replace(self, **replaced)
        for where, value, form in (
            ("settings.lane.id", changed.lane.id, LANE_ID),
            ("settings.facility.institution_code", changed.facility.institution_code, INSTITUTION_CODE),
            ("settings.virtual.reader", changed.virtual.reader, READER),
        ):
            if not re.fullmatch(form, value):
                raise Fatal(code, f"{where}: {form}")
        for wrong_number in beyond(changed):
            raise Fatal(code, wrong_number)
        if not all(root.startswith("/") and root.strip("/") for root in changed.documents.usb):
            raise Fatal(code, "settings.documents.usb: [/folder, …]")
        kiosks = changed.console.kiosks
        if len(set(kiosks)) < len(kiosks) or not all(Path(file).is_absolute() for file in kiosks):
            raise Fatal(code, "settings.console.kiosks: [/file.toml, …], each another")
        placed = list(changed.folders.placed().values())
        if len(set(placed)) < len(placed) or not all(path.is_absolute() for path in placed):
            raise Fatal(code, "settings.folders: /folder, each another")
        _check_identity(changed, code)
        if not all(re.fullmatch(MONTHS_BEFORE, months) for months in changed.report.rate_months_before):
            raise Fatal(code, f"settings.report.rate_months_before: {MONTHS_BEFORE}")
        _check_consents(changed, code)
        _check_screen(changed, code)
        if wrong := changed.access.switches.wrong():
            raise Fatal(code, f"settings.access.{wrong}")
        offered, chosen = offered_languages(ASSETS / "messages"), changed.flow.languages
        twice = len(set(chosen)) < len(chosen)
        if twice or set(chosen) - set(offered) or changed.flow.default_language not in chosen:
            raise Fatal(code, f"settings.flow.languages: {', '.join(offered)}")
        return changed


def _check_screen(settings: Settings, code: FailureCode) -> None:
    screen, flow = settings.screen, settings.flow
    for name in ("dim_from", "dim_until"):
        if not re.fullmatch(TIME_OF_DAY, getattr(screen, name)):
            raise Fatal(code, f"settings.screen.{name}: HH:MM")
    if flow.text_size not in TEXT_SIZES:
        raise Fatal(code, f"settings.flow.text_size: {', '.join(map(str, TEXT_SIZES))}")
    if flow.palette not in PALETTES:
        raise Fatal(code, f"settings.flow.palette: {', '.join(PALETTES)}")


def _check_consents(settings: Settings, code: FailureCode) -> None:
    rules = load_rules(ASSETS / "rules" / "consents.toml")
    known = [row.text("id") for section in ("item", "item_new") for row in rules.sections[section]]
    items = settings.flow.consent_items
    if set(items) - set(known) or len(set(items)) < len(items):
        raise Fatal(code, f"settings.flow.consent_items: {', '.join(known)}")
    if settings.flow.child_consent not in CHILD_CONSENT:
        raise Fatal(code, f"settings.flow.child_consent: {' | '.join(CHILD_CONSENT)}")


def _check_identity(settings: Settings, code: FailureCode) -> None:
    """Values of the proof of identity that would only show in the middle of a visit."""
    flow = settings.flow
    if flow.face_liveness_off_until and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", flow.face_liveness_off_until):
        raise Fatal(code, "settings.flow.face_liveness_off_until: YYYY-MM-DD")
    unknown = set(flow.identity_ways) - set(WAYS)
    if unknown or len(set(flow.identity_ways)) < len(flow.identity_ways) or STAFF_WAY not in flow.identity_ways:
        raise Fatal(code, f"settings.flow.identity_ways: {', '.join(WAYS)}")
    if settings.face.engine not in ENGINES:
        raise Fatal(code, f"settings.face.engine: {' | '.join(ENGINES)}")


def load_settings(path: Path | None) -> Settings:
    """Raises `Fatal(SETTINGS_WRONG)` with the file's name, the line and what was expected."""
    if path is None:
        return Settings()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Fatal(FailureCode.SETTINGS_WRONG, f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise Fatal(FailureCode.SETTINGS_WRONG, f"{path.name}: {type(error).__name__}") from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Fatal(FailureCode.SETTINGS_WRONG, f"{path.name}: {error}") from None
    try:
        return Settings().overridden(data, FailureCode.SETTINGS_WRONG)
    except Fatal as error:
        line = line_of(text, error.detail)
        raise Fatal(error.code, f"{path.name}:{line}: {error.detail}") from None
