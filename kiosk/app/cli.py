"""The command line (design 4.1). Exit codes: 0 ok, 1 the work failed, 2 wrong usage."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from kiosk.app.catalogue import LANGUAGES, load_catalogue
from kiosk.app.paths import ASSETS, DataFolders, default_data_folder
from kiosk.app.settings import Settings, load_settings
from kiosk.domain.failures import FailureCode, KioskError
from kiosk.domain.messages import Catalogue, Text

OK, FAILED, USAGE = 0, 1, 2

USAGE_CODES = frozenset({FailureCode.SETTINGS_WRONG, FailureCode.SCENARIO_WRONG, FailureCode.PERSONA_UNKNOWN})
"""Failures that lie in what the user wrote, not in the work."""


class Console:
    """Prints catalogue sentences in one language."""

    def __init__(self, catalogue: Catalogue, language: str) -> None:
        self.catalogue = catalogue
        self.language = language

    def say(self, message_id: str, **values: str) -> str:
        return self.catalogue.render(Text(message_id, tuple(values.items())), self.language)

    def print(self, message_id: str, **values: str) -> None:
        print(self.say(message_id, **values))

    def error(self, error: KioskError) -> None:
        code = error.code.value
        print(
            self.say(
                "cli.error",
                cause=self.say(f"failure.{code}.cause"),
                remedy=self.say(f"failure.{code}.remedy"),
                code=code,
                detail=f" {error.detail}" if error.detail else "",
            ),
            file=sys.stderr,
        )


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    console = Console(load_catalogue(ASSETS / "messages"), _language(arguments))
    parser = _parser(console)
    options = parser.parse_args(arguments)
    if not hasattr(options, "work"):
        parser.print_help()
        return USAGE
    try:
        work: Callable[[argparse.Namespace, Console, Settings], int] = options.work
        return work(options, console, load_settings(options.config))
    except KioskError as error:
        console.error(error)
        return USAGE if error.code in USAGE_CODES else FAILED
    except KeyboardInterrupt:
        print(console.say("cli.interrupted"), file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def folders_of(settings: Settings) -> DataFolders:
    return DataFolders(Path(settings.facility.data) if settings.facility.data else default_data_folder())


def _language(arguments: Sequence[str]) -> str:
    if "--lang" in arguments[:-1]:
        chosen = arguments[arguments.index("--lang") + 1]
        if chosen in LANGUAGES:
            return chosen
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "ja" if spoken.startswith("ja") else "en"


def _parser(console: Console) -> argparse.ArgumentParser:
    say = console.say
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--config", type=Path, metavar="FILE", help=say("cli.config"))
    common.add_argument("--lang", choices=LANGUAGES, help=say("cli.lang"))
    parser = argparse.ArgumentParser(prog="kiosk", description=say("cli.description"), parents=[common])
    commands = parser.add_subparsers(metavar="COMMAND")

    def command(
        name: str, work: Callable[[argparse.Namespace, Console, Settings], int], *, data: bool = True
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=say(f"cli.{name}"), description=say(f"cli.{name}"), parents=[common])
        added.set_defaults(work=work)
        if data:
            added.add_argument("--json", action="store_true", help=say("cli.json"))
        return added

    run = command("run", _run, data=False)
    run.add_argument("--no-bench", action="store_true", help=say("cli.run.no_bench"))
    run.add_argument("--fullscreen", action="store_true", help=say("cli.run.fullscreen"))

    play = command("play", _play)
    play.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=say("cli.play.names"))
    play.add_argument("--list", action="store_true", help=say("cli.play.list"))
    play.add_argument("--shots", type=Path, metavar="DIR", help=say("cli.play.shots"))
    play.add_argument("--show", action="store_true", help=say("cli.play.show"))
    play.add_argument("--landscape", action="store_true", help=say("cli.play.landscape"))
    play.add_argument("--reader", choices=["simulated"], default="simulated", help=say("cli.play.reader"))

    terminal = command("terminal", _terminal, data=False)
    terminal.add_argument("--folder", type=Path, metavar="DIR", help=say("cli.terminal.folder"))
    terminal.add_argument("--state", default="online", help=say("cli.terminal.state"))
    terminal.add_argument("--seconds", type=float, default=0.0, help=say("cli.terminal.seconds"))

    command("doctor", _doctor)

    journal = command("journal", _journal)
    journal.add_argument("action", choices=["verify"], help=say("cli.journal.action"))

    bench = command("bench", _bench)
    bench.add_argument("names", nargs="*", metavar="NAME", help=say("cli.bench.names"))
    return parser


# --- commands -----------------------------------------------------------------------------------
# Heavy modules are imported by the command that needs them: `kiosk --help` must not load Qt.


def _run(options: argparse.Namespace, console: Console, settings: Settings) -> int:
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM")):
        print(console.say("cli.run.no_display"), file=sys.stderr)
        return FAILED
    from kiosk.app.run import run_kiosk

    return run_kiosk(
        settings,
        folders_of(settings),
        console.catalogue,
        bench=not options.no_bench,
        fullscreen=options.fullscreen,
    )


def _play(options: argparse.Namespace, console: Console, settings: Settings) -> int:
    from kiosk.app.scenario import load_scenario
    from kiosk.app.shipped import find_scenario, shipped_scenarios

    if options.list:
        listed = [(name, load_scenario(path).title) for name, path in shipped_scenarios().items()]
        if options.json:
            print(json.dumps([{"name": n, "title": t} for n, t in listed], ensure_ascii=False, indent=2))
        else:
            width = max((len(name) for name, _ in listed), default=0)
            for name, title in listed:
                print(f"{name:{width}}  {title}")
        return OK
    if not options.scenarios:
        print(console.say("cli.play.nothing"), file=sys.stderr)
        return USAGE
    names = list(shipped_scenarios()) if "all" in options.scenarios else options.scenarios
    scenarios = [load_scenario(find_scenario(name)) for name in names]
    from kiosk.app.play import play_all

    return play_all(scenarios, options, console, settings)


def _terminal(options: argparse.Namespace, console: Console, settings: Settings) -> int:
    from kiosk.app.terminal import run_terminal

    folders = DataFolders(options.folder) if options.folder else folders_of(settings)
    state = {"state": options.state, "seconds": options.seconds}
    return run_terminal(
        folders, state, settings, lambda: console.print("cli.terminal.running", folder=str(folders.root))
    )


def _doctor(options: argparse.Namespace, console: Console, settings: Settings) -> int:
    from kiosk.app.doctor import readiness
    from kiosk.staff.readiness import as_data, as_text

    report = readiness(settings, folders_of(settings))
    if options.json:
        print(json.dumps(as_data(report, console.catalogue, console.language), ensure_ascii=False, indent=2))
    else:
        print("\n".join(as_text(report, console.catalogue, console.language)))
    return OK if report.ready else FAILED


def _journal(options: argparse.Namespace, console: Console, settings: Settings) -> int:
    from kiosk.app.journal import open_journal

    journal = open_journal(folders_of(settings), must_exist=True)
    try:
        report = journal.verify()
    finally:
        journal.close()
    if options.json:
        reason = console.say(report.reason) if report.reason else None
        print(
            json.dumps(
                {"ok": report.ok, "entries": report.entries, "first_bad": report.first_bad, "reason": reason},
                ensure_ascii=False,
            )
        )
    elif report.ok:
        console.print("cli.journal.ok", n=str(report.entries))
    else:
        reason = console.say(report.reason) if report.reason else ""
        print(console.say("cli.journal.bad", n=str(report.first_bad), reason=reason), file=sys.stderr)
    return OK if report.ok else FAILED


def _bench(options: argparse.Namespace, console: Console, settings: Settings) -> int:
    from kiosk.app.bench import run_benches

    return run_benches(options.names, settings, console.catalogue, as_json=options.json, language=console.language)


if __name__ == "__main__":
    sys.exit(main())
