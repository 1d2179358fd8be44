"""The commands on records, as the command line sees them; what they do is loaded when one of them runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk.app.console import Console
from kiosk.app.paths import DataFolders
from kiosk.app.settings import Settings
from kiosk.domain.accounts import Role
from kiosk.domain.staff_actions import ACTIONS, Scope

FORMATS = ("text", "csv", "json", "html")
ROLES = tuple(role.value for role in Role)
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


def add_journal(commands: Any, common: argparse.ArgumentParser, console: Console, folders_of: FoldersOf) -> None:
    say = console.say
    journal = commands.add_parser("journal", help=say("cli.journal"), description=say("cli.journal"), parents=[common])
    actions = journal.add_subparsers(metavar="ACTION", required=True)

    def action(name: str) -> argparse.ArgumentParser:
        about = say(f"cli.journal.{name}")
        added: argparse.ArgumentParser = actions.add_parser(name, help=about, description=about, parents=[common])
        added.add_argument("--json", action="store_true", help=say("cli.json"))

        def work(options: argparse.Namespace, console: Console, settings: Settings) -> int:
            from kiosk.app import journal_commands

            if name == "purge":
                return journal_commands.purge(options, console, folders_of(settings), settings.journal.retention_years)
            return journal_commands.ACTIONS[name](options, console, folders_of(settings))

        added.set_defaults(work=work)
        return added

    verify = action("verify")
    verify.add_argument("--public-key", type=Path, metavar="FILE", help=say("cli.journal.public_key"))

    export = action("export")
    export.add_argument("--from", dest="first", metavar="DATE", help=say("cli.journal.from"))
    export.add_argument("--to", dest="last", metavar="DATE", help=say("cli.journal.to"))
    export.add_argument("--only", metavar="QUESTION", help=say("cli.journal.only"))
    export.add_argument("--visit", metavar="ID", help=say("cli.journal.visit"))
    export.add_argument("--patient", metavar="REFERENCE", help=say("cli.journal.patient"))
    export.add_argument("--personal", action="store_true", help=say("cli.journal.personal"))
    export.add_argument("--format", choices=("csv", "json"), help=say("cli.report.format"))
    export.add_argument("-o", "--output", type=Path, metavar="FILE", help=say("cli.report.output"))

    purge = action("purge")
    purge.add_argument("--before", metavar="DATE", help=say("cli.journal.before"))
    purge.add_argument("--dry-run", action="store_true", help=say("cli.journal.dry_run"))

    action("recover")


def add_support_bundle(commands: Any, common: argparse.ArgumentParser, console: Console, folders_of: FoldersOf) -> None:
    say = console.say
    about = say("cli.support")
    added = commands.add_parser("support-bundle", help=about, description=about, parents=[common])
    added.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.zip", help=say("cli.support.output"))
    added.add_argument("--json", action="store_true", help=say("cli.json"))

    def work(options: argparse.Namespace, console: Console, settings: Settings) -> int:
        from kiosk.app.support import write_bundle

        return write_bundle(options, console, settings, folders_of(settings))

    added.set_defaults(work=work)


def add_staff(commands: Any, common: argparse.ArgumentParser, console: Console, folders_of: FoldersOf) -> None:
    say = console.say
    staff = commands.add_parser("staff", help=say("cli.staff"), description=say("cli.staff"), parents=[common])
    staff.add_argument("--fullscreen", action="store_true", help=say("cli.staff.fullscreen"))
    staff.add_argument("--shots", type=Path, metavar="DIR", help=say("cli.staff.shots"))
    staff.set_defaults(work=_console_work(folders_of))
    parts = staff.add_subparsers(metavar="PART")
    about = say("cli.staff.accounts")
    accounts = parts.add_parser("accounts", help=about, description=about, parents=[common])
    actions = accounts.add_subparsers(metavar="ACTION", required=True)

    def action(name: str) -> argparse.ArgumentParser:
        about = say(f"cli.accounts.{name}")
        added: argparse.ArgumentParser = actions.add_parser(name, help=about, description=about, parents=[common])
        added.add_argument("--json", action="store_true", help=say("cli.json"))

        def work(options: argparse.Namespace, console: Console, settings: Settings) -> int:
            from kiosk.app import staff_accounts

            options.card_reader = settings.staff.card_reader
            return staff_accounts.ACTIONS[name](options, console, folders_of(settings))

        added.set_defaults(work=work)
        return added

    add = action("add")
    add.add_argument("name", metavar="NAME", help=say("cli.accounts.name"))
    add.add_argument("--role", choices=ROLES, default=ROLES[0], help=say("cli.accounts.role"))
    add.add_argument("--sealed", action="store_true", help=say("cli.accounts.sealed"))
    disable = action("disable")
    disable.add_argument("name", metavar="NAME", help=say("cli.accounts.name"))
    renew = action("renew")
    renew.add_argument("name", metavar="NAME", help=say("cli.accounts.name"))
    action("card").add_argument("name", metavar="NAME", help=say("cli.accounts.name"))
    remove = action("remove-card")
    remove.add_argument("name", metavar="NAME", help=say("cli.accounts.name"))
    for one in (add, disable, renew, remove):
        one.add_argument("--by", metavar="NAME", help=say("cli.accounts.by"))
    action("list")
    _add_counter(parts, common, console, folders_of)


def _console_work(folders_of: FoldersOf) -> Callable[[argparse.Namespace, Console, Settings], int]:
    """`kiosk staff` alone opens the window."""

    def work(options: argparse.Namespace, console: Console, settings: Settings) -> int:
        from kiosk.app import staff_console
        from kiosk.app.many_kiosks import kiosks_of

        if options.shots is not None:
            return staff_console.draw_shots(options.shots, console)
        return staff_console.open_console(kiosks_of(settings, folders_of), console, fullscreen=options.fullscreen)

    return work


def _add_counter(parts: Any, common: argparse.ArgumentParser, console: Console, folders_of: FoldersOf) -> None:
    say = console.say

    def part(name: str, function: str) -> argparse.ArgumentParser:
        about = say(f"cli.staff.{name}")
        added: argparse.ArgumentParser = parts.add_parser(name, help=about, description=about, parents=[common])
        added.add_argument("--json", action="store_true", help=say("cli.json"))

        def work(options: argparse.Namespace, console: Console, settings: Settings) -> int:
            from kiosk.app import counter_commands
            from kiosk.app.many_kiosks import kiosks_of

            done: int = getattr(counter_commands, function)(options, console, kiosks_of(settings, folders_of))
            return done

        added.set_defaults(work=work)
        return added

    part("lanes", "list_lanes")
    act = part("act", "do_act")
    act.add_argument("lane", metavar="LANE", help=say("cli.counter.lane"))
    acts = tuple(action.name for action in ACTIONS if action.scope is not Scope.RECORD)
    act.add_argument("action", metavar="ACTION", choices=acts, help=f"{say('cli.counter.action')}: {', '.join(acts)}")
    act.add_argument("--visit", metavar="ID", help=say("cli.counter.visit"))
    act.add_argument("--reason", metavar="WORD", help=say("cli.counter.reason"))
    act.add_argument("--document", metavar="NAME", help=say("cli.counter.document"))
    act.add_argument("--index", type=int, metavar="N", help=say("cli.counter.index"))
    act.add_argument("--as", dest="staff", metavar="NAME", help=say("cli.counter.as"))
