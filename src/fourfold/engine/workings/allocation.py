"""How a target was shared out over units (methodology §1.4)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from fourfold.engine.cascade import Allocation, RatioAllocation, allocate, allocate_ratio
from fourfold.engine.findings import Finding
from fourfold.engine.workings.working import Plain, Series, Working, array, plain, text


@dataclass(frozen=True)
class AllocationWorking(Working):
    """A target in the KPI's own unit, and of each unit its name and key, for a ratio its level, cap and denominator.

    `target`, `over` and `step` are exact decimals as text. `caps` are empty for a target that adds up; then `keys` are
    what it is shared by. For a ratio they are the expected denominators, and `levels` where the units are today.
    """

    kind: ClassVar[str] = "allocation"
    kpi: str
    target: str
    names: tuple[str, ...]
    keys: Series
    levels: Series = ()
    caps: Series = ()
    over: str = "1"
    step: str = "1E-9"

    @property
    def is_ratio(self) -> bool:
        """True where units share a ratio by closing the same share of their gaps."""
        return bool(self.caps)

    def parts(self) -> tuple[float | None, ...]:
        """The target of each unit; None where there is none."""
        if self.is_ratio:
            return tuple(plain(t) for t in self._ratio().targets.tolist())
        return tuple(float(part) for part in self._sum().parts) or (None,) * len(self.names)

    def findings(self) -> tuple[Finding, ...]:
        """What lacks a key, or that the target cannot be reached."""
        return self._ratio().findings if self.is_ratio else self._sum().findings

    def _sum(self) -> Allocation:
        keys = [None if key is None else Decimal(str(key)) for key in self.keys]
        return allocate(self.target, keys, over=self.over, step=self.step, names=self.names)

    def _ratio(self) -> RatioAllocation:
        rows = (array(a) for a in (self.levels, self.caps, self.keys))
        return allocate_ratio(float(self.target), *rows, names=self.names)

    def answer(self) -> dict[str, Plain]:
        """The target of each unit by its place, and what they make together."""
        if self.is_ratio:
            found = self._ratio()
            return {"parts": list(self.parts()), "share": plain(found.share), "attainable": plain(found.attainable)}
        return {"parts": [str(p) for p in self._sum().parts], "total": str(self._sum().total)}

    def words(self) -> list[str]:
        """The rule with its numbers, then each unit."""
        if self.is_ratio:
            found = self._ratio()
            said = [
                f"Each unit closes {text(_rounded(found.share))} of the gap to its cap, so that together they reach "
                f"{self.target}; with all at their caps it would be {text(_rounded(found.attainable))}."
            ]
            rows = zip(self.names, self.levels, self.caps, self.keys, self.parts(), strict=True)
            said += [
                f"{name}: {text(_rounded(part))}, from {text(_rounded(level))} with the cap {text(_rounded(cap))} and "
                f"{text(_rounded(key))} counted."
                for name, level, cap, key, part in rows
            ]
        else:
            total = self._sum().total
            more = "" if Decimal(self.over) == 1 else f" times {self.over}"
            said = [f"{self.target}{more} is {total:f}, shared by keys in steps of {self.step}; the parts add up."]
            said += [
                f"{name}: {text(_rounded(part))}, key {text(_rounded(key))}."
                for name, key, part in zip(self.names, self.keys, self.parts(), strict=True)
            ]
        return said + [f.words for f in self.findings()]


def _rounded(value: float | None) -> float | None:
    return None if value is None or value != value else round(value, 4)
