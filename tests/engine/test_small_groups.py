"""Small groups: nothing that is shown tells what is hidden, by the algebra of all sums at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fourfold.engine.checks import check
from fourfold.engine.small_groups import SMALLEST, complement, hidden_figures, nodes_above
from fourfold.testing.bakery import BAKERY, bakery


def determined(children: dict[str, list[str]], sizes: dict[str, float | None], hidden: set[str]) -> set[str]:
    """The hidden figures that somebody can work out from all sums, by rank: an oracle that knows nothing of trees."""
    if not hidden:
        return set()
    columns = {unit: i for i, unit in enumerate(sorted(hidden))}
    rows = []
    for parent, below in children.items():
        if parent in sizes and any(unit in sizes for unit in below):
            row = np.zeros(len(columns))
            for unit, sign in [(parent, -1.0), *((u, 1.0) for u in below if u in sizes)]:
                if unit in columns:
                    row[columns[unit]] += sign
            rows.append(row)
    matrix = np.array(rows).reshape(-1, len(columns))
    rank = np.linalg.matrix_rank(matrix) if matrix.size else 0
    return {
        unit for unit, i in columns.items()
        if np.linalg.matrix_rank(np.vstack([matrix, np.eye(len(columns))[i]])) == rank
    }  # fmt: skip


@st.composite
def trees(draw: st.DrawFn) -> tuple[dict[str, list[str]], dict[str, float | None]]:
    count = draw(st.integers(1, 14))
    children: dict[str, list[str]] = {"": ["u0"]}
    for n in range(1, count):
        children.setdefault(f"u{draw(st.integers(0, n - 1))}", []).append(f"u{n}")
    size = st.one_of(st.none(), st.integers(0, 12).map(float))
    sizes = {f"u{n}": draw(size) for n in range(count) if draw(st.integers(0, 9))}
    return children, sizes


@settings(max_examples=150)
@given(trees())
def test_no_hidden_figure_follows_from_those_that_are_shown(
    case: tuple[dict[str, list[str]], dict[str, float | None]],
) -> None:
    children, sizes = case
    small = {unit for unit, size in sizes.items() if size is None or size < SMALLEST}
    hidden = set(small)
    complement(children, sizes, hidden)
    assert small <= hidden <= sizes.keys()
    assert not determined(children, sizes, hidden) & small


def test_where_nothing_is_small_nothing_is_hidden() -> None:
    hidden: set[str] = set()
    complement({"": ["a"], "a": ["b", "c"]}, {"a": 20, "b": 9, "c": 11}, hidden)
    assert not hidden


def test_a_single_unit_below_hides_the_one_above_and_so_on_up() -> None:
    hidden = {"c"}
    complement({"": ["a"], "a": ["b", "d"], "b": ["c"]}, {"a": 30, "b": 3, "c": 3, "d": 27}, hidden)
    assert hidden == {"b", "c", "d"}


def people(**more: Any) -> Any:
    """The bakery with sickness, and what is computed from it."""
    ill = {"code": "ill", "name": "Ill", "kind": "ratio", "unit": "%", "factor": "100", "headcount": "denominator"}
    twice = {"code": "twice", "name": "Twice", "kind": "ratio", "formula": "ill * 2"}
    return bakery(kpis=[*BAKERY["kpis"], ill | more, twice])


def test_what_is_computed_from_a_hidden_figure_is_hidden_with_it() -> None:
    sizes = {"ill": {"bakery": 43.0, "north": 4.0, "south": 39.0}}
    sizes["twice"] = dict.fromkeys(sizes["ill"])
    assert hidden_figures(people(), sizes) == {code: {"north", "south"} for code in ("ill", "twice")}
    assert not hidden_figures(people(), {"ill": {"bakery": 43.0, "north": 5.0, "south": 38.0}})


def test_a_group_that_nothing_counts_is_hidden() -> None:
    assert hidden_figures(people(), {"ill": {"north": None}}) == {"ill": {"north"}}


def test_the_scores_that_a_kpi_is_a_part_of_are_all_above_it() -> None:
    d = bakery()
    assert nodes_above(["sales"], d.uses, d.objectives) == {
        "objective:earn", "perspective:finance", "theme:growth", "scorecard",
    }  # fmt: skip
    assert nodes_above(["costs"], d.uses, d.objectives) == frozenset()


def test_checks_ask_for_what_counts_and_for_inputs_that_hide_too() -> None:
    codes = [f.code for f in check(people(headcount="nobody"))]
    assert codes.count("HEADCOUNT") == 1
    assert "HEADCOUNT" not in [f.code for f in check(people())]
    half = {"code": "half", "name": "Half", "kind": "stock", "formula": "sales / staff", "headcount": "staff"}
    assert [f.message for f in check(bakery(kpis=[*BAKERY["kpis"], half])) if f.code == "HEADCOUNT"] == [
        "KPI half hides small groups, and sales, from which it is computed, does not."
    ]
