"""Each effect becomes one event, every failure a typed one, and no secret outlives its use."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from kiosk.domain.card import CardKind, CardSummary
from kiosk.domain.failures import FailureCode, NeedsStaff, Retriable
from kiosk.domain.outcome import IdentityMethod, Outcome, Status
from kiosk.domain.secret import Secret
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.ports.card import CredentialAccepted, RecordCheck
from kiosk.ports.eligibility import ConsentRecord
from kiosk.ports.face import Frame, Picture
from tests.conftest import LogWatch
from tests.kiosk.runtime.fakes import ANSWER, AT, DAY, HOLDER, LIMITS, PATIENCE, UNTIL, Bench, FakeFront


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.clock.close()
    assert bench.workers.join(PATIENCE)


def query(ticket: int = 5) -> fx.QueryCard:
    return fx.QueryCard(ticket, "v", "0A", UNTIL, IdentityMethod.FACE, DAY)


# --- each effect and its event -------------------------------------------------------------------


def test_card_is_read(bench: Bench) -> None:
    (event,) = bench.does(fx.OpenVisit("v"), fx.ReadCard(1, "v", 1))
    assert event == ev.CardRead(AT, 1, bench.world.summary)


def test_silent_card_is_a_fact_about_the_card(bench: Bench) -> None:
    bench.world.errors["connect"] = Retriable(FailureCode.CARD_SILENT)
    (event,) = bench.does(fx.OpenVisit("v"), fx.ReadCard(1, "v", 1))
    assert event == ev.CardRead(AT, 1, CardSummary(CardKind.SILENT))


def test_photo_is_read_and_becomes_a_template(bench: Bench) -> None:
    bench.does(fx.OpenVisit("v"), fx.ReadCard(1, "v", 1))
    (event,) = bench.does(fx.ReadPhoto(2, "v"))
    assert event == ev.PhotoRead(AT, 2, HOLDER, True)
    record = bench.executor.vault.get("v")
    assert record is not None
    assert record.reference is bench.matcher.references[0]
    assert all(secret.wiped for secret in bench.world.secrets)


def test_a_second_reading_wipes_what_the_first_one_kept(bench: Bench) -> None:
    bench.does(fx.OpenVisit("v"), fx.ReadCard(1, "v", 1), fx.ReadPhoto(2, "v"))
    record = bench.executor.vault.get("v")
    assert record is not None
    first = (record.photo, record.number_b)
    assert None not in first
    bench.does(fx.ReadPhoto(3, "v"))
    assert all(secret is not None and secret.wiped for secret in first)
    assert [reference.embedding.any() for reference in bench.matcher.references] == [False, True]
    assert record.photo is not None
    assert not record.photo.wiped


def test_no_template_stays_of_a_card_that_leaves_before_it_is_checked(bench: Bench) -> None:
    bench.world.errors["check_record"] = Retriable(FailureCode.CARD_LOST)
    bench.does(fx.OpenVisit("v"), fx.ReadCard(1, "v", 1))
    assert bench.does(fx.ReadPhoto(2, "v")) == [ev.EffectFailed(AT, 2, FailureCode.CARD_LOST)]
    [reference] = bench.matcher.references
    assert not reference.embedding.any()


def test_card_without_photo(bench: Bench) -> None:
    bench.world.photo = False
    bench.does(fx.OpenVisit("v"), fx.ReadCard(1, "v", 1))
    assert bench.does(fx.ReadPhoto(2, "v")) == [ev.PhotoRead(AT, 2, HOLDER, False)]


def test_card_that_cannot_prove_itself_is_broken(bench: Bench) -> None:
    bench.world.present = False
    bench.does(fx.OpenVisit("v"), fx.ReadCard(1, "v", 1))
    assert bench.does(fx.ReadPhoto(2, "v")) == [ev.EffectFailed(AT, 2, FailureCode.CARD_BROKEN)]
    assert all(secret.wiped for secret in bench.world.secrets)
    assert bench.does(fx.VerifyPin(3, "v", False, Secret("1234"))) == [ev.EffectFailed(AT, 3, FailureCode.CARD_BROKEN)]


@pytest.mark.parametrize(("check", "usable"), [(RecordCheck.FORGED, False), (RecordCheck.ISSUER_UNKNOWN, True)])
def test_photo_that_nobody_signed(bench: Bench, check: RecordCheck, usable: bool) -> None:
    bench.world.record = check
    bench.does(fx.OpenVisit("v"), fx.ReadCard(1, "v", 1))
    [event] = bench.does(fx.ReadPhoto(2, "v"))
    assert isinstance(event, ev.PhotoRead) is usable
    record = bench.executor.vault.get("v")
    assert record is not None
    assert (record.reference is not None) is usable
    assert all(reference.embedding.any() for reference in bench.matcher.references) is usable


def test_face_attempt_gives_hints_frames_and_one_result(bench: Bench) -> None:
    events = bench.until_photo().does(fx.RunFace(3, "v", 1.0))
    assert [type(event) for event in events] == [ev.FaceHinted, ev.FaceJudged]
    assert bench.frames
    assert bench.world.open_cameras == 0


def test_face_attempt_without_photo(bench: Bench) -> None:
    bench.does(fx.OpenVisit("v"))
    assert bench.does(fx.RunFace(3, "v", 1.0)) == [ev.EffectFailed(AT, 3, FailureCode.PHOTO_MISSING)]


@pytest.mark.parametrize("confirmed", [True, False])
def test_pin_is_presented_once_and_wiped(bench: Bench, confirmed: bool) -> None:
    bench.until_photo()
    pin = Secret("1234")
    assert bench.does(fx.VerifyPin(3, "v", confirmed, pin)) == [
        ev.PinJudged(bench.clock.now(), 3, CredentialAccepted())
    ]
    assert pin.wiped
    assert bench.world.calls.count(f"verify_pin {confirmed}") == 1


def test_query_registration_consents_and_hand_over(bench: Bench) -> None:
    bench.does(fx.OpenVisit("v"))
    assert bench.does(query(5)) == [ev.EligibilityAnswered(AT, 5, ANSWER)]
    assert bench.does(fx.RegisterCard(6, "v", "0A", UNTIL, IdentityMethod.FACE, DAY)) == [ev.CardRegistered(AT, 6)]
    (event,) = bench.does(fx.RegisterConsents(7, "v", ("surgery",), AT))
    assert event == ev.ConsentsRegistered(AT, 7, ANSWER)
    assert bench.world.consented == [ConsentRecord("v", ("surgery",), AT)]
    assert bench.does(fx.HandOver(8, "v", 7)) == [ev.HandedOver(AT, 8, "consents.xml")]


def test_name_on_the_chip_comes_with_the_answer(bench: Bench) -> None:
    (event,) = bench.until_photo().does(query(5))
    assert event == ev.EligibilityAnswered(AT, 5, ANSWER, card_name="見本　花子")
    assert bench.world.calls.index("read_attributes") < bench.world.calls.index("query_card")


def test_card_taken_before_the_query_stops_nothing(bench: Bench) -> None:
    bench.until_photo()
    bench.world.errors["read_attributes"] = Retriable(FailureCode.CARD_LOST)
    assert bench.does(query(5)) == [ev.EligibilityAnswered(AT, 5, ANSWER)]


def test_file_that_was_not_compared_is_not_handed_over(bench: Bench) -> None:
    """The consents came too late for the flow: what it compared, and hands over, is the first file."""
    bench.does(fx.OpenVisit("v"), query(5))
    bench.does(fx.RegisterConsents(7, "v", ("surgery",), AT))
    assert bench.does(fx.HandOver(8, "v", 5)) == [ev.HandedOver(AT, 8, "query-1.xml")]


@pytest.mark.parametrize("result", [None, 99])
def test_nothing_to_hand_over_is_a_failure(bench: Bench, result: int | None) -> None:
    bench.does(fx.OpenVisit("v"))
    assert bench.does(fx.HandOver(8, "v", result)) == [ev.EffectFailed(AT, 8, FailureCode.OUT_WRITE_FAILED)]


def test_visit_is_closed_and_alerts_are_passed_on(bench: Bench) -> None:
    outcome = Outcome(Status.ACCEPTED)
    bench.does(fx.CloseVisit("v", outcome), fx.RaiseAlert("v", "card_left_behind"))
    assert bench.closed == [("v", outcome)]
    assert bench.alerts == [("v", "card_left_behind")]


def test_effect_that_nobody_knows_is_a_defect(bench: Bench) -> None:
    with pytest.raises(NotImplementedError, match="Effect"):
        bench.executor.execute(fx.Effect())


# --- what goes wrong -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "effect"),
    [
        ("connect", fx.ReadCard(3, "v", 1)),
        ("summarise", fx.ReadCard(3, "v", 1)),
        ("camera", fx.ReadPhoto(3, "v")),
        ("read_face", fx.ReadPhoto(3, "v")),
        ("prove_presence", fx.ReadPhoto(3, "v")),
        ("reference", fx.ReadPhoto(3, "v")),
        ("check_record", fx.ReadPhoto(3, "v")),
        ("camera", fx.RunFace(3, "v", 1.0)),
        ("attempt", fx.RunFace(3, "v", 1.0)),
        ("verify_pin False", fx.VerifyPin(3, "v", False, Secret("1234"))),
        ("query_card", query(3)),
        ("register_card", fx.RegisterCard(3, "v", "0A", UNTIL, IdentityMethod.FACE, DAY)),
        ("register_consents", fx.RegisterConsents(3, "v", (), AT)),
        ("hand_over", fx.HandOver(3, "v", 4)),
    ],
)
@pytest.mark.parametrize("expected", [True, False])
def test_every_failure_becomes_one_event(
    bench: Bench, where: str, effect: fx.Effect, expected: bool, log_watch: LogWatch
) -> None:
    bench.until_photo().does(query(4))
    if expected:
        bench.world.errors[where] = NeedsStaff(FailureCode.CAMERA_GONE)
    else:
        log_watch.announce("KeyError in a worker")
        bench.world.errors[where] = KeyError("1234")
    events = [event for event in bench.does(effect) if not isinstance(event, ev.FaceHinted)]
    code = FailureCode.CAMERA_GONE if expected else FailureCode.INTERNAL
    assert [(type(e), getattr(e, "ticket", None), getattr(e, "code", None)) for e in events] == [
        (ev.EffectFailed, 3, code)
    ]
    assert bench.world.open_cameras == 0
    assert all(secret.wiped for secret in bench.world.secrets)
    if isinstance(effect, fx.VerifyPin):
        assert effect.pin.wiped


def test_pin_of_a_visit_that_is_gone_is_wiped(bench: Bench) -> None:
    pin = Secret("1234")
    assert bench.does(fx.VerifyPin(3, "gone", False, pin)) == []
    assert pin.wiped


def test_pin_without_a_card(bench: Bench) -> None:
    pin = Secret("1234")
    bench.does(fx.OpenVisit("v"))
    assert bench.does(fx.VerifyPin(3, "v", False, pin)) == [ev.EffectFailed(AT, 3, FailureCode.CARD_LOST)]
    assert pin.wiped


# --- 照合番号B -----------------------------------------------------------------------------------


def read_photo(bench: Bench, *numbers: str | None, tries: int = 10) -> ev.Event:
    bench.world.numbers = list(numbers)
    bench.world.number_tries = tries
    bench.world.summary = CardSummary(CardKind.INDIVIDUAL_NUMBER, None, 3, tries)
    bench.does(fx.OpenVisit("v"), fx.ReadCard(1, "v", 1))
    (event,) = bench.does(fx.ReadPhoto(2, "v"))
    assert all(secret.wiped for secret in bench.world.secrets)
    return event


def test_refused_number_is_never_presented_twice(bench: Bench) -> None:
    event = read_photo(bench, "2" * 14)
    assert event == ev.EffectFailed(AT, 2, FailureCode.VERIFICATION_NUMBER_REFUSED)
    assert bench.world.presented == ["2" * 14]
    assert bench.world.pictures == LIMITS.pictures


def test_another_reading_of_the_front_is_tried(bench: Bench) -> None:
    assert read_photo(bench, "2" * 14, "1" * 14) == ev.PhotoRead(AT, 2, HOLDER, True)
    assert bench.world.presented == ["2" * 14, "1" * 14]


def test_front_that_cannot_be_read_costs_no_try(bench: Bench) -> None:
    assert read_photo(bench, None) == ev.EffectFailed(AT, 2, FailureCode.FRONT_UNREADABLE)
    assert bench.world.presented == []
    assert bench.world.pictures == LIMITS.pictures


@pytest.mark.parametrize("tries", range(LIMITS.reserve + 3))
def test_reserve_of_tries_is_kept(bench: Bench, tries: int) -> None:
    read_photo(bench, *(str(n) * 14 for n in (2, 3, 4)), tries=tries)
    assert bench.world.number_tries >= min(tries, LIMITS.reserve)
    assert len(bench.world.presented) == max(0, min(tries - LIMITS.reserve, LIMITS.pictures))


def test_reserve_is_kept_over_several_visits(bench: Bench) -> None:
    for visit in range(4):
        bench.world.pictures = 0
        bench.world.numbers = [f"{visit}{n}" * 7 for n in range(2, 5)]
        bench.world.summary = CardSummary(CardKind.INDIVIDUAL_NUMBER, None, 3, bench.world.number_tries)
        bench.does(fx.OpenVisit("v"), fx.ReadCard(1, "v", 1))
        bench.does(fx.ReadPhoto(2, "v"), fx.ForgetVisit("v"))
    assert bench.world.number_tries == LIMITS.reserve


# --- several jobs at once, and visits that end ---------------------------------------------------


def test_the_picture_for_staff_runs_until_it_is_stopped_and_is_overwritten(bench: Bench) -> None:
    bench.until_photo()
    bench.events.clear()
    bench.executor.execute(fx.WatchCamera(3, "v"))
    for _ in range(20):
        assert bench.clock.wait_quiet(PATIENCE)
        assert bench.clock.next_sleeper() is None, "simulated time does not go on for it"
        bench.clock.advance(60.0)
    assert bench.clock.wait_quiet(PATIENCE)
    assert len(bench.frames) == 20
    assert [bool(frame.picture.any()) for frame in bench.frames] == [False] * 13 + [True] * 7
    assert bench.executor.picture_of("v") is None, "one picture at a time"
    bench.executor.execute(fx.StopCamera())
    bench.clock.advance(60.0)
    assert bench.clock.wait_quiet(PATIENCE)
    assert not any(frame.picture.any() for frame in bench.frames)
    assert (bench.events, bench.world.open_cameras) == ([], 0)


def test_the_picture_for_staff_ends_with_the_visit(bench: Bench) -> None:
    bench.until_photo()
    bench.executor.execute(fx.WatchCamera(3, "v"))
    assert bench.clock.wait_quiet(PATIENCE)
    bench.executor.execute(fx.ForgetVisit("v"))
    bench.clock.advance(60.0)
    assert bench.clock.wait_quiet(PATIENCE)
    assert not any(frame.picture.any() for frame in bench.frames)
    assert bench.world.open_cameras == 0
    assert bench.executor.picture_of("v") is None


def test_without_a_camera_there_is_no_picture_for_staff(bench: Bench) -> None:
    bench.until_photo()
    bench.world.errors["camera"] = NeedsStaff(FailureCode.CAMERA_GONE)
    assert bench.does(fx.WatchCamera(3, "v")) == [ev.EffectFailed(bench.clock.now(), 3, FailureCode.CAMERA_GONE)]
    assert bench.executor.picture_of("v") is None
    del bench.world.errors["camera"]
    seen: list[Picture | None] = []
    bench.workers.start("console", lambda: seen.append(bench.executor.picture_of("v")))
    bench.settles()
    assert seen[0] is not None
    assert seen[0].any()
    assert bench.world.open_cameras == 0


def test_stopped_attempt_lets_the_camera_go_to_the_next(bench: Bench) -> None:
    bench.until_photo()
    bench.executor.execute(fx.RunFace(3, "v", 15.0))
    assert bench.clock.wait_quiet(PATIENCE)
    bench.executor.execute(fx.StopFace())
    bench.executor.execute(fx.RunFace(4, "v", 1.0))
    bench.settles()
    assert bench.world.attempts == ["stopped", "through"], "the first must not go on because the second began"
    assert bench.world.most_cameras == 1
    assert bench.clock.monotonic() < 2.0


def test_attempt_that_is_stopped_while_it_waits_for_the_camera_gives_up(bench: Bench) -> None:
    bench.until_photo()
    bench.executor.execute(fx.RunFace(3, "v", 1.0))
    assert bench.clock.wait_quiet(PATIENCE)
    bench.executor.execute(fx.RunFace(4, "v", 1.0))
    bench.executor.execute(fx.StopFace())
    bench.settles()
    assert bench.world.attempts == ["through"]
    assert ev.EffectFailed in {type(event) for event in bench.events}


def test_attempt_ends_with_its_visit_and_says_nothing_more(bench: Bench) -> None:
    bench.until_photo()
    bench.executor.execute(fx.RunFace(3, "v", 15.0))
    assert bench.clock.wait_quiet(PATIENCE)
    del bench.events[:]
    bench.does(fx.ForgetVisit("v"))
    assert bench.world.attempts == ["stopped"]
    assert bench.events == []
    assert not bench.matcher.references[0].embedding.any()


def test_card_is_asked_one_thing_at_a_time(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deadline may let the patient on to the PIN while the photo is still being read."""
    bench.does(fx.OpenVisit("v"), fx.ReadCard(1, "v", 1))
    slow = FakeFront.next_frame

    def frame(camera: FakeFront) -> Frame:
        camera.clock.sleep(5.0)
        return slow(camera)

    monkeypatch.setattr(FakeFront, "next_frame", frame)
    bench.executor.execute(fx.ReadPhoto(2, "v"))
    assert bench.clock.wait_quiet(PATIENCE)
    bench.executor.execute(fx.VerifyPin(3, "v", False, Secret("1234")))
    bench.settles()
    assert bench.world.calls.index("read_face") < bench.world.calls.index("verify_pin False")
    assert [type(e) for e in bench.events if not isinstance(e, ev.CardRead)] == [ev.PhotoRead, ev.PinJudged]


def test_waiting_for_the_card_ends_with_the_visit(bench: Bench) -> None:
    bench.does(fx.OpenVisit("v"), fx.ReadCard(1, "v", 1))
    record = bench.executor.vault.get("v")
    assert record is not None
    pin = Secret("1234")
    with record.card_lock:
        bench.executor.execute(fx.VerifyPin(3, "v", False, pin))
        assert bench.clock.wait_quiet(PATIENCE)
        bench.does(fx.ForgetVisit("v"))
    assert pin.wiped
    assert "verify_pin False" not in bench.world.calls


def test_late_answer_of_a_forgotten_visit_is_wiped_and_told_to_nobody(bench: Bench) -> None:
    bench.does(fx.OpenVisit("v"))
    record = bench.executor.vault.get("v")
    assert record is not None
    bench.world.hold = threading.Event()
    bench.executor.execute(query(5))
    assert bench.world.held.wait(PATIENCE)
    assert not bench.world.seen_cancelled()
    bench.executor.execute(fx.ForgetVisit("v"))
    assert bench.world.seen_cancelled(), "the gateway is told that nobody waits any more"
    bench.world.hold.set()
    bench.settles()
    assert bench.events == []
    assert record.results == {}
    assert bench.executor.vault.empty


def test_effects_of_a_forgotten_visit_are_not_carried_out(bench: Bench) -> None:
    bench.does(fx.OpenVisit("v"), fx.ForgetVisit("v"))
    assert bench.does(query(5), fx.ReadCard(6, "v", 1), fx.RunFace(7, "v", 1.0)) == []
    assert bench.world.calls == []


def test_card_is_let_go_when_the_visit_ends(bench: Bench) -> None:
    bench.until_photo().does(fx.ForgetVisit("v"))
    assert bench.world.calls.count("close") == 1
