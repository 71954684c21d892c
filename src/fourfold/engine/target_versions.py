"""All target versions of some KPIs as columns, read once for the same definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from fourfold.engine.cells import Bools, Floats
from fourfold.engine.definitions import Definitions, Kpi, Target
from fourfold.engine.once import once_for
from fourfold.engine.rows import unit_tree
from fourfold.engine.tree import Indexes

#: The numbers of a version, as columns.
NUMBERS: Final = ("value", "red_line", "floor", "stretch", "baseline", "low", "high", "red_low", "red_high")
#: The unit of a version that names none, and of one whose unit is not there.
GENERAL, UNKNOWN = -1, -2
_LONG_AGO: Final = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Versions:
    """Commit targets in the order of KPI, unit, begin, and when they became known; else they stay in the order given.

    `kpi` is the place among the KPIs asked for, `unit` that in the tree, `since` the ordinal of the first period.
    `moves` is true where the target is on a path.
    """

    targets: tuple[Target, ...]
    kpi: Indexes
    unit: Indexes
    since: npt.NDArray[np.int64]
    moves: Bools
    numbers: Mapping[str, Floats]
    recorded: tuple[datetime | None, ...] = ()  # empty where no version says when it was recorded

    @cached_property
    def is_settled(self) -> bool:
        """True where the anchors follow from the definitions alone: not from the moment, and not from figures."""
        lines = (("value", "red_line"), ("low", "red_low"), ("high", "red_high"))
        derived = [np.isfinite(self.numbers[edge]) & ~np.isfinite(self.numbers[red]) for edge, red in lines]
        return not self.recorded and not any(bool(some.any()) for some in derived)

    def known(self, as_of: datetime) -> Versions:
        """The versions known at a moment."""
        if not self.recorded:
            return self
        kept = [i for i, at in enumerate(self.recorded) if at is None or _in_zone(at, as_of) <= as_of]
        return self.only(np.array(kept, dtype=np.intp))

    def only(self, at: Indexes) -> Versions:
        """The versions at these places."""
        return replace(
            self, targets=tuple(self.targets[i] for i in at), kpi=self.kpi[at], unit=self.unit[at],
            since=self.since[at], moves=self.moves[at],
            numbers={name: column[at] for name, column in self.numbers.items()},
            recorded=tuple(self.recorded[i] for i in at) if self.recorded else (),
        )  # fmt: skip


def _in_zone(at: datetime, as_of: datetime) -> datetime:
    return at.replace(tzinfo=at.tzinfo or as_of.tzinfo)


def versions_of(definitions: Definitions, kpis: Sequence[Kpi]) -> Versions:
    """The commit targets of these KPIs."""
    return _versions(definitions, tuple(k.code for k in kpis))


@once_for
def _versions(definitions: Definitions, codes: tuple[str, ...]) -> Versions:
    kpis = [definitions.kpi[code] for code in codes]
    index, parse = unit_tree(definitions).index, definitions.calendar.parse
    targets, places = list[Target](), list[tuple[int, int, int]]()
    for k, kpi in enumerate(kpis):
        for t in definitions.targets_of(kpi.code):
            if t.kind == "commit":
                targets.append(t)
                unit = GENERAL if t.unit is None else index.get(t.unit, UNKNOWN)
                places.append((k, unit, parse(t.since, kpi.frequency).ordinal))
    where = np.array(places, dtype=np.int64).reshape(-1, 3)
    versions = Versions(
        tuple(targets), where[:, 0].astype(np.intp), where[:, 1].astype(np.intp), where[:, 2],
        np.array([t.path != "constant" for t in targets], dtype=np.bool_),
        {name: _column(targets, name) for name in NUMBERS},
        _recorded(targets),
    )  # fmt: skip
    moments = [became_known(t) for t in targets]
    rank = {moment: i for i, moment in enumerate(sorted(set(moments)))}
    return versions.only(np.lexsort((np.array([rank[m] for m in moments], dtype=np.int64), *where.T[::-1])))


def became_known(target: Target) -> datetime:
    """When a version became known: of those that begin together the one known last counts.

    Before all others where it does not say, or says what is no moment (the checks tell).
    """
    with suppress(ValueError):
        if target.recorded_at is not None:
            at = datetime.fromisoformat(target.recorded_at)
            return at.replace(tzinfo=at.tzinfo or UTC)
    return _LONG_AGO


def _column(targets: Sequence[Target], name: str) -> Floats:
    given = (getattr(t, name) for t in targets)
    return np.array([np.nan if number is None else float(number) for number in given], dtype=np.float64)


def _recorded(targets: Sequence[Target]) -> tuple[datetime | None, ...]:
    if all(t.recorded_at is None for t in targets):
        return ()
    return tuple(None if t.recorded_at is None else datetime.fromisoformat(t.recorded_at) for t in targets)
