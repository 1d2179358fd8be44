from __future__ import annotations

from types import SimpleNamespace

import pytest

from drivers.pcsc import service
from drivers.pcsc.survey import Survey, survey

READERS = ("Virtual PCD 00 00", "Virtual PCD 00 01")


@pytest.mark.pcscd
@pytest.mark.parametrize(
    ("wanted", "chosen"), [("", READERS[0]), ("*00 01", READERS[1]), (READERS[0], READERS[0]), ("ACR", None)]
)
def test_readers_and_the_one_that_is_meant(cage, wanted: str, chosen: str | None) -> None:
    assert cage.running
    assert survey(wanted) == Survey(READERS, chosen)


def test_without_pyscard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "scard", None)
    assert survey("") == Survey(fault="pyscard, 8010001D NO_SERVICE")


def test_a_service_that_refuses_this_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """As from Debian 13 on, where polkit is asked; the service here asks nobody."""
    refusal = SimpleNamespace(SCARD_SCOPE_SYSTEM=2, SCardEstablishContext=lambda _: (0x8010006A - (1 << 32), 0))
    monkeypatch.setattr(service, "scard", refusal)
    assert survey("") == Survey(fault="8010006A SECURITY_VIOLATION", refused=True)


@pytest.mark.pcscd
def test_without_the_service(cage) -> None:
    cage.order("stop")
    try:
        assert survey("").fault == "8010001D NO_SERVICE"
    finally:
        cage.order("start")
