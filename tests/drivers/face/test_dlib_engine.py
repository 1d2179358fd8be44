"""The second engine: refused where it would be unsafe or cannot run, and otherwise as the port says."""

from __future__ import annotations

import importlib.util
import os
import signal
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from drivers.face import dlib_engine
from drivers.face.dlib_engine import DlibChild, DlibMatcher, has_avx, load_dlib_rules, model_files
from drivers.simulated.camera import SimulatedCamera
from drivers.simulated.scenes import Scene
from kiosk.domain.failures import FailureCode, Fatal, NeedsStaff
from kiosk.domain.secret import Secret
from kiosk.ports.face import FaceResult, FaceVerdict

ASSETS = Path(__file__).parents[3] / "assets"
RULES = ASSETS / "rules" / "face.toml"
ON = date(2026, 11, 24)
Photo = Callable[..., Secret]
installed = pytest.mark.skipif(
    importlib.util.find_spec("dlib") is None or importlib.util.find_spec("face_recognition_models") is None,
    reason="the face-recognition set is optional",
)


@pytest.fixture(scope="module")
def dlib_matcher() -> Iterator[DlibMatcher]:
    matcher = DlibMatcher(ASSETS / "models", load_dlib_rules(RULES, ON), RULES, ON)
    matcher.load()
    yield matcher
    matcher.close()


@pytest.mark.parametrize("distance", [0.6, 0.61, 5.0, -0.1])
def test_the_librarys_default_tolerance_is_refused(distance: float) -> None:
    with pytest.raises(Fatal) as caught:
        load_dlib_rules(RULES, ON, distance)
    assert caught.value.code is FailureCode.SETTINGS_WRONG
    assert "dlib_distance" in caught.value.detail


def test_a_distance_is_a_similarity_of_one_less() -> None:
    assert load_dlib_rules(RULES, ON).threshold_match == pytest.approx(0.6)
    assert load_dlib_rules(RULES, ON, 0.45).threshold_match == pytest.approx(0.55)
    wide = load_dlib_rules(RULES, ON, 0.55)
    assert wide.threshold_review == wide.threshold_match == pytest.approx(0.45)


@pytest.mark.parametrize(
    ("machine", "flags", "runs"),
    [
        ("x86_64", "flags\t\t: fpu avx sse2", True),
        ("x86_64", "flags\t\t: fpu sse2", False),
        ("x86_64", "nothing known", True),
        ("aarch64", "flags\t\t: fpu", True),
    ],
)
def test_avx_is_looked_for_before_anything_is_loaded(tmp_path: Path, machine: str, flags: str, runs: bool) -> None:
    (tmp_path / "cpuinfo").write_text(f"processor : 0\n{flags}\n")
    assert has_avx(machine, tmp_path / "cpuinfo") is runs
    assert has_avx(machine, tmp_path / "absent")


def test_without_avx_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dlib_engine, "has_avx", lambda: False)
    matcher = DlibMatcher(ASSETS / "models", load_dlib_rules(RULES, ON), RULES, ON)
    with pytest.raises(Fatal) as caught:
        matcher.load()
    assert caught.value.code is FailureCode.ENGINE_UNUSABLE
    assert matcher.child is None


def test_an_absent_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(Fatal) as caught:
        model_files(RULES, ON)
    assert (caught.value.code, caught.value.detail) == (FailureCode.ENGINE_UNUSABLE, "dlib: not installed")


@installed
def test_a_file_with_another_digest_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "face.toml"
    wrong.write_text(RULES.read_text(encoding="utf-8").replace('sha256 = "5553', 'sha256 = "0000'), encoding="utf-8")
    with pytest.raises(Fatal) as caught:
        model_files(wrong, ON)
    assert (caught.value.code, caught.value.detail) == (
        FailureCode.MODEL_WRONG,
        "dlib_face_recognition_resnet_model_v1.dat",
    )


def test_a_child_that_dies_at_the_start_is_no_engine(tmp_path: Path) -> None:
    child = DlibChild(tmp_path / "no", tmp_path / "network")
    with pytest.raises(Fatal) as caught:
        child.start()
    assert caught.value.code is FailureCode.ENGINE_UNUSABLE


def attempt(matcher: DlibMatcher, camera: SimulatedCamera, photo: Secret) -> FaceResult:
    return matcher.attempt(
        matcher.reference(photo),
        camera,
        seconds=4,
        on_hint=lambda _: None,
        on_preview=lambda _: None,
        cancelled=lambda: False,
        liveness=False,
    )


@installed
def test_own_and_other_card(dlib_matcher: DlibMatcher, camera: SimulatedCamera, card_photo: Photo) -> None:
    camera.show("hanako", Scene.SELF)
    own = attempt(dlib_matcher, camera, card_photo("hanako"))
    assert own.engine.startswith("dlib")
    assert own.similarity is not None
    other = attempt(dlib_matcher, camera, card_photo("kenji"))
    assert other.similarity is not None
    assert other.similarity < own.similarity
    assert other.verdict is not FaceVerdict.MATCH


@installed
def test_only_the_five_point_file_is_opened(dlib_matcher: DlibMatcher) -> None:
    dlib_matcher.load()
    assert dlib_matcher.child is not None
    process = dlib_matcher.child._process
    assert process is not None
    assert "shape_predictor_5_face_landmarks.dat" in " ".join(map(str, process.args))  # type: ignore[arg-type]
    assert not any("68" in str(part) for part in process.args)  # type: ignore[union-attr]


@installed
def test_a_child_that_was_ended_is_started_again(dlib_matcher: DlibMatcher, card_photo: Photo) -> None:
    before = dlib_matcher.reference(card_photo("taro")).embedding
    assert dlib_matcher.child is not None
    process = dlib_matcher.child._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    after = dlib_matcher.reference(card_photo("taro")).embedding
    assert np.allclose(before, after)


@installed
def test_a_child_that_hangs_needs_staff(
    dlib_matcher: DlibMatcher, card_photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    dlib_matcher.load()
    assert dlib_matcher.child is not None
    process = dlib_matcher.child._process
    assert process is not None
    monkeypatch.setattr(dlib_engine, "_ANSWER_SECONDS", 0.2)
    os.kill(process.pid, signal.SIGSTOP)
    with pytest.raises(NeedsStaff) as caught:
        dlib_matcher.reference(card_photo("taro"))
    assert caught.value.code is FailureCode.ENGINE_UNUSABLE
    assert process.poll() is not None, "the one that hangs is ended"
