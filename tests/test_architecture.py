"""The house rules that no single module can show: who may import what, what lies where, and what lies beside it.

The arrows between our own packages are import-linter's (pyproject.toml); here are those to the outside.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(path for package in ("kiosk", "drivers") for path in (ROOT / package).rglob("*.py"))

PURE = ("kiosk.domain", "kiosk.ports", "kiosk.flow")
"""Packages that decide and describe; whatever reaches the world or waits for it is not theirs."""

BARRED_FROM_PURE = {"time", "threading", "asyncio", "queue", "subprocess", "socket", "multiprocessing", "concurrent"}

ALLOWED_TO_PURE = {"kiosk.ports.face": {"numpy"}, "kiosk.ports.card": {"numpy"}}
"""Beside the standard library. numpy is here the type of a picture, nothing more."""

OWNERS = {
    "smartcard": ("drivers.pcsc",),
    "PySide6": ("kiosk.ui", "kiosk.staff", "kiosk.app"),
    "cv2": ("drivers.camera", "drivers.documents", "drivers.face", "drivers.simulated", "kiosk.app"),
    "rapidocr": ("drivers.documents",),
    "onnxruntime": ("drivers.documents", "drivers.face"),
    "face_recognition": ("drivers.face", "kiosk.app"),
    "dlib": ("drivers.face",),
    "sqlite_utils": ("drivers.store",),
    "sqlite3": ("drivers.store",),
}
"""The packages that may import a library that ties us to a device, an engine or a screen."""

TOP_LEVEL = {"pyproject.toml", "README.md", "LICENSE", "kiosk", "drivers", "assets", "tests", "packaging"}
LARGE = {"assets/models/face_recognition_sface_2021dec_int8bq.onnx"}
MAKES_FILES = {"out", "var", "build"}
"""Folders at the top level that runs of the program leave behind; .gitignore names them."""


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_in(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def imports(path: Path) -> Iterator[str]:
    """Absolute names of all modules that a module imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import in line {node.lineno}"
            yield node.module or ""


def files() -> Iterator[Path]:
    """Every file of the project, without what git and the tools keep beside it."""
    for top in sorted(ROOT.iterdir()):
        if top.name in TOP_LEVEL:
            yield from ([top] if top.is_file() else (path for path in sorted(top.rglob("*")) if path.is_file()))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_imports_what_its_package_may(path: Path) -> None:
    module = name_of(path)
    tops = {name.split(".")[0] for name in imports(path)}
    for library, owners in OWNERS.items():
        assert library not in tops or is_in(module, owners), f"{library} belongs to {', '.join(owners)}"
    if is_in(module, PURE):
        outside = tops - sys.stdlib_module_names - {"kiosk"}
        assert outside <= ALLOWED_TO_PURE.get(module, set())
        assert not tops & BARRED_FROM_PURE
    if is_in(module, ("kiosk.domain",)):
        assert all(is_in(name, ("kiosk.domain",)) for name in imports(path) if name.split(".")[0] == "kiosk")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_is_small(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= 450


def test_every_package_of_kiosk_is_a_layer() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = {name.strip() for layer in contracts[0]["layers"] for name in layer.split("|")}
    assert layers == {path.parent.name for path in (ROOT / "kiosk").glob("*/__init__.py")}


def test_nothing_stands_at_the_top_level_but_what_belongs_there() -> None:
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert found >= TOP_LEVEL
    assert found - TOP_LEVEL <= MAKES_FILES


def test_folder_of_set_up_scripts_is_no_package() -> None:
    """It has the name of the library `packaging`, which it must not hide."""
    assert not (ROOT / "packaging" / "__init__.py").exists()


@pytest.mark.parametrize("folder", ["kiosk", "drivers", "assets", "tests", "packaging"])
def test_folder_says_what_lives_in_it(folder: str) -> None:
    assert (ROOT / folder / "README.md").is_file()


def test_no_other_file_is_large() -> None:
    large = {path.relative_to(ROOT).as_posix() for path in files() if path.stat().st_size > 6_000_000}
    assert large == LARGE


def test_every_font_has_its_licence_beside_it() -> None:
    fonts = [path for path in files() if path.suffix.lower() in {".ttf", ".otf", ".woff", ".woff2"}]
    assert fonts
    for font in fonts:
        licence = font.with_name(f"{font.stem.split('-')[0]}-OFL.txt")
        assert "SIL OPEN FONT LICENSE" in licence.read_text(encoding="utf-8").upper(), font.name


def test_every_model_has_a_licence_and_origin_beside_it() -> None:
    models = [path for path in files() if path.suffix == ".onnx"]
    assert models
    for folder in {model.parent for model in models}:
        described = (folder / "README.md").read_text(encoding="utf-8")
        assert [model.name for model in models if model.parent == folder and model.name not in described] == []
        assert any("LICEN" in path.name.upper() for path in folder.iterdir()), folder


def test_pictures_of_people_come_with_their_origin() -> None:
    assert "CC0" in (ROOT / "assets" / "personas" / "README.md").read_text(encoding="utf-8")
