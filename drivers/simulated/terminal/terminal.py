"""Takes requests from `req` and answers in `res` and `face`, as the real terminal does, from a register of personas.

What it stands in for is not public: see the request kinds in `request`. The answers are files in the official form.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from drivers.simulated.persona import Persona, certificate_serial
from drivers.simulated.population import Population
from drivers.simulated.terminal import answer
from drivers.simulated.terminal import request as request_kinds
from drivers.simulated.terminal.register import Hit, Register
from drivers.simulated.terminal.request import CARD, CONSENTS, KINDS, REGISTRATION, Request, read_request
from drivers.simulated.terminal.state import TerminalMode, TerminalState
from kiosk.domain.certificate_window import CertificateState, certificate_rule, certificate_state
from kiosk.domain.rules import RuleTable, load_rules
from kiosk.ports.clock import Clock

RULES = Path(__file__).resolve().parents[3] / "assets" / "rules"
_JAPAN = timezone(timedelta(hours=9))
_IN_GRACE, _NOT_REGISTERED, _ENDS_SOON = "SAMPLE-W0001", "SAMPLE-W0002", "SAMPLE-W0003"
_LAPSED, _UNKNOWN_CARD = "SAMPLE-E0002", "SAMPLE-E0003"
_TROUBLES = (
    TerminalMode.SLOW,
    TerminalMode.SILENT,
    TerminalMode.ERROR,
    TerminalMode.GARBAGE,
    TerminalMode.ENCRYPTED,
)
_TROUBLE_RATE = 1 / 8
_NOT_ONE_PERSON, _UNKNOWN_RECEPTION = "SAMPLE-E0004", "SAMPLE-E0005"


class SimulatedTerminal:
    """Call `poll` regularly, from one thread. `state` and `register` may be replaced at any time.

    Equal seeds, requests and clocks give equal files. `rules` holds the sections of codes.toml and certificate.toml.
    """

    def __init__(
        self,
        req: Path,
        res: Path,
        face: Path,
        *,
        clock: Clock,
        register: Iterable[Persona],
        seed: int,
        state: TerminalState | None = None,
        codes: RuleTable | None = None,
        certificate: RuleTable | None = None,
        population: Population | None = None,
    ) -> None:
        self._req, self._res, self._face = req, res, face
        self._clock = clock
        self._population = population
        self._register = Register(register, population)
        self._back_at: float | None = None
        self._bulks: dict[str, tuple[Request, float]] = {}
        self._receptions = 0
        self._random = random.Random(seed)
        self._codes = codes or load_rules(RULES / "codes.toml")
        self._certificate = certificate or load_rules(RULES / "certificate.toml")
        self._due: list[tuple[float, Request]] = []
        self.state = state or TerminalState()

    def set_register(self, register: Iterable[Persona]) -> None:
        """Replaces everybody the terminal knows; first registrations made before are forgotten."""
        self._register = Register(register, self._population)

    def poll(self) -> int:
        """Handles everything that waits; returns how many requests were taken or answered. Where folders are away or
        the disk is full it does nothing or loses an answer, as the real one would."""
        now = self._clock.monotonic()
        if self.state.mode is TerminalMode.DOWN or self._restarting(now):
            return 0
        handled = 0
        due = [late for at, late in self._due if at <= now]
        self._due = [(at, late) for at, late in self._due if at > now]
        for late in due:
            self._respond(late, self.state.mode)
            handled += 1
        for path in self._waiting():
            request = self._take(path)
            handled += 1
            mode = self._mood()
            if request is None or mode is TerminalMode.SILENT:
                continue
            if mode is TerminalMode.RUNNING and request.kind != request_kinds.BULK_COLLECT:
                self._go_on(request, now)
            elif mode is TerminalMode.SLOW and self.state.seconds > 0:
                self._due.append((now + self.state.seconds, request))
            else:
                self._respond(request, mode)
        return handled

    def read_at_device(self, persona: Persona, items: Sequence[str], institution_code: str) -> Path:
        """A certified reader has read this person's card and taken these consents; its result file goes to `face`."""
        now = self._now()
        request = Request(
            name="",
            kind=CONSENTS,
            on=now.date(),
            institution_code=institution_code,
            identifier=base64.b64encode(self._random.randbytes(11)).decode(),
            groups=(
                {
                    "CertificateSerialNumber": certificate_serial(persona),
                    "ConsentedItems": " ".join(items),
                    "ConsentTime": f"{now:%Y%m%d%H%M%S}",
                },
            ),
        )
        target = self._face / self._face_name(request)
        self._write(target, self._content(request, self._mood()))
        return target

    def _restarting(self, now: float) -> bool:
        if self.state.mode is not TerminalMode.RESTART:
            self._back_at = None
            return False
        if self._back_at is None:
            self._back_at = now + self.state.seconds
            self._due.clear()
            self._bulks.clear()
        if now < self._back_at:
            return True
        self.state = TerminalState(TerminalMode.ONLINE, self.state.seconds, self.state.code)
        return False

    def _mood(self) -> TerminalMode:
        """How the next request fares."""
        if self.state.mode is not TerminalMode.UNSTEADY:
            return self.state.mode
        return self._random.choice(_TROUBLES) if self._random.random() < _TROUBLE_RATE else TerminalMode.ONLINE

    def _waiting(self) -> list[Path]:
        try:
            found = sorted(p for p in self._req.iterdir() if p.name.startswith(KINDS) and p.suffix == ".xml")
            return [path for path in found if path.is_file()]
        except OSError:
            return []

    def _take(self, path: Path) -> Request | None:
        try:
            content = path.read_bytes()
            path.unlink()
        except OSError:
            return None
        request = read_request(path.name, content)
        if request is None:
            self._write(self._res / f"{path.stem}.err", b"")
        return request

    def _go_on(self, request: Request, now: float) -> None:
        """A reader writes to `face` only when it is done; a bulk result tells of its own running."""
        if request.kind not in (CARD, CONSENTS):
            self._write(self._res / request.answer_name, answer.running(request, self._now()))
        if self.state.seconds > 0:
            self._due.append((now + self.state.seconds, request))

    def _respond(self, request: Request, mode: TerminalMode) -> None:
        content = self._content(request, mode)
        if request.kind in (CARD, CONSENTS):
            self._write(self._face / self._face_name(request), content)
        else:
            self._write(self._res / request.answer_name, content)

    def _content(self, request: Request, mode: TerminalMode) -> bytes:
        if mode is TerminalMode.ERROR:
            return answer.failure(request, self._now(), self._note(self.state.code, request))
        content = self._normal(request)
        if mode is TerminalMode.GARBAGE:
            return content[: self._random.randrange(60, max(61, len(content) - 20))]
        if mode is TerminalMode.ENCRYPTED:
            return b"\x01" + self._random.randbytes(len(content))
        return content

    def _normal(self, request: Request) -> bytes:
        match request.kind:
            case request_kinds.NUMBER:
                return self._by_numbers(request)
            case request_kinds.REFERENCE:
                return self._reference(request)
            case request_kinds.BULK_UPLOAD:
                return self._take_in(request)
            case request_kinds.BULK_COLLECT:
                return self._bulk(request)
            case request_kinds.PERSON:
                return self._by_items(request)
        persona = self._register.by_serial(request.items.get("CertificateSerialNumber", ""))
        if persona is None:
            return self._refusal(request, _UNKNOWN_CARD)
        state = self._certificate_state(persona, request)
        if state is CertificateState.LAPSED:
            return self._refusal(request, _LAPSED)
        if request.kind == REGISTRATION:
            self._register.register(persona)
            return answer.result(request, self._now(), None, (), None)
        if not self._register.is_registered(persona):
            return answer.result(request, self._now(), None, (), None, self._note(_NOT_REGISTERED, request))
        return self._by_card(request, persona, state)

    def _by_card(self, request: Request, persona: Persona, state: CertificateState) -> bytes:
        record = persona.record
        in_grace = state is CertificateState.IN_GRACE
        note = self._own_note(persona)
        if in_grace or (note is None and state is CertificateState.EXPIRES_SOON):
            note = self._note(_IN_GRACE if in_grace else _ENDS_SOON, request)
        asked = request.consent_time() if request.kind == CONSENTS and not in_grace else None
        people = self._register.with_same_numbers(persona) if record.validity == "multiple" else (persona,)
        return answer.result(
            request,
            self._now(),
            record.validity,
            people,
            self._consents(request, asked),
            note,
            encoding=record.encoding,
        )

    def _by_numbers(self, request: Request) -> bytes:
        hits = self._hits(request)
        encoding = hits[0].record.encoding if hits else "utf-8"
        return answer.result(request, self._now(), *self._found(request, hits), encoding=encoding)

    def _by_items(self, request: Request) -> bytes:
        """資格情報照会（システム障害時）: by name, birth date, sex and address."""
        items = request.items
        hits = self._register.by_items(
            items.get("Name", ""), request.birth_date(), items.get("Sex1", ""), items.get("Address", "")
        )
        encoding = hits[0].record.encoding if hits else "utf-8"
        return answer.result(request, self._now(), *self._found(request, hits), encoding=encoding)

    def _hits(self, request: Request) -> Hit:
        items = request.items
        return self._register.by_numbers(
            items.get("InsurerNumber", ""),
            items.get("InsuredCardSymbol", ""),
            items.get("InsuredIdentificationNumber", ""),
            items.get("InsuredBranchNumber", ""),
            request.birth_date(),
        )

    def _found(self, request: Request, hits: Hit) -> tuple[str, Hit, answer.Consents | None, answer.Note | None]:
        if not hits:
            return "not_found", (), None, None
        agreed = request.items.get("LimitApplicationCertificateRelatedConsFlg") == "1"
        consents = answer.Consents(listed=(), at=self._now() if agreed else None)
        if len(hits) > 1:
            return "multiple", hits, consents, None
        validity = hits[0].record.validity
        # The numbers fit one person only: what was several by the card is that one.
        return "valid" if validity == "multiple" else validity, hits, consents, self._own_note(hits[0])

    def _reference(self, request: Request) -> bytes:
        """Twins have numbers of their own by the branch; without it nobody can be told apart."""
        items = request.items
        hits = self._register.by_numbers(
            items.get("InsurerNumber", ""),
            items.get("InsuredCardSymbol", ""),
            items.get("InsuredIdentificationNumber", ""),
            items.get("InsuredBranchNumber", ""),
            None,
        )
        number = items.get("ReferenceNumber", "")
        if len(hits) != 1 or not number:
            return self._refusal(request, _NOT_ONE_PERSON)
        self._register.set_reference(hits[0], number)
        return answer.accepted(request, self._now())

    def _take_in(self, request: Request) -> bytes:
        self._receptions += 1
        number = f"{self._now():%Y%m%d}{self._receptions:08d}"
        self._bulks[number] = (request, self._clock.monotonic() + self.state.seconds)
        return answer.accepted(request, self._now(), number)

    def _bulk(self, request: Request) -> bytes:
        number = request.items.get("ReceptionNumber", "")
        held = self._bulks.get(number)
        if held is None:
            return answer.failure(request, self._now(), self._note(_UNKNOWN_RECEPTION, request))
        uploaded, ready_at = held
        if self._clock.monotonic() < ready_at:
            return answer.running(request, self._now())
        del self._bulks[number]
        units = []
        encodings: set[str] = set()
        for group in uploaded.groups:
            single = uploaded.single(group)
            hits = self._hits(single)
            encodings.update(person.record.encoding for person in hits[:1])
            units.append(answer.unit(single, *self._found(single, hits)))
        encoding = encodings.pop() if len(encodings) == 1 else "utf-8"
        return answer.bulk(replace(request, on=uploaded.on), self._now(), number, units, encoding)

    def _consents(self, request: Request, at: datetime | None) -> answer.Consents:
        asked = request.items.get("ConsentedItems", "").split() if at else []
        rows = self._codes.rows("consent_group", request.on) + self._codes.rows("consent_group_new", request.on)
        given = frozenset(row.text("element") for row in rows if row.text("item") in asked)
        always = [row.text("element") for row in self._codes.rows("consent_group", request.on)]
        listed = always + [e for row in rows if (e := row.text("element")) in given and e not in always]
        return answer.Consents(tuple(listed), given, at)

    def _certificate_state(self, persona: Persona, request: Request) -> CertificateState:
        return certificate_state(
            persona.card.certificate_ends, request.on, certificate_rule(self._certificate, request.on)
        )

    def _refusal(self, request: Request, code: str) -> bytes:
        return answer.result(request, self._now(), None, (), None, self._note(code, request), status="2")

    def _note(self, code: str, request: Request) -> answer.Note:
        row = self._codes.first("simulated_message", request.on, code=code)
        return answer.Note(code, row.text("ja") if row else code)

    def _own_note(self, persona: Persona) -> answer.Note | None:
        code = persona.record.message_code
        return answer.Note(code, persona.record.message or code) if code else None

    def _face_name(self, request: Request) -> str:
        """No two readings have one name, also where two kiosks with equal seeds simulate a terminal on one folder: the
        identifier of each request is its own, and who asked knows the answer by it."""
        drawn = hashlib.sha256(request.identifier.encode()).hexdigest()[:20]
        return f"OQSsiquc01res_face_{request.institution_code}{drawn}_{self._now():%Y%m%d%H%M%S}.xml"

    def _now(self) -> datetime:
        return self._clock.now().astimezone(_JAPAN).replace(tzinfo=None)

    def _write(self, target: Path, content: bytes) -> None:
        temporary = target.with_name(f".{target.name}.tmp")
        with contextlib.suppress(OSError):
            temporary.write_bytes(content)
            temporary.replace(target)
