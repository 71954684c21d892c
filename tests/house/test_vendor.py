"""Files of others are shipped unchanged, with their version, licence and hash."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import pytest

from tests.house.source import PACKAGE, ROOT, tracked

FOLDERS = (PACKAGE / "web" / "static" / "vendor", ROOT / "tests" / "browser" / "vendor")


def entries() -> list[tuple[Path, str, dict[str, str]]]:
    """Every vendored file: its folder, its name in vendor.toml, what is said about it."""
    return [
        (folder, name, entry)
        for folder in FOLDERS
        for name, entry in tomllib.loads((folder / "vendor.toml").read_text()).items()
    ]


@pytest.mark.parametrize(
    ("folder", "name", "entry"), entries(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_vendored_file_is_the_one_that_was_vendored(folder: Path, name: str, entry: dict[str, str]) -> None:
    assert hashlib.sha256((folder / entry["file"]).read_bytes()).hexdigest() == entry["sha256"], f"{name} was changed"
    assert entry["version"] and entry["licence"] and entry["source"]
    assert (folder / entry["licence_file"]).stat().st_size > 0


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_file_in_a_vendor_folder_is_declared(folder: Path) -> None:
    declared = {"vendor.toml"} | {e[key] for f, _, e in entries() if f == folder for key in ("file", "licence_file")}
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == declared


def test_minified_files_are_in_the_vendor_folders_only() -> None:
    strays = [p for p in tracked() if ".min." in p.name and p.parent not in FOLDERS]
    assert not strays
