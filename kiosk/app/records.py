"""The commands on records, as the command line sees them; what they do is loaded when one of them runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk.app.console import Console
from kiosk.app.paths import DataFolders
from kiosk.app.settings import Settings

FORMATS = ("text", "csv", "json", "html")
FoldersOf = Callable[[Settings], DataFolders]


def add_report(commands: Any, common: argparse.ArgumentParser, console: Console, folders_of: FoldersOf) -> None:
    """`commands` is what argparse's `add_subparsers` gave."""
    say = console.say
    report = commands.add_parser("report", help=say("cli.report"), description=say("cli.report"), parents=[common])
    kinds = report.add_subparsers(metavar="REPORT", required=True)
    added = kinds.add_parser(
        "usage", help=say("cli.report.usage"), description=say("cli.report.usage"), parents=[common]
    )

    def work(options: argparse.Namespace, console: Console, settings: Settings) -> int:
        from kiosk.app.report import report_usage

        return report_usage(options, console, settings, folders_of(settings))

    added.set_defaults(work=work)
    added.add_argument("--from", dest="first", metavar="DATE", help=say("cli.report.from"))
    added.add_argument("--to", dest="last", metavar="DATE", help=say("cli.report.to"))
    added.add_argument("--format", choices=FORMATS, help=say("cli.report.format"))
    added.add_argument("--json", action="store_true", help=say("cli.json"))
    added.add_argument("-o", "--output", type=Path, metavar="FILE", help=say("cli.report.output"))
