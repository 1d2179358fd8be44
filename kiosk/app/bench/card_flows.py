"""What reception reads from a card, as the kiosk does it and as the reference computation counts it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from drivers.card.session import IndividualNumberCardSession
from drivers.card.traffic import Exchange as Noted
from drivers.card.traffic import recorded
from drivers.simulated.card import VirtualCard, simulated_ca_certificates, verification_number_b
from drivers.simulated.persona import Persona
from kiosk.app.bench.radio import Exchange
from kiosk.domain.secret import Secret
from kiosk.ports.card import CredentialAccepted, FacePhoto, Transmit

CERTIFICATE, FACE, PIN, VISIT = "certificate", "face", "pin", "visit"
FLOWS = (CERTIFICATE, FACE, PIN, VISIT)

_SELECT_APPLICATION = Exchange(15, 2)
_SELECT_FILE = Exchange(7, 2)
_HEADER = Exchange(5, 6)
_SIGNATURE = Exchange(57, 258)
_READ_SIZE = 256


@dataclass(frozen=True)
class Sizes:
    """Bytes of the two objects that a visit reads."""

    certificate: int
    face_record: int


def reference(sizes: Sizes) -> Mapping[str, tuple[Exchange, ...]]:
    """Each flow by the textbook: every file selected, its header read, then 256 bytes at a time; no counter is asked.

    With a certificate of 1573 bytes and a record of 4000 + 1656 these are the flows A, A+B, C and A+B+C+D of the card
    reference, 7.2. The PIN route includes the certificate, without which no terminal could use the signature.
    """
    certificate = (_SELECT_APPLICATION, _SELECT_FILE, _HEADER, *_reads(sizes.certificate))
    signature = (_SELECT_FILE, _verify(4), _SELECT_FILE, _SIGNATURE)
    face = (_SELECT_APPLICATION, _SELECT_FILE, _verify(14), _SELECT_FILE, _HEADER, *_reads(sizes.face_record))
    return {
        CERTIFICATE: certificate,
        FACE: face,
        PIN: (*certificate, *signature),
        VISIT: (*certificate, *signature, *face, _SIGNATURE),
    }


def _reads(size: int) -> tuple[Exchange, ...]:
    whole, rest = divmod(size, _READ_SIZE)
    return (Exchange(5, _READ_SIZE + 2),) * whole + ((Exchange(5, rest + 2),) if rest else ())


def _verify(length: int) -> Exchange:
    return Exchange(5 + length, 2)


class Flows:
    """The same flows by the kiosk's own code. Raises `RuntimeError` when the card does not do as it should."""

    def __init__(self, persona: Persona, longest_answer: int = 256) -> None:
        self._card = persona.card
        self._longest_answer = longest_answer

    def run(self, flow: str, transmit: Transmit) -> None:
        session = IndividualNumberCardSession(
            transmit, trusted=simulated_ca_certificates(), longest_answer=self._longest_answer
        )
        {
            CERTIFICATE: self._certificate,
            FACE: self._face,
            PIN: self._pin_route,
            VISIT: self._visit,
        }[flow](session)

    @staticmethod
    def _certificate(session: IndividualNumberCardSession) -> None:
        _demand(session.read_certificate() is not None)

    def _face(self, session: IndividualNumberCardSession) -> None:
        card = self._card
        number = verification_number_b(
            card.birth_date, card.card_expires, card.security_code, western=card.western_birth_date
        )
        _demand(isinstance(session.read_face(Secret(number)), FacePhoto))

    def _pin_route(self, session: IndividualNumberCardSession) -> None:
        self._certificate(session)
        self._sign(session)

    def _sign(self, session: IndividualNumberCardSession) -> None:
        _demand(isinstance(session.verify_pin(Secret(self._card.pin)), CredentialAccepted))
        _demand(len(session.sign(b"challenge of the terminal")) == _SIGNATURE.answer - 2)

    def _visit(self, session: IndividualNumberCardSession) -> None:
        """Everything that any visit may need, counters included, in the order of a visit."""
        _demand(session.summarise().certificate is not None)
        self._face(session)
        _demand(session.prove_presence())
        self._sign(session)


def _demand(holds: bool) -> None:
    if not holds:
        raise RuntimeError("the card does not do as it should")


def exchanges_of(work: Callable[[Transmit], None], transmit: Transmit) -> list[Exchange]:
    """Sizes of what went over."""
    seen: list[Exchange] = []

    def sized(command: bytes) -> bytes:
        answer = transmit(command)
        seen.append(Exchange(len(command), len(answer)))
        return answer

    work(sized)
    return seen


def sizes_of(chip: VirtualCard, persona: Persona) -> Sizes:
    """What the reads of the two flows bring."""

    def read(flow: str) -> int:
        chip.power_on()
        notes: list[Noted] = []
        Flows(persona).run(flow, recorded(chip.transmit, notes.append))
        return sum(note.received - 2 for note in notes if note.name == "READ BINARY")

    return Sizes(read(CERTIFICATE), read(FACE))
