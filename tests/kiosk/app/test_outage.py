"""A line that goes down and comes back: the real folders, the simulated terminal, simulated time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from drivers.gateway.folders import FolderGateway
from drivers.simulated.persona import Persona, load_persona
from drivers.simulated.population import Population
from drivers.simulated.terminal import SimulatedTerminal, TerminalMode, TerminalState
from kiosk.app.backroom import BackRoom, Surroundings
from kiosk.app.journal import open_journal
from kiosk.app.outage import ONE_BY_ONE
from kiosk.app.paths import ASSETS, DataFolders
from kiosk.app.settings import Settings
from kiosk.domain.claim_note import Numbers
from kiosk.domain.failures import FailureCode, Retriable
from kiosk.domain.outcome import Eligibility
from kiosk.domain.pending import CardFace, Difference, PendingState, PendingVisit
from kiosk.domain.rules import load_rules
from kiosk.runtime.clocks import JAPAN, SimulatedClock

AT = datetime(2026, 11, 24, 9, 30, tzinfo=JAPAN)
PATIENCE = 60.0
HANAKO = load_persona(ASSETS / "personas", "hanako")
KENJI = load_persona(ASSETS / "personas", "kenji")


def face_of(persona: Persona) -> CardFace:
    card = persona.card
    return CardFace(card.name, card.birth_date, card.sex, card.address)


def numbers_of(persona: Persona) -> Numbers:
    record = persona.record
    return Numbers(record.insurer_number, record.symbol, record.number, record.branch)


def entry(name: str, persona: Persona = HANAKO, **changes: object) -> PendingVisit:
    values: dict[str, object] = {"at": AT, "face": face_of(persona), "numbers": numbers_of(persona), "cause": "K301"}
    return PendingVisit(name, **(values | changes))  # type: ignore[arg-type]


class Site:
    def __init__(self, root: Path, people: int = 0, *, by_items: bool = True) -> None:
        self.folders = DataFolders(root)
        self.folders.create()
        self.clock = SimulatedClock(AT)
        self.population = (
            Population(people, 1, load_rules(ASSETS / "rules" / "population.toml"), AT.date()) if people else None
        )
        self.terminal = SimulatedTerminal(
            self.folders.req,
            self.folders.res,
            self.folders.face,
            clock=self.clock,
            register=[HANAKO, KENJI],
            seed=1,
            population=self.population,
        )
        self.clock.every(0.1, self.terminal.poll)
        self.journal = open_journal(self.folders)
        self.room = BackRoom(
            Settings(),
            self.folders,
            self.clock,
            self.journal,
            FolderGateway(
                self.folders.req,
                self.folders.res,
                self.folders.face,
                self.folders.out,
                clock=self.clock,
                institution_code="4719999996",
                rng=random.Random(1),
                simulated_card_queries=by_items,
            ),
            ASSETS,
            Surroundings(by_items=by_items),
        )
        self.lost: list[FailureCode] = []
        self.back: list[int] = []
        self.room.outage.on_lost = self.lost.append
        self.room.outage.on_back = self.back.append
        self.room.start()

    def terminal_is(self, mode: TerminalMode, seconds: float = 0.0) -> None:
        self.terminal.state = TerminalState(mode, seconds)

    def passes(self, seconds: float) -> None:
        until = self.clock.monotonic() + seconds
        while self.clock.monotonic() < until:
            assert self.clock.wait_quiet(PATIENCE)
            self.clock.advance(until)
        assert self.clock.wait_quiet(PATIENCE)

    def line_goes_down(self) -> None:
        self.terminal_is(TerminalMode.DOWN)
        for _ in range(2):
            self.room.line.failed(Retriable(FailureCode.TERMINAL_SILENT))

    def by_state(self, state: PendingState) -> list[str]:
        return [visit.visit_id for visit in self.room.pending.visits(state)]

    @property
    def out(self) -> list[str]:
        return sorted(path.name for path in self.folders.out.iterdir())

    def close(self) -> None:
        self.room.outage.close()
        self.clock.close()
        self.room.close(PATIENCE)
        self.journal.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path / "data")
    yield made
    made.close()


def test_the_line_comes_back_by_itself_and_the_list_is_looked_up(site: Site) -> None:
    site.line_goes_down()
    site.room.outage.left_open(entry("a"))
    site.room.outage.left_open(entry("b", KENJI, numbers=None))  # only the card's face is known
    site.passes(120)
    assert site.by_state(PendingState.OPEN) == ["a", "b"]
    site.terminal_is(TerminalMode.ONLINE)
    site.passes(60)
    assert site.back == [2]
    assert site.by_state(PendingState.SETTLED) == ["a", "b"]
    assert len(site.out) == 2
    assert all(name.startswith("OQSsiquc01res_") for name in site.out)
    [outage] = site.room.pending.outages(5)
    assert outage.until is not None
    assert outage.code == "K301"
    site.passes(3600)
    assert len(site.out) == 2


def test_a_line_that_drops_again_leaves_the_rest_for_later(site: Site) -> None:
    site.line_goes_down()
    for name in "abcdef":
        site.room.outage.left_open(entry(name))
    site.terminal_is(TerminalMode.ONLINE)
    while not site.by_state(PendingState.SETTLED):
        site.passes(0.1)
    site.terminal_is(TerminalMode.DOWN)
    site.passes(120)
    left = site.by_state(PendingState.OPEN)
    assert left
    site.terminal_is(TerminalMode.ONLINE)
    site.passes(600)
    assert site.by_state(PendingState.OPEN) == []
    assert len(site.out) == 6


def test_differences_are_staff_s_and_strangers_are_not_handed_over(site: Site) -> None:
    stranger = CardFace("別　人", HANAKO.card.birth_date, HANAKO.card.sex, "x")
    site.room.outage.left_open(entry("other", face=stranger))
    site.room.outage.left_open(entry("share", share_percent=30))
    site.room.outage.left_open(entry("lost", numbers=Numbers("39479993", None, "999")))
    site.passes(60)
    found = {visit.visit_id: visit.differences for visit in site.room.pending.visits(PendingState.DIFFERENT)}
    assert found == {
        "other": (Difference.PERSON,),
        "share": (Difference.SHARE,),
        "lost": (Difference.ELIGIBILITY,),
    }
    assert len(site.out) == 1  # of the share alone: the person is the right one


@pytest.mark.parametrize("mode", [TerminalMode.GARBAGE, TerminalMode.ENCRYPTED, TerminalMode.ERROR])
def test_a_terminal_in_trouble_is_not_a_line_that_is_down(site: Site, mode: TerminalMode) -> None:
    site.terminal_is(mode)
    site.room.outage.left_open(entry("a"))
    site.passes(60)
    [visit] = site.room.pending.visits()
    assert (visit.state, visit.tried, site.lost) == (PendingState.OPEN, 1, [])
    assert visit.code in ("K303", "K304", "K305")
    site.terminal_is(TerminalMode.ONLINE)
    site.passes(600)
    assert site.by_state(PendingState.SETTLED) == ["a"]


def test_a_long_list_goes_in_bulk_and_the_file_goes_out_once(tmp_path: Path) -> None:
    site = Site(tmp_path / "data", people=60)
    assert site.population is not None
    valid = [p for p in site.population if p.record.validity == "valid"][: ONE_BY_ONE + 10]
    for count, persona in enumerate(valid):
        site.room.outage.left_open(entry(f"v{count:02d}", persona))
    site.passes(120)
    assert site.by_state(PendingState.OPEN) == []
    assert len(site.by_state(PendingState.SETTLED)) > ONE_BY_ONE
    assert [name.partition("_")[0] for name in site.out] == ["OQSmuquc02res"]
    site.close()


def test_without_numbers_a_real_terminal_leaves_it_to_staff(tmp_path: Path) -> None:
    site = Site(tmp_path / "data", by_items=False)
    site.room.outage.left_open(entry("a", numbers=None))
    site.passes(900)
    [visit] = site.room.pending.visits()
    assert (visit.state, visit.code) == (PendingState.OPEN, "")
    assert not list(site.folders.req.iterdir())
    site.close()


def test_folders_that_vanish_are_an_outage(site: Site) -> None:
    site.folders.req.rename(site.folders.root / "away")
    site.passes(60)
    assert site.lost == [FailureCode.TERMINAL_FOLDER_GONE]
    (site.folders.root / "away").rename(site.folders.req)
    site.passes(60)
    assert site.back == [0]


def test_a_look_up_is_of_the_day_of_the_visit(site: Site) -> None:
    site.room.outage.left_open(entry("a", at=AT - timedelta(days=1)))
    site.passes(60)
    [name] = site.out
    assert b"<QualificationConfirmationDate>20261123<" in (site.folders.out / name).read_bytes()
    assert site.room.pending.visits()[0].eligibility is Eligibility.VALID
