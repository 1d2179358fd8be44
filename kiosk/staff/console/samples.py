"""Made-up lanes, visits and lists: what the pictures and the tests of the console show. Nobody in it exists."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from PySide6.QtGui import QImage

from kiosk.domain.claim_note import Numbers
from kiosk.domain.failures import FailureCode
from kiosk.domain.messages import Text
from kiosk.domain.outcome import Eligibility, IdentityMethod, Outcome, Status
from kiosk.domain.pending import CardFace, Difference, PendingState, PendingVisit
from kiosk.ports.counter import (
    Lane,
    LaneContent,
    Offer,
    Pixels,
    Standing,
)
from kiosk.ports.handover import NoteFields
from kiosk.ports.journal import StoredEntry
from kiosk.staff.claim_notes import Correction
from kiosk.staff.readiness import Finding, Line, Report, State

JAPAN = timezone(timedelta(hours=9))
NOW = datetime(2026, 11, 24, 10, 42, 30, tzinfo=JAPAN)
RUN = "20261124-083000-ab12"
PERSONAS = Path(__file__).parents[3] / "assets" / "personas"

Value = str | int | float | bool | None

NOTE = NoteFields(
    "3",
    "D32",
    {
        "insurer_number": "77777777",
        "number": "777777777",
        "name": "山田　太郎",
        "kana": "ヤマダ　タロウ",
        "birth_date": "1985-03-14",
        "address": "東京都千代田区霞が関1-2-2",
        "phone": "03-0000-0000",
    },
    "不詳　ヤマダ　タロウ　昭和60年3月14日　東京都千代田区霞が関1-2-2　03-0000-0000",
    ("employer",),
)
CORRECTIONS = (Correction(NOW - timedelta(minutes=12), "sato", "phone", "03-0000-0009", "03-0000-0000"),)


def visit(number: int, lane: str = "K1") -> str:
    return f"{lane}-{RUN}-{number}"


def standing(lane: str, state: str, screen: str, seconds: float, **more: object) -> Standing:
    made = Standing(lane, f"{lane}-{RUN}", state, screen, 40, NOW - timedelta(seconds=seconds))
    return replace(made, **more)  # type: ignore[arg-type]


def lanes() -> tuple[Lane, ...]:
    """One that waits for a visual check, one in the middle of a visit, one that is free."""
    looking = standing(
        "K1",
        "AwaitingVisualCheck",
        "visual",
        83,
        visit_id=visit(31),
        needs=("staff.need.visual", "staff.need.face_failed"),
        called_at=NOW - timedelta(seconds=83),
        offers=tuple(
            Offer(name, documents)
            for name, documents in (
                ("answered", ()),
                ("visual_check", ()),
                ("refuse", ()),
                ("take_over", ()),
                ("step_back", ()),
                ("accept", ("certificate", "notice", "portal_pdf", "oral", "attestation")),
                ("incident", ()),
                ("pause", ()),
                *MODES,
            )
        ),
    )
    consenting = standing(
        "K2",
        "Consenting",
        "consent",
        12,
        visit_id=visit(32, "K2"),
        offers=tuple(Offer(name) for name in ("take_over", "step_back", "withdraw_consent", "pause")),
    )
    free = standing("K3", "Idle", "idle", 640, offers=(Offer("pause"),))
    return (Lane(looking, 0.1), Lane(consenting, 0.1), Lane(free, 0.2))


MODES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("declare_outage", ()),
    ("declare_disaster", ()),
    ("declare_emergency", ()),
)


def contents() -> dict[str, LaneContent]:
    return {
        "K1": LaneContent(
            "K1",
            40,
            visit(31),
            ("職員がまいります", "この画面のまま、お待ちください。", "カードはそのまま置いておいてください。"),
            ("もどる", "暗証番号で確認する"),
            needs=(Text("staff.need.visual"), Text("staff.need.face_failed")),
            facts=(Text("staff.fact.share_changed"),),
            outcome=Outcome(Status.HANDED_TO_STAFF, alerts=("face_not_confirmed",)),
            photo=True,
        ),
        "K2": LaneContent(
            "K2",
            40,
            visit(32, "K2"),
            ("診療や薬の情報を、見てもよいですか。", "「同意しない」を選んでも、受診できます。"),
            ("すべて同意する", "同意しない", "項目ごとに選ぶ"),
            outcome=Outcome(Status.ABANDONED, IdentityMethod.FACE, Eligibility.VALID),
        ),
        "K3": LaneContent(
            "K3", 40, None, ("マイナンバーカードを置いてください",), ("カード以外で受付", "スマホで受付")
        ),
    }


def pixels(path: Path, longest: int = 480) -> Pixels:
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB888)
    factor = longest / max(image.width(), image.height())
    image = image.scaled(round(image.width() * factor), round(image.height() * factor))
    bits, step = image.constBits(), image.bytesPerLine()
    rows = (bytes(bits[row * step : row * step + image.width() * 3]) for row in range(image.height()))
    return Pixels(image.width(), image.height(), bytearray(b"".join(rows)))


# --- what the journal holds ---------------------------------------------------------------------------


@dataclass
class Entries:
    """A journal in memory."""

    rows: list[StoredEntry] = field(default_factory=list)

    def add(self, at: datetime, event: str, visit_id: str | None, /, **fields: Value) -> None:
        written = {name: value for name, value in fields.items() if value is not None}
        text = json.dumps(written, ensure_ascii=False)
        moment = at.isoformat(timespec="milliseconds")
        self.rows.append(StoredEntry(len(self.rows) + 1, moment, visit_id, event, text, "00"))

    def ordinary(self, at: datetime, visit_id: str, *, method: str = "face", share: int = 30, **more: Value) -> None:
        """A visit that went well."""
        s = timedelta(seconds=1)
        self.add(at, "card.presented", visit_id, insertion=1)
        self.add(at, "visit.opened", visit_id, language="ja")
        self.add(at + s, "card.read", visit_id, kind="individual_number", certificate=True, tries_left=3)
        self.add(at + 5 * s, "face.attempted", visit_id, attempt=1, verdict="match" if method == "face" else "no_match")
        staff = {"staff": "sato", "reason": "face_failed"} if method == "visual" else {}
        self.add(at + 6 * s, "identity.confirmed", visit_id, method=method, **staff)
        self.add(at + 7 * s, "eligibility.asked", visit_id, by="card")
        self.add(at + 9 * s, "eligibility.answered", visit_id, eligibility="valid", persons=1)
        self.add(at + 15 * s, "consent.given", visit_id, items="surgery,medication,checkup")
        self.add(at + 17 * s, "decision.made", visit_id, row="D01", route="normal", share=share)
        self.add(at + 18 * s, "handover.done", visit_id, file="OQSsiquc01res_face_1.xml")
        outcome: dict[str, Value] = {"identity": method, "eligibility": "valid", "document": "card", "share": share}
        outcome |= {"claim_route": "normal", "decision": "D01", "taps": 2, "consents": "surgery,medication,checkup"}
        self.add(at + 20 * s, "visit.closed", visit_id, status="accepted", **{**outcome, **more})


def journal() -> Entries:
    made = Entries()
    begin = NOW.replace(hour=8, minute=32, second=5)
    methods = ("face", "face", "pin", "face", "visual", "face", "device", "face")
    for number in range(1, 25):
        at = begin + timedelta(minutes=5 * (number - 1), seconds=7 * number % 50)
        lane = "K2" if number % 3 == 0 else "K1"
        one = visit(number, lane)
        if number == 6:
            _without_answer(made, at, one)
        elif number == 9:
            _not_the_same_person(made, at, one)
        elif number == 14:
            made.add(at, "visit.opened", one, language="en")
            made.add(at + timedelta(seconds=31), "card.failed", one, code="K101", state="ReadingCard")
            plain: dict[str, Value] = {"identity": "none", "eligibility": "unconfirmed", "document": "none"}
            made.add(at + timedelta(seconds=60), "visit.closed", one, status="abandoned", code="K101", **plain)
        elif number == 17:
            _silent_terminal(made, at, one)
        elif number == 20:
            made.ordinary(at, one, share=20, alerts="share_changed,certificate_expires_soon")
        else:
            made.ordinary(at, one, method=methods[number % len(methods)], share=(10, 20, 30)[number % 3])
    made.add(NOW - timedelta(seconds=130), "visit.opened", visit(31), language="ja")
    made.add(NOW - timedelta(seconds=128), "card.read", visit(31), kind="individual_number", certificate=True)
    made.add(NOW - timedelta(seconds=100), "face.attempted", visit(31), attempt=3, verdict="no_match")
    made.add(NOW - timedelta(seconds=83), "staff.called", visit(31), reason="visual")
    made.add(NOW - timedelta(seconds=40), "visit.opened", visit(32, "K2"), language="ja")
    return made


def _without_answer(made: Entries, at: datetime, one: str) -> None:
    """Card only, first visit, line down: the form, route ③."""
    s = timedelta(seconds=1)
    made.add(at, "visit.opened", one, language="ja")
    made.add(at + 2 * s, "card.read", one, kind="individual_number", certificate=True, tries_left=3)
    made.add(at + 8 * s, "identity.confirmed", one, method="face")
    made.add(at + 9 * s, "eligibility.asked", one, by="card", attempt=1)
    made.add(at + 24 * s, "eligibility.failed", one, code="K301", attempt=1)
    made.add(at + 39 * s, "eligibility.failed", one, code="K301", attempt=2)
    made.add(at + 70 * s, "form.begun", one)
    made.add(at + 210 * s, "form.kept", one, printed=True)
    made.add(at + 212 * s, "decision.made", one, row="D32", route="3", share=30)
    made.add(at + 212 * s, "claim.opened", one, route="3", row="D32", missing="employer")
    made.add(at + 213 * s, "pending.added", one, code="K301", by="face")
    made.add(at + 214 * s, "handover.done", one, file=f"claim_note_{one}.json")
    outcome: dict[str, Value] = {"identity": "face", "eligibility": "unconfirmed", "document": "attestation"}
    outcome |= {"claim_route": "3", "decision": "D32", "share": 30, "alerts": "terminal_silent,claim_note_incomplete"}
    made.add(at + 216 * s, "visit.closed", one, status="accepted", taps=31, **outcome)


def _not_the_same_person(made: Entries, at: datetime, one: str) -> None:
    s = timedelta(seconds=1)
    made.add(at, "visit.opened", one, language="ja")
    made.add(at + 6 * s, "identity.confirmed", one, method="face")
    made.add(at + 9 * s, "eligibility.answered", one, eligibility="valid", persons=1)
    made.add(at + 9 * s, "guard.mismatch", one, reasons="birth_date")
    plain: dict[str, Value] = {"identity": "face", "eligibility": "unconfirmed", "document": "none"}
    made.add(at + 30 * s, "visit.closed", one, status="handed_to_staff", alerts="person_mismatch", **plain)


def _silent_terminal(made: Entries, at: datetime, one: str) -> None:
    s = timedelta(seconds=1)
    made.add(at, "visit.opened", one, language="ja")
    made.add(at + 6 * s, "identity.confirmed", one, method="pin")
    made.add(at + 22 * s, "eligibility.failed", one, code="K303", attempt=2)
    made.add(at + 40 * s, "staff.called", one, reason="documents")
    made.add(at + 66 * s, "staff.action", one, action="take_over", staff="sato", state="FallingBack")
    plain: dict[str, Value] = {"identity": "pin", "eligibility": "unconfirmed", "document": "none"}
    made.add(at + 90 * s, "visit.closed", one, status="handed_to_staff", alerts="terminal_error", code="K303", **plain)


def pending() -> tuple[PendingVisit, ...]:
    face = CardFace("山田　太郎", date(1985, 3, 14), "1", "東京都千代田区霞が関1-2-2")
    day = timedelta(days=1)
    return (
        PendingVisit(
            visit(41, "K1").replace("20261124", "20261123"),
            NOW - day,
            face,
            numbers=Numbers("06139992", "12", "3456", "01"),
            cause="K307",
            state=PendingState.DIFFERENT,
            tried=2,
            eligibility=Eligibility.VALID,
            differences=(Difference.SHARE,),
        ),
        PendingVisit(visit(6, "K2"), NOW - timedelta(hours=1, minutes=40), face, cause="K301", tried=3, code="K307"),
        PendingVisit(
            visit(11, "K1"),
            NOW - timedelta(hours=1, minutes=20),
            face,
            numbers=Numbers("06139992", "12", "3456", "01"),
            cause="K307",
        ),
        PendingVisit(visit(12, "K1"), NOW - timedelta(hours=1, minutes=12), cause="K307"),
    )


def report() -> Report:
    def failure(code: FailureCode, state: State, detail: str) -> Finding:
        return Finding(state, Text(f"failure.{code.value}.cause"), Text(f"failure.{code.value}.remedy"), detail)

    return Report(
        (
            Line("reader", Finding(State.OK, Text("doctor.reader.simulated"))),
            Line("camera", failure(FailureCode.CAMERA_SILENT, State.FAIL, "K211 /dev/video0")),
            Line("models", Finding(State.OK, Text("doctor.models.ok"))),
            Line("printer", failure(FailureCode.PRINTER_PAPER_OUT, State.WARN, "K421 reception")),
            Line(
                "journal",
                Finding(State.OK, Text("doctor.journal.ok", (("entries", "18342"),)), detail="journal.sqlite"),
            ),
        )
    )
