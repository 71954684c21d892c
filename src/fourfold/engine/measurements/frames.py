"""Tables of other libraries → Polars, without importing a library that is not already in use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import polars as pl

from fourfold.errors import FourfoldError

if TYPE_CHECKING:
    from collections.abc import Iterable


class TableError(FourfoldError):
    """This is not a table of figures."""


@runtime_checkable
class _Pandas(Protocol):
    """What is asked of a pandas table."""

    @property
    def columns(self) -> Iterable[object]: ...

    def isna(self) -> _Pandas: ...

    def __getitem__(self, key: object) -> _PandasColumn: ...


class _PandasColumn(Protocol):
    def tolist(self) -> list[object]: ...


def convert(frame: object) -> pl.DataFrame:
    """See `measurements.to_polars`."""
    if isinstance(frame, pl.DataFrame):
        return frame
    if isinstance(frame, pl.LazyFrame):
        return frame.collect()
    library = type(frame).__module__.partition(".")[0]
    try:
        if library == "pandas" and isinstance(frame, _Pandas):
            return _from_pandas(frame)
        if library == "pyarrow" or hasattr(frame, "__arrow_c_stream__"):
            arrow = pl.from_arrow(frame)
            return arrow if isinstance(arrow, pl.DataFrame) else arrow.to_frame()
        if isinstance(frame, Mapping | list):
            return pl.DataFrame(frame, strict=False, infer_schema_length=None)
    except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError) as error:
        raise TableError(f"This table cannot be read: {str(error).splitlines()[0]}", hint=_HINT) from error
    raise TableError(f"{type(frame).__name__} is not a table of figures.", hint=_HINT)


_HINT = "Give a Polars, pandas or Arrow table with the columns kpi, unit, period and value."


def _from_pandas(frame: _Pandas) -> pl.DataFrame:
    """Column by column, so that one with mixed types becomes text instead of an error."""
    names = [str(name) for name in frame.columns]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise TableError(f"The table has two columns {twice!r}.", hint="Keep one of them.")
    absent = frame.isna()
    columns = []
    for name, key in zip(names, list(frame.columns), strict=True):
        gone = absent[key].tolist()
        cells = [None if empty else cell for cell, empty in zip(frame[key].tolist(), gone, strict=True)]
        columns.append(_column(name, cells))
    return pl.DataFrame(columns)


def _column(name: str, cells: list[object]) -> pl.Series:
    try:
        column = pl.Series(name, cells, strict=True)
        if column.dtype != pl.Object:
            return column
    except (pl.exceptions.PolarsError, TypeError, OverflowError):
        pass
    return pl.Series(name, [None if cell is None else str(cell) for cell in cells], dtype=pl.String)
