"""Personas: fictional people with a card, a face and a terminal record (`assets/personas/*.yaml`).

`card:` says what the chip and the print hold, `record:` what the eligibility system knows. A scenario may
override any field of either. Unknown keys are errors that name the key.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import yaml

from kiosk.domain.failures import FailureCode, Fatal

T = TypeVar("T")
_NAME_LONGEST = 64
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class CardFields:
    """What the simulated card holds. Dates are of the card; tries are what is left when the visit begins."""

    kind: str = "individual_number"  # individual_number | phone | juki | transit | none (a case hides the chip)
    name: str = "見本　花子"
    kana: str = "ミホン　ハナコ"
    address: str = "架空県架空市試験町１－２－３"
    birth_date: date = date(1950, 2, 11)
    sex: str = "2"
    card_expires: date = date(2031, 2, 11)
    security_code: str = "2285"
    serial: str = ""  # certificate serial, hexadecimal; derived from the persona's name when empty
    certificate_starts: date = date(2026, 2, 12)
    certificate_ends: date = date(2031, 2, 11)
    certificate: bool = True  # False: no user-authentication certificate on the card
    photo: bool = True
    pinless: bool = False  # 顔認証マイナンバーカード
    western_birth_date: bool = False  # foreign residents: Western date in print and 照合番号B
    pin: str = "1234"
    text_pin: str = "1234"
    juki_pin: str = "1234"
    signature_password: str = "ABC123"
    pin_tries: int = 3
    text_pin_tries: int = 3
    signature_tries: int = 5
    number_b_tries: int = 10
    remove_after_apdus: int | None = None  # the card leaves the field after so many commands
    spoiled_apdu: int | None = None  # which command gets `spoiled_answer` instead, once; counted from 1
    spoiled_answer: str = "6F00"  # hexadecimal: a status word, an answer cut off or too long
    text_shift: int = 0  # extra bytes before FF20 of the Text EF 0002
    power_up_status: str | None = None  # e.g. "6F00" for the first command after power-up


@dataclass(frozen=True)
class RecordFields:
    """What the terminal knows. None leaves the element out of the answer file."""

    registered: bool = True  # the card is used as マイナ保険証
    validity: str = "valid"  # valid | invalid | invalid_newer | not_found | multiple | not_registered_facility
    insurer_number: str = "39479993"
    insurer_name: str = "架空県後期高齢者医療広域連合"
    symbol: str | None = None
    number: str = "00123456"
    branch: str | None = None
    relation: str | None = "1"
    name: str | None = None  # None: as on the card
    kana: str | None = None  # None: as on the card, half-width
    birth_date: date | None = None  # None: as on the card
    sex: str | None = None  # None: as on the card
    address: str | None = None
    insured_name: str | None = None
    qualified_on: date = date(2024, 4, 1)
    disqualified_on: date | None = None
    loss_reason: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    card_class: str | None = "01"
    contribution_ratio: int | None = None  # per cent
    elderly_ratio: int | None = None
    elderly_from: date | None = None
    elderly_to: date | None = None
    preschool: bool = False
    limit_class: str | None = None
    specific_disease: str | None = None  # 特定疾病, OQSCD013
    specific_disease_self_pay: int | None = None  # yen a month
    public_expense_number: str | None = None
    beneficiary_number: str | None = None
    welfare_office: str | None = None  # 福祉事務所, 医療扶助 only
    postal_code: str | None = None
    reference_number: str | None = None
    message_code: str | None = None
    message: str | None = None
    encoding: str = "utf-8"  # or cp932


@dataclass(frozen=True)
class HeldFields:
    """What the facility holds of this person since the last visit, as its own patient list says it."""

    insurer_number: str | None = None
    symbol: str | None = None
    number: str | None = None
    branch: str | None = None
    last_visit: date | None = None
    share_percent: int | None = None
    former_insurer_number: str | None = None
    former_symbol: str | None = None
    former_number: str | None = None
    former_branch: str | None = None
    patient_number: str | None = None  # None: counted through
    reference_number: str | None = None  # 照会番号, where it is another


@dataclass(frozen=True)
class Persona:
    """One fictional person. `face` is the folder of pictures, None where no photo exists."""

    name: str
    title: Mapping[str, str]  # language -> one line that says who this is and why
    card: CardFields
    record: RecordFields
    face: str | None = None
    other_face: str = "kenji"  # who stands there for `camera: other`; a pair far apart for the engine
    alike_face: str | None = None  # who stands there for `camera: alike`: so like the photo that only people can tell
    age: int | None = None
    held: HeldFields | None = None  # None: never here before
    folder: Path = field(default=Path(), repr=False)  # assets/personas

    def with_overrides(
        self, card: Mapping[str, Any], record: Mapping[str, Any], held: Mapping[str, Any] | str | None = None
    ) -> Persona:
        """A copy with fields replaced; raises `Fatal(SCENARIO_WRONG)` naming an unknown field or a wrong type. What the
        facility holds stays as it was, unless `held` changes it: "none" or its fields."""
        return dataclasses.replace(
            self,
            held=_held(held, self.held, FailureCode.SCENARIO_WRONG, "held"),
            card=_build(CardFields, dataclasses.asdict(self.card) | dict(card), FailureCode.SCENARIO_WRONG, "card"),
            record=_build(
                RecordFields, dataclasses.asdict(self.record) | dict(record), FailureCode.SCENARIO_WRONG, "record"
            ),
        )


def certificate_serial(persona: Persona) -> str:
    """Serial number of the user-authentication certificate: the key under which the terminal knows the card.

    Upper-case hexadecimal without leading zeros. Derived from the persona's name (8 bytes, top bit clear) unless
    the persona's file gives one."""
    if persona.card.serial:
        return persona.card.serial.upper().lstrip("0")
    digest = hashlib.sha256(f"madoguchi-test:{persona.name}".encode()).hexdigest()[:16].upper()
    # 4 to 7: positive in DER, and sixteen digits for every persona
    return f"{int(digest[0], 16) & 7 | 4:X}{digest[1:]}"


def load_persona(folder: Path, name: str) -> Persona:
    """Raises `Fatal(PERSONA_UNKNOWN)` listing the known names, `Fatal(SETTINGS_WRONG)` for a faulty file."""
    path = folder / f"{name}.yaml"
    if len(name) > _NAME_LONGEST or not name.replace("_", "").replace("-", "").isalnum() or not path.is_file():
        raise Fatal(FailureCode.PERSONA_UNKNOWN, f"{name} ({', '.join(persona_names(folder))})")
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    unknown = set(data) - {"title", "card", "record", "held", "face", "other_face", "alike_face", "age"}
    if unknown:
        raise Fatal(FailureCode.SETTINGS_WRONG, f"{path.name}: {', '.join(sorted(unknown))}")
    record = _build(RecordFields, data.get("record") or {}, FailureCode.SETTINGS_WRONG, path.name)
    return Persona(
        name=name,
        title=data["title"],
        card=_build(CardFields, data.get("card") or {}, FailureCode.SETTINGS_WRONG, path.name),
        record=record,
        held=_held(data.get("held"), _as_known(record), FailureCode.SETTINGS_WRONG, path.name),
        face=data.get("face"),
        other_face=data.get("other_face", "kenji"),
        alike_face=data.get("alike_face"),
        age=data.get("age"),
        folder=folder,
    )


def persona_names(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(p.stem for p in folder.glob("*.yaml")))


def _as_known(record: RecordFields) -> HeldFields | None:
    """Most people were here before, with the insurance that the terminal knows; whom it does not know, nobody does."""
    if record.validity == "not_found" or record.public_expense_number:
        return None
    return HeldFields(record.insurer_number, record.symbol, record.number, record.branch)


def _held(given: Any, usual: HeldFields | None, code: FailureCode, where: str) -> HeldFields | None:
    if given is None:
        return usual
    if given == "none":
        return None
    if not isinstance(given, Mapping):
        raise Fatal(code, f"{where}: none ({', '.join(f.name for f in dataclasses.fields(HeldFields))})")
    known = dataclasses.asdict(usual) if usual is not None else {}
    return _build(HeldFields, known | dict(given), code, where)


def _build(cls: type[T], data: Mapping[str, Any], code: FailureCode, where: str) -> T:
    known = {f.name: str(f.type) for f in dataclasses.fields(cls)}  # type: ignore[arg-type]
    values: dict[str, Any] = {}
    for key, value in data.items():
        if key not in known:
            raise Fatal(code, f"{where}: {key} ({', '.join(known)})")
        values[key] = _coerced(known[key], value, code, f"{where}.{key}")
        if key in _WORDS and values[key] not in _WORDS[key]:
            raise Fatal(code, f"{where}.{key}: {value} ({', '.join(_WORDS[key])})")
        if key in _FORMS and values[key] is not None and not re.fullmatch(_FORMS[key], str(values[key])):
            raise Fatal(code, f"{where}.{key} ({_FORMS[key]})")
        if key in _EARLIEST and values[key] is not None and values[key] < _EARLIEST[key]:
            raise Fatal(code, f"{where}.{key} ({_EARLIEST[key]} -)")
    return cls(**values)


_WORDS = {
    "kind": ("individual_number", "phone", "juki", "transit", "none"),
    "validity": ("valid", "invalid", "invalid_newer", "not_found", "multiple", "not_registered_facility"),
    "encoding": ("utf-8", "cp932"),
}

_TRIES = r"\d|1[0-5]"  # four bits of a status word
_FORMS = {
    **dict.fromkeys(("pin", "text_pin", "juki_pin", "security_code"), r"\d{4}"),
    **dict.fromkeys(("pin_tries", "text_pin_tries", "signature_tries", "number_b_tries"), _TRIES),
    "serial": "(0*[1-9A-Fa-f][0-9A-Fa-f]{0,38})?",  # 20 octets with a sign (RFC 5280, 4.1.2.2)
    "remove_after_apdus": r"\d{1,6}",
    "spoiled_apdu": r"\d{1,6}",
    "spoiled_answer": "([0-9A-Fa-f]{2})*",
    "text_shift": r"\d{1,3}",
    "power_up_status": "[0-9A-Fa-f]{4}",
}
"""What a card can hold. Values stand in no error: some are secrets."""

_EARLIEST = {
    "birth_date": date(1873, 1, 1),  # the Gregorian calendar in Japan
    "card_expires": date(2000, 1, 1),
    "certificate_starts": date(1970, 1, 1),
    "certificate_ends": date(1990, 1, 1),
}


def _coerced(annotation: str, value: Any, code: FailureCode, where: str) -> Any:
    kinds = [k.strip() for k in annotation.split("|")]
    if value is None:
        if "None" in kinds:
            return None
        raise Fatal(code, f"{where}: {annotation}")
    if "date" in kinds:
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                raise Fatal(code, f"{where}: {annotation}") from None
        if isinstance(value, date):
            return value
    elif ("bool" in kinds and isinstance(value, bool)) or (
        "int" in kinds and isinstance(value, int) and not isinstance(value, bool)
    ):
        return value
    elif isinstance(value, str | int) and not isinstance(value, bool) and "str" in kinds:
        return str(value)
    raise Fatal(code, f"{where}: {annotation}")
