# house: the type that all actions return, not an action
"""What every action gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from fourfold.engine.findings import Finding, errors

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What an action did: a sentence for people, what the checks had to say, and what was made or changed.

    Findings with an error mean that nothing was done at all; `value` is None then.
    """

    summary: str
    value: T | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        """True when it was done."""
        return not errors(self.findings)
