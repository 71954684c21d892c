"""Commands as an operator runs them: in processes of their own, with just the settings given."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def begin(*arguments: str, data: Path, **settings: str) -> subprocess.Popen[str]:
    """Start a command."""
    ours = ("FOURFOLD_", "DATABASE_URL", "DJANGO_")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    environment |= {"FOURFOLD_DATA": str(data), "COLUMNS": "400", **settings}
    command = [sys.executable, "-c", "from fourfold.cli import main; main()", *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def fourfold(*arguments: str, data: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    process = begin(*arguments, data=data, **settings)
    out, err = process.communicate(timeout=120)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)
