"""Two questions about a target that stand in the address: how it is shared out, and what its drivers must become."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from fourfold.errors import FourfoldError
from fourfold.scorecard.allocated_targets import WAYS, Sharing

#: The choice of keys that are typed, beside the ways of the library.
OWN: Final = "own"
_KEY: Final = "key-"


@dataclass(frozen=True)
class TargetForm:
    """What was typed, as it was typed; `error` is the complaint about it, beside its first field."""

    target: str = ""
    keys: str = WAYS[0]
    over: str = ""
    best: str = ""
    goal: str = ""
    own: Mapping[str, str] = field(default_factory=dict)  # the keys that were typed, by unit
    error: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> TargetForm:
        """What an address asks; text that no number can be is cut short."""
        typed = {name: query.get(name, "").strip()[:30] for name in ("target", "keys", "over", "best", "goal")}
        own = {name.removeprefix(_KEY): text.strip()[:30] for name, text in query.items() if name.startswith(_KEY)}
        return cls(**{name: text for name, text in typed.items() if text}, own={u: t for u, t in own.items() if t})

    def sharing(self) -> Sharing:
        """How a target is shared out; raises `FourfoldError` for what is no number."""
        best = number_of(self.best, "best level") if self.best else None
        if self.keys != OWN:
            return Sharing(by=self.keys, over=self.over or "1", best=best)
        keys = {unit: number_of(text, f"key of {unit}") for unit, text in self.own.items()}
        return Sharing(keys=keys, over=self.over or "1", best=best)

    def wrong(self, error: FourfoldError) -> TargetForm:
        """The same with a complaint."""
        return replace(self, error=f"{error.message} {error.hint or ''}".strip())


def number_of(text: str, what: str) -> float:
    """A number as it was typed; raises `FourfoldError`."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise FourfoldError(f"The {what} is no number.", hint="Write it with a decimal point, such as 78.5.")
    return number
