"""An edited figure rolled up from what is known of other units gives what a full evaluation gives, to the last bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from benchmarks.sample import sample
from hypothesis import given, note, settings
from hypothesis import strategies as st

from fourfold.engine.blocks import Block
from fourfold.engine.cells import Mark
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.evaluate import evaluate, judge_figures
from fourfold.engine.near import figures_near, stays_near, way_up
from fourfold.engine.periods import Period
from fourfold.engine.results import Results, View
from fourfold.engine.rows import unit_tree

#: A root, ten divisions and sites: eight numbers and more are added up in another way than fewer.
COMPANY = sample(10, 25, 16, shared_targets=True)
OWN = sample(10, 25, 16)
KPIS, MONTHS = list(COMPANY.definitions.kpi), [p.id for p in COMPANY.periods]
VIEWS: tuple[View, ...] = ("month", "quarter", "ytd")


def figures_of(results: Results, kpi: str, units: tuple[str, ...], periods: slice[int, int, None]) -> Block:
    """What is known of a KPI, from results of the months view."""
    k, u = results.index[f"kpi:{kpi}"], [results.units.index(code) for code in units]

    def cells(array: Any) -> Any:
        return None if array is None else array[[k]][:, u, periods].copy()

    arrays = {name: cells(getattr(results, name)) for name in
              ("value", "state", "marks", "numerator", "denominator", "reason", "coverage")}  # fmt: skip
    arrays["marks"] &= 0xFF - Mark.BORDERLINE
    return Block((kpi,), units, results.periods[periods], **arrays)


def view_periods(view: View) -> tuple[Period, ...]:
    months = COMPANY.periods
    quarters = dict.fromkeys(month.within(months[0].first_in().frequency.QUARTER) for month in months)
    return tuple(quarters) if view == "quarter" else months


@st.composite
def edits(draw: st.DrawFn) -> dict[str, Any]:
    """A figure, or the word that there is none, anywhere but in the first month; also of units above others."""
    nothing: dict[str, Any] = {"value": None, "numerator": None, "denominator": None, "state": None, "marks": 0}
    number = st.one_of(st.just(0.0), st.floats(-1e6, 1e6).map(lambda x: round(x, 3)))
    edit = nothing | {"kpi": draw(st.sampled_from(KPIS)), "period": draw(st.sampled_from(MONTHS[1:]))}
    match draw(st.integers(0, 3)):
        case 0:
            edit["state"] = draw(st.sampled_from([1, 2, 3]))
        case 1:
            edit |= {"numerator": draw(number), "denominator": draw(number)}
        case _:
            edit |= {"value": draw(number), "denominator": draw(st.none() | st.floats(1, 100)), "marks": 4}
    return edit


@pytest.mark.parametrize("company", [COMPANY, OWN], ids=["targets for all", "targets of each unit"])
@given(edit=edits(), place=st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_an_edit_that_stays_near_gives_what_a_full_evaluation_gives(
    company: Any, edit: dict[str, Any], place: int
) -> None:
    d: Definitions = company.definitions
    kpi, unit = d.kpi[edit["kpi"]], unit_tree(d).codes[place % len(unit_tree(d).codes)]
    assert stays_near(d, kpi)
    before = evaluate(d, company.rows, as_of=company.as_of, periods=company.periods).kpis
    rows = after(company.rows, edit | {"unit": unit})
    note(f"{edit} {unit} {kpi.kind} {kpi.aggregate_units}")
    (way, beside), p = way_up(d, unit), MONTHS.index(edit["period"])
    found = figures_near(
        d, kpi, rows.filter(pl.col("kpi") == kpi.code, pl.col("unit").is_in(way), pl.col("period") == edit["period"]),
        known=figures_of(before, kpi.code, way, slice(None)),
        beside=figures_of(before, kpi.code, beside, slice(p, p + 1)),
        period=company.periods[p], periods=view_periods("quarter"), as_of=company.as_of,
    )  # fmt: skip
    if found is None:  # the first or last part of a KPI
        assert edit["state"] is not None or (edit["numerator"], edit["denominator"]) != (None, None)
        return
    for view in VIEWS:
        shown = view_periods(view)
        whole = evaluate(d, rows, as_of=company.as_of, view=view, periods=shown).kpis
        assert_same(judge_figures(d, found, as_of=company.as_of, view=view, periods=shown), whole, kpi)


def after(rows: pl.DataFrame, edit: dict[str, Any]) -> pl.DataFrame:
    """The rows with one more, instead of that of its place where there is one."""
    typed = rows.with_columns(state=pl.lit(None, pl.UInt8), marks=pl.lit(0, pl.UInt8))
    here = pl.all_horizontal(pl.col(name) == edit[name] for name in ("kpi", "unit", "period"))
    return pl.concat([typed.filter(~here), pl.DataFrame([edit], schema=typed.schema)])


def assert_same(found: Results, whole: Results, kpi: Kpi) -> None:
    """Equal in the units found, to the last bit."""
    k, u = whole.index[f"kpi:{kpi.code}"], [whole.units.index(code) for code in found.units]
    for name in ("value", "numerator", "denominator", "state", "marks", "reason", "score", "status", "coverage",
                 "confidence", "target", "red_line", "low", "high"):  # fmt: skip
        one, other = getattr(found, name, None), getattr(whole, name, None)
        if name in ("target", "red_line", "low", "high"):
            one, other = found.anchor(name), whole.anchor(name)
        nothing = np.full(whole.shape, np.nan)
        expected = (nothing if other is None else other)[k, u]
        np.testing.assert_array_equal(np.full(found.shape, np.nan)[0] if one is None else one[0], expected, name)


def test_what_follows_from_other_kpis_or_the_history_of_each_unit_does_not_stay_near() -> None:
    d = COMPANY.definitions
    flow = next(k for k in d.kpis if k.aggregate_units == "sum")
    without = [t.model_copy(update={"red_line": None}) for t in d.targets]
    assert stays_near(d, flow) and not stays_near(d.model_copy(update={"targets": tuple(without)}), flow)
    assert not stays_near(d, flow.model_copy(update={"formula": KPIS[1]}))
    assert not stays_near(d, flow.model_copy(update={"frequency": "week"}))
