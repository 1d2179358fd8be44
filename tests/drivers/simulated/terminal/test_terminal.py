"""The simulated terminal seen from outside: files in, files out."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest

from drivers.simulated.persona import Persona, certificate_serial, load_persona, persona_names
from drivers.simulated.terminal import SimulatedTerminal, TerminalMode, TerminalState
from kiosk.domain.failures import FailureCode, Fatal

PERSONAS = Path(__file__).resolve().parents[4] / "assets" / "personas"
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=timezone(timedelta(hours=9)))
REQUEST = (
    "<XmlMsg><MessageHeader><QualificationConfirmationDate>{on}</QualificationConfirmationDate>"
    "<MedicalInstitutionCode>4719999996</MedicalInstitutionCode><ArbitraryFileIdentifier>T-1</ArbitraryFileIdentifier>"
    "</MessageHeader><MessageBody><Any>{any}</Any></MessageBody></XmlMsg>"
)


class StillClock:
    elapsed = 0.0

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.elapsed)

    def monotonic(self) -> float:
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        self.elapsed += seconds


class Room:
    def __init__(self, root: Path) -> None:
        self.req, self.res, self.face = (root / name for name in ("req", "res", "face"))
        for folder in (self.req, self.res, self.face):
            folder.mkdir()
        self.clock = StillClock()
        self.on = "20261124"
        self.terminal = SimulatedTerminal(
            self.req,
            self.res,
            self.face,
            clock=self.clock,
            register=[load_persona(PERSONAS, name) for name in persona_names(PERSONAS)],
            seed=1,
        )

    def ask(self, kind: str, **items: str) -> None:
        body = "".join(f"<{name}>{value}</{name}>" for name, value in items.items())
        (self.req / f"{kind}_1.xml").write_text(REQUEST.format(on=self.on, any=body), "utf-8")
        self.terminal.poll()

    def by_card(self, persona: Persona, kind: str = "SIMsicard01req", **items: str) -> None:
        self.ask(kind, CertificateSerialNumber=certificate_serial(persona), **items)

    def answer(self, folder: Path | None = None) -> Element:
        """In `face` where a card was read, in `res` otherwise."""
        (path,) = (folder or (self.face if any(self.face.iterdir()) else self.res)).glob("*.xml")
        content = path.read_bytes()
        codec = "cp932" if b"Shift_JIS" in content[:60] else "utf-8"
        return fromstring(content.decode(codec).partition("?>")[2])


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def texts(root: Element, path: str = "MessageBody/ResultList/ResultOfQualificationConfirmation") -> dict[str, str]:
    return {element.tag: element.text or "" for element in root.find(path) or ()}


def test_a_card_is_answered_in_official_elements(room: Room) -> None:
    room.by_card(load_persona(PERSONAS, "hanako"))
    root = room.answer()
    assert list(texts(root, "MessageHeader")) == [
        "ProcessExecutionTime",
        "QualificationConfirmationDate",
        "MedicalInstitutionCode",
        "ArbitraryFileIdentifier",
        "ReferenceClassification",
        "SegmentOfResult",
        "CharacterCodeIdentifier",
    ]
    assert texts(root, "MessageHeader")["ReferenceClassification"] == "1"
    person = texts(root)
    assert person["InsuredPartialContributionRatio"] == "010"
    assert person["NameKana"] == "ﾐﾎﾝ ﾊﾅｺ"
    assert person["InsurerNumber"] == "39479993"
    assert {person[name] for name in person if name.endswith("ConsFlg")} == {"0"}
    assert not [name for name in person if name.endswith(("ConsTime", "AvailableTime"))]
    assert list(room.req.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "day", "known", "period"),
    [
        ("ichiro", "20270731", {}, ("20260801", "20270731")),
        ("ichiro", "20270801", {}, ("20270801", "20280731")),
        ("ichiro", "20260731", {}, ("20250801", "20260731")),
        ("ichiro", "20270801", {"valid_to": date(2027, 6, 30)}, ("20260801", "20270630")),
        ("hanako", "20300101", {}, ("20240801", None)),
    ],
)
def test_what_runs_from_august_to_july_is_renewed(
    room: Room, name: str, day: str, known: dict[str, date], period: tuple[str, str | None]
) -> None:
    persona = load_persona(PERSONAS, name)
    persona = replace(persona, record=replace(persona.record, **known))
    room.terminal.set_register([persona])
    room.on = day
    room.by_card(persona)
    person = texts(room.answer())
    assert (person["InsuredCardValidDate"], person.get("InsuredCardExpirationDate")) == period


def test_a_pipe_among_the_requests_holds_up_nobody(room: Room) -> None:
    os.mkfifo(room.req / "OQSsiquc01req_0.xml")
    room.by_card(load_persona(PERSONAS, "hanako"))
    assert len(list(room.face.iterdir())) == 1


def test_consents_are_answered_in_face(room: Room) -> None:
    room.by_card(
        load_persona(PERSONAS, "kenji"),
        "SIMsicons01req",
        ConsentedItems="medication allergy",
        ConsentTime="20261124093100",
    )
    (path,) = room.face.iterdir()
    kind, face, who, when = path.stem.split("_", 3)
    assert (kind, face, when) == ("OQSsiquc01res", "face", "20261124093000")
    assert (who[:10], len(who)) == ("4719999996", 30)
    person = texts(room.answer(room.face))
    flags = {name.removesuffix("ConsFlg"): text for name, text in person.items() if name.endswith("ConsFlg")}
    assert flags == {
        "LimitApplicationCertificateRelated": "1",
        "OperationInfo": "0",
        "PharmacistsInfo": "1",
        "DiagnosisInfo": "1",
        "SpecificHealthCheckupsInfo": "0",
        "AllergyInfo": "1",
    }
    assert person["PharmacistsInfoConsTime"] == "20261124093100"
    assert person["PharmacistsInfoAvailableTime"] == "20261125093100"


def test_elements_of_the_special_cases(room: Room) -> None:
    room.by_card(load_persona(PERSONAS, "ichiro"))
    elderly = room.answer().find(".//ElderlyRecipientCertificateInfo")
    assert elderly is not None
    assert elderly.findtext("ElderlyRecipientContributionRatio") == "020"

    room.by_card(load_persona(PERSONAS, "assistance"))
    person = texts(room.answer())
    assert person["InsuredCardClassification"] == "A1"
    assert (person["PublicExpenseNumber"], person["BeneficiaryNumber"]) == ("12479994", "0001230")
    assert "InsurerNumber" not in person
    assert room.answer().findtext(".//MedicalTicketInfo/MedicalTreatmentMonth") == "202611"

    room.by_card(load_persona(PERSONAS, "infant"))
    assert texts(room.answer())["PreschoolClassification"] == "1"

    room.by_card(load_persona(PERSONAS, "sachiko"))
    assert texts(room.answer())["InsurerNumber"] == "  479998"

    room.by_card(load_persona(PERSONAS, "shigeru"), "SIMsicons01req", ConsentedItems="", ConsentTime="20261124093100")
    assert room.answer(room.face).findtext(".//SpecificDiseasesSelfPay") == "10000"


@pytest.mark.parametrize(("day", "preschool"), [("20300331", "1"), ("20300401", None)])
def test_a_child_that_goes_to_school_is_not_before_school_any_more(room: Room, day: str, preschool: str | None) -> None:
    room.on = day
    child = load_persona(PERSONAS, "infant").with_overrides({"certificate_ends": date(2031, 7, 2)}, {})
    room.terminal.set_register([child])
    room.by_card(child)
    assert texts(room.answer()).get("PreschoolClassification") == preschool


def test_what_the_code_page_lacks_arrives_as_a_dot(tmp_path: Path) -> None:
    room = Room(tmp_path)
    persona = load_persona(PERSONAS, "kenji").with_overrides({"name": "𠮷田　健二"}, {"encoding": "cp932"})
    room.terminal.set_register([persona])
    room.by_card(persona)
    assert texts(room.answer())["Name"] == "●田　健二"
    assert texts(room.answer(), "MessageHeader")["CharacterCodeIdentifier"] == "1"


def test_requests_that_are_none_and_files_that_are_not_ours(room: Room) -> None:
    (room.req / "OQSsiquc01req_broken.xml").write_bytes(b"<XmlMsg>")
    (room.req / "OQSsiquc01req_empty.xml").write_bytes(b"<XmlMsg><MessageHeader/><MessageBody/></XmlMsg>")
    for name in (".OQSsiquc01req_1.xml.tmp", "OQSmuimm01req_1.xml", "readme.txt"):
        (room.req / name).write_bytes(b"x")
    assert room.terminal.poll() == 2
    assert sorted(path.name for path in room.res.iterdir()) == ["OQSsiquc01req_broken.err", "OQSsiquc01req_empty.err"]
    assert len(list(room.req.iterdir())) == 3


def test_down_takes_nothing_silent_takes_all(room: Room) -> None:
    hanako = load_persona(PERSONAS, "hanako")
    room.terminal.state = TerminalState(TerminalMode.DOWN)
    room.by_card(hanako)
    assert len(list(room.req.iterdir())) == 1
    room.terminal.state = TerminalState(TerminalMode.SILENT)
    room.terminal.poll()
    assert list(room.req.iterdir()) == list(room.res.iterdir()) == []


def test_slow_answers_at_its_time(room: Room) -> None:
    room.terminal.state = TerminalState(TerminalMode.SLOW, seconds=5)
    room.by_card(load_persona(PERSONAS, "hanako"))
    room.clock.elapsed = 4.9
    assert room.terminal.poll() == 0
    room.clock.elapsed = 5.0
    assert room.terminal.poll() == 1
    assert len(list(room.face.iterdir())) == 1


def test_running_is_said_until_the_answer_stands_in_its_place(room: Room) -> None:
    room.terminal.state = TerminalState(TerminalMode.RUNNING, seconds=5)
    hanako = load_persona(PERSONAS, "hanako")
    card = {"Name": "見本　花子", "Birthdate": f"{hanako.card.birth_date:%Y%m%d}", "Sex1": hanako.card.sex}
    room.ask("SIMsiitem01req", **card, Address=hanako.card.address)
    assert texts(room.answer(), "MessageHeader")["SegmentOfResult"] == "2"
    assert room.answer().find(".//ResultList") is None
    room.clock.elapsed = 4.9
    assert room.terminal.poll() == 0
    room.clock.elapsed = 5.0
    assert room.terminal.poll() == 1
    assert texts(room.answer(), "MessageHeader")["SegmentOfResult"] == "1"
    assert texts(room.answer())["Name"] == "見本　花子"


def test_a_reader_writes_its_file_when_it_is_done(room: Room) -> None:
    room.terminal.state = TerminalState(TerminalMode.RUNNING, seconds=5)
    room.by_card(load_persona(PERSONAS, "hanako"))
    assert [*room.res.iterdir(), *room.face.iterdir()] == []
    room.clock.elapsed = 5.0
    assert room.terminal.poll() == 1
    assert texts(room.answer(room.face))["Name"] == "見本　花子"


@pytest.mark.parametrize("gone", ["req", "face"])
def test_folders_that_are_away_end_nothing(room: Room, gone: str) -> None:
    folder: Path = getattr(room, gone)
    away = folder.rename(folder.with_name("away"))
    if gone == "face":
        room.by_card(load_persona(PERSONAS, "hanako"))
    else:
        assert room.terminal.poll() == 0
    away.rename(folder)
    room.by_card(load_persona(PERSONAS, "hanako"))
    assert len(list(room.face.iterdir())) == 1


def test_state_of_a_scenario() -> None:
    assert TerminalState.of({}) == TerminalState()
    assert TerminalState.of({"state": "slow", "seconds": 20}) == TerminalState(TerminalMode.SLOW, 20.0)
    assert TerminalState.of({"state": "error", "code": "SAMPLE-E9"}).code == "SAMPLE-E9"


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"state": "offline"}, "offline"),
        ({"sate": "down"}, "sate"),
        ({"state": "slow", "seconds": "x"}, "seconds"),
        ({"state": "slow", "seconds": True}, "seconds"),
        ({"state": "slow", "seconds": -1}, "seconds"),
    ],
)
def test_typing_errors_in_a_scenario_are_named(settings: dict[str, object], named: str) -> None:
    with pytest.raises(Fatal, match=named) as caught:
        TerminalState.of(settings)
    assert caught.value.code is FailureCode.SCENARIO_WRONG
