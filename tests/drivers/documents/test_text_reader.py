from __future__ import annotations

import os
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from drivers.documents import text_reader
from drivers.documents.text_reader import Box, TextReader
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.ports.face import Picture

ROOT = Path(__file__).parents[3]
FONT = ROOT / "assets" / "fonts" / "BIZUDPGothic-Regular.ttf"


@pytest.fixture(scope="session")
def reader() -> TextReader:
    return TextReader()


def page(*lines: tuple[int, int, str]) -> Picture:
    picture = Image.new("RGB", (900, 500), (235, 235, 230))
    draw = ImageDraw.Draw(picture)
    for x, y, text in lines:
        draw.text((x, y), text, font=ImageFont.truetype(str(FONT), 36), fill=(20, 20, 20))
    return np.asarray(picture, np.uint8)[:, :, ::-1].copy()


def test_lines_are_found_and_read(reader: TextReader) -> None:
    lines = {"昭和25年2月11日生": (80, 60), "4711": (80, 220), "架空市長": (600, 400)}
    picture = page(*((x, y, text) for text, (x, y) in lines.items()))
    boxes = reader.find(picture, 448)
    assert len(boxes) == len(lines)
    for box in boxes:
        line = reader.read(picture, box)
        assert len(line.text) == len(line.confidences)
        assert min(line.confidences) > 0.5
        x, y = lines[line.text]
        assert abs(box.left - x) < 25
        assert abs(box.top - y) < 25
        assert box.width > box.height


def test_an_empty_page_holds_nothing(reader: TextReader) -> None:
    assert reader.find(page(), 448) == ()
    assert reader.read(page(), Box(100, 100, 300, 140)).text == ""
    assert reader.read(page(), Box(300, 100, 300, 140)).text == ""


def test_a_character_in_several_widths_is_one(reader: TextReader) -> None:
    """Doubt between the middle dots of several scripts, or between ９ and 9, is no doubt of what is printed."""
    of = {one: i for i, one in enumerate(reader._characters) if one}
    likely = np.zeros((6, len(reader._characters)), np.float32)
    likely[0, of["·"]], likely[0, of["・"]] = 0.5, 0.4
    likely[1, of["・"]], likely[1, of["·"]] = 0.5, 0.4
    likely[2, 0] = 1.0
    likely[3, of["９"]], likely[3, of["9"]], likely[3, of["8"]] = 0.4, 0.3, 0.2
    likely[4, 0] = 1.0
    likely[5, of["齡"]], likely[5, of["齢"]] = 0.6, 0.3
    line = reader._decoded(likely)
    assert line.text == "·９齡"
    assert line.confidences == pytest.approx((0.9, 0.7, 0.6))
    assert line.common == pytest.approx((0.9, 0.7, 0.9))


def test_a_missing_model_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for spec in (None, ModuleSpec("rapidocr", None, is_package=True)):
        monkeypatch.setattr(text_reader, "find_spec", lambda _, spec=spec: spec)
        with pytest.raises(Fatal) as caught:
            TextReader()
        assert caught.value.code is FailureCode.MODEL_MISSING
        assert caught.value.detail.endswith(".onnx")


def test_the_library_reports_nothing_to_its_maker(tmp_path: Path) -> None:
    """It would make an identifier of this machine and a file to send, at its import. In a home of its own, and not as
    in continuous integration, where the library is silent by itself."""
    where = {name: str(tmp_path) for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    program = "from drivers.documents.text_reader import TextReader; TextReader()"
    environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **where}
    subprocess.run([sys.executable, "-c", program], env=environment, cwd=ROOT, check=True, timeout=300)
    assert list(tmp_path.rglob("*")) == []
