"""Are the interpreter and the packages those that the project was built with?"""

from __future__ import annotations

import importlib.metadata
import platform
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kiosk.domain.messages import Text
from kiosk.staff.readiness import Finding, State

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9._-]+)\s*(?:\[[^\]]*\])?\s*\(?([^;)]*)\)?\s*(?:;(.*))?")
_CLAUSE = re.compile(r"\s*(>=|<=|==|!=|<|>)\s*([0-9][0-9A-Za-z.]*)\s*")

RIVALS = ("opencv-python", "opencv-contrib-python", "opencv-contrib-python-headless")
"""Packages that overwrite the module cv2 of opencv-python-headless; some bring a second Qt."""


@dataclass(frozen=True)
class Metadata:
    """What the installed project says of itself. `installed` are versions by normalised name."""

    python: str  # e.g. ">=3.11"
    requires: tuple[str, ...]
    installed: Mapping[str, str]


def read_metadata(project: str) -> Metadata | None:
    """None when the project is not installed."""
    try:
        distribution = importlib.metadata.distribution(project)
    except importlib.metadata.PackageNotFoundError:
        return None
    installed: dict[str, str] = {}
    for found in importlib.metadata.distributions():
        name = found.metadata["Name"]
        if name:
            installed.setdefault(_normalised(name), found.version)
    return Metadata(distribution.metadata["Requires-Python"] or "", tuple(distribution.requires or ()), installed)


@dataclass(frozen=True)
class PackagesCheck:
    id: str = "packages"
    project: str = "madoguchi"
    python: str = platform.python_version()
    metadata: Callable[[str], Metadata | None] = read_metadata

    def run(self) -> Finding:
        found = self.metadata(self.project)
        if found is None:
            return _fail("doctor.packages.not_installed", f"Python {self.python}")
        if not satisfies(self.python, found.python):
            return _fail("doctor.packages.python", f"Python {self.python}, {found.python}")
        rivals = [name for name in RIVALS if name in found.installed]
        if rivals:
            return _fail("doctor.packages.rival", ", ".join(rivals))
        wrong = [problem for line in found.requires if (problem := _problem(line, found.installed))]
        if wrong:
            return _fail("doctor.packages.wrong", "; ".join(wrong))
        return Finding(State.OK, Text("doctor.packages.ok"), detail=f"Python {self.python}, {_versions(found)}")


def _fail(cause: str, detail: str) -> Finding:
    return Finding(State.FAIL, Text(cause), Text("doctor.packages.remedy"), detail)


def _problem(line: str, installed: Mapping[str, str]) -> str | None:
    """What is wrong with one requirement. One with a marker, such as an extra, counts only where it is installed."""
    parts = _REQUIREMENT.fullmatch(line)
    if parts is None:
        return f"{line}?"
    name, clauses, marker = parts.groups()
    version = installed.get(_normalised(name))
    if version is None:
        return None if marker else f"{name} {clauses}: absent"
    return None if satisfies(version, clauses) else f"{name} {clauses}: {version}"


def satisfies(version: str, clauses: str) -> bool:
    """Whether a version meets comma-separated clauses such as ">=6.10,<6.12". Pre-releases count as their release;
    a clause of another form is not met."""
    return all(_meets(version, clause) for clause in clauses.split(",") if clause.strip())


def _meets(version: str, clause: str) -> bool:
    parts = _CLAUSE.fullmatch(clause)
    if parts is None:
        return False
    ours, theirs = _release(version), _release(parts[2])
    width = max(len(ours), len(theirs))
    ours += (0,) * (width - len(ours))
    theirs += (0,) * (width - len(theirs))
    order = (ours > theirs) - (ours < theirs)
    return order in {">=": (0, 1), "<=": (-1, 0), "==": (0,), "!=": (-1, 1), "<": (-1,), ">": (1,)}[parts[1]]


def _release(version: str) -> tuple[int, ...]:
    numbers = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(part) for part in numbers[0].split(".")) if numbers else ()


def _versions(found: Metadata) -> str:
    names = [parts[1] for line in found.requires if (parts := _REQUIREMENT.fullmatch(line)) and not parts[3]]
    return ", ".join(
        f"{name} {found.installed[key]}" for name in names if (key := _normalised(name)) in found.installed
    )


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
