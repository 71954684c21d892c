"""How targets were revised: what was eased, how far they drifted, and who agreed (methodology §4.5)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple

from fourfold.engine.anchors import Polarity
from fourfold.engine.definitions import Definitions, Kpi, Target
from fourfold.engine.periods import PeriodError
from fourfold.engine.target_versions import became_known

#: Two easings within so many months are one too many.
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Revision:
    """A version of a target that replaced another one; `place` is its number among the targets of the KPI.

    `eased` is by how much it is easier to reach than the version before, in the KPI's unit; below zero it is harder.
    """

    place: int
    target: Target
    before: Target
    begins: date
    eased: float


@dataclass(frozen=True, slots=True)
class History:
    """The commitments of a KPI for one unit (None: for all without their own), and how they changed.

    `original` is the first version. `drift` is the share of the way from baseline to the original target that all
    easings together gave up; NaN where the original names no baseline, or had no way to go.
    """

    kpi: str
    unit: str | None
    original: Target
    revisions: tuple[Revision, ...]
    drift: float

    @property
    def easings(self) -> tuple[Revision, ...]:
        """The revisions that made it easier."""
        return tuple(r for r in self.revisions if r.eased > 0)


def history_until(definitions: Definitions, kpi: Kpi, unit: str, day: date) -> History | None:
    """The history of what holds for a unit, its own or what all share, with what begins up to a day; None for none."""
    found = {history.unit: history for history in histories(definitions, kpi)}
    own = found.get(unit, found.get(None))
    if own is None:
        return None
    revisions = tuple(r for r in own.revisions if r.begins <= day)
    return History(own.kpi, own.unit, own.original, revisions, drift(own.original, [r.eased for r in revisions]))


def histories(definitions: Definitions, kpi: Kpi) -> tuple[History, ...]:
    """The history of each unit's commitments, in the order they begin; versions whose period cannot be read are out."""
    versions: dict[str | None, list[_Version]] = {}
    for place, target in enumerate(definitions.targets_of(kpi.code)):
        begins = _begins(definitions, kpi, target)
        if target.kind == "commit" and begins is not None:
            versions.setdefault(target.unit, []).append(_Version(begins, became_known(target), place, target))
    return tuple(_history(kpi, unit, sorted(found, key=lambda v: v[:3])) for unit, found in versions.items())


class _Version(NamedTuple):
    begins: date
    known: datetime
    place: int
    target: Target


def _history(kpi: Kpi, unit: str | None, versions: Sequence[_Version]) -> History:
    original = versions[0].target
    revisions = [
        Revision(new.place, new.target, old.target, new.begins, eased(kpi.polarity, old.target, new.target))
        for old, new in pairwise(versions)
    ]
    return History(kpi.code, unit, original, tuple(revisions), drift(original, [r.eased for r in revisions]))


def eased(polarity: Polarity, before: Target, after: Target) -> float:
    """By how much the later version is easier, in the KPI's unit; for a range both edges count. NaN where unclear.

    >>> old, new = (Target(kpi="k", since="2026-01", value=v) for v in (95, 92))
    >>> eased(Polarity.HIGHER_BETTER, old, new), eased(Polarity.LOWER_BETTER, old, new)
    (3.0, -3.0)
    """
    if polarity is Polarity.IN_RANGE:
        return _difference(before.low, after.low) + _difference(after.high, before.high)
    easier = _difference(before.value, after.value)
    return easier if polarity is Polarity.HIGHER_BETTER else -easier if polarity is Polarity.LOWER_BETTER else math.nan


def drift(original: Target, easings: Sequence[float]) -> float:
    """Σ of what was eased as a share of the way from baseline to the original target; what was made harder is 0.

    >>> drift(Target(kpi="k", since="2026-01", value=90, baseline=80), [2.0, -1.0, 3.0])
    0.5
    """
    way = abs(_difference(original.value, original.baseline))
    return sum(max(e, 0.0) for e in easings if e == e) / way if way > 0 else math.nan


def twice_in_a_year(easings: Sequence[Revision]) -> Iterator[tuple[Revision, Revision]]:
    """Pairs of neighbouring easings of which the later begins less than twelve months after the earlier."""
    for first, second in pairwise(easings):
        months = (second.begins.year - first.begins.year) * 12 + second.begins.month - first.begins.month
        if months < MONTHS or (months == MONTHS and second.begins.day < first.begins.day):
            yield first, second


def _difference(a: object, b: object) -> float:
    return math.nan if a is None or b is None else float(str(a)) - float(str(b))


def _begins(definitions: Definitions, kpi: Kpi, target: Target) -> date | None:
    try:
        return definitions.calendar.parse(target.since, kpi.frequency).start
    except PeriodError:
        return None
