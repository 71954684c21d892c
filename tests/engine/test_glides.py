"""What a target on a path asks for in each period, from its first to beyond its last."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourfold.engine.definitions import Target
from fourfold.engine.target_blocks import glide
from tests.engine.scorecards import figures, judged, scorecard, seen


def path(kpi: Mapping[str, Any], first: str, last: str, fiscal_year_start: int = 1, **target: Any) -> list[float]:
    """The targets of the KPI's periods from `first` to `last`."""
    definitions = scorecard({"code": "k", **kpi}, fiscal_year_start=fiscal_year_start)
    (one,), calendar = definitions.kpis, definitions.calendar
    version = Target.model_validate({"kpi": "k", "since": first, **target})
    begin, end = (calendar.parse(text, one.frequency) for text in (first, last))
    start = calendar.parse(version.since, one.frequency).ordinal - begin.ordinal
    return [float(x) for x in glide(version, one, calendar.range(begin, end), start)]


UP = {"baseline": "40", "value": "64", "since": "2026-01", "due": "2026-05"}


@pytest.mark.parametrize(
    ("kind", "between"),
    [
        ("linear", [46, 52, 58]),
        ("exponential", [40 * 1.6**0.25, 40 * 1.6**0.5, 40 * 1.6**0.75]),
        ("s_curve", [42.5, 52, 61.5]),  # §4.3 at a quarter, a half and three quarters of the way
    ],
)
def test_a_path_starts_at_the_baseline_and_stays_at_its_value_once_it_is_due(kind: str, between: list[float]) -> None:
    assert path({}, "2026-01", "2026-07", path=kind, **UP) == pytest.approx([40, *between, 64, 64, 64], abs=0.05)


def test_a_half_life_halves_what_is_left() -> None:
    assert path({}, "2026-01", "2026-05", path="half_life", baseline="100", value="20", half_life=2) == pytest.approx(
        [100, 20 + 80 * 0.5**0.5, 60, 20 + 80 * 0.5**1.5, 40]
    )


def test_steps_hold_until_the_next_one() -> None:
    steps = {"2026-02": "50", "2026-04": "60"}
    assert path({}, "2026-01", "2026-05", path="step", value="40", steps=steps) == [40, 50, 50, 60, 60]
    assert path({}, "2026-03", "2026-05", path="step", value="40", steps=steps) == [50, 60, 60]


SHARES = [7, 7, 8, 8, 8, 8, 7, 6, 9, 10, 11, 11]


@pytest.mark.parametrize("start", [1, 4, 10])
def test_a_yearly_flow_is_spread_by_shares_that_begin_with_the_fiscal_year(start: int) -> None:
    target = {"path": "seasonal", "value": "1200", "shares": SHARES}
    found = path({"kind": "flow"}, f"2026-{start:02}", f"2027-{start:02}", start, **target)
    assert found == pytest.approx([12 * share for share in [*SHARES, SHARES[0]]])


def test_a_ratio_keeps_its_target_as_the_mean_of_the_year() -> None:
    found = path({"kind": "ratio"}, "2026-01", "2026-12", path="seasonal", value="80", shares=SHARES)
    assert sum(found) / 12 == pytest.approx(80)
    assert found[0] == pytest.approx(80 * 7 * 12 / 100)


GROWTH = st.lists(st.tuples(st.floats(0.1, 5), st.floats(0.1, 5)), min_size=12, max_size=12)


@settings(max_examples=20)
@given(GROWTH)
def test_growth_within_the_year_weighs_its_shares(rows: list[tuple[float, float]]) -> None:
    """T = A·p·g/Σ(p·g), of §4.3, written out."""
    shares, growth = ([row[i] for row in rows] for i in (0, 1))
    found = path({"kind": "flow"}, "2026-01", "2026-12", path="seasonal", value="1200", shares=shares, growth=growth)
    assert found == pytest.approx([1200 * p * g / sum(a * b for a, b in rows) for p, g in rows])


def test_a_ratio_that_grows_within_the_year_keeps_its_target_as_its_weighted_mean() -> None:
    season = {"shares": SHARES, "growth": [1 + m / 50 for m in range(12)], "denominators": list(range(12, 0, -1))}
    found = path({"kind": "ratio"}, "2026-01", "2026-12", path="seasonal", value="80", **season)
    assert np.average(found, weights=season["denominators"]) == pytest.approx(80)
    assert found[11] / found[0] == pytest.approx(11 / 7 * 1.22)


SEASONS = st.lists(st.tuples(st.floats(0.1, 5), st.floats(0.1, 1000)), min_size=12, max_size=12)


@settings(max_examples=20)
@given(SEASONS)
def test_targets_of_a_ratio_weighted_by_its_expected_denominators_are_the_target_of_the_year(
    rows: list[tuple[float, float]],
) -> None:
    shares, denominators = ([row[i] for row in rows] for i in (0, 1))
    target = {"path": "seasonal", "value": "80", "shares": shares, "denominators": denominators}
    found = path({"kind": "ratio"}, "2026-01", "2026-12", **target)
    assert np.average(found, weights=denominators) == pytest.approx(80)
    assert np.divide(found, shares) == pytest.approx(found[0] / shares[0])  # as the shares, one to another


@pytest.mark.parametrize(("year", "weeks"), [(2025, 52), (2026, 53)])
def test_a_week_53_weighs_what_week_52_does(year: int, weeks: int) -> None:
    shares, denominators = list(range(1, 53)), [*range(100, 48, -1)]
    target = {"path": "seasonal", "value": "80", "shares": shares, "denominators": denominators}
    found = path({"kind": "ratio", "frequency": "week"}, f"{year}-W01", f"{year}-W{weeks}", **target)
    weights = (denominators + denominators[-1:])[:weeks]
    assert np.average(found, weights=weights) == pytest.approx(80)


@pytest.mark.parametrize(("year", "weeks"), [(2025, 52), (2026, 53)])
def test_the_weeks_of_a_year_add_up_to_its_target_with_and_without_a_week_53(year: int, weeks: int) -> None:
    weekly = {"kind": "flow", "frequency": "week"}
    shares = list(range(1, 53))
    found = path(weekly, f"{year}-W01", f"{year}-W{weeks}", path="seasonal", value="1000", shares=shares)
    assert len(found) == weeks and sum(found) == pytest.approx(1000)
    assert found == sorted(found)  # week 53 is like week 52, not like week 1


def test_the_target_to_date_is_the_running_sum_of_seasonal_targets() -> None:
    target = {"kpi": "k", "since": "2026-01", "path": "seasonal", "value": "1200", "red_line": "1000", "shares": SHARES}
    rows = figures(*(("k", f"2026-{m:02}", 90) for m in (1, 2, 3)))
    as_of = datetime(2026, 4, 1, tzinfo=UTC)
    evaluation = judged(scorecard({"code": "k", "kind": "flow"}, targets=[target]), rows, view="ytd", as_of=as_of)
    found = [seen(evaluation, "kpi:k", f"2026-0{m}").target for m in (1, 2, 3)]
    assert found == pytest.approx([84, 168, 264])


@pytest.mark.parametrize(("given", "january"), [({"red_line": "900"}, 63.0), ({"baseline": "600"}, 63.0), ({}, 75.6)])
def test_the_red_line_of_a_year_is_spread_by_season_too(given: dict[str, str], january: float) -> None:
    target = {"kpi": "k", "since": "2026-01", "path": "seasonal", "value": "1200", "shares": SHARES, **given}
    evaluation = judged(scorecard({"code": "k", "kind": "flow"}, targets=[target]), figures(("k", "2026-01", 84)))
    frame = evaluation.frame().filter(node="kpi:k")
    assert frame["red_line"][0] == pytest.approx(january)  # 84 is asked for; 900/1200 of it, half-way to 600, 90 %
    assert frame["score"][0] == pytest.approx(100.0)


def test_a_red_line_keeps_its_distance_from_the_path() -> None:
    target = {"kpi": "k", "path": "linear", "red_line": "58", **UP}
    rows = figures(*(("k", f"2026-{m:02}", 40) for m in (1, 2, 3)))
    frame = judged(scorecard({"code": "k"}, targets=[target]), rows).frame().filter(node="kpi:k")
    assert frame["target"].to_list() == [40, 46, 52]
    assert frame["red_line"].to_list() == [34, 40, 46]
