"""`kiosk card serve` and `kiosk card show`: a virtual card for other people's software, and a technician's look at a
card on a reader."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import dropwhile, takewhile
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from drivers.card.session import IndividualNumberCardSession
from drivers.card.status import Status, tries_left
from drivers.card.traffic import Exchange, recorded
from drivers.pcsc import PcscReader
from drivers.pcsc.survey import survey
from drivers.simulated.card import VirtualCard
from drivers.simulated.card.counters import CounterFile
from drivers.simulated.card.photo import face_photo_jp2
from drivers.simulated.persona import load_persona
from drivers.simulated.vpcd import dialling, serve
from kiosk.app.authorities import record_authorities, trusted_authorities
from kiosk.app.console import FAILED, OK, CommandFailed, Console
from kiosk.app.paths import ASSETS
from kiosk.app.scenario_yaml import ScenarioLoader
from kiosk.app.settings import Settings
from kiosk.domain.card import CardKind, CardSummary, CertificateInfo
from kiosk.domain.certificate_window import CertificateRule, CertificateState, certificate_rule, certificate_state
from kiosk.domain.failures import FailureCode, Fatal, KioskError
from kiosk.domain.rules import load_rules
from kiosk.ports.card import CardConnection, CardInserted, CardTaken, ReaderEvent
from kiosk.runtime.clocks import RealClock

# --- serve --------------------------------------------------------------------------------------------------------


def virtual_card(
    personas: Path, name: str, *, contact: bool, counters: Path | None, fields: Sequence[str] = ()
) -> VirtualCard | None:
    """The persona's card, which signs with its PIN only; None for a card whose chip does not answer.

    `fields` are `FIELD=VALUE` as under `card:` of a scenario. Raises `Fatal(PERSONA_UNKNOWN | SETTINGS_WRONG)`."""
    try:
        persona = load_persona(personas, name).with_overrides(_overrides(fields), {})
    except Fatal as error:
        wrong = error.code is FailureCode.SCENARIO_WRONG
        raise Fatal(FailureCode.SETTINGS_WRONG if wrong else error.code, error.detail) from None
    if persona.card.kind == "none":
        return None
    picture = personas / persona.face / "card.jpg" if persona.face and persona.card.photo else None
    return VirtualCard(
        persona,
        photo_jp2=face_photo_jp2(picture) if picture else None,
        counters=None if counters is None else CounterFile(counters),
        contact=contact,
    )


def _overrides(fields: Sequence[str]) -> dict[str, Any]:
    split = [field.partition("=") for field in fields]
    try:
        return {name.strip(): yaml.load(value, ScenarioLoader) for name, _, value in split}
    except (yaml.YAMLError, ValueError):
        raise Fatal(FailureCode.SETTINGS_WRONG, "--card FIELD=VALUE") from None


def serve_card(chip: VirtualCard | None, host: str, port: int, console: Console, name: str) -> int:
    """Until interrupted, also while the service comes and goes."""
    where = f"{host}:{port}"
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: over.set())

    def report(there: bool) -> None:
        console.print("card_cmd.serving" if there else "card_cmd.waiting", name=name, where=where)

    serve(chip, dialling(host, port), over, report)
    console.print("card_cmd.stopped", name=name)
    return OK


# --- show ---------------------------------------------------------------------------------------------------------

_USUAL = frozenset({Status.OK, Status.END_OF_FILE, Status.FILE_NOT_FOUND})


def show_card(
    settings: Settings, reader: str | None, wait: float, console: Console, *, personal: bool, as_json: bool
) -> int:
    """Print what a look at the card found, also where the card broke off: that is a failed command."""
    look = look_at_card(settings, reader, wait)
    data = as_data(look, console, RealClock().now(), personal=personal)
    print(json.dumps(data, ensure_ascii=False, indent=2) if as_json else "\n".join(as_lines(data, console)))
    if look.failure is None:
        return OK
    console.complain(console.sentence(look.failure))
    return FAILED


@dataclass
class Look:
    """What was learnt about the card on a reader, up to `failure`. `summary` of None: not even what kind it is."""

    reader: str
    atr: bytes = b""
    longest_answer: int = 256
    summary: CardSummary | None = None
    applications: dict[str, bool] = field(default_factory=dict)
    exchanges: list[Exchange] = field(default_factory=list)
    certificate_size: int | None = None
    failure: KioskError | None = None

    @property
    def milliseconds(self) -> list[float]:
        return [exchange.seconds * 1000 for exchange in self.exchanges]


class Arrival:
    """Waits for a card on the reader."""

    def __init__(self) -> None:
        self.insertion: int | None = None
        self.came = threading.Event()

    def __call__(self, event: ReaderEvent) -> None:
        if isinstance(event, CardInserted):
            self.insertion = event.insertion
            self.came.set()
        elif isinstance(event, CardTaken):
            self.insertion = None


def look_at_card(settings: Settings, reader_name: str | None, wait_seconds: float) -> Look:
    """No credential is presented and no counter changes. Raises what the reader raises before the first exchange, and
    `CommandFailed` without a reader or when no card comes in time."""
    wanted = reader_name or settings.card.reader
    reader, arrival = PcscReader(wanted), Arrival()
    reader.start(arrival)
    try:
        if reader.name is None:
            raise _without_reader(wanted)
        if not arrival.came.wait(wait_seconds) or arrival.insertion is None:
            raise CommandFailed(FAILED, "card_cmd.no_card", reader=reader.name)
        look = Look(reader.name)
        try:
            connection = reader.connect(arrival.insertion)
        except KioskError as error:
            if error.code is not FailureCode.CARD_SILENT:
                raise
            look.summary = CardSummary(CardKind.SILENT)
            return look
        look.longest_answer = connection.longest_answer
        try:
            look_over(connection, look, settings)
        finally:
            connection.close()
        return look
    finally:
        reader.stop()


def look_over(connection: CardConnection, look: Look, settings: Settings) -> None:
    """What the card or the reader does wrong ends the look, and stands in it."""
    look.atr = connection.atr
    session = IndividualNumberCardSession(
        recorded(connection.transmit, look.exchanges.append),
        trusted=trusted_authorities(settings),
        record_issuers=record_authorities(settings),
        longest_answer=look.longest_answer,
    )
    try:
        look.summary = session.summarise()
        if look.summary.certificate is not None:
            look.certificate_size = _first_file(look.exchanges)
        look.applications = session.applications()
    except KioskError as failure:
        look.failure = failure


def _without_reader(wanted: str) -> CommandFailed:
    seen = survey(wanted)
    if seen.fault:
        return CommandFailed(FAILED, "card_cmd.refused" if seen.refused else "card_cmd.no_service", detail=seen.fault)
    if not seen.readers:
        return CommandFailed(FAILED, "card_cmd.no_readers")
    return CommandFailed(FAILED, "card_cmd.no_reader", wanted=wanted, readers=", ".join(seen.readers))


def _first_file(exchanges: Sequence[Exchange]) -> int:
    """Bytes of the file that was read first, which is the certificate."""
    later = dropwhile(lambda exchange: exchange.name != "READ BINARY", exchanges)
    return sum(exchange.received - 2 for exchange in takewhile(lambda exchange: exchange.name == "READ BINARY", later))


def _broke_at(exchanges: Sequence[Exchange]) -> int:
    """The last without a status word that a card may give, unless the command was repeated; else the last of all, of
    which the content was wrong. After a failure the session may still have asked what kind of card it is."""
    last = len(exchanges) - 1
    for at in range(last, -1, -1):
        repeated = at < last and exchanges[at + 1].header == exchanges[at].header
        if not repeated and not _is_usual(exchanges[at].status):
            return at
    return last


def _is_usual(status: int | None) -> bool:
    return status is not None and (status in _USUAL or tries_left(status) is not None)


def verdict(summary: CardSummary, now: datetime) -> str:
    """Id of the sentence that says whether reception works with this card."""
    certificate = summary.certificate
    if summary.kind is not CardKind.INDIVIDUAL_NUMBER:
        return f"card_cmd.verdict.{summary.kind.value}"
    if certificate is None:
        return "card_cmd.verdict.no_certificate"
    if not certificate.trusted:
        return "card_cmd.verdict.untrusted"
    state = certificate_state(certificate.not_after, now, _rule(now))
    if state in (CertificateState.IN_GRACE, CertificateState.LAPSED):
        return f"card_cmd.verdict.{'in_grace' if state is CertificateState.IN_GRACE else 'expired'}"
    if now < certificate.not_before:
        return "card_cmd.verdict.not_yet"
    if summary.number_b_tries == 0:
        return "card_cmd.verdict.pin_only" if summary.pin_tries else "card_cmd.verdict.visual_only"
    return "card_cmd.verdict.good" if summary.pin_tries else "card_cmd.verdict.face_only"


def _rule(now: datetime) -> CertificateRule:
    """Without a row for the day there is no grace."""
    try:
        return certificate_rule(load_rules(ASSETS / "rules" / "certificate.toml"), now.date())
    except KioskError:
        return CertificateRule()


def as_data(look: Look, console: Console, now: datetime, *, personal: bool) -> dict[str, Any]:
    summary, times = look.summary or CardSummary(CardKind.SILENT), look.milliseconds
    if look.failure is None:
        judged = verdict(summary, now)
        sentence = console.say(judged)
    else:
        judged, at = "card_cmd.verdict.stopped", _broke_at(look.exchanges)
        sentence = console.say(judged, n=str(at + 1), command=f"{look.exchanges[at].name} {look.exchanges[at].header}")
    return {
        "reader": look.reader,
        "atr": look.atr.hex().upper(),
        "extended_length": look.longest_answer > 256,
        "kind": None if look.summary is None else summary.kind.value,
        "verdict": judged.removeprefix("card_cmd.verdict."),
        "verdict_text": sentence,
        "failure": None if look.failure is None else {"code": look.failure.code.value, "detail": look.failure.detail},
        "applications": look.applications,
        "certificate": _certificate(summary.certificate, look.certificate_size, now, personal=personal),
        "tries_left": {"pin": summary.pin_tries, "number_b": summary.number_b_tries},
        "pinless": summary.pinless,
        "timings": {
            "exchanges": len(times),
            "bytes_sent": sum(exchange.sent or 0 for exchange in look.exchanges),
            "bytes_received": sum(exchange.received for exchange in look.exchanges),
            "total_ms": round(sum(times), 2),
            "median_ms": round(median(times), 3) if times else None,
            "slowest_ms": round(max(times), 3) if times else None,
        },
        "exchanges": [
            {
                "command": exchange.name,
                "header": exchange.header,
                "sent": exchange.sent,
                "received": exchange.received,
                "status": None if exchange.status is None else f"{exchange.status:04X}",
                "ms": round(exchange.seconds * 1000, 3),
            }
            for exchange in look.exchanges
        ],
    }


def _certificate(
    info: CertificateInfo | None, size: int | None, now: datetime, *, personal: bool
) -> dict[str, Any] | None:
    """A certificate ends on a birthday: its day, and the serial number, which is the key to the insurance, are
    personal."""
    if info is None:
        return None
    japan = [moment.astimezone(now.tzinfo) for moment in (info.not_before, info.not_after)]
    starts, ends = (f"{moment:%Y-%m-%d}" if personal else f"{moment:%Y-%m}" for moment in japan)
    shown: dict[str, Any] = {
        "starts": starts,
        "ends": ends,
        "valid_now": info.not_before <= now <= info.not_after,
        "issuer": info.issuer,
        "trusted": info.trusted,
        "test": info.test,
        "bytes": size,
    }
    return shown | {"serial": info.serial} if personal else shown


def as_lines(data: dict[str, Any], console: Console) -> list[str]:
    say = console.say
    yes, no = say("card_cmd.yes"), say("card_cmd.no")
    certificate, tries, timings = data["certificate"], data["tries_left"], data["timings"]
    lines = [say("card_cmd.reader", reader=data["reader"], atr=data["atr"] or "-")]
    if data["kind"] is not None:
        lines.append(say("card_cmd.kind", kind=say(f"card_cmd.kind.{data['kind']}")))
    if data["applications"]:
        found = (f"{name} {yes if there else no}" for name, there in data["applications"].items())
        lines.append(say("card_cmd.applications", list=", ".join(found)))
    if certificate is not None:
        state = say("card_cmd.valid" if certificate["valid_now"] else "card_cmd.not_valid")
        lines += [
            say("card_cmd.certificate", starts=certificate["starts"], ends=certificate["ends"], state=state)
            + (say("card_cmd.test") if certificate["test"] else ""),
            say("card_cmd.issuer", issuer=_printable(certificate["issuer"]), size=str(certificate["bytes"])),
        ]
        if "serial" in certificate:
            lines.append(say("card_cmd.serial", serial=certificate["serial"]))
    if data["kind"] == CardKind.INDIVIDUAL_NUMBER.value:
        shown = {name: "-" if left is None else str(left) for name, left in tries.items()}
        lines.append(say("card_cmd.tries", pin=shown["pin"], number_b=shown["number_b"]))
    if timings["exchanges"]:
        lines.append(
            say(
                "card_cmd.timings",
                n=str(timings["exchanges"]),
                bytes=str(timings["bytes_sent"] + timings["bytes_received"]),
                total=f"{timings['total_ms']:.1f}",
                median=f"{timings['median_ms']:.2f}",
                slowest=f"{timings['slowest_ms']:.2f}",
            )
        )
        lines += [_line(row) for row in data["exchanges"]]
    return [*lines, data["verdict_text"]]


def _printable(text: str) -> str:
    """Whoever made the card wrote it, and a terminal obeys control characters."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _line(row: dict[str, Any]) -> str:
    status = row["status"] or "----"
    return f"  {row['header']}  {row['command']:14} {row['received']:5}  {status}  {row['ms']:8.2f} ms"
