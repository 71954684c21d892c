"""A small organisation for tests: Harbour Bakery, two shops under one roof, seven KPIs of every common kind."""

from __future__ import annotations

from typing import Any, Final

from fourfold.engine.definitions import Definitions

BAKERY: Final[dict[str, Any]] = {
    "organisation": {"code": "bakery", "name": "Harbour Bakery", "currency": "GBP", "fiscal_year_start": 4},
    "units": [
        {"code": "bakery", "name": "Harbour Bakery", "kind": "corporate"},
        {"code": "north", "name": "North Quay", "parent": "bakery"},
        {"code": "south", "name": "South Pier", "parent": "bakery"},
    ],
    "people": [
        {"code": "alice", "name": "Alice Archer", "title": "Owner", "email": "alice@bakery.example", "role": "admin"},
        {
            "code": "bob",
            "name": "Bob Baker",
            "email": "bob@bakery.example",
            "role": "contributor",
            "unit": "north",
        },
    ],
    "strategy": {"code": "rise", "name": "Rise", "mission": "Bread worth the walk.", "minimum_coverage": 0.5},
    "perspectives": [
        {"code": "finance", "name": "Finance", "rank": 0, "weight": "60"},
        {"code": "customers", "name": "Customers", "rank": 1, "weight": "40"},
    ],
    "themes": [{"code": "growth", "name": "Growth"}],
    "objectives": [
        {"code": "earn", "name": "Earn our keep", "perspective": "finance", "themes": ["growth"], "owner": "alice"},
        {"code": "delight", "name": "Delight customers", "perspective": "customers"},
    ],
    "links": [{"source": "delight", "target": "earn", "lag": [1, 3], "hypothesis": "Happy people come back."}],
    "kpis": [
        {
            "code": "sales",
            "name": "Sales",
            "kind": "flow",
            "unit": "GBP",
            "decimals": 2,
            "owner": "bob",
            "valid_min": "0",
        },
        {"code": "costs", "name": "Costs", "kind": "flow", "unit": "GBP", "polarity": "lower_better", "decimals": 2},
        {
            "code": "margin",
            "name": "Margin",
            "kind": "ratio",
            "unit": "%",
            "numerator": "sales - costs",
            "denominator": "sales",
            "factor": "100",
        },
        {"code": "on_time", "name": "Orders on time", "kind": "ratio", "unit": "%", "factor": "100"},
        {"code": "staff", "name": "Staff", "kind": "stock", "decimals": 0, "polarity": "neutral"},
    ],
    "uses": [
        {"kpi": "sales", "objective": "earn", "weight": "2"},
        {"kpi": "margin", "objective": "earn", "weight": "1"},
        {"kpi": "on_time", "objective": "delight"},
    ],
    "targets": [
        {"kpi": "sales", "since": "M:2026-01", "value": "1000.10", "red_line": "800"},
        {"kpi": "sales", "unit": "bakery", "since": "M:2026-01", "value": "2000.20", "red_line": "1600"},
        {"kpi": "margin", "since": "M:2026-01", "value": "20", "red_line": "10"},
        {"kpi": "on_time", "since": "M:2026-01", "value": "95", "red_line": "85"},
    ],
    "initiatives": [
        {"code": "oven", "name": "A second oven", "objectives": ["earn"], "start": "2026-01-01", "end": "2026-06-30"}
    ],
    "notes": [
        {"kpi": "sales", "unit": "north", "period": "M:2026-03", "text": "The road was closed.", "author": "bob"}
    ],
}


def bakery(**changes: Any) -> Definitions:
    """The definitions of Harbour Bakery, with some keys of its document replaced."""
    return Definitions.model_validate(BAKERY | changes)
