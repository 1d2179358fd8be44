"""The hand-over: what every target gets, at least once and never twice, across restarts and broken lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle

from drivers.gateway.dispatch import Dispatcher
from drivers.gateway.fhir import bundle
from drivers.gateway.file_targets import FhirFolder, OutFolder
from drivers.gateway.orca import OrcaAcceptance, OrcaSettings
from drivers.gateway.outbox import Outbox
from drivers.gateway.result_file import read_result
from drivers.simulated.orca import SimulatedOrca
from drivers.store.deliveries import SqliteDeliveries
from kiosk.domain.eligibility import ASSISTANCE, InsuredPerson, SpecificDisease
from kiosk.domain.failures import FailureCode, NeedsStaff, Retriable
from kiosk.domain.rules import load_rules
from kiosk.domain.secret import Secret
from kiosk.ports.eligibility import ResultFile
from kiosk.ports.handover import DeliveryRefused, FinishedVisit, NoteFields, Parcel, Target

RULES = Path(__file__).resolve().parents[3] / "assets" / "rules"
SAMPLES = Path(__file__).parent / "samples"
NOW = datetime(2026, 10, 5, 10, 15, 3, tzinfo=timezone(timedelta(hours=9)))
VALID = "OQSsiquc01res_202610050001.xml"


class HandClock:
    elapsed = 0.0

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.elapsed)

    def monotonic(self) -> float:
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        self.elapsed += seconds


def visit(sample: str = VALID, **changes: Any) -> FinishedVisit:
    content = (SAMPLES / sample).read_bytes()
    made = FinishedVisit(
        "K1-20261005-1",
        NOW,
        "4719999996",
        read_result(content).answer,
        ResultFile(sample, content),
        patient_number="00012345",
        share_percent=30,
    )
    return replace(made, **changes)


NOTE = NoteFields(
    "3", "D20", {"insurer_number": "77777777", "number": "777777777", "kana": "ﾐﾎﾝ ﾊﾅｺ"}, "不詳／ﾐﾎﾝ ﾊﾅｺ", ("phone",)
)


class Post:
    """Targets and store on one set of folders; `restart` is a new process."""

    def __init__(self, root: Path) -> None:
        self.root, self.clock = root, HandClock()
        self.out = root / "out"
        self.out.mkdir()
        self.outbox = Outbox(self.out, root / "ledger")
        self.targets: list[Target] = [OutFolder(self.outbox, load_rules(RULES / "handover.toml"), self.clock)]
        self.store: SqliteDeliveries
        self.restart()

    def restart(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
        self.store = SqliteDeliveries(self.root / "deliveries.sqlite")
        self.dispatcher = Dispatcher(self.store, self.targets, self.clock)

    @property
    def files(self) -> list[str]:
        return sorted(path.name for path in self.out.iterdir())


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    post = Post(tmp_path)
    yield post
    post.store.close()


@pytest.fixture
def orca() -> Iterator[SimulatedOrca]:
    with SimulatedOrca(["00012345"]) as server:
        yield server


def acceptance(orca: SimulatedOrca, password: str = "kiosk") -> OrcaAcceptance:
    return OrcaAcceptance(OrcaSettings(orca.url, "ormaster", "01", "10001"), Secret(password))


def test_the_result_file_goes_out_as_received_once(post: Post) -> None:
    assert len(post.dispatcher.accept(visit())) == 1
    assert post.dispatcher.deliver() == 1
    assert (post.out / VALID).read_bytes() == (SAMPLES / VALID).read_bytes()
    # Nothing of it stays behind, in the write-ahead log either, which lives as long as the store is open.
    assert not any(b"\xe8\xa6\x8b\xe6\x9c\xac" in file.read_bytes() for file in post.root.glob("deliveries.sqlite*"))
    (post.out / VALID).unlink()  # taken away by the receiving system
    post.dispatcher.accept(visit())
    assert post.store.counts()["waiting"] == 0
    post.restart()
    post.clock.sleep(3600)
    assert post.dispatcher.deliver() == 0
    assert post.files == []


def test_a_claim_note_is_readable_for_programs_and_people(post: Post) -> None:
    post.dispatcher.accept(visit(file=None, note=NOTE))
    assert post.dispatcher.deliver() == 2
    data = json.loads((post.out / "claim_note_K1-20261005-1.json").read_text("utf-8"))
    assert (data["claim_route"], data["insurer_number"], data["branch"]) == ("3", "77777777", None)
    assert (data["missing"], data["date"]) == (["phone"], "2026-10-05")
    text = (post.out / "claim_note_K1-20261005-1.txt").read_text("utf-8-sig")
    assert text.splitlines() == [
        "請求の方法：③不詳レセプト",
        "保険者番号：77777777",
        "番号：777777777",
        "カナ氏名：ﾐﾎﾝ ﾊﾅｺ",
        "摘要欄：不詳／ﾐﾎﾝ ﾊﾅｺ",
        "未確認の項目：連絡先",
    ]


def test_what_waits_survives_a_restart_and_a_folder_that_is_away(post: Post) -> None:
    post.dispatcher.accept(visit())
    post.out.rename(post.root / "away")
    assert post.dispatcher.deliver() == 0
    assert post.store.counts() == {"waiting": 1, "refused": 0, "done": 0}
    post.restart()
    (post.root / "away").rename(post.out)
    assert post.dispatcher.deliver() == 0  # its time has not come
    post.clock.sleep(5)
    assert post.dispatcher.deliver() == 1
    assert post.files == [VALID]


def test_a_crash_after_the_file_was_written_writes_no_second_one(post: Post) -> None:
    post.dispatcher.accept(visit())
    (waiting,) = post.store.due(post.clock.now().timestamp(), 5)
    post.store.began(waiting.id)
    post.targets[0].deliver(waiting.parcel, repeated=False)
    (post.out / VALID).unlink()
    post.restart()
    assert post.dispatcher.deliver() == 1
    assert post.files == []


class Stub:
    def __init__(self, name: str, act: Callable[[], None]) -> None:
        self.id, self._act = name, act

    def parcels(self, visit: FinishedVisit) -> tuple[Parcel, ...]:
        return (Parcel(visit.visit_id, self.id, "one", b"x"),)

    def deliver(self, parcel: Parcel, *, repeated: bool) -> None:
        del parcel, repeated
        self._act()


def test_one_target_in_trouble_holds_up_no_other(post: Post) -> None:
    def broken() -> None:
        raise Retriable(FailureCode.OUT_WRITE_FAILED)

    def refusing() -> None:
        raise DeliveryRefused("second", "99")

    post.targets[:0] = [Stub("first", broken), Stub("second", refusing)]
    post.restart()
    post.dispatcher.accept(visit())
    assert post.dispatcher.deliver() == 1
    assert post.store.counts() == {"waiting": 1, "refused": 1, "done": 1}
    pauses = []
    for _ in range(12):
        before = post.clock.elapsed
        while not post.store.due(post.clock.now().timestamp(), 5):
            post.clock.sleep(5)
        post.dispatcher.deliver()
        pauses.append(post.clock.elapsed - before)
    assert pauses == sorted(pauses)
    assert pauses[-1] == 600


def test_a_second_program_leaves_a_target_to_the_one_that_delivers(post: Post) -> None:
    """The console looks visits up beside the running kiosk, and both deliver from one store."""
    others: list[int] = []
    beside = SqliteDeliveries(post.root / "deliveries.sqlite")
    slow = Stub("slow", lambda: others.append(elsewhere.deliver()))
    elsewhere = Dispatcher(beside, [slow], post.clock)
    post.targets[:] = [slow]
    post.restart()
    post.dispatcher.accept(visit())
    assert post.dispatcher.deliver() == 1
    assert others == [0]
    elsewhere.accept(visit(visit_id="K1-20261005-2"))
    assert elsewhere.deliver("slow") == 1, "whoever has delivered holds nobody up"
    beside.close()


def test_finished_deliveries_are_forgotten_after_their_time(post: Post) -> None:
    post.dispatcher.accept(visit())
    post.dispatcher.deliver()
    assert post.store.purge_done(NOW.timestamp()) == 0
    assert post.store.purge_done(NOW.timestamp() + 1) == 1


# --- ORCA ----------------------------------------------------------------------------------------


def test_an_acceptance_is_entered_once(post: Post, orca: SimulatedOrca) -> None:
    post.targets.append(acceptance(orca))
    post.restart()
    post.dispatcher.accept(visit())
    post.dispatcher.deliver()
    post.dispatcher.accept(visit())
    post.clock.sleep(60)
    post.dispatcher.deliver()
    (entry,) = orca.accepted
    assert (entry.patient, entry.date, entry.department, entry.physician) == ("00012345", "2026-10-05", "01", "10001")
    assert orca.requests == 1


def test_a_lost_reply_enters_nobody_twice(post: Post, orca: SimulatedOrca) -> None:
    post.targets.append(acceptance(orca))
    post.restart()
    orca.faults.lose_replies = 1
    post.dispatcher.accept(visit())
    post.dispatcher.deliver()
    assert post.store.counts()["waiting"] == 1
    post.restart()
    post.clock.sleep(5)
    assert post.dispatcher.deliver() == 1
    assert len(orca.accepted) == 1
    assert orca.requests == 2  # the second only asked


@pytest.mark.parametrize("url", ["orca:8000", "http://", "http://orca:eight", "http://orca:99999", "http://[orca"])
def test_an_address_that_is_none_is_said_at_the_start_and_not_found_at_each_delivery(url: str) -> None:
    with pytest.raises(NeedsStaff, match="orca_url"):
        OrcaAcceptance(OrcaSettings(url, "ormaster", "01", "10001"), Secret("kiosk"))


@pytest.mark.parametrize("fault", ["busy", "http", "down"])
def test_trouble_that_passes_is_waited_for(post: Post, orca: SimulatedOrca, fault: str) -> None:
    target = acceptance(orca)
    post.targets.append(target)
    post.restart()
    if fault == "down":
        target._parts = target._parts._replace(netloc="127.0.0.1:1")
    orca.faults.busy, orca.faults.http_status = int(fault == "busy"), 503 if fault == "http" else 0
    post.dispatcher.accept(visit())
    post.dispatcher.deliver()
    assert orca.accepted == []
    post.targets[-1] = acceptance(orca)
    post.restart()
    orca.faults.http_status = 0
    post.clock.sleep(5)
    assert post.dispatcher.deliver() == 1
    assert len(orca.accepted) == 1


def test_a_refusal_is_kept_for_staff(post: Post, orca: SimulatedOrca) -> None:
    post.targets.append(acceptance(orca))
    post.restart()
    post.dispatcher.accept(visit(patient_number="99999999"))
    post.dispatcher.deliver()
    assert post.store.counts()["refused"] == 1
    assert orca.accepted == []


def test_somebody_whom_the_desk_has_entered_is_not_entered_again(orca: SimulatedOrca) -> None:
    target = acceptance(orca)
    (parcel,) = target.parcels(visit())
    target.deliver(parcel, repeated=False)
    target.deliver(parcel, repeated=False)
    assert len(orca.accepted) == 1


def test_a_wrong_password_is_for_staff(orca: SimulatedOrca) -> None:
    target = acceptance(orca, "wrong")
    (parcel,) = target.parcels(visit())
    with pytest.raises(NeedsStaff, match="401"):
        target.deliver(parcel, repeated=False)


@pytest.mark.parametrize(
    "changes", [{"patient_number": None}, {"answer": None}], ids=["new patient", "nothing confirmed"]
)
def test_nobody_is_entered_whom_orca_does_not_know_or_who_is_not_valid(
    orca: SimulatedOrca, changes: dict[str, Any]
) -> None:
    assert acceptance(orca).parcels(visit(**changes)) == ()
    assert acceptance(orca).parcels(visit("OQSsiquc01res_202610050002.xml")) == ()
    assert acceptance(orca).parcels(visit("OQSsiquc01res_202610050006.xml")) == ()


@pytest.mark.parametrize(
    ("old", "new", "result"),
    [
        ("２０２６", "2026", "S5"),
        ("2026-10-05", "20261005", "S5"),
        ('type="record"', "", "S4"),
        ("<Department_Code", "<X", "S3"),
        (">01<", ">07<", "S8"),
    ],
)
def test_the_stand_in_checks_requests(orca: SimulatedOrca, old: str, new: str, result: str) -> None:
    target = acceptance(orca)
    (parcel,) = target.parcels(visit())
    assert old in parcel.content.decode()
    faulty = replace(parcel, content=parcel.content.decode().replace(old, new, 1).encode())
    with pytest.raises(DeliveryRefused, match=result):
        target.deliver(faulty, repeated=False)


# --- FHIR ----------------------------------------------------------------------------------------

CODES = load_rules(RULES / "codes.toml")


@pytest.mark.parametrize("sample", sorted(path.name for path in SAMPLES.glob("OQSsiquc01res_*.xml")))
def test_every_answer_makes_a_valid_r4_bundle(sample: str) -> None:
    data = bundle(visit(sample), CODES, "架空クリニック")
    Bundle.model_validate(data)
    kinds = [entry["resource"]["resourceType"] for entry in data["entry"]]
    assert kinds[-2:] == ["CoverageEligibilityRequest", "CoverageEligibilityResponse"]
    assert "Patient" in kinds


def resources(data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {entry["resource"]["resourceType"]: entry["resource"] for entry in data["entry"]}


def test_a_bundle_says_what_the_answer_says() -> None:
    found = resources(bundle(visit(), CODES, "架空クリニック"))
    coverage, response = found["Coverage"], found["CoverageEligibilityResponse"]
    assert coverage["identifier"][0]["value"] == "06479992:2026:158:00"
    assert coverage["identifier"][1]["value"] == '"06479992","２０２６","１５８","00"'
    assert coverage["costToBeneficiary"][0]["valueQuantity"]["value"] == 30
    assert found["Patient"]["identifier"][0] == {
        "system": "urn:oid:1.2.392.100495.20.3.51.14719999996",
        "value": "00012345",
    }
    assert [name["text"] for name in found["Patient"]["name"]] == ["見本　花子", "ミホン　ハナコ"]
    assert response["created"] == "2026-10-05T09:15:12+09:00"
    assert response["insurance"][0]["inforce"] is True
    assert response["insurance"][0]["item"][0]["benefit"][0]["type"]["coding"][0]["display"] == "ウ"


def test_a_lost_qualification_is_not_in_force() -> None:
    found = resources(bundle(visit("OQSsiquc01res_202610050002.xml"), CODES, "架空クリニック"))
    assert found["CoverageEligibilityResponse"]["insurance"][0]["inforce"] is False
    assert found["Coverage"]["status"] == "cancelled"
    assert found["Coverage"]["period"]["end"] == date(2026, 7, 31).isoformat()
    assert found["Coverage"]["identifier"][0]["value"].startswith("00479998:架空・１２:")


def test_certificates_that_are_over_are_no_items() -> None:
    one = visit("OQSsiquc01res_202610050001.xml")
    assert one.answer is not None
    (person,) = one.answer.persons
    assert one.answer.confirmed_on is not None
    over = one.answer.confirmed_on - timedelta(days=1)
    diseases = (SpecificDisease("1", valid_to=over), SpecificDisease("2", valid_from=over))
    changed = replace(person, limit_to=over, specific_diseases=diseases)
    told = bundle(replace(one, answer=replace(one.answer, persons=(changed,))), CODES, "架空クリニック")
    (insurance,) = resources(told)["CoverageEligibilityResponse"]["insurance"]
    assert [item["benefit"][0]["allowedString"] for item in insurance["item"]] == ["2"]


def test_of_several_people_none_is_answered_for() -> None:
    found = bundle(visit("OQSsiquc01res_202610050006.xml"), CODES, "架空クリニック")
    kinds = [entry["resource"]["resourceType"] for entry in found["entry"]]
    assert kinds.count("Patient") == 2
    response = resources(found)["CoverageEligibilityResponse"]
    assert "insurance" not in response
    assert "reference" not in response["patient"]
    assert "00012345" not in json.dumps(found)


def test_assistance_beside_the_insurance_is_one_patient_with_two_coverages() -> None:
    one = visit("OQSsiquc01res_202610050001.xml")
    assert one.answer is not None
    (person,) = one.answer.persons
    assistance = InsuredPerson(
        name=person.name,
        birth_date=person.birth_date,
        card_class=ASSISTANCE,
        public_expense_number="12479994",
        beneficiary_number="1234567",
    )
    both = replace(one, answer=replace(one.answer, persons=(assistance, person)), share_percent=30)
    found = bundle(both, CODES, "架空クリニック")
    Bundle.model_validate(found)
    kinds = [entry["resource"]["resourceType"] for entry in found["entry"]]
    assert (kinds.count("Patient"), kinds.count("Coverage")) == (1, 2)
    first, second = (e["resource"] for e in found["entry"] if e["resource"]["resourceType"] == "Coverage")
    assert first["beneficiary"] == second["beneficiary"]
    assert [(c["order"], "costToBeneficiary" in c) for c in (first, second)] == [(1, True), (2, False)]
    assert first["identifier"][0]["value"].startswith("06479992:")
    assert [i["inforce"] for i in resources(found)["CoverageEligibilityResponse"]["insurance"]] == [True, True]
    strangers = replace(both, answer=replace(one.answer, persons=(replace(assistance, birth_date=None), person)))
    told = resources(bundle(strangers, CODES, "架空クリニック"))["CoverageEligibilityResponse"]
    assert "insurance" not in told


def test_the_same_visit_gives_the_same_bundle_file_once(post: Post) -> None:
    post.targets[:] = [FhirFolder(post.outbox, CODES, post.clock, "架空クリニック")]
    post.restart()
    assert len(post.dispatcher.accept(visit())) == 1
    assert post.dispatcher.deliver() == 1
    (name,) = post.files
    Bundle.model_validate(json.loads((post.out / name).read_text("utf-8")))
    assert bundle(visit(), CODES, "x") == bundle(visit(), CODES, "x")
