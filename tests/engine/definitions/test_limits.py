"""What a key may be at most and at least, and what it is where nobody says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from fourfold.engine.definitions import (
    Initiative,
    Kpi,
    KpiUse,
    Link,
    Objective,
    Organisation,
    Perspective,
    Rate,
    Strategy,
    Target,
)

NAMED = {"code": "x", "name": "X"}
NEEDED: dict[type[BaseModel], dict[str, Any]] = {
    Initiative: NAMED | {"start": "2026-01-01", "end": "2026-12-31"}, Kpi: NAMED,
    KpiUse: {"kpi": "k", "objective": "o"},
    Link: {"source": "a", "target": "b"}, Objective: NAMED | {"perspective": "p"}, Organisation: NAMED,
    Perspective: NAMED, Rate: {"currency": "EUR", "period": "2026-04", "rate": 1}, Strategy: NAMED,
    Target: {"kpi": "k", "since": "2026-01"},
}  # fmt: skip

# Each: the model, the key, values that are just allowed, and values that are just not.
LIMITS: list[tuple[type[BaseModel], str, list[Any], list[Any]]] = [
    (Initiative, "progress", [0, 1, 0.5], [-0.01, 1.01]),
    (Kpi, "decimals", [0, 10], [-1, 11]),
    (Kpi, "season_factors", [[0.01]], [[0], [-1], ["inf"]]),
    (Kpi, "levels", [{"a": 0}, {"a": 125}], [{"a": -1}, {"a": 125.1}]),
    (Kpi, "tolerance", ["0"], ["-0.1"]),
    (Kpi, "resolution", ["0.001"], ["0", "-1"]),
    (Kpi, "effort_minutes", [0], [-1, "inf"]),
    (Kpi, "code", ["a" * 80, "4h", "a.b-c_d"], ["a" * 81, "", ".a", "a b", "ä"]),
    (Kpi, "name", ["n" * 300], ["n" * 301, "", "  "]),
    (Kpi, "definition", ["d" * 10_000], ["d" * 10_001]),
    (KpiUse, "weight", ["0", "1" * 20], ["-0.1", "1" * 21, "inf"]),
    (Link, "lag", [[0, 120], [0, 0]], [[-1, 1], [0, 121], [121, 0]]),
    (Objective, "slot", [0, 50], [-1, 51]),
    (Organisation, "fiscal_year_start", [1, 12], [0, 13]),
    (Organisation, "lock_complete", [0, 100], [-1, 101]),
    (Perspective, "rank", [0, 20], [-1, 21]),
    (Rate, "rate", ["0.0001"], ["0", "-1"]),
    (Strategy, "horizon", [1900, 2200], [1899, 2201]),
    (Strategy, "power", [-5, 5], [-5.1, 5.1]),
    (Strategy, "minimum_coverage", [0, 1], [-0.01, 1.01]),
    (Strategy, "amber", [0.1, 89.9], [0, 100]),
    (Strategy, "green", [50.1, 100], [0, 100.1]),
    (Target, "half_life", [0.1], [0, "inf"]),
    (Target, "shares", [["0"]], [["-1"], ["inf"]]),
    (Target, "growth", [["0"]], [["-1"], ["inf"]]),
    (Target, "denominators", [["0"]], [["-1"], ["inf"]]),
]  # fmt: skip


@pytest.mark.parametrize(("model", "key", "allowed", "refused"), LIMITS)
def test_a_value_may_lie_on_its_limit_and_not_beyond(
    model: type[BaseModel], key: str, allowed: list[Any], refused: list[Any]
) -> None:
    for value in allowed:
        model.model_validate(NEEDED[model] | {key: value})
    for value in refused:
        with pytest.raises(ValidationError):
            model.model_validate(NEEDED[model] | {key: value})


#: What holds where nothing is written (methodology §2.2, §3.5, §3.6; `docs/reference`).
USUAL: dict[type[BaseModel], dict[str, Any]] = {
    Initiative: {"progress": 0.0, "state": "active"},
    Kpi: {"state": "active", "kind": "flow", "decimals": 1, "polarity": "higher_better", "factor": Decimal(1),
          "season": "auto", "tolerance": Decimal(0), "ratio_scale": True, "frequency": "month", "lag": "P0D",
          "automated": False, "result_type": "outcome", "indicator_class": "unclassified", "used_for_pay": False,
          "scoring": "linear_anchor", "needs_approval": False},
    KpiUse: {"weight": Decimal(1), "role": "lag", "critical": False, "monitor_only": False, "fit_confirmed": False},
    Link: {"sign": "+", "strength": "medium", "feedback": False},
    Objective: {"weight": Decimal(1), "local": False},
    Organisation: {"locale": "en-GB", "time_zone": "UTC", "fiscal_year_start": 1, "fiscal_year_label": "end_year",
                   "year_end_day": "saturday", "year_end": "last_in_month", "extra_week": "last",
                   "year_comparison": "as_is", "signal_rules": "default", "lock_complete": 100,
                   "explain": "off_target_or_unusual", "unexplained": "recorded", "reminder_links": "enter"},
    Perspective: {"weight": Decimal(1)},
    Rate: {"kind": "average"},
    Strategy: {"state": "active", "roll_up": "weighted_mean", "power": 1.0, "missing": "renormalise",
               "minimum_coverage": 0.6, "allow_over": False, "amber": 50.0, "green": 90.0, "weights_sum_to_100": False},
    Target: {"kind": "commit", "path": "constant", "reason": "initial"},
}  # fmt: skip


@pytest.mark.parametrize("model", USUAL, ids=lambda m: m.__name__)
def test_what_nobody_says_is_what_is_usual(model: type[BaseModel]) -> None:
    given = NEEDED[model]
    left_open = {k: v for k, v in model.model_validate(given).model_dump().items() if k not in given}
    assert {k: v for k, v in left_open.items() if v not in (None, (), "", {})} == USUAL[model]
