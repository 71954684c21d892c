"""A table of benchmarks → its rows as texts: numbers with a point, dates and periods as they are kept.

Nothing is dropped in silence: a cell that cannot be read stays as it was written, and the checks name it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fourfold.connectors.files.benchmark_columns import FIXED, NUMBERS, WORDS, BenchmarkColumns
from fourfold.connectors.files.dates import plain_period
from fourfold.connectors.files.detect import body_of, header_of
from fourfold.connectors.files.grid import Grid
from fourfold.engine.measurements.typed import read_by

_DATES: Final = ("date", "since")


def benchmark_rows(
    grid: Grid, columns: BenchmarkColumns, measured_in: Mapping[str, str]
) -> Iterator[tuple[int, dict[str, str], str]]:
    """Each row: its line, its fields (those of `WORDS`) as texts, empty where it says nothing, and why it is not
    trusted.

    `measured_in` has what KPIs are counted in, by whatever they are called in lower case: 92% and €5 are numbers then.
    """
    header = header_of(grid, columns.header)
    for cells in body_of(grid, header).iter_rows(named=True):
        said = {each: (cells[f"={name}"] or "") for each, name in columns.columns.items()}
        said |= {each: columns.fixed.get(each, "") for each in FIXED if not said.get(each)}
        unit = measured_in.get(said.get("kpi", "").casefold(), "")
        said |= {each: _number(said[each], columns.decimal, unit) for each in NUMBERS if said.get(each)}
        said |= {each: plain_period(said[each], columns.dates) for each in _DATES if said[each]}
        yield int(cells["row"]), {each: said.get(each, "") for each in WORDS}, _wrong(grid, cells, header.width)


def _number(text: str, decimal: str, unit: str) -> str:
    return read_by(text, decimal or ".", unit) or text


def _wrong(grid: Grid, cells: Mapping[str, Any], width: int) -> str:
    """A row of a text with other cells than the header: they may have moved, so that none of them is trusted."""
    if grid.is_typed or cells["width"] == width:
        return ""
    return f"The row has {cells['width']} cells, and the header has {width}."
