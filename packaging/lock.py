"""Write packaging/requirements.lock, or check that it still fits what it was made from.

    python packaging/lock.py            write the lock (asks the package registry)
    python packaging/lock.py --check    check the lock (asks nobody); exit 1 with one line for each fault

The lock is what `uv pip compile --universal --generate-hashes` says about pyproject.toml (with every extra),
requirements.in and overrides.txt: names, versions and hashes, no address and no folder. Its first line holds a digest
of the requirements it was made from, so a lock that was not made anew after a change is found without a network.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

HERE = Path(__file__).resolve().parent
LOCK = HERE / "requirements.lock"
OLDEST_PYTHON = "3.11"
HEADER = "# Made by `python packaging/lock.py`; do not edit. Requirements: sha256:"


@dataclass(frozen=True)
class Pin:
    """One package of the lock. The same name may be pinned more than once, for different markers."""

    requirement: Requirement
    version: Version
    hashes: int


def _lines(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        text = line.split("#", 1)[0].strip()
        if text:
            yield text


def requirements() -> list[str]:
    """Every requirement that the lock must satisfy: the program's, its extras' and the tools'."""
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [text for texts in project["optional-dependencies"].values() for text in texts]
    return [*project["dependencies"], *extras, *_lines(HERE / "requirements.in")]


def digest() -> str:
    """A digest of everything that decides what the lock holds; comments and order do not count."""
    parts = [OLDEST_PYTHON, *sorted(requirements()), "--", *sorted(_lines(HERE / "overrides.txt"))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def compiled() -> str:
    """What the lock should hold now. Versions that the present lock names stay wherever they still fit.

    Raises CalledProcessError, whose stderr says why, when uv finds no answer or no registry.
    """
    beside_python = Path(sys.executable).with_name("uv")
    uv = str(beside_python) if beside_python.exists() else "uv"
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, LOCK.name)
        if LOCK.exists():
            shutil.copyfile(LOCK, output)
        command = [uv, "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header", "--all-extras"]
        command += ["--python-version", OLDEST_PYTHON, "--override", "overrides.txt", "--output-file", str(output)]
        # Run in this folder with names relative to it: uv writes them into the lock.
        subprocess.run(
            [*command, "../pyproject.toml", "requirements.in"], cwd=HERE, check=True, capture_output=True, text=True
        )
        return f"{HEADER}{digest()}\n{output.read_text(encoding='utf-8')}"


def pins(text: str) -> list[Pin]:
    """The packages of a lock, each with its one version."""
    found = []
    for block in re.split(r"\n(?=[^\s#])", re.sub(r"(?m)^#.*\n", "", text)):
        if not block.strip():
            continue
        head = block.split("\\\n", 1)[0].strip()
        requirement = Requirement(head)
        versions = [part.version for part in requirement.specifier if part.operator == "=="]
        if len(versions) != 1:
            raise ValueError(f"{head}: not one exact version")
        found.append(Pin(requirement, Version(versions[0]), len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", block))))
    return found


def faults(text: str) -> list[str]:
    """Why this lock must not be used, one sentence each; empty when it is right."""
    found = []
    if not text.startswith(f"{HEADER}{digest()}\n"):
        found.append("The lock was not made from the present requirements: run `python packaging/lock.py`.")
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host|(^|\s)(/|~|[A-Za-z]:\\)\S|@ ", line):
            found.append(f"Line {number} of the lock holds an address or a folder: {line.strip()}")
    locked = pins(text)
    found += [f"{pin.requirement.name} has no hash in the lock." for pin in locked if not pin.hashes]
    for requirement in map(Requirement, requirements()):
        versions = [
            pin.version
            for pin in locked
            if canonicalize_name(pin.requirement.name) == canonicalize_name(requirement.name)
        ]
        if not versions:
            found.append(f"{requirement} is not in the lock.")
        found += [
            f"{requirement} does not allow {version}, which the lock holds."
            for version in versions
            if not requirement.specifier.contains(version, prereleases=True)
        ]
    replaced = {canonicalize_name(Requirement(line).name) for line in _lines(HERE / "overrides.txt")}
    found += [
        f"{pin.requirement.name} would be installed although overrides.txt replaces it."
        for pin in locked
        if canonicalize_name(pin.requirement.name) in replaced and pin.requirement.marker is None
    ]
    return found


def main() -> int:
    if sys.argv[1:] == ["--check"]:
        found = faults(LOCK.read_text(encoding="utf-8"))
        print("\n".join(found) or "The lock is right.")
        return 1 if found else 0
    if sys.argv[1:]:
        print("Usage: python packaging/lock.py [--check]", file=sys.stderr)
        return 2
    try:
        LOCK.write_text(compiled(), encoding="utf-8")
    except subprocess.CalledProcessError as error:
        print(f"uv could not make the lock: {error.stderr.strip()}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
