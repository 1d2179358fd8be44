"""A staff card on a reader of the running service: registered by its person, signed in with, removed when lost."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pyotp
import pytest

from drivers.simulated.card import VirtualCard
from drivers.simulated.faults import Chip
from drivers.simulated.piv import PivCard
from drivers.simulated.vpcd import READER
from kiosk.app.cli import main
from kiosk.app.journal import open_journal
from kiosk.app.paths import DataFolders
from kiosk.app.staff_accounts import open_accounts, open_sign_in
from kiosk.app.staff_card import PcscStaffCards
from kiosk.domain.accounts import Role
from kiosk.domain.secret import Secret
from kiosk.ports.accounts import CardTrouble, StaffCard
from kiosk.staff.sign_in import Enrolled

pytestmark = pytest.mark.pcscd

PASSWORD = "correct horse battery"


def test_only_a_card_with_a_key_of_its_own_is_taken(
    lay: Callable[[Chip], None], card: Callable[..., VirtualCard]
) -> None:
    assert PcscStaffCards(READER, wait_seconds=0.1).present() is CardTrouble.NO_CARD
    cards = PcscStaffCards(READER, wait_seconds=60.0)
    mine = PivCard()
    lay(mine)
    first, second = cards.present(), cards.present()
    assert isinstance(first, StaffCard)
    assert first == second
    lay(PivCard(certified=mine.key))
    assert cards.present() is CardTrouble.UNSUITABLE
    lay(card())
    assert cards.present() is CardTrouble.UNSUITABLE
    assert PcscStaffCards("no such reader", wait_seconds=0.1).present() is CardTrouble.NO_READER


def test_a_card_is_registered_signed_in_with_and_removed(
    lay: Callable[[Chip], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = DataFolders(tmp_path / "data")
    folders.create()
    config = tmp_path / "kiosk.toml"
    config.write_text(f'[facility]\ndata = "{folders.root}"\n[staff]\ncard_reader = "{READER}"\n', encoding="utf-8")
    lay(PivCard())
    with closing(open_accounts(folders)) as store, closing(open_journal(folders)) as journal:
        desk = open_sign_in(folders, store, journal)
        made = desk.enrol("suzuki", Role.SUPERVISOR, Secret(PASSWORD), "suzuki")
    assert isinstance(made, Enrolled)
    totp = pyotp.parse_uri(made.uri)
    assert isinstance(totp, pyotp.TOTP)

    def accounts(*arguments: str, typed: tuple[str, ...]) -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
        assert main(["staff", "accounts", *arguments, "--json", "--config", str(config)]) == 0
        return capsys.readouterr().out

    assert json.loads(accounts("card", "suzuki", typed=(PASSWORD, totp.now(), PASSWORD)))["card"]
    # From now on the card signs in, in place of the code.
    assert not json.loads(accounts("remove-card", "suzuki", "--by", "suzuki", typed=(PASSWORD, "")))["card"]
    with closing(open_accounts(folders)) as store:
        found = store.find("suzuki")
        assert found is not None
        assert found.card_key is None
