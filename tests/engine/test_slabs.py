"""Large scorecards are evaluated in slabs: where a slab ends never shows."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from fourfold.engine import cells, judging, nodes, target_blocks
from fourfold.engine.evaluate import evaluate
from fourfold.engine.results import View

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
from sample import sample  # noqa: E402

COMPANY = sample(40, 15, 16)


def results(view: View) -> pl.DataFrame:
    return evaluate(COMPANY.definitions.model_copy(), COMPANY.rows, as_of=COMPANY.as_of, view=view).frame()


@pytest.mark.parametrize("view", ["month", "quarter", "ytd"])
def test_results_in_many_slabs_are_those_in_one(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = results(view)
    for module in (judging, nodes, target_blocks):
        monkeypatch.setattr(module, "slabs", lambda shape: cells.slabs(shape, cells=500))
    assert_frame_equal(results(view), whole, check_exact=True)


def test_rows_in_any_order_give_the_same_results() -> None:
    shuffled = COMPANY.rows.sample(fraction=1, shuffle=True, seed=1)
    found = evaluate(COMPANY.definitions, shuffled, as_of=COMPANY.as_of).frame()
    assert_frame_equal(found, results("month"), check_exact=True)


def test_an_anchor_in_full_is_that_of_each_cell() -> None:
    kpis = evaluate(COMPANY.definitions, COMPANY.rows, as_of=COMPANY.as_of).kpis
    for name in ("target", "red_line", "low", "cut"):
        whole = kpis.anchor(name)
        assert whole is not None
        for k in range(len(kpis.nodes)):
            here = kpis.anchors_at(k, 3, 5)
            assert here.get(name) == pytest.approx(whole[k, 3, 5]) or (name not in here and whole[k, 3, 5] != whole[k, 3, 5])
