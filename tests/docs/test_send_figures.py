"""The page about sending figures works as written: its command and its Python are run against a server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.writing import served
from tests.project.installations import Installation

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "send-figures-from-a-program.md"
FIGURES = "kpi,unit,period,value\nsales,north,2026-02,1100\nsales,north,2026-03,1150.25\n"


@pytest.mark.slow
def test_the_page_can_be_typed_as_it_stands(tmp_path: Path) -> None:
    blocks = re.findall(r"^```(sh|python)\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    made = Installation(tmp_path / "data", f"sqlite:///{tmp_path}/data/fourfold.sqlite3")
    (tmp_path / "figures.csv").write_text(FIGURES)
    printed = []
    with served(made, tmp_path) as writer:
        environment = os.environ | {"URL": writer.url, "TOKEN": writer.token}
        for kind, typed in blocks:
            command = ["bash", "-c", typed] if kind == "sh" else [sys.executable, "-c", typed]
            run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
            assert run.returncode == 0, run.stderr
            printed.append(run.stdout)
    assert '"recorded": 2' in printed[0] and printed[1] == "2 figures recorded\n"
    runs = made.sql("SELECT source FROM records_import WHERE kind = 'push' ORDER BY id")
    assert runs[0][0].startswith("till, by Till (fourfold_")
