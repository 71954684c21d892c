"""A grid read by a mapping → rows of figures, one for each KPI, unit and period, ready to be checked.

Nothing is dropped in silence: a cell that cannot be read stays as it was written, and the checks name it. Only cells
of a wide layout in which nothing stands are no rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from typing import Final, TypeAlias

import polars as pl

from fourfold.connectors.files.dates import plain_period
from fourfold.connectors.files.detect import Header, body_of, header_of
from fourfold.connectors.files.grid import Grid
from fourfold.connectors.files.mapping import Mapping as Reading
from fourfold.connectors.files.mapping import MappingError
from fourfold.connectors.files.propose import Codes
from fourfold.engine.definitions import Definitions
from fourfold.engine.measurements import FIGURES
from fourfold.engine.measurements.events import AT
from fourfold.engine.measurements.numbers import NOT_APPLICABLE, PATTERN
from fourfold.engine.measurements.typed import read_by
from fourfold.engine.periods import Frequency, Period, PeriodError

#: A column of rows that says why a row cannot be taken, beside the columns of figures.
WRONG: Final = "wrong"
_LOOKED_AT: Final = 200
_SHOWN: Final = 3
_NAMES: Final = 40
#: KPI, unit and period.
_Cell: TypeAlias = tuple[str, str, Period]
_COMMA: Final = r"^[+-]?[0-9]+(?:,[0-9]+)?$"


def lay_out(grid: Grid, reading: Reading, definitions: Definitions, codes: Codes) -> pl.DataFrame:
    """Rows with the columns of `engine.measurements.COLUMNS` that there are, as text, `row` (the line) and `wrong`.

    Raises `MappingError` where the reading names a column that is not there, or leaves a question open.
    """
    header = header_of(grid, reading.header)
    body = body_of(grid, header)
    _require_columns(reading, set(header.names.values()))
    for name, text in reading.where.items():
        body = body.filter(pl.col(f"={name}") == text)
    if not grid.is_typed:
        body = body.with_columns(_wrong_width(header.width).alias(WRONG))
    else:
        body = body.with_columns(pl.lit(None, pl.String).alias(WRONG))
    rows = _wide(body, reading) if reading.cells else _long(body, reading)
    rows = _coded(rows, reading, codes)
    rows = _with_periods(rows, reading)
    rows = _with_figures(rows, reading, definitions)
    return _since_before(rows, definitions) if reading.to_date else rows


def _require_columns(reading: Reading, there: set[str]) -> None:
    for name in (*reading.columns.values(), *reading.cells, *reading.where):
        if name not in there:
            hint = f"The columns are {', '.join(sorted(there)[:20])}."
            raise MappingError(f"There is no column {name!r} in the file.", hint=hint)
    named = {*reading.columns, *reading.fixed, *(key for said in reading.cells.values() for key in said)}
    if AT in reading.columns and (reading.to_date or "period" in named or reading.cells):
        message = "A file of events has a moment in each row, and neither periods nor sums to date."
        raise MappingError(message, hint="Say of one of the columns that it is not read.")
    for field in ("kpi", "unit", *(() if AT in reading.columns else ("period",))):
        if field not in named:
            raise MappingError(f"No column says the {field}.", hint="Name the column, or what it is in all rows.")
    if not (reading.cells or {*FIGURES, "state", AT} & {*reading.columns}):
        hint = "Name the column of the value, or those of numerator and denominator."
        raise MappingError("No column holds figures.", hint=hint)


def _wrong_width(width: int) -> pl.Expr:
    """A row of a text with other cells than the header: its cells may have moved, so that none of them is trusted."""
    said = pl.format("The row has {} cells, and the header has {}.", pl.col("width"), pl.lit(width))
    return pl.when(pl.col("width") != width).then(said)


def _long(body: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    given = [pl.col(f"={name}").alias(field) for field, name in reading.columns.items()]
    fixed = [pl.lit(text).alias(field) for field, text in reading.fixed.items() if field not in reading.columns]
    return body.select(*given, *fixed, "row", WRONG)


def _wide(body: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """One row for each cell of figures; a numerator and a denominator that say the same belong to one row."""
    places: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}
    for name, said in reading.cells.items():
        place = tuple(sorted((key, text) for key, text in said.items() if key != "as"))
        places.setdefault(place, {})[said.get("as", "value")] = name
    base = {f: pl.col(f"={n}") for f, n in reading.columns.items() if f not in FIGURES}
    base |= {f: pl.lit(text) for f, text in reading.fixed.items() if f not in base}
    parts = []
    for place, names in places.items():
        fields = base | {key: pl.lit(text) for key, text in place}
        fields |= {f: pl.col(f"={names[f]}") if f in names else pl.lit(None, pl.String) for f in FIGURES}
        part = body.select(*(column.alias(field) for field, column in fields.items()), "row", WRONG)
        parts.append(part.filter(pl.any_horizontal(pl.col(FIGURES).is_not_null())))
    return pl.concat(parts).sort("row", maintain_order=True)


def _coded(rows: pl.DataFrame, reading: Reading, known: Codes) -> pl.DataFrame:
    """Names of KPIs and units as their codes; what is not known stays as it is."""
    for field in ("kpi", "unit"):
        said = {name.casefold(): code for name, code in reading.codes.get(field, {}).items()}
        table = known[field] | said
        rows = _translated(rows, field, lambda text, table=table: table.get(text.casefold(), text))  # type: ignore[misc]
    return rows


def _with_periods(rows: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    column = "period" if "period" in rows.columns else AT
    return _translated(rows, column, lambda text: plain_period(text, reading.dates))


def _translated(rows: pl.DataFrame, column: str, say: Callable[[str], str]) -> pl.DataFrame:
    """Each different text of a column is looked at once."""
    texts = rows[column].drop_nulls().unique().to_list()
    changed = {text: say(text) for text in texts}
    changed = {text: said for text, said in changed.items() if said != text}
    return rows.with_columns(pl.col(column).replace(changed)) if changed else rows


def _with_figures(rows: pl.DataFrame, reading: Reading, definitions: Definitions) -> pl.DataFrame:
    """Figures as they are recorded; one that has two meanings and no rule stays as it is, with the reason."""
    units = {kpi.code: kpi.unit or "" for kpi in definitions.kpis}
    for field in FIGURES:
        if field not in rows.columns:
            continue
        text = pl.col(field)
        if reading.decimal == ",":
            plain = text.str.contains(_COMMA)
            rows = rows.with_columns(pl.when(plain).then(text.str.replace(",", ".")).otherwise(text).alias(field),
                                     (~plain & text.is_not_null()).alias("strange"))  # fmt: skip
        else:
            rows = rows.with_columns((~text.str.contains(PATTERN) & text.is_not_null()).alias("strange"))
        strange = rows.filter("strange").select("kpi", field).unique(maintain_order=True).rows()
        known = [(kpi, said, _number(said, reading.decimal, units.get(kpi or "", ""))) for kpi, said in strange]
        table = pl.DataFrame(known, schema={"kpi": pl.String, field: pl.String, "meant": pl.String}, orient="row")
        if strange:
            rows = rows.join(table, on=["kpi", field], how="left", maintain_order="left", nulls_equal=True)
            rows = rows.with_columns(pl.coalesce("meant", field).alias(field)).drop("meant")
        rows = rows.drop("strange")
    return rows


def _number(text: str, decimal: str, unit: str) -> str | None:
    if text.casefold() in NOT_APPLICABLE:
        return None
    return read_by(text, decimal or ".", unit)


def _since_before(rows: pl.DataFrame, definitions: Definitions) -> pl.DataFrame:
    """Figures to date → figures of each period: the difference to the one before it in the same fiscal year."""
    given = [f for f in FIGURES if f in rows.columns]
    told = rows.with_row_index("i").select("i", "kpi", "unit", "period", *given).rows(named=True)
    found: dict[_Cell, Mapping[str, str | None]] = {}
    places: dict[int, _Cell] = {}
    for row in told:
        kpi = definitions.kpi.get(row["kpi"] or "")
        try:
            period = definitions.calendar.parse(row["period"] or "", kpi.frequency) if kpi else None
        except PeriodError:
            period = None
        if kpi and period:
            places[row["i"]] = (row["kpi"], row["unit"], period)
            found[places[row["i"]]] = row
    said = {i: _difference(place, found, given) for i, place in places.items()}
    changed = [
        pl.Series(f, [said[row["i"]][0].get(f) if row["i"] in said else row[f] for row in told], pl.String)
        for f in given
    ]
    wrong = pl.Series("_", [said[row["i"]][1] if row["i"] in said else None for row in told], pl.String)
    return rows.with_columns(*changed, pl.coalesce(WRONG, wrong).alias(WRONG))


def _difference(
    place: _Cell, found: Mapping[_Cell, Mapping[str, str | None]], given: Sequence[str]
) -> tuple[dict[str, str | None], str | None]:
    """The figures of one period alone, and what is wrong where they cannot be known."""
    kpi, unit, period = place
    now = {f: found[place][f] for f in given}
    before = period.shift(-1)
    if period.frequency is Frequency.YEAR or before.within(Frequency.YEAR) != period.within(Frequency.YEAR):
        return now, None
    earlier = found.get((kpi, unit, before))
    if earlier is None:
        return now, f"It is a figure to date, and the one for {before.label}, which it goes on from, is missing."
    try:
        return {f: _minus(now[f], earlier[f]) for f in given}, None
    except ArithmeticError:
        return now, f"It is a figure to date, and it or the one for {before.label} is not a number."


def _minus(now: str | None, before: str | None) -> str | None:
    return None if now is None else format(Decimal(now) - Decimal(before or ""), "f")


def samples_of(grid: Grid, header: Header) -> dict[str, tuple[str, ...]]:
    """The first few different texts of each column."""
    top = body_of(grid, header).head(_LOOKED_AT)
    return {
        name: tuple(top[f"={name}"].drop_nulls().unique(maintain_order=True).head(_SHOWN))
        for name in header.names.values()
    }


def unknown_in(rows: pl.DataFrame, definitions: Definitions) -> list[tuple[str, str]]:
    """The first KPIs and units that rows name and nobody knows, each with its field."""
    known: dict[str, Collection[str]] = {"kpi": definitions.kpi, "unit": definitions.unit}
    texts = ((field, rows[field].drop_nulls().unique(maintain_order=True)) for field in known)
    return [(field, text) for field, said in texts for text in said if text not in known[field]][:_NAMES]
