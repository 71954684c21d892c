"""A row that is accepted without a table is one that the checks accept, and comes back the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from fourfold.engine.definitions.complete import complete
from fourfold.engine.measurements import check_row, check_rows, to_polars
from fourfold.engine.measurements.one_row import plainly_right
from fourfold.testing.bakery import BAKERY, bakery

KPIS: list[dict[str, Any]] = [
    *BAKERY["kpis"],
    {"code": "open", "name": "Open on Sundays", "kind": "boolean"},
    {"code": "grade", "name": "Hygiene", "kind": "ordinal", "levels": {"poor": 0, "good": 100}},
    {"code": "debt", "name": "Debt", "kind": "stock", "valid_max": "0"},
    {"code": "share", "name": "Share of rye", "kind": "ratio", "unit": "%", "factor": "100", "valid_max": "100"},
    {"code": "van", "name": "Van", "kind": "flow", "only_in": ["north"], "frequency": "quarter"},
]
DEFINITIONS = complete(bakery(kpis=KPIS))
NUMBERS = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str),
    st.sampled_from(["0", "-0", "1", "100", "-5", "97.5", "1e3", "1,5", " 7", "n/a", "", ".5", "5.", "9" * 16, "+1"]),
    st.just("٣"),
)
ROWS = st.fixed_dictionaries(
    {
        "kpi": st.sampled_from([kpi["code"] for kpi in KPIS] + ["nothing"]),
        "unit": st.sampled_from(["bakery", "north", "south", "moon"]),
        "period": st.sampled_from(["2026-04", "M:2026-04", "2026-Q2", "April", "2026-04 ", "2026"]),
        "value": NUMBERS, "numerator": NUMBERS, "denominator": NUMBERS,
    },
    optional={
        "note": st.one_of(st.text(max_size=5), st.just("x" * 600)), "source": st.just("till"),
        "state": st.sampled_from(["missing", "number"]), "quality": st.just("estimate"),
    },
)  # fmt: skip
ONE: dict[str, str] = {"kpi": "sales", "unit": "north", "period": "2026-04", "value": "1200.50"}


@given(ROWS)
@example({**ONE, "numerator": "", "denominator": ""})
@example({**ONE, "kpi": "on_time", "value": "", "numerator": "97", "denominator": "100"})
@example({**ONE, "kpi": "on_time", "value": "", "numerator": "101", "denominator": "100"})
@example({**ONE, "kpi": "debt", "value": "1"})
@example({**ONE, "kpi": "share", "value": "", "numerator": "101", "denominator": "100"})
def test_what_is_accepted_at_once_is_what_the_checks_give(row: dict[str, str]) -> None:
    checked = check_rows(to_polars([row]), DEFINITIONS)
    for found in (plainly_right(row, DEFINITIONS), check_row(row, DEFINITIONS)):
        if found is not None:
            assert (found.findings, found.read) == (checked.findings, checked.read)
            assert_frame_equal(found.rows, checked.rows)


@pytest.mark.parametrize(
    "row",
    [
        ONE,
        ONE | {"note": "The road was closed."},
        {"kpi": "on_time", "unit": "south", "period": "M:2026-04", "numerator": "97", "denominator": "100"},
        {"kpi": "costs", "unit": "bakery", "period": "2026-04", "value": "-3", "numerator": ""},
    ],
)
def test_what_people_enter_is_accepted_at_once(row: dict[str, str]) -> None:
    assert plainly_right(row, DEFINITIONS) is not None


@pytest.mark.parametrize(
    "change",
    [
        {"value": "-1"}, {"value": ""}, {"value": "1,5"}, {"kpi": "margin"}, {"kpi": "open", "value": "1"},
        {"unit": "moon"}, {"period": "2026-Q2"}, {"state": "missing"}, {"quality": "estimate"}, {"note": "a\x07b"},
        {"denominator": "3"}, {"kpi": "van", "unit": "south"},
    ],
)  # fmt: skip
def test_where_there_is_a_doubt_the_checks_decide(change: dict[str, str]) -> None:
    assert plainly_right(ONE | change, DEFINITIONS) is None
