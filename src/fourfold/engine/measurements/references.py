"""Which KPI, unit and period a row is about: each must be defined, and the period must be one of the KPI's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.definitions import Definitions, Kpi, Unit
from fourfold.engine.measurements.report import Row, Rule, Say, cell
from fourfold.engine.once import once
from fourfold.engine.periods import Frequency, PeriodError
from fourfold.engine.words import did_you_mean, show


def refer(rows: pl.DataFrame, definitions: Definitions) -> pl.LazyFrame:
    """Add what the rules need to know of KPI, unit and period, null where a row names no known ones.

    Adds the columns of `_kpi_facts`, `u` (index of the unit), `ordinal` and `id` of the period or `why` there is none
    and `how` to mend that, `not_here` where the unit does not have the KPI, and `ok`.
    """
    known = rows.lazy().with_columns(pl.lit(True).alias("ok"))
    known = known.join(_kpi_facts(definitions), on="kpi", how="left", maintain_order="left")
    known = known.join(_unit_places(definitions), on="unit", how="left", maintain_order="left")
    if (absent := _absent(definitions)) is not None:
        known = known.join(absent, on=["k", "u"], how="left", maintain_order="left")
    else:
        known = known.with_columns(pl.lit(None, pl.Boolean).alias("not_here"))
    found = known.collect()
    periods = _periods(found, definitions)
    return found.lazy().join(periods, on=["frequency", "period"], how="left", maintain_order="left")


@once
def _unit_places(definitions: Definitions) -> pl.LazyFrame:
    places = {"unit": list(definitions.unit), "u": range(len(definitions.unit))}
    return pl.LazyFrame(places, schema={"unit": pl.String, "u": pl.Int64})


@once
def _kpi_facts(definitions: Definitions) -> pl.LazyFrame:
    """What the rules ask about a KPI, one row for each: `k` is its index, `low` and `high` what a figure may be."""
    columns: dict[str, list[object]] = {name: [] for name in _FACTS}
    for k, kpi in enumerate(definitions.kpis):
        low, high = _limits(kpi)
        facts = (kpi.code, k, kpi.frequency.value, kpi.is_computed, float(kpi.factor), low, high,
                 kpi.unit == "%" and kpi.kind is MeasureKind.RATIO, kpi.kind.value)  # fmt: skip
        for name, fact in zip(columns, facts, strict=True):
            columns[name].append(fact)
    return pl.LazyFrame(columns, schema=_FACTS)


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


@once
def _absent(definitions: Definitions) -> pl.LazyFrame | None:
    """The KPIs and units, by index, where the unit does not have the KPI; None where all have all."""
    pairs = [
        (k, u, True)
        for k, kpi in enumerate(definitions.kpis)
        if kpi.not_applicable_in or kpi.only_in
        for u, code in enumerate(definitions.unit)
        if not definitions.applies(kpi, code)
    ]
    schema = {"k": pl.Int64, "u": pl.Int64, "not_here": pl.Boolean}
    return pl.LazyFrame(pairs, schema=schema, orient="row") if pairs else None


def _periods(rows: pl.DataFrame, definitions: Definitions) -> pl.LazyFrame:
    """Each distinct text of a period, parsed once for each frequency."""
    seen = rows.lazy().select("frequency", "period").drop_nulls().unique(maintain_order=True).collect()
    parsed: list[tuple[str, str, int | None, str | None, str | None, str | None]] = []
    for frequency, text in seen.iter_rows():
        try:
            period = definitions.calendar.parse(text, Frequency(frequency))
            parsed.append((frequency, text, period.ordinal, period.id, None, None))
        except PeriodError as error:
            parsed.append((frequency, text, None, None, error.message, error.hint))
    return pl.LazyFrame(parsed, schema=_PERIODS, orient="row")


_PERIODS = {
    "frequency": pl.String, "period": pl.String, "ordinal": pl.Int64, "id": pl.String, "why": pl.String,
    "how": pl.String,
}  # fmt: skip


@once
def reference_rules(definitions: Definitions) -> tuple[Rule, ...]:
    """KPI, unit and period must be there and known, and the KPI one that is measured."""
    return (
        *_key_rules("kpi", "k", "KPI", definitions.kpis),
        *_key_rules("unit", "u", "unit", definitions.units),
        Rule("ROW-EMPTY-KEY", pl.col("period").is_null(), _no_key("period")),
        Rule("ROW-PERIOD", pl.col("why").is_not_null(), _bad_period, ("file", "kpi", "period"), given="why"),
        Rule("ROW-COMPUTED", pl.col("computed"), _computed, ("file", "kpi")),
    )


def _key_rules(key: str, index: str, noun: str, things: Sequence[Kpi | Unit]) -> tuple[Rule, Rule]:
    unknown = pl.col(index).is_null() & pl.col(key).is_not_null()
    names = {thing.name.casefold(): thing.code for thing in things}
    say = _unknown(key, noun, list(dict.fromkeys(thing.code for thing in things)), names)
    return (
        Rule("ROW-EMPTY-KEY", pl.col(key).is_null(), _no_key(noun)),
        Rule(f"ROW-{key.upper()}", unknown, say, ("file", key)),
    )


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
    return message, "Delete these rows, or change `not_applicable_in` or `only_in` of the KPI."


_ANY_NUMBER = pl.any_horizontal(pl.col("value_number", "numerator_number", "denominator_number").is_not_null())
#: No figures where the KPI is not applicable; a row that says just that is fine.
APPLIES = Rule(
    "ROW-APPLIES", pl.col("not_here") & _ANY_NUMBER, _not_applicable, ("file", "kpi", "unit"), given="not_here"
)
