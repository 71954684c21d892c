"""Imports go one way, and the small half of the package stays small."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.source import PACKAGE, ROOT

LIGHT = ("import fourfold", "import fourfold.errors", "from fourfold.engine import cells, statuses, findings")


def test_the_import_contracts_hold() -> None:
    # In a process of its own: the linter takes the log away from whatever runs after it.
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_layers_name_every_folder_and_file_of_the_package() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(c for c in contracts if c["id"] == "layers")
    named = {name.strip(" ()") for layer in layers["layers"] for name in layer.split("|")}
    there = {p.stem for p in PACKAGE.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()} - {"__init__"}
    assert layers["exhaustive"] is True
    assert there <= named


@pytest.mark.parametrize("statement", LIGHT)
@pytest.mark.parametrize("heavy", ["django", "polars", "pandas", "pyarrow", "sqlite3"])
def test_the_library_starts_without_the_heavy_half(statement: str, heavy: str) -> None:
    code = f"{statement}\nimport sys\nsys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT / "src").returncode == 0


@pytest.mark.parametrize("folder", ["engine", "graphics", "library", "connectors", "reports"])
def test_every_module_of_the_pure_folders_loads_without_django(folder: str) -> None:
    names = [
        ".".join(("fourfold", *file.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
        for file in sorted((PACKAGE / folder).rglob("*.py"))
    ]
    code = f"import sys\nfor name in {names!r}: __import__(name)\nsys.exit('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "src", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_command_that_starts_django_loads_no_pages_and_no_tables(tmp_path: Path) -> None:
    """It would take twice as long to say anything."""
    code = "import sys, django; django.setup(); print(*sys.modules)"
    settings = {"DJANGO_SETTINGS_MODULE": "fourfold.project.settings", "FOURFOLD_DATA": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | settings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    heavy = ("polars", "fourfold.web.pages", "fourfold.web.components", "fourfold.records.queries", "fourfold.reports")
    assert not [name for name in done.stdout.split() if name.startswith(heavy)]
