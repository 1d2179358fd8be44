"""The FORM of design 4.4 as a checked value: what is taken, what is refused, and by which words."""

from __future__ import annotations

import base64
import struct
import zlib
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.attestation import (
    KEYS,
    AttestationForm,
    FormRules,
    FormWrong,
    Proxy,
    clean_text,
    parse_form,
    read_day,
    read_month,
)
from kiosk.domain.attestation_sheet import long_date, sheet_of
from kiosk.domain.rules import load_rules

ASSETS = Path(__file__).parents[3] / "assets"
RULES = FormRules(
    load_rules(ASSETS / "rules" / "form.toml"), load_rules(ASSETS / "rules" / "claims.toml"), date(2026, 11, 24)
)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int = 4, height: int = 4, raw: bytes | None = None, tail: bytes = b"") -> bytes:
    data = raw if raw is not None else (b"\x00" + b"\x00" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    whole = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + whole + tail


def packed(data: bytes) -> str:
    return base64.b64encode(data).decode()


def parsed(**data: Any) -> AttestationForm:
    return parse_form(data, RULES)


def test_keys_are_those_of_the_contract() -> None:
    assert " ".join(KEYS) == (
        "name kana birth_date sex address phone insurance_kind insurer_name employer relation since symbol number "
        "branch share_percent reason signed_on signature_png proxy"
    )


def test_nothing_is_a_form_too() -> None:
    assert parsed() == AttestationForm() == parsed(**dict.fromkeys(KEYS)) == parsed(name="", birth_date="", proxy="")


@pytest.mark.parametrize(
    ("data", "key", "value"),
    [
        ({"name": " 𠮷田　髙子\n"}, "name", "𠮷田　髙子"),
        ({"kana": "か\u3099"}, "kana", "が"),
        ({"name": "神\ufe00田"}, "name", "神田"),
        ({"sex": "女"}, "sex", "female"),
        ({"sex": "F"}, "sex", "female"),
        ({"sex": "3"}, "sex", None),
        ({"insurance_kind": "国保"}, "insurance_kind", "municipal"),
        ({"insurance_kind": "国民健康保険組合"}, "insurance_kind", "municipal_union"),
        ({"insurance_kind": "船員保険"}, "insurance_kind", "船員保険"),
        ({"relation": "本人"}, "relation", "self"),
        ({"relation": "世帯主の子"}, "relation", "世帯主の子"),
        ({"reason": "down"}, "reason", "network"),
        ({"since": "2026-04"}, "since", "2026-04"),
        ({"since": "去年の春"}, "since", "去年の春"),
        ({"share_percent": 20}, "share_percent", 20),
        ({"share_percent": "わからない"}, "share_percent", None),
        ({"proxy": True}, "proxy", Proxy()),
        ({"proxy": "長男"}, "proxy", Proxy(relation="長男")),
        ({"proxy": {"name": "見本　一郎", "relation": "長男"}}, "proxy", Proxy("見本　一郎", "長男")),
        ({"signature_png": packed(png())}, "signature_png", png()),
        ({"signature_png": "data:image/png;base64," + packed(png())}, "signature_png", png()),
    ],
)
def test_taken(data: dict[str, Any], key: str, value: Any) -> None:
    assert getattr(parsed(**data), key) == value


@pytest.mark.parametrize(
    ("data", "problem", "key"),
    [
        ({"nam": "x"}, "unknown_key", "nam"),
        ({"share_unknown": True}, "unknown_key", "share_unknown"),
        ({"name": 1}, "text", "name"),
        ({"phone": ["090"]}, "text", "phone"),
        ({"name": "\ud800"}, "encoding", "name"),
        ({"name": "長" * 101}, "too_long", "name"),
        ({"birth_date": "1950-02-30"}, "date", "birth_date"),
        ({"birth_date": "昭和25年3月3日"}, "date", "birth_date"),
        ({"birth_date": 19500303}, "date", "birth_date"),
        ({"birth_date": "2026-11-25"}, "born_later", "birth_date"),
        ({"birth_date": "2001-01-01", "signed_on": "2000-01-01"}, "born_later", "birth_date"),
        ({"signed_on": "24.11.2026"}, "date", "signed_on"),
        ({"since": "2026-13"}, "month", "since"),
        ({"since": "2026-02-30"}, "month", "since"),
        ({"sex": "x"}, "value", "sex"),
        ({"share_percent": 100}, "value", "share_percent"),
        ({"share_percent": True}, "value", "share_percent"),
        ({"share_percent": 30.0}, "value", "share_percent"),
        ({"proxy": 1}, "proxy", "proxy"),
        ({"proxy": {"age": "5"}}, "unknown_key", "proxy.age"),
        ({"signature_png": "no base 64!"}, "picture", "signature_png"),
        ({"signature_png": packed(b"GIF89a")}, "picture", "signature_png"),
        ({"signature_png": packed(png()[:-5])}, "picture", "signature_png"),
        ({"signature_png": packed(png(tail=b"more"))}, "picture", "signature_png"),
        ({"signature_png": packed(png(4, 4, b"\0" * 50_000_000))}, "picture", "signature_png"),
        ({"signature_png": packed(png(6001, 1))}, "picture_large", "signature_png"),
        ({"signature_png": packed(png(60_000, 60_000, b"\0" * 99))}, "picture_large", "signature_png"),
        ({"signature_png": "A" * 900_000}, "picture_large", "signature_png"),
    ],
)
def test_refused(data: dict[str, Any], problem: str, key: str) -> None:
    with pytest.raises(FormWrong) as caught:
        parsed(**data)
    assert (caught.value.problem, caught.value.key) == (problem, key)


def test_an_individual_number_never_stands_in_a_form() -> None:
    form = parsed(number="1234 5678 9018", address="マイナンバー 1234-5678-9018")
    assert form.masked
    assert not [c for c in f"{form.number}{form.address}" if c.isdecimal()]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=8), JSON, max_size=6) | JSON)
def test_anything_is_a_form_or_one_sentence(data: Any) -> None:
    with suppress(FormWrong):
        content = sheet_of(parse_form(data, RULES), RULES)
        assert content.texts.keys() <= set(KEYS) | {f"{key}.other" for key in KEYS}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1950-03-03", date(1950, 3, 3)),
        ("19500303", date(1950, 3, 3)),
        ("S25.3.3", date(1950, 3, 3)),
        ("昭和２５年３月３日", date(1950, 3, 3)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("平成31年5月1日", None),
        ("S64-1-8", None),
        ("25-3-3", None),
        ("1950-02-30", None),
        ("", None),
    ],
)
def test_days_as_people_write_them(text: str, day: date | None) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize(
    ("text", "month"), [("2026-04", (2026, 4)), ("R8.4", (2026, 4)), ("令和8年ごろ", (2026, None)), ("去年", None)]
)
def test_months_as_people_write_them(text: str, month: tuple[int, int | None] | None) -> None:
    assert read_month(text) == month


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(1912, 7, 29), "1912年7月29日"),
        (date(1912, 7, 30), "大正元年7月30日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(1, 1, 1), "1年1月1日"),
    ],
)
def test_dates_on_the_sheet(day: date, written: str) -> None:
    assert long_date(day) == written


@given(st.text(max_size=40))
def test_clean_text_has_one_line_and_is_stable(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert len(cleaned.splitlines()) <= 1
