"""The worked example of the method, and thirty changes of it with the points each costs or brings."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.assessment import Assessment
from fourfold.engine.cells import State
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete
from fourfold.engine.findings import Level
from fourfold.engine.smart import Known, assess, grade_of

KPI = {
    "code": "time", "name": "Average invoice processing time", "kind": "index", "unit": "days",
    "definition": "Working days between the arrival of an undisputed supplier document and its final release.",
    "formula": "days / papers", "polarity": "lower_better", "owner": "alice", "controllability": "shared", "lag": "P3D",
}  # fmt: skip
TARGET = {"kpi": "time", "since": "2025-01", "value": 5, "baseline": 9.4, "red_line": 9, "due": "2026-12"}
COMPANY: dict[str, Any] = {
    "organisation": {"code": "o", "name": "O"},
    "units": [{"code": "all", "name": "All"}],
    "people": [{"code": "alice", "name": "Alice"}],
    "strategy": {"code": "s", "name": "S"},
    "perspectives": [{"code": "top", "name": "T", "rank": 0}, {"code": "low", "name": "L", "rank": 1}],
    "objectives": [
        {"code": "pay", "name": "Suppliers trust us", "perspective": "top"},
        {"code": "fast", "name": "Invoices move within days", "perspective": "low"},
    ],
    "links": [{"source": "fast", "target": "pay"}],
    "kpis": [KPI, {"code": "days", "name": "Days"}, {"code": "papers", "name": "Papers"}],
    "uses": [{"objective": "fast", "kpi": "time", "fit_confirmed": True}],
    "targets": [TARGET],
}
#: Fourteen figures around 9.4 whose mean moving range is 2.1 / 2.66; two of the last twelve periods are missing.
STEP = 2.1 / 2.66
FIGURES = np.array([9.4, 9.4 + STEP] * 7)
STATES = np.array([State.NUMBER] * 14, dtype=np.uint8)


def known(company: dict[str, Any] = COMPANY, **more: Any) -> Known:
    definitions = complete(Definitions.model_validate(company))
    values = more.pop("values", FIGURES)
    states = more.pop("states", np.append(STATES, np.uint8(State.MISSING))[15 - len(values) :])
    now = definitions.calendar.parse("2026-03")
    usual: dict[str, Any] = {"probability": 0.31, "reviewed": False, "twins": {}}
    return Known(definitions, definitions.kpi["time"], now, values, states, **(usual | more))


def company(kpi: dict[str, Any] | None = None, target: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """The company with some keys of the KPI, the target or itself changed; None takes a key away."""
    kpis = [{k: v for k, v in (KPI | (kpi or {})).items() if v is not None}, *COMPANY["kpis"][1:]]
    targets = [{k: v for k, v in (TARGET | (target or {})).items() if v is not None}]
    return COMPANY | {"kpis": kpis, "targets": targets} | more


def points(found: Assessment) -> dict[str, float | None]:
    return {c.code: c.points for part in found.parts for c in part.criteria}


def test_the_worked_example_of_the_method() -> None:
    # Twelve due periods of which eleven have a figure; the gap is 4.4 days, natural variation 2.1; P(hit) is 0.31.
    values = np.array([*FIGURES, 9.4])
    values[-5] = np.nan
    states = np.where(np.isfinite(values), State.NUMBER, State.MISSING).astype(np.uint8)
    benchmark = {"kpi": "time", "kind": "benchmark", "since": "2025-01", "value": 4.8, "source": "peers"}
    found = assess(known(COMPANY | {"targets": [TARGET, benchmark]}, values=values, states=states))
    scores = {part.code: round(part.score) for part in found.parts}
    assert scores == {"S": 85, "M": 100, "A": 90, "R": 85, "T": 80}
    assert (round(found.score), found.grade, found.cap) == (88, "A", "")
    assert [c.code for c in found.gaps] == ["T3", "S4", "R4", "A5"]
    assert found.coverage == 1.0
    assert "11 of the last 12 periods that were due, 92%" in next(
        c.evidence for p in found.parts for c in p.criteria if c.code == "M6"
    )
    assert "the gap is 4.4, more than natural variation, 2.1" in found.gaps[-1].evidence


INITIATIVE = [{"code": "i", "name": "I", "objectives": ["fast"], "start": "2026-01-01", "end": "2026-12-31"}]
# Each: what is changed, and the points of a criterion after it.
CHANGES: list[tuple[dict[str, Any], dict[str, float | None]]] = [
    ({"kpi": {"name": "Reduce invoice time"}}, {"S1": 0}),
    ({"kpi": {"name": "Time"}}, {"S1": 0}),
    ({"kpi": {"name": "Average time from the first day to the very last day"}}, {"S1": 0}),
    ({"kpi": {"definition": "Average invoice processing time."}}, {"S2": 0}),
    ({"kpi": {"definition": "Invoice processing time, average processing of invoices, and average invoice time."}},
     {"S2": 0}),
    ({"kpi": {"formula": "days /"}}, {"S3": 0}),
    ({"kpi": {"formula": "days / sheets"}}, {"S3": 0}),
    ({"kpi": {"formula": None}, "values": np.empty(0)},
     {"S3": 0, "M2": 0, "M3": 0, "M6": None, "A2": None, "A3": None}),
    ({"kpi": {"formula": None, "source": "Ledger", "steward": "alice"}}, {"S3": 25, "M2": 20}),
    ({"kpi": {"formula": None, "automated": True}}, {"M2": None}),
    ({"kpi": {"formula": None, "automated": True}, "loaded": False}, {"M2": 0}),
    ({"kpi": {"formula": None, "automated": True}, "loaded": True}, {"M2": 20}),
    ({"kpi": {"population": "Invoices of suppliers in the country"}}, {"S4": 15}),
    ({"kpi": {"definition": KPI["definition"] + " It is robust."}}, {"S5": 0, "S2": 20}),
    ({"kpi": {"result_type": "activity"}}, {"S6": 0}),
    ({"kpi": {"name": "Number of meetings about invoices"}}, {"S6": 0}),
    ({"kpi": {"kind": "flow", "unit": ""}}, {"M1": 0}),
    ({"kpi": {"kind": "index", "unit": ""}}, {"M1": 15}),
    ({"values": FIGURES[:4]}, {"M3": 10, "M6": 10, "A2": None, "A5": None}),
    ({"kpi": {"kind": "flow", "aggregate_time": "mean"}}, {"M4": 0}),
    ({"target": {"red_line": 4}}, {"M5": 0}),
    ({"kpi": {"polarity": "neutral"}}, {"M5": 0}),
    ({"target": {"baseline": None}}, {"A1": 0}),
    ({"probability": 0.05}, {"A2": 20}),
    ({"probability": 0.99}, {"A2": 0}),
    ({"probability": None}, {"A2": None}),
    ({"kpi": {"controllability": "partial"}}, {"A4": 0}),
    ({"initiatives": INITIATIVE}, {"A5": 10}),
    ({"uses": []}, {"R1": 0, "R2": None, "R3": 0}),
    ({"strategy": {"code": "s", "name": "S", "state": "draft"}}, {"R1": 0}),
    ({"links": []}, {"R3": 0}),
    ({"reviewed": True}, {"R4": 15}),
    ({"reviewed": None}, {"R4": None}),
    ({"uses": [{"objective": "fast", "kpi": "time"}], "fit": 0.61}, {"R2": 20}),
    ({"uses": [{"objective": "fast", "kpi": "time"}], "fit": 0.60}, {"R2": 0}),
    ({"uses": [*COMPANY["uses"], {"objective": "fast", "kpi": "days"}], "twins": {"days": 0.95}}, {"R5": 0}),
    ({"uses": [*COMPANY["uses"], {"objective": "fast", "kpi": "days"}], "twins": None}, {"R5": None}),
    ({"target": {"due": None}}, {"T1": 0, "T2": 0, "T5": 0, "A3": None}),
    ({"target": {"due": "2026-06"}}, {"T2": 0, "T5": 15}),
    ({"target": {"due": "2026-07"}}, {"T2": 20}),
    ({"target": {"path": "linear"}}, {"T3": 20}),
    ({"kpi": {"lag": "P16D"}}, {"T4": 0}),
    ({"target": {"due": "2026-03"}}, {"T5": 0}),
    ({"target": {"due": "2029-03"}}, {"T5": 15}),
    ({"target": {"due": "2029-04"}}, {"T5": 0}),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), CHANGES)
def test_a_change_costs_or_brings_its_points(change: dict[str, Any], expected: dict[str, float | None]) -> None:
    facts = {k: v for k, v in change.items() if k in ("values", "probability", "loaded", "fit", "reviewed", "twins")}
    things = {k: v for k, v in change.items() if k not in facts}
    found = points(assess(known(company(**things), **facts)))
    assert {code: found[code] for code in expected} == expected


def test_interim_targets_are_a_way_to_the_target() -> None:
    later = {"kpi": "time", "since": "2026-09", "value": 4}
    assert points(assess(known(COMPANY | {"targets": [TARGET, later]})))["T3"] == 20


def test_a_change_that_was_seen_before_is_achievable() -> None:
    # It falls by 1 each month for twelve months; nine months are left: 9 less is as usual, 9.5 is not.
    falling = np.array([20.0 - n for n in range(15)])  # now 6
    for goal, expected in ((-3.0, 20), (-4.0, 0)):
        found = points(assess(known(company(target={"value": goal}), values=falling)))
        assert found["A3"] == expected


def test_one_broken_letter_breaks_the_goal() -> None:
    fine = company(target={"due": "2026-12", "path": "linear"}, kpi={"population": "All"})
    open_ended = company(target={"due": None}, kpi={"lag": "P30D"})
    assert assess(known(fine)).cap == ""
    found = assess(known(open_ended))
    assert found.score <= 59.0
    assert next(p.score for p in found.parts if p.code == "T") < 40
    assert found.grade in ("C", "D")


def test_every_gap_is_information_with_evidence_and_a_way_to_mend_it() -> None:
    found = assess(known()).findings()
    assert {f.code for f in found} >= {"SMART-S4", "SMART-T3"}
    for finding in found:
        assert finding.level is Level.INFO
        assert str(finding.place) == "kpi:time"
        assert "points: " in finding.message and finding.message.endswith(".")
        assert finding.fix


def test_what_cannot_be_told_counts_neither_way() -> None:
    bare = known(probability=None, reviewed=None, twins=None)
    found = assess(replace(bare, definitions=bare.definitions.model_copy(update={"initiatives": ()})))
    assert {c.code for c in found.untold} >= {"A2", "R4"}
    assert found.coverage < 1
    letter = next(p for p in found.parts if p.code == "R")
    assert letter.score == pytest.approx(100.0)  # R1, R2, R3 and R5 (the only KPI) of 85 points


@given(st.sampled_from([c for c, _ in CHANGES]), st.sampled_from([c for c, _ in CHANGES]))
def test_letters_are_shares_of_points_whatever_is_known(one: dict[str, Any], other: dict[str, Any]) -> None:
    both = one | other
    facts = {k: v for k, v in both.items() if k in ("values", "probability", "loaded", "fit", "reviewed", "twins")}
    found = assess(known(company(**{k: v for k, v in both.items() if k not in facts}), **facts))
    for part in found.parts:
        total = sum(c.of for c in part.criteria if c.points is not None)
        got = sum(c.points for c in part.criteria if c.points is not None)
        assert math.isnan(part.score) if not total else part.score == pytest.approx(100 * got / total)
        assert sum(c.of for c in part.criteria) == 100
        assert all(c.evidence for c in part.criteria)
        assert all(c.mend for c in part.criteria if c.gap > 0)
    assert found.grade == grade_of(found.score)
