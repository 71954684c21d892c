"""Words and answers of workings at their edges: one and many, nothing at all, which side, what rounds to nothing."""

from __future__ import annotations

import math
from typing import Any

import pytest

from fourfold.engine.anchors import Polarity
from fourfold.engine.assessment import Criterion, Part
from fourfold.engine.definitions import Kpi
from fourfold.engine.evidence import Step
from fourfold.engine.scenarios.comparison import Difference, Side, _gap
from fourfold.engine.scenarios.scenario import Part as Piece
from fourfold.engine.statuses import Status
from fourfold.engine.workings.alignment import AlignmentWorking, Things
from fourfold.engine.workings.assessment import AssessmentWorking
from fourfold.engine.workings.gaming import AskedFigures
from fourfold.engine.workings.intervention import InterventionWorking, later, verdict_on
from fourfold.engine.workings.portfolio import _points
from fourfold.engine.workings.proposals import ForecastAhead, ProposalsWorking
from fourfold.engine.workings.track_record import Came, RecordWorking

NAN = math.nan


@pytest.mark.parametrize(("value", "plain", "signed"), [
    (0.04, "0.0", "0.0"), (-0.04, "0.0", "0.0"), (0.0, "0.0", "0.0"), (0.06, "0.1", "+0.1"), (-0.06, "−0.1", "−0.1"),
    (10.0, "10.0", "+10.0"), (-10.0, "−10.0", "−10.0"), (-100.04, "−100.0", "−100.0"), (None, "–", "–"), (3, "–", "–"),
])  # fmt: skip
def test_points_have_a_sign_unless_they_round_to_nothing(value: float | None, plain: str, signed: str) -> None:
    assert (_points(value), _points(value, sign=True)) == (plain, signed)


def came(mean: float, *, actual: tuple[float | None, ...] = (10.0, None), name: str = "k/all", **more: Any) -> Came:
    given: dict[str, Any] = {"scale": 2.0, "error": 4.0, "lower80": (7.0, 7.0), "upper80": (9.0, 9.0)} | more
    return Came(name, "M:2026-01", actual, (mean, mean), (7.0, 7.0), given["lower80"], given["upper80"], (4.0, 4.0),
                (12.0, 12.0), given["scale"], given["error"])  # fmt: skip


def test_the_record_of_one_forecast_says_how_far_it_was_off_and_on_which_side() -> None:
    low = RecordWorking(False, (came(8.0),))
    assert low.words() == [
        "1 forecasts made again as of earlier months, of k/all, of which 1 figures have come.",
        "Intervals of 80 % held 0 of 1 figures: 0%, and as a rule 0% to 79% (with 95 % confidence).",
        "Intervals of 95 % held 1 of 1 figures: 100%, and as a rule 21% to 100% (with 95 % confidence).",
        "They were off by 0.5 on average, and the figures of a cycle ago, or the last ones, by 0.75; 1 is the past "
        "error of those.",
        "On average they were 1 of their usual miss too low.",
    ]
    high = RecordWorking(True, (came(13.0), came(11.0, name="l/all", actual=(10.0,))))
    begin, *_, miss, alarm = high.words()
    assert begin == "2 forecasts that were kept when they were made, of 2 series, of which 2 figures have come."
    assert miss == "On average they were 1 of their usual miss too high."
    assert alarm == "Of 2 figures 0% came within their 80 % interval. Recalibrate the intervals."
    answer: Any = high.answer()
    assert (answer["mase"], answer["bias"], answer["value_added"]) == (0.5, -1.0, 0.25)
    bare = RecordWorking(True, (came(8.0, scale=None, error=None, lower80=(), upper80=()),))
    assert len(bare.words()) == 2 and bare.words()[1].startswith("Intervals of 95 % ")
    assert RecordWorking(True, ()).words() == ["No figure has come yet of which there was a forecast."]


def test_what_was_seen_around_an_initiative_is_told_lag_by_lag() -> None:
    driver = (*([1.0, 2.0] * 4), *([11.0, 12.0] * 4))
    made = InterventionWorking("Go", "May 2026", 8, (0, 1), "Training", "Waits", driver, (5.0,) * 16)
    assert made.words() == [
        "Go started in May 2026.",
        "Training: 1.5 on average before (8), 11.5 after (8), 11.28 natural standard deviations on: a step.",
        "Waits, in the same period: 5 on average before (8), 5 after (8): no step.",
        "Waits, 1 period later: 5 on average before (9), 5 after (7): too few figures, fewer than 8 on a side.",
    ]
    answer: Any = made.answer()
    assert list(answer["outcome"]) == ["0", "1"] and answer["outcome"]["1"]["points"] == [9, 7]
    assert (answer["driver"]["is_step"], answer["outcome"]["0"]["shift"]) == (True, None)
    none = InterventionWorking("Go", "May 2026", 1, (1, 1), "T", "W", (1.0, None), (None, None))
    assert none.words()[1].startswith("T: 1 on average before (1), – after (0): too few")
    assert [later(lag) for lag in (0, 1, 2)] == ["in the same period", "1 period later", "2 periods later"]


@pytest.mark.parametrize(("points", "shift", "said"), [
    ((8, 8), 1.0, "a step"), ((8, 8), 0.9, "no step"), ((7, 8), 9.0, "too few figures, fewer than 8 on a side"),
    ((8, 7), 9.0, "too few figures, fewer than 8 on a side"), ((8, 8), NAN, "no step"),
])  # fmt: skip
def test_a_step_in_a_few_words(points: tuple[int, int], shift: float, said: str) -> None:
    assert verdict_on(Step(0.0, 1.0, shift, points)) == said


def test_shares_of_alignment_are_by_weight_and_name_what_does_not_count() -> None:
    things = {
        "up": Things({"a": 1.0, "b": 2.0, "c": 1.0}, ("c",)), "down": Things({"a": 3.0}, ()),
        "side": Things({}, ()), "people": Things({"x": 0.0}, ()),
    }  # fmt: skip
    made = AlignmentWorking("north", things)
    assert made.answer() == {"up": 75.0, "down": 100.0, "side": None, "people": None}
    assert made.words() == [
        "up: 75 of 100, 2 of 3 objectives that carry one of the unit above; not c.",
        "down: 100 of 100, 1 of 1 objectives that a unit directly below carries.",
        "side: there are no objectives in a theme shared with neighbours to count.",
        "people: there are no people to count.",
    ]


def test_an_assessment_tells_gaps_the_dearest_first_and_then_what_is_not_known() -> None:
    asked = (
        Criterion("S1", "Named?", 8.0, 10, "two words", "Name it."),
        Criterion("S2", "Said?", 0.0, 10, "nothing", "Say."),
        Criterion("S3", "Full?", 20.0, 20, "all"), Criterion("S4", "Known?", None, 10, "nobody knows"),
    )  # fmt: skip
    parts = (Part("S", "Specific", asked), Part("T", "Timely", (Criterion("T1", "Due?", None, 5, "no day"),)))
    made = AssessmentWorking("SMART", "kpi:k", parts)
    assert made.words() == [
        "Specific: 70 (80% could be told).", "Timely: – (0% could be told).", "Together: 70 (B).",
        "S2 Said? 0 of 10: nothing. Say.", "S1 Named? 8 of 10: two words. Name it.",
        "S4 Known? Not told: nobody knows.", "T1 Due? Not told: no day.",
    ]  # fmt: skip
    poor = Part("data", "Data", (Criterion("D5", "There?", 0.0, 2, "none", "Bring."),))
    rich = Part("use", "Use", (Criterion("U1", "Used?", 2.0, 2, "all"),))
    broken = AssessmentWorking("HEALTH", "kpi:k", (poor, rich))
    assert broken.words()[2] == "Together: 49 (do not use for decisions), capped because Data is 0, below 40."
    smart = AssessmentWorking("SMART", "kpi:k", (Part("S", "Specific", (asked[1],)), rich))
    assert smart.answer()["score"] == 50.0 and smart.answer()["cap"] == ""


def test_questions_that_are_raised_are_told_first() -> None:
    kpi = Kpi(code="k", name="K", polarity=Polarity.HIGHER_BETTER)
    said = AskedFigures(kpi, (*([90.0] * 8), None), (90.0,) * 9, (0,) * 9).words()
    assert said[0] == "K: 8 figures, 9 periods with a target."
    assert said[1].startswith("G2 asked: 8 of 8 figures are exactly the target. Why is the target hit exactly? Publish")
    assert {line.partition(":")[0] for line in said[2:]} == {
        "G1 too few", "G3 too few", "G4 too few", "G8 nothing found",
    }  # fmt: skip


def test_a_proposal_has_a_chance_where_a_forecast_has_degrees_and_a_side_is_better() -> None:
    then = ForecastAhead("2026-12", 9.0, 7.0, 11.0, 4)

    def chance(polarity: Polarity, forecast: ForecastAhead | None, value: float) -> float:
        return ProposalsWorking("k", "all", polarity, (), forecast).chance(value)

    assert chance(Polarity.HIGHER_BETTER, then, 11.0) == pytest.approx(0.1)
    assert chance(Polarity.LOWER_BETTER, then, 11.0) == pytest.approx(0.9)
    for polarity, forecast in (
        (Polarity.NEUTRAL, then), (Polarity.IN_RANGE, then), (Polarity.LOWER_BETTER, None),
        (Polarity.LOWER_BETTER, ForecastAhead("2026-12", 9.0, 7.0, 11.0, 0)),
    ):  # fmt: skip
        assert math.isnan(chance(polarity, forecast, 9.0))
    spread = ProposalsWorking("k", "all", Polarity.HIGHER_BETTER, (), work_days=(20.0, 30.0, 25.0, 25.0))
    assert spread.shares() is not None and spread.answer()["shares"] == pytest.approx([0.2, 0.3, 0.25, 0.25])
    assert spread.words()[-1].endswith("from the working days of its periods: there are no two complete years.")
    assert "shares: [20.00, 30.00, 25.00, 25.00]" in spread.words()[-1]
    yes_or_no = ProposalsWorking("k", "all", Polarity.HIGHER_BETTER, (), discrete=True, work_days=(1.0, 1.0))
    assert yes_or_no.shares() is None and ProposalsWorking("k", "all", Polarity.HIGHER_BETTER, ()).shares() is None


ON, NEAR, OFF = Side(90.0, Status.ON), Side(70.06, Status.NEAR), Side(None, Status.OFF)


@pytest.mark.parametrize(("sides", "change", "parts", "said"), [
    ((None, ON), None, {}, "n is there only under the scenario."),
    ((ON, None), None, {}, "n is there only without it."),
    ((ON, OFF), None, {}, f"n goes from {Status.ON.word} to {Status.OFF.word}."),
    ((OFF, OFF), None, {}, "n stays as it is."), ((ON, ON), 0.0, {}, "n stays as it is."),
    ((NEAR, ON), 19.94, {Piece.FIGURES: 19.94},
     f"n goes from 70.0 to 90.0 (+19.9 points), from {Status.NEAR.word.lower()} to {Status.ON.word.lower()}."),
    ((ON, Side(80.0, Status.ON)), -10.0, {Piece.FIGURES: -12.0, Piece.WEIGHTS: 2.0},
     "n goes from 90.0 to 80.0 (−10.0 points, −12.0 by figures, +2.0 by weights)."),
])  # fmt: skip
def test_a_difference_is_told_by_what_is_on_its_sides(
    sides: tuple[Side | None, Side | None], change: float | None, parts: dict[Piece, float], said: str
) -> None:
    found = Difference("n", "all", "M:2026-01", *sides, change, parts)
    assert found.words() == said and found.is_any is (sides[0] != sides[1])


@pytest.mark.parametrize(("value", "anchors", "gap"), [
    (None, {"target": 5.0}, None), (7.0, {"target": 5.0}, 2.0), (3.0, {"target": 5.0}, -2.0), (7.0, {}, None),
    (7.0, {"low": 4.0, "high": 6.0}, 1.0), (3.0, {"low": 4.0, "high": 6.0}, -1.0),
    (5.0, {"low": 4.0, "high": 6.0}, 0.0),
    (6.0, {"low": 4.0, "high": 6.0, "target": 1.0}, 0.0), (3.0, {"low": 4.0}, None), (3.0, {"high": 4.0}, None),
])  # fmt: skip
def test_a_gap_is_to_the_target_or_to_the_nearer_edge_of_the_band(
    value: float | None, anchors: dict[str, float], gap: float | None
) -> None:
    assert _gap(value, anchors) == gap
