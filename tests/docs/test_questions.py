"""The how-to page on signals, forecasts and what-if works as written: each command and the Python are run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.docs.test_tutorial import is_shown, steps

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "signals-forecasts-and-what-if.md"


def test_the_page_prints_what_it_shows() -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("FOURFOLD_", "DJANGO_", "DATABASE_URL"))}
    environment |= {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = set()
    for kind, typed, shown in steps(PAGE.read_text()):
        command = ["bash", "-c", typed] if kind == "console" else [sys.executable, "-c", typed]
        run = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        assert (run.returncode, run.stderr) == (0, "")
        assert is_shown(shown, run.stdout), f"{typed}\nshould show\n{shown}\nand printed\n{run.stdout}"
        done.add(typed.split()[1] if kind == "console" else kind)
    assert done >= {"signals", "forecast", "chances", "evidence", "what-if", "propose", "smart", "portfolio",
                    "alignment", "explain", "python"}  # fmt: skip
