"""What the table says about figures that are late, and about scores that rest on older ones."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete
from fourfold.engine.evaluate import evaluate
from fourfold.engine.results import View
from fourfold.table import Table, table


def shown(
    day: str, period: str, *, missing: str = "renormalise", frequency: str = "month", view: View = "month"
) -> Table:
    """Sales and staff of one unit with figures of January, and of staff of every month."""
    d = complete(Definitions.model_validate({
        "organisation": {"code": "o", "name": "O"},
        "units": [{"code": "all", "name": "All"}],
        "strategy": {"code": "s", "name": "S", "missing": missing},
        "perspectives": [{"code": "p", "name": "P"}],
        "objectives": [{"code": "o", "name": "Objective", "perspective": "p"}],
        "kpis": [{"code": "sales", "name": "Sales", "kind": "index", "frequency": frequency},
                 {"code": "staff", "name": "Staff", "kind": "stock"}],
        "uses": [{"kpi": k, "objective": "o"} for k in ("sales", "staff")],
        "targets": [{"kpi": "sales", "since": "2026-Q1" if frequency == "quarter" else "2026-01", "value": "100",
                     "red_line": "80"}, {"kpi": "staff", "since": "2026-01", "value": "8", "red_line": "6"}],
    }))  # fmt: skip
    first = "2026-Q1" if frequency == "quarter" else "2026-01"
    rows = [("sales", "all", first, 90.0), *(("staff", "all", f"2026-{m:02}", 8.0) for m in range(1, 9))]
    frame = pl.DataFrame(rows, schema=["kpi", "unit", "period", "value"], orient="row")
    return table(evaluate(d, frame, as_of=datetime.fromisoformat(day).replace(tzinfo=UTC), view=view), period=period)


@pytest.mark.parametrize(
    ("day", "word"), [("2026-03-29", "late"), ("2026-03-30", "stale"), ("2026-05-24", "stale"), ("2026-05-25", "dead")]
)
def test_a_figure_that_is_not_in_is_late_then_stale_then_dead(day: str, word: str) -> None:
    # The figure of February has been expected since 1 March, and February has 28 days.
    found = shown(day, "2026-02")
    assert next(r for r in found.rows if r.name == "Sales").actual == "not in"
    assert f"* {word}: Sales" in found.notes


def test_on_the_day_it_is_expected_a_figure_is_still_fresh() -> None:
    assert "* fresh, expected today: Sales" in shown("2026-03-01", "2026-02").notes
    assert "* late: Sales" in shown("2026-03-02", "2026-02").notes


def test_a_score_that_rests_on_a_carried_one_says_so() -> None:
    found = shown("2026-03-20", "2026-02", missing="carry_forward")
    assert "* carried forward: S, P, Objective" in found.notes
    assert "On target *" not in str(shown("2026-02-20", "2026-01", missing="carry_forward"))


def test_an_older_figure_of_a_quarter_says_so_in_the_months_that_show_it() -> None:
    found = shown("2026-07-20", "2026-07", frequency="quarter")
    assert next(r for r in found.rows if r.name == "Sales").actual == "90.0"
    assert "* from an earlier period: Sales" in found.notes
