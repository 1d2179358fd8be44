"""What a technician wants to know before anything else: is the service there, which readers, and is ours among them."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.pcsc.choice import choose
from drivers.pcsc.codes import Code, ServiceError, code_name
from drivers.pcsc.service import Context, installed


@dataclass(frozen=True)
class Survey:
    """`chosen` is the reader that the name or pattern picks, None without one. `fault` says why the service cannot be
    asked, empty where it can; `refused`: it runs, and does not let this user in."""

    readers: tuple[str, ...] = ()
    chosen: str | None = None
    fault: str = ""
    refused: bool = False


def survey(wanted: str) -> Survey:
    """One look, at once. Never raises."""
    if not installed():
        return Survey(fault=f"pyscard, {code_name(Code.NO_SERVICE)}")
    try:
        context = Context()
        try:
            readers = context.readers()
        finally:
            context.release()
    except ServiceError as error:
        return Survey(fault=code_name(error.code), refused=error.code == Code.SECURITY_VIOLATION)
    return Survey(tuple(readers), choose(readers, wanted))
