"""The tutorial works as written: its commands and its Python are run in order, and print what the page shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial" / "first-scorecard.md"
BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def steps(page: str) -> Iterator[tuple[str, str, str]]:
    """Kind, what is typed and what is shown, in the order of the page."""
    for kind, body in BLOCK.findall(page):
        if kind == "python":
            yield kind, body, ""
            continue
        for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
            command, shown = part.split("\n", 1)
            if here := re.search(r"<<'(\w+)'$", command):
                document, end, shown = shown.partition(f"\n{here[1]}\n")
                command += f"\n{document}{end}"
            yield kind, command, shown


def is_shown(shown: str, printed: str) -> bool:
    """Whether the page shows what was printed; … stands for anything, runs of spaces for one."""
    pattern = ".*".join(re.escape(part.strip()) for part in " ".join(shown.split()).split("…"))
    return re.search(pattern, " ".join(printed.split())) is not None


def test_the_tutorial_prints_what_it_shows(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("FOURFOLD_", "DJANGO_", "DATABASE_URL"))}
    environment |= {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "110"}
    done = 0
    for kind, typed, shown in steps(TUTORIAL.read_text()):
        command = ["bash", "-c", typed] if kind == "console" else [sys.executable, "-c", typed]
        run = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        assert "Traceback" not in run.stderr, run.stderr
        assert is_shown(shown, run.stdout), f"{typed}\nshould show\n{shown}\nand printed\n{run.stdout}{run.stderr}"
        done += 1
    assert done >= 14


def test_a_page_that_shows_something_else_is_found() -> None:
    assert is_shown("a … b\n  c", "x\na 1 2 b\nc")
    assert not is_shown("a … d", "a 1 2 b")
