"""What the card costs: exchanges and bytes, time on the air against the computed bound, OpenSC's tools through the
same service, and how soon the driver notices what happens."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from drivers.card.session import IndividualNumberCardSession
from drivers.pcsc import PcscReader
from drivers.pcsc.service import Context
from drivers.simulated.card import VirtualCard, verification_number_b
from drivers.simulated.card.photo import face_photo_jp2
from drivers.simulated.persona import Persona, load_persona
from drivers.simulated.reader import SimulatedReader
from drivers.simulated.vpcd import READER, VpcdSlot
from kiosk.app.bench.card_flows import CERTIFICATE, FACE, FLOWS, PIN, VISIT, Flows, exchanges_of, reference, sizes_of
from kiosk.app.bench.radio import Exchange, lower_bound_seconds
from kiosk.app.bench.result import BenchFailed, BenchResult, Figure, at_least, figure
from kiosk.app.bench.service import SOCKET_VARIABLE, Cage, new_folder, socket_path, what_is_missing
from kiosk.app.paths import ASSETS
from kiosk.domain.failures import KioskError
from kiosk.domain.messages import Text
from kiosk.ports.card import CardInserted, CardTaken, ReaderAppeared, ReaderEvent

RUNS = 5
RATES = (106, 212, 424)
PERSONA = "hanako"
EXTENDED = 65_536
MOST_OVER_BOUND = 1.10
"""A visit at 424 kbit/s may take so many times the bound."""

LATENCY_EXCHANGES = 2000
PATIENCE_SECONDS = 10.0
_SPIN_SECONDS = 0.0005
_SELECT = bytes.fromhex("00A4040C0AD392F000260100000001")


def measure(*, runs: int = RUNS) -> BenchResult:
    persona = load_persona(ASSETS / "personas", PERSONA)
    figures, notes = _counts(persona), []
    figures += _radio(persona, runs)
    missing = [*what_is_missing(), *([] if shutil.which("pkcs15-tool") else ["opensc"])]
    if missing:
        notes.append(Text("bench_result.card.no_service", (("missing", ", ".join(missing)),)))
    else:
        figures += _service(persona, runs)
    notes.append(Text("bench_result.card.note"))
    required = next(f for f in figures if f.id == "card.visit.bound_ratio.424")
    return BenchResult("card", runs, tuple(figures), at_least(1 / MOST_OVER_BOUND, required), tuple(notes))


def _chip(persona: Persona) -> VirtualCard:
    folder = ASSETS / "personas" / (persona.face or persona.name)
    return VirtualCard(persona, photo_jp2=face_photo_jp2(folder / "card.jpg"))


# --- exchanges and bytes, and the air ----------------------------------------------------------------------------


def _counts(persona: Persona) -> list[Figure]:
    chip = _chip(persona)
    textbook = reference(sizes_of(chip, persona))
    figures: list[Figure] = []
    for flow in FLOWS:
        for way, answer in (("short", 256), ("extended", EXTENDED)):
            chip.power_on()
            went = exchanges_of(partial(Flows(persona, answer).run, flow), chip.transmit)
            figures.append(figure(f"card.{flow}.exchanges.{way}", "count", [len(went)]))
            figures.append(figure(f"card.{flow}.bytes.{way}", "bytes", [_bytes(went)]))
        figures.append(figure(f"card.{flow}.exchanges.reference", "count", [len(textbook[flow])]))
        figures.append(figure(f"card.{flow}.bytes.reference", "bytes", [_bytes(textbook[flow])]))
    return figures


def _bytes(exchanges: list[Exchange] | tuple[Exchange, ...]) -> int:
    return sum(one.command + one.answer for one in exchanges)


def _radio(persona: Persona, runs: int) -> list[Figure]:
    chip = _chip(persona)
    textbook = reference(sizes_of(chip, persona))
    figures: list[Figure] = []
    for flow in (CERTIFICATE, FACE, PIN, VISIT):
        for rate in RATES:
            bound = lower_bound_seconds(textbook[flow], rate)
            taken = [_timed(chip, persona, flow, rate) for _ in range(runs)]
            figures.append(figure(f"card.{flow}.air.{rate}", "ms", [seconds * 1000 for seconds in taken]))
            figures.append(figure(f"card.{flow}.bound.{rate}", "ms", [bound * 1000]))
            figures.append(figure(f"card.{flow}.bound_ratio.{rate}", "times", [bound / seconds for seconds in taken]))
    return figures


def _timed(chip: VirtualCard, persona: Persona, flow: str, rate: int) -> float:
    """One flow through the simulated reader with the air's time for each exchange, this program's own time included."""

    def on_air(command: int, answer: int) -> None:
        _wait(lower_bound_seconds([Exchange(command, answer)], rate))

    reader = SimulatedReader(delay=on_air)
    connection = reader.connect(reader.place(chip))
    began = time.perf_counter()
    Flows(persona).run(flow, connection.transmit)
    seconds = time.perf_counter() - began
    connection.close()
    return seconds


def _wait(seconds: float) -> None:
    """Exactly: a sleep alone oversleeps by a tenth of a short exchange."""
    until = time.perf_counter() + seconds
    if seconds > _SPIN_SECONDS:
        time.sleep(seconds - _SPIN_SECONDS)
    while time.perf_counter() < until:
        pass


# --- behind a PC/SC service ---------------------------------------------------------------------------------------


def _service(persona: Persona, runs: int) -> list[Figure]:
    folder = new_folder()
    os.environ[SOCKET_VARIABLE] = socket_path(folder)
    cage = Cage(folder)
    try:
        cage.order("start")
        return [*_against_opensc(cage, persona), *_latency(cage, persona, runs), *_notice(cage, persona, runs)]
    except (KioskError, subprocess.SubprocessError) as error:
        raise BenchFailed(Text("bench_result.card.not_measured", (("reason", str(error)),))) from None
    finally:
        cage.end()
        shutil.rmtree(folder, ignore_errors=True)


class _Seen:
    """What the driver reports, and when."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._events: list[tuple[float, ReaderEvent]] = []

    def __call__(self, event: ReaderEvent) -> None:
        with self._changed:
            self._events.append((time.perf_counter(), event))
            self._changed.notify_all()

    def forget(self) -> None:
        with self._changed:
            self._events.clear()

    def first(self, kind: type[ReaderEvent]) -> tuple[float, ReaderEvent]:
        def found() -> tuple[float, ReaderEvent] | None:
            return next((row for row in self._events if isinstance(row[1], kind)), None)

        with self._changed:
            row = self._changed.wait_for(found, PATIENCE_SECONDS)
        if row is None:
            raise BenchFailed(Text("bench_result.card.not_measured", (("reason", kind.__name__),)))
        return row


@contextlib.contextmanager
def _lying(cage: Cage, persona: Persona) -> Iterator[tuple[VpcdSlot, VirtualCard]]:
    """The persona's card in the slot, noticed when this begins, and noticed to be gone when it is over."""
    slot, chip, context = VpcdSlot(cage.dial), _chip(persona), Context()
    slot.place(chip)
    try:
        _until(lambda: context.state(READER).present)
        yield slot, chip
    finally:
        slot.remove()
        _until(lambda: not context.state(READER).present)
        context.release()


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > until:
            raise BenchFailed(Text("bench_result.card.not_measured", (("reason", READER),)))
        time.sleep(0.005)


def _against_opensc(cage: Cage, persona: Persona) -> list[Figure]:
    figures: list[Figure] = []
    with _lying(cage, persona) as (slot, chip):
        ours = _counted_by_slot(slot, partial(_ours, persona))
        figures += [figure(f"card.{flow}.exchanges.service", "count", [count]) for flow, count in ours.items()]
        record = sizes_of(chip, persona).face_record
        for way, driver in (("opensc", None), ("opensc_jpki", "jpki")):
            theirs = _counted_by_slot(slot, partial(_opensc, persona, record, driver))
            for flow, count in theirs.items():
                figures.append(figure(f"card.{flow}.exchanges.{way}", "count", [count]))
                figures.append(figure(f"card.{flow}.{way}_ratio", "times", [count / ours[flow]]))
    return figures


def _counted_by_slot(slot: VpcdSlot, work: Callable[[str], None]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for flow in FLOWS:
        before = slot.apdus
        work(flow)
        counts[flow] = slot.apdus - before
    return counts


def _ours(persona: Persona, flow: str) -> None:
    reader, seen = PcscReader(READER), _Seen()
    reader.start(seen)
    try:
        _, event = seen.first(CardInserted)
        assert isinstance(event, CardInserted)
        connection = reader.connect(event.insertion)
        Flows(persona, connection.longest_answer).run(flow, connection.transmit)
        connection.close()
    finally:
        reader.stop()


def _opensc(persona: Persona, record: int, driver: str | None, flow: str) -> None:
    """OpenSC's tools reading the same. They know nothing of the card-face application: its commands are given to
    `opensc-tool` one by one, as the textbook has them."""
    card = persona.card
    read = ["pkcs15-tool", "--read-certificate", "1"]
    number = verification_number_b(card.birth_date, card.card_expires, card.security_code, card.western_birth_date)
    face = ["00A4040C0AD3921000310001010402", "00A4020C020012", f"002000800E{number.encode().hex()}"]
    face += ["00A4020C020002", "00B0000004"]
    for offset in range(0, record, 256):
        face.append(f"00B0{offset:04X}{min(256, record - offset) & 0xFF:02X}")
    send = ["opensc-tool", *(part for command in face for part in ("--send-apdu", command))]
    with tempfile.TemporaryDirectory() as folder:
        message = Path(folder) / "in"
        message.write_bytes(b"challenge of the terminal")
        module = next((str(path) for path in Path("/usr/lib").glob("*/opensc-pkcs11.so")), "opensc-pkcs11.so")
        sign = ["pkcs11-tool", "--module", module, "--slot-index", "0", "--login", "--pin", card.pin, "--sign"]
        sign += ["--id", "01", "--mechanism", "SHA256-RSA-PKCS", "--input-file", str(message)]
        sign += ["--output-file", str(Path(folder) / "out")]
        steps = {CERTIFICATE: [read], FACE: [send], PIN: [read, sign], VISIT: [read, sign, send]}[flow]
        for step in steps:
            subprocess.run(
                step,
                env=os.environ | ({} if driver is None else {"OPENSC_DRIVER": driver}),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=60,
                check=True,
            )


def _latency(cage: Cage, persona: Persona, runs: int) -> list[Figure]:
    """One short exchange, the service called directly and through the driver with its deadline. The card is served by
    a process of its own, as cards are.

    Four times in an exchange one process waits for another. Where these sit on different cores, each time a sleeping
    core has to be woken, which costs a virtual machine more than all that is measured here: so on one core first.
    Which of them share a core is chance, and stays so until a process starts anew: so each run starts the card anew.
    """
    cores = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(cores)})
        cage.stay_on({min(cores)})
        together = _latency_of(cage, persona, runs, "")
    finally:
        os.sched_setaffinity(0, cores)
        cage.stay_on(cores)
    return together + _latency_of(cage, persona, runs, ".cores")


def _latency_of(cage: Cage, persona: Persona, runs: int, where: str) -> list[Figure]:
    service: list[float] = []
    driver: list[float] = []
    for _ in range(runs):
        with _served(cage, persona):
            context = Context()
            direct = context.connect(READER)
            service += _microseconds(direct.transmit)
            direct.disconnect()
            context.release()
            reader, seen = PcscReader(READER), _Seen()
            reader.start(seen)
            _, event = seen.first(CardInserted)
            assert isinstance(event, CardInserted)
            connection = reader.connect(event.insertion)
            driver += _microseconds(connection.transmit)
            connection.close()
            reader.stop()
    return [
        figure(f"card.latency.service{where}", "us", service),
        figure(f"card.latency.driver{where}", "us", driver),
    ]


@contextlib.contextmanager
def _served(cage: Cage, persona: Persona) -> Iterator[None]:
    context = Context()
    command = cage.inside(sys.executable, "-m", "kiosk.app.cli", "card", "serve", persona.name)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            _until(lambda: context.state(READER).present)
            yield
        finally:
            process.kill()
    _until(lambda: not context.state(READER).present)
    context.release()


def _microseconds(transmit: Callable[[bytes], bytes]) -> list[float]:
    taken: list[float] = []
    for _ in range(LATENCY_EXCHANGES):
        began = time.perf_counter()
        transmit(_SELECT)
        taken.append((time.perf_counter() - began) * 1e6)
    return taken


def _notice(cage: Cage, persona: Persona, runs: int) -> list[Figure]:
    """From the hand to the program: the service looks at the reader every 400 ms."""
    inserted: list[float] = []
    pulled: list[float] = []
    pulled_in_exchange: list[float] = []
    restarted: list[float] = []
    reader, seen, chip = PcscReader(READER), _Seen(), _chip(persona)
    slot = VpcdSlot(cage.dial)
    reader.start(seen)
    try:
        for _ in range(runs):
            began = time.perf_counter()
            slot.place(chip)
            _, event = seen.first(CardInserted)
            assert isinstance(event, CardInserted)
            connection = reader.connect(event.insertion)
            connection.transmit(_SELECT)
            inserted.append(time.perf_counter() - began)

            slot.faults.remove_after = 2
            began = time.perf_counter()
            with contextlib.suppress(KioskError):
                IndividualNumberCardSession(connection.transmit).summarise()
            pulled_in_exchange.append(time.perf_counter() - began)
            connection.close()
            seen.first(CardTaken)
            seen.forget()

            slot.place(chip)
            seen.first(CardInserted)
            began = time.perf_counter()
            slot.remove()
            moment, _ = seen.first(CardTaken)
            pulled.append(moment - began)
            seen.forget()

            cage.order("stop")
            seen.forget()
            began = time.perf_counter()
            cage.order("start")
            moment, _ = seen.first(ReaderAppeared)
            restarted.append(moment - began)
            seen.forget()
    finally:
        slot.remove()
        reader.stop()
    return [
        figure("card.insert_to_answer", "ms", [seconds * 1000 for seconds in inserted]),
        figure("card.pull_noticed_in_exchange", "ms", [seconds * 1000 for seconds in pulled_in_exchange]),
        figure("card.pull_noticed_idle", "ms", [seconds * 1000 for seconds in pulled]),
        figure("card.restart_to_ready", "ms", [seconds * 1000 for seconds in restarted]),
    ]
