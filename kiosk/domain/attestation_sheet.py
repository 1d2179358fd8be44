"""What stands on the sheet of the 被保険者資格申立書: words by field, and which boxes are ticked.

The names are those that layouts (`assets/forms`, or a facility's own) use.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from kiosk.domain.attestation import UNKNOWN, AttestationForm, FormRules, read_month
from kiosk.domain.outcome import IdentityMethod
from kiosk.domain.wareki import Era, to_wareki

_TEXTS = ("name", "kana", "address", "phone", "insurer_name", "employer", "symbol", "number", "branch")
_BOXED_ERAS = (Era.TAISHO, Era.SHOWA, Era.HEISEI, Era.REIWA)


@dataclass(frozen=True, repr=False)
class SheetContent:
    """Everything that a sheet may show. Nothing in it: a blank one."""

    texts: dict[str, str] = field(default_factory=dict)
    ticks: frozenset[str] = frozenset()
    signature_png: bytes | None = None

    def __repr__(self) -> str:
        return "SheetContent()"


@dataclass(frozen=True)
class Reception:
    """What the kiosk adds in the facility's part: no personal data, only the visit."""

    visit_id: str
    at: datetime
    identity: IdentityMethod = IdentityMethod.NONE


def sheet_of(form: AttestationForm, rules: FormRules, reception: Reception | None = None) -> SheetContent:
    texts = {name: value for name in _TEXTS if (value := getattr(form, name))}
    ticks: set[str] = set()
    if form.birth_date is not None:
        texts["birth_date"] = long_date(form.birth_date)
        ticks.add(f"birth_date.{_era_box(form.birth_date)}")
    if form.signed_on is not None:
        texts["signed_on"] = long_date(form.signed_on)
    if form.since is not None:
        texts["since"] = _rough(form.since)
    if form.sex is not None:
        ticks.add(f"sex.{form.sex}")
    kinds = {row.text("id") for row in rules.claims.rows("kind", rules.on)}
    for name, known in (
        ("insurance_kind", kinds),
        ("relation", _ids("relation", rules)),
        ("reason", _ids("reason", rules)),
    ):
        said = getattr(form, name)
        if said in known:
            ticks.add(f"{name}.{said}")
        elif said:
            texts[f"{name}.other"] = said
            ticks |= {f"{name}.other"} & {f"{name}.{i}" for i in known}
    if form.share_percent is not None or form.share_unknown:
        ticks.add(f"share_percent.{form.share_percent or 'unknown'}")
    if form.proxy is not None:
        ticks.add("proxy")
        texts["proxy"] = "　".join(part for part in (form.proxy.name, form.proxy.relation) if part)
    if reception is not None:
        texts["visit.id"] = reception.visit_id
        texts["visit.at"] = f"{long_date(reception.at.date())} {reception.at:%H:%M}"
        ticks.add(f"identity.{reception.identity.value}")
    return SheetContent({name: text for name, text in texts.items() if text}, frozenset(ticks), form.signature_png)


def long_date(day: date) -> str:
    """昭和25年3月3日; the first year of an era is 元年. Western where no era of the sheet holds the day."""
    if _era_box(day) == "western":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{_era_year(day)}{day.month}月{day.day}日"


def _era_year(day: date) -> str:
    era = to_wareki(day)
    return f"{era.era.title}{'元' if era.year == 1 else era.year}年"


def _era_box(day: date) -> str:
    try:
        era = to_wareki(day).era
    except ValueError:
        return "western"
    return era.name.lower() if era in _BOXED_ERAS else "western"


def _rough(said: str) -> str:
    """A month or year in the era that held on its last day; other words as they are."""
    month = read_month(said) if said != UNKNOWN else None
    if month is None:
        return said
    year, number = month
    if number is None:
        return f"{_era_year(date(year, 12, 31))}ごろ" if year > 1912 else f"{year}年ごろ"
    last = date(year, number, 28)
    return f"{_era_year(last)}{number}月ごろ" if year > 1912 else f"{year}年{number}月ごろ"


def _ids(section: str, rules: FormRules) -> frozenset[str]:
    return frozenset(row.text("id") for row in rules.rows(section))
