"""What becomes of forecasts: errors, coverage, alarms, and an installation's own interval widths."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from statistics import fmean, median

import numpy as np
import pytest

from fourfold.engine.forecasts import (
    Forecast,
    Lack,
    Method,
    TrackRecord,
    coverage,
    coverage_findings,
    first_of_each_origin,
    forecast,
    hindcast,
    mase,
    msis,
    recalibrate,
    record,
    records_by_length,
    records_by_period,
    score,
    smape,
    wilson,
)
from fourfold.engine.forecasts.accuracy import Coverage, naive_error
from fourfold.engine.forecasts.calibration import MONTHLY, QUARTERLY, UNCALIBRATED, YEARLY, Calibration, calibration_for
from fourfold.engine.forecasts.recalibration import _ranked
from fourfold.engine.forecasts.track_record import Actuals
from fourfold.engine.periods import Calendar, Frequency, Period

ORIGIN = Calendar().parse("2025-12")


def kept(series: str, mean: tuple[float, ...], half: float = 2.0, *, origin: Period = ORIGIN, count: int = 30,
         scale: float | None = 1.0) -> Forecast:  # fmt: skip
    """A forecast as it might have been kept, with plain intervals of ± half and ± twice that."""

    def around(by: float) -> tuple[float, ...]:
        return () if scale is None else tuple(m + by for m in mean)

    return Forecast(
        series=series, as_of=origin.end, origin=origin, method=Method.SEASONAL, lack=Lack.NOTHING, count=count,
        mean=mean, lower80=around(-half), upper80=around(half), lower95=around(-2 * half), upper95=around(2 * half),
        scale=scale, degrees=4, calibration=MONTHLY, naive=tuple(m + 1.0 for m in mean), naive_error=2.0,
    )  # fmt: skip


def after(*values: float, origin: Period = ORIGIN) -> dict[Period, float]:
    return {origin.shift(h): value for h, value in enumerate(values, 1)}


def worth(made: list[Forecast], came: Actuals) -> TrackRecord:
    return record(score(made, came))


def test_the_record_of_two_forecasts_by_hand() -> None:
    made = [kept("waits", (10.0, 10.0)), kept("cost", (50.0, 50.0))]
    came = {"waits": after(11.0, 13.0), "cost": after(55.0)}
    ours = worth(made, came)
    assert (ours.series, ours.forecasts, ours.figures) == (2, 2, 3)
    errors = [fmean([1, 3]) / 2.0, 5 / 2.0]
    assert ours.mase_mean == pytest.approx(fmean(errors))
    assert ours.mase_median == pytest.approx(median(errors))
    naive = [fmean([0, 2]) / 2.0, 4 / 2.0]
    assert ours.value_added == pytest.approx(fmean(naive) - fmean(errors))
    assert ours.bias == pytest.approx(fmean([1, 3, 5]))
    assert (ours.coverage80.inside, ours.coverage80.outcomes) == (1, 3)
    assert (ours.coverage95.inside, ours.coverage95.outcomes) == (2, 3)
    assert ours.msis == pytest.approx(fmean([8 / 2, (8 + 40 * 1) / 2]))


def test_figures_that_have_not_come_take_no_part() -> None:
    made = [kept("waits", (10.0, 10.0)), kept("new", (1.0,))]
    early = worth(made, {"waits": {ORIGIN.shift(1): 11.0, ORIGIN.shift(2): math.nan}})
    assert (early.forecasts, early.figures) == (1, 1)
    nothing = worth(made, {})
    assert (nothing.forecasts, nothing.figures, nothing.alarm) == (0, 0, False)
    assert math.isnan(nothing.mase_mean)
    assert math.isnan(nothing.coverage80.share)


def test_a_forecast_without_an_interval_counts_for_the_error_alone() -> None:
    ours = worth([kept("young", (5.0,), count=4, scale=None)], {"young": after(6.0)})
    assert ours.mase_mean == 0.5
    assert ours.coverage80.outcomes == 0
    assert math.isnan(ours.bias)


def test_forecasts_of_a_real_run_are_scored_against_later_figures() -> None:
    months = Calendar().range(Calendar().parse("2022-01"), Calendar().parse("2026-06"))
    rng = np.random.default_rng(2)
    table = 100 + rng.normal(size=(30, 54)).cumsum(axis=1)
    names = [f"kpi{n}" for n in range(30)]
    made = [
        one for day in (date(2025, 7, 1), date(2025, 10, 1), date(2026, 1, 1))
        for one in forecast(table, months, as_of=day.replace(day=1), names=names)
    ]  # fmt: skip
    came = {name: dict(zip(months, row.tolist(), strict=True)) for name, row in zip(names, table, strict=True)}
    ours = worth(made, came)
    assert (ours.series, ours.forecasts) == (30, 90)
    assert ours.figures == 30 * (11 + 8 + 5)
    assert all(one.origin is not None and one.origin.start <= one.as_of for one in made)


def test_records_are_told_apart_by_length_of_history_and_by_period() -> None:
    made = [kept("a", (10.0, 10.0), count=8), kept("b", (10.0,), origin=ORIGIN.shift(1), count=40)]
    scored = score(made, {"a": after(10.0, 20.0), "b": after(11.0, origin=ORIGIN.shift(1))})
    by_length = records_by_length(scored)
    assert {bucket: r.figures for bucket, r in by_length.items()} == {(6, 11): 2, (36, 59): 1}
    by_period = records_by_period(scored)
    assert {p.short_id: (r.figures, r.coverage80.inside) for p, r in by_period.items()} == {
        "2026-01": (1, 1), "2026-02": (2, 1),
    }  # fmt: skip


def test_the_alarm_waits_for_more_than_chance() -> None:
    bad = worth([kept(f"k{n}", (0.0,)) for n in range(50)], {f"k{n}": after(3.0) for n in range(50)})

    def of(inside: int, outside: int) -> bool:
        made = [kept(f"k{n}", (0.0,)) for n in range(inside + outside)]
        came = {f"k{n}": after(0.0 if n < inside else 3.0) for n in range(inside + outside)}
        return worth(made, came).alarm

    assert [len(list(coverage_findings(worth([], {})))), len(list(coverage_findings(bad)))] == [0, 1]
    assert [of(8, 2), of(5, 5), of(60, 60), of(40, 0), of(96, 24)] == [False, False, True, True, False]


@pytest.mark.parametrize(
    ("inside", "count", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_a_share_has_the_interval_of_newcombes_table(inside: int, count: int, low: float, high: float) -> None:
    """Newcombe (1998), Statistics in Medicine 17:857–872, table I, method 3 (Wilson)."""
    ours = wilson(inside, count)
    assert (ours.low, ours.high) == (pytest.approx(low, abs=5.1e-5), pytest.approx(high, abs=5.1e-5))


def test_metrics_are_those_of_their_formulas() -> None:
    y = np.array([[3.0, 5.0, 4.0, 8.0, 6.0, 9.0]])
    assert naive_error(y, 2).tolist() == [fmean([1, 3, 2, 1])]
    assert naive_error(y, 4).tolist() == [fmean([2, 1, 4, 2, 3])]  # under two cycles: from one to the next
    came, mean = np.array([[10.0, 12.0, np.nan]]), np.array([[9.0, 14.0, 1.0]])
    assert mase(came, mean, np.array([2.0])).tolist() == [0.75]
    assert smape(came, mean)[0] == pytest.approx(fmean([200 / 19, 400 / 26]))
    assert np.isnan(mase(came, mean, naive_error(np.full((1, 6), 7.0), 2))).all()
    assert msis(came, mean - 1, mean + 1, np.array([2.0]))[0] == pytest.approx(fmean([2, 2 + 40 * 1]) / 2)
    assert coverage(came, mean - 1, mean + 1).inside == 1


@pytest.mark.parametrize(
    ("frequency", "name"),
    [(Frequency.MONTH, "monthly"), (Frequency.QUARTER, "quarterly"), (Frequency.YEAR, "yearly"),
     (Frequency.WEEK, "uncalibrated"), (Frequency.DAY, "uncalibrated"), (Frequency.HALF, "uncalibrated")],
)  # fmt: skip
def test_frequencies_nobody_has_measured_are_called_uncalibrated(frequency: Frequency, name: str) -> None:
    assert calibration_for(frequency).name == name


def test_half_widths_are_the_tabulated_ones() -> None:
    h = np.array([1.0, 6.0])
    assert MONTHLY.half_width(0.80, h, 23).tolist() == pytest.approx((1.638 * 1.10 * h**0.35).tolist(), rel=3e-4)
    assert MONTHLY.half_width(0.95, h, 24).tolist() == pytest.approx((2.776 * 1.10 * h**0.35).tolist(), rel=3e-4)
    assert YEARLY.half_width(0.95, h, 60).tolist() == pytest.approx((3.182 * 1.10 * h**0.60).tolist(), rel=3e-4)
    assert UNCALIBRATED.half_width(0.80, 2.0, 30) == MONTHLY.half_width(0.80, 2.0, 30)


def record_of(
    series: int, times: int, width: float, seed: int = 4
) -> tuple[list[Forecast], dict[str, dict[Period, float]]]:
    """Forecasts of zero over two periods with scale 1, and normal figures of this spread."""
    rng = np.random.default_rng(seed)
    made, came = [], {}
    for n in range(series):
        came[f"k{n}"] = {ORIGIN.shift(t): width * float(rng.normal()) for t in range(1, times + 3)}
        made += [kept(f"k{n}", (0.0, 0.0), origin=ORIGIN.shift(t)) for t in range(times)]
    return made, came


def test_a_short_record_changes_nothing() -> None:
    for series, times in ((49, 8), (80, 5)):
        made, came = record_of(series, times, 1.0)
        assert recalibrate(score(made, came), MONTHLY) is MONTHLY


def test_a_long_record_replaces_the_widths_by_those_that_held() -> None:
    made, came = record_of(60, 8, 3.0)
    own = recalibrate(score(made, came), MONTHLY)
    assert own.name == "monthly, own record"
    normal = {0.50: 0.674, 0.80: 1.282, 0.95: 1.960}
    for level, z in normal.items():
        for h in (1.0, 2.0):
            assert float(own.half_width(level, h, 30)) == pytest.approx(3.0 * z, rel=0.15)
    fresh, later = record_of(60, 8, 3.0, seed=5)
    half = float(own.half_width(0.80, 1.0, 30))
    new = score([kept(f.series, f.mean, half, origin=f.origin or ORIGIN) for f in fresh], later)
    assert record(new).coverage80.share == pytest.approx(0.80, abs=0.05)


def test_widths_come_from_the_finite_sample_rank() -> None:
    made, came = record_of(60, 6, 1.0)
    own = recalibrate(score(made, came), MONTHLY)
    sizes = sorted(abs(came[f.series][f.period(1)]) for f in made)
    assert float(own.half_width(0.80, 1.0, 30)) == sizes[math.ceil((len(sizes) + 1) * 0.80) - 1]


def test_horizons_with_too_few_figures_keep_the_usual_widths() -> None:
    own = Calibration("own", 0.35, 1.17, 4, own=((0.95, (2.0, math.nan)),))
    assert own.half_width(0.95, np.array([1.0, 2.0, 3.0]), 30).tolist() == pytest.approx(
        [2.0, *MONTHLY.half_width(0.95, np.array([2.0, 3.0]), 30).tolist()]
    )
    assert float(own.half_width(0.80, 1.0, 30)) == float(MONTHLY.half_width(0.80, 1.0, 30))


def test_own_widths_never_shrink_with_the_horizon() -> None:
    made, came = record_of(60, 8, 1.0)
    own = recalibrate(score(made, came), MONTHLY)
    for level, widths in own.own:
        assert list(widths) == sorted(widths), level


def test_an_own_calibration_makes_the_intervals_of_new_forecasts() -> None:
    made, came = record_of(60, 8, 3.0)
    own = recalibrate(score(made, came), MONTHLY)
    months = Calendar().range(Calendar().parse("2024-01"), ORIGIN)
    y = np.random.default_rng(1).normal(50, 2, size=(1, 24))
    (plain,), (ours,) = (forecast(y, months, as_of=date(2026, 1, 1), calibration=c) for c in (MONTHLY, own))
    assert ours.mean == plain.mean
    assert ours.scale is not None
    assert ours.upper80[0] - ours.mean[0] == pytest.approx(ours.scale * float(own.half_width(0.80, 1.0, 24)))


def test_a_hindcast_is_what_each_past_forecast_said() -> None:
    """Each figure beside the forecast from everything before it, made one by one."""
    rng = np.random.default_rng(7)
    months = Calendar().range(Calendar().parse("2023-01"), Calendar().parse("2026-04"))
    values = 100 + np.cumsum(rng.normal(0, 3, len(months)))
    values[[9, 33]] = np.nan
    found = hindcast(values, months, as_of=date(2026, 5, 1))
    inside = outcomes = 0
    for at in [i for i in range(len(months)) if np.isfinite(values[i])][-12:]:
        (one,) = forecast(values[None, :at], months[:at], as_of=date(2026, 5, 1))
        ahead = at - months.index(one.origin) - 1  # type: ignore[arg-type]
        outcomes += 1
        inside += one.lower80[ahead] <= values[at] <= one.upper80[ahead]
    assert (found.inside, found.outcomes) == (inside, outcomes) and outcomes == 12


def test_a_short_series_has_no_hindcast() -> None:
    months = Calendar().range(Calendar().parse("2026-01"), Calendar().parse("2026-06"))
    for values in (np.full(6, np.nan), np.array([1.0, 2, 3, 4, 5, 6])):
        assert hindcast(values, months, as_of=date(2026, 7, 1)).outcomes == 0


@pytest.mark.parametrize("count", [1, 5, 6, 11, 12, 23, 24, 35, 36, 59, 60, 500])
def test_a_history_belongs_to_the_bucket_that_holds_its_length(count: int) -> None:
    found = records_by_length(score([kept("a", (10.0,), count=count)], {"a": after(10.0)}))
    ((low, high),) = found
    assert low <= count <= high and (low, high) in {(1, 5), (6, 11), (12, 23), (24, 35), (36, 59), (60, 10**9)}


def test_the_own_widths_of_an_installation_stand_before_the_factors_where_there_are_any() -> None:
    own = replace(MONTHLY, own=((0.8, (2.0, math.nan, 3.0)),))
    wide = own.half_width(0.8, np.array([1, 2, 3, 4]), 30)
    usual = MONTHLY.half_width(0.8, np.array([1, 2, 3, 4]), 30)
    assert wide.tolist() == [2.0, usual[1], 3.0, usual[3]]
    spread = own.spread(np.array([1, 2, 3]), 30)
    t = usual[1] / MONTHLY.spread(np.array([2.0]), 30)[0]
    assert spread == pytest.approx([2.0 / t, usual[1] / t, 3.0 / t])
    assert own.half_width(0.95, np.array([1]), 30) > 2.0  # from the spread of the 80 % width


@pytest.mark.parametrize(("low", "high", "alarm"), [
    (0.5, 0.69, True), (0.5, 0.70, False), (0.70, 0.90, False), (0.90, 0.95, False), (0.91, 0.95, True),
    (math.nan, math.nan, False),
])  # fmt: skip
def test_the_alarm_is_for_intervals_below_70_or_above_90_percent(low: float, high: float, alarm: bool) -> None:
    nothing = worth([], {})
    assert replace(nothing, coverage80=Coverage(7, 10, 0.7, low, high)).alarm is alarm


@pytest.mark.parametrize("count", [1, 2, 3, 7, 10, 29, 100])
def test_the_interval_of_none_begins_at_nothing_and_of_all_ends_at_one(count: int) -> None:
    z2 = 1.959963984540054**2
    none, every = wilson(0, count), wilson(count, count)
    assert none.low == pytest.approx(0.0, abs=1e-12) and 0.0 <= none.low < none.high == pytest.approx(z2 / (count + z2))
    assert every.high == pytest.approx(1.0) and every.low == pytest.approx(count / (count + z2)) and every.high <= 1.0
    assert (none.share, every.share, every.inside, every.outcomes) == (0.0, 1.0, count, count)


def test_a_forecast_without_a_scale_has_no_bias() -> None:
    came = {"a": after(11.0), "b": after(13.0)}
    assert math.isnan(worth([kept("a", (10.0,), scale=0.0)], came).bias)
    assert worth([kept("a", (10.0,), scale=0.0), kept("b", (10.0,), scale=2.0)], came).bias == 1.5


@pytest.mark.parametrize(("series", "times", "own"), [(50, 6, True), (49, 6, False), (50, 5, False)])
def test_fifty_series_of_six_forecasts_make_a_record_of_ones_own(series: int, times: int, own: bool) -> None:
    made, came = record_of(series, times, 1.0)
    assert bool(recalibrate(score(made, came), MONTHLY).own) is own


@pytest.mark.parametrize(("count", "level", "wanted"), [
    (4, 0.8, 4.0), (3, 0.8, math.nan), (9, 0.8, 8.0), (10, 0.8, 9.0), (1, 0.5, 1.0), (2, 0.5, 2.0), (0, 0.5, math.nan),
    (19, 0.95, 19.0), (18, 0.95, math.nan), (39, 0.95, 38.0),
])  # fmt: skip
def test_a_width_is_the_figure_of_its_rank_and_none_where_there_are_too_few(
    count: int, level: float, wanted: float
) -> None:
    assert _ranked(np.arange(float(count), 0.0, -1.0), level) == pytest.approx(wanted, nan_ok=True)


@pytest.mark.parametrize(("calibration", "gamma", "long_gamma", "kappa", "degrees"), [
    (MONTHLY, 0.35, 0.35, 1.17, 4), (QUARTERLY, 0.60, 0.50, 1.30, 4), (YEARLY, 0.60, 0.60, 1.30, 3),
    (UNCALIBRATED, 0.35, 0.35, 1.17, 4),
])  # fmt: skip
def test_errors_of_one_period_and_of_a_sum_grow_as_measured(
    calibration: Calibration, gamma: float, long_gamma: float, kappa: float, degrees: int
) -> None:
    h = np.array([1.0, 2.0, 12.0])
    assert calibration.cumulative_spread(h).tolist() == pytest.approx((1.10 * h**kappa).tolist())
    assert calibration.spread(h, 23).tolist() == pytest.approx((1.10 * h**gamma).tolist())
    assert calibration.spread(h, 24).tolist() == pytest.approx((1.10 * h**long_gamma).tolist())
    assert [calibration.degrees(n) for n in (23, 24, 25)] == [3, degrees, degrees]


def test_only_the_first_forecast_from_each_origin_counts_and_none_that_reach_nowhere() -> None:
    first, again = kept("a", (1.0,)), kept("a", (2.0,))
    later, other = kept("a", (3.0,), origin=ORIGIN.shift(1)), kept("b", (4.0,))
    none = kept("a", (), origin=ORIGIN.shift(2))
    lost = replace(kept("c", (5.0,)), origin=None)
    assert list(first_of_each_origin([first, again, none, later, lost, other])) == [first, later, other]


def test_a_hindcast_is_of_as_many_figures_as_asked_for_after_a_step_or_not() -> None:
    months = Calendar().range(Calendar().parse("2024-01"), Calendar().parse("2025-06"))
    values = np.array([50.0, 52, 49, 51, 53, 48, 50, 52, 49, 90, 92, 89, 91, 93, 88, 90, 92, 89])
    day = date(2025, 7, 1)
    assert [hindcast(values, months, as_of=day, times=n).outcomes for n in (1, 2, 5, 12, 18)] == [1, 2, 5, 12, 12]
    stepped = hindcast(values, months, as_of=day, times=3, since=9)
    assert (stepped.inside, stepped.outcomes) == (3, 3)
    assert hindcast(values, months, as_of=day, times=3, since=9, valid=(0.0, 50.0)).inside == 0


def test_what_was_measured_is_by_series_and_period() -> None:
    made = [kept("a", (1.0, 2.0)), kept("b", (3.0,), origin=ORIGIN.shift(1))]
    scored = score(made, {"a": after(1.5), "b": after(4.0, origin=ORIGIN.shift(1))})
    assert np.array_equal(scored.actual, [[1.5, math.nan], [4.0, math.nan]], equal_nan=True)
    assert np.array_equal(scored.of([1]).mean, [[3.0, math.nan]], equal_nan=True)
    assert scored.of([1]).series == ("b",) and scored.of([1]).forecasts == (made[1],)
    assert score([], {}).actual.shape == (0, 0)
