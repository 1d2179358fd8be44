import re
from argparse import Namespace
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from kiosk.app.cli import FAILED, OK, USAGE, main
from kiosk.app.console import CommandFailed, Console
from kiosk.app.gallery import wanted_of
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
    one = ["--language", "ja", "--layout", "portrait", "low"]
    assert main(["gallery", "--check", "--only", "finished", *one, "--sample", "--config", str(small)]) == FAILED
    flaws = capsys.readouterr().out.splitlines()[:-1]
    assert any("target of" in flaw for flaw in flaws)
    assert {flaw.split()[4] for flaw in flaws} == {"portrait", "low"}


def test_any_combination_can_be_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--language", "en", "--text-size", "100", "150", "--palette", "dark", "--layout", "wider"]
    assert main(["gallery", str(tmp_path), "--only", "finished", "--width", "135", *asked]) == OK
    names = [f"wider-en{size}-dark" for size in ("", "-150")]
    drawn = [tmp_path / f"{name}-finished.png" for name in names]
    assert sorted(tmp_path.iterdir()) == sorted([*drawn, *(tmp_path / f"sheet-{name}.png" for name in names)])
    pictures = [QImage(str(path)) for path in drawn]
    assert {picture.width() for picture in pictures} == {240}
    assert pictures[0] != pictures[1]
    assert pictures[0].pixelColor(2, 130).lightness() < 40
    assert "4 pictures" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("option", "known"),
    [("--language", "zh-Hans"), ("--text-size", "150"), ("--palette", "contrast"), ("--layout", "low_landscape")],
)
def test_a_value_that_is_not_known_names_those_that_are(option: str, known: str, catalogue: Catalogue) -> None:
    asked = Namespace(language=None, text_size=None, palette=None, layout=None)
    setattr(asked, option.strip("-").replace("-", "_"), [known, "none_such"])
    console = Console(catalogue, "en")
    with pytest.raises(CommandFailed) as caught:
        wanted_of(asked, console)
    assert caught.value.exit_code == USAGE
    assert re.match(
        rf"{option} does not know none_such; it knows .*\b{known}\b.*, all$", console.render(caught.value.text)
    )
