"""`kiosk staff lanes` and `kiosk staff act`: the counter without a window."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from typing import Any

from drivers.counter.client import SocketLine
from drivers.counter.wire import folder_of
from drivers.store.counter import SqliteCounter
from kiosk.app.console import FAILED, OK, USAGE, CommandFailed, Console
from kiosk.app.counter import open_counter
from kiosk.app.many_kiosks import Kiosk
from kiosk.app.paths import DataFolders
from kiosk.app.staff_accounts import signed_in
from kiosk.ports.counter import ActState, Lane
from kiosk.runtime.clocks import RealClock

ANSWER_SECONDS = 3.0


def list_lanes(options: argparse.Namespace, console: Console, kiosks: Sequence[Kiosk]) -> int:
    """Needs no sign-in: nothing about a person is in it."""
    lanes = [lane for kiosk in kiosks for lane in _lanes(kiosk.folders)]
    if options.json:
        print(json.dumps({"lanes": [_as_data(lane) for lane in lanes]}, ensure_ascii=False, indent=2))
        return OK
    if not lanes:
        console.print("cli.counter.none")
    now = RealClock().now()
    for lane in lanes:
        standing = lane.standing
        alive = "stopped" if lane.beat_age is None else "alive" if lane.alive else "hangs"
        console.print(
            "cli.counter.row",
            lane=standing.lane,
            step=console.render(standing.step),
            seconds=str(max(0, round((now - standing.since).total_seconds()))),
            alive=console.say(f"cli.counter.{alive}"),
            visit=standing.visit_id or "－",
        )
        for need in standing.needs:
            print(f"  ● {console.say(need)}")
        for held in standing.holds:
            print(f"  ○ {console.say(held)}")
    return OK


def do_act(options: argparse.Namespace, console: Console, kiosks: Sequence[Kiosk]) -> int:
    """Waits for the kiosk's answer, a few seconds at most; an act that waits longer is not lost."""
    if options.staff is None:
        raise CommandFailed(USAGE, "cli.counter.as_needed")
    kiosks[0].folders.create()
    holding = (kiosk for kiosk in kiosks if any(lane.standing.lane == options.lane for lane in _lanes(kiosk.folders)))
    if (kiosk := next(holding, None)) is None:
        raise CommandFailed(FAILED, "cli.counter.no_lane", lane=options.lane)
    session = signed_in(options.staff, console, kiosks[0].folders)
    with closing(open_counter(kiosk.folders, session, settings=kiosk.settings)) as counter:
        standing = next(lane.standing for lane in counter.lanes() if lane.standing.lane == options.lane)
        if options.visit is not None and options.visit != standing.visit_id:
            return _told(options, console, ActState.REFUSED, "counter.refused.moved_on", None)
        report = counter.act(
            standing, options.action, reason=options.reason, document=options.document, index=options.index
        )
        answer = report if report.state is not ActState.ASKED else counter.wait(report.act_id, ANSWER_SECONDS)
    if answer is None or answer.state is ActState.ASKED:
        return _told(options, console, ActState.ASKED, None, report.act_id)
    why = f"counter.refused.{answer.why.value}" if answer.why else None
    return _told(options, console, answer.state, why, report.act_id)


def _told(options: argparse.Namespace, console: Console, state: ActState, why: str | None, act_id: str | None) -> int:
    if options.json:
        word = why.rpartition(".")[2] if why else None
        print(json.dumps({"act": act_id, "lane": options.lane, "state": state.value, "why": word}))
    elif why is not None:
        console.complain(console.say("cli.counter.refused", lane=options.lane, why=console.say(why)))
    elif state is ActState.ASKED:
        console.print("cli.counter.waiting", act=act_id or "")
    else:
        name = console.say(f"counter.act.{options.action}")
        console.print("cli.counter.done", lane=options.lane, act=name)
    return FAILED if why is not None else OK


def _lanes(folders: DataFolders) -> tuple[Lane, ...]:
    path = folders.root / "counter.sqlite"
    if not path.is_file():
        return ()
    line = SocketLine(folder_of(folders.root))
    with closing(SqliteCounter(path)) as store:
        return tuple(Lane(standing, line.beat_age(standing.lane)) for standing in store.lanes())


def _as_data(lane: Lane) -> dict[str, Any]:
    plain = {name: _plain(value) for name, value in asdict(lane.standing).items()}
    return {**plain, "alive": lane.alive, "beat_age": lane.beat_age}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
