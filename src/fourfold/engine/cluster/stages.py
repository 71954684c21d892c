"""The stages of an evaluation on a cluster, each a table made of a table."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version

import polars as pl

from fourfold.engine.cluster.figures import BARE
from fourfold.engine.cluster.job import Job
from fourfold.engine.cluster.kernel import SCHEMA, SCORED, finding_of, kpi_results, node_results
from fourfold.engine.cluster.spark import Broadcast, Session, Table
from fourfold.engine.findings import Finding
from fourfold.engine.groups import with_inputs
from fourfold.engine.measurements import LISTED
from fourfold.errors import FourfoldError

_SQL = {pl.String: "string", pl.Float64: "double", pl.Int64: "bigint"}
#: The columns that workers give, as Spark says it.
DDL = ", ".join(f"{name} {_SQL[type(kind)]}" for name, kind in SCHEMA.items())


class VersionError(FourfoldError):
    """The workers run another version of Fourfold."""


def evaluate_kpis_on(figures: Table, job: Broadcast[Job], session: Session) -> Table:
    """Stage 1: results of all KPIs, and findings about figures; see `kpi_results`.

    Rows that name no KPI go to the first family, where the check of rows refuses them; a family without any row gets
    a blank one, so that it has results too.
    """
    todo = job.value
    users = [
        (k.code, family)
        for family, codes in enumerate(todo.families)
        for k in with_inputs(todo.definitions, codes)
    ]  # fmt: skip
    of = session.createDataFrame(users, "code string, family int")
    keyed = figures.selectExpr("*", f"{BARE.format('kpi')} as code").join(of.hint("broadcast"), "code", "left")
    dealt = keyed.selectExpr("coalesce(family, 0) as family", *figures.columns)
    blank = session.createDataFrame([(i,) for i in range(len(todo.families))], "family int")
    parts = dealt.unionByName(blank, allowMissingColumns=True).repartition(len(todo.families), "family")
    return parts.groupBy("family").applyInArrow(
        lambda key, table: _arrow(kpi_results(_same(job.value), key[0].as_py(), _polars(table).drop("family"))), DDL
    )


def roll_up_nodes_on(kpis: Table, job: Broadcast[Job]) -> Table:
    """Stage 2: results of all nodes from those of KPIs; see `node_results`."""
    todo = job.value
    # No more parts than units, and about as many cells in each as in a family.
    parts = min(len(todo.families), len(todo.definitions.units))
    scored = kpis.selectExpr(f"pmod(xxhash64(unit), {parts}) as part", *SCORED).repartition(parts, "part")
    return scored.groupBy("part").applyInArrow(
        lambda key, table: _arrow(node_results(_same(job.value), _polars(table))), DDL
    )


def findings_of(rows: Table) -> tuple[Finding, ...]:
    """Each finding once, errors before the rest, which must not crowd them out; see `kernel.finding_of`."""
    told = [
        text
        for level in ("state = 'error'", "state != 'error'")
        for (text,) in rows.where(level).selectExpr("reason").distinct().limit(LISTED).collect()
    ]
    return in_order({finding_of(text) for text in told[:LISTED]})


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings by severity, then by place."""
    return tuple(sorted(findings, key=lambda f: (-f.level, f.place.file or "", f.place.line or 0, f.code, f.message)))


def _same(job: Job) -> Job:
    """The job, where this is the program that made it."""
    if job.version != version("fourfold"):
        raise VersionError(f"A worker runs Fourfold {version('fourfold')}, the job is from {job.version}.")
    return job


def _polars(table: object) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def _arrow(frame: pl.DataFrame) -> object:
    """The table in the types that Spark expects: texts with offsets of 32 bits."""
    import pyarrow as pa

    kinds = {pl.String: pa.string(), pl.Float64: pa.float64(), pl.Int64: pa.int64()}
    schema = pa.schema([(name, kinds[type(kind)]) for name, kind in SCHEMA.items()])
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(schema)
