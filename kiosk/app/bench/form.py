"""How long the 被保険者資格申立書 takes to become a PDF: the first sheet, which loads the fonts, and those after it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from drivers.documents.form import fonts
from drivers.documents.form.layout import load_layout
from drivers.documents.form.sheet import FormSheet
from kiosk.app.bench.result import Figure, figure
from kiosk.app.form import form_rules
from kiosk.app.paths import ASSETS
from kiosk.domain.attestation import parse_form
from kiosk.domain.attestation_sheet import sheet_of

RUNS = 5
AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
_FORM = {
    "name": "𠮷田　髙子",
    "kana": "ヨシダ　タカコ",
    "birth_date": "1950-03-03",
    "address": "東京都架空区一丁目２番３号",
    "phone": "03-0000-0000",
    "insurance_kind": "late_elderly",
    "insurer_name": "架空広域連合",
    "share_percent": 10,
    "signed_on": "2026-11-24",
}


def form_figures(clock: Callable[[], float] = time.perf_counter) -> Iterator[Figure]:
    """Milliseconds for a sheet, and its size."""
    rules = form_rules(AT.date())
    content = sheet_of(parse_form(_FORM, rules), rules)
    fonts.forget_fonts()
    sheet = FormSheet(load_layout(ASSETS / "forms" / "attestation.toml"), ASSETS / "fonts")
    times, sizes = [], []
    for _ in range(RUNS):
        began = clock()
        sizes.append(len(sheet.draw(content, AT)))
        times.append((clock() - began) * 1000)
    yield figure("documents.form.first", "ms", times[:1])
    yield figure("documents.form.next", "ms", times[1:])
    yield figure("documents.form.size", "bytes", sizes)
