"""The simulation boundary of the eligibility exchange.

A certified reader (顔認証付きカードリーダー) asks the central servers about a card over an interface that is not
public. So that a visit by card can be played from end to end, the kiosk and the simulated terminal agree on three
request kinds and three result codes of their own. They are named `SIM…` and `SAMPLE-…`, exist nowhere outside this
project, and are **never sent to a real terminal**: `FolderGateway` writes them only where it was built with
`simulated_card_queries=True`: the setting `eligibility.simulated_requests`. The answers are files in the official form.

| request in `req` | answered by |
| --- | --- |
| `SIMsicard01req_<id>.xml`: whose card is this | `face/OQSsiquc01res_face_….xml`, without consents |
| `SIMsicons01req_<id>.xml`: consents, prescription form | the same, with flags, times and end times |
| `SIMsireg01req_<id>.xml`: first registration as health insurance card | `res/OQSsiquc01res_<id>.xml` |
| `SIMsiitem01req_<id>.xml`: the four items of a card (資格情報照会, システム障害時) | `res/OQSsiquc01res_<id>.xml` |
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from drivers.gateway.requests import document, time14
from kiosk.ports.eligibility import CardQuery, ConsentRecord, PersonQuery

CARD = "SIMsicard01req"
CONSENTS = "SIMsicons01req"
REGISTRATION = "SIMsireg01req"
PERSON = "SIMsiitem01req"


def face_key(identifier: str) -> str:
    """The 20 characters of an answer's name in `face` that a reader makes up: here they come from the request, so that
    an answer nobody can read still says whose it is."""
    return hashlib.sha256(identifier.encode()).hexdigest()[:20]


CERTIFICATE_IN_GRACE = "SAMPLE-W0001"  # on a normal result: eligibility only, no medical information
CARD_NOT_REGISTERED = "SAMPLE-W0002"  # the card is not yet used as health insurance card
CERTIFICATE_ENDS_SOON = "SAMPLE-W0003"  # on a normal result
VIEWING_SUSPENDED = "SAMPLE-W0004"  # on a normal result: no medical information of this person is given


def card_request(query: CardQuery, institution_code: str, identifier: str) -> bytes:
    return _request(query, institution_code, identifier, {})


def registration_request(query: CardQuery, institution_code: str, identifier: str) -> bytes:
    return _request(query, institution_code, identifier, {})


def consents_request(query: CardQuery, record: ConsentRecord, institution_code: str, identifier: str) -> bytes:
    """`query` is the look-up by card the consents belong to."""
    said = {"ConsentedItems": " ".join(record.given), "ConsentTime": time14(record.at)}
    if record.prescription is not None:
        said["PrescriptionIssueSelect"] = record.prescription
    return _request(query, institution_code, identifier, said)


def person_request(query: PersonQuery, institution_code: str, identifier: str) -> bytes:
    return document(
        {
            "QualificationConfirmationDate": f"{query.on:%Y%m%d}",
            "MedicalInstitutionCode": institution_code,
            "ArbitraryFileIdentifier": identifier,
        },
        "SimulatedPersonInfo",
        {
            "Name": query.name,
            "Birthdate": f"{query.birth_date:%Y%m%d}",
            "Sex1": query.sex,
            "Address": query.address,
            "ArbitraryIdentifier": query.visit_id,
        },
    )


def _request(query: CardQuery, institution_code: str, identifier: str, more: dict[str, str]) -> bytes:
    not_after: datetime = query.certificate_not_after
    return document(
        {
            "QualificationConfirmationDate": f"{query.on:%Y%m%d}",
            "MedicalInstitutionCode": institution_code,
            "ArbitraryFileIdentifier": identifier,
        },
        "SimulatedCardInfo",
        {
            "CertificateSerialNumber": query.certificate_serial,
            "CertificateNotAfter": time14(not_after),
            "IdentityMethod": query.identity.value,
        }
        | more,
    )
