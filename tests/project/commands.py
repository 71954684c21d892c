"""Commands as an operator runs them: in processes of their own, with just the settings given."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

#: Kills the process with SIGKILL when it first enters a function, given as file:name.
KILLED = """
import os, signal, sys
file, _, name = sys.argv.pop(1).partition(":")
def watch(frame, event, arg):
    if event == "call" and frame.f_code.co_name == name and frame.f_code.co_filename.endswith(file):
        os.kill(os.getpid(), signal.SIGKILL)
sys.setprofile(watch)
"""


def begin(
    *arguments: str, data: Path, log: IO[str] | None = None, killed_at: str = "", **settings: str
) -> subprocess.Popen[str]:
    """Start a command; what it says goes to `log`, or is kept for who waits for its end.

    With `killed_at`, such as `sqlite.py:load`, it gets that far.
    """
    ours = ("FOURFOLD_", "DATABASE_URL", "DJANGO_")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    environment |= {"FOURFOLD_DATA": str(data), "COLUMNS": "400", **settings}
    script = (KILLED if killed_at else "") + "from fourfold.cli import main; main()"
    command = [sys.executable, "-c", script, *([killed_at] if killed_at else []), *arguments]
    out, err = (log, subprocess.STDOUT) if log else (subprocess.PIPE, subprocess.PIPE)
    return subprocess.Popen(command, env=environment, stdout=out, stderr=err, text=True)


def fourfold(*arguments: str, data: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    process = begin(*arguments, data=data, **settings)
    out, err = process.communicate(timeout=300)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)
