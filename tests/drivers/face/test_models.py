"""A model is loaded only when it is the one on the list."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from drivers.face.detector import MODEL as DETECTOR
from drivers.face.engine import EMBEDDING_MODEL
from drivers.face.models import list_models, read_model
from kiosk.domain.failures import FailureCode, Fatal

SHIPPED = Path(__file__).parents[3] / "assets" / "models"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("models.toml", DETECTOR):
        shutil.copy(SHIPPED / name, tmp_path / name)
    return tmp_path


def test_every_listed_model_is_shipped_with_its_licence() -> None:
    models = list_models(SHIPPED)
    assert {model.file for model in models} == {DETECTOR, EMBEDDING_MODEL}
    for model in models:
        assert hashlib.sha256(read_model(SHIPPED, model.file).tobytes()).hexdigest() == model.sha256
        assert len((SHIPPED / model.licence_file).read_text(encoding="utf-8")) > 500
    assert {path.name for path in SHIPPED.glob("*.onnx")} == {model.file for model in models}


def test_a_single_changed_bit_is_noticed(folder: Path) -> None:
    content = bytearray((folder / DETECTOR).read_bytes())
    content[5000] ^= 1
    (folder / DETECTOR).write_bytes(content)
    with pytest.raises(Fatal) as caught:
        read_model(folder, DETECTOR)
    assert (caught.value.code, caught.value.detail) == (FailureCode.MODEL_WRONG, DETECTOR)


def test_a_model_cut_short_is_wrong(folder: Path) -> None:
    (folder / DETECTOR).write_bytes((folder / DETECTOR).read_bytes()[:-1])
    with pytest.raises(Fatal) as caught:
        read_model(folder, DETECTOR)
    assert caught.value.code is FailureCode.MODEL_WRONG


def test_an_absent_model_is_named(folder: Path) -> None:
    with pytest.raises(Fatal) as caught:
        read_model(folder, EMBEDDING_MODEL)
    assert (caught.value.code, caught.value.detail) == (FailureCode.MODEL_MISSING, EMBEDDING_MODEL)


def test_a_model_that_is_not_listed_is_refused(folder: Path) -> None:
    shutil.copy(folder / DETECTOR, folder / "other.onnx")
    with pytest.raises(Fatal) as caught:
        read_model(folder, "other.onnx")
    assert caught.value.code is FailureCode.MODEL_WRONG
    assert "other.onnx" in caught.value.detail


def test_an_absent_list_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Fatal) as caught:
        list_models(tmp_path)
    assert caught.value.code is FailureCode.MODEL_MISSING


@pytest.mark.parametrize(
    "text",
    ["model = [", "", "model = 3", '[[model]]\nfile = "a"', '[[model]]\nfile = 1\nbytes = "many"', "\udcff"],
    ids=["not toml", "empty", "no table", "field absent", "wrong type", "not utf-8"],
)
def test_a_faulty_list_is_wrong(tmp_path: Path, text: str) -> None:
    (tmp_path / "models.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(Fatal) as caught:
        list_models(tmp_path)
    assert caught.value.code is FailureCode.MODEL_WRONG


def test_fields_of_the_wrong_type_are_wrong(tmp_path: Path) -> None:
    text = (SHIPPED / "models.toml").read_text(encoding="utf-8").replace("bytes = 122489", 'bytes = "122489"')
    (tmp_path / "models.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Fatal) as caught:
        list_models(tmp_path)
    assert caught.value.code is FailureCode.MODEL_WRONG
