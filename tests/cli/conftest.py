"""What tests of commands share: running one, and a starter folder."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fourfold.cli import main
from tests.cli.running import COMMAND, Ran


@pytest.fixture
def fourfold(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Run a command within this process, with its own standard streams."""

    def run(*arguments: object) -> Ran:
        out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
        monkeypatch.setattr(sys, "argv", ["fourfold", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        out.flush()
        assert "Traceback" not in err.getvalue()
        return Ran(code, out.buffer.getvalue(), err.getvalue())

    return run


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "company"
    subprocess.run([*COMMAND, "init", str(folder)], check=True, capture_output=True)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A starter folder to spoil."""
    return Path(shutil.copytree(made, tmp_path / "company"))
