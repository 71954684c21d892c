"""What the figures of months are in the periods of a coarser view."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from fourfold.engine.cells import State
from fourfold.engine.definitions.complete import complete
from fourfold.engine.definitions.parse import parse
from fourfold.engine.evaluate import evaluate
from fourfold.engine.results import View

SCORECARD = """
organisation: {code: shop, name: Shop}
units: [{code: shop, name: Shop}]
strategy: {code: s, name: S}
perspectives: [{code: p, name: P}]
objectives: [{code: o, name: O, perspective: p, kpis: [customers, sales]}]
kpis:
  - {code: customers, name: Customers, kind: distinct_count, targets: [{since: 2026-01, value: 10}]}
  - {code: sales, name: Sales, targets: [{unit: shop, since: 2026-01, value: 10}]}
"""
ROWS = pl.DataFrame([(k, "shop", f"2026-0{m}", 10.0) for k in ("customers", "sales") for m in (1, 2, 3)],
                    schema=["kpi", "unit", "period", "value"], orient="row")  # fmt: skip


@pytest.mark.parametrize("view", ["quarter", "half", "year", "ytd"])
def test_a_distinct_count_has_no_figure_in_a_longer_period_and_the_others_have_theirs(view: View) -> None:
    parsed = parse({"a.yaml": SCORECARD}).definitions
    assert parsed is not None
    evaluation = evaluate(complete(parsed), ROWS, as_of=datetime(2026, 3, 31, 23, tzinfo=UTC), view=view)
    kpis = evaluation.kpis
    assert kpis.state is not None and kpis.value is not None
    customers, sales = kpis.index["kpi:customers"], kpis.index["kpi:sales"]
    assert State(int(kpis.state[customers, 0, -1])) is State.NOT_APPLICABLE
    assert kpis.value[sales, 0, -1] == 30
    if view == "ytd":  # its first month alone is the month itself
        assert kpis.value[customers, 0, 0] == 10
