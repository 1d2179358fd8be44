from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from drivers.card.traffic import Exchange
from drivers.simulated.card import VirtualCard, simulated_ca_certificates
from drivers.simulated.card.counters import CounterFile
from drivers.simulated.persona import load_persona
from drivers.simulated.reader import SimulatedReader
from kiosk.app.authorities import trusted_authorities
from kiosk.app.card import Look, as_data, as_lines, look_over, verdict, virtual_card
from kiosk.app.catalogue import load_catalogue
from kiosk.app.console import Console
from kiosk.app.paths import ASSETS
from kiosk.app.settings import Settings
from kiosk.domain.card import CardKind, CardSummary, CertificateInfo
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.runtime.clocks import JAPAN

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=JAPAN)
STARTS, ENDS = datetime(2026, 2, 11, 15, tzinfo=UTC), datetime(2031, 2, 11, 14, 59, 59, tzinfo=UTC)
CATALOGUE = load_catalogue(ASSETS / "messages")


def summary(**changed: Any) -> CardSummary:
    info = {"serial": "5A10BEEF", "not_before": STARTS, "not_after": ENDS, "issuer": "O=MADOGUCHI-TEST"}
    info |= {"trusted": True, "test": True} | {k: v for k, v in changed.items() if k in ("trusted", "not_after")}
    fields: dict[str, Any] = {"kind": CardKind.INDIVIDUAL_NUMBER, "pin_tries": 3, "number_b_tries": 10}
    fields |= {k: v for k, v in changed.items() if k not in ("trusted", "not_after")}
    return CardSummary(**({"certificate": CertificateInfo(**info)} | fields))


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (summary(), "good"),
        (summary(pin_tries=0), "face_only"),
        (summary(pin_tries=0, pinless=True), "face_only"),
        (summary(number_b_tries=0), "pin_only"),
        (summary(number_b_tries=0, pin_tries=0), "visual_only"),
        (summary(not_after=datetime(2026, 11, 23, 14, 59, 59, tzinfo=UTC)), "in_grace"),
        (summary(not_after=datetime(2026, 8, 1, 14, 59, 59, tzinfo=UTC)), "in_grace"),
        (summary(not_after=datetime(2026, 7, 31, 14, 59, 59, tzinfo=UTC)), "expired"),
        (summary(trusted=False), "untrusted"),
        (summary(certificate=None), "no_certificate"),
        (CardSummary(CardKind.JUKI), "juki"),
        (CardSummary(CardKind.OTHER), "other"),
        (CardSummary(CardKind.SILENT), "silent"),
    ],
)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_verdict_and_words(seen: CardSummary, expected: str, language: str) -> None:
    assert verdict(seen, NOW) == f"card_cmd.verdict.{expected}"
    data = as_data(Look("desk", summary=seen), Console(CATALOGUE, language), NOW, personal=False)
    lines = as_lines(data, Console(CATALOGUE, language))
    assert lines[-1] == data["verdict_text"]
    assert "[[" not in "\n".join(lines)
    json.dumps(data)


def test_a_certificate_that_is_not_valid_yet() -> None:
    assert verdict(summary(), datetime(2025, 1, 1, tzinfo=JAPAN)) == "card_cmd.verdict.not_yet"


@pytest.mark.parametrize("personal", [True, False])
def test_the_day_of_the_end_and_the_serial_number_are_personal(personal: bool) -> None:
    look = Look("desk", b"\x3b\x88", summary=summary(), certificate_size=1404)
    look.exchanges.append(Exchange("SELECT", "00 A4 04 0C", 15, 2, 0x9000, 0.001))
    data = as_data(look, Console(CATALOGUE, "en"), NOW, personal=personal)
    text = json.dumps(data) + "\n".join(as_lines(data, Console(CATALOGUE, "en")))
    assert ("5A10BEEF" in text) is personal
    assert ("2031-02-11" in text) is personal
    assert "2031-02" in text
    assert data["certificate"]["valid_now"]
    assert data["timings"] == {
        "exchanges": 1,
        "bytes_sent": 15,
        "bytes_received": 2,
        "total_ms": 1.0,
        "median_ms": 1.0,
        "slowest_ms": 1.0,
    }


def test_a_certificate_cannot_command_the_terminal() -> None:
    hostile = CertificateInfo("5A", STARTS, ENDS, "O=\x1b]0;x\x07\x9b2J\nThis card is good.", False, False)
    data = as_data(Look("desk", summary=summary(certificate=hostile)), Console(CATALOGUE, "en"), NOW, personal=False)
    lines = as_lines(data, Console(CATALOGUE, "en"))
    assert "O=?]0;x??2J?This card is good." in "\n".join(lines)
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize(
    ("fields", "numbers", "broke", "kind", "code"),
    [
        ({"spoiled_apdu": 3, "spoiled_answer": "6F00"}, (3, 4), "READ BINARY 00 B0 00 FB", None, "K104"),
        ({"spoiled_apdu": 3, "spoiled_answer": "90"}, (3, 4), "READ BINARY 00 B0 00 FB", None, "K104"),
        ({"remove_after_apdus": 0}, (1, 1), "SELECT 00 A4 04 0C", None, "K101"),
        ({"remove_after_apdus": 12}, (13, 13), "SELECT 00 A4 04 0C", "individual_number", "K101"),
        ({"power_up_status": "6F00", "remove_after_apdus": 5}, (6, 6), "READ BINARY 00 B0 02 F1", None, "K101"),
    ],
)
def test_a_card_that_breaks_off_leaves_what_was_exchanged(
    fields: dict[str, Any], numbers: tuple[int, int], broke: str, kind: str | None, code: str
) -> None:
    persona = load_persona(ASSETS / "personas", "hanako").with_overrides(fields, {})
    reader = SimulatedReader()
    look = Look("desk")
    look_over(reader.connect(reader.place(VirtualCard(persona, photo_jp2=None))), look, Settings())
    data = as_data(look, Console(CATALOGUE, "en"), NOW, personal=False)
    assert look.failure is not None
    assert data["failure"] == {"code": code, "detail": look.failure.detail}
    assert (data["kind"], data["verdict"]) == (kind, "stopped")
    at, exchanges = numbers
    assert data["verdict_text"] == f"Reading stopped at exchange {at} ({broke})."
    assert len(data["exchanges"]) == data["timings"]["exchanges"] == exchanges
    answered = str(fields.get("spoiled_answer", ""))[-4:]
    assert data["exchanges"][at - 1]["status"] == (answered if len(answered) == 4 else None)
    lines = as_lines(data, Console(CATALOGUE, "en"))
    assert len([line for line in lines if line.endswith(" ms")]) == exchanges
    assert lines[-1] == data["verdict_text"]
    json.dumps(data)


def test_cards_to_serve(tmp_path: Path) -> None:
    personas = ASSETS / "personas"
    assert virtual_card(personas, "hanako", contact=False, counters=None).atr[:2] == b"\x3b\x88"  # type: ignore[union-attr]
    contact = virtual_card(personas, "hanako", contact=True, counters=tmp_path / "counters")
    assert contact is not None
    assert contact.atr[:2] == b"\x3b\xe0"
    with pytest.raises(Fatal) as caught:
        virtual_card(personas, "nobody", contact=False, counters=None)
    assert caught.value.code is FailureCode.PERSONA_UNKNOWN


def test_fields_of_the_served_card_are_those_of_a_scenario() -> None:
    changed = ("remove_after_apdus=7", "spoiled_apdu=2", "spoiled_answer=6A")
    card = virtual_card(ASSETS / "personas", "hanako", contact=False, counters=None, fields=changed)
    assert card is not None
    assert card.remove_after_apdus == 7
    card.power_on()
    select = bytes.fromhex("00A4040C0AD392F000260100000001")
    assert [card.transmit(select).hex() for _ in range(3)] == ["9000", "6a", "9000"]
    other = virtual_card(ASSETS / "personas", "hanako", contact=False, counters=None, fields=["kind=juki"])
    assert other is not None
    assert other.atr != card.atr


@pytest.mark.parametrize(
    "field",
    [
        *("kind", "kind=iron", "pni=1", "pin_tries=many", "serial=xyz", "kind=[", "spoiled_answer=6"),
        *("serial=00", f"serial={'F' * 40}", "birth_date=1800-01-01", "certificate_starts=0001-01-01"),
    ],
)
def test_a_field_that_no_card_has_is_wrong_usage(field: str) -> None:
    with pytest.raises(Fatal) as caught:
        virtual_card(ASSETS / "personas", "hanako", contact=False, counters=None, fields=[field])
    assert caught.value.code is FailureCode.SETTINGS_WRONG


def test_counters_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "counters.json"
    counters = CounterFile(path)
    counters.setdefault("jpki.0018", 3)
    counters["jpki.0018"] = 2
    again = CounterFile(path)
    assert again.setdefault("jpki.0018", 3) == 2
    assert json.loads(path.read_text()) == {"jpki.0018": 2}
    assert [found.name for found in tmp_path.iterdir()] == ["counters.json"]


@pytest.mark.parametrize("content", ["", "[]", '{"jpki.0018": "3"}', '{"jpki.0018": -1}', '{"jpki.0018": 16}', "\xff"])
def test_a_counter_file_that_is_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "counters.json"
    path.write_text(content, encoding="latin-1")
    with pytest.raises(Fatal) as caught:
        CounterFile(path)
    assert (caught.value.code, caught.value.detail) == (FailureCode.SETTINGS_WRONG, "counters.json")


def test_counters_that_cannot_be_kept(tmp_path: Path) -> None:
    with pytest.raises(Fatal) as caught:
        CounterFile(tmp_path / "nowhere" / "counters.json")
    assert (caught.value.code, caught.value.detail) == (FailureCode.SETTINGS_WRONG, "counters.json")


def test_authorities_of_the_set_up(tmp_path: Path) -> None:
    first, second = simulated_ca_certificates()
    (tmp_path / "a.pem").write_bytes(first.public_bytes(Encoding.PEM))
    (tmp_path / "b.cer").write_bytes(second.public_bytes(Encoding.DER))
    (tmp_path / "readme.txt").write_text("not a certificate")
    settings = Settings().overridden({"card": {"authorities": str(tmp_path)}})
    assert trusted_authorities(settings) == (first, second)
    assert trusted_authorities(Settings()) == (first, second)


@pytest.mark.parametrize("broken", ["absent", "x.der", "version.der"])
def test_authorities_that_cannot_be_read(tmp_path: Path, broken: str) -> None:
    known = simulated_ca_certificates()[0].public_bytes(Encoding.DER)
    contents = {"x.der": b"0", "version.der": known.replace(bytes.fromhex("A003020102"), bytes.fromhex("A003020101"))}
    if broken in contents:
        (tmp_path / broken).write_bytes(contents[broken])
    folder = tmp_path / "absent" if broken == "absent" else tmp_path
    with pytest.raises(Fatal) as caught:
        trusted_authorities(Settings().overridden({"card": {"authorities": str(folder)}}))
    assert caught.value.code is FailureCode.SETTINGS_WRONG
    assert broken in caught.value.detail
