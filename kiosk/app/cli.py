"""The command line (design 4.1). Exit codes: 0 ok, 1 the work failed, 2 wrong usage."""

from __future__ import annotations

import argparse
import errno
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from kiosk.app.arguments import port, seconds
from kiosk.app.catalogue import LANGUAGES, load_catalogue
from kiosk.app.console import FAILED, OK, USAGE, USAGE_CODES, CommandFailed, Console, place_of
from kiosk.app.day_command import DAY, add_day, play_day_command, refuse_day_options
from kiosk.app.guards import forbid_core_dumps, overwrite_freed_memory
from kiosk.app.paths import ASSETS, DataFolders, default_data_folder
from kiosk.app.records import add_journal, add_report, add_staff, add_support_bundle
from kiosk.app.settings import ENGINES, READERS, Settings, load_settings
from kiosk.app.streams import ToldToEnd, discard_output, occupy_standard_streams, write_anything
from kiosk.domain.failures import KioskError

__all__ = ["FAILED", "OK", "USAGE", "main"]

Work = Callable[[argparse.Namespace, Console, Settings], int]


def main(argv: Sequence[str] | None = None) -> int:
    occupy_standard_streams()
    forbid_core_dumps()
    arguments = list(sys.argv[1:] if argv is None else argv)
    ending = ToldToEnd()
    if argv is None:
        if "run" in arguments:
            overwrite_freed_memory(arguments)
        ending.listen()
    write_anything(as_data="--json" in arguments)
    try:
        console = Console(load_catalogue(ASSETS / "messages"), _language(arguments))
        code = _run_command(arguments, console, ending)
        sys.stdout.flush()
    except BrokenPipeError:
        discard_output()
        return FAILED
    except OSError as error:  # a full disk shows when the last of the output goes there
        discard_output()
        console.complain(console.say("cli.not_written", file="stdout", why=errno.errorcode.get(error.errno or 0, "")))
        return FAILED
    except KioskError as error:  # without a catalogue there are no sentences
        print(f"kiosk: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return FAILED
    return code


def _run_command(arguments: Sequence[str], console: Console, ending: ToldToEnd) -> int:
    parser = _parser(console)
    try:
        options = parser.parse_args(arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else USAGE
    if not hasattr(options, "work"):
        parser.print_help()
        return USAGE
    try:
        work: Work = options.work
        return work(options, console, load_settings(getattr(options, "config", None)))
    except KioskError as error:
        return _failed(
            options, console, console.sentence(error), USAGE if error.code in USAGE_CODES else FAILED, error.code.value
        )
    except CommandFailed as error:
        return _failed(options, console, console.render(error.text), error.exit_code)
    except KeyboardInterrupt:
        return _failed(options, console, console.say("cli.interrupted"), FAILED)
    except BrokenPipeError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC and error.filename is None:
            raise  # of printing: what works with files says so in its own words
        unexpected = console.say("cli.unexpected", what=place_of(error))
        return _failed(options, console, console.say("cli.interrupted") if ending.told else unexpected, FAILED)


def _failed(
    options: argparse.Namespace, console: Console, sentence: str, exit_code: int, failure_code: str | None = None
) -> int:
    """One sentence on stderr. Who asked `play` for JSON gets an object all the same."""
    console.complain(sentence)
    if options.work is _play and options.json and not options.list:
        error = {"code": failure_code, "message": sentence}
        print(json.dumps({"passed": False, "results": [], "error": error}, ensure_ascii=False, indent=2))
    return exit_code


def folders_of(settings: Settings) -> DataFolders:
    root = Path(settings.facility.data) if settings.facility.data else default_data_folder()
    return DataFolders(root, settings.folders.placed())


def _language(arguments: Sequence[str]) -> str:
    for place, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        chosen = value or (arguments[place + 1] if place + 1 < len(arguments) else "")
        if name == "--lang" and chosen in LANGUAGES:
            return chosen
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "ja" if spoken.startswith("ja") else "en"


class _Parser(argparse.ArgumentParser):
    """Wrong usage is one sentence that says where help is."""

    console: Console

    def error(self, message: str) -> NoReturn:
        self.console.complain(self.console.say("cli.usage", what=message, help=f"{self.prog} --help"))
        raise SystemExit(USAGE)


def _parser(console: Console) -> argparse.ArgumentParser:
    say = console.say
    _Parser.console = console
    # Suppressed, so that a command does not overwrite what stands before it with its own default.
    common = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--config", type=Path, metavar="FILE", help=say("cli.config"))
    common.add_argument("--lang", choices=LANGUAGES, help=say("cli.lang"))
    parser = _Parser(prog="kiosk", description=say("cli.description"), parents=[common])
    commands = parser.add_subparsers(metavar="COMMAND")

    def command(name: str, work: Work, *, data: bool = True) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=say(f"cli.{name}"), description=say(f"cli.{name}"), parents=[common])
        added.set_defaults(work=work)
        if data:
            added.add_argument("--json", action="store_true", help=say("cli.json"))
        return added

    run = command("run", _run, data=False)
    run.add_argument("--no-bench", action="store_true", help=say("cli.run.no_bench"))
    run.add_argument("--fullscreen", action="store_true", help=say("cli.run.fullscreen"))
    run.add_argument("--my-face", nargs="?", const="0", metavar="CAMERA", help=say("cli.run.my_face"))

    play = command("play", _play)
    play.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=say("cli.play.names"))
    play.add_argument("--list", action="store_true", help=say("cli.play.list"))
    play.add_argument("--shots", type=Path, metavar="DIR", help=say("cli.play.shots"))
    play.add_argument("--show", action="store_true", help=say("cli.play.show"))
    play.add_argument("--landscape", action="store_true", help=say("cli.play.landscape"))
    play.add_argument("--reader", choices=READERS.split("|"), help=say("cli.play.reader"))
    add_day(play, console)

    _card_commands(commands, common, console)

    terminal = command("terminal", _terminal, data=False)
    terminal.add_argument("--folder", type=Path, metavar="DIR", help=say("cli.terminal.folder"))
    terminal.add_argument("--state", default="online", help=say("cli.terminal.state"))
    terminal.add_argument("--seconds", type=seconds, default=0.0, help=say("cli.terminal.seconds"))
    terminal.add_argument("--people", type=int, default=0, metavar="N", help=say("cli.terminal.people"))
    terminal.add_argument("--seed", type=int, metavar="S", help=say("cli.terminal.seed"))

    pending = command("pending", _pending)
    pending.add_argument("--all", action="store_true", help=say("cli.pending.all"))
    pending.add_argument("--personal", action="store_true", help=say("cli.pending.personal"))
    pending.add_argument("--requery", action="store_true", help=say("cli.pending.requery"))
    pending.add_argument("--settle", metavar="VISIT", help=say("cli.pending.settle"))
    pending.add_argument("--staff", metavar="NAME", help=say("cli.pending.staff"))
    pending.add_argument("--report", type=Path, metavar="DIR", help=say("cli.pending.report"))

    patients = commands.add_parser(
        "patients", help=say("cli.patients"), description=say("cli.patients"), parents=[common]
    )
    actions = patients.add_subparsers(metavar="ACTION", required=True)
    taken = actions.add_parser(
        "import", help=say("cli.patients.import"), description=say("cli.patients.import"), parents=[common]
    )
    taken.set_defaults(work=_patients_import)
    taken.add_argument("file", type=Path, metavar="FILE", help=say("cli.patients.file"))
    counted = actions.add_parser(
        "count", help=say("cli.patients.count"), description=say("cli.patients.count"), parents=[common]
    )
    counted.set_defaults(work=_patients_count)
    for action in (taken, counted):
        action.add_argument("--json", action="store_true", help=say("cli.json"))

    appointments = command("appointments", _appointments)
    appointments.add_argument("file", metavar="FILE", help=say("cli.appointments.file"))
    appointments.add_argument("--date", metavar="YYYY-MM-DD", help=say("cli.appointments.date"))
    appointments.add_argument("--seconds", type=seconds, default=60.0, help=say("cli.appointments.seconds"))

    gallery = command("gallery", _gallery, data=False)
    gallery.add_argument("folder", nargs="?", type=Path, metavar="DIR", help=say("cli.gallery.folder"))
    gallery.add_argument("--sheets", type=Path, metavar="DIR", help=say("cli.gallery.sheets"))
    gallery.add_argument("--components", type=Path, metavar="DIR", help=say("cli.gallery.components"))
    gallery.add_argument("--check", action="store_true", help=say("cli.gallery.check"))
    gallery.add_argument("--sample", action="store_true", help=say("cli.gallery.sample"))
    gallery.add_argument("--only", nargs="+", metavar="NAME", help=say("cli.gallery.only"))
    for name, metavar in (("language", "CODE"), ("text-size", "PERCENT"), ("palette", "NAME"), ("layout", "NAME")):
        sentence = say(f"cli.gallery.{name.replace('-', '_')}")
        gallery.add_argument(f"--{name}", nargs="+", metavar=metavar, help=sentence)
    gallery.add_argument("--width", type=int, default=1080, metavar="PIXELS", help=say("cli.gallery.width"))

    command("doctor", _doctor)
    add_support_bundle(commands, common, console, folders_of)

    add_journal(commands, common, console, folders_of)
    add_staff(commands, common, console, folders_of)

    claim = command("claim", _claim)
    claim.add_argument("file", metavar="FILE", help=say("cli.claim.file"))

    document = command("read-document", _read_document)
    document.add_argument("files", nargs="+", metavar="FILE", help=say("cli.read-document.files"))

    add_report(commands, common, console, folders_of)

    form = command("form", _form)
    form.add_argument("file", nargs="?", metavar="FILE", help=say("cli.form.file"))
    form.add_argument("-o", "--out", required=True, metavar="OUT.pdf", help=say("cli.form.out"))
    form.add_argument("--blank", action="store_true", help=say("cli.form.blank"))

    bench = command("bench", _bench)
    bench.add_argument("names", nargs="*", metavar="NAME", help=say("cli.bench.names"))
    bench.add_argument("--pairs", type=Path, metavar="FILE", help=say("cli.bench.pairs"))
    bench.add_argument("--engine", choices=ENGINES, help=say("cli.bench.engine"))
    bench.add_argument("--thresholds", metavar="T,T", help=say("cli.bench.thresholds"))
    return parser


def _card_commands(commands: argparse._SubParsersAction[_Parser], common: _Parser, console: Console) -> None:
    say = console.say
    card = commands.add_parser("card", help=say("cli.card"), description=say("cli.card"), parents=[common])
    actions = card.add_subparsers(metavar="ACTION", required=True)

    served = actions.add_parser(
        "serve", help=say("cli.card.serve"), description=say("cli.card.serve"), parents=[common]
    )
    served.set_defaults(work=_card_serve)
    served.add_argument("persona", metavar="PERSONA", help=say("cli.card.persona"))
    served.add_argument("--host", metavar="HOST", help=say("cli.card.host"))
    served.add_argument("--port", type=port, metavar="PORT", help=say("cli.card.port"))
    served.add_argument("--contact", action="store_true", help=say("cli.card.contact"))
    served.add_argument("--card", action="append", default=[], metavar="FIELD=VALUE", help=say("cli.card.card"))
    served.add_argument("--counters", type=Path, metavar="FILE", help=say("cli.card.counters"))

    shown = actions.add_parser("show", help=say("cli.card.show"), description=say("cli.card.show"), parents=[common])
    shown.set_defaults(work=_card_show)
    shown.add_argument("--reader", metavar="NAME", help=say("cli.card.reader"))
    shown.add_argument("--wait", type=seconds, default=2.0, metavar="SECONDS", help=say("cli.card.wait"))
    shown.add_argument("--personal", action="store_true", help=say("cli.card.personal"))
    shown.add_argument("--json", action="store_true", help=say("cli.json"))


# --- commands -----------------------------------------------------------------------------------
# Heavy modules are imported by the command that needs them: `kiosk --help` must not load Qt.


def _run(options: argparse.Namespace, console: Console, settings: Settings) -> int:
    _require_display()
    from kiosk.app.run import run_kiosk

    return run_kiosk(
        settings,
        folders_of(settings),
        console,
        bench=not options.no_bench,
        fullscreen=options.fullscreen,
        assets=ASSETS,
        my_face=options.my_face,
    )


def _require_display() -> None:
    """Qt ends the whole process where there is none."""
    from kiosk.staff.checks.machine import DisplayCheck
    from kiosk.staff.readiness import State

    if DisplayCheck(os.environ).run().state not in (State.OK, State.WARN):
        raise CommandFailed(FAILED, "cli.run.no_display")


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
        raise CommandFailed(USAGE, "cli.play.nothing")
    if DAY in options.scenarios:
        return play_day_command(options, console, settings)
    refuse_day_options(options)
    if options.show:
        _require_display()
    names = [n for given in options.scenarios for n in (shipped_scenarios() if given == "all" else [given])]
    scenarios = [load_scenario(find_scenario(name)) for name in names]
    from kiosk.app.play import play_all

    return play_all(scenarios, options, console, settings, ASSETS)


def _gallery(options: argparse.Namespace, console: Console, settings: Settings) -> int:
    from kiosk.app.gallery import run_gallery

    return run_gallery(options, console, settings)


def _card_serve(options: argparse.Namespace, console: Console, settings: Settings) -> int:
    from kiosk.app.card import serve_card, virtual_card

    chip = virtual_card(
        ASSETS / "personas", options.persona, contact=options.contact, counters=options.counters, fields=options.card
    )
    host, port = options.host or settings.virtual.vpcd_host, options.port or settings.virtual.vpcd_port
    return serve_card(chip, host, port, console, options.persona)


def _card_show(options: argparse.Namespace, console: Console, settings: Settings) -> int:
    from kiosk.app.card import show_card

    return show_card(settings, options.reader, options.wait, console, personal=options.personal, as_json=options.json)


def _terminal(options: argparse.Namespace, console: Console, settings: Settings) -> int:
    from kiosk.app.terminal import run_terminal

    folders = DataFolders(options.folder) if options.folder else folders_of(settings)
    state = {"state": options.state, "seconds": options.seconds}
    return run_terminal(
        folders,
        state,
        settings,
        lambda: console.print("cli.terminal.running", folder=str(folders.root)),
        ASSETS,
        people=options.people,
        seed=options.seed,
        making=lambda: console.print("cli.terminal.making_people", people=str(options.people)),
    )


def _pending(options: argparse.Namespace, console: Console, settings: Settings) -> int:
    from kiosk.app.pending import run_pending

    return run_pending(options, console, settings, folders_of(settings))


def _patients_import(options: argparse.Namespace, console: Console, settings: Settings) -> int:
    from kiosk.app.own_patients import import_patients

    return import_patients(options, console, settings, folders_of(settings))


def _patients_count(options: argparse.Namespace, console: Console, settings: Settings) -> int:
    from kiosk.app.own_patients import count_patients

    return count_patients(options, console, settings, folders_of(settings))


def _appointments(options: argparse.Namespace, console: Console, settings: Settings) -> int:
    from kiosk.app.own_patients import look_up_appointments

    return look_up_appointments(options, console, settings, folders_of(settings))


def _doctor(options: argparse.Namespace, console: Console, settings: Settings) -> int:
    from kiosk.app.doctor import readiness
    from kiosk.staff.readiness import as_data, as_text

    report = readiness(settings, folders_of(settings), ASSETS)
    if options.json:
        print(json.dumps(as_data(report, console.catalogue, console.language), ensure_ascii=False, indent=2))
    else:
        print("\n".join(as_text(report, console.catalogue, console.language)))
    return OK if report.ready else FAILED


def _claim(options: argparse.Namespace, console: Console, settings: Settings) -> int:
    """JSON is the only form of the answer, so that `--json` changes nothing."""
    from kiosk.app.claim import answer, practice_of

    found = answer(options.file, console.catalogue, practice_of(settings))
    write_anything(as_data=True)
    print(json.dumps(found, ensure_ascii=False, indent=2))
    return OK


def _read_document(options: argparse.Namespace, console: Console, _settings: Settings) -> int:
    """JSON is one object for one file, a list for several."""
    from kiosk.app.read_document import as_data, as_lines, complaint, read_files

    done = read_files(options.files)
    if options.json:
        data = [as_data(one) for one in done]
        print(json.dumps(data[0] if len(data) == 1 else data, ensure_ascii=False, indent=2))
    else:
        for one in done:
            print("\n".join(as_lines(one, console)), end="\n" if one.reading.blocked is None else "")
    for one in done:
        if sentence := complaint(one, console):
            console.complain(sentence)
    return OK if all(one.good for one in done) else FAILED


def _form(options: argparse.Namespace, console: Console, settings: Settings) -> int:
    from kiosk.app.form import STDOUT, draw_form, same_file, write_pdf
    from kiosk.runtime.clocks import RealClock

    if options.blank == (options.file is not None):
        raise CommandFailed(USAGE, "cli.form.both" if options.blank else "cli.form.nothing")
    if options.file is not None and same_file(options.file, options.out):
        raise CommandFailed(USAGE, "cli.form.same")
    drawn = draw_form(options.file, settings, RealClock().now())
    write_pdf(drawn.pdf, options.out)
    notes = [console.say("form.masked")] if drawn.masked else []
    notes += [console.say("form.unwritable", n=str(drawn.unwritable))] if drawn.unwritable else []
    if options.json and options.out != STDOUT:
        print(json.dumps({"file": options.out, "bytes": len(drawn.pdf), "warnings": notes}, ensure_ascii=False))
    else:
        for note in notes:
            console.complain(note)
        if options.out != STDOUT:
            console.print("cli.form.done", file=options.out)
    return OK


def _bench(options: argparse.Namespace, console: Console, settings: Settings) -> int:
    from kiosk.app.bench import run_benches

    if options.pairs or options.engine or options.thresholds:
        from kiosk.app.bench.face_pairs import bench_pairs

        return bench_pairs(options, console, settings)
    return run_benches(options.names, settings, console.catalogue, as_json=options.json, language=console.language)


if __name__ == "__main__":
    sys.exit(main())
