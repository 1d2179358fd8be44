"""The search itself can fail: a secret that was planted is found in every dress."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable

import pytest

from tests.kiosk.app.search import SecretSearch

Dress = Callable[[bytes], bytes]

PIN, NUMBER = "7391", "25021120312285"
PHOTO = random.Random(1).randbytes(6000)


@pytest.fixture(scope="module")
def search() -> SecretSearch:
    search = SecretSearch()
    search.add_word("pin", PIN)
    search.add_number("number", NUMBER)
    search.add_content("photo", PHOTO)
    return search


NOISE = random.Random(2).randbytes(500) + b' {"at": "2026-11-24T09:30:00", "score": 0.61, "id": "0a7391b"} 173912 '


@pytest.mark.parametrize(
    ("name", "secret"),
    [("pin", PIN.encode()), ("number", NUMBER.encode()), ("photo", PHOTO[3001:3033])],
)
@pytest.mark.parametrize(
    "dress",
    [
        lambda secret: secret,
        lambda secret: secret.hex().encode(),
        lambda secret: secret.hex(" ").upper().encode(),
        lambda secret: repr(b"\x01\x04" + secret).encode(),
        lambda secret: base64.b64encode(secret),
        lambda secret: base64.urlsafe_b64encode(b"<" + secret + b">"),
        lambda secret: b"pin=" + base64.b64encode(b'{"pin": "' + secret + b'"}'),
    ],
    ids=["raw", "hex", "spaced hex", "repr", "base64", "base64 among others", "base64 of JSON"],
)
def test_a_planted_secret_is_found(search: SecretSearch, name: str, secret: bytes, dress: Dress) -> None:
    assert search.found_in(NOISE + b"\0" + dress(secret) + b"\0" + NOISE) == {name}


def test_wide_digits_and_wide_letters_are_digits(search: SecretSearch) -> None:
    assert search.found_in("暗証番号：７３９１".encode()) == {"pin"}
    assert search.found_in("x 7391".encode("utf-16-le")) == {"pin"}


def test_no_false_alarm(search: SecretSearch) -> None:
    assert search.found_in(NOISE + b"7392 -73910 " + bytes(4096)) == set()
