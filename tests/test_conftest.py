"""The rules of tests/conftest.py hold: a fault in them would let other tests pass that should not."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CONFTEST = Path(__file__).with_name("conftest.py").read_text(encoding="utf-8")
PACKAGES = """
tests-cups  surely-absent  command surely-absent
tests-xvfb  the-shell      command sh
"""
MARKED = """
    import pytest

    @pytest.mark.cups
    def test_needs_what_is_absent():
        pass

    @pytest.mark.xvfb
    def test_needs_what_is_here():
        pass
"""


@pytest.fixture
def inner(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project of its own with our conftest."""
    (pytester.mkdir("packaging") / "debian-packages.txt").write_text(PACKAGES, encoding="utf-8")
    tests = pytester.mkdir("tests")
    (tests / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    pytester.makeini("[pytest]\nmarkers = cups\n  xvfb\n")
    return pytester


def run(inner: pytest.Pytester, source: str) -> pytest.RunResult:
    inner.path.joinpath("tests", "test_it.py").write_text(inner.makepyfile(source).read_text(), encoding="utf-8")
    return inner.runpytest_subprocess("-rs", "tests")


def test_group_that_lacks_a_package_is_left_out_with_the_reason(
    inner: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    result = run(inner, MARKED)
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines("*group cups: surely-absent not installed*")


def test_ci_demands_every_group(inner: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    result = run(inner, MARKED)
    result.assert_outcomes(passed=1, errors=1)


def test_log_warning_fails_unless_announced(inner: pytest.Pytester) -> None:
    result = run(
        inner,
        """
        import logging

        def test_says_nothing():
            logging.getLogger("a").info("quiet")

        def test_warns():
            logging.getLogger("a").warning("disk full")

        def test_warns_as_announced(log_watch):
            log_watch.announce("WARNING a: disk")
            logging.getLogger("a").warning("disk full")

        def test_announces_for_nothing(log_watch):
            log_watch.announce("disk")
        """,
    )
    result.assert_outcomes(passed=4, errors=2)
    result.stdout.fnmatch_lines(
        ["*logged, but not announced: WARNING a: disk full*", "*announced, but not logged: disk*"]
    )
