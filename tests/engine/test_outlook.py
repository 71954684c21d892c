"""Outlooks are what signals, forecasts and probabilities say when each is asked on its own."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from fourfold.engine.confirmed_steps import segments_of, step_refusals, steps_of
from fourfold.engine.definitions import Definitions, Kpi, Step
from fourfold.engine.definitions.complete import complete
from fourfold.engine.forecasts import Lack, forecast
from fourfold.engine.kpis import figures
from fourfold.engine.measurements import to_polars
from fourfold.engine.outlook import Outlook, Way, outlooks
from fourfold.engine.periods import Frequency, Period
from fourfold.engine.probability import probability
from fourfold.engine.signals import Phase, Refusal, chart_of, read_signals
from fourfold.engine.statuses import Status

AS_OF = datetime(2026, 10, 8, 12, tzinfo=UTC)
#: §5.7, the worked example: 12 figures, then 8 that have moved by two sigma; the last is that of September 2026.
MOVED = [52, 48, 55, 50, 47, 53, 51, 49, 54, 50, 46, 52, 57, 58, 56, 59, 57, 60, 58, 61]
BASE: dict[str, Any] = {
    "organisation": {"code": "o", "name": "O", "fiscal_year_start": 4},
    "units": [{"code": "all", "name": "All"}, {"code": "a", "name": "A", "parent": "all"}],
    "strategy": {"code": "s", "name": "S"},
}


def defined(kpis: list[dict[str, Any]], **more: Any) -> Definitions:
    return complete(Definitions.model_validate(BASE | {"kpis": kpis} | more))


def months(count: int, last: str = "2026-09") -> list[str]:
    end = defined([]).calendar.parse(last)
    return [end.shift(i - count + 1).id for i in range(count)]


def rows(kpi: str, values: list[float | None], unit: str = "a") -> list[dict[str, Any]]:
    found = zip(months(len(values)), values, strict=True)
    return [{"kpi": kpi, "unit": unit, "period": p, "value": str(v)} for p, v in found if v is not None]


def seen(definitions: Definitions, table: pl.DataFrame, **asked: Any) -> dict[tuple[str, str], Outlook]:
    shown = [definitions.calendar.parse("2026-10")]
    found = figures(definitions, table, as_of=AS_OF, periods=shown)
    return {(o.kpi, o.unit): o for o in outlooks(definitions, found, as_of=AS_OF, **asked)}


def of(origin: Period | None) -> str:
    return "" if origin is None else origin.id


SHARE = {"code": "share", "name": "Share", "kind": "stock", "aggregate_units": "none", "valid_max": "100"}


def test_signals_are_those_of_the_series_read_alone() -> None:
    d = defined([SHARE], targets=[{"kpi": "share", "since": "2024-01", "value": "55"}])
    one = seen(d, to_polars(rows("share", MOVED)))["share", "a"]
    alone = read_signals(np.array(MOVED, dtype=float), chart_of(d.kpi["share"]), target=55.0)
    assert one.reading is not None
    begin = next(i for i, p in enumerate(one.periods) if p.id == months(20)[0])
    assert [(s.rule, s.at - begin, len(s.points)) for s in one.reading.signals] == [
        (s.rule, s.at, len(s.points)) for s in alone.signals
    ]
    assert [s.at for s in one.news] == [begin + 19]
    assert one.reading.headline == alone.headline == "Getting better, single periods still depend on luck"
    assert one.reading.suggestion is not None and alone.suggestion is not None
    assert one.reading.suggestion.start - begin == alone.suggestion.start == 12
    assert np.array_equal(one.reading.upper[begin : begin + 20], alone.upper)


def test_the_forecast_is_that_of_the_series_alone() -> None:
    d = defined([SHARE])
    one = seen(d, to_polars(rows("share", MOVED)))["share", "a"]
    axis = [d.calendar.parse(p) for p in months(20)]
    (alone,) = forecast(np.array([MOVED], dtype=float), axis, as_of=date(2026, 10, 8), valid_max=100.0)
    assert of(one.origin) == "M:2026-09"
    assert one.forecast.mean == pytest.approx(alone.mean, rel=1e-12)
    assert one.forecast.scale == pytest.approx(alone.scale, rel=1e-12)


def test_a_level_is_asked_of_the_last_month_of_the_fiscal_year() -> None:
    d = defined([SHARE], targets=[{"kpi": "share", "since": "2024-01", "value": "60"}])
    one = seen(d, to_polars(rows("share", MOVED)))["share", "a"]
    assert one.chance is not None and one.forecast.scale is not None
    assert (one.chance.end.id, one.chance.way, one.chance.low) == ("M:2027-03", Way.LEVEL, 60.0)
    assert one.wanted[:2] == ((60.0, math.inf), (60.0, math.inf))
    assert len(one.wanted) == one.forecast.horizon
    spread = one.forecast.scale * 1.10 * 6**0.35  # six months ahead, §4.4
    assert one.chance.expected == one.forecast.mean[5]
    assert one.chance.p == pytest.approx(student3((one.forecast.mean[5] - 60.0) / spread))


def student3(t: float) -> float:
    """The distribution function of Student's t with three degrees of freedom, in closed form."""
    x = t / math.sqrt(3.0)
    return 0.5 + (math.atan(x) + x / (1.0 + x * x)) / math.pi


def test_a_flow_is_asked_of_the_sum_of_the_fiscal_year() -> None:
    flow = {"code": "sales", "name": "Sales", "kind": "flow"}
    d = defined([flow], targets=[{"kpi": "sales", "since": "2024-01", "unit": "a", "value": "57"}])
    one = seen(d, to_polars(rows("sales", MOVED)))["sales", "a"]
    assert one.chance is not None and one.forecast.scale is not None
    assert (one.chance.way, one.chance.low) == (Way.SUM, 12 * 57.0)
    total = sum(MOVED[-6:]) + sum(one.forecast.mean[:6])  # April to September are in
    assert one.chance.expected == pytest.approx(total)
    assert one.chance.p == pytest.approx(student3((total - 684.0) / (one.forecast.scale * 1.10 * 6**1.17)))


def test_a_sum_with_a_missing_month_has_no_chance() -> None:
    flow = {"code": "sales", "name": "Sales", "kind": "flow"}
    d = defined([flow], targets=[{"kpi": "sales", "since": "2024-01", "unit": "a", "value": "57"}])
    gap: list[float | None] = [*MOVED[:-3], None, *MOVED[-2:]]
    assert seen(d, to_polars(rows("sales", gap)))["sales", "a"].chance is None


def test_a_mean_is_a_sum_by_twelve() -> None:
    stock = SHARE | {"aggregate_time": "mean"}
    d = defined([stock], targets=[{"kpi": "share", "since": "2024-01", "value": "57"}])
    one = seen(d, to_polars(rows("share", MOVED)))["share", "a"]
    assert one.chance is not None and one.forecast.scale is not None
    assert (one.chance.way, one.chance.low) == (Way.MEAN, 57.0)
    mean = (sum(MOVED[-6:]) + sum(one.forecast.mean[:6])) / 12
    assert one.chance.expected == pytest.approx(mean)
    assert one.chance.p == pytest.approx(student3((mean - 57.0) / (one.forecast.scale * 1.10 * 6**1.17 / 12)))


def test_lower_is_better_and_a_band_look_at_the_other_side() -> None:
    low = SHARE | {"polarity": "lower_better"}
    band = SHARE | {"code": "band", "polarity": "in_range"}
    d = defined(
        [low, band],
        targets=[
            {"kpi": "share", "since": "2024-01", "value": "60"},
            {"kpi": "band", "since": "2024-01", "low": "55", "high": "60"},
        ],
    )
    found = seen(d, to_polars([*rows("share", MOVED), *rows("band", MOVED)]))
    below, within = found["share", "a"].chance, found["band", "a"].chance
    assert below is not None and within is not None
    assert (below.low, below.high, within.low, within.high) == (-math.inf, 60.0, 55.0, 60.0)
    made = found["band", "a"].forecast
    assert made.scale is not None
    spread = made.scale * 1.10 * 6**0.35
    inside = student3((60 - made.mean[5]) / spread) - student3((55 - made.mean[5]) / spread)
    assert below.p == pytest.approx(1 - student3((found["share", "a"].forecast.mean[5] - 60.0) / spread))
    assert within.p == pytest.approx(inside)
    assert below.percent == 5 * math.floor(20 * below.p + 0.5)


@pytest.mark.parametrize(("target", "red"), [("50", "40"), ("62", "55"), ("90", "80")])
def test_the_prospect_has_the_status_of_that_figure(target: str, red: str) -> None:
    given = {"since": "2024-01", "value": target, "red_line": red}
    down = SHARE | {"code": "down", "polarity": "lower_better"}
    flipped = given | {"value": red, "red_line": target}
    d = defined([SHARE, down], targets=[{"kpi": "share", **given}, {"kpi": "down", **flipped}])
    found = seen(d, to_polars([*rows("share", MOVED), *rows("down", MOVED)]))
    for code, good, bad in (("share", float(target), float(red)), ("down", -float(red), -float(target))):
        one = found[code, "a"]
        assert one.prospect is not None
        sign = 1 if code == "share" else -1
        met = Status.ON if sign * one.prospect.value >= good else Status.NEAR
        expected = met if sign * one.prospect.value >= bad else Status.OFF
        assert (one.prospect.period.id, one.prospect.status) == ("M:2027-03", expected)
        assert one.prospect.value == one.forecast.mean[5]


def test_a_prospect_in_a_band_and_one_without_a_target() -> None:
    band = SHARE | {"code": "band", "polarity": "in_range"}
    given = {"kpi": "band", "since": "2024-01", "low": "55", "high": "65", "red_low": "50", "red_high": "70"}
    found = seen(defined([SHARE, band], targets=[given]), to_polars([*rows("share", MOVED), *rows("band", MOVED)]))
    within, without = found["band", "a"].prospect, found["share", "a"].prospect
    assert within is not None and without is not None
    assert (within.status, without.status) == (Status.ON, Status.UNSCORED)


def test_after_march_the_year_that_begins_is_asked_about() -> None:
    d = defined([SHARE], targets=[{"kpi": "share", "since": "2024-01", "value": "60"}])
    one = seen(d, to_polars(rows("share", MOVED)), until=date(2026, 3, 31))["share", "a"]
    assert one.chance is not None
    assert (of(one.origin), one.chance.end.id) == ("M:2026-03", "M:2027-03")


def test_nothing_later_than_asked_for_is_read() -> None:
    d = defined([SHARE], targets=[{"kpi": "share", "since": "2024-01", "value": "60"}])
    early = seen(d, to_polars(rows("share", MOVED)), until=date(2026, 6, 30))["share", "a"]
    other = [*MOVED[:-3], 5, 5, 5]
    again = seen(d, to_polars(rows("share", other)), until=date(2026, 6, 30))["share", "a"]
    assert early.reading is not None and again.reading is not None
    assert (early.forecast, early.chance) == (again.forecast, again.chance)
    assert early.reading.signals == again.reading.signals
    assert np.array_equal(early.reading.upper, again.reading.upper, equal_nan=True)
    assert early.periods[-1].id == "M:2026-06"


def test_a_confirmed_step_begins_new_limits_and_a_new_history() -> None:
    step = {"kpi": "share", "unit": "a", "since": months(20)[12], "cause": "process"}
    plain, moved = defined([SHARE]), defined([SHARE], steps=[step])
    before = seen(plain, to_polars(rows("share", MOVED)))["share", "a"]
    after = seen(moved, to_polars(rows("share", MOVED)))["share", "a"]
    assert before.reading is not None and after.reading is not None
    assert (before.reading.phase, after.reading.phase) == (Phase.LOCKED, Phase.TRIAL)
    assert after.reading.centre[-2] == pytest.approx(sum(MOVED[12:]) / 8)  # the last period is October
    assert (before.forecast.count, after.forecast.count) == (20, 8)


def test_a_step_without_a_unit_holds_everywhere() -> None:
    d = defined([SHARE], steps=[{"kpi": "share", "since": "2026-01", "cause": "definition"}])
    assert [s.since for s in steps_of(d, "share", "a")] == ["2026-01"]
    axis = [d.calendar.parse(p) for p in months(20)]
    assert [s.start for s in segments_of(d, d.kpi["share"], "all", axis)] == [0, 11]


def test_a_step_in_no_period_of_the_kpi_changes_nothing() -> None:
    d = defined([SHARE], steps=[{"kpi": "share", "since": "2026-W03", "cause": "data"}])
    axis = [d.calendar.parse(p) for p in months(20)]
    assert segments_of(d, d.kpi["share"], "a", axis) == ()


@pytest.mark.parametrize(
    ("since", "cause", "lasts", "approved", "refused"),
    [
        (12, "process", True, False, ()),
        (12, "process", False, False, (Refusal.NOT_LASTING,)),
        (15, "process", True, False, (Refusal.TOO_FEW,)),
        (15, "definition", True, False, ()),
        (0, "process", True, False, (Refusal.OVERLAP,)),
    ],
)
def test_what_speaks_against_a_step(
    since: int, cause: Any, lasts: bool, approved: bool, refused: tuple[Refusal, ...]
) -> None:
    d = defined([SHARE])
    found = figures(d, to_polars(rows("share", MOVED)), as_of=AS_OF, periods=[d.calendar.parse("2026-10")])
    first = found.blocks[0][1].periods[0].id
    step = Step(kpi="share", unit="a", since=months(20)[since] if since else first, cause=cause)
    assert step_refusals(d, found, step, lasts=lasts, approved=approved, as_of=AS_OF) == refused


def test_who_gets_worse_needs_somebody_else_to_agree() -> None:
    d = defined([SHARE | {"polarity": "lower_better"}])
    found = figures(d, to_polars(rows("share", MOVED)), as_of=AS_OF, periods=[d.calendar.parse("2026-10")])
    step = Step(kpi="share", unit="a", since=months(20)[12], cause="external")
    assert step_refusals(d, found, step, lasts=True, approved=False, as_of=AS_OF) == (Refusal.WORSE,)
    assert step_refusals(d, found, step, lasts=True, approved=True, as_of=AS_OF) == ()


def test_words_have_neither_usual_range_nor_interval() -> None:
    mood = {"code": "mood", "name": "Mood", "kind": "boolean"}
    one = seen(defined([mood]), to_polars(rows("mood", [1.0, 0, 1, 1, 0, 1, 1, 1])))["mood", "a"]
    assert one.reading is None
    assert (one.forecast.lack, one.chance) == (Lack.DISCRETE, None)


def test_a_unit_without_figures_says_so() -> None:
    d = defined([SHARE])
    one = seen(d, to_polars(rows("share", MOVED)))["share", "all"]
    assert (one.origin, one.reading, one.chance) == (None, None, None)
    assert one.forecast.lack is not Lack.NOTHING


def test_only_what_is_asked_for_is_made() -> None:
    other = {"code": "sales", "name": "Sales", "kind": "flow"}
    d = defined([SHARE, other])
    table = to_polars([*rows("share", MOVED), *rows("sales", MOVED)])
    assert set(seen(d, table, kpis={"sales"}, units=["a"])) == {("sales", "a")}
    assert len(seen(d, table)) == 4


def test_kpis_of_two_frequencies_are_seen_on_their_own_axes() -> None:
    week = {"code": "calls", "name": "Calls", "kind": "flow", "frequency": "week"}
    d = defined([SHARE, week])
    calls = [
        {"kpi": "calls", "unit": "a", "period": d.calendar.parse("2026-W38").shift(-i).id, "value": str(40 + i % 5)}
        for i in range(30)
    ]
    found = seen(d, to_polars([*rows("share", MOVED), *calls]))
    assert {o.periods[0].frequency for o in found.values()} == {Frequency.MONTH, Frequency.WEEK}
    assert of(found["calls", "a"].origin) == "W:2026-W38"


def test_a_year_end_beyond_the_horizon_has_no_chance() -> None:
    """In September the last week of March is 26 weeks away; intervals reach 13."""
    week = {"code": "calls", "name": "Calls", "kind": "stock", "frequency": "week"}
    d = defined([week], targets=[{"kpi": "calls", "since": "2025-W40", "unit": "a", "value": "40"}])
    calls = [
        {"kpi": "calls", "unit": "a", "period": d.calendar.parse("2026-W38").shift(-i).id, "value": str(40 + i % 5)}
        for i in range(30)
    ]
    assert seen(d, to_polars(calls))["calls", "a"].chance is None


def test_each_kpi_of_a_year_is_one_period() -> None:
    year = {"code": "audit", "name": "Audit", "kind": "stock", "frequency": "year"}
    d = defined([year], targets=[{"kpi": "audit", "since": "FY2019", "unit": "a", "value": "70"}])
    table = [{"kpi": "audit", "unit": "a", "period": f"FY{2018 + i}", "value": str(60 + i)} for i in range(9)]
    one = seen(d, to_polars(table))["audit", "a"]
    assert one.chance is not None
    assert (of(one.origin), one.chance.end.id) == ("Y:FY2026", "Y:FY2027")
    assert one.chance.p == pytest.approx(float(probability_of(one, 70.0)))


def probability_of(one: Outlook, target: float) -> float:
    from fourfold.engine.probability import level_outlook

    return float(probability(level_outlook(one.forecast, 1), target))


def test_a_frozen_kpi_has_no_interval() -> None:
    d = defined([SHARE | {"state": "frozen"}])
    assert isinstance(d.kpi["share"], Kpi)
    assert seen(d, to_polars(rows("share", MOVED)))["share", "a"].forecast.lack is Lack.DISCRETE


@pytest.mark.parametrize(("where", "found"), [({}, 0), ({"organisation": "nhs"}, 1), ({"kpi": "nhs"}, 1)])
def test_the_rules_that_were_chosen_find_the_signals(where: dict[str, str], found: int) -> None:
    """Seven figures on one side are a signal by the rules of the NHS, and none by the default ones."""
    d = complete(Definitions.model_validate({
        "organisation": {"code": "o", "name": "O", "signal_rules": where.get("organisation", "default")},
        "units": [{"code": "u", "name": "U"}], "strategy": {"code": "s", "name": "S"},
        "kpis": [{"code": "k", "name": "K", "kind": "stock", "signal_rules": where.get("kpi", "")}],
    }))  # fmt: skip
    values = [52, 48, 55, 50, 47, 53, 51, 49, 54, 50, 46, 52, 53, 52, 54, 53, 52, 54, 53]
    first = d.calendar.parse("2025-01")
    rows = to_polars([
        {"kpi": "k", "unit": "u", "period": first.shift(i).id, "value": str(value)} for i, value in enumerate(values)
    ])  # fmt: skip
    shown = d.calendar.range(first, first.shift(len(values) - 1))
    at = datetime(2026, 9, 1, tzinfo=UTC)
    (one,) = outlooks(d, figures(d, rows, as_of=at, periods=shown), as_of=at)
    assert one.reading is not None and len(one.reading.signals) == found


def test_counts_of_rare_events_are_read_by_the_days_between_them() -> None:
    """One event in June of every year of thirteen: 365 or 366 days, and no signal in any of them."""
    d = defined([{"code": "falls", "name": "Falls", "polarity": "lower_better"}])
    values: list[float | None] = [1.0 if (i + 6) % 12 == 2 else 0.0 for i in range(13 * 12)]
    one = seen(d, to_polars(rows("falls", values)))["falls", "a"]
    assert one.reading is not None and one.reading.between is not None
    assert {int(days) for days in one.reading.between.days} == {365, 366}
    assert {one.periods[place].start.month for place in one.reading.between.place.tolist()} == {6}
    assert one.reading.chart == "days between events"


def test_a_count_is_expected_to_be_none_at_least_and_a_share_within_0_and_100() -> None:
    share = {"code": "share", "name": "Share", "kind": "ratio", "unit": "%"}
    none = {"kpi": "falls", "unit": "a", "since": "M:2024-01", "value": "0", "red_line": "3"}
    d = defined([{"code": "falls", "name": "Falls", "polarity": "lower_better"}, share], targets=[none])
    falls: list[float | None] = [1.0, 0, 2, 1, 3, 0, 2, 4, 1, 0, 2, 1, 0, 1]
    tops = [99, 92, 98, 90, 100, 97, 91, 99, 93, 98, 90, 99, 97, 98]  # a whole is a share too
    parts = [
        {"kpi": "share", "unit": "a", "period": p, "numerator": str(n), "denominator": "100"}
        for p, n in zip(months(14), tops, strict=True)
    ]
    found = seen(d, to_polars([*rows("falls", falls), *parts]))
    assert found["falls", "a"].forecast.valid == (0.0, math.inf) and min(found["falls", "a"].forecast.lower95) == 0.0
    assert found["falls", "a"].is_out_of_reach, "there were falls this year, and 0 in the year was wanted"
    assert found["share", "a"].forecast.valid == (0.0, 100.0) and max(found["share", "a"].forecast.upper95) == 100.0
    below = seen(d, to_polars(rows("falls", [*falls, -1.0])))["falls", "a"]
    assert below.forecast.valid == (-math.inf, math.inf), "what was below 0 once is no count"


def test_places_are_those_of_the_whole_and_no_others() -> None:
    kpis = [{"code": code, "name": code, "kind": "stock", "aggregate_units": "sum"} for code in ("x", "y")]
    definitions = defined(kpis)
    table = to_polars([row for code in ("x", "y") for row in rows(code, [float(v) for v in MOVED])])
    whole = seen(definitions, table)
    some = seen(definitions, table, places={("x", "a"), ("y", "all"), ("z", "a"), ("x", "nowhere")})
    assert set(some) == {("x", "a"), ("y", "all")} < set(whole)
    assert all(str(some[place]) == str(whole[place]) for place in some)
