"""Cards for the virtual reader of vsmartcard: behind a real PC/SC service, for software that knows nothing of us.

vpcd listens, the card connects. A message is a length of two bytes and a body; a body of one byte is a control
(power off, power on, reset, ask for the answer to reset), a longer one a command. Taking the card away is closing
the connection. Several messages may come in one segment, so the stream is read by lengths.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable

from drivers.simulated.faults import SLOW_SECONDS, Chip, Faults
from kiosk.domain.failures import FailureCode, NeedsStaff

HOST = "127.0.0.1"
PORT = 35963
READER = "Virtual PCD 00 00"
"""Name that the service gives to the first slot."""

RETRY_SECONDS = 0.25
POLLED_SECONDS = 0.6
"""After which the service has looked at the reader at least once; it does so every 400 ms."""

ABSENT_SECONDS = 1.0
"""How long a card that left by itself stays away before `serve` puts it back; vpcd looks every 400 ms."""

_POWER_OFF, _POWER_ON, _RESET, _ATR = 0, 1, 2, 4
_LENGTH_BYTES = 2
_LONGEST_MESSAGE = 0xFFFF
_FROZEN_TICK_SECONDS = 0.02
_AWAKE_SECONDS = 0.0005
_QUICK_ACK: int | None = getattr(socket, "TCP_QUICKACK", None)
_MUTE_ATR = bytes(40)
"""Longer than any answer to reset may be: the service sees that something is there and cannot power it."""

_NO_ANSWER = bytes(1)
"""Too short for a status word, which whoever asked takes for an exchange that failed. An empty message would leave the
service waiting without end, and silence too: vpcd has no word for a card that does not answer."""

Dial = Callable[[], socket.socket]


def dialling(host: str = HOST, port: int = PORT) -> Dial:
    """Connects to vpcd; raises `NeedsStaff(READER_GONE)` when nothing listens there, or there is no such place."""

    def dial() -> socket.socket:
        try:
            return socket.create_connection((host, port), timeout=RETRY_SECONDS * 4)
        except (OSError, UnicodeError):  # the latter for a name that no host can have
            raise NeedsStaff(FailureCode.READER_GONE, f"vpcd {host}:{port}") from None

    return dial


class VpcdSlot:
    """One slot of the virtual reader.

    `left` is called, on the slot's own thread, when a card went without `remove`: pulled by the fault menu, or the
    service stopped. `apdus` counts all commands since the slot was made. Faults `busy` has no meaning here: another
    program has to be one.
    """

    def __init__(self, dial: Dial | None = None, left: Callable[[], None] = lambda: None) -> None:
        self.faults = Faults()
        self.apdus = 0
        self._dial = dial or dialling()
        self._left = left
        self._lock = threading.Lock()
        self._link: _Link | None = None

    @property
    def occupied(self) -> bool:
        with self._lock:
            return self._link is not None

    def place(self, chip: Chip | None) -> None:
        """Lay a card down; None is something without a working chip. A card that lies there is taken away first.

        Raises `NeedsStaff(READER_GONE)` when vpcd is not there.
        """
        self.remove()
        self.faults.begin(chip)
        link = _Link(self, chip, self._dial())
        with self._lock:
            self._link = link
        link.start()

    def remove(self) -> bool:
        """Take the card away, whatever is going on. False when there was none."""
        with self._lock:
            link, self._link = self._link, None
        if link is None:
            return False
        link.close()
        return True

    def freeze(self) -> None:
        """No command is answered any more, until `thaw` or until the card is taken away."""
        self.faults.frozen = True

    def thaw(self) -> None:
        """Nothing is frozen or slow any more."""
        self.faults.frozen = False
        self.faults.slow = 0.0

    def slow_down(self) -> None:
        """Every answer takes long, and still comes in time."""
        self.faults.slow = SLOW_SECONDS

    def _ended(self, link: _Link) -> None:
        with self._lock:
            if self._link is not link:
                return
            self._link = None
        self._left()


class _Link:
    """One insertion: the connection to vpcd and the thread that answers on it."""

    def __init__(self, slot: VpcdSlot, chip: Chip | None, stream: socket.socket) -> None:
        self._slot = slot
        self._chip = chip
        self._stream = stream
        self._gone = threading.Event()
        self._commands = 0
        self._powered = False
        self._received = b""
        self._thread = threading.Thread(target=self._run, name="vpcd", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._gone.set()
        with contextlib.suppress(OSError):
            self._stream.shutdown(socket.SHUT_RDWR)
        self._stream.close()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        # The field powers a contactless chip before anybody asks for it.
        self._power(True)
        try:
            self._stream.settimeout(None)
            self._stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while not self._gone.is_set():
                if not self._answer(self._message()):
                    break
        except OSError:
            pass  # the service stopped, or the card was taken away
        finally:
            self._power(False)
            # Told before it can be noticed, so that whoever waits for the service to notice waits in time.
            self._slot._ended(self)
            self._stream.close()

    def _answer(self, message: bytes) -> bool:
        """False when the card is pulled instead."""
        if len(message) != 1:
            return self._command(message) if message else True
        control = message[0]
        if control == _ATR:
            self._send(_MUTE_ATR if self._chip is None else self._chip.atr)
        elif control in (_POWER_ON, _POWER_OFF):
            self._power(control == _POWER_ON)
        elif control == _RESET and not self._powered:
            # After one program took the power, another's reset is all that the service sends; readers power it then.
            self._power(True)
        elif control == _RESET and self._chip is not None:
            self._chip.reset()
        return True

    def _power(self, on: bool) -> None:
        self._powered = on
        if self._chip is not None:
            (self._chip.power_on if on else self._chip.power_off)()

    def _command(self, command: bytes) -> bool:
        faults, chip = self._slot.faults, self._chip
        self._slot.apdus += 1
        self._commands += 1
        if chip is None or faults.pulls_at(self._commands):
            if chip is not None:
                chip.remove_after_apdus = None
            return False
        while faults.frozen and not self._gone.wait(_FROZEN_TICK_SECONDS):
            pass
        if faults.slow:
            self._gone.wait(faults.slow)
        if self._gone.is_set():
            return False
        answer = faults.answers.get(self._commands)
        if answer is None:
            # Programs that share a card can take its power from one another, and the service sends on.
            answer = chip.transmit(command) if self._powered else _NO_ANSWER
        self._send(answer)
        return True

    def _send(self, body: bytes) -> None:
        if len(body) > _LONGEST_MESSAGE:
            raise OSError("longer than a message may be")
        self._stream.sendall(len(body).to_bytes(_LENGTH_BYTES, "big") + body)

    def _message(self) -> bytes:
        """The next one; what came with it in the same segment waits."""
        while True:
            waiting = self._received
            end = _LENGTH_BYTES + int.from_bytes(waiting[:_LENGTH_BYTES], "big")
            if len(waiting) >= end:
                self._received = waiting[end:]
                return waiting[_LENGTH_BYTES:end]
            if _QUICK_ACK is not None:
                # It does not stick, and without it every exchange waits 40 ms for an acknowledgement.
                self._stream.setsockopt(socket.IPPROTO_TCP, _QUICK_ACK, 1)
            part = self._while_awake() or self._stream.recv(_LONGEST_MESSAGE)
            if not part:
                raise ConnectionResetError
            self._received = waiting + part

    def _while_awake(self) -> bytes:
        """What comes within moments, nothing when nothing does. The next command mostly follows at once, and a thread
        that sleeps until then costs the waking of its core: more than the exchange itself. Whoever else is ready on
        this core goes first: mostly the service, on its way to send what is waited for."""
        until = time.perf_counter() + _AWAKE_SECONDS
        while time.perf_counter() < until:
            try:
                return self._stream.recv(_LONGEST_MESSAGE, socket.MSG_DONTWAIT)
            except BlockingIOError:
                os.sched_yield()
        return b""


def serve(
    chip: Chip | None,
    dial: Dial,
    stop: threading.Event,
    report: Callable[[bool], None] = lambda _there: None,
) -> None:
    """Keep a card in the slot until `stop`, also while the service comes and goes. `report` hears True when the card
    lies in the slot and False when it does not, once for each change."""
    gone = threading.Event()
    slot = VpcdSlot(dial, left=gone.set)
    known: bool | None = None

    def tell(there: bool) -> None:
        nonlocal known
        if there is not known:
            known = there
            report(there)

    while not stop.is_set():
        gone.clear()
        try:
            slot.place(chip)
        except NeedsStaff:
            tell(False)
            stop.wait(RETRY_SECONDS)
            continue
        tell(True)
        while not (stop.wait(RETRY_SECONDS) or gone.is_set()):
            pass
        if not stop.is_set():
            tell(False)
            stop.wait(ABSENT_SECONDS)
    slot.remove()
