"""What every worker needs to know, and how KPIs are dealt out to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.evaluate import periods_of
from fourfold.engine.groups import needs
from fourfold.engine.kpis import own_spans
from fourfold.engine.nodes import nodes_of
from fourfold.engine.periods import Frequency, Period
from fourfold.engine.results import View
from fourfold.engine.rows import Rows, locate


@dataclass(frozen=True)
class Job:
    """One evaluation in parts: `families` are the KPIs evaluated together, by code; each KPI is in one of them.

    `first` is the earliest period of each frequency that has a figure anywhere, so that every part sees the same span
    of time. `version` is that of the program that made the job.
    """

    definitions: Definitions
    as_of: datetime
    view: View
    periods: tuple[Period, ...]
    first: Mapping[Frequency, Period]
    families: tuple[tuple[str, ...], ...]
    version: str

    def results(self) -> tuple[int, int]:
        """How many results of KPIs and of nodes there must be: one for each unit and period."""
        cells = len(self.definitions.units) * len(self.periods)
        nodes = sum(len(level) for level in nodes_of(self.definitions))
        return len(self.definitions.kpis) * cells, nodes * cells


def plan(
    definitions: Definitions,
    first: Mapping[Frequency, Period],
    *,
    as_of: datetime,
    view: View,
    workers: int,
    version: str,
) -> Job:
    """The job for figures that begin at `first`, in about four families for each of so many workers.

    It shows every period of the view, so that nothing before them is left to be carried into them.
    """
    rows = no_rows(definitions, first)
    periods = periods_of(definitions, rows, view=view, as_of=as_of)
    spans = own_spans(definitions, rows, periods, {k.frequency for k in definitions.kpis})
    cells = {k.code: len(definitions.units) * len(spans[k.frequency]) for k in definitions.kpis}
    most = min(max(sum(cells.values()) // (PARTS * workers), LEAST), MOST)
    dealt = tuple(families(definitions.kpis, cells, most))
    return Job(definitions, as_of, view, periods, dict(first), dealt, version)


#: So many parts for each worker, so that none waits long for the slowest.
PARTS = 4
#: Cells in a part: fewer are not worth a message to a worker, more need too much of its memory (see capacity.md).
LEAST, MOST = 10_000, 500_000


def no_rows(definitions: Definitions, first: Mapping[Frequency, Period]) -> Rows:
    """Rows of which only the earliest periods are known."""
    import polars as pl

    blank = locate(pl.DataFrame(schema={"kpi": pl.String, "unit": pl.String, "period": pl.String}), definitions)
    return replace(blank, first=first)


def families(kpis: Sequence[Kpi], cells: Mapping[str, int], most: int) -> Iterator[tuple[str, ...]]:
    """The KPIs in parts of at most so many cells, those that formulas and weights connect together where they fit.

    A family that is too large is divided: figures that several parts need are then read by each of them. A single
    KPI is never divided, since its units roll up into one another.
    """
    part, filled = list[str](), 0
    for family in connected(kpis):
        fits = sum(cells[code] for code in family) <= most
        for piece in [family] if fits else [[code] for code in family]:
            size = sum(cells[code] for code in piece)
            if part and filled + size > most:
                yield tuple(part)
                part, filled = [], 0
            part += piece
            filled += size
    if part:
        yield tuple(part)


def connected(kpis: Iterable[Kpi]) -> list[list[str]]:
    """The codes of the KPIs in families: two are in one when a formula or weight leads from one to the other."""
    root: dict[str, str] = {}

    def top(code: str) -> str:
        while root.setdefault(code, code) != code:
            root[code] = code = root[root[code]]
        return code

    codes = [k.code for k in kpis]
    for kpi in kpis:
        for other in needs(kpi):
            root[top(other)] = top(kpi.code)
    found: dict[str, list[str]] = {}
    for code in codes:
        found.setdefault(top(code), []).append(code)
    return list(found.values())
