"""Folders of a real terminal, which lie where it shares them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.app.cli import folders_of
from kiosk.app.doctor import readiness
from kiosk.app.paths import ASSETS
from kiosk.app.settings import load_settings
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.staff.readiness import State
from tests.kiosk.app.plays import player, written


def config(folder: Path, text: str) -> Path:
    path = folder / "kiosk.toml"
    path.write_text(f'[facility]\ndata = "{folder}/data"\n[folders]\n{text}', encoding="utf-8")
    return path


def test_a_share_is_used_where_it_is_mounted_and_never_made(tmp_path: Path) -> None:
    (tmp_path / "Req").mkdir()
    named = load_settings(config(tmp_path, f'req = "{tmp_path}/Req"\nres = "{tmp_path}/away/Res"\n'))
    folders = folders_of(named)
    folders.create()
    assert (folders.req, folders.res) == (tmp_path / "Req", tmp_path / "away/Res")
    assert folders.face == tmp_path / "data/face"
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["documents", "face", "out"]
    assert not (tmp_path / "away").exists()
    found = {line.check: line.finding.state for line in readiness(named, folders, ASSETS).lines}
    assert (found["req"], found["res"], found["face_folder"]) == (State.OK, State.FAIL, State.OK)


@pytest.mark.parametrize("text", ['req = "Req"\n', 'req = "/mnt/oqs"\nres = "/mnt/oqs"\n'])
def test_folders_that_would_mix_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Fatal) as wrong:
        load_settings(config(tmp_path, text))
    assert wrong.value.code is FailureCode.SETTINGS_WRONG
    assert wrong.value.detail.startswith("kiosk.toml:3: settings.folders")


def test_what_is_played_never_reaches_the_terminal(tmp_path: Path) -> None:
    named = f"settings: {{folders: {{req: {tmp_path}/Req, face: {tmp_path}/Face}}}}"
    steps = "steps: [{device_result: reader-ok.xml}, {expect: {screen: result}}]"
    assert player().play(written(tmp_path, f"{named}\n{steps}")).failure is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["test.yaml"]
