"""What is printed about a persona: values as the terminal knows them, written as papers write them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from drivers.simulated.persona import Persona
from kiosk.domain.insurance import age_on, insurer, share_by_age
from kiosk.domain.kana import full_width_kana, half_width_kana
from kiosk.domain.rules import load_rules
from kiosk.domain.wareki import to_wareki

_RULES = Path(__file__).resolve().parents[3] / "assets" / "rules"
_FULL = str.maketrans("0123456789-", "０１２３４５６７８９－")
_OLD_CARDS_UNTIL = date(2024, 12, 1)  # the last day on which one was issued (documents reference 1)
_CERTIFICATES_SINCE = date(2024, 12, 2)
_RENEWED = (8, 1)


@dataclass(frozen=True, repr=False)
class Contents:
    """Plain values; empty where the paper leaves the item out."""

    insurer_name: str
    insurer_no: str
    symbol: str
    number: str
    branch: str
    name: str
    kana: str
    birth: date
    sex: str
    householder: str
    relation: str
    ratio: int | None
    acquired: date
    issued: date
    valid_from: date
    valid_to: date
    scheme: str
    elderly: bool  # 70 and over: the ratio is printed


def contents_of(persona: Persona, on: date) -> Contents:
    card, record = persona.card, persona.record
    known = insurer(record.insurer_number, load_rules(_RULES / "insurers.toml"), on)
    born = record.birth_date or card.birth_date
    ratio = record.contribution_ratio or record.elderly_ratio
    if ratio is None:
        ratio = share_by_age(born, on, load_rules(_RULES / "shares.toml"))
    since = record.qualified_on
    starts = _in_force_on(record.valid_from, on) or max(since, _CERTIFICATES_SINCE)
    issued = min(max(starts, _CERTIFICATES_SINCE), on)
    sex = record.sex or card.sex
    return Contents(
        insurer_name=record.insurer_name,
        insurer_no=record.insurer_number,
        symbol=record.symbol or "",
        number=record.number,
        branch=record.branch or "",
        name=record.name or card.name,
        kana=full_width_kana(record.kana or card.kana).replace("　", " "),
        birth=born,
        sex={"1": "男", "2": "女"}.get(sex, ""),
        householder=record.insured_name or "",
        relation={"1": "本人", "2": "家族"}.get(record.relation or "", ""),
        ratio=ratio,
        acquired=since,
        issued=issued,
        valid_from=starts,
        valid_to=record.valid_to or _end_of_july(on),
        scheme=known.scheme if known else "kumiai",
        elderly=age_on(born, on) >= 70,
    )


def old_card_dates(contents: Contents) -> tuple[date, date]:
    """Issued and valid until: old cards came out until 1 December 2024 and end a year later at the latest."""
    issued = max(contents.acquired, _OLD_CARDS_UNTIL - timedelta(days=400))
    return min(issued, _OLD_CARDS_UNTIL), date(2025, 12, 1)


def scheme_title(scheme: str, what: str) -> str:
    """健康保険, 国民健康保険 or 後期高齢者医療 before the name of the paper."""
    if scheme == "late_elderly":
        return f"後期高齢者医療{what}"
    return f"国民健康保険{what}" if scheme.startswith("municipal") else f"健康保険{what}"


def japanese_day(day: date, *, full: bool = False) -> str:
    era = to_wareki(day)
    year = "元" if era.year == 1 else str(era.year)
    text = f"{era.era.title}{year}年{day.month}月{day.day}日"
    return text.translate(_FULL) if full else text


def western_day(day: date, mark: str = "年月日") -> str:
    return f"{day.year}年{day.month}月{day.day}日" if mark == "年月日" else f"{day.year}/{day.month:02}/{day.day:02}"


def wide(text: str) -> str:
    return text.translate(_FULL)


def narrow_kana(text: str) -> str:
    return half_width_kana(text)


def ratio_text(percent: int | None, how: str = "割") -> str:
    if percent is None:
        return ""
    return {"割": f"{percent // 10}割", "全": wide(f"{percent // 10}") + "割", "%": f"{percent}%"}[how]


def _in_force_on(starts: date | None, on: date) -> date | None:
    """Sheets that begin on 1 August are renewed each year: on a day before, the one of that year is shown. Any other
    day stays, also one to come."""
    if starts is None or starts <= on or (starts.month, starts.day) != _RENEWED:
        return starts
    return starts.replace(year=on.year - ((on.month, on.day) < _RENEWED))


def _end_of_july(on: date) -> date:
    """Many papers end on 31 July."""
    return date(on.year + (on > date(on.year, 7, 31)), 7, 31)
