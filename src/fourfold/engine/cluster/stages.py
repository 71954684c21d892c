"""The stages of an evaluation on a cluster, each a table made of a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version

import polars as pl

from fourfold.engine.cluster.job import Job
from fourfold.engine.cluster.kernel import SCHEMA, SCORED, finding_of, kpi_results, node_results
from fourfold.engine.cluster.spark import Broadcast, Session, Table
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Finding
from fourfold.engine.groups import with_inputs
from fourfold.engine.measurements import COLUMNS, FIGURES, LISTED, check_rows
from fourfold.engine.periods import Frequency, Period, PeriodError
from fourfold.errors import FourfoldError

_SQL = {pl.String: "string", pl.Float64: "double", pl.Int64: "bigint"}
#: The columns that workers give, as Spark says it.
DDL = ", ".join(f"{name} {_SQL[type(kind)]}" for name, kind in SCHEMA.items())
#: What is no part of a code or a period at its ends, as for the check of rows: Unicode's white space.
_SPACE = "\t\n\x0b\x0c\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
_BARE = "btrim(cast({0} as string), '" + _SPACE + "')"


class VersionError(FourfoldError):
    """The workers run another version of Fourfold."""


def figures_of(raw: Table, definitions: Definitions) -> tuple[Table, tuple[Finding, ...]]:
    """The columns of a table of figures, `file` and `row` to name them by, and what is wrong with its columns."""
    names = {re.sub(r"[\s\-]+", "_", name.strip().casefold()): name for name in raw.columns}
    blank = pl.DataFrame(schema=dict.fromkeys(raw.columns, pl.String))
    known = [f"`{written}` as {name}" for name, written in names.items() if name in COLUMNS]
    place = ("_metadata.file_name as file", "_metadata.row_index + 1 as row")
    return raw.selectExpr(*known, *place), check_rows(blank, definitions).findings


def first_periods(
    figures: Table, definitions: Definitions, session: Session, as_of: datetime
) -> Mapping[Frequency, Period]:
    """The earliest period of each frequency that has a figure known by `as_of`."""
    of = session.createDataFrame([(k.code, k.frequency.value) for k in definitions.kpis], "code string, own string")
    given = [
        f"btrim({name}, '{_SPACE}') != ''" if kind == "string" else f"{name} is not null"
        for name, kind in figures.dtypes
        if name in (*FIGURES, "state")
    ]
    here = figures.where(" or ".join(given))
    if "recorded_at" in figures.columns:
        moment = as_of.astimezone(UTC).isoformat()
        here = here.where(f"coalesce(try_cast(recorded_at as timestamp) <= timestamp'{moment}', true)")
    pairs = here.selectExpr("kpi", "period").distinct()  # far fewer than rows
    keyed = pairs.selectExpr(f"{_BARE.format('kpi')} as code", f"{_BARE.format('period')} as period")
    rows = keyed.join(of.hint("broadcast"), "code", "inner").selectExpr("own", "period").distinct().collect()
    first: dict[Frequency, Period] = {}
    for own, text in rows:
        with suppress(PeriodError):  # the check of rows says what is wrong with it
            period = definitions.calendar.parse(text, Frequency(own))
            if period.frequency not in first or period.ordinal < first[period.frequency].ordinal:
                first[period.frequency] = period
    return first


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
    keyed = figures.selectExpr("*", f"{_BARE.format('kpi')} as code").join(of.hint("broadcast"), "code", "left")
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
