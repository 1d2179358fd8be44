"""The hash chain: each entry's hash covers the entry and the hash before it. Pure.

What is hashed is the UTF-8 text of a JSON list without blanks

    ["1", previous hash, seq, at, visit id or null, event, fields]

where the leading "1" is the version of this rule, hashes are lower-case hexadecimal SHA-256, and `fields` is a string:
the canonical text of the fields exactly as stored. Nobody has to parse and write it again to check it, so no program's
habit of writing JSON can break the chain. The hash before the first entry is GENESIS.

Worked example, to be repeated with any SHA-256 tool:

>>> text = canonical({"visible": True, "similarity": 0.5, "engine": "窓口"})
>>> text
'{"engine":"窓口","similarity":0.500,"visible":true}'
>>> GENESIS
'17ef24f89ffe10d250b481c3f8bf8c64f9c1b275b17b37528ece0bdc897156b6'
>>> link(GENESIS, 1, "2026-11-24T09:30:00.000+09:00", None, "reader.lost", "{}")
'895394602ebd9a66b8ff835e35d66f4453d40ad279264eb21c927a8591d66c1b'

The chain shows any change, removal, insertion or exchange of entries in the middle. It cannot show by itself that
entries were cut off at the end, or that everything was written anew: that takes a head noted down elsewhere
(`ChainHead`), or one signed with a key that whoever did it does not have (`Checkpoint`).
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from kiosk.ports.journal import ChainHead, ChainReport, Checkpoint, StoredEntry

VERSION = "1"
GENESIS = hashlib.sha256(b"Madoguchi journal").hexdigest()
DECIMALS = 3

ALTERED = "journal.chain.altered"
MISSING = "journal.chain.missing"
CUT = "journal.chain.cut"
REPLACED = "journal.chain.replaced"
CHECKPOINT = "journal.chain.checkpoint"
SIGNATURE = "journal.chain.signature"


def canonical(fields: Mapping[str, str | int | float | bool | None]) -> str:
    """One text for one set of fields: keys sorted by code point, no blanks, no escapes beyond JSON's own, numbers with
    a fraction always with three decimals. Raises ValueError for a number that is not finite and for text that is
    not valid Unicode."""
    return "{" + ",".join(f"{_text(name)}:{_value(fields[name])}" for name in sorted(fields)) + "}"


def _text(value: str) -> str:
    value.encode("utf-8")
    return json.dumps(value, ensure_ascii=False)


def _value(value: str | int | float | bool | None) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("a number that is not finite has no canonical form")
        return f"{round(value, DECIMALS) + 0.0:.{DECIMALS}f}"  # adding zero turns -0.0 into 0.0
    return json.dumps(value)


def link(previous: str, seq: int, at: str, visit_id: str | None, event: str, fields: str) -> str:
    """The hash of an entry whose predecessor has the hash `previous`."""
    record = json.dumps(
        [VERSION, previous, seq, at, visit_id, event, fields], ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(record.encode("utf-8")).hexdigest()


def timestamp(at: datetime) -> str:
    """Raises ValueError for a time without offset."""
    if at.utcoffset() is None:
        raise ValueError("a time without offset cannot be placed")
    return at.isoformat(timespec="milliseconds")


def follow(head: ChainHead | None, at: datetime, visit_id: str | None, event: str, fields: str) -> StoredEntry:
    """The entry that comes after `head`; `fields` is canonical text."""
    seq = head.seq + 1 if head else 1
    moment = timestamp(at)
    digest = link(head.hash if head else GENESIS, seq, moment, visit_id, event, fields)
    return StoredEntry(seq, moment, visit_id, event, fields, digest)


def verify(
    rows: Iterable[StoredEntry],
    known: ChainHead | None = None,
    checkpoints: Iterable[Checkpoint] = (),
    signed: Callable[[Checkpoint], bool] = lambda _checkpoint: True,
) -> ChainReport:
    """Walk the chain. `entries` counts what was found good; `first_bad` is the first sequence number that does not
    hold, which may stand behind the place that was tampered with when the hash of an entry was made anew as well.
    `signed` tells whether a checkpoint's signature is good."""
    previous = GENESIS
    good = fitting = 0
    waiting = {checkpoint.seq: checkpoint for checkpoint in checkpoints}
    for row in rows:
        expected = good + 1
        if row.seq != expected:
            return ChainReport(False, good, expected, MISSING)
        if not _holds(previous, row):
            return ChainReport(False, good, expected, ALTERED)
        if known is not None and row.seq == known.seq and row.hash != known.hash:
            return ChainReport(False, good, expected, REPLACED)
        if (checkpoint := waiting.pop(row.seq, None)) is not None:
            if checkpoint.hash != row.hash:
                return ChainReport(False, good, expected, CHECKPOINT, fitting)
            if not signed(checkpoint):
                return ChainReport(False, good, expected, SIGNATURE, fitting)
            fitting += 1
        previous = row.hash
        good = expected
    if waiting or (known is not None and good < known.seq):
        return ChainReport(False, good, good + 1, CUT, fitting)
    return ChainReport(True, good, None, None, fitting)


def _holds(previous: str, row: StoredEntry) -> bool:
    return row.hash == link(previous, row.seq, row.at, row.visit_id, row.event, row.fields)
