"""Commands run as people run them, within this process."""

from __future__ import annotations

import sys

COMMAND = (sys.executable, "-c", "from fourfold.cli import main; main()")


class Ran:
    """How a command ended."""

    def __init__(self, code: int, out: bytes, err: str) -> None:
        self.code, self.raw, self.out, self.err = code, out, out.decode(errors="replace"), err
