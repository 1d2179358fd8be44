"""The gateway against files that a test puts there: what a real terminal, another lane or a slow writer may do."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from drivers.gateway.folders import FolderGateway
from kiosk.domain.eligibility import EligibilityAnswer
from kiosk.domain.failures import FailureCode, KioskError, NeedsStaff, Retriable
from kiosk.ports.eligibility import NumberQuery, ResultFile, TerminalRefused

SAMPLES = Path(__file__).parent / "samples"
START = datetime(2026, 10, 5, 9, 0, tzinfo=timezone(timedelta(hours=9)))
QUERY = NumberQuery("V1", "479998", "架空・１２", "3456", None, date(2001, 3, 27), START.date())
GOOD = (SAMPLES / "OQSsiquc01res_202610050001.xml").read_text("utf-8")


class ScriptedClock:
    """Each sleep runs the next act of the script, then time moves."""

    def __init__(self) -> None:
        self.elapsed = 0.0
        self.acts: list[Callable[[], object]] = []

    def now(self) -> datetime:
        return START + timedelta(seconds=self.elapsed)

    def monotonic(self) -> float:
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        self.elapsed += seconds
        if self.acts:
            self.acts.pop(0)()


class Counting(random.Random):
    """Serials in a row from 1."""

    last = 0

    def randrange(self, *_limits: int) -> int:  # type: ignore[override]
        self.last += 1
        return self.last


class Desk:
    def __init__(self, root: Path) -> None:
        self.req, self.res, self.face, self.out = (root / name for name in ("req", "res", "face", "out"))
        for folder in (self.req, self.res, self.face, self.out):
            folder.mkdir()
        self.clock = ScriptedClock()
        self.gateway = FolderGateway(
            self.req,
            self.res,
            self.face,
            self.out,
            clock=self.clock,
            institution_code="4719999996",
            rng=random.Random(1),
        )

    @property
    def request(self) -> Path:
        (path,) = self.req.glob("*.xml")
        return path

    @property
    def identifier(self) -> str:
        return fromstring(self.request.read_bytes()).findtext("MessageHeader/ArbitraryFileIdentifier") or ""

    def answer(self, text: str = GOOD, identifier: str | None = None) -> None:
        text = text.replace("KIOSK-0001", self.identifier if identifier is None else identifier)
        (self.res / self.request.name.replace("req_", "res_")).write_text(text, "utf-8")

    def ask(self, timeout_s: float = 30) -> tuple[EligibilityAnswer, ResultFile]:
        return self.gateway.query_number(QUERY, timeout_s=timeout_s, cancelled=lambda: False)

    def acts(self, *acts: Callable[[], object]) -> None:
        self.clock.acts = list(acts)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_request_is_in_the_official_form(desk: Desk) -> None:
    seen: list[bytes] = []
    desk.acts(lambda: seen.append(desk.request.read_bytes()), desk.answer)
    desk.ask()
    root = fromstring(seen[0])
    assert seen[0].startswith(b'<?xml version="1.0" encoding="UTF-8" standalone="no"?>')
    assert [(e.tag, e.text) for e in root.find("MessageBody/QualificationConfirmSearchInfo") or ()] == [
        ("InsurerNumber", "  479998"),
        ("InsuredCardSymbol", "架空・１２"),
        ("InsuredIdentificationNumber", "3456"),
        ("Birthdate", "20010327"),
        ("LimitApplicationCertificateRelatedConsFlg", "1"),
        ("ArbitraryIdentifier", root.findtext("MessageHeader/ArbitraryFileIdentifier")),
    ]
    assert root.findtext("MessageHeader/QualificationConfirmationDate") == "20261005"
    assert root.findtext("MessageHeader/MedicalInstitutionCode") == "4719999996"


def test_a_request_appears_under_its_name_only_when_it_is_whole(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    moves: list[tuple[str, bytes]] = []
    replace = Path.replace

    def watched(self: Path, target: Path) -> Path:
        moves.append((self.name, self.read_bytes()))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    desk.acts(desk.answer)
    desk.ask()
    (name, content) = moves[0]
    assert not name.endswith(".xml")
    assert content.endswith(b"</XmlMsg>")


def test_the_answer_is_taken_and_moved_away(desk: Desk) -> None:
    desk.acts(lambda: None, desk.answer)
    answer, file = desk.ask()
    assert answer.persons[0].name == "見本　花子"
    assert not (desk.res / file.name).exists()
    assert (desk.res / "done" / file.name).read_bytes() == file.content


def test_a_file_still_being_written_is_read_when_it_is_whole(desk: Desk) -> None:
    parts = (0, 1, 300, 900, 1500)
    desk.acts(*(lambda end=end: desk.answer(GOOD[:end]) for end in parts), desk.answer)  # type: ignore[misc]
    answer, _ = desk.ask()
    assert answer.persons[0].name == "見本　花子"


def test_a_file_that_stays_cut_off_is_damaged_and_set_aside(desk: Desk) -> None:
    desk.acts(lambda: desk.answer(GOOD[:900]))
    with pytest.raises(NeedsStaff) as caught:
        desk.ask()
    assert caught.value.code is FailureCode.ANSWER_DAMAGED
    assert list(desk.res.glob("*.xml")) == []
    assert desk.clock.elapsed < 5


def test_running_is_waited_for(desk: Desk) -> None:
    running = (SAMPLES / "OQSsiquc01res_202610050008.xml").read_text("utf-8").replace("KIOSK-0008", "KIOSK-0001")
    desk.acts(lambda: desk.answer(running), lambda: None, lambda: None, desk.answer)
    assert desk.ask()[0].persons[0].name == "見本　花子"


def test_running_without_end_is_silence(desk: Desk) -> None:
    running = (SAMPLES / "OQSsiquc01res_202610050008.xml").read_text("utf-8").replace("KIOSK-0008", "KIOSK-0001")
    desk.acts(lambda: desk.answer(running))
    with pytest.raises(Retriable) as caught:
        desk.ask()
    assert caught.value.code is FailureCode.TERMINAL_SILENT


def test_an_answer_to_somebody_else_under_our_name_is_not_ours(desk: Desk) -> None:
    desk.acts(lambda: desk.answer(identifier="K2-000000000001"))
    with pytest.raises(Retriable):
        desk.ask(timeout_s=5)
    assert len(list(desk.res.glob("*.xml"))) == 1


def test_an_answer_without_identifier_is_not_ours(desk: Desk) -> None:
    desk.acts(lambda: desk.answer(GOOD.replace("<ArbitraryFileIdentifier>KIOSK-0001</ArbitraryFileIdentifier>", "")))
    with pytest.raises(Retriable) as caught:
        desk.ask(timeout_s=5)
    assert caught.value.code is FailureCode.TERMINAL_SILENT
    assert len(list(desk.res.glob("*.xml"))) == 1


def lay_pipe(path: Path) -> None:
    os.mkfifo(path)


def lay_folder(path: Path) -> None:
    path.mkdir()


def lay_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


def lay_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("lay", [lay_pipe, lay_folder, lay_socket, lay_device])
def test_what_is_no_file_under_the_name_of_an_answer_is_not_waited_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, lay: Callable[[Path], None]
) -> None:
    monkeypatch.chdir(desk.res)  # the name of a socket has to be short
    desk.acts(lambda: lay(Path(desk.request.name.replace("req_", "res_"))))
    with pytest.raises(Retriable) as caught:
        desk.ask(timeout_s=5)
    assert caught.value.code is FailureCode.TERMINAL_SILENT
    assert desk.gateway.collect_late() == 0


def test_a_refusal_without_identifier_is_ours_by_its_name(desk: Desk) -> None:
    refusal = (SAMPLES / "OQSsiquc01res_202610050007.xml").read_text("utf-8")
    refusal = refusal.replace("<ArbitraryFileIdentifier>KIOSK-0007</ArbitraryFileIdentifier>", "")
    desk.acts(lambda: desk.answer(refusal))
    with pytest.raises(TerminalRefused) as caught:
        desk.ask()
    assert (caught.value.terminal_code, caught.value.message) == ("SAMPLE-E0001", "架空のエラー文")


@pytest.mark.parametrize("ending", [".err", ".xml.err"])
def test_an_err_file_is_a_refusal(desk: Desk, ending: str) -> None:
    desk.acts(lambda: (desk.res / desk.request.name.replace(".xml", ending)).write_bytes(b""))
    with pytest.raises(TerminalRefused):
        desk.ask()
    assert [path.name for path in desk.res.iterdir()] == ["done"]


def test_foreign_files_stay_untouched_and_are_read_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = desk.res / "OQSsiquc01res_202610059999.xml"
    foreign.write_text(GOOD, "utf-8")
    for name in ("OQSsiquc01res_broken.xml", "notes.txt", "TKKsiquc01res_1.xml"):
        (desk.res / name).write_bytes(b"<")
    assert desk.gateway.collect_late() == 0
    opened: list[str] = []
    open_file = os.open

    def watched(path: str | Path, flags: int) -> int:
        opened.append(Path(path).name)
        return open_file(path, flags)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", watched)
        assert desk.gateway.collect_late() == 0
    assert foreign.name not in opened
    assert foreign.read_text("utf-8") == GOOD


def test_a_lane_whose_name_begins_like_ours_is_another(desk: Desk) -> None:
    (desk.res / "OQSsiquc01res_202610059999.xml").write_text(GOOD.replace("KIOSK-0001", "K1-2-00000000000A"), "utf-8")
    (desk.res / "OQSsiquc01res_202610059998.xml").write_text(GOOD.replace("KIOSK-0001", "K1-00000000000A"), "utf-8")
    assert desk.gateway.collect_late() == 1
    assert [path.name for path in desk.res.glob("*.xml")] == ["OQSsiquc01res_202610059999.xml"]


def test_what_cannot_be_put_aside_is_not_told_as_put_aside(desk: Desk) -> None:
    late = desk.res / "OQSsiquc01res_202610059998.xml"
    late.write_text(GOOD.replace("KIOSK-0001", "K1-00000000000A"), "utf-8")
    (desk.res / "done").write_bytes(b"")  # no folder, and none can be made
    assert desk.gateway.collect_late() == 0
    (desk.res / "done").unlink()
    assert desk.gateway.collect_late() == 1
    assert not late.exists()


def test_a_duplicate_that_comes_later_is_set_aside(desk: Desk) -> None:
    desk.acts(desk.answer)
    _, file = desk.ask()
    (desk.res / file.name).write_bytes(file.content)
    assert desk.gateway.collect_late() == 1
    assert sorted(path.stem[-2:] for path in (desk.res / "done").glob("*.xml"))[0] == "-2"


def test_names_are_not_used_twice(desk: Desk) -> None:
    """Three serials are taken: by a request, by an answer, and by an answer that was put aside."""
    (desk.res / "done").mkdir()
    desk.req.joinpath("OQSsiquc01req_20261005000000000001.xml").touch()
    desk.res.joinpath("OQSsiquc01res_20261005000000000002.xml").touch()
    desk.res.joinpath("done", "OQSsiquc01res_20261005000000000003.xml").touch()
    desk.gateway._rng = Counting()
    seen: list[str] = []
    desk.acts(lambda: seen.extend(path.name for path in desk.req.iterdir()))
    with pytest.raises(Retriable):
        desk.ask(timeout_s=1)
    assert sorted(seen) == [f"OQSsiquc01req_2026100500000000000{n}.xml" for n in (1, 4)]


def test_a_full_disk_is_told_and_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(KioskError) as caught:
        desk.ask()
    assert caught.value.code is FailureCode.DISK_FULL
    assert list(desk.req.iterdir()) == []
