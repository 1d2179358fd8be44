"""被保険者資格申立書: what a patient declares when the eligibility cannot be confirmed, as a checked value.

Source: documents reference 5 and 5.1. The same rules read the JSON of `kiosk form`, the answers on the screen and what
the claim needs. Choices, words and limits are rows of `assets/rules/form.toml` and `claims.toml`.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, NoReturn

from kiosk.domain.claim_note import Numbers, Stated, kind_of
from kiosk.domain.masking import STAR, mask_my_number
from kiosk.domain.png import NotAPicture, PictureTooLarge, check_png
from kiosk.domain.rules import Row, RuleTable
from kiosk.domain.wareki import Era, Wareki, era_of_letter, era_of_title, to_gregorian

UNKNOWN = "わからない"
"""An answer, not a gap: what the patient says who does not know."""

PROXY_KEYS = ("name", "relation")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_ERAS = "明治|大正|昭和|平成|令和|[MTSHR]"
_DAY = re.compile(rf"({_ERAS})?(\d{{1,4}}|元)[年./-](\d{{1,2}})[月./-](\d{{1,2}})日?", re.IGNORECASE)
_MONTH = re.compile(rf"({_ERAS})?(\d{{1,4}}|元)(?:年|[./-]|$)(?:(\d{{1,2}})月?)?(?:[./-]?\d{{1,2}}日?)?(?:ごろ|頃)?")
_KANA_MARK = re.compile("[\u3041-\u3096\u30a1-\u30fa][\u3099\u309a]")
_DATA_URL = "data:image/png;base64,"


class FormWrong(ValueError):
    """One item of a form is not as it should be. `problem` ends the message id `form.input.<problem>`; `values` fill
    its places. Never what a person wrote, but for a key."""

    def __init__(self, problem: str, key: str, **values: str) -> None:
        super().__init__(f"{problem} {key}")
        self.problem = problem
        self.key = key
        self.values = {"key": key, **values}


@dataclass(frozen=True)
class Proxy:
    """代筆: somebody wrote for the patient."""

    name: str | None = None
    relation: str | None = None  # 続柄


@dataclass(frozen=True, repr=False)
class AttestationForm:
    """Every item may be missing. Text is as written, without control characters and without an Individual Number."""

    name: str | None = None
    kana: str | None = None
    birth_date: date | None = None
    sex: str | None = None  # id of a row `sex`
    address: str | None = None
    phone: str | None = None
    insurance_kind: str | None = None  # id of a kind in claims.toml, or what the patient called it
    insurer_name: str | None = None
    employer: str | None = None
    relation: str | None = None  # id of a row `relation`, or text
    since: str | None = None  # a month or year, ISO or as said
    symbol: str | None = None
    number: str | None = None
    branch: str | None = None
    share_percent: int | None = None
    reason: str | None = None  # id of a row `reason`, or text
    signed_on: date | None = None
    signature_png: bytes | None = None
    proxy: Proxy | None = None
    share_unknown: bool = False  # the patient says that they do not know

    def stated(self) -> Stated:
        """What the decision and the claim note read of it."""
        return Stated(
            name=self.name,
            kana=self.kana,
            birth_date=self.birth_date,
            insurance_kind=self.insurance_kind,
            insurer_name=self.insurer_name,
            employer=self.employer,
            address=self.address,
            phone=self.phone,
            numbers=Numbers(symbol=self.symbol, number=self.number, branch=self.branch),
            share_percent=self.share_percent,
        )

    @property
    def masked(self) -> bool:
        """An Individual Number was written somewhere and does not stand there any more."""
        return any(isinstance(v := getattr(self, f.name), str) and STAR in v for f in fields(self))

    def __repr__(self) -> str:
        return "AttestationForm()"


KEYS = tuple(f.name for f in fields(AttestationForm) if f.name != "share_unknown")
"""The keys of FORM (design 4.4), in its order."""


@dataclass(frozen=True)
class FormRules:
    """Choices and limits of the day on which the form is filled in."""

    form: RuleTable
    claims: RuleTable
    on: date

    def rows(self, section: str) -> tuple[Row, ...]:
        return self.form.rows(section, self.on)

    def limit(self, name: str) -> int:
        row = self.form.first("limit", self.on, name=name)
        return row.number("value") if row else 0

    def choice(self, section: str, said: str) -> Row | None:
        """The row that these words mean: its id, or one of its words and nothing else."""
        word = _plain(said)
        return next(
            (r for r in self.rows(section) if word in {_plain(w) for w in (r.text("id"), *r.get("words", ()))}), None
        )


def parse_form(data: Any, rules: FormRules) -> AttestationForm:
    """The value of a FORM. Raises `FormWrong` naming the item; never anything else for data that came from JSON."""
    if not isinstance(data, Mapping):
        raise FormWrong("object", "JSON")
    for key in data:
        if key not in KEYS:
            raise FormWrong("unknown_key", _printable(str(key))[:80], known=", ".join(KEYS))
    values: dict[str, Any] = {key: _reader(key)(data.get(key), key, rules) for key in KEYS}
    values["share_unknown"] = data.get("share_percent") is not None and values["share_percent"] is None
    born, signed = values["birth_date"], values["signed_on"] or rules.on
    if born is not None and born > signed:
        raise FormWrong("born_later", "birth_date")
    return AttestationForm(**values)


def read_day(text: str) -> date | None:
    """A day as people write it: ISO, western or by era, with its letter or name. None where it is none."""
    folded = unicodedata.normalize("NFKC", text).replace(" ", "").replace("−", "-")
    if re.fullmatch(r"\d{8}", folded):
        folded = f"{folded[:4]}-{folded[4:6]}-{folded[6:]}"
    match = _DAY.fullmatch(folded)
    if match is None:
        return None
    era, year, month, day = match.groups()
    try:
        number = 1 if year == "元" else int(year)
        if era is None:
            return date(number, int(month), int(day)) if len(year) == 4 else None
        return to_gregorian(Wareki(_era(era), number, int(month), int(day)))
    except ValueError:
        return None


def read_month(text: str) -> tuple[int, int | None] | None:
    """Western year and month of a rough date such as `2026-04`, `R8.4` or 令和8年; None where there is none in it."""
    match = _MONTH.fullmatch(unicodedata.normalize("NFKC", text).replace(" ", ""))
    if match is None:
        return None
    era, year, month = match.groups()
    number = 1 if year == "元" else int(year)
    if era is not None:
        number += _era(era).starts.year - 1
    elif len(year) != 4:
        return None
    if not 1868 <= number <= 9999 or (month is not None and not 1 <= int(month) <= 12):
        return None
    return number, int(month) if month else None


def clean_text(text: str) -> str:
    """One line without what has no shape: control and format characters, variation selectors, blanks at the ends.
    Loose voicing marks join their kana; everything else stays as it was written."""
    joined = _KANA_MARK.sub(lambda m: unicodedata.normalize("NFC", m[0]), text)
    spaced = "".join(" " if c in "\r\n\t\v\f\x85\u2028\u2029" else c for c in joined)
    return "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cf") and not _selects(c)).strip()


def _selects(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _era(name: str) -> Era:
    return era_of_letter(name) if name.isascii() else era_of_title(name)


# --- readers: one for each key ------------------------------------------------------------------

_Reader = Callable[[Any, str, FormRules], Any]


def _reader(key: str) -> _Reader:
    return _READERS.get(key, _text)


def _text(value: Any, key: str, rules: FormRules) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise FormWrong("text", key)
    if any(unicodedata.category(c) == "Cs" for c in value):
        raise FormWrong("encoding", key)
    most = rules.limit(key) or rules.limit("text")
    if len(value) > most:
        raise FormWrong("too_long", key, limit=str(most))
    return mask_my_number(clean_text(value)) or None


def _day(value: Any, key: str, _rules: FormRules) -> date | None:
    if value is None or value == "":
        return None
    if isinstance(value, str) and _ISO.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise FormWrong("date", key)


def _since(value: Any, key: str, rules: FormRules) -> str | None:
    said = _text(value, key, rules)
    if said is None or said == UNKNOWN:
        return said
    if re.fullmatch(r"[\d./-]+", said) and read_month(said) is None:
        raise FormWrong("month", key)
    if _ISO.fullmatch(said) and read_day(said) is None:
        raise FormWrong("month", key)
    return said


def _sex(value: Any, key: str, rules: FormRules) -> str | None:
    said = _text(value, key, rules)
    if said is None:
        return None
    row = rules.choice("sex", said)
    if row is None:
        _not_among(key, "sex", rules)
    return row.text("id") if row.get("box", True) else None


def _word(value: Any, key: str, rules: FormRules) -> str | None:
    """A known choice as its id, or the words that somebody used instead."""
    said = _text(value, key, rules)
    row = rules.choice(key, said) if said else None
    return row.text("id") if row else said


def _kind(value: Any, key: str, rules: FormRules) -> str | None:
    said = _text(value, key, rules)
    row = kind_of(said, rules.claims, rules.on) if said else None
    exact = row is not None and _plain(said or "") in {
        _plain(row.text("id")),
        *(_plain(w) for w in row.get("words", ())),
    }
    exact = exact or (row is not None and _plain(said or "") == _plain(row.text("ja")))
    return row.text("id") if row is not None and exact else said


def _share(value: Any, key: str, rules: FormRules) -> int | None:
    allowed = [r.number("percent") for r in rules.rows("share") if r.get("percent") is not None]
    if value is None or (
        isinstance(value, str) and (row := rules.choice("share", value)) and row.get("percent") is None
    ):
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value not in allowed:
        _not_among(key, "share", rules)
    return value


def _picture(value: Any, key: str, rules: FormRules) -> bytes | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise FormWrong("text", key)
    packed = value.removeprefix(_DATA_URL)
    if len(packed) > rules.limit("signature_bytes") * 4 // 3 + 4:
        raise FormWrong("picture_large", key)
    try:
        data = base64.b64decode("".join(packed.split()), validate=True)
        check_png(data, rules.limit("signature_pixels"), rules.limit("signature_edge"))
    except PictureTooLarge:
        raise FormWrong("picture_large", key) from None
    except (NotAPicture, binascii.Error, ValueError):
        raise FormWrong("picture", key) from None
    return data


def _proxy(value: Any, key: str, rules: FormRules) -> Proxy | None:
    """Who wrote for the patient: yes, the 続柄, or name and 続柄."""
    if value is None or value is False or value == "":
        return None
    if value is True:
        return Proxy()
    if isinstance(value, str):
        return Proxy(relation=_text(value, key, rules))
    if not isinstance(value, Mapping):
        raise FormWrong("proxy", key)
    for name in value:
        if name not in PROXY_KEYS:
            raise FormWrong("unknown_key", f"proxy.{_printable(str(name))[:80]}", known=", ".join(PROXY_KEYS))
    return Proxy(*(_text(value.get(name), f"proxy.{name}", rules) for name in PROXY_KEYS))


_READERS: dict[str, _Reader] = {
    "birth_date": _day,
    "signed_on": _day,
    "since": _since,
    "sex": _sex,
    "relation": _word,
    "reason": _word,
    "insurance_kind": _kind,
    "share_percent": _share,
    "signature_png": _picture,
    "proxy": _proxy,
}


def _not_among(key: str, section: str, rules: FormRules) -> NoReturn:
    known = [str(r.get("percent", r.get("id"))) for r in rules.rows(section) if r.get("box", True)]
    raise FormWrong("value", key, known=", ".join(known))


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)
