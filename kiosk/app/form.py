"""`kiosk form`: a FORM (design 4.4) in, the 被保険者資格申立書 as a PDF out."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from drivers.documents.form.layout import load_layout
from drivers.documents.form.overlay import FormOverlay
from drivers.documents.form.sheet import FormSheet
from drivers.printer.folder import write_whole
from kiosk.app.console import FAILED, USAGE, CommandFailed
from kiosk.app.paths import ASSETS
from kiosk.app.settings import Settings
from kiosk.domain.attestation import AttestationForm, FormRules, FormWrong, parse_form
from kiosk.domain.attestation_sheet import SheetContent, sheet_of
from kiosk.domain.failures import FailureCode, NeedsStaff
from kiosk.domain.rules import load_rules

LIMIT = 2_000_000
"""Bytes of a FORM. A signature is the only long thing in it."""

STDIN = STDOUT = "-"


@dataclass(frozen=True)
class Drawn:
    """A PDF, and what whoever asked for it should know."""

    pdf: bytes
    masked: bool = False  # an Individual Number was left out
    unwritable: int = 0  # characters that no font has: 〓 stands there


def form_rules(on: date) -> FormRules:
    rules = ASSETS / "rules"
    return FormRules(load_rules(rules / "form.toml"), load_rules(rules / "claims.toml"), on)


def form_drawer(settings: Settings, assets: Path = ASSETS) -> FormSheet | FormOverlay:
    """The project's sheet, or the facility's own form. Raises `Fatal(FORM_TEMPLATE_WRONG)` naming the file."""
    sheet = FormSheet(load_layout(assets / "forms" / "attestation.toml"), assets / "fonts")
    template = settings.printer.template
    return FormOverlay(Path(template), assets / "fonts") if template else sheet


def draw_form(source: str | None, settings: Settings, now: datetime) -> Drawn:
    """The form of a file, of standard input for "-", or a blank one for None.

    Raises `CommandFailed` for anything in the input that is not as the contract says.
    """
    rules = form_rules(now.date())
    form = AttestationForm() if source is None else read_form(source, rules)
    if form.signed_on is not None:
        rules = replace(rules, on=form.signed_on)
    content = sheet_of(form, rules) if source is not None else SheetContent()
    drawer = form_drawer(settings)
    try:
        pdf = drawer.draw(content, now)
    except NeedsStaff as error:
        if error.code is not FailureCode.FORM_NOT_DRAWN:
            raise
        _wrong("picture" if error.detail == "signature_png" else "no_room", key=error.detail)
    return Drawn(pdf, form.masked, sum(drawer.fonts.missing(text) for text in content.texts.values()))


def read_form(source: str, rules: FormRules) -> AttestationForm:
    """Raises `CommandFailed` naming the item."""
    try:
        return parse_form(_load(source), rules)
    except FormWrong as error:
        _wrong(error.problem, **error.values)


def write_pdf(pdf: bytes, target: str) -> None:
    """Whole or not at all, readable by its owner only. Raises `CommandFailed` naming the file."""
    if target == STDOUT:
        sys.stdout.flush()
        sys.stdout.buffer.write(pdf)
        sys.stdout.buffer.flush()
        return
    path = Path(target)
    try:
        if path.is_dir():
            raise IsADirectoryError(0, "is a directory")
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):
            with path.open("wb") as device:
                device.write(pdf)
            return
        write_whole(path, pdf)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise CommandFailed(FAILED, "form.output.unwritable", file=target, reason=reason) from None


def same_file(source: str, target: str) -> bool:
    try:
        return source != STDIN and target != STDOUT and Path(source).samefile(target)
    except (OSError, ValueError):
        return False


# --- reading ------------------------------------------------------------------------------------


def _load(source: str) -> Any:
    name = "stdin" if source == STDIN else Path(source).name
    try:
        if source == STDIN:
            raw = _bounded(sys.stdin.buffer)
        else:
            with Path(source).open("rb") as file:
                raw = _bounded(file)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise CommandFailed(USAGE, "form.input.unreadable", file=name, reason=reason) from None
    if len(raw) > LIMIT:
        _wrong("too_large", file=name, limit=str(LIMIT))
    try:
        return json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number)
    except UnicodeDecodeError:
        _wrong("not_utf8", file=name)
    except json.JSONDecodeError as error:
        _wrong("json", file=name, line=str(error.lineno), column=str(error.colno))
    except FormWrong as error:
        _wrong(error.problem, **error.values)
    except (ValueError, RecursionError):  # a number with more digits than Python converts, or a nesting without end
        _wrong("json", file=name, line="1", column="1")


def _bounded(file: BinaryIO) -> bytes:
    return file.read(LIMIT + 1)


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise FormWrong("twice", "".join(c if c.isprintable() else "?" for c in key)[:80])
        found[key] = value
    return found


def _no_number(_text: str) -> NoReturn:
    raise ValueError


def _wrong(problem: str, **values: str) -> NoReturn:
    raise CommandFailed(USAGE, f"form.input.{problem}", **values)
