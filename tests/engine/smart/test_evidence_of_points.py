"""What each question of SMART finds at its edges: the points, and the evidence word for word."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fourfold.engine.assessment import Criterion, Part
from fourfold.engine.cells import Codes, State
from fourfold.engine.smart import assess, grade_of
from fourfold.engine.smart.assess import graded
from tests.engine.smart.test_assess import COMPANY, FIGURES, INITIATIVE, TARGET, company, known

#: A KPI that falls by 1 each month, to 6.
FALLING = np.arange(20.0, 5.0, -1.0)
FACTS = ("values", "states", "probability", "loaded", "fit", "reviewed", "twins")


def due(there: int, missing: int) -> Codes:
    return np.array([State.NUMBER] * there + [State.MISSING] * missing, dtype=np.uint8)


# Each: what is changed, the question, its points and its evidence.
FOUND: list[tuple[dict[str, Any], str, float | None, str]] = [
    ({}, "S1", 10, '"Average invoice processing time", 4 words'),
    ({}, "S2", 20, "14 words, 0% of them from the name"),
    ({}, "S3", 25, "computed from days and papers"),
    ({}, "S4", 0, "`population` is empty"),
    ({}, "S5", 15, "no vague word"),
    ({}, "S6", 15, "`result_type` is outcome"),
    ({}, "M1", 15, "an index in days"),
    ({}, "M2", 20, "computed from other KPIs"),
    ({}, "M3", 20, "14 figures"),
    ({}, "M4", 15, "weighted_mean over time, weighted_mean over units"),
    ({}, "M5", 10, "lower better, red line 9, target 5"),
    ({}, "M6", 20, "11 of the last 12 periods that were due, 92%"),
    ({}, "A1", 15, "9.4 at 2025-01"),
    ({}, "A2", 40, "the probability to hit it is 0.31"),
    ({}, "A3", 0, "it needs 5.189 in 9 periods, and nine of ten past changes were at most 0.7895"),
    ({}, "A4", 15, "owner alice, controllability shared"),
    ({}, "A5", 0, "the gap is 5.189, more than natural variation, 2.1, and there is no initiative"),
    ({}, "R1", 30, 'used by "Invoices move within days"'),
    ({}, "R2", 20, "the owner has confirmed the fit"),
    ({}, "R3", 20, "fast → pay"),
    ({}, "R4", 0, "no comment or decision in twelve months"),
    ({}, "R5", 15, "the only KPI of its objective"),
    ({}, "T1", 30, "due Dec 2026"),
    ({}, "T2", 20, "9 figures until it is due"),
    ({}, "T3", 0, "no path, no interim target"),
    ({}, "T4", 15, "3 days after a period of 31"),
    ({}, "T5", 15, "due Dec 2026, 9 months ahead"),
    ({"kpi": {"name": "Processing time"}}, "S1", 10, '"Processing time", 2 words'),
    ({"kpi": {"name": "Average time from first day to last day"}},
     "S1", 10, '"Average time from first day to last day", 8 words'),
    ({"kpi": {"name": "Average time from first day to the last day"}},
     "S1", 0, '"Average time from first day to the last day", 9 words'),
    ({"kpi": {"definition": "word word word word word word word word word word word"}},
     "S2", 0, "11 words, 0% of them from the name"),
    ({"kpi": {"definition": "word word word word word word word word word word word word"}},
     "S2", 20, "12 words, 0% of them from the name"),
    ({"kpi": {"definition": ""}}, "S2", 0, "0 words, 0% of them from the name"),
    ({"kpi": {"definition": "invoice processing time average invoice processing time average a b c d"}},
     "S2", 20, "12 words, 57% of them from the name"),
    ({"kpi": {"name": "Alpha beta gamma delta epsilon zeta eta",
      "definition": "alpha beta gamma delta epsilon zeta eta theta iota kappa and the"}},
     "S2", 0, "12 words, 70% of them from the name"),
    ({"kpi": {"name": "Alpha beta gamma delta epsilon zeta",
      "definition": "alpha beta gamma delta epsilon zeta lambda theta iota kappa and the"}},
     "S2", 20, "12 words, 60% of them from the name"),
    ({"kpi": {"formula": "sheets / leaves"}},
     "S3", 0, "the formula names leaves and sheets, which nothing is bound to"),
    ({"kpi": {"formula": "1 + 1"}}, "S3", 25, "computed"),
    ({"kpi": {"formula": None}}, "S3", 25, "measured, 14 figures"),
    ({"kpi": {"formula": None}}, "M2", 0, "by hand, and nobody is named as `steward`"),
    ({"kpi": {"formula": None, "source": "Ledger"}}, "S3", 25, 'measured, 14 figures from "Ledger"'),
    ({"kpi": {"formula": None}, "values": np.empty(0)}, "S3", 0, "neither a formula, nor a source, nor figures"),
    ({"kpi": {"formula": None}, "values": np.empty(0)}, "M3", 0, "0 figures"),
    ({"kpi": {"formula": None}, "values": np.empty(0)}, "M6", None, "no period was due yet"),
    ({"kpi": {"formula": None, "steward": "alice"}}, "M2", 20, "by hand, steward alice"),
    ({"kpi": {"formula": None, "automated": True}, "loaded": True}, "M2", 20, "the last load succeeded"),
    ({"kpi": {"formula": None, "automated": True}, "loaded": False}, "M2", 0, "the last load failed"),
    ({"kpi": {"kind": "boolean", "unit": ""}}, "M1", 15, "a boolean in no unit"),
    ({"kpi": {"kind": "distinct_count", "unit": ""}}, "M1", 0, "a distinct count in no unit, which it needs"),
    ({"values": FIGURES[:1]}, "M3", 0, "1 figure"),
    ({"values": FIGURES[:2]}, "M3", 0, "2 figures"),
    ({"values": FIGURES[:3]}, "M3", 10, "3 figures"),
    ({"values": FIGURES[:11]}, "M3", 10, "11 figures"),
    ({"values": FIGURES[:12]}, "M3", 20, "12 figures"),
    ({"states": due(9, 1)}, "M6", 20, "9 of the last 10 periods that were due, 90%"),
    ({"states": due(8, 1)}, "M6", 10, "8 of the last 9 periods that were due, 89%"),
    ({"states": due(6, 4)}, "M6", 10, "6 of the last 10 periods that were due, 60%"),
    ({"states": due(5, 4)}, "M6", 0, "5 of the last 9 periods that were due, 56%"),
    ({"states": due(12, 2)}, "M6", 10, "10 of the last 12 periods that were due, 83%"),
    ({"kpi": {"aggregate_time": "none"}}, "M4", 15, "none over time, weighted_mean over units"),
    ({"target": {"red_line": 5}}, "M5", 10, "lower better, red line 5, target 5"),
    ({"target": {"red_line": "4.9"}}, "M5", 0, "lower better, red line 4.9, target 5"),
    ({"kpi": {"polarity": "higher_better"}, "target": {"red_line": 5}},
     "M5", 10, "higher better, red line 5, target 5"),
    ({"kpi": {"polarity": "higher_better"}, "target": {"red_line": 6}},
     "M5", 0, "higher better, red line 6, target 5"),
    ({"target": {"red_line": None}}, "M5", 10, "lower better"),
    ({"probability": 0.1}, "A2", 40, "the probability to hit it is 0.10"),
    ({"probability": 0.09}, "A2", 20, "the probability to hit it is 0.09"),
    ({"probability": 0.9}, "A2", 40, "the probability to hit it is 0.90"),
    ({"probability": 0.91}, "A2", 20, "the probability to hit it is 0.91"),
    ({"probability": 0.02}, "A2", 20, "the probability to hit it is 0.02"),
    ({"probability": 0.019}, "A2", 0, "the probability to hit it is 0.02"),
    ({"probability": 0.98}, "A2", 20, "the probability to hit it is 0.98"),
    ({"probability": 0.981}, "A2", 0, "the probability to hit it is 0.98"),
    ({"probability": 0.5}, "A2", 40, "the probability to hit it is 0.50"),
    ({"values": FIGURES[:6]}, "A2", 40, "the probability to hit it is 0.31"),
    ({"values": FIGURES[:5]}, "A2", None, "no probability to hit the target: it needs a forecast from six figures"),
    ({"values": FALLING, "target": {"value": -3}},
     "A3", 20, "it needs 9 in 9 periods, and nine of ten past changes were at most 9"),
    ({"values": FALLING, "target": {"value": "-3.01"}},
     "A3", 0, "it needs 9.01 in 9 periods, and nine of ten past changes were at most 9"),
    ({"values": FALLING, "target": {"value": -3, "due": "2026-03"}},
     "A3", None, "there is no time left, or no due period, to spread the change over"),
    ({"values": FALLING[:14], "target": {"value": -3}},
     "A3", 0, "it needs 10 in 9 periods, and nine of ten past changes were at most 9"),
    ({"values": FALLING[:13], "target": {"value": -3}},
     "A3", 0, "it needs 9.778 in 8 periods, and nine of ten past changes were at most 8"),
    ({"values": FALLING[:6], "target": {"value": 10}},
     "A3", 20, "it needs 0.5556 in 1 period, and nine of ten past changes were at most 1"),
    ({"values": FALLING[:7], "target": {"value": 10}},
     "A3", 20, "it needs 0.8889 in 2 periods, and nine of ten past changes were at most 2"),
    ({"targets": [TARGET, {"kpi": "time", "kind": "benchmark", "since": "2025-01", "value": 5, "source": "x",
                            "source_date": "2025-03"}]}, "A3", 20, "the benchmark, 5 (x, Mar 2025), attains it"),
    ({"targets": [TARGET, {"kpi": "time", "kind": "benchmark", "since": "2025-01", "value": 5}]},
     "A3", 20, "the benchmark, 5, attains it"),
    ({"targets": [TARGET, {"kpi": "time", "kind": "benchmark", "since": "2025-01", "value": "5.1", "source": "x"}]},
     "A3", 0, "it needs 5.189 in 9 periods, and nine of ten past changes were at most 0.7895"),
    ({"kpi": {"owner": None}}, "A4", 0, "owner nobody, controllability shared"),
    ({"kpi": {"controllability": "full"}}, "A4", 15, "owner alice, controllability full"),
    ({"kpi": {"controllability": None}}, "A4", 0, "owner alice, controllability not said"),
    ({"initiatives": INITIATIVE}, "A5", 10, "initiative i"),
    ({"initiatives": [INITIATIVE[0] | {"state": "done"}]},
     "A5", 0, "the gap is 5.189, more than natural variation, 2.1, and there is no initiative"),
    ({"initiatives": [INITIATIVE[0] | {"objectives": [], "kpis": ["time"]}]}, "A5", 10, "initiative i"),
    ({"target": {"value": 8}},
     "A5", 0, "the gap is 2.189, more than natural variation, 2.1, and there is no initiative"),
    ({"strategy": {"code": "s", "name": "S", "state": "draft"}}, "R1", 0,
     'used by "Invoices move within days", and the strategy is draft'),
    ({"uses": []}, "R1", 0, "used by no objective"),
    ({"uses": []}, "R2", None, "its likeness to the objective is not known, and nobody has confirmed the fit"),
    ({"uses": []}, "R3", 0, "no way of links leads from its objective to the top row"),
    ({"uses": []}, "R5", 15, "the only KPI of its objective"),
    ({"uses": [{"objective": "fast", "kpi": "time"}], "fit": 0.6},
     "R2", 0, "more like the objective than 60% of all KPIs"),
    ({"uses": [{"objective": "fast", "kpi": "time"}]},
     "R2", None, "its likeness to the objective is not known, and nobody has confirmed the fit"),
    ({"links": []}, "R3", 0, "no way of links leads from its objective to the top row"),
    ({"reviewed": True}, "R4", 15, "a comment or decision in the last twelve months"),
    ({"reviewed": None}, "R4", None, "reviews are not known"),
    ({"uses": [*COMPANY["uses"], {"objective": "fast", "kpi": "days"}], "twins": {"days": 0.9}},
     "R5", 0, "redundancy 0.90 with days"),
    ({"uses": [*COMPANY["uses"], {"objective": "fast", "kpi": "days"}], "twins": {"days": 0.89}},
     "R5", 15, "no other KPI of its objective with redundancy 0.9 or more"),
    ({"uses": [*COMPANY["uses"], {"objective": "fast", "kpi": "days"}, {"objective": "fast", "kpi": "papers"}],
      "twins": {"days": 0.92, "papers": 0.95, "time": 1.0}},
     "R5", 0, "redundancy 0.95 with papers"),
    ({"target": {"due": "2026-07"}}, "T1", 30, "due Jul 2026"),
    ({"target": {"due": "2026-07"}}, "T2", 20, "4 figures until it is due"),
    ({"target": {"due": "2026-07"}}, "T5", 15, "due Jul 2026, 4 months ahead"),
    ({"target": {"due": "2026-06"}}, "T2", 0, "3 figures until it is due"),
    ({"target": {"due": "2026-02"}}, "T2", 0, "0 figures until it is due"),
    ({"target": {"due": "2026-02"}}, "T5", 0, "due Feb 2026, 1 month ago"),
    ({"target": {"since": "2026-05", "due": "2026-08"}}, "T2", 20, "4 figures until it is due"),
    ({"target": {"since": "2026-05", "due": "2026-07"}}, "T2", 0, "3 figures until it is due"),
    ({"target": {"due": None}}, "T1", 0, "no due period"),
    ({"target": {"due": None}}, "T2", 0, "no due period"),
    ({"target": {"due": None}}, "T5", 0, "no due period"),
    ({"targets": []}, "T1", 0, "no due period"),
    ({"targets": []}, "T2", 0, "no due period"),
    ({"targets": []}, "T3", 0, "no target"),
    ({"targets": []}, "A1", 0, "no `baseline`"),
    ({"targets": []}, "A3", None, "there is no time left, or no due period, to spread the change over"),
    ({"targets": []}, "A5", None, "the gap or the natural variation is not known"),
    ({"targets": []}, "M5", 10, "lower better"),
    ({"targets": [TARGET, {"kpi": "time", "since": "2026-04", "value": 4}]}, "T3", 20, "1 interim target to come"),
    ({"targets": [TARGET, {"kpi": "time", "since": "2026-03", "value": 4}]}, "T3", 0, "no path, no interim target"),
    ({"targets": [TARGET, {"kpi": "time", "since": "2026-04", "value": 4}, {"kpi": "time", "since": "2026-05",
      "value": 4}]},
     "T3", 20, "2 interim targets to come"),
    ({"targets": [TARGET, {"kpi": "time", "since": "2026-04", "value": 4, "unit": "all"}]},
     "T3", 0, "no path, no interim target"),
    ({"targets": [TARGET, {"kpi": "time", "since": "2026-04", "value": 4, "kind": "stretch"}]},
     "T3", 0, "no path, no interim target"),
    ({"target": {"path": "linear"}}, "T3", 20, "path linear"),
    ({"kpi": {"lag": "P15D"}}, "T4", 15, "15 days after a period of 31"),
    ({"kpi": {"lag": "P16D"}}, "T4", 0, "16 days after a period of 31"),
    ({"target": {"due": "2026-04"}}, "T5", 15, "due Apr 2026, 1 month ahead"),
    ({"target": {"due": "2026-03"}}, "T5", 0, "due Mar 2026, 0 months ahead"),
    ({"values": FALLING[:6], "target": {"value": 10}},
     "A3", 20, "it needs 0.5556 in 1 period, and nine of ten past changes were at most 1"),
    ({"values": FALLING[:5], "target": {"value": 10}}, "A3", None, "fewer than 5 past changes over such a time"),
    ({"target": {"value": 5, "since": "2026-05"}}, "T1", 30, "due Dec 2026"),
    ({"target": {"due": "2029-03"}}, "T5", 15, "due Mar 2029, 36 months ahead"),
    ({"target": {"due": "2029-04"}}, "T5", 0, "due Apr 2029, 37 months ahead"),
    ({"values": np.array([5.0, 5.0, 5.0, 5.0, 5.0, 5.0]), "target": {"value": "4.9"}},
     "A5", 0, "the gap is 0.1, more than natural variation, 0, and there is no initiative"),
    ({"values": np.array([5.0, 5.0, 5.0, 5.0, 5.0, 5.0]), "target": {"value": 5}},
     "A5", 10, "the gap is 0, not more than natural variation, 0, and there is no initiative"),
    ({"values": np.array([5.0, 9.0, 5.0, 9.0, 5.0, 9.0]), "target": {"value": "-1.65"}},
     "A5", 0, "the gap is 10.65, more than natural variation, 10.64, and there is no initiative"),
    ({"values": np.array([5.0, 9.0, 5.0, 9.0, 5.0, 9.0]), "target": {"value": "-1.63"}},
     "A5", 10, "the gap is 10.63, not more than natural variation, 10.64, and there is no initiative"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "points", "evidence"), FOUND)
def test_a_question_finds_this(change: dict[str, Any], code: str, points: float | None, evidence: str) -> None:
    facts = {k: v for k, v in change.items() if k in FACTS}
    things = {k: v for k, v in change.items() if k not in facts}
    found = {c.code: c for part in assess(known(company(**things), **facts)).parts for c in part.criteria}
    assert (found[code].points, found[code].evidence) == (points, evidence)


def test_the_points_of_each_question_are_those_of_the_method() -> None:
    parts = assess(known()).parts
    assert {p.code: [c.of for c in p.criteria] for p in parts} == {
        "S": [10, 20, 25, 15, 15, 15], "M": [15, 20, 20, 15, 10, 20], "A": [15, 40, 20, 15, 10],
        "R": [30, 20, 20, 15, 15], "T": [30, 20, 20, 15, 15],
    }  # fmt: skip
    assert [p.name for p in parts] == ["Specific", "Measurable", "Achievable", "Relevant", "Timely"]


@pytest.mark.parametrize(("polarity", "target", "short"), [
    ("higher_better", {"value": 5}, [2.0, 0.0, -2.0]), ("lower_better", {"value": 5}, [-2.0, 0.0, 2.0]),
    ("in_range", {"low": 4, "high": 6}, [1.0, -1.0, 1.0]), ("in_range", {"low": 4}, None),
    ("in_range", {"high": 6}, None), ("neutral", {"value": 5}, None), ("higher_better", {}, None),
])  # fmt: skip
def test_how_far_figures_fall_short_of_a_target(
    polarity: str, target: dict[str, int], short: list[float] | None
) -> None:
    of = known(company(kpi={"polarity": polarity}, target={"value": None, "red_line": None} | target))
    assert of.target is not None
    found = of.short_of(np.array([3.0, 5.0, 7.0]), of.target)
    assert np.isnan(found).all() if short is None else found.tolist() == short


@pytest.mark.parametrize(("targets", "unit", "value"), [
    ([("2025-01", 1), ("2026-03", 2), ("2026-04", 3)], None, 2), ([("2026-05", 1), ("2026-04", 2)], None, 2),
    ([("2025-01", 1), ("2025-01", 2)], None, 2), ([("never", 1)], None, None), ([], None, None),
])  # fmt: skip
def test_the_target_in_force_is_the_latest_that_has_begun(
    targets: list[tuple[str, int]], unit: str | None, value: int | None
) -> None:
    rows = [{"kpi": "time", "since": since, "value": v} for since, v in targets]
    found = known(COMPANY | {"targets": rows}, unit=unit).target
    assert (None if found is None or found.value is None else int(found.value)) == value


def test_a_target_of_the_unit_itself_comes_first() -> None:
    rows = [TARGET, TARGET | {"unit": "all", "value": 4}, TARGET | {"unit": "north", "value": 3}]
    assert [t and int(t.value or 0) for t in (known(COMPANY | {"targets": rows}, unit=u).target
                                             for u in ("all", "north", "west", None))] == [4, 3, 5, 5]  # fmt: skip
    assert known(COMPANY | {"targets": rows[1:2]}, unit=None).target is not None


@pytest.mark.parametrize(("score", "grade"), [
    (100.0, "A"), (85.0, "A"), (84.99, "B"), (70.0, "B"), (69.99, "C"), (50.0, "C"), (49.99, "D"), (0.0, "D"),
    (float("nan"), ""),
])  # fmt: skip
def test_a_score_has_its_letter(score: float, grade: str) -> None:
    assert grade_of(score) == grade


@pytest.mark.parametrize(("letters", "score", "cap"), [
    ((100, 40), 70.0, ""), ((100, 39), 59.0, "Q is 39, below 40"), ((70, 39), 54.5, ""), ((79, 39), 59.0, ""),
    ((80, 39), 59.0, "Q is 39, below 40"), ((), None, ""),
])  # fmt: skip
def test_one_broken_letter_caps_the_whole(letters: tuple[int, ...], score: float | None, cap: str) -> None:
    both = zip("PQ", letters, strict=False)
    parts = tuple(Part(c, c, (Criterion("X", "?", points, 100, "e"),)) for c, points in both)
    found = graded("kpi:k", parts)
    assert (None if np.isnan(found.score) else found.score, found.cap) == (score, cap)
    assert found.coverage == (1.0 if letters else 0.0)
