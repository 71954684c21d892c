"""What a worker does with its part: tables in, tables out, the engine of one machine in between."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from fourfold.engine.cells import Codes, Floats
from fourfold.engine.cluster.job import Job
from fourfold.engine.evaluate import evaluate_kpis, roll_up_nodes
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.measurements import check_tables
from fourfold.engine.measurements.known import known_by
from fourfold.engine.results import COLUMNS, Results
from fourfold.engine.rows import locate
from fourfold.engine.worded import in_codes, in_words

_A = TypeVar("_A", Floats, Codes)

#: What a row is: the result of a KPI or of a node, or a finding about the figures.
KPI, NODE, FINDING = "kpi", "node", "finding"
#: Columns that the roll-up reads.
SCORED = ("node", "unit", "ordinal", "score", "status", "confidence", "marks")
_TYPES = {"ordinal": pl.Int64} | dict.fromkeys(
    ("value", "numerator", "denominator", "target", "red_line", "low", "high", "score", "coverage", "confidence"),
    pl.Float64,
)
#: The columns of all that workers give: the kind of row, then those of the long table.
SCHEMA = pl.Schema({"kind": pl.String, **{name: _TYPES.get(name, pl.String) for name in COLUMNS}})


def kpi_results(job: Job, family: int, table: pl.DataFrame) -> pl.DataFrame:
    """Results of the KPIs of a family at all units, from all figures they need; columns `SCHEMA`.

    `table` has the columns of a table of figures, and `file` and `row` to name them by. The rows are checked as
    anywhere; where one has an error there are findings instead of results.
    """
    parts = table.partition_by("file", maintain_order=True)
    checked = check_tables([(part["file"][0], part.drop("file")) for part in parts], job.definitions)
    said = _findings(checked.findings)
    if not checked.ok:
        return said
    rows = replace(locate(known_by(checked.rows, job.as_of), job.definitions), first=job.first)
    results = evaluate_kpis(
        job.definitions, rows, as_of=job.as_of, view=job.view, periods=job.periods, only=job.families[family]
    )
    return pl.concat([_rows(KPI, results), said])


def node_results(job: Job, table: pl.DataFrame) -> pl.DataFrame:
    """Results of all nodes at some units, from the results of all KPIs there (columns `SCORED`); columns `SCHEMA`."""
    return _rows(NODE, roll_up_nodes(job.definitions, _scores(job, in_codes(table))))


def _rows(kind: str, results: Results) -> pl.DataFrame:
    return in_words(results.frame()).select(pl.lit(kind).alias("kind"), *COLUMNS).cast(SCHEMA)


def _scores(job: Job, table: pl.DataFrame) -> Results:
    """The long table as arrays `(kpi, unit, period)`, of as many units as it has."""
    nodes = tuple(f"kpi:{k.code}" for k in job.definitions.kpis)
    units = tuple(table["unit"].unique(maintain_order=True))
    shape = (len(nodes), len(units), len(job.periods))
    k, u = (_places(table[name], known) for name, known in (("node", nodes), ("unit", units)))
    cell = (k * shape[1] + u) * shape[2] + table["ordinal"].to_numpy() - job.periods[0].ordinal

    def block(name: str, array: _A) -> _A:
        array.reshape(-1)[cell] = table[name].to_numpy()
        return array

    score, confidence = (block(name, np.full(shape, np.nan)) for name in ("score", "confidence"))
    status, marks = (block(name, np.zeros(shape, np.uint8)) for name in ("status", "marks"))
    unread = np.broadcast_to(np.nan, shape)
    return Results(nodes, units, job.periods, score, status, unread, confidence, marks)


def _places(texts: pl.Series, known: Sequence[str]) -> npt.NDArray[np.int64]:
    return texts.cast(pl.Enum(list(known))).to_physical().cast(pl.Int64).to_numpy()


def _findings(findings: Sequence[Finding]) -> pl.DataFrame:
    """Findings as rows of their own: the level in the column `state`, the rest in `reason`, for `finding_of`."""
    told = [(FINDING, f.level.name.lower(), json.dumps(asdict(f), ensure_ascii=False, default=int)) for f in findings]
    rows = pl.DataFrame(told, dict.fromkeys(("kind", "state", "reason"), pl.String), orient="row")
    empty = [pl.lit(None, kind).alias(name) for name, kind in SCHEMA.items() if name not in rows.columns]
    return rows.with_columns(empty).select(*SCHEMA)


def finding_of(text: str) -> Finding:
    """The finding that a worker wrote.

    >>> said = Finding("ROW-KPI", Level.ERROR, Place("a.parquet", 3), "There is no KPI.", "Name one.")
    >>> finding_of(_findings([said])["reason"][0]) == said
    True
    """
    told = json.loads(text)
    return Finding(told["code"], Level(told["level"]), Place(**told["place"]), told["message"], told["fix"])

