"""Sentences, moments and ages as the console writes them."""

from __future__ import annotations

from datetime import date, datetime

from kiosk.domain.failures import KioskError
from kiosk.domain.messages import Catalogue, Text
from kiosk.staff.visit_list import VisitRow

DASH = "－"


class Words:
    """One language at a time; whoever keeps a rendered sentence renders it anew after a change."""

    def __init__(self, catalogue: Catalogue, language: str) -> None:
        self.catalogue, self.language = catalogue, language

    def say(self, message_id: str, **values: str | date) -> str:
        return self.text(Text(message_id, tuple(values.items())))

    def text(self, text: Text) -> str:
        """A sentence without the marks that only the patient's screen needs."""
        return self.catalogue.render(text, self.language).replace("\u200b", "")

    def failure(self, error: KioskError) -> str:
        """Code, cause and remedy."""
        cause, remedy = (self.say(f"failure.{error.code.value}.{part}") for part in ("cause", "remedy"))
        return f"{error.code.value}　{cause} {remedy}"

    def known(self, message_id: str, otherwise: str | None = None) -> str:
        """For ids that other programs' words are part of: the word itself where there is no sentence."""
        if message_id in self.catalogue:
            return self.say(message_id)
        return otherwise if otherwise is not None else message_id.rpartition(".")[2]

    def named(self, kind: str, value: str | None) -> str:
        return DASH if value is None else self.known(f"{kind}.{value}", value)

    def first(self, text: str) -> str:
        """The first of several sentences: what follows explains the fields to technicians."""
        mark = "。" if self.language == "ja" else ". "
        head, found, _rest = text.partition(mark)
        return head + found.rstrip()

    def age(self, seconds: float) -> str:
        """Minutes and seconds while they count; hours and minutes after that."""
        whole = max(0, int(seconds))
        if whole < 3600:
            return f"{whole // 60}:{whole % 60:02}"
        return self.say("console.hours", h=str(whole // 3600), m=str(whole % 3600 // 60))

    def clock(self, moment: datetime, *, seconds: bool = False) -> str:
        return f"{moment:%H:%M:%S}" if seconds else f"{moment:%H:%M}"

    def text_date(self, day: date) -> str:
        return self.say("console.date", date=day)

    def day(self, day: date) -> str:
        return self.say("console.day", date=day, weekday=self.say(f"console.weekday.{day.weekday()}"))


def cells(row: VisitRow, words: Words) -> tuple[str, ...]:
    """A row of the list: time, number, standing, identity, eligibility, document, claim, share. In short words: a table
    has little room."""
    return (
        words.clock(row.opened),
        row.number,
        words.say(f"console.standing.{row.standing.value}"),
        words.named("console.identity", None if row.identity == "none" else row.identity),
        words.named("console.eligibility", None if row.status is None else row.eligibility),
        words.named("console.shown", None if row.document == "none" else row.document),
        words.named("console.route", row.route),
        DASH if row.share is None else f"{row.share} %",
    )
