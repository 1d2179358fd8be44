"""What no virtual reader says: a reader that can carry long answers. Its words, from PC/SC part 10."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from drivers.pcsc import service
from drivers.pcsc.service import Card

FEATURES = bytes.fromhex("0604420033120A04420033121204420035B0")  # pin entry, its properties, and those of the reader
QUESTION, PROPERTIES = 0x42000D48, 0x420035B0


def card(monkeypatch: pytest.MonkeyPatch, answers: dict[int, bytes]) -> Card:
    def control(_handle: object, code: int, _data: list[int]) -> tuple[int, list[int]]:
        return (0, list(answers[code])) if code in answers else (0x80100016, [])

    stub = SimpleNamespace(SCARD_PCI_T0=0, SCARD_PCI_T1=1, SCARD_PROTOCOL_T0=1, SCardControl=control)
    monkeypatch.setattr(service, "scard", stub)
    return Card(object(), 2)


@pytest.mark.parametrize(
    ("properties", "longest"),
    [
        ("0A0400000100", 65_536),
        ("01020000" + "0A0400080000", 2048),
        ("0A0400000000", 256),
        ("0A04FFFFFFFF", 65_536),
        ("0102", 256),
        ("", 256),
    ],
)
def test_the_longest_answer(monkeypatch: pytest.MonkeyPatch, properties: str, longest: int) -> None:
    answers = {QUESTION: FEATURES, PROPERTIES: bytes.fromhex(properties)}
    assert card(monkeypatch, answers).longest_answer() == longest


@pytest.mark.parametrize("features", [b"", b"\x12", b"\x12\x04\x42", b"\x06\x04\x42\x00\x33\x12"])
def test_a_reader_without_that_feature(monkeypatch: pytest.MonkeyPatch, features: bytes) -> None:
    assert card(monkeypatch, {QUESTION: features}).longest_answer() == 256
    assert card(monkeypatch, {}).longest_answer() == 256
