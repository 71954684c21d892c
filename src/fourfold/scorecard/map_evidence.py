"""What the figures say about the links of the strategy map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

from fourfold.engine.definitions import Definitions
from fourfold.engine.evidence import (
    Around,
    Evidence,
    Hypothesis,
    Pair,
    Verdict,
    around_initiatives,
    evidence_of,
    map_pairs,
)
from fourfold.engine.evidence.permutation import PERMUTATIONS
from fourfold.engine.words import did_you_mean, show
from fourfold.engine.workings import EvidenceWorking, InterventionWorking, LinkFigures
from fourfold.engine.workings.intervention import later, verdict_on
from fourfold.engine.workings.working import plain, series
from fourfold.errors import NotFound
from fourfold.scorecard.explanation import WorkingExplanation
from fourfold.scorecard.outlooks import cells
from fourfold.scorecard.sheet import Sheet, Shown, rounded
from fourfold.table import number

if TYPE_CHECKING:
    import polars as pl

#: Columns of the frame; one row for each link.
COLUMNS: Final = (
    "link", "source", "target", "driver", "outcome", "sign", "verdict", "n", "lag", "r", "low", "high", "p", "q",
    "tested", "expires", "text",
)  # fmt: skip
_NUMBERS: Final = frozenset({"sign", "n", "lag", "r", "low", "high", "p", "q"})


@dataclass(frozen=True, repr=False)
class MapEvidence(Shown):
    """Evidence for every link, in the order of the map; all links are tested together, since each is a chance for luck.

    `pairs` are the hypotheses with the figures of `unit` they were tested on.
    """

    definitions: Definitions
    unit: str
    as_of: datetime
    seed: int
    permutations: int
    pairs: tuple[tuple[Hypothesis, Pair], ...]
    items: tuple[Evidence, ...]

    def at(self, link: str) -> Evidence:
        """The evidence for a link such as `learn>serve`; raises `NotFound`."""
        found = {e.hypothesis.link: e for e in self.items}
        if link not in found:
            raise NotFound(f"There is no link {show(link)}.", hint=did_you_mean(link, list(found), "link"))
        return found[link]

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """One row for each link, and what there is to say about those tested."""
        heads = ("Link", "Verdict", "Periods", "r", "q")
        rows = tuple(self._row(e) for e in self.items)
        said = tuple(f"{e.hypothesis.link}: {e.text}" for e in self.items)
        d = self.definitions
        title = f"Evidence: {d.organisation.name}, {d.unit[self.unit].name}"
        tested = Sheet(title, heads, rows, frozenset(heads[2:]), (0,), said)
        return (tested, self.before_and_after) if self.around else (tested,)

    @cached_property
    def around(self) -> tuple[Around, ...]:
        """What driver and outcome did before and after each initiative that should move the driver."""
        return around_initiatives(self.definitions, self.pairs)

    @property
    def before_and_after(self) -> Sheet:
        """Two rows for each initiative and link: the driver, and the outcome after the lag that shows it most."""
        heads = ("Initiative", "From", "KPI", "Before", "After", "Shift", "Seen")
        title = "Before and after initiatives (shift in natural standard deviations)"
        rows = tuple(row for one in self.around for row in self._sides(one))
        return Sheet(title, heads, rows, frozenset(heads[3:6]), (0, 2, 6))

    def _sides(self, one: Around) -> Iterator[tuple[str, ...]]:
        h, (lag, seen) = one.hypothesis, one.found.strongest
        whose = one.initiative.name, one.since.label
        sides = ((whose, h.driver, h.driver_name, one.found.driver),
                 (("", ""), h.outcome, f"{h.outcome_name}, {later(lag)}" if lag else h.outcome_name, seen))  # fmt: skip
        for start, code, name, step in sides:
            kpi, shift = self.definitions.kpi[code], rounded(plain(step.shift), 1)
            yield *start, name, number(step.before, kpi), number(step.after, kpi), shift, verdict_on(step)

    def _row(self, e: Evidence) -> tuple[str, ...]:
        t, verdict = e.test, e.verdict.value
        n = str(e.n) if e.n else "–"
        if t is None:
            return e.hypothesis.link, verdict, n, "–", "–"
        contradicted = e.verdict is Verdict.CONTRADICTED
        seen, q = (t.opposite, t.q_opposite) if contradicted else (t.expected, t.q)
        return e.hypothesis.link, verdict, n, rounded(seen.r, 2), rounded(q, 2)

    @property
    def frame(self) -> pl.DataFrame:
        """One row for each link, columns `COLUMNS`; the numbers are null where there was no test."""
        return cells(COLUMNS, iter([self._cells(e) for e in self.items]), frozenset(COLUMNS) - _NUMBERS)

    def _cells(self, e: Evidence) -> tuple[object, ...]:
        h, numbers = e.hypothesis, tuple[float | None, ...]([None] * 6)
        if (t := e.test) is not None:
            contradicted = e.verdict is Verdict.CONTRADICTED
            seen, q = (t.opposite, t.q_opposite) if contradicted else (t.expected, t.q)
            low, high = seen.interval()
            numbers = (seen.lag, *map(plain, (seen.r, low, high, seen.p, q)))
        source, _, target = h.link.partition(">")
        days = (e.tested.isoformat(), e.expires.isoformat())
        return h.link, source, target, h.driver, h.outcome, h.sign, e.verdict.value, e.n, *numbers, *days, e.text

    def explain(self, link: str) -> WorkingExplanation:
        """The hypothesis, the test and the verdict on a link, with the figures of all links tested with it.

        With an initiative before it, as in `rounds/learn>serve`, what was seen before and after that initiative.
        """
        if (one := next((a for a in self.around if a.name == link), None)) is not None:
            return WorkingExplanation(self._intervention(one))
        self.at(link)
        links = tuple(LinkFigures.of(h, pair) for h, pair in self.pairs)
        return WorkingExplanation(
            EvidenceWorking(link, links, self.definitions.calendar, self.as_of.date(), self.seed, self.permutations)
        )

    def _intervention(self, one: Around) -> InterventionWorking:
        h = one.hypothesis
        pair = next(pair for hypothesis, pair in self.pairs if hypothesis is h)
        return InterventionWorking(
            one.initiative.name, one.since.label, one.found.at, one.found.lags, h.driver_name, h.outcome_name,
            series(pair.x[0]), series(pair.y[0]),
        )  # fmt: skip


def links_tested(
    definitions: Definitions, rows: pl.DataFrame, as_of: datetime, unit: str | None, seed: int
) -> MapEvidence:
    """Test every link of the map on the figures of a unit (the root without one)."""
    where = unit or definitions.root.code
    pairs = map_pairs(definitions, rows, as_of=as_of, units=(where,))
    found = evidence_of(pairs, as_of=as_of.date(), seed=seed)
    return MapEvidence(definitions, where, as_of, seed, PERMUTATIONS, pairs, found)
