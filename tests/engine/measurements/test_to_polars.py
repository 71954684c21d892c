"""Tables of other libraries become the same rows, whatever they call nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete
from fourfold.engine.measurements import check_rows, to_polars
from fourfold.errors import FourfoldError
from fourfold.testing.bakery import bakery

COLUMNS: dict[str, list[Any]] = {
    "kpi": ["sales", "sales", "on_time"],
    "unit": ["north", "south", "north"],
    "period": ["2026-03", "2026-03", "2026-03"],
    "value": [1.5, None, None],
    "numerator": [None, None, 3.0],
    "denominator": [None, None, 4.0],
    "state": [None, "missing", None],
}
ROWS = [dict(zip(COLUMNS, row, strict=True)) for row in zip(*COLUMNS.values(), strict=True)]


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return complete(bakery())


@pytest.mark.parametrize(
    "table",
    [
        pl.DataFrame(COLUMNS),
        pl.LazyFrame(COLUMNS),
        pd.DataFrame(COLUMNS),
        pd.DataFrame(COLUMNS).convert_dtypes(),
        pa.table(COLUMNS),
        pa.RecordBatch.from_pydict(COLUMNS),
        COLUMNS,
        ROWS,
    ],
    ids=["polars", "lazy", "pandas", "pandas-nullable", "arrow", "batch", "columns", "rows"],
)
def test_every_kind_of_table_gives_the_same_rows(definitions: Definitions, table: Any) -> None:
    checked = check_rows(to_polars(table), definitions)
    assert checked.findings == ()
    assert checked.rows.select("kpi", "unit", "value", "numerator", "state").rows() == [
        ("sales", "north", 1.5, None, 0),
        ("sales", "south", None, None, 1),
        ("on_time", "north", None, 3.0, 0),
    ]


def test_nan_is_nothing_in_pandas_and_a_mistake_elsewhere(definitions: Definitions) -> None:
    columns = {"kpi": ["sales"], "unit": ["north"], "period": ["2026-03"], "value": [float("nan")]}
    assert [f.code for f in check_rows(to_polars(pd.DataFrame(columns)), definitions).findings] == ["ROW-EMPTY"]
    (finding,) = check_rows(to_polars(pl.DataFrame(columns)), definitions).findings
    assert (finding.code, finding.place.thing) == ("ROW-NAN", "row 1")


def test_infinity_of_a_typed_table_is_refused(definitions: Definitions) -> None:
    columns = {"kpi": ["sales"], "unit": ["north"], "period": ["2026-03"], "value": [float("inf")]}
    assert [f.code for f in check_rows(to_polars(pl.DataFrame(columns)), definitions).findings] == ["ROW-INFINITE"]


def test_dates_stand_for_the_period_they_are_in_or_are_refused_by_name(definitions: Definitions) -> None:
    columns = {"kpi": ["sales"], "unit": ["north"], "period": [date(2026, 3, 1)], "value": [1]}
    checked = check_rows(to_polars(pl.DataFrame(columns)), definitions)
    assert checked.rows["period"].to_list() == ["M:2026-03"] or "2026-03-01" in checked.findings[0].message


def test_mixed_columns_of_pandas_are_read_as_text(definitions: Definitions) -> None:
    frame = pd.DataFrame({"kpi": ["sales"] * 2, "unit": ["north", "south"], "period": "2026-03", "value": [1, "2,5"]})
    checked = check_rows(to_polars(frame), definitions)
    assert [(f.code, f.place.thing) for f in checked.findings] == [("ROW-COMMA", "row 2")]


@pytest.mark.parametrize("thing", [3, "a.csv", None, object()])
def test_what_is_no_table_is_refused_with_what_to_give(thing: object) -> None:
    with pytest.raises(FourfoldError, match="not a table of figures") as caught:
        to_polars(thing)
    assert caught.value.hint


def test_nested_cells_are_refused(definitions: Definitions) -> None:
    columns = {"kpi": ["sales"], "unit": ["north"], "period": ["2026-03"], "value": [[1, 2]]}
    (finding,) = check_rows(to_polars(pl.DataFrame(columns)), definitions).findings
    assert "holds List(Int64)" in finding.message


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(FourfoldError, match="cannot be read"):
        to_polars({"kpi": ["a", "b"], "value": [1, 2, 3]})
