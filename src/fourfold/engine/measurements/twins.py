"""Rows about the same thing: twice the same, contradicting one another, or beside what rolls up anyway."""

from __future__ import annotations

import polars as pl

from fourfold.engine.aggregation import AggUnits, legal
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level
from fourfold.engine.measurements import FIGURES
from fourfold.engine.measurements.report import Report, Row, cell
from fourfold.engine.rows import unit_tree
from fourfold.engine.words import choices

_CELL = ("k", "u", "ordinal", "recorded")
_SAYS = ("value_number", "numerator_number", "denominator_number", "code", "marks")
_NOT_ROLLED_UP = (AggUnits.NONE, AggUnits.RECOMPUTE)


def settle_twins(rows: pl.DataFrame, report: Report) -> pl.DataFrame:
    """Keep the first of identical rows; refuse all rows of a cell that contradict one another.

    Rows of one cell with different times of recording are revisions of it, not twins.
    """
    if len(rows) < 2:
        return rows
    good = rows.filter(pl.col("ok"))
    twice = good.select(pl.struct(_CELL).is_duplicated()).to_series() if _may_have_twins(good) else None
    if twice is None or not twice.any():
        return rows
    twins = good.filter(twice).with_columns(_shown().alias("shown"), _spot().alias("spot"))
    differ = pl.struct(_SAYS).n_unique().over(_CELL) > 1
    contradicting = twins.filter(differ)
    spots = contradicting.group_by(_CELL, maintain_order=True).agg(
        pl.col("file", "row", "kpi", "unit", "period").first(),
        pl.concat_str("shown", pl.lit(" on "), "spot").unique(maintain_order=True).alias("all"),
        pl.col("index").alias("indexes"),
    )
    report.add(spots, "ROW-CONFLICT", _contradiction)
    same = twins.filter(~differ & ~pl.struct(_CELL).is_first_distinct())
    report.add(same, "ROW-TWICE", _same, by=["file"], level=Level.INFO)
    rows = rows.join(contradicting.select("i"), on="i", how="left", maintain_order="left", coalesce=False)
    rows = rows.with_columns((pl.col("ok") & pl.col("i_right").is_null()).alias("ok")).drop("i_right")
    return rows.join(same.select("i"), on="i", how="anti", maintain_order="left")


def _may_have_twins(good: pl.DataFrame) -> bool:
    """A cheap first look: count distinct cells as one integer each."""
    if good["recorded"].null_count() < len(good) or good.is_empty():
        return not good.is_empty()
    units, first, last = good["u"].max(), good["ordinal"].min(), good["ordinal"].max()
    assert isinstance(units, int) and isinstance(first, int) and isinstance(last, int)
    key = (pl.col("k") * (units + 1) + pl.col("u")) * (last - first + 1) + pl.col("ordinal") - first
    return good.select(key).to_series().n_unique() < len(good)


def _shown() -> pl.Expr:
    """The figures of a row in words."""
    parts = [pl.when(pl.col(f).is_not_null()).then(pl.concat_str(pl.lit(f"{f} "), pl.col(f))) for f in FIGURES]
    words = pl.concat_str(*parts, separator=", ", ignore_nulls=True)
    words = pl.when(words == "").then(pl.coalesce("state", pl.lit("n/a"))).otherwise(words)
    quality = pl.when(pl.col("quality").is_not_null()).then(pl.concat_str(pl.lit(" ("), "quality", pl.lit(")")))
    return pl.concat_str(words, quality.fill_null(""))


def _spot() -> pl.Expr:
    """Where a row stands, in words."""
    number = pl.col("row").cast(pl.String)
    return (
        pl.when(pl.col("file").is_null())
        .then(pl.concat_str(pl.lit("row "), number))
        .otherwise(pl.concat_str(pl.lit("line "), number, pl.lit(" of "), pl.col("file")))
    )


def _contradiction(row: Row) -> tuple[str, str]:
    said = row["all"]
    all_ = [str(s) for s in said] if isinstance(said, list) else []
    shown = [*all_[:5], f"{len(all_) - 5} more"] if len(all_) > 6 else all_
    message = f"{cell(row)}: rows contradict one another: {choices(shown, 'and')}."
    return message, "Keep the right one; give recorded_at to both if the later one corrects the earlier."


def _same(row: Row) -> tuple[str, str]:
    return f"{cell(row)}: this row stands there twice; it is loaded once.", "Nothing needs to be done."


def note_own_values(rows: pl.DataFrame, definitions: Definitions, report: Report) -> None:
    """Say where a unit has its own figures beside those of units below it: its own win over the roll-up."""
    if len(rows) < 2:
        return
    good = rows.filter(pl.col("ok"))
    pairs = good.group_by("k", "u").agg(pl.len()).select("k", "u").rows()
    tree = unit_tree(definitions)
    fed: dict[int, set[int]] = {}
    for k, u in pairs:
        fed.setdefault(int(k), set()).add(int(u))
    own = []
    for k, units in fed.items():
        kpi = definitions.kpis[k]
        if (kpi.aggregate_units or legal(kpi.kind).agg_units[0]) in _NOT_ROLLED_UP:
            continue
        own += [(k, u) for u in sorted(units) if len(tree.children[u]) and units.intersection(tree.subtree(u)[1:])]
    if own:
        found = pl.DataFrame(own, schema={"k": pl.Int64, "u": pl.Int64}, orient="row")
        found = good.join(found, on=["k", "u"], how="inner", maintain_order="left")
        report.add(found, "ROW-OWN", _own, by=["file", "kpi", "unit"], level=Level.INFO)


def _own(row: Row) -> tuple[str, str]:
    message = f"KPI {row['kpi']}: unit {row['unit']} has figures of its own, and so have units below it."
    return message, "Its own figures are shown where there are some; delete them to see the rolled-up ones."
