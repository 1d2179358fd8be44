"""Acceptance (受付) in 日医標準レセプトソフト (ORCA) by its API. Off by default.

Source: eligibility interface reference 1.8: `POST /orca11/acceptmodv2`, XML in UTF-8, Basic authentication;
Request_Number 00 asks, 01 enters. What 00 answers for an existing entry (its Acceptance_Id) is unverified.
"""

from __future__ import annotations

import base64
import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta, timezone
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

from drivers.gateway import safe_xml
from kiosk.domain.failures import FailureCode, KioskError, NeedsStaff, Retriable
from kiosk.domain.insurance import normal_insurer_number
from kiosk.domain.outcome import Eligibility
from kiosk.domain.secret import Secret
from kiosk.ports.handover import DeliveryRefused, FinishedVisit, Parcel

PATH = "/orca11/acceptmodv2"
TIMEOUT_S = 15.0
ASK, ENTER = "00", "01"
ACCEPTED = frozenset({"00", "K1", "K2", "K3"})  # K1 to K3 are warnings
DOUBLE = "16"  # possible double entry: somebody has entered the patient already
BUSY = "90"  # the record is in use by another terminal
_JAPAN = timezone(timedelta(hours=9))
_NO_END = "9999-12-31"
_MOST_BYTES = 1 << 20


@dataclass(frozen=True)
class OrcaSettings:
    """`url` with scheme and port; WebORCA adds the prefix `/api`, as in `https://host/api`."""

    url: str
    user: str
    department: str  # Department_Code, 2 digits
    physician: str  # Physician_Code, 5 digits
    timeout_s: float = TIMEOUT_S


class OrcaAcceptance:
    """Implements `kiosk.ports.handover.Target`. Only known patients (with a patient number) and only after 有効:
    creating patients stays with staff."""

    id = "orca"

    def __init__(self, settings: OrcaSettings, password: Secret) -> None:
        """Raises `NeedsStaff(SETTINGS_WRONG)` for an address that is none."""
        self._settings, self._password = settings, password
        try:
            self._parts = urlsplit(settings.url)
            good = self._parts.scheme in ("http", "https") and self._parts.hostname and self._parts.port != 0
        except ValueError:  # a port that is none is only noticed when it is asked for
            good = False
        if not good:
            raise NeedsStaff(FailureCode.SETTINGS_WRONG, "settings.hand_over.orca_url")

    def parcels(self, visit: FinishedVisit) -> tuple[Parcel, ...]:
        answer = visit.answer
        if not visit.patient_number or answer is None or answer.eligibility is not Eligibility.VALID:
            return ()
        if len(answer.persons) != 1:
            return ()
        return (Parcel(visit.visit_id, self.id, "acceptance", self._request(visit)),)

    def deliver(self, parcel: Parcel, *, repeated: bool) -> None:
        if repeated and self._is_entered(parcel.content):
            return
        result, _ = self._exchange(parcel.content)
        if result in ACCEPTED or result == DOUBLE:
            return
        if result == BUSY:
            raise Retriable(FailureCode.OUT_WRITE_FAILED, "orca 90")
        raise DeliveryRefused(self.id, result)

    def _is_entered(self, content: bytes) -> bool:
        """Asks whether the entry arrived the last time."""
        root = fromstring(content.decode().partition("?>")[2])
        number = root.find("acceptreq/Request_Number")
        assert number is not None
        number.text = ASK
        result, acceptance = self._exchange(_document(root))
        return result in ACCEPTED and bool(acceptance)

    def _request(self, visit: FinishedVisit) -> bytes:
        assert visit.answer is not None
        person = visit.answer.persons[0]
        at = visit.at.astimezone(_JAPAN)
        root = Element("data")
        record = _record(
            root,
            "acceptreq",
            {
                "Request_Number": ENTER,
                "Patient_ID": visit.patient_number,
                "Acceptance_Date": f"{at:%Y-%m-%d}",
                "Acceptance_Time": f"{at:%H:%M:%S}",
                "Department_Code": self._settings.department,
                "Physician_Code": self._settings.physician,
                "Medical_Information": "01",
            },
        )
        _record(
            record,
            "HealthInsurance_Information",
            {
                "InsuranceProvider_Number": normal_insurer_number(person.insurer_number or ""),
                "HealthInsuredPerson_Symbol": _wide(person.symbol or ""),
                "HealthInsuredPerson_Number": _wide(person.number or ""),
                "HealthInsuredPerson_Branch_Number": person.branch,
                "RelationToInsuredPerson": person.relation,
                "Certificate_StartDate": person.valid_from.isoformat() if person.valid_from else None,
                "Certificate_ExpiredDate": person.valid_to.isoformat() if person.valid_to else _NO_END,
            },
        )
        return _document(root)

    def _exchange(self, content: bytes) -> tuple[str, str | None]:
        """Api_Result and Acceptance_Id of the reply."""
        status, reply = self._post(content)
        if status in (401, 403, 404):
            raise NeedsStaff(FailureCode.OUT_WRITE_FAILED, f"orca http {status}")
        if status != 200:
            raise Retriable(FailureCode.OUT_WRITE_FAILED, f"orca http {status}")
        try:
            root, _ = safe_xml.parse(reply)
        except KioskError:
            raise Retriable(FailureCode.OUT_WRITE_FAILED, "orca reply") from None
        result = (root.findtext("acceptres/Api_Result") or "").strip()
        if not result:
            raise Retriable(FailureCode.OUT_WRITE_FAILED, "orca reply")
        return result, (root.findtext("acceptres/Acceptance_Id") or "").strip() or None

    def _post(self, content: bytes) -> tuple[int, bytes]:
        parts, timeout = self._parts, self._settings.timeout_s
        connection: http.client.HTTPConnection
        if parts.scheme == "https":
            context = ssl.create_default_context()
            connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=timeout, context=context)
        else:
            connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
        login = base64.b64encode(self._settings.user.encode() + b":" + bytes(self._password.reveal())).decode()
        headers = {"Authorization": f"Basic {login}", "Content-Type": "application/xml; charset=UTF-8"}
        try:
            connection.request("POST", parts.path.rstrip("/") + PATH, content, headers)
            reply = connection.getresponse()
            return reply.status, reply.read(_MOST_BYTES)
        except (OSError, http.client.HTTPException) as error:
            raise Retriable(FailureCode.OUT_WRITE_FAILED, f"orca {type(error).__name__}") from None
        finally:
            connection.close()


def _record(parent: Element, name: str, items: Mapping[str, str | None]) -> Element:
    """The form "xml2": records of typed strings; empty items are left out."""
    record = SubElement(parent, name, {"type": "record"})
    for item, value in items.items():
        if value:
            SubElement(record, item, {"type": "string"}).text = value
    return record


def _document(root: Element) -> bytes:
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode").encode()


def _wide(text: str) -> str:
    return "".join("　" if c == " " else chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
