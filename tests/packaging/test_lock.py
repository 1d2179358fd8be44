"""The lock fits the requirements it was made from, and says nothing about the machine it was made on."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "packaging" / "lock.py"


@pytest.fixture(scope="module")
def lock() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lock", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def text(lock: ModuleType) -> str:
    return lock.LOCK.read_text(encoding="utf-8")


def test_committed_lock_has_no_fault(lock: ModuleType, text: str) -> None:
    assert lock.faults(text) == []


def test_lock_made_before_a_change_of_the_requirements_is_found(
    lock: ModuleType, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    present = lock.requirements()
    monkeypatch.setattr(lock, "requirements", lambda: [*present, "pytest<2", "nobody-pinned-this"])
    stale, range_fault, absent = lock.faults(text)
    assert "not made from the present requirements" in stale
    assert range_fault.startswith("pytest<2 does not allow")
    assert absent == "nobody-pinned-this is not in the lock."


@pytest.mark.parametrize(
    "line",
    [
        "--extra-index-url https://packages.example.org/simple",
        "madoguchi @ file:///srv/madoguchi",
        "    # via -r /srv/madoguchi/requirements.in",
        "--find-links wheels",
        "    # via -r ~/requirements.in",
    ],
)
def test_address_or_folder_is_found(lock: ModuleType, text: str, line: str) -> None:
    first, rest = text.split("\n", 1)
    with_comment = f"{first}\n# {line.strip()}\n{rest}"
    assert [fault for fault in lock.faults(with_comment) if "address or a folder" in fault]


def test_package_without_hash_is_found(lock: ModuleType, text: str) -> None:
    assert lock.faults(text + "six==1.17.0\n") == ["six has no hash in the lock."]


def test_replaced_package_is_found_when_it_would_be_installed(lock: ModuleType, text: str) -> None:
    unmarked = text.replace("dlib==20.0.1 ; sys_platform == 'never'", "dlib==20.0.1")
    assert lock.faults(unmarked) == ["dlib would be installed although overrides.txt replaces it."]


@pytest.mark.skipif(os.environ.get("CI") != "true", reason="asks the package registry; CI does so")
def test_lock_made_anew_is_the_same(lock: ModuleType, text: str) -> None:
    try:
        anew = lock.compiled()
    except subprocess.CalledProcessError as error:
        if "Failed to fetch" in error.stderr or "error sending request" in error.stderr:
            pytest.skip("no package registry can be reached")
        raise
    assert anew == text
