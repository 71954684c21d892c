"""Units that moved: each period in the tree of its first day, against sums made by hand and against one tree a time."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourfold.engine.checks import check
from fourfold.engine.definitions import Definitions
from fourfold.engine.former_trees import eras, parent_on, restated
from tests.engine.scorecards import figures, judged, scorecard

UNITS = {"all": None, "north": "all", "south": "all", "clinic": "north", "ward": "south", "lab": "north"}
FLOW = {"code": "k", "kind": "flow"}
RATIO = {"code": "k", "kind": "ratio", "factor": "100"}
MONTHS = [f"2026-{month:02}" for month in range(1, 13)]


def moved(definitions: Definitions, *pasts: tuple[str, str], unit: str = "clinic") -> Definitions:
    """The same with a unit that was part of others, each until a day."""
    past = [{"parent": parent, "until": until} for parent, until in pasts]
    units = [u.model_dump(exclude_unset=True) for u in definitions.units]
    units = [u | ({"formerly": past} if u["code"] == unit else {}) for u in units]
    return Definitions.model_validate(definitions.model_dump(exclude_unset=True) | {"units": units})


def test_a_month_adds_up_in_the_tree_of_its_first_day() -> None:
    definitions = moved(scorecard(FLOW, units=UNITS), ("south", "2026-07-01"))
    rows = pl.concat([
        figures(*(("k", month, value) for month in MONTHS), unit=unit)
        for unit, value in {"clinic": 5, "ward": 20, "lab": 100}.items()
    ])
    found = judged(definitions, rows, last="2026-12").kpis
    assert found.value is not None
    value = dict(zip(found.units, found.value[0], strict=True))
    assert value["north"].tolist() == [100.0] * 6 + [105.0] * 6
    assert value["south"].tolist() == [25.0] * 6 + [20.0] * 6
    assert value["all"].tolist() == [125.0] * 12
    again = judged(restated(definitions), rows, last="2026-12").kpis
    assert again.value is not None
    assert dict(zip(again.units, again.value[0], strict=True))["north"].tolist() == [105.0] * 12


def test_a_month_in_the_middle_of_which_a_unit_moves_belongs_to_the_old_tree() -> None:
    definitions = moved(scorecard(FLOW, units=UNITS), ("south", "2026-07-15"))
    rows = figures(*(("k", month, 5) for month in MONTHS), unit="clinic")
    found = judged(definitions, rows, last="2026-12").kpis
    assert found.value is not None
    assert np.isfinite(found.value[0, found.units.index("south")]).tolist() == [True] * 7 + [False] * 5


@pytest.mark.parametrize("kpi", [FLOW, RATIO], ids=["flow", "ratio"])
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_every_period_is_that_of_its_own_tree_alone(kpi: dict[str, Any], data: st.DataObject) -> None:
    ends = data.draw(st.lists(st.integers(2, 12), min_size=1, max_size=2, unique=True).map(sorted))
    parents = data.draw(st.lists(st.sampled_from(["south", "north", "all"]), min_size=len(ends), max_size=len(ends)))
    targets = [{"kpi": "k", "value": v, "red_line": 0, "unit": u} for u, v in (("clinic", 9), ("ward", 7))]
    plain = scorecard(kpi, units=UNITS, targets=targets)
    definitions = moved(plain, *((p, f"2026-{end:02}-01") for p, end in zip(parents, ends, strict=True)))
    number = st.integers(1, 50)
    rows = pl.concat([
        figures(*(("k", m, *data.draw(st.tuples(number, number))[: 2 if kpi is RATIO else 1]) for m in MONTHS), unit=u)
        for u in ("clinic", "ward", "lab")
    ])
    found = judged(definitions, rows, last="2026-12").kpis
    for p, month in enumerate(found.periods):
        above = parent_on(definitions.unit["clinic"], month.start)
        one = scorecard(kpi, units=UNITS | {"clinic": above}, targets=targets)
        alone = judged(one, rows, last="2026-12").kpis
        for name in ("value", "state", "coverage", "target", "score"):
            mine, other = getattr(found, name), getattr(alone, name)
            np.testing.assert_allclose(mine[..., p], other[..., p], rtol=1e-12, err_msg=name)


def test_a_formula_over_the_units_below_has_those_of_its_period() -> None:
    definitions = moved(
        scorecard(FLOW, {"code": "most", "kind": "flow", "formula": "max(children(k))"}, units=UNITS),
        ("south", "2026-07-01"),
    )
    rows = pl.concat([figures(*(("k", m, v) for m in MONTHS), unit=u) for u, v in {"clinic": 50, "ward": 2}.items()])
    found = judged(definitions, rows, last="2026-12").kpis
    assert found.value is not None
    south = found.value[found.index["kpi:most"], found.units.index("south")]
    assert south.tolist() == [50.0] * 6 + [2.0] * 6


def test_a_circle_of_former_times_is_an_error_and_so_is_a_past_of_the_top() -> None:
    plain = scorecard(FLOW, units=UNITS)
    circle = moved(plain, ("clinic", "2026-07-01"), unit="north")
    assert [f.place.thing for f in check(circle) if f.code == "UNIT-PAST"] == ["unit:north.formerly"]
    assert any(f.code == "UNIT-PAST" for f in check(moved(plain, ("north", "2026-07-01"), unit="all")))
    assert any(f.code == "REF-UNKNOWN" for f in check(moved(plain, ("nowhere", "2026-07-01"))))
    assert any(f.code == "DATE" for f in check(moved(plain, ("south", "July"))))
    backwards = moved(plain, ("south", "2026-07-01"), ("all", "2026-02-01"))
    assert any(f.code == "UNIT-PAST" for f in check(backwards))
    assert not any(f.code == "UNIT-PAST" for f in check(moved(plain, ("south", "2026-07-01"))))


def test_trees_follow_one_another_and_the_last_is_that_of_today() -> None:
    definitions = moved(scorecard(FLOW, units=UNITS), ("south", "2025-01-01"), ("all", "2026-07-01"))
    found = eras(definitions)
    assert [era.since for era in found] == [date.min, date(2025, 1, 1), date(2026, 7, 1)]
    at = found[0].tree.index
    assert [era.tree.parent[at["clinic"]] for era in found] == [at["south"], at["all"], at["north"]]
    assert restated(definitions).unit["clinic"].formerly == ()
