"""A stand-in for the acceptance API of 日医標準レセプトソフト on this machine: it checks requests as the real one does.

Source: eligibility interface reference 1.8. Result codes beginning with `S` are invented for what the real one refuses
under codes that we could not read.
"""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

_PATHS = ("/orca11/acceptmodv2", "/api/orca11/acceptmodv2")
_FORMS = {
    "Acceptance_Date": r"\d{4}-\d{2}-\d{2}",
    "Acceptance_Time": r"\d{2}:\d{2}:\d{2}",
    "Department_Code": r"\d{2}",
    "Physician_Code": r"\d{5}",
    "InsuranceProvider_Number": r"\d{6}|\d{8}",
    "HealthInsuredPerson_Symbol": r"[^!-~ ]{1,80}",  # full width only
    "HealthInsuredPerson_Number": r"[^!-~ ]{1,80}",
    "HealthInsuredPerson_Branch_Number": r"\d{2}",
    "Certificate_StartDate": r"\d{4}-\d{2}-\d{2}",
    "Certificate_ExpiredDate": r"\d{4}-\d{2}-\d{2}",
}


@dataclass
class OrcaFaults:
    """What goes wrong at the next requests."""

    lose_replies: int = 0  # the entry is made, the connection breaks before the reply
    busy: int = 0  # Api_Result 90
    http_status: int = 0  # answered with this status until it is set to 0 again


@dataclass(frozen=True)
class Acceptance:
    patient: str
    date: str
    department: str
    physician: str


@dataclass
class SimulatedOrca:
    """A running server; `url` names it. Use as a context manager."""

    patients: Iterable[str]
    user: str = "ormaster"
    password: str = "kiosk"
    faults: OrcaFaults = field(default_factory=OrcaFaults)
    accepted: list[Acceptance] = field(default_factory=list)
    requests: int = 0

    def __enter__(self) -> SimulatedOrca:
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, body = desk.answer(self.path, dict(self.headers), content)
                if body is None:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Content-Type", "application/xml; charset=UTF-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: requests hold personal data."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, path: str, headers: dict[str, str], content: bytes) -> tuple[int, bytes | None]:
        """Status and body; no body: the connection breaks."""
        with self._lock:
            self.requests += 1
            if self.faults.http_status:
                return self.faults.http_status, b""
            login = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
            if headers.get("Authorization") != f"Basic {login}":
                return 401, b""
            if path.partition("?")[0] not in _PATHS:
                return 404, b""
            result, number = self._result(headers, content)
            if result in ("00", "K1") and number is not None and self.faults.lose_replies:
                self.faults.lose_replies -= 1
                return 200, None
            return 200, _reply(result, number)

    def _result(self, headers: dict[str, str], content: bytes) -> tuple[str, str | None]:
        """Api_Result, and the Acceptance_Id where there is an entry."""
        if not headers.get("Content-Type", "").lower().startswith("application/xml"):
            return "S1", None
        if b'encoding="UTF-8"' not in content[:60]:
            return "S2", None
        try:
            root: Element = fromstring(content, forbid_dtd=True)
        except (ParseError, DefusedXmlException, ValueError):
            return "S3", None
        record = root.find("acceptreq")
        if root.tag != "data" or record is None or not _typed(record):
            return "S4", None
        values = {e.tag: e.text or "" for e in record.iter() if len(e) == 0}
        if any(name in values and not re.fullmatch(form, values[name]) for name, form in _FORMS.items()):
            return "S5", None
        if not values.get("Department_Code") or not values.get("Physician_Code"):
            return "S6", None
        if values.get("Patient_ID") not in set(self.patients):
            return "S7", None
        wanted = Acceptance(
            values["Patient_ID"],
            values.get("Acceptance_Date", ""),
            values["Department_Code"],
            values["Physician_Code"],
        )
        known = str(self.accepted.index(wanted) + 1).zfill(5) if wanted in self.accepted else None
        match values.get("Request_Number"):
            case "00":
                return "00", known
            case "01":
                return self._enter(wanted, known)
        return "S8", None

    def _enter(self, wanted: Acceptance, known: str | None) -> tuple[str, str | None]:
        if self.faults.busy:
            self.faults.busy -= 1
            return "90", None
        if known is not None:
            return "16", None
        self.accepted.append(wanted)
        return "00", str(len(self.accepted)).zfill(5)


def _typed(record: Element) -> bool:
    """The form "xml2": records hold strings and records, each says what it is."""
    return all(e.get("type") == ("record" if len(e) else "string") for e in record.iter())


def _reply(result: str, number: str | None) -> bytes:
    entry = f'<Acceptance_Id type="string">{number}</Acceptance_Id>' if number else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<xmlio2><acceptres type="record">'
        f'<Api_Result type="string">{result}</Api_Result>{entry}</acceptres></xmlio2>\n'
    ).encode()
