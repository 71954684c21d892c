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
from fourfold.engine.judgement import SCHEMES, bands
from fourfold.engine.periods import Calendar, Frequency
from fourfold.engine.rollup import roll_up
from fourfold.engine.scoring import in_range, linear_anchor
from fourfold.engine.targets import half_life_values, path_values

VECTORS: Final = json.loads((Path(__file__).parent / "golden_vectors.json").read_text())
#: Vectors of capabilities the engine does not have yet: taking a name away from here makes its vectors run.
NOT_YET: Final = {
    "prob_cum": "the probability to hit a target comes with forecasts",
    "prob_level": "the probability to hit a target comes with forecasts",
    "xmr": "control limits come with signals",
    "calendar_445_last_sat_aug": "4-4-5 calendars",
    "forecast": "forecasts",
}
#: What the vectors of a section are computed from.
INPUTS: Final = {
    "rollup": {"children"},
    "decomposition": {"W0", "W1", "s0", "s1"},
    "mix": {"u0", "u1"},
    "glide": {"B", "T"},
}
TO_SIX_DIGITS: Final = {"rel": 1e-6, "abs": 1e-6}
ROUNDED_TO_FOUR: Final = {"abs": 5.1e-5}


def names(section: str) -> list[str]:
    """The vectors of a section, read from the file itself."""
    if section in NOT_YET:
        return []
    rows = VECTORS[section]
    keys = [row["name"] for row in rows] if isinstance(rows, list) else list(rows)
    return [key for key in keys if key not in INPUTS.get(section, ())]


def score(vector: dict[str, Any]) -> float:
    if vector["band"] is not None:
        return float(in_range(vector["x"], *vector["band"]))
    points = {float(at): x for x, at in vector["anchors"]}
    return float(linear_anchor(vector["x"], points[50.0], points[100.0], points.get(0.0), points.get(125.0)))


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


SECTIONS: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "decomposition": decomposition,
    "mix": mix,
    "glide": glide,
    "iso_weeks": iso_weeks,
}


@pytest.mark.parametrize(("section", "name"), [(s, n) for s in SECTIONS for n in names(s)])
def test_the_answer_is_the_one_specified(section: str, name: str) -> None:
    expected, answer = VECTORS[section][name], SECTIONS[section]()[name]
    if isinstance(expected, str):
        assert answer == expected
    else:
        assert np.asarray(answer).tolist() == pytest.approx(expected, **TO_SIX_DIGITS)


def test_no_vector_is_left_out() -> None:
    run = {"scoring", "rollup", *SECTIONS}
    assert run | set(NOT_YET) == set(VECTORS)
    assert not run & set(NOT_YET)
    assert {section: len(names(section)) for section in run} == {
        "scoring": 17, "rollup": 7, "decomposition": 4, "mix": 4, "glide": 4, "iso_weeks": 6,
    }  # fmt: skip
    assert set(ROLL_UPS) == set(names("rollup"))
