"""Rows coming in: text or numbers of any table → typed rows, and findings that name each row and its reason.

Nothing here raises on bad data, and nothing is repaired by guessing: a figure that could mean two things is refused
with both meanings named. Whether a table with errors is loaded in part is not decided here; see `CheckedRows.ok`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Finding, errors

if TYPE_CHECKING:
    import polars as pl

#: The columns a table may have: the first three always, and one of value, numerator with denominator, or state.
COLUMNS: Final = (
    "kpi", "unit", "period", "value", "numerator", "denominator", "state", "quality", "source", "note", "recorded_at",
)  # fmt: skip
#: The columns that hold numbers.
FIGURES: Final = ("value", "numerator", "denominator")
#: At most this many findings are listed for one check; one more says how many are left out.
LISTED: Final = 1_000


@dataclass(frozen=True, slots=True)
class CheckedRows:
    """The rows without an error, and what the checks said about all of them.

    `rows` has the columns `kpi, unit, period` (canonical id, `M:2026-03`), `value, numerator, denominator` (Float64
    for the engine, null where there is none), `value_text, numerator_text, denominator_text` (the digits as written,
    for storage), `state` and `marks` (UInt8 codes of `State` and `Mark`), `source, note`, `recorded_at` (ISO text in
    UTC, null where not said), `file` and `row` (1-based: the line of a text file, else the number of the row).

    A row that gives numerator and denominator has no value: the value follows from them. A row without any figure or
    state is left out, which is not the same as a row whose state says that the figure is missing.
    """

    rows: pl.DataFrame
    findings: tuple[Finding, ...]
    read: int

    @property
    def ok(self) -> bool:
        """True when no row has an error: the table can be loaded as a whole."""
        return not errors(self.findings)


class Reason(NamedTuple):
    """Why a row is refused: its place `at` in the table, from 0 on, the check, what is wrong, how to mend it."""

    at: int
    code: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class EachChecked:
    """The rows without an error, with `index`, their place, beside the columns of `CheckedRows`; why others are not.

    A row has one reason or several. One that is neither among the rows nor has a reason says nothing, or what another
    row says already. Where columns are missing the table is not usable, and no row is judged.
    """

    rows: pl.DataFrame
    reasons: tuple[Reason, ...]
    findings: tuple[Finding, ...]
    is_usable: bool


def check_rows(table: pl.DataFrame, definitions: Definitions, *, file: str | None = None) -> CheckedRows:
    """Check one table of figures against completed definitions; see `CheckedRows` for what comes back.

    Columns are those of `COLUMNS`, as text or typed, in any order; a column `row` gives the numbers that findings
    name. Text must be plain numbers with a decimal point; `n/a` means that the unit does not have the KPI. Rows of
    one KPI, unit and period must agree, unless `recorded_at` tells them apart as revisions.
    """
    return check_tables([(file, table)], definitions)


def check_row(row: Mapping[str, str], definitions: Definitions) -> CheckedRows:
    """Like `check_rows`, for one row of texts by column: in a tenth of the time where it is plainly right."""
    from fourfold.engine.measurements.one_row import plainly_right

    return plainly_right(row, definitions) or check_rows(to_polars([row]), definitions)


def check_each(table: pl.DataFrame, definitions: Definitions, *, file: str | None = None) -> EachChecked:
    """Like `check_rows`, with a reason for every row that is refused: for loading the others without them."""
    from fourfold.engine.measurements.checking import check_all

    return check_all(table, definitions, file)


def check_tables(tables: Sequence[tuple[str | None, pl.DataFrame]], definitions: Definitions) -> CheckedRows:
    """Like `check_rows`, for several tables that belong together: rows of two files may not disagree either."""
    from fourfold.engine.measurements.checking import check

    return check(tables, definitions)


def to_polars(frame: object) -> pl.DataFrame:
    """A Polars table from a Polars, pandas or Arrow table, a mapping of columns or a list of rows.

    NaN in pandas is how pandas says that nothing is there, and becomes null. Raises `FourfoldError` for other types.
    """
    from fourfold.engine.measurements.frames import convert

    return convert(frame)
