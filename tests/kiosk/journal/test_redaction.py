"""What looks like a number of a person or like data of a card does not pass."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.journal.redaction import MASK, is_suspicious, mask

MY_NUMBER = "123456789018"  # made up, with a right check digit


@pytest.mark.parametrize(
    "secret",
    [
        MY_NUMBER,
        "1234 5678 9018",
        "1234-5678-9018",
        "１２３４５６７８９０１８",
        "１２３４　５６７８　９０１８",
        "1234‐5678‐9018",
        "マイナンバー下4桁：9018",
        "25021131122285",  # 照合番号B: birth date, year of expiry, security code
        "090-1234-5678",
        base64.b64encode(bytes(range(120))).decode(),
        bytes(range(60)).hex(),
    ],
)
def test_secrets_are_masked_wherever_they_stand(secret: str) -> None:
    for text in (secret, f"before {secret} after", f"x{secret}y", f"key={secret}"):
        hidden = mask(text)
        assert MASK in hidden
        assert secret not in hidden
        assert is_suspicious(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0.1.0",
        "yunet-2023mar+sface-2021dec opencv-4.14.0.94",
        "certificate ends 2026-09-30",
        "K403 journal.db: SQLITE_FULL",
        "受付 3 番",
    ],
)
def test_ordinary_lines_pass_unchanged(text: str) -> None:
    assert mask(text) == text
    assert not is_suspicious(text)


@given(st.text(), st.from_regex(r"[0-9]{10,20}", fullmatch=True), st.text())
def test_no_long_run_of_digits_ever_passes(before: str, digits: str, after: str) -> None:
    assert digits not in mask(before + digits + after)
