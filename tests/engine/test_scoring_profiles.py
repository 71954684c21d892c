"""Named profiles of scoring: from the definition to score, status, trace and back, by the numbers of §3.3."""

from __future__ import annotations

from typing import Any

import pytest

from fourfold.engine.checks import check
from fourfold.engine.definitions.parse import parse
from fourfold.engine.definitions.write import write
from fourfold.engine.explain import explain, replay
from fourfold.engine.findings import errors
from fourfold.engine.statuses import Status
from tests.engine.scorecards import figures, judged, scorecard

CURVE = {"curve_values": [0.0, 50.0, 100.0], "curve_scores": [0.0, 20.0, 100.0]}
FALLING = {"curve_values": [0.0, 50.0, 100.0], "curve_scores": [100.0, 20.0, 0.0]}


def third(x: float, red: float, goal: float) -> float:
    """Spider: 0 at one gap below the red line, 100 at one gap beyond the goal, straight between, by hand."""
    gap = goal - red
    return min(max(100 * (x - (red - gap)) / (3 * gap), 0), 100)


@pytest.mark.parametrize(
    ("kpi", "value", "score", "status"),
    [
        ({}, 70.0, 75.0, Status.NEAR),
        ({"scoring": "spider_0_10"}, 70.0, third(70, 60, 80), Status.NEAR),
        ({"scoring": "spider_0_10"}, 80.0, 200 / 3, Status.ON),
        ({"scoring": "spider_0_10"}, 59.0, third(59, 60, 80), Status.OFF),
        ({"scoring": "bands_3"}, 70.0, 50.0, Status.NEAR),
        ({"scoring": "bands_3"}, 76.0, 100.0, Status.NEAR),  # 90 points are green, and the target is not met
        ({"scoring": "bands_4"}, 71.0, 75.0, Status.NEAR),
        ({"scoring": "bands_5"}, 69.0, 50.0, Status.NEAR),
        ({"scoring": "custom", **CURVE}, 75.0, 60.0, Status.NEAR),
        ({"scoring": "custom", **CURVE}, 25.0, 10.0, Status.OFF),
        ({"scoring": "custom", **CURVE}, 90.0, 84.0, Status.ON),
    ],
)  # fmt: skip
def test_the_score_is_that_of_the_profile_and_the_status_that_of_the_target(
    kpi: dict[str, Any], value: float, score: float, status: Status
) -> None:
    target = {"kpi": "k", "since": "2026-01", "value": "80", "red_line": "60"}
    d = scorecard({"code": "k", "kind": "stock", **kpi}, targets=[target])
    assert not errors(check(d))
    found = judged(d, figures(("k", "M:2026-03", value)))
    trace = explain(found, "k", "all", "2026-03")
    assert trace.score == pytest.approx(score) and trace.status == status.word
    assert replay(trace) == pytest.approx(score)
    if kpi:
        assert any(str(kpi["scoring"]) in sentence for sentence in trace.words())


@pytest.mark.parametrize(
    ("kpi", "value", "by_target", "how"),
    [
        (
            {"scoring": "spider_0_10"}, 70, "50 + 50 * (70 - 60) / (80 - 60) = 75.0",
            "equal thirds (`spider_0_10`: 33.3 at the red line, 66.7 at the target): 50.0",
        ),
        (
            {"scoring": "bands_4"}, 71, "50 + 50 * (71 - 60) / (80 - 60) = 77.5",
            "the points of one of 4 bands (`bands_4`): 75.0",
        ),
        (
            {"scoring": "custom", **CURVE}, 75, "50 + 50 * (75 - 60) / (80 - 60) = 87.5",
            "its own curve (`custom`: 0.0:0.0, 50.0:20.0, 100.0:100.0): 60.0",
        ),
    ],
)  # fmt: skip
def test_the_words_tell_the_score_by_target_from_that_of_the_profile(
    kpi: dict[str, Any], value: int, by_target: str, how: str
) -> None:
    target = {"kpi": "k", "since": "2026-01", "value": "80", "red_line": "60"}
    d = scorecard({"code": "k", "kind": "stock", **kpi}, targets=[target])
    found = judged(d, figures(("k", "M:2026-03", float(value))))
    assert explain(found, "k", "all", "2026-03").words() == [
        f"The value is {value}.",
        "The target is 80; the red line is 60.",
        f"By target and red line it is {by_target}, which gives the status.",
        f"The KPI is scored by {how}.",
        "So it is near target.",
    ]


def test_the_words_of_a_score_by_target_give_the_sum_and_where_each_status_begins() -> None:
    target = {"kpi": "k", "since": "2026-01", "value": "80", "red_line": "60"}
    found = judged(scorecard({"code": "k", "kind": "stock"}, targets=[target]), figures(("k", "M:2026-03", 70.0)))
    assert explain(found, "k", "all", "2026-03").words() == [
        "The value is 70.",
        "The target is 80 and scores 100; the red line is 60 and scores 50.",
        "The score is 50 + 50 * (70 - 60) / (80 - 60) = 75.0, held between 0 and 125.",
        "So it is near target. On target begins at 100.0, near target at 50.",
    ]


def test_profiles_of_both_ways_stand_side_by_side() -> None:
    """Curves that fall, thirds the other way, and the default in one scorecard: none is scored by its neighbour's."""
    kpis = [
        {"code": "a", "kind": "stock"},
        {"code": "b", "kind": "stock", "scoring": "spider_0_10"},
        {"code": "c", "kind": "stock", "polarity": "lower_better", "scoring": "spider_0_10"},
        {"code": "d", "kind": "stock", "polarity": "lower_better", "scoring": "custom", **FALLING},
        {"code": "e", "kind": "stock", "scoring": "custom", **CURVE},
        {"code": "f", "kind": "stock", "polarity": "in_range", "scoring": "bands_3"},
    ]
    band = {"low": "20", "high": "22", "red_low": "17", "red_high": "26"}
    goals = [
        {"kpi": k["code"], "since": "2026-01", **(
            band if k["code"] == "f" else {"value": "10", "red_line": "20"} if k.get("polarity") else
            {"value": "20", "red_line": "10"})}
        for k in kpis
    ]  # fmt: skip
    d = scorecard(*kpis, targets=goals)
    assert not errors(check(d))
    values = {"a": 15.0, "b": 15.0, "c": 12.0, "d": 25.0, "e": 25.0, "f": 18.5}
    found = judged(d, figures(*((k, "M:2026-03", v) for k, v in values.items())))
    scores = {k: explain(found, k, "all", "2026-03").score for k in values}
    wanted = {"a": 75.0, "b": 50.0, "c": third(-12, -20, -10), "d": 60.0, "e": 10.0, "f": 50.0}
    assert scores == pytest.approx(wanted)


def test_a_profile_survives_the_way_to_a_folder_and_back() -> None:
    target = {"kpi": "k", "since": "2026-01", "value": "80", "red_line": "60"}
    d = scorecard({"code": "k", "kind": "stock", "scoring": "custom", **CURVE}, targets=[target])
    read = parse(write(d)).definitions
    assert read is not None
    kpi = read.kpi["k"]
    assert (kpi.scoring, kpi.curve_values, kpi.curve_scores) == ("custom", (0.0, 50.0, 100.0), (0.0, 20.0, 100.0))
