"""What would the scorecard say if …: the same engine, run on the scorecard and on the scorecard with a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING

import numpy as np

from fourfold.engine.cells import Floats
from fourfold.engine.checks import check
from fourfold.engine.definitions import Definitions
from fourfold.engine.evaluate import evaluate
from fourfold.engine.findings import Finding, errors
from fourfold.engine.results import Evaluation
from fourfold.engine.scenarios.comparison import Comparison, aligned, side_by_side
from fourfold.engine.scenarios.scenario import Part, Scenario, ScenarioError, check_names, lay_over
from fourfold.engine.words import did_you_mean
from fourfold.errors import NotFound

if TYPE_CHECKING:
    import polars as pl

_Parts = frozenset[Part]


def what_if(base: Evaluation, rows: pl.DataFrame, scenario: Scenario) -> Comparison:
    """Compare an evaluation with what it would be under a scenario; `rows` are those it was made from.

    Both sides have the same day, view and periods, so figures of periods that have not begun by `as_of` do not count:
    evaluate as of a later day to look ahead. The change of each score is shared out among the parts of the scenario
    (Shapley values: the mean over all orders in which they could be laid over the scorecard), so n parts cost
    2ⁿ − 1 evaluations, at most 15. Raises `NotFound` for what the scorecard does not have and `ScenarioError` for a
    scenario that would make an unsound one.
    """
    _check(base.definitions, scenario)
    own, parts = rows, scenario.parts
    if scenario.figures is not None and Part.FIGURES in parts:
        own = replaced(rows, scenario.figures, lay_over(base.definitions, scenario, parts))
    runs: dict[_Parts, Evaluation] = {frozenset(): base}
    for some in _subsets(parts)[1:]:
        definitions = lay_over(base.definitions, scenario, some)
        figures = own if Part.FIGURES in some else rows
        runs[some] = evaluate(definitions, figures, as_of=base.as_of, view=base.view, periods=base.periods)
    last = runs[frozenset(parts)]
    both = side_by_side(scenario.name, base, last)
    return replace(both, points=_points(runs, parts, both.nodes, both.units), runs=runs)


def replaced(rows: pl.DataFrame, figures: pl.DataFrame, definitions: Definitions) -> pl.DataFrame:
    """Rows in which those of the same KPI, unit and period, however it is spelled, give way to the new figures.

    Raises `NotFound` for unknown KPIs and units, `ScenarioError` for KPIs that are computed.
    """
    import polars as pl

    for column, known, noun in (("kpi", list(definitions.kpi), "kpi"), ("unit", list(definitions.unit), "unit")):
        for code in figures[column].unique(maintain_order=True):
            if code not in known:
                raise NotFound(f"There is no {noun} {code!r} for a figure.", hint=did_you_mean(str(code), known, noun))
    for code in figures["kpi"].unique(maintain_order=True):
        if definitions.kpi[code].is_computed:
            raise ScenarioError(f"KPI {code} is computed.", hint="Change the figures it is computed from.")

    def places(frame: pl.DataFrame) -> pl.DataFrame:
        """The rows with their number and the ordinal of their period."""
        cells = frame.select("kpi", "period").unique()
        parsed = [
            (k, p, definitions.calendar.parse(p, definitions.kpi[k].frequency).ordinal) for k, p in cells.iter_rows()
        ]
        schema = {"kpi": pl.String, "period": pl.String, "ordinal": pl.Int64}
        texts = frame.with_columns(pl.col("kpi", "unit", "period").cast(pl.String))
        return texts.join(pl.DataFrame(parsed, schema=schema, orient="row"), on=["kpi", "period"])

    numbered = rows.with_row_index("_place")
    touched = numbered.filter(pl.col("kpi").cast(pl.String).is_in(figures["kpi"].cast(pl.String).unique().to_list()))
    old = places(touched).join(places(figures), on=["kpi", "unit", "ordinal"], how="semi")["_place"]
    kept = numbered.filter(~pl.col("_place").is_in(old.to_list())).drop("_place")
    return pl.concat([kept, figures], how="diagonal_relaxed")


def _check(definitions: Definitions, scenario: Scenario) -> None:
    """Refuse what the scorecard does not have, and what would make it unsound where it is sound now."""
    whole = lay_over(definitions, scenario, [Part.STRUCTURE])
    check_names(whole, scenario)
    if not set(scenario.parts) - {Part.FIGURES}:
        return
    found = errors(check(lay_over(definitions, scenario, scenario.parts)))
    known = {(f.code, f.message) for f in errors(check(definitions))} if found else set()
    if new := [f for f in found if (f.code, f.message) not in known]:
        message = f"The scenario {scenario.name!r} makes the scorecard unsound: {new[0].message}"
        raise ScenarioError(message, hint=_hint(new[0], scenario))


def _hint(finding: Finding, scenario: Scenario) -> str:
    """What to do about an unsound scenario: of a perspective that it has emptied, to leave that out too."""
    thing = finding.place.thing or ""
    if scenario.remove and thing.startswith("perspective:") and finding.code == "MAP-SHAPE":
        return f"Leave out {thing} too, or keep one of its objectives."
    return finding.fix


def _subsets(parts: tuple[Part, ...]) -> list[_Parts]:
    return [frozenset(some) for size in range(len(parts) + 1) for some in combinations(parts, size)]


def _points(
    runs: Mapping[_Parts, Evaluation], parts: tuple[Part, ...], nodes: tuple[str, ...], units: tuple[str, ...]
) -> dict[Part, Floats]:
    """Shapley values of the parts, `(node, unit, period)`; NaN where one of the runs has no score."""
    count = sum(n.startswith("kpi:") for n in nodes)
    value = {
        some: (aligned(run.kpis, nodes[:count], units), aligned(run.nodes, nodes[count:], units))
        for some, run in runs.items()
    }
    whole = {some: np.concatenate(both) for some, both in value.items()}
    points = {}
    for part in parts:
        rest = tuple(p for p in parts if p is not part)
        points[part] = np.zeros_like(whole[frozenset()])
        for some in _subsets(rest):
            share = factorial(len(some)) * factorial(len(rest) - len(some)) / factorial(len(parts))
            points[part] += share * (whole[some | {part}] - whole[some])
    return points
