"""Small scorecards for tests: a few lines of definitions, a few figures, and the cell that came out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl

from fourfold.engine.cells import Mark, Reason, State
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete
from fourfold.engine.evaluate import Evaluation, evaluate
from fourfold.engine.results import View
from fourfold.engine.statuses import Status

#: Long after every period used here, so that all of them are due.
LATER = datetime(2030, 1, 1, tzinfo=UTC)
COLUMNS = {
    "kpi": pl.String, "unit": pl.String, "period": pl.String, "value": pl.Float64, "numerator": pl.Float64,
    "denominator": pl.Float64, "state": pl.UInt8, "marks": pl.UInt8,
}  # fmt: skip
Thing = Mapping[str, Any]


def scorecard(
    *kpis: Thing,
    targets: Iterable[Thing] = (),
    units: Mapping[str, str | None] | None = None,
    weights: Mapping[str, float] | None = None,
    fiscal_year_start: int = 1,
    **strategy: Any,
) -> Definitions:
    """KPIs of one objective of one perspective; `units` are code → parent, a single one without them."""
    names = units or {"all": None}
    return complete(
        Definitions.model_validate(
            {
                "organisation": {"code": "org", "name": "Org", "fiscal_year_start": fiscal_year_start},
                "units": [{"code": code, "name": code, "parent": parent} for code, parent in names.items()],
                "strategy": {"code": "s", "name": "S", **strategy},
                "perspectives": [{"code": "p", "name": "P"}],
                "objectives": [{"code": "o", "name": "O", "perspective": "p"}],
                "kpis": [{"name": str(k["code"]), **k} for k in kpis],
                "uses": [
                    {"kpi": k["code"], "objective": "o", "weight": str((weights or {}).get(k["code"], 1))} for k in kpis
                ],
                "targets": [{"since": "2020-01", **t} for t in targets],
            }
        )
    )


def figures(*rows: Sequence[Any], unit: str = "all") -> pl.DataFrame:
    """Rows `(kpi, period, value)` or `(kpi, period, numerator, denominator)` of one unit; None is no row at all."""
    kept = [r for r in rows if r[2] is not None]
    return pl.DataFrame(
        [
            (r[0], unit, r[1], None if len(r) > 3 else r[2], *(r[2:4] if len(r) > 3 else (None, None)), None, None)
            for r in kept
        ],
        schema=COLUMNS,
        orient="row",
    )


@dataclass(frozen=True)
class Seen:
    """What one cell of the results shows."""

    value: float | None
    state: State | None
    score: float | None
    status: Status
    target: float | None
    marks: Mark
    reason: Reason
    coverage: float
    confidence: float


def seen(evaluation: Evaluation, node: str, period: str, unit: str = "all") -> Seen:
    """A cell of the long table, read as programs do."""
    wanted = evaluation.definitions.calendar.parse(period, evaluation.periods[0].frequency).id
    frame = evaluation.frame().filter(node=node, unit=unit, period=wanted)
    (row,) = frame.iter_rows(named=True)
    is_kpi = node.startswith("kpi:")
    return Seen(
        row["value"], State(row["state"]) if is_kpi else None, row["score"], Status(row["status"]), row["target"],
        Mark(row["marks"]), Reason(row["reason"]), row["coverage"], row["confidence"],
    )  # fmt: skip


def judged(
    definitions: Definitions, rows: pl.DataFrame, *, as_of: datetime = LATER, view: View = "month",
    first: str = "2026-01", last: str = "2026-03",
) -> Evaluation:  # fmt: skip
    """The evaluation of some months (or of the view's periods from `first` to `last`)."""
    parse = definitions.calendar.parse
    return evaluate(
        definitions, rows, as_of=as_of, view=view, periods=definitions.calendar.range(parse(first), parse(last))
    )
