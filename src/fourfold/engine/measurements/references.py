"""Which KPI, unit and period a row is about: each must be defined, and the period must be one of the KPI's own."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.measurements.report import Report, Row, Say, cell
from fourfold.engine.periods import Frequency, PeriodError
from fourfold.engine.words import did_you_mean, show


def refer(rows: pl.DataFrame, definitions: Definitions, report: Report) -> pl.DataFrame:
    """Add what the later rules need to know of KPI, unit and period; rows that name no known ones are not `ok`.

    Adds the columns of `kpi_facts`, `u` (index of the unit), `ordinal` and `id` of the period, and `ok`.
    """
    units = pl.DataFrame({"unit": list(definitions.unit), "u": range(len(definitions.unit))},
                         schema={"unit": pl.String, "u": pl.Int64})  # fmt: skip
    rows = rows.with_columns(pl.lit(True).alias("ok"))
    rows = rows.join(kpi_facts(definitions), on="kpi", how="left", maintain_order="left")
    rows = rows.join(units, on="unit", how="left", maintain_order="left")
    for key, index in (("kpi", "k"), ("unit", "u")):
        noun = "KPI" if key == "kpi" else key
        known = list(definitions.kpi if key == "kpi" else definitions.unit)
        rows = report.refuse(rows, pl.col(key).is_null(), "ROW-EMPTY-KEY", _no_key(noun))
        unknown = pl.col(index).is_null() & pl.col(key).is_not_null()
        things = definitions.kpis if key == "kpi" else definitions.units
        names = {thing.name.casefold(): thing.code for thing in things}
        rows = report.refuse(rows, unknown, f"ROW-{key.upper()}", _unknown(key, noun, known, names), by=["file", key])
    rows = _periods(rows, definitions, report)
    return report.refuse(rows, pl.col("computed"), "ROW-COMPUTED", _computed, by=["file", "kpi"])


def kpi_facts(definitions: Definitions) -> pl.DataFrame:
    """What the rules ask about a KPI, one row for each: `k` is its index, `low` and `high` what a figure may be."""
    columns: dict[str, list[object]] = {name: [] for name in _FACTS}
    for k, kpi in enumerate(definitions.kpis):
        low, high = _limits(kpi)
        facts = (kpi.code, k, kpi.frequency.value, kpi.is_computed, float(kpi.factor), low, high,
                 kpi.unit == "%" and kpi.kind is MeasureKind.RATIO, kpi.kind.value)  # fmt: skip
        for name, fact in zip(columns, facts, strict=True):
            columns[name].append(fact)
    return pl.DataFrame(columns, schema=_FACTS)


_FACTS = {
    "kpi": pl.String, "k": pl.Int64, "frequency": pl.String, "computed": pl.Boolean, "factor": pl.Float64,
    "low": pl.Float64, "high": pl.Float64, "is_share": pl.Boolean, "kind": pl.String,
}  # fmt: skip


def _limits(kpi: Kpi) -> tuple[float | None, float | None]:
    low = None if kpi.valid_min is None else float(kpi.valid_min)
    high = None if kpi.valid_max is None else float(kpi.valid_max)
    if kpi.kind is MeasureKind.BOOLEAN:
        return (0.0 if low is None else low), (1.0 if high is None else high)
    if kpi.kind is MeasureKind.ORDINAL and kpi.levels:
        return (1.0 if low is None else low), (float(len(kpi.levels)) if high is None else high)
    return low, high


def _periods(rows: pl.DataFrame, definitions: Definitions, report: Report) -> pl.DataFrame:
    """Parse each distinct text once for each frequency."""
    rows = report.refuse(rows, pl.col("period").is_null(), "ROW-EMPTY-KEY", _no_key("period"))
    seen = rows.filter(pl.col("frequency").is_not_null() & pl.col("period").is_not_null())
    seen = seen.select("frequency", "period").unique(maintain_order=True)
    parsed: dict[str, list[object]] = {"ordinal": [], "id": [], "why": [], "how": []}
    for frequency, text in seen.iter_rows():
        found: tuple[int | None, str | None, str | None, str | None]
        try:
            period = definitions.calendar.parse(str(text), Frequency(str(frequency)))
            found = (period.ordinal, period.id, None, None)
        except PeriodError as error:
            found = (None, None, error.message, error.hint)
        for name, part in zip(parsed, found, strict=True):
            parsed[name].append(part)
    schema = {"ordinal": pl.Int64, "id": pl.String, "why": pl.String, "how": pl.String}
    seen = seen.hstack(pl.DataFrame(parsed, schema=schema))
    rows = rows.join(seen, on=["frequency", "period"], how="left", maintain_order="left")
    by = ["file", "kpi", "period"]
    return report.refuse(rows, pl.col("why").is_not_null(), "ROW-PERIOD", _bad_period, by).drop("why", "how")


def refuse_where_not_applicable(rows: pl.DataFrame, definitions: Definitions, report: Report) -> pl.DataFrame:
    """Refuse figures where the KPI is not applicable; a row that says just that is fine."""
    indexes = {code: u for u, code in enumerate(definitions.unit)}
    absent = [
        (k, u)
        for k, kpi in enumerate(definitions.kpis)
        if kpi.not_applicable_in or kpi.only_in
        for code, u in indexes.items()
        if not definitions.applies(kpi, code)
    ]
    if not absent:
        return rows
    pairs = pl.DataFrame(absent, schema={"k": pl.Int64, "u": pl.Int64}, orient="row")
    rows = rows.join(pairs.with_columns(absent=True), on=["k", "u"], how="left", maintain_order="left")
    said = pl.any_horizontal(pl.col("value_number", "numerator_number", "denominator_number").is_not_null())
    rows = report.refuse(rows, pl.col("absent") & said, "ROW-APPLIES", _not_applicable, by=["file", "kpi", "unit"])
    return rows.drop("absent")


def _no_key(noun: str) -> Say:
    def say(row: Row) -> tuple[str, str]:
        return f"The row has no {noun}.", f"Fill in the {noun}, or delete the row."

    return say


def _unknown(key: str, noun: str, known: list[str], names: Mapping[str, str]) -> Say:
    """`names` knows the code of each name in lower case: people write names where codes are wanted."""

    def say(row: Row) -> tuple[str, str]:
        written = str(row[key])
        code = names.get(written.casefold())
        fix = did_you_mean(written, known, noun) if code is None else f"Write its code, {show(code)}."
        return f"There is no {noun} {show(written)}.", fix

    return say


def _bad_period(row: Row) -> tuple[str, str]:
    return f"KPI {row['kpi']}, unit {row['unit']}: {row['why']}", str(row["how"] or "")


def _computed(row: Row) -> tuple[str, str]:
    message = f"KPI {row['kpi']} is computed from others, and the row gives a figure for it (unit {row['unit']}, period"
    return f"{message} {row['period']}).", "Delete these rows, or take the formula away from the KPI."


def _not_applicable(row: Row) -> tuple[str, str]:
    message = f"{cell(row)}: this unit does not have the KPI, and the row gives a figure for it."
    return message, "Delete these rows, or change not_applicable_in or only_in of the KPI."
