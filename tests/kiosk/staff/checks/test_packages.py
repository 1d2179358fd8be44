"""Versions are compared as numbers, extras count where they are installed, rivals of OpenCV are found."""

from __future__ import annotations

import pytest

from kiosk.staff.checks.packages import Metadata, PackagesCheck, read_metadata, satisfies
from kiosk.staff.readiness import State


@pytest.mark.parametrize(
    ("version", "clauses", "met"),
    [
        ("6.11.3", ">=6.10,<6.12", True),
        ("6.12.0", "<6.12,>=6.10", False),
        ("6.9", ">=6.10", False),
        ("10", ">=9.5", True),
        ("4", ">=4,<5", True),
        ("4.0", "==4", True),
        ("4.0.1", "==4", False),
        ("4.14.0.94", ">=4.14,<4.15", True),
        ("1.0", "!=1.0", False),
        ("1.0", "<=1", True),
        ("2.0", ">1.9", True),
        ("3.0rc1", ">=3", True),
        ("anything", "", True),
        ("1.0", "~=1.0", False),
    ],
)
def test_satisfies(version: str, clauses: str, met: bool) -> None:
    assert satisfies(version, clauses) is met


def check(python: str = "3.11.7", **installed: str) -> PackagesCheck:
    requires = ("sqlite-utils<5,>=4", 'pyscard<3,>=2.3; extra == "pcsc"')
    have = {name.replace("_", "-"): version for name, version in installed.items()}
    return PackagesCheck(python=python, metadata=lambda _: Metadata(">=3.11", requires, have))


@pytest.mark.parametrize(
    ("made", "state", "cause", "part"),
    [
        (check(sqlite_utils="4.2.1"), State.OK, "doctor.packages.ok", "sqlite-utils 4.2.1"),
        (check(sqlite_utils="4.2.1", pyscard="2.3.1"), State.OK, "doctor.packages.ok", "Python 3.11.7"),
        (check(sqlite_utils="4.2.1", pyscard="2.2"), State.FAIL, "doctor.packages.wrong", "pyscard"),
        (check(sqlite_utils="5.0"), State.FAIL, "doctor.packages.wrong", "5.0"),
        (check(), State.FAIL, "doctor.packages.wrong", "absent"),
        (check("3.10.2", sqlite_utils="4.2.1"), State.FAIL, "doctor.packages.python", "3.10.2"),
        (check(sqlite_utils="4.2.1", opencv_python="5.0"), State.FAIL, "doctor.packages.rival", "opencv-python"),
        (PackagesCheck(project="no-such-project-here"), State.FAIL, "doctor.packages.not_installed", "Python"),
    ],
)
def test_findings(made: PackagesCheck, state: State, cause: str, part: str) -> None:
    finding = made.run()
    assert (finding.state, finding.cause.id) == (state, cause)
    assert part in finding.detail
    assert (finding.remedy is None) == (state is State.OK)


def test_the_environment_of_the_tests_is_right() -> None:
    assert read_metadata("madoguchi") is not None
    assert PackagesCheck().run().state is State.OK
