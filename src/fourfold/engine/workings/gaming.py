"""What the questions about gaming rest on (methodology §2.9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from fourfold.engine.cells import Bools, Floats
from fourfold.engine.definitions import Kpi
from fourfold.engine.gaming import Asked, Flag, ask
from fourfold.engine.words import counted
from fourfold.engine.workings.working import Plain, Series, Working, array, plain, series

_FOUND = {True: "asked", False: "nothing found", None: "too few"}


@dataclass(frozen=True)
class AskedFigures:
    """What is known of one KPI, as plain figures of its own periods; see `gaming.Asked`."""

    kpi: Kpi
    figures: Series
    targets: Series
    status: tuple[int, ...]
    eased: Mapping[int, str] = field(default_factory=dict)
    corrected: tuple[Series, ...] | None = None
    parts_below: tuple[Series, ...] | None = None
    improves: tuple[bool, ...] | None = None
    worsens: Mapping[str, tuple[tuple[bool, ...], int]] = field(default_factory=dict)
    inside: tuple[Series, ...] | None = None

    @classmethod
    def of(cls, asked: Asked) -> AskedFigures:
        """What was asked, as plain figures."""
        return cls(
            asked.kpi, series(asked.values), series(asked.targets), tuple(asked.status.tolist()), dict(asked.eased),
            _rows(asked.corrected), _rows(asked.counted),
            None if asked.improves is None else tuple(asked.improves.tolist()),
            {code: (tuple(worse.tolist()), count) for code, (worse, count) in asked.worsens.items()},
            _rows(None if asked.inside is None else tuple(asked.inside)),
        )  # fmt: skip

    def flags(self) -> tuple[Flag, ...]:
        """The tests, made again."""
        corrected, below, inside = (
            None if rows is None else [array(row) for row in rows]
            for rows in (self.corrected, self.parts_below, self.inside)
        )
        return ask(Asked(
            self.kpi, array(self.figures), array(self.targets), np.array(self.status, dtype=np.uint8), self.eased,
            None if corrected is None else (corrected[0], corrected[1]),
            None if below is None else (below[0], below[1], below[2], below[3]),
            None if self.improves is None else _bools(self.improves),
            {code: (_bools(worse), count) for code, (worse, count) in self.worsens.items()},
            None if inside is None else np.stack(inside),
        ))  # fmt: skip

    def words(self) -> list[str]:
        """What was looked at, then each test: those that raise a question first."""
        known = sum(figure is not None for figure in self.figures)
        aims = sum(target is not None for target in self.targets)
        said = [f"{self.kpi.name}: {counted(known, 'figure')}, {aims} periods with a target."]
        flags = sorted(self.flags(), key=lambda f: not f.raised)
        return said + [
            f"{f.code} {_FOUND[f.raised]}: {f.evidence}." + (f" {f.question} {f.offers}" if f.raised else "")
            for f in flags
        ]


@dataclass(frozen=True)
class GamingWorking(Working):
    """The figures that were looked at, of one KPI or of all of an objective, in one unit."""

    kind: ClassVar[str] = "gaming"
    unit: str
    kpis: tuple[AskedFigures, ...]

    def answer(self) -> dict[str, Plain]:
        """By KPI every test: whether it raises a question (None: too few figures), from how many, and the evidence."""
        return {
            one.kpi.code: [
                {"test": f.code, "raised": f.raised, "count": f.count, "p": plain(f.p), "evidence": f.evidence}
                for f in one.flags()
            ]
            for one in self.kpis
        }

    def words(self) -> list[str]:
        """KPI by KPI."""
        return [text for one in self.kpis for text in one.words()]


def _rows(arrays: tuple[Floats, ...] | None) -> tuple[Series, ...] | None:
    return None if arrays is None else tuple(map(series, arrays))


def _bools(marks: tuple[bool, ...]) -> Bools:
    return np.array(marks, dtype=np.bool_)
