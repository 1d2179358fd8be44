"""One sample view for each kind of question of the declaration form."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.messages import Text
from kiosk.domain.screen import (
    ChoiceContent,
    Content,
    Control,
    Notice,
    ReviewContent,
    ReviewRow,
    Role,
    SignatureContent,
    Tone,
    View,
    WritingContent,
)

_NEXT = Control("form.next", Text("control.form.next"), Role.MAIN)
_UNKNOWN = Control("form.unknown", Text("control.form.unknown"), Role.QUIET)
_WORDS = ("県", "市", "区", "町", "村", "丁目", "番地", "号", "－")
_EMPLOYERS = ("株式会社", "有限会社", "医療法人", "学校法人", "市役所", "学校", "病院", "工業", "商店")
_KINDS = ("society", "kyokai", "mutual", "municipal", "municipal_union", "late_elderly")
_ROWS = (
    *(("name", "見本　花子"), ("kana", "ミホン　ハナコ"), ("birth_date", "昭和25年3月3日")),
    *(("address", "東京都架空区架空町１－２－３　コーポ見本４０５号室"), ("phone", "03-0000-0000")),
    *(("insurer_name", "架空市"), ("employer", ""), ("since", ""), ("symbol", ""), ("number", ""), ("branch", "")),
)


def _question(field: str, content: Content, *ways: Control, more: tuple[Control, ...] = ()) -> View:
    return View(
        "form",
        "FillingForm",
        Text(f"form.ask.{field}"),
        body=(Text(f"form.hint.{field}"), Text("form.step", (("n", "1"), ("of", "9")))),
        content=content,
        controls=(*ways, _NEXT, _UNKNOWN, *more),
        back=True,
        simulated=Text("simulated.card_terminal"),
    )


def _row(field: str, value: str) -> ReviewRow:
    shown = Text("form.value", (("value", value),)) if value else Text("form.value.open")
    return ReviewRow(f"form.change.{field}", Text(f"form.label.{field}"), shown, open=not value)


def _options(field: str, *answers: str, chosen: str = "") -> tuple[Control, ...]:
    return tuple(Control(f"form.choose.{a}", Text(f"form.{field}.{a}"), checked=a == chosen) for a in answers)


_OPTIONS = _options("insurance_kind", *_KINDS, chosen="municipal")
_WRITERS = _options("proxy", "self", "parent", "child", "spouse", "family", "helper")

FORM_SAMPLES: dict[str, View] = {
    "form_name": _question("name", WritingContent("name", "name", "見本　花子", 100)),
    "form_kana": _question("kana", WritingContent("kana", "kana", "ミホン", 120)),
    "form_address": _question("address", WritingContent("address", "text", "架空区", 200, _WORDS)),
    "form_birth_date": _question("birth_date", WritingContent("birth_date", "day", "1950-03-03", 20)),
    "form_phone": _question("phone", WritingContent("phone", "phone", "03-0000", 60)),
    "form_insurance": _question("insurance_kind", ChoiceContent("insurance_kind"), *_OPTIONS),
    "form_number": replace(
        _question("number", WritingContent("number", "digits", "5550", 20)),
        notices=(Notice(Text("form.no_mynumber"), Tone.CARE),),
    ),
    "form_employer": _question(
        "employer",
        WritingContent("employer", "text", "", 100, _EMPLOYERS),
        more=(Control("form.none", Text("control.form.none"), Role.QUIET),),
    ),
    "form_share": _question(
        "share_percent", ChoiceContent("share_percent"), *_options("share_percent", "30", "20", "10")
    ),
    "form_writer": _question("proxy", ChoiceContent("proxy"), *_WRITERS),
    "form_statement": replace(
        _question("name", WritingContent("name", "name", "", 100)),
        body=(Text("form.statement.hint"), Text("form.step", (("n", "1"), ("of", "5")))),
        notices=(Notice(Text("form.statement")),),
    ),
    "form_review": replace(
        _question("name", ReviewContent(tuple(_row(*row) for row in _ROWS))),
        screen="form_review",
        title=Text("form.review.title"),
        body=(Text("form.review.hint"),),
        controls=(Control("form.ok", Text("control.form.ok"), Role.MAIN),),
    ),
    "signature": replace(
        _question("name", SignatureContent(False)),
        screen="signature",
        title=Text("form.sign.title"),
        body=(Text("form.sign.declare"), Text("form.sign.hint")),
        controls=(
            Control("form.ok", Text("control.form.sign"), Role.MAIN, enabled=False),
            Control("form.paper", Text("control.form.paper"), Role.QUIET),
            Control("form.proxy", Text("control.form.proxy"), Role.QUIET),
        ),
    ),
}
