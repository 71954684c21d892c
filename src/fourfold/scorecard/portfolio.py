"""The KPIs of a scorecard looked at together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Self

import numpy as np

from fourfold.engine.cells import Mark, State
from fourfold.engine.definitions import Definitions
from fourfold.engine.evaluate import evaluate_kpis, nodes_of, periods_of
from fourfold.engine.explain import explain
from fourfold.engine.portfolio import (
    Balance,
    Collection,
    Coverage,
    Drivers,
    Health,
    Likeness,
    Redundancy,
    Robustness,
    Worth,
    balance,
    collection,
    coverage,
    drivers,
    health_index,
    redundancy,
    retire_list,
    spoken_of,
    unused,
    uses_of,
    weight_robustness,
    worths,
)
from fourfold.engine.results import Evaluation, View
from fourfold.engine.statuses import Status
from fourfold.engine.workings import (
    BalanceWorking,
    DriverWorking,
    HealthIndexWorking,
    LikenessWorking,
    RetireWorking,
)
from fourfold.engine.workings.working import series
from fourfold.errors import NotFound
from fourfold.scorecard.explanation import WorkingExplanation
from fourfold.scorecard.outlooks import cells
from fourfold.scorecard.sheet import Sheet, Shown, floored, rounded

if TYPE_CHECKING:
    import polars as pl

#: How many drivers the sheet shows.
TORNADO = 8
#: Lists of `Coverage`, in words.
LACKS = (
    ("without_kpi", "objectives without a KPI"),
    ("without_lead", "objectives without a leading KPI"),
    ("without_target", "objectives without a target"),
    ("without_owner", "objectives without an owner"),
    ("off_target_without_initiative", "objectives off target without an initiative"),
    ("themes_without_outcome", "themes without an outcome"),
    ("kpis_without_objective", "KPIs without an objective"),
    ("factors_without_kpi", "critical success factors without a KPI"),
    ("zombies", "KPIs without an objective that nobody looks at or speaks of"),
)
#: What is said of the KPIs that could go.
RETIRE = "More work, fewer notes in a year and less weight than the middle KPI, so think about retiring"


@dataclass(frozen=True, repr=False)
class Portfolio(Shown):
    """Balance, coverage, collection, health, redundancy, and what moves the total of one unit and period.

    `compared` says of each KPI whose cost is known what it costs, how often it is spoken of and what it weighs.
    """

    evaluation: Evaluation
    rows: pl.DataFrame
    unit: str
    period: str
    balance: Balance
    coverage: Coverage
    collection: Collection
    health: Health
    redundancy: Redundancy
    drivers: Drivers
    robustness: Robustness
    compared: tuple[Worth, ...] = ()

    @property
    def retire(self) -> tuple[str, ...]:
        """KPIs, by code, that cost more work, are spoken of less and weigh less than the middle one."""
        return retire_list(self.compared)

    @property
    def definitions(self) -> Definitions:
        """The scorecard."""
        return self.evaluation.definitions

    def with_use(self, viewed: Mapping[str, date]) -> Self:
        """The same, knowing when each KPI was last looked at; one that is not in it nobody looked at for 90 days."""
        use, as_of = uses_of(self.definitions, viewed), self.evaluation.as_of.date()
        covered = replace(self.coverage, zombies=unused(self.coverage.kpis_without_objective, use, as_of=as_of))
        health = health_index(self.collection, covered, self.balance, as_of=as_of, use=use)
        return replace(self, coverage=covered, health=health)

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The figures of the whole, then the drivers of its score (a tornado)."""
        d = self.definitions
        label = d.calendar.parse(self.period).label
        title = f"{d.organisation.name}, {d.unit[self.unit].name}, {label}"
        notes, heads = tuple(self._notes()), ("KPI", "Weight", "Score", "Could add", "Could cost")
        whole = Sheet(f"Portfolio: {title}", ("", "", "Value"), tuple(self._whole()), frozenset({"Value"}), (1,), notes)
        moves = Sheet(f"What moves the total: {title}", heads, tuple(self._drivers()), frozenset(heads[1:]))
        return (whole, moves) if moves.rows else (whole,)

    def _whole(self) -> Iterator[tuple[str, str, str]]:
        h, b = self.health, self.balance
        yield "Health", "how well the scorecard is kept", rounded(h.index, after=" of 100")
        for name, value in h.parts.items():
            yield "", name.replace("_", " "), rounded(value)
        yield "Balance", "evenness of KPIs over perspectives", rounded(b.kpi_index, 2)
        yield "", "evenness of weight", rounded(b.weight_index, 2)
        yield "", "KPIs that lead", "–" if b.lead is None else f"{b.lead:.0%}"
        for field, words in LACKS:
            if found := getattr(self.coverage, field):
                yield "Coverage", words, str(len(found))
        for pair in self.redundancy.pairs:
            yield "Redundancy", f"{pair.first} and {pair.second}", rounded(pair.value, 2)
        r = self.robustness
        if r.low is not None and r.high is not None and r.same_status is not None:
            yield "Robustness", "total with other weights, 90 % of draws", f"{r.low:.1f} to {r.high:.1f}"
            yield "", "draws with the same status", f"{r.same_status:.0%}"
        if (work := self.collection.minutes) > 0:
            yield "Effort", "hours a year, of the KPIs that say so", rounded(work / 60)
        if self.retire:
            yield "", "KPIs that cost much, and are used little", str(len(self.retire))

    def _notes(self) -> Iterator[str]:
        yield from self.balance.warnings
        for field, words in LACKS:
            if found := getattr(self.coverage, field):
                yield f"{words[0].upper()}{words[1:]}: {', '.join(found)}"
        for pair in self.redundancy.pairs:
            verdict = "one of the two would do" if pair.is_redundant else "they overlap"
            yield f"{pair.first} and {pair.second}: {verdict}" + (f" ({pair.why})" if pair.why else "")
        for cluster in self.redundancy.clusters:
            yield f"Of {' and '.join(cluster.kpis)}, keep {cluster.keep}: it is the freshest, leads, or weighs most"
        if self.health.left_out:
            yield f"Not known and left out of health: {', '.join(self.health.left_out).replace('_', ' ')}"
        if self.retire:
            yield f"{RETIRE}: {', '.join(self.retire)}"
        if self.robustness.is_fragile:
            yield "The status of the total hangs on the weights: it is fragile."

    def _drivers(self) -> Iterator[tuple[str, ...]]:
        for x in self.drivers.drivers[:TORNADO]:
            name = self.definitions.kpi[x.kpi].name
            yield name, f"{x.weight:.1%}", floored(x.score), rounded(x.gain, 1), rounded(x.risk, 1)

    @property
    def frame(self) -> pl.DataFrame:
        """One row for each number: `part, name, value`; drivers as `gain`, `risk` and `weight` of each KPI."""
        return cells(("part", "name", "value"), self._cells(), frozenset({"part", "name"}))

    def _cells(self) -> Iterator[tuple[object, ...]]:
        yield "health", "index", self.health.index
        yield from (("health", name, value) for name, value in self.health.parts.items())
        b, r = self.balance, self.robustness
        yield from (("balance_kpis", code, share) for code, share in b.kpis.items())
        yield from (("balance_weight", code, share) for code, share in b.weight.items())
        yield from (("balance", n, x) for n, x in (("kpis", b.kpi_index), ("weight", b.weight_index), ("lead", b.lead)))
        lists = ((field, getattr(self.coverage, field)) for field, _ in LACKS)
        yield from (("coverage", field, None if found is None else len(found)) for field, found in lists)
        yield from (("redundancy", f"{p.first}/{p.second}", p.value) for p in self.redundancy.pairs)
        for x in self.drivers.drivers:
            yield from (("weight", x.kpi, x.weight), ("gain", x.kpi, x.gain), ("risk", x.kpi, x.risk))
        yield from (("retire", code, 1) for code in self.retire)
        for name in ("score", "low", "high", "same_status"):
            yield "robustness", name, getattr(r, name)

    def explain(self, what: str) -> WorkingExplanation:
        """How `health`, `balance`, the list to `retire`, or the likeness of two KPIs (`a/b`) came about.

        With a KPI: what it could do to the total.
        """
        d = self.definitions
        if what == "health":
            return WorkingExplanation(HealthIndexWorking(self.health.parts, self.health.left_out))
        if what == "retire":
            return WorkingExplanation(RetireWorking(self.compared))
        if what == "balance":
            alive = {k.code for k in d.kpis if k.state not in ("draft", "retired")}
            uses = tuple(
                (u.kpi, d.objective[u.objective].perspective, u.role)
                for u in d.uses
                if u.kpi in alive and u.objective in d.objective
            )
            return WorkingExplanation(BalanceWorking(uses, {p.code: float(p.weight) for p in d.perspectives}))
        for pair in self.redundancy.pairs:
            if what == f"{pair.first}/{pair.second}":
                return WorkingExplanation(self._likeness(pair))
        if what not in {x.kpi for x in self.drivers.drivers}:
            hint = "Write health, balance, retire, a KPI with a score, or two KPIs that are alike as FIRST/SECOND."
            raise NotFound(f"There is no {what!r} here.", hint=hint)
        names = [n.name for level in nodes_of(d) for n in level if not n.name.startswith("theme:")]
        traces = tuple(
            explain(self.evaluation, n, self.unit, self.period) for n in names if n in self.evaluation.nodes.index
        )
        return WorkingExplanation(DriverWorking(what, traces))

    def _likeness(self, pair: Likeness) -> LikenessWorking:
        """The figures of two KPIs over the same periods, at the frequency of the first."""
        e, d, pair_of = self.evaluation, self.definitions, (pair.first, pair.second)
        view: View = d.kpi[pair.first].frequency.value
        periods = periods_of(d, self.rows, view=view, as_of=e.as_of)
        found = evaluate_kpis(d, self.rows, as_of=e.as_of, view=view, periods=periods, only=pair_of)
        assert found.value is not None and found.state is not None
        there = (found.state == State.NUMBER) & ((found.marks & np.uint8(Mark.CARRIED | Mark.STALE)) == 0)
        values = np.where(there, found.value, np.nan)[:, found.units.index(self.unit)]
        first, second = (series(values[found.index[f"kpi:{code}"]]) for code in pair_of)
        return LikenessWorking(*pair_of, d.kpi[pair.first].frequency, (first, second), pair.why)


def look_together(
    evaluation: Evaluation, rows: pl.DataFrame, unit: str, period: str, seed: int, draws: int = 1_000
) -> Portfolio:
    """Everything about the KPIs together; the score of `unit` in `period`, and likeness, are those of that unit."""
    d, at = evaluation.definitions, evaluation.as_of
    u, p = evaluation.nodes.units.index(unit), [q.id for q in evaluation.periods].index(period)
    statuses = {
        name.removeprefix("objective:"): Status(int(evaluation.nodes.status[i, u, p]))
        for name, i in evaluation.nodes.index.items()
        if name.startswith("objective:")
    }
    covered, balanced = coverage(d, as_of=at.date(), statuses=statuses), balance(d)
    collected = collection(d, rows, as_of=at)
    return Portfolio(
        evaluation, rows, unit, period, balanced, covered, collected,
        health_index(collected, covered, balanced, as_of=at.date()),
        redundancy(d, rows, as_of=at, unit=unit),
        drivers(evaluation, unit=unit, period=period),
        weight_robustness(evaluation, unit=unit, period=period, seed=seed, draws=draws),
        worths(d, collected, uses=spoken_of(d, as_of=at.date())),
    )  # fmt: skip
