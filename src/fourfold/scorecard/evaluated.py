"""One evaluation of a scorecard, for programs and for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fourfold.engine.change_trace import trace_change
from fourfold.engine.evaluate import Evaluation
from fourfold.engine.explain import explain as trace_of
from fourfold.engine.findings import Finding
from fourfold.engine.worded import in_words
from fourfold.engine.words import did_you_mean, show
from fourfold.errors import NotFound
from fourfold.scorecard.explanation import ChangeExplanation, Explanation
from fourfold.table import Table, html, table

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Evaluated:
    """One evaluation, ready to read: `results` for programs, `repr` and HTML for people, `explain` for doubts."""

    evaluation: Evaluation
    findings: tuple[Finding, ...] = ()

    @property
    def results(self) -> pl.DataFrame:
        """One row per node, unit and period; columns as in `fourfold.engine.results.COLUMNS`.

        `state`, `status` and `reason` are words such as `number`, `near` and `division_by_zero` (null where there is
        no reason); `marks` are words joined by a plus, empty where there are none.
        """
        return in_words(self.evaluation.frame())

    def explain(self, node: str, *, unit: str | None = None, period: str | None = None) -> Explanation:
        """Why a KPI or node has its score; the root unit and the newest period with figures when left out."""
        shown = self.table(unit=unit, period=period)
        known = [*self.evaluation.nodes.nodes, *self.evaluation.kpis.nodes]
        if node not in known and f"kpi:{node}" not in known:
            bare = [name.removeprefix("kpi:") for name in known]
            raise NotFound(f"There is no {show(node)} in this scorecard.", hint=did_you_mean(node, bare, "node"))
        return Explanation(trace_of(self.evaluation, node, shown.unit, shown.period))

    def explain_change(
        self, node: str, *, since: str, unit: str | None = None, period: str | None = None
    ) -> ChangeExplanation:
        """Why the score of a KPI or node is another one than in period `since`, in parts that add up to the change.

        The root unit and the newest period with figures when left out.
        """
        trace = self.explain(node, unit=unit, period=period).trace
        return ChangeExplanation(trace_change(self.evaluation, trace.node, trace.unit, since, trace.period))

    def table(self, *, unit: str | None = None, period: str | None = None) -> Table:
        """The scorecard of one unit and period as rows: perspectives, objectives, KPIs."""
        return table(self.evaluation, unit=unit, period=period)

    def __repr__(self) -> str:
        """The scorecard of the root unit in the newest period, as plain text."""
        return str(self.table())

    def _repr_html_(self) -> str:
        return html(self.table())
