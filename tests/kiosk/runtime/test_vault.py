"""What a visit keeps in memory goes with the visit, even when a late worker brings it afterwards."""

from __future__ import annotations

import numpy as np
import pytest

from kiosk.ports.eligibility import ResultFile
from kiosk.ports.face import Reference
from kiosk.runtime.vault import Vault, VisitRecord, wipe


class Connection:
    def __init__(self) -> None:
        self.closed = 0
        self.atr = b""

    def transmit(self, command: bytes) -> bytes:
        return command

    def close(self) -> None:
        self.closed += 1


def filled(record: VisitRecord) -> tuple[Reference, Connection]:
    reference, connection = Reference(np.ones(4, np.float32)), Connection()
    record.reference, record.connection = reference, connection
    record.results[7] = ResultFile("answer.xml", b"somebody")
    return reference, connection


@pytest.fixture
def vault() -> Vault:
    vault = Vault()
    vault.open("v1")
    return vault


def test_forgotten_visit_is_wiped_and_its_card_let_go(vault: Vault) -> None:
    record = vault.get("v1")
    assert record is not None
    reference, connection = filled(record)
    vault.forget("v1")
    assert not reference.embedding.any()
    assert connection.closed == 1
    assert record.results == {}
    assert record.over.is_set()
    assert record.face_stopped.is_set()
    assert vault.get("v1") is None
    assert vault.empty


def test_forgetting_twice_or_the_unknown_does_nothing(vault: Vault) -> None:
    vault.forget("v1")
    vault.forget("v1")
    vault.forget("never")
    assert vault.empty


def test_one_visit_is_forgotten_and_the_other_stays(vault: Vault) -> None:
    vault.open("v2")
    kept = vault.get("v2")
    assert kept is not None
    reference, connection = filled(kept)
    vault.forget("v1")
    assert reference.embedding.all()
    assert connection.closed == 0
    assert vault.ids() == ("v2",)
    vault.forget_all()
    assert vault.empty
    assert connection.closed == 1


def test_what_comes_late_is_wiped_by_whoever_brings_it(vault: Vault) -> None:
    record = vault.get("v1")
    assert record is not None
    vault.forget("v1")
    reference, connection = filled(record)
    wipe(record)
    wipe(record)
    assert not reference.embedding.any()
    assert connection.closed == 1


def test_record_says_nothing_about_its_visit(vault: Vault) -> None:
    record = vault.get("v1")
    assert record is not None
    filled(record)
    assert "somebody" not in repr(record)
    assert "1." not in repr(record)
