"""The form that confirms a step: since when, what changed, that it will last, and what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fourfold.engine.periods import Period

FIELDS = ("since", "cause", "lasts", "note")


@dataclass
class StepForm:
    """What was chosen and typed, by field, and the complaints, by field."""

    periods: list[Period]  # those to choose from, newest first
    causes: Mapping[str, str]
    typed: dict[str, str]
    errors: dict[str, list[str]] = field(default_factory=dict)

    def complain(self, name: str, said: str) -> None:
        """Put a complaint beside a field."""
        self.errors.setdefault(name if name in FIELDS else "since", []).append(said)


def read_step(periods: list[Period], causes: Mapping[str, str], posted: Mapping[str, str]) -> StepForm:
    """The form as it was sent."""
    return StepForm(periods, causes, {name: posted.get(name, "").strip() for name in FIELDS})
