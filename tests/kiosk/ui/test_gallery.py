from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from kiosk.ui.gallery import main


@pytest.mark.usefixtures("qapp")
def test_the_gallery_writes_each_screen_and_the_contact_sheets(tmp_path: Path) -> None:
    assert main([str(tmp_path / "new"), "--width", "270", "--only", "idle", "face"]) == 0
    names = sorted(path.name for path in (tmp_path / "new").iterdir())
    expected = [f"{o}-{c}-{s}.png" for o in ("portrait", "landscape") for c in ("ja", "en") for s in ("idle", "face")]
    expected += [f"sheet-{o}-{c}.png" for o in ("portrait", "landscape") for c in ("ja", "en")]
    assert names == sorted(expected)
    assert QImage(str(tmp_path / "new" / "landscape-en-face.png")).width() == 480
