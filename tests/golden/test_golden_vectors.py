"""Every vector of the specification, by its name in `golden_vectors.json`: a vector nobody has a check for fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from fourfold.engine.change import explain_change, mix_split
from fourfold.engine.forecasts import Forecast, Lack, Method, forecast
from fourfold.engine.forecasts.calibration import MONTHLY
from fourfold.engine.forecasts.history import histories
from fourfold.engine.forecasts.scale import estimate
from fourfold.engine.judgement import SCHEMES, bands
from fourfold.engine.periods import Calendar, Frequency, WeekYear
from fourfold.engine.probability import cumulative_outlook, level_outlook, probability
from fourfold.engine.rollup import roll_up
from fourfold.engine.scoring import in_range, linear_anchor
from fourfold.engine.signals import Segment, read_signals, xmr_limits
from fourfold.engine.targets import half_life_values, path_values

VECTORS: Final = json.loads((Path(__file__).parent / "golden_vectors.json").read_text())
#: Vectors of capabilities the engine does not have yet: taking a name away from here makes its vectors run.
NOT_YET: Final[dict[str, str]] = {}
#: What the vectors of a section are computed from.
INPUTS: Final = {
    "rollup": {"children"},
    "decomposition": {"W0", "W1", "s0", "s1"},
    "mix": {"u0", "u1"},
    "glide": {"B", "T"},
    "xmr": {"x", "baseline_n"},
    "prob_cum": {"ytd", "forecast", "s", "n"},
    "prob_level": {"mu", "s", "h"},
}
TO_SIX_DIGITS: Final = {"rel": 1e-6, "abs": 1e-6}
ROUNDED_TO_FOUR: Final = {"abs": 5.1e-5}


def names(section: str) -> list[str]:
    """The vectors of a section, read from the file itself."""
    if section in NOT_YET:
        return []
    rows = VECTORS[section]
    keys = [str(row.get("name") or row["fy"]) for row in rows] if isinstance(rows, list) else list(rows)
    return [key for key in keys if key not in INPUTS.get(section, ())]


def score(vector: dict[str, Any]) -> float:
    if vector["band"] is not None:
        return float(in_range(vector["x"], *vector["band"]))
    points = {float(at): x for x, at in vector["anchors"]}
    return float(linear_anchor(vector["x"], points[50.0], points[100.0], points.get(0.0), points.get(125.0)))


@pytest.mark.parametrize("name", names("calendar_445_last_sat_aug"))
def test_a_4_4_5_year_has_the_periods_specified(name: str) -> None:
    (vector,) = (v for v in VECTORS["calendar_445_last_sat_aug"] if str(v["fy"]) == name)
    calendar = Calendar(9, weeks=WeekYear("4-4-5", "saturday", "last_in_month"))
    year = calendar.parse(f"FY{name}")
    assert [str(year.start), str(year.last_day), year.days // 7] == [vector[k] for k in ("start", "end", "weeks")]
    found = [[p.ordinal % 12 + 1, str(p.start), str(p.last_day), p.days // 7] for p in year.parts(Frequency.MONTH)]
    assert found == vector["periods"]


@pytest.mark.parametrize("name", names("scoring"))
def test_a_value_scores_and_bands_as_specified(name: str) -> None:
    (vector,) = (v for v in VECTORS["scoring"] if v["name"] == name)
    assert score(vector) == pytest.approx(vector["score"], **ROUNDED_TO_FOUR)
    assert SCHEMES[3].names[int(bands(score(vector)))] == vector["status"]


CHILDREN: Final = np.array([np.nan if s is None else s for s, _ in VECTORS["rollup"]["children"]], dtype=float)
WEIGHTS: Final = np.array([w for _, w in VECTORS["rollup"]["children"]], dtype=float)
ROLL_UPS: Final[dict[str, dict[str, Any]]] = {
    "weighted_mean_renormalise": {},
    "zero": {"missing": "zero"},
    "neutral50": {"missing": "neutral"},
    "geometric": {"method": "geometric"},
    "worst": {"method": "worst_of"},
    "harmonic": {"power": -1.0},
    "coverage": {},
}


@pytest.mark.parametrize("name", names("rollup"))
def test_scores_roll_up_as_specified(name: str) -> None:
    rolled = roll_up(CHILDREN, WEIGHTS, **ROLL_UPS[name])
    answer = rolled.coverage if name == "coverage" else rolled.score
    assert float(answer) == pytest.approx(VECTORS["rollup"][name], **TO_SIX_DIGITS)


def decomposition() -> dict[str, Any]:
    given = VECTORS["decomposition"]
    w0, w1, s0, s1 = (np.array(given[key], dtype=float) for key in ("W0", "W1", "s0", "s1"))
    change = explain_change(w0, w1, s0, s1)
    s_before = float(roll_up(s0, w0).score)
    s_after = float(roll_up(np.where(w1 > 0, s1, np.nan), w0).score)
    assert change.total == pytest.approx(s_after - s_before, **TO_SIX_DIGITS)
    return {"S0": s_before, "S1": s_after, "performance": change.performance, "reweight": change.reweighting}


def mix() -> dict[str, Any]:
    before, after = (np.array(VECTORS["mix"][key], dtype=float).T for key in ("u0", "u1"))
    split = mix_split(*before, *after)
    ends = {"total0": before[0].sum() / before[1].sum(), "total1": after[0].sum() / after[1].sum()}
    assert split.total == pytest.approx(ends["total1"] - ends["total0"], **TO_SIX_DIGITS)
    return {**ends, "within": split.within.sum(), "mix": split.mix.sum()}


def glide() -> dict[str, Any]:
    begin, goal = VECTORS["glide"]["B"], VECTORS["glide"]["T"]
    share = np.arange(13) / 12
    kinds = {"linear": "linear", "scurve_k8": "s_curve", "exponential": "exponential"}
    paths: dict[str, Any] = {name: path_values(kind, begin, goal, share) for name, kind in kinds.items()}
    return {**paths, "halflife6_from100": half_life_values(100.0, 0.0, np.arange(13.0), 6.0)}


def iso_weeks() -> dict[str, Any]:
    calendar = Calendar()
    return {day: calendar.period(Frequency.WEEK, date.fromisoformat(day)).short_id for day in VECTORS["iso_weeks"]}


def xmr() -> dict[str, Any]:
    given = VECTORS["xmr"]
    x, size = np.array(given["x"], dtype=float), given["baseline_n"]
    limits = xmr_limits(x, np.arange(len(x)) < size)
    reading = read_signals(x, segments=[Segment(baseline=size)])
    for name in ("centre", "upper", "lower"):
        assert set(getattr(reading, name).tolist()) == {float(getattr(limits, name))}
    return {
        "mean": limits.centre, "mr_bar": limits.half / 2.66, "upl": limits.upper, "lpl": limits.lower,
        "url": limits.range_limit,
    }  # fmt: skip


def kept_forecast(mean: list[float], scale: float, count: int) -> Forecast:
    """A monthly forecast with nothing but its figures, scale and history."""
    return Forecast(
        series="", as_of=date(2026, 9, 1), origin=Calendar().parse("2026-08"), method=Method.SEASONAL,
        lack=Lack.NOTHING, count=count, mean=tuple(mean), lower80=(), upper80=(), lower95=(), upper95=(), scale=scale,
        degrees=MONTHLY.degrees(count), calibration=MONTHLY, naive=(), naive_error=None,
    )  # fmt: skip


def prob_cum() -> dict[str, Any]:
    given = VECTORS["prob_cum"]
    ahead = cumulative_outlook(kept_forecast(given["forecast"], given["s"], given["n"]), given["ytd"], 4)
    targets = {target: float(probability(ahead, float(target))) for target in given["targets"]}
    return {"df": ahead.degrees, "scale": ahead.spread, "targets": targets}


def prob_level() -> dict[str, Any]:
    given = VECTORS["prob_level"]
    made = kept_forecast([given["mu"]] * given["h"], given["s"], 24)
    ahead = level_outlook(made, given["h"])
    lower, upper = (bounds[given["h"] - 1] for bounds in made.interval(0.80))
    p = float(probability(ahead, 66.0))
    return {"df": ahead.degrees, "scale": ahead.spread, "p_ge_66": p, "pi80": [lower, upper]}


@pytest.mark.parametrize("name", names("forecast"))
def test_a_series_is_forecast_as_specified(name: str) -> None:
    (vector,) = (v for v in VECTORS["forecast"] if v["name"] == name)
    frequency, reach = {12: (Frequency.MONTH, 12), 4: (Frequency.QUARTER, 8)}[vector["m"]]
    first = Calendar().period(frequency, date(2020, 1, 1))
    axis = tuple(first.shift(n) for n in range(len(vector["y"])))
    y = np.array([vector["y"]], dtype=float)
    (made,) = forecast(y, axis, as_of=axis[-1].last_day, horizon=len(vector["forecast"]))
    assert made.mean == pytest.approx(vector["forecast"], **TO_SIX_DIGITS)
    assert made.scale == pytest.approx(vector["s"], **TO_SIX_DIGITS)
    series = histories(y)
    parts = estimate(series, np.array([False]), vector["m"], 1, reach)
    both = [float(np.ldexp(part[0], series.exponent[0])) for part in (parts.one_step, parts.rolling)]
    assert both == pytest.approx([vector["s1"], vector["sr"]], **TO_SIX_DIGITS)


SECTIONS: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "decomposition": decomposition,
    "mix": mix,
    "glide": glide,
    "iso_weeks": iso_weeks,
    "xmr": xmr,
    "prob_cum": prob_cum,
    "prob_level": prob_level,
}


@pytest.mark.parametrize(("section", "name"), [(s, n) for s in SECTIONS for n in names(s)])
def test_the_answer_is_the_one_specified(section: str, name: str) -> None:
    expected, answer = VECTORS[section][name], SECTIONS[section]()[name]
    if isinstance(expected, str):
        assert answer == expected
    else:
        assert np.asarray(answer).tolist() == pytest.approx(expected, **TO_SIX_DIGITS)


def test_no_vector_is_left_out() -> None:
    run = {"scoring", "rollup", "calendar_445_last_sat_aug", "forecast", *SECTIONS}
    assert run | set(NOT_YET) == set(VECTORS)
    assert not run & set(NOT_YET)
    assert {section: len(names(section)) for section in run} == {
        "scoring": 17, "rollup": 7, "decomposition": 4, "mix": 4, "glide": 4, "iso_weeks": 6, "xmr": 5,
        "calendar_445_last_sat_aug": 4, "forecast": 5, "prob_cum": 3, "prob_level": 4,
    }  # fmt: skip
    assert set(ROLL_UPS) == set(names("rollup"))
