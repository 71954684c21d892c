"""How far a long piece of work is: told to whoever waits for it, and who may have it stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from fourfold.errors import FourfoldError

#: Is told a stage, how much of it is done, and of how much, 0 where nobody knows. What it raises ends the work.
Progress: TypeAlias = Callable[[str, int, int], None]


class Stopped(FourfoldError):
    """It was stopped before it was done."""
