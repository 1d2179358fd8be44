"""The pages: found by keys, filtered, kept up to date; what is pressed carries visit and step, and is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.domain.messages import Text
from kiosk.ports.counter import Lane, LaneContent, Standing
from kiosk.ports.journal import StoredEntry
from kiosk.staff.console.act_panel import UNASKED_SECONDS
from kiosk.staff.console.background import Failed, Inline, Job, Then
from kiosk.staff.console.gallery import MadeUp
from kiosk.staff.console.lanes_page import LanesPage
from kiosk.staff.console.list_pages import ClaimsPage, PendingPage
from kiosk.staff.console.pages import PAGES
from kiosk.staff.console.samples import NOTE, lanes, visit
from kiosk.staff.console.theme import COLOURS, TEXT_PAIRS
from kiosk.staff.console.visit_page import VisitPage
from kiosk.staff.console.visits_page import VisitsPage
from kiosk.staff.console.widgets import label
from kiosk.staff.visit_list import VisitStanding
from tests.kiosk.staff.console.conftest import At

MakeAt = Callable[..., At]


def acts(made: MadeUp) -> list[tuple[str, ...]]:
    return [entry[1:] for entry in made.counter.log if entry[0] == "act"]


def lanes_page(at: At) -> LanesPage:
    page = at.window.pages["lanes"]
    assert isinstance(page, LanesPage)
    return page


def visits_page(at: At) -> VisitsPage:
    at.window.go("visits")
    page = at.window.pages["visits"]
    assert isinstance(page, VisitsPage)
    return page


def look(at: At, *, seconds: float = 1.0) -> None:
    at.made.clock.seconds += seconds
    at.window.live.look()


# --- keys and pages ---------------------------------------------------------------------------------


def test_every_page_has_a_key_and_is_named(signed_in: At) -> None:
    for number, page in enumerate(PAGES):
        signed_in.press(Qt.Key(Qt.Key.Key_F1 + number))
        assert signed_in.window.pages[page].shown
        assert signed_in.window.words.say(f"console.page.{page}") in signed_in.texts()


def test_nothing_opens_a_window_of_its_own(signed_in: At) -> None:
    """It would take the keys away, and locking would not cover it."""
    for page in PAGES:
        signed_in.window.go(page)
    signed_in.window.open_visit(visit(6, "K2"))
    signed_in.press(Qt.Key.Key_K)
    shown = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    assert shown == [signed_in.window]


def test_every_sentence_is_there_in_both_languages(at: MakeAt) -> None:
    for language in ("ja", "en"):
        here = at(language=language)
        for page in PAGES:
            here.window.go(page)
            texts = here.texts()
            assert "console." not in texts
            assert "counter." not in texts


def test_the_language_changes_where_one_is(signed_in: At) -> None:
    signed_in.window.go("claims")
    signed_in.press(Qt.Key.Key_F11)
    assert signed_in.window.pages["claims"].shown
    assert "What to do next" in signed_in.texts()


def test_all_text_is_readable_on_its_ground() -> None:
    from kiosk.ui.theme import contrast

    low = [pair for pair in TEXT_PAIRS if contrast(getattr(COLOURS, pair[0]), getattr(COLOURS, pair[1])) < 7]
    assert low == []


# --- the list ---------------------------------------------------------------------------------------


def test_the_list_is_filtered_by_standing_way_claim_and_words(signed_in: At) -> None:
    page = visits_page(signed_in)
    everything = len(page.table.rows)
    page.counts[VisitStanding.WITH_STAFF].click()
    assert {row.id for row in page.table.rows} == {visit(9, "K2"), visit(17)}
    page.counts[None].click()
    page.route.setCurrentIndex(page.route.findData("3"))
    assert [row.id for row in page.table.rows] == [visit(6, "K2")]
    page.route.setCurrentIndex(0)
    page.method.setCurrentIndex(page.method.findData("visual"))
    assert page.table.rows
    assert all("目視" in row.cells[3] for row in page.table.rows)
    page.method.setCurrentIndex(0)
    signed_in.press(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    signed_in.type("k303")
    assert [row.id for row in page.table.rows] == [visit(17)]
    page.search.setText("no such thing")
    assert signed_in.window.words.say("console.visits.none_found") in signed_in.texts()
    page.search.clear()
    assert len(page.table.rows) == everything


def test_the_list_names_nobody(signed_in: At) -> None:
    visits_page(signed_in)
    texts = signed_in.texts()
    assert "山田" not in texts
    assert "佐藤" not in texts
    assert not any(entry[0] == "viewed" for entry in signed_in.made.counter.log)


def test_what_is_added_comes_into_the_list(signed_in: At) -> None:
    page = visits_page(signed_in)
    signed_in.made.records.entries.ordinary(signed_in.made.clock.at, visit(77))
    assert visit(77) not in {row.id for row in page.table.rows}
    signed_in.wait(1)
    assert page.table.rows[0].id == visit(77)


def test_another_day_is_one_key_away(signed_in: At) -> None:
    page = visits_page(signed_in)
    signed_in.press(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert page.table.rows == ()
    assert signed_in.window.words.say("console.visits.none") in signed_in.texts()
    for _ in range(2):  # never into the future
        signed_in.press(Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert page.day == signed_in.made.clock.at.date()


def test_a_visit_is_opened_and_left_by_keys_alone(signed_in: At) -> None:
    signed_in.press(Qt.Key.Key_F2)
    page = visits_page(signed_in)
    page.table.choose(visit(6, "K2"))
    signed_in.press(Qt.Key.Key_Return)
    assert signed_in.window.pages["visit"].shown
    assert ("viewed", "suzuki", visit(6, "K2"), "visit") in signed_in.made.counter.log
    texts = signed_in.texts()
    assert "山田　太郎" in texts
    assert signed_in.window.words.say("decision.D32") in texts
    signed_in.press(Qt.Key.Key_Escape)
    assert page.shown
    assert "山田" not in signed_in.texts()


def test_nothing_is_shown_of_a_visit_when_the_look_cannot_be_recorded(
    signed_in: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_visit: str | None, what: str = "visit") -> None:
        raise NeedsStaff(FailureCode.JOURNAL_FAILED, what)

    monkeypatch.setattr(signed_in.made.counter, "viewed", refuse)
    signed_in.window.open_visit(visit(6, "K2"))
    texts = signed_in.texts()
    assert "山田" not in texts
    assert signed_in.window.words.say("failure.K403.remedy") in texts


def test_what_comes_after_the_page_was_left_is_put_nowhere(signed_in: At) -> None:
    late: list[Callable[[], None]] = []
    signed_in.window.background = Late(late)
    signed_in.window.open_visit(visit(6, "K2"))
    page = signed_in.window._shown
    signed_in.window.background = Inline()
    signed_in.window.back()
    assert late
    for answer in late:
        answer()
    assert isinstance(page, VisitPage)
    assert page.row is None
    assert page._person.name is None


class Late:
    """Work whose answer the test lets come."""

    def __init__(self, answers: list[Callable[[], None]]) -> None:
        self._answers = answers

    def run(self, job: Job, then: Then, failed: Failed, *, slow: bool = False) -> None:
        self._answers.append(lambda: Inline().run(job, then, failed, slow=slow))

    def close(self) -> None:
        """Nothing runs."""


# --- one visit --------------------------------------------------------------------------------------


def test_nothing_of_a_claim_note_is_typed_again(signed_in: At) -> None:
    signed_in.window.open_visit(visit(6, "K2"))
    button = signed_in.window.findChild(QPushButton, "copy.insurer_number")
    assert isinstance(button, QPushButton)
    button.click()
    assert QApplication.clipboard().text() == NOTE.items["insurer_number"]
    signed_in.press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert QApplication.clipboard().text().startswith("保険者番号：77777777\r\n番号：777777777")


def test_a_note_is_settled_by_its_key(signed_in: At) -> None:
    signed_in.window.open_visit(visit(6, "K2"))
    signed_in.press(Qt.Key.Key_S)
    assert ("settle_claim", visit(6, "K2"), "") in signed_in.made.counter.log


def test_a_correction_needs_reason_and_words(signed_in: At) -> None:
    signed_in.window.open_visit(visit(6, "K2"))
    signed_in.press(Qt.Key.Key_K)
    prompt = signed_in.window.prompt
    assert prompt is not None
    signed_in.press(Qt.Key.Key_1)
    prompt.confirm()
    assert prompt.trouble.plain
    prompt.fields["note"].setText("枝番を 01 に直した")
    prompt.confirm()
    assert signed_in.window.prompt is None
    assert ("correct", visit(6, "K2"), "visit", "typed_wrong", "枝番を 01 に直した") in signed_in.made.counter.log


def test_a_visit_that_no_kiosk_holds_is_finished_from_here(signed_in: At) -> None:
    signed_in.window.open_visit(visit(17))
    signed_in.press(Qt.Key.Key_E)
    signed_in.press(Qt.Key.Key_1)  # accepted
    signed_in.press(Qt.Key.Key_5)  # by certificate
    assert signed_in.window.prompt is not None
    assert signed_in.window.prompt.fields["number"].text() == "45678", "what is held is not typed again"
    signed_in.window.prompt.fields["number"].setText("45679")
    signed_in.press(Qt.Key.Key_Return)
    told = ("finish", visit(17), "accepted", "at_counter", "certificate", "", "45679")
    assert told in signed_in.made.counter.log


def test_a_date_that_is_none_is_said_so_and_nothing_is_finished(signed_in: At) -> None:
    signed_in.window.open_visit(visit(17))
    for key in (Qt.Key.Key_E, Qt.Key.Key_1, Qt.Key.Key_8):  # accepted, by declaration form
        signed_in.press(key)
    prompt = signed_in.window.prompt
    assert prompt is not None
    prompt.fields["birth_date"].setText("昭和35年")
    prompt.confirm()
    assert "1960-01-31" in prompt.trouble.plain
    assert not [one for one in signed_in.made.counter.log if one[0] == "finish"]


def test_a_claim_note_is_corrected_from_what_stands_there(signed_in: At) -> None:
    signed_in.window.open_visit(visit(6, "K2"))
    assert "03-0000-0009 → 03-0000-0000" in signed_in.texts(), "an earlier correction is seen"
    signed_in.press(Qt.Key.Key_L)
    signed_in.press(Qt.Key.Key_2)
    prompt = signed_in.window.prompt
    assert prompt is not None
    assert prompt.fields["value"].text() == NOTE.items["number"]
    prompt.confirm()
    assert prompt.trouble.plain, "nothing was changed"
    prompt.fields["value"].setText("123")
    prompt.confirm()
    told = ("correct_claim", visit(6, "K2"), f"number {NOTE.items['number']} → 123", "")
    assert told in signed_in.made.counter.log


# --- acts -------------------------------------------------------------------------------------------


def test_a_visual_check_is_one_press_with_the_reason_that_the_situation_gives(signed_in: At) -> None:
    lanes_page(signed_in)
    signed_in.press(Qt.Key.Key_V)
    assert acts(signed_in.made) == [("suzuki", "K1", visit(31), "40", "visual_check", "face_failed", "", "")]
    assert "済みました" in signed_in.texts()


def test_refusing_asks_why_and_takes_one_more_key(signed_in: At) -> None:
    signed_in.press(Qt.Key.Key_N)
    assert acts(signed_in.made) == []
    signed_in.press(Qt.Key.Key_1)
    assert acts(signed_in.made)[0][4:6] == ("refuse", "not_the_holder")


def test_accepting_asks_what_was_seen(signed_in: At) -> None:
    signed_in.press(Qt.Key.Key_D)
    signed_in.press(Qt.Key.Key_4)
    assert acts(signed_in.made)[0][4:7] == ("accept", "", "oral")


def test_a_question_is_left_by_escape_without_any_act(signed_in: At) -> None:
    signed_in.press(Qt.Key.Key_N)
    assert signed_in.window.prompt is not None
    signed_in.press(Qt.Key.Key_V)  # what lies under it takes no key
    signed_in.press(Qt.Key.Key_Escape)
    assert signed_in.window.prompt is None
    assert acts(signed_in.made) == []


def moved_on(standing: Standing) -> Lane:
    return Lane(replace(standing, visit_id=visit(32), mark=standing.mark + 3), 0.1)


def test_an_act_on_a_visit_that_moved_on_is_refused_and_said_so(signed_in: At) -> None:
    page = lanes_page(signed_in)
    confirm = page.acts.buttons["visual_check"]
    made = signed_in.made
    made.counter.now_lanes[0] = moved_on(made.counter.now_lanes[0].standing)
    confirm.click()  # drawn before the next patient came
    assert acts(made)[0][2:4] == (visit(31), "40")
    assert signed_in.window.words.say("counter.refused.moved_on") in signed_in.texts()


def test_a_press_just_after_the_buttons_changed_was_meant_for_those_before(signed_in: At) -> None:
    page = lanes_page(signed_in)
    made = signed_in.made
    made.counter.now_lanes[0] = moved_on(made.counter.now_lanes[0].standing)
    made.counter.now_contents["K1"] = replace(made.counter.now_contents["K1"], visit_id=visit(32))
    look(signed_in)
    page.acts.buttons["visual_check"].click()
    assert acts(made) == []
    made.clock.seconds += UNASKED_SECONDS + 0.1
    page.acts.buttons["visual_check"].click()
    assert acts(made)[0][2] == visit(32)


def test_one_of_several_people_is_chosen_by_a_button_that_names_them(signed_in: At) -> None:
    made = signed_in.made
    standing = lanes()[0].standing
    choosing = replace(standing, mark=41, offers=tuple(o for o in standing.offers if o.action != "visual_check"))
    from kiosk.ports.counter import Offer

    choosing = replace(choosing, offers=(*choosing.offers, Offer("choose", choices=2)), needs=("staff.need.several",))
    made.counter.now_lanes[0] = Lane(choosing, 0.1)
    people = tuple(
        Text("staff.choice", tuple((name, f"{name}{n}") for name in ("n", "name", "kana", "branch", "sex", "number")))
        for n in range(2)
    )
    made.counter.now_contents["K1"] = LaneContent("K1", 41, visit(31), choices=people)
    look(signed_in)
    made.clock.seconds += 1
    lanes_page(signed_in).acts.buttons["choose.1"].click()
    assert acts(made)[0][4] == "choose"
    assert acts(made)[0][7] == "1"


def test_the_photo_stands_beside_the_camera_only_while_somebody_is_to_be_compared(signed_in: At) -> None:
    page = lanes_page(signed_in)
    assert page.photo.filled
    assert page.camera.filled
    page.choose("K2")
    assert not page.photo.filled
    assert not page.camera.filled
    page.choose("K1")
    assert page.photo.filled
    signed_in.window.go("visits")
    assert not page.photo.filled


def test_a_lane_that_stops_offers_nothing_and_says_what_to_do(signed_in: At) -> None:
    page = lanes_page(signed_in)
    first = signed_in.made.counter.now_lanes[0]
    signed_in.made.counter.now_lanes[0] = replace(first, beat_age=None)
    look(signed_in)
    assert page.acts.buttons == {}
    assert signed_in.window.words.say("console.next.stopped") in signed_in.texts()
    signed_in.made.counter.now_lanes[0] = replace(first, beat_age=30.0)
    look(signed_in)
    assert signed_in.window.words.say("console.next.hangs") in signed_in.texts()


def test_what_did_not_change_is_not_drawn_anew(signed_in: At) -> None:
    """It would flicker, and whoever reads by ear would hear it again and again."""
    for page in ("lanes", "visit"):
        if page == "visit":
            signed_in.window.open_visit(visit(31))
        before = {id(widget) for widget in signed_in.window.pages[page].findChildren(QLabel)}
        kept = signed_in.window.pages[page].findChildren(QLabel)  # so that no address is used twice
        look(signed_in)
        assert {id(widget) for widget in signed_in.window.pages[page].findChildren(QLabel)} == before
        del kept


def test_the_step_grows_older(signed_in: At) -> None:
    assert "1:23" in signed_in.texts()
    signed_in.wait(60)
    assert "2:23" in signed_in.texts()


def test_what_a_role_may_not_do_is_not_offered(at: MakeAt) -> None:
    here = at("ito")  # maintenance
    assert lanes_page(here).acts.buttons == {}
    here.window.open_visit(visit(6, "K2"))
    assert here.window.pages["visit"].buttons == {}  # type: ignore[attr-defined]
    desk = at("sato")
    assert "visual_check" in lanes_page(desk).acts.buttons
    desk.window.go("accounts")
    assert "suzuki" not in desk.texts()


# --- lists ------------------------------------------------------------------------------------------


def test_pending_visits_are_looked_up_and_settled(signed_in: At) -> None:
    signed_in.window.go("pending")
    page = signed_in.window.pages["pending"]
    assert isinstance(page, PendingPage)
    assert "山田" not in signed_in.texts()
    signed_in.press(Qt.Key.Key_Q)
    assert signed_in.made.records.asked == 1
    chosen = page.table.chosen
    signed_in.press(Qt.Key.Key_S)
    assert signed_in.window.prompt is not None
    signed_in.window.prompt.confirm()
    assert signed_in.made.records.settled == [(chosen, "suzuki")]
    assert chosen not in {row.id for row in page.table.rows}


def test_a_look_up_that_fails_can_be_asked_for_again(signed_in: At, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> tuple[int, int]:
        raise NeedsStaff(FailureCode.TERMINAL_FOLDER_GONE)

    monkeypatch.setattr(signed_in.made.records, "requery", refuse)
    signed_in.window.go("pending")
    signed_in.press(Qt.Key.Key_Q)
    page = signed_in.window.pages["pending"]
    assert isinstance(page, PendingPage)
    assert page.requery.isEnabled()
    assert signed_in.window.words.say("failure.K302.remedy") in signed_in.texts()


def test_looking_at_a_claim_note_is_recorded_and_opening_the_console_looks_at_none(signed_in: At) -> None:
    assert not any(entry[0] == "viewed" for entry in signed_in.made.counter.log)
    signed_in.window.go("claims")
    page = signed_in.window.pages["claims"]
    assert isinstance(page, ClaimsPage)
    assert page.note.note == NOTE
    assert ("viewed", "suzuki", visit(6, "K2"), "visit") in signed_in.made.counter.log
    signed_in.window.go("visits")
    assert page.note.note is None


def test_a_claim_note_stays_on_the_list_until_it_is_settled_however_old(signed_in: At) -> None:
    old, today, entries = visit(50), visit(51), signed_in.made.records.entries
    now = signed_in.made.clock.at
    long_ago = (now - timedelta(days=400)).isoformat()
    entries.rows.insert(0, StoredEntry(0, long_ago, old, "claim.opened", '{"route": "1"}', ""))
    signed_in.window.go("claims")
    page = signed_in.window.pages["claims"]
    assert isinstance(page, ClaimsPage)

    def listed() -> list[str]:
        page.read()
        return [row.id for row in page.table.rows]

    assert listed() == [old, visit(6, "K2")]
    entries.add(now, "claim.opened", today, route="2")
    assert listed() == listed() == [old, visit(6, "K2"), today]
    entries.add(now, "claim.settled", old)
    assert listed() == listed() == [visit(6, "K2"), today]


def test_a_mode_takes_two_people_and_the_second_is_somebody_else(signed_in: At) -> None:
    import pyotp

    signed_in.window.go("facility")
    button = signed_in.window.findChild(QPushButton, "act.declare_disaster")
    assert isinstance(button, QPushButton)
    button.click()
    prompt = signed_in.window.prompt
    assert prompt is not None
    signed_in.press(Qt.Key.Key_1)
    prompt.fields["name"].setText("suzuki")
    prompt.confirm()
    assert prompt.trouble.plain == signed_in.window.words.say("console.second.same")
    prompt.fields["name"].setText("sato")
    prompt.fields["password"].setText("wrong wrong wrong")
    prompt.confirm()
    assert acts(signed_in.made) == []
    secret = signed_in.made.store.kept["sato"].totp_sealed
    assert secret is not None
    prompt.fields["password"].setText("correct horse battery")
    prompt.fields["code"].setText(pyotp.TOTP(secret).at(signed_in.made.clock.at + timedelta(seconds=30)))
    prompt.confirm()
    both = [
        (counter.session.account, entry[5])
        for counter in signed_in.made.counters
        for entry in counter.log
        if entry[0] == "act"
    ]
    assert both == [("suzuki", "declare_disaster"), ("sato", "declare_disaster")]


def test_readiness_puts_the_trouble_first_and_codes_are_found_by_words(signed_in: At) -> None:
    signed_in.window.go("readiness")
    page = signed_in.window.pages["readiness"]
    assert signed_in.window.words.say("failure.K211.remedy") in page.next.sentences  # type: ignore[attr-defined]
    page.search.setText("K42 用紙")  # type: ignore[attr-defined]
    assert [row.id for row in page.codes.rows] == ["K421"]  # type: ignore[attr-defined]
    assert signed_in.window.words.say("failure.K421.remedy") in signed_in.texts()


def test_a_mix_up_is_closed_by_a_supervisor_with_result_and_reason(at: MakeAt) -> None:
    here = at("suzuki")
    here.window.go("incidents")
    page = here.window.pages["incidents"]
    chosen = page.table.chosen  # type: ignore[attr-defined]
    here.press(Qt.Key.Key_H)
    here.press(Qt.Key.Key_1)  # it was none
    prompt = here.window.prompt
    assert prompt is not None
    here.press(Qt.Key.Key_2)  # the patient was asked
    prompt.confirm()
    assert ("close_incident", chosen, "no_mix_up", "asked_patient", "") in here.made.counter.log
    reception = at("sato")
    reception.window.go("incidents")
    reception.press(Qt.Key.Key_H)
    assert reception.window.prompt is None


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_act_of_a_visit_is_cut_off_in_the_smallest_window(at: MakeAt, language: str) -> None:
    here = at(language=language)
    here.window.open_visit(visit(31))
    QApplication.processEvents()
    page = here.window.pages["visit"]
    for button in page.acts.buttons.values():  # type: ignore[attr-defined]
        assert button.width() >= button.sizeHint().width() - 2, button.text()
        assert button.visibleRegion().boundingRect() == button.rect(), button.text()


@pytest.mark.usefixtures("qapp")
def test_what_is_copied_holds_only_the_letters_that_are_seen() -> None:
    shown, copied = label("氏名を直した。", wrap=True), label("氏名を直した。", wrap=True, select=True)
    assert (shown.plain, copied.plain) == ("氏名を直した。", "氏名を直した。")
    assert "直\u2060し\u2060た" in shown.text()
    assert "直した" in copied.text()
