"""Large scorecards are evaluated in slabs: where a slab ends never shows."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from benchmarks.sample import sample
from polars.testing import assert_frame_equal

from fourfold.engine import blocks, cells, judging, kpis, nodes, rows, target_blocks
from fourfold.engine.evaluate import evaluate
from fourfold.engine.results import View

COMPANY = sample(40, 15, 16)


def results(view: View) -> pl.DataFrame:
    return evaluate(COMPANY.definitions.model_copy(), COMPANY.rows, as_of=COMPANY.as_of, view=view).frame()


@pytest.mark.parametrize("view", ["month", "quarter", "ytd"])
def test_results_in_many_slabs_are_those_in_one(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = results(view)
    for module in (blocks, judging, kpis, nodes, rows, target_blocks):
        monkeypatch.setattr(module, "slabs", lambda shape, *_: cells.slabs(shape, cells=500))
    assert_frame_equal(results(view), whole, check_exact=True)


def test_slabs_worked_on_side_by_side_give_the_same_results(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = results("month")
    for module in (blocks, judging, kpis, nodes, rows, target_blocks):
        monkeypatch.setattr(module, "slabs", lambda shape, *_: cells.slabs(shape, cells=500))
    monkeypatch.setattr(cells, "WORKERS", 3)
    assert_frame_equal(results("month"), whole, check_exact=True)


def test_what_goes_wrong_in_any_share_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "WORKERS", 3)
    assert cells.side_by_side(lambda n: n * n, range(100)) == [n * n for n in range(100)]
    with pytest.raises(ZeroDivisionError):
        cells.side_by_side(lambda n: 1 / (n - 50), range(100))


def test_rows_in_any_order_give_the_same_results() -> None:
    shuffled = COMPANY.rows.sample(fraction=1, shuffle=True, seed=1)
    found = evaluate(COMPANY.definitions, shuffled, as_of=COMPANY.as_of).frame()
    assert_frame_equal(found, results("month"), check_exact=True)


def test_an_anchor_in_full_is_that_of_each_cell() -> None:
    kpis = evaluate(COMPANY.definitions, COMPANY.rows, as_of=COMPANY.as_of).kpis
    for name in ("target", "red_line", "low", "cut"):
        whole = kpis.anchor(name)
        assert whole is not None
        there = {k: kpis.anchors_at(k, 3, 5).get(name, math.nan) for k in range(len(kpis.nodes))}
        np.testing.assert_array_equal(whole[:, 3, 5], list(there.values()))


def test_anchors_that_the_root_alone_has_take_the_room_of_one_unit() -> None:
    """Where figures add up, targets for all units are the root's; kept in full they would be most of the results."""
    company = sample(40, 15, 16, shared_targets=True)
    kpis = evaluate(company.definitions, company.rows, as_of=company.as_of).kpis
    root = [kpis.units[0]]
    alone = [a for a in kpis.anchors if a.units is not None]
    assert {kpis.units[u] for a in alone for u in a.units.tolist()} == set(root)  # type: ignore[union-attr]
    assert {array.shape[1] for a in alone for array in a.arrays.values()} == {1}
    target, later = kpis.anchor("target"), kpis.part(slice(4, 9)).anchor("target")
    assert target is not None and later is not None
    np.testing.assert_array_equal(later, target[..., 4:9])
    for k, node in enumerate(kpis.nodes):
        adds_up = company.definitions.kpi[node.removeprefix("kpi:")].aggregate_units == "sum"
        assert np.isfinite(target[k]).all(axis=-1).tolist() == [not adds_up or unit in root for unit in kpis.units]
        assert ("target" in kpis.anchors_at(k, 3, 5)) is not adds_up
        assert kpis.anchors_at(k, 0, 5)["target"] == target[k, 0, 5]


def test_a_target_that_changes_later_changes_nothing_before() -> None:
    """Targets without a change in the periods shown are kept as one period: to the last bit the same scores."""
    later = [
        t.model_copy(update={"since": "2022-03", "value": None if t.value is None else t.value * 2})
        for t in COMPANY.definitions.targets
    ]
    changed = COMPANY.definitions.model_copy(update={"targets": (*COMPANY.definitions.targets, *later)})
    before = slice(0, 14)
    whole, other = (
        evaluate(d, COMPANY.rows, as_of=COMPANY.as_of, periods=COMPANY.periods).kpis
        for d in (COMPANY.definitions, changed)
    )
    for name in ("score", "status", "marks", "target"):
        np.testing.assert_array_equal(getattr(whole, name)[..., before], getattr(other, name)[..., before])
    assert not np.array_equal(whole.status, other.status)
