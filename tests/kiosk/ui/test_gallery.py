from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from kiosk.app.cli import FAILED, OK, USAGE, main
from kiosk.domain.messages import Catalogue
from kiosk.ui.gallery import SHEETS, draw, gallery_window


@pytest.mark.usefixtures("qapp")
def test_the_gallery_writes_each_screen_and_the_contact_sheet(tmp_path: Path, catalogue: Catalogue) -> None:
    window = gallery_window(catalogue)
    [landscape] = [sheet for sheet in SHEETS if sheet.name == "landscape-en"]
    written = draw(window, tmp_path / "new", ["idle", "face"], 270, landscape)
    assert [path.name for path in written] == [
        "landscape-en-idle.png",
        "landscape-en-face.png",
        "sheet-landscape-en.png",
    ]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(path.name for path in written)
    assert QImage(str(written[1])).width() == 480


@pytest.mark.usefixtures("qapp")
def test_a_screen_in_parts_has_a_picture_of_each(tmp_path: Path, catalogue: Catalogue) -> None:
    [large] = [sheet for sheet in SHEETS if sheet.text_size == 200]
    written = draw(gallery_window(catalogue), tmp_path, ["consent"], 135, large)
    assert written[0].name == "contrast-200-ja-consent-1.png"
    assert len(written) > 2


@pytest.mark.usefixtures("qapp")
def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gallery", str(tmp_path), "--only", "idle", "--width", "135"]) == OK
    assert (tmp_path / "portrait-ja-idle.png").exists()
    assert main(["gallery"]) == USAGE
    assert main(["gallery", "--check", "--only", "no_such_screen"]) == USAGE
    assert "no_such_screen" in capsys.readouterr().err
    small = tmp_path / "small.toml"
    small.write_text("[screen]\nshort_mm = 150\n", encoding="utf-8")
    assert main(["gallery", "--check", "--only", "finished", "--sample", "--config", str(small)]) == FAILED
    assert "target of" in capsys.readouterr().out
