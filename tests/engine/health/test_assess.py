"""A healthy KPI, and what each shortcoming costs."""

from __future__ import annotations

import math
from dataclasses import fields
from datetime import date
from typing import Any

import numpy as np
import pytest

from fourfold.engine.assessment import Assessment
from fourfold.engine.cells import State
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete
from fourfold.engine.health import Record, assess, classify
from fourfold.engine.smart import Known

KPI = {
    "code": "waits", "name": "Waits over four hours", "kind": "index", "unit": "people", "population": "All who come",
    "definition": "People who wait longer than four hours.", "source": "Register", "automated": True, "owner": "alice",
    "polarity": "lower_better", "purpose": "How many beds to open", "paired_with": ["returns"],
    "side_effects_reviewed": "2026-01-15",
}  # fmt: skip
COMPANY: dict[str, Any] = {
    "organisation": {"code": "o", "name": "O"},
    "units": [{"code": "all", "name": "All"}],
    "people": [{"code": "alice", "name": "Alice"}, {"code": "bob", "name": "Bob"}],
    "strategy": {"code": "s", "name": "S"},
    "perspectives": [{"code": "top", "name": "T"}, {"code": "low", "name": "L"}],
    "objectives": [
        {"code": "short", "name": "Shorten the wait", "perspective": "top", "result": "Nobody waits long."},
        {"code": "other", "name": "People stay", "perspective": "low"},
    ],
    "kpis": [KPI, {"code": "returns", "name": "Returns"}],
    "uses": [{"objective": "short", "kpi": "waits"}],
    "targets": [{"kpi": "waits", "since": "2025-01", "value": 20, "red_line": 40}],
}
FIGURES = 50.0 + np.array([3.1, -2.2, 1.4, -3.3, 2.5, -1.6, 0.7, -2.8, 3.9, -0.4, 1.2, -1.5])
FACTS: dict[str, Any] = {
    "on_time": 0.95, "restated": 0.02, "unchanged": 12, "calls": 4, "commented": 4, "acted": 2, "roles": 3,
    "before_review": True, "gaming_open": False, "decision": None,
}  # fmt: skip


def judged(change: dict[str, Any] | None = None) -> Assessment:
    change = change or {}
    kpi = {k: v for k, v in (KPI | change.get("kpi", {})).items() if v is not None}
    things = {k: v for k, v in change.items() if k in COMPANY}
    definitions = complete(Definitions.model_validate(COMPANY | {"kpis": [kpi, COMPANY["kpis"][1]]} | things))
    values = change.get("values", FIGURES)
    states = np.where(np.isfinite(values), State.NUMBER, State.MISSING).astype(np.uint8)
    known = Known(
        definitions, definitions.kpi["waits"], definitions.calendar.parse("2026-03"), values, states,
        twins=change.get("twins", {"returns": 0.3}),
    )  # fmt: skip
    record = {k: v for k, v in change.items() if k in {f.name for f in fields(Record)}}
    return assess(Record(known, date(2026, 4, 10), **(FACTS | record)))


def test_a_kpi_with_nothing_wrong_has_full_health() -> None:
    found = judged()
    assert {p.code: p.score for p in found.parts} == dict.fromkeys(
        ("result", "definition", "data", "signal", "use", "safety"), 100.0
    )
    assert (found.score, found.grade, found.coverage, found.gaps) == (100.0, "", 1.0, ())
    assert sum(len(p.criteria) for p in found.parts) == 24
    assert [len(p.criteria) for p in found.parts] == [4] * 6


VAGUE = [{"code": "short", "name": "A robust wait", "perspective": "top", "result": "Nobody waits long."},
         {"code": "other", "name": "People stay", "perspective": "low"}]  # fmt: skip
MISSING_ONE, MISSING_THREE = FIGURES.copy(), FIGURES.copy()
MISSING_ONE[3] = np.nan
MISSING_THREE[[3, 5, 7]] = np.nan
# Each: what is changed, and the points of a question after it (2 yes, 1 partly, 0 no, None not known).
CHANGES: list[tuple[dict[str, Any], dict[str, float | None]]] = [
    ({"kpi": {"result_type": "output"}}, {"R1": 1}),
    ({"kpi": {"result_type": "input"}}, {"R1": 0}),
    ({"objectives": VAGUE}, {"R2": 0}),
    ({"objectives": VAGUE, "uses": [{"objective": o, "kpi": "waits"} for o in ("short", "other")]}, {"R2": 1, "R3": 1}),
    ({"uses": []}, {"R2": None, "R3": None}),
    ({"kpi": {"purpose": ""}}, {"R4": None}),
    ({"decision": 1}, {"R4": 1}),
    ({"kpi": {"formula": "returns *"}}, {"D1": 0}),
    ({"kpi": {"population": ""}}, {"D2": 0}),
    ({"kpi": {"kind": "flow", "unit": ""}}, {"D3": 1}),
    ({"kpi": {"kind": "flow", "unit": "", "aggregate_time": "mean"}}, {"D3": 0}),
    ({"unchanged": 5}, {"D4": 1}),
    ({"unchanged": 2}, {"D4": 0}),
    ({"unchanged": 2, "history_restated": True}, {"D4": 2}),
    ({"unchanged": None}, {"D4": None}),
    ({"values": MISSING_ONE}, {"D5": 1, "G1": 1}),  # 11 of 12 is 92 %
    ({"values": MISSING_THREE}, {"D5": 0}),
    ({"on_time": 0.90}, {"D6": 2}),
    ({"on_time": 0.80}, {"D6": 1}),
    ({"on_time": 0.69}, {"D6": 0}),
    ({"restated": 0.05}, {"D7": 2}),
    ({"restated": 0.15}, {"D7": 1}),
    ({"restated": 0.16}, {"D7": 0}),
    ({"kpi": {"automated": False}}, {"D8": 0}),
    ({"kpi": {"automated": False, "steward": "bob"}}, {"D8": 1}),
    ({"kpi": {"automated": False, "approver": "bob"}}, {"D8": 2}),
    ({"kpi": {"automated": False, "approver": "alice"}}, {"D8": 0}),
    ({"values": FIGURES[:6]}, {"G1": 1}),
    ({"values": FIGURES[:5]}, {"G1": 0, "G2": None, "G3": None}),
    ({"values": np.tile([60.0, 60, 60, 90], 3)}, {"G2": 0}),
    ({"targets": [{"kpi": "waits", "since": "2025-01", "value": 50}]}, {"G3": 0}),
    ({"targets": []}, {"G3": None}),
    ({"twins": {"returns": 0.8}}, {"G4": 1}),
    ({"twins": {"returns": 0.9}}, {"G4": 0}),
    ({"twins": None}, {"G4": None}),
    ({"commented": 3}, {"U1": 1}),
    ({"commented": 1}, {"U1": 0}),
    ({"acted": 1}, {"U2": 1}),
    ({"acted": 0}, {"U2": 0}),
    ({"calls": 0}, {"U1": None, "U2": None}),
    ({"roles": 1}, {"U3": 1}),
    ({"roles": 0}, {"U3": 0}),
    ({"before_review": False}, {"U4": 0}),
    ({"kpi": {"paired_with": []}}, {"S1": 0}),
    ({"gaming_open": True}, {"S2": 0}),
    ({"gaming_open": None}, {"S2": None}),
    ({"kpi": {"used_for_pay": True}}, {"S3": 1}),
    ({"kpi": {"used_for_pay": True, "approver": "bob"}}, {"S3": 2}),
    ({"kpi": {"used_for_pay": True, "paired_with": []}}, {"S3": 0}),
    ({"kpi": {"side_effects_reviewed": "2025-04-11"}}, {"S4": 2}),
    ({"kpi": {"side_effects_reviewed": "2025-04-10"}}, {"S4": 1}),
    ({"kpi": {"side_effects_reviewed": "2024-04-10"}}, {"S4": 0}),
    ({"kpi": {"side_effects_reviewed": None}}, {"S4": None}),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), CHANGES)
def test_a_shortcoming_costs_its_points(change: dict[str, Any], expected: dict[str, float | None]) -> None:
    found = judged(change)
    points = {c.code: c.points for part in found.parts for c in part.criteria}
    assert {code: points[code] for code in expected} == expected
    for part in found.parts:
        told = [c.points for c in part.criteria if c.points is not None]
        assert part.score == pytest.approx(sum(told) / (2 * len(told)) * 100)
    if not found.cap:
        assert found.score == pytest.approx(sum(p.score for p in found.parts) / 6)
    assert all(c.evidence and (c.mend or not c.gap) for part in found.parts for c in part.criteria)


def test_without_trustworthy_data_it_is_not_for_decisions() -> None:
    found = judged({"on_time": 0.1, "restated": 0.5, "kpi": {"automated": False}})
    assert found.score == 49.0
    assert found.grade == "do not use for decisions"
    assert "Data is 25, below 40" in found.cap
    assert {"HEALTH-D6", "HEALTH-D7", "HEALTH-D8"} == {f.code for f in found.findings()}


def test_without_safety_it_is_not_for_decisions() -> None:
    change = {"kpi": {"paired_with": [], "used_for_pay": True, "side_effects_reviewed": None}, "gaming_open": False}
    found = judged(change)
    assert (found.score, "Safety is 33" in found.cap) == (49.0, True)


def test_a_use_that_nobody_knows_about_is_left_out_of_the_mean() -> None:
    found = judged({"calls": None, "roles": None, "before_review": None})
    use = next(p for p in found.parts if p.code == "use")
    assert math.isnan(use.score) and found.score == 100.0
    assert found.coverage == pytest.approx(5 / 6)


# Parmenter's classes


def label(kpi: dict[str, Any], objective: str = "short", **said: bool) -> str:
    base = {"code": "k", "name": "K", "unit": "people"}
    definitions = complete(
        Definitions.model_validate(
            COMPANY | {"kpis": [base | kpi], "targets": [], "uses": [{"objective": objective, "kpi": "k"}]}
        )
    )
    return classify(definitions, definitions.kpis[0], **said).name


ALL = {"top_acts": True, "is_simple": True, "team_owns": True, "is_significant": True}


@pytest.mark.parametrize(
    ("kpi", "said", "name"),
    [
        ({"frequency": "month"}, {}, "KRI"),
        ({"frequency": "month", "unit": "EUR"}, {}, "KRI"),
        ({"frequency": "day", "gaming_risk": "low"}, ALL, "KPI"),
        ({"frequency": "day"}, ALL, "KPI"),  # six of seven
        ({"frequency": "day", "gaming_risk": "high"}, ALL | {"is_simple": False}, "RI"),
        ({"frequency": "day", "unit": "EUR", "gaming_risk": "low"}, ALL, "RI"),
        ({"frequency": "month", "result_type": "activity"}, ALL, "PI"),
        ({"frequency": "day", "result_type": "output"}, {}, "PI"),
    ],
)
def test_a_kpi_has_a_class(kpi: dict[str, Any], said: dict[str, bool], name: str) -> None:
    assert label(kpi, **said) == name


@pytest.mark.parametrize("unit", ["GBP", "£", "EUR k", "GBP per patient"])
def test_money_is_money_by_its_sign_in_thousands_and_per_something(unit: str) -> None:
    kpi = {"unit": unit, "frequency": "week", "result_type": "output"}
    assert (label(kpi, **ALL), label(kpi | {"unit": "patients"}, **ALL)) == ("RI", "KPI")


@pytest.mark.parametrize("risk", [None, "low", "medium", "high"])
@pytest.mark.parametrize("pair", [[], ["returns"]])
def test_the_dark_side_is_limited_by_a_low_risk_or_by_a_pair_where_the_risk_is_not_high(
    risk: str | None, pair: list[str]
) -> None:
    kpi = {"code": "k", "name": "K", "gaming_risk": risk, "paired_with": pair}
    others = [one for one in COMPANY["kpis"] if one["code"] == "returns"]
    definitions = complete(Definitions.model_validate(COMPANY | {"kpis": [kpi, *others], "targets": [], "uses": []}))
    held = classify(definitions, definitions.kpis[0]).characteristics["limited dark side"]
    assert held is (None if not risk and not pair else risk == "low" or (bool(pair) and risk != "high"))


def test_a_monthly_outcome_of_a_lower_row_is_a_result_indicator() -> None:
    three = COMPANY["perspectives"] + [{"code": "deep", "name": "D"}]
    definitions = complete(
        Definitions.model_validate(
            COMPANY
            | {
                "perspectives": three,
                "objectives": [
                    {"code": c, "name": c, "perspective": p} for c, p in (("a", "top"), ("b", "low"), ("c", "deep"))
                ],
                "uses": [{"objective": "c", "kpi": "waits"}],
            }
        )
    )  # fmt: skip
    assert classify(definitions, definitions.kpi["waits"]).name == "RI"
