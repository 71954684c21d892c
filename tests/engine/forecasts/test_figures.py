"""Which figures a forecast rests on: five kinds of no number, marks, gaps, confirmed steps, the day it is made."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from fourfold.engine.cells import Mark, State
from fourfold.engine.forecasts import Forecast, ForecastError, Lack, Method, forecast
from fourfold.engine.forecasts.accuracy import naive_error, seasonal_naive
from fourfold.engine.forecasts.calibration import MONTHLY
from fourfold.engine.forecasts.history import LONGEST, histories
from fourfold.engine.forecasts.ladder import method_for
from fourfold.engine.forecasts.scale import _one_step, origins
from fourfold.engine.periods import Calendar, Frequency

MONTHS = Calendar().range(Calendar().parse("2024-01"), Calendar().parse("2025-12"))
LATER = date(2026, 1, 20)
N, MISSING, NA, NOT_DUE, ERROR = (np.uint8(s) for s in State)
WAVE = [10.0 + n % 4 + n / 10 for n in range(24)]


def one(
    y: list[float], states: list[np.uint8] | None = None, marks: list[int] | None = None, **more: object
) -> Forecast:
    state = None if states is None else np.array([states], dtype=np.uint8)
    marked = None if marks is None else np.array([marks], dtype=np.uint8)
    given: dict[str, object] = {"as_of": LATER, "state": state, "marks": marked, **more}
    return forecast(np.array([y]), MONTHS[: len(y)], **given)[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("states", "lack"),
    [
        ([MISSING] * 8, Lack.NO_FIGURES),
        ([NOT_DUE] * 8, Lack.NOT_DUE),
        ([NA] * 8, Lack.NOT_APPLICABLE),
        ([ERROR] * 8, Lack.ERRORS),
        ([NA] * 4 + [NOT_DUE] * 4, Lack.NOT_DUE),
        ([ERROR] * 4 + [MISSING] * 4, Lack.NO_FIGURES),
    ],
)
def test_each_kind_of_no_number_gives_its_own_reason(states: list[np.uint8], lack: Lack) -> None:
    ours = one([np.nan] * 8, states)
    assert (ours.method, ours.lack, ours.origin, ours.mean, ours.horizon) == (Method.NONE, lack, None, (), 0)


def test_a_unit_that_no_longer_has_the_kpi_gets_no_forecast() -> None:
    ours = one(WAVE[:20] + [np.nan] * 4, [N] * 20 + [NA] * 4)
    assert (ours.method, ours.lack) == (Method.NONE, Lack.NOT_APPLICABLE)


def test_zero_is_a_figure_like_any_other() -> None:
    ours = one([0.0, 3.0, 0.0, 1.0, 4.0, 0.0, 2.0])
    assert ours.count == 7
    assert ours.method is Method.SES


def test_a_forecast_begins_after_the_last_figure_not_after_today() -> None:
    ours = one([*WAVE[:20], np.nan, np.nan, np.nan, np.nan], [N] * 20 + [MISSING] * 2 + [NOT_DUE] * 2)
    assert ours.origin == MONTHS[19]
    assert ours.period(1) == MONTHS[20]
    assert ours.mean == one(WAVE[:20]).mean


def test_missing_and_error_cells_in_between_are_gaps_and_nothing_else() -> None:
    y, states = list(WAVE), [N] * 24
    states[7], states[15] = MISSING, ERROR
    y[7] = y[15] = np.nan
    ours = one(y, states)
    assert ours.count == 22
    assert ours.lack is Lack.NOTHING
    assert ours.mean == one(y).mean
    assert ours.mean == pytest.approx(one(WAVE).mean, abs=1.5)


def test_what_stands_in_a_cell_that_is_no_number_is_not_read() -> None:
    assert one([*WAVE[:20], 1e9], [N] * 20 + [ERROR]).mean == one(WAVE[:20]).mean


@pytest.mark.parametrize("mark", [Mark.PROVISIONAL, Mark.CARRIED, Mark.STALE])
def test_figures_that_are_not_their_periods_own_do_not_count(mark: Mark) -> None:
    ours = one([*WAVE[:20], 1e6], [N] * 21, [0] * 20 + [mark])
    assert ours.mean == one(WAVE[:20]).mean


@pytest.mark.parametrize("mark", [Mark.ESTIMATE, Mark.UNAPPROVED, Mark.PARTIAL])
def test_other_marks_do_not_keep_a_figure_out(mark: Mark) -> None:
    assert one(WAVE, [N] * 24, [0] * 23 + [mark]).mean == one(WAVE).mean


def test_nothing_that_begins_after_the_day_is_read() -> None:
    early = one(WAVE, as_of=date(2025, 6, 30))
    assert early.origin == MONTHS[17]
    assert early.mean == one(WAVE[:18]).mean
    nothing = one(WAVE, as_of=date(2023, 1, 1))
    assert (nothing.method, nothing.lack) == (Method.NONE, Lack.NO_FIGURES)


def test_after_a_confirmed_step_only_what_follows_counts_once_it_is_six_figures() -> None:
    y = [100.0 + n % 3 for n in range(12)] + [500.0 + n % 4 for n in range(6)]
    stepped = one(y, since=np.array([12]))
    assert stepped.mean == one(y[12:]).mean
    assert stepped.count == 6
    too_early = one(y[:17], since=np.array([12]))
    assert too_early.mean == one(y[:17]).mean
    assert too_early.count == 17


def test_up_to_five_figures_are_called_indicative() -> None:
    assert one(WAVE[:5]).lack is Lack.SHORT
    assert one(WAVE[:6]).lack is Lack.NOTHING


def test_levels_and_yes_or_no_carry_the_last_figure_on() -> None:
    ours = one([0.0, 1.0, 1.0, 0.0, 1.0, 2.0, 3.0, 1.0], discrete=np.array([True]))
    assert (ours.method, ours.lack) == (Method.LAST, Lack.DISCRETE)
    assert set(ours.mean) == {1.0}
    assert ours.scale is None


def test_with_two_different_figures_there_is_no_interval() -> None:
    ours = one([3.0, 3.0, 4.0, 3.0, 3.0, 4.0, 4.0, 3.0])
    assert (ours.method, ours.lack, ours.lower95) == (Method.LAST, Lack.FEW_VALUES, ())
    assert set(ours.mean) == {3.0}


def test_forecast_and_interval_stay_within_the_valid_range() -> None:
    y = [90.0, 92.0, 95.0, 93.0, 97.0, 98.0, 99.0, 99.5, 98.5, 99.0, 99.8, 99.9, 99.9]
    free, bound = one(y), one(y, valid_min=0.0, valid_max=np.array([100.0]))
    assert max(free.upper95) > 100.0
    assert max(bound.upper95) == 100.0 == max(bound.upper80)
    assert max(bound.mean) <= 100.0
    assert bound.lower80 == free.lower80
    assert max(bound.interval(0.95)[1]) == 100.0


def test_kept_bounds_are_the_intervals_of_their_level() -> None:
    ours = one(WAVE)
    assert ours.interval(0.80)[0] == pytest.approx(ours.lower80)
    assert ours.interval(0.95)[1] == pytest.approx(ours.upper95)
    assert all(low < mid for low, mid in zip(ours.half_widths(0.5), ours.half_widths(0.8), strict=True))


def test_very_long_histories_are_cut_to_the_newest_part() -> None:
    y = np.random.default_rng(1).normal(size=(1, 400))
    y[0, -3] = np.nan
    cut = histories(y, m=12)
    assert (cut.length.tolist(), cut.count.tolist()) == ([LONGEST], [LONGEST - 1])
    assert histories(y, m=52).length.tolist() == [260]


def test_no_series_no_forecasts() -> None:
    assert forecast(np.empty((0, 24)), MONTHS, as_of=LATER) == ()


def test_the_naive_forecast_repeats_the_last_cycle() -> None:
    assert one(WAVE).naive == tuple(WAVE[12:])
    assert set(one(WAVE[:20]).naive) == {WAVE[19]}


def test_misuse_is_refused_with_a_hint() -> None:
    with pytest.raises(ForecastError, match="no periods"):
        forecast(np.empty((1, 0)), (), as_of=LATER)
    with pytest.raises(ForecastError, match="not consecutive"):
        forecast(np.ones((1, 2)), (MONTHS[0], MONTHS[2]), as_of=LATER)
    with pytest.raises(ForecastError, match="do not fit 24 periods"):
        forecast(np.ones((1, 23)), MONTHS, as_of=LATER)
    with pytest.raises(ForecastError, match="cannot reach 0"):
        one(WAVE, horizon=0)
    with pytest.raises(ForecastError, match="does not reach 13"):
        one(WAVE).period(13)


def test_histories_begin_with_their_first_figure_and_keep_their_gaps() -> None:
    nan = np.nan
    table = np.array([
        [nan, 0.1, nan, 0.2, nan], [nan] * 5, [3.0, nan, nan, nan, nan], [np.inf, nan, nan, nan, -5.0],
        [1.0, 2.0, 3.0, 4.0, 9.0],
    ])  # fmt: skip
    found = histories(table)
    assert (found.length.tolist(), found.count.tolist(), found.last.tolist()) == (
        [3, 0, 1, 1, 5], [2, 0, 1, 1, 5], [3, -1, 0, 4, 4],
    )  # fmt: skip
    assert found.exponent.tolist() == [-2, 0, 2, 3, 4]  # the largest lies between a half and one afterwards
    wanted = [[0.1, nan, 0.2, nan, nan], [nan] * 5, [3.0, *[nan] * 4], [-5.0, *[nan] * 4], table[4].tolist()]
    assert np.array_equal(np.ldexp(found.values, found.exponent[:, None]), wanted, equal_nan=True)
    for shape in ((0, 5), (2, 0)):
        none = histories(np.empty(shape))
        assert (
            none.values.shape == (shape[0], 0) and none.last.tolist() == [-1] * shape[0] == (none.length - 1).tolist()
        )


@pytest.mark.parametrize(("since", "first"), [(0, 0), (4, 4), (6, 6), (7, 0), (11, 0)])
def test_a_confirmed_step_counts_where_six_figures_follow_gaps_or_not(since: int, first: int) -> None:
    row = np.arange(14.0)
    row[[8, 10]] = np.nan  # from the 7th on there are six figures, from the 8th on five
    found = histories(np.array([row, row]), since=np.array([0, since]))
    assert found.length.tolist() == [14, 14 - first]
    assert np.ldexp(found.values[1, 0], found.exponent[1]) == first


@pytest.mark.parametrize(("count", "method"), [(5, Method.MEDIAN), (6, Method.LAST), (7, Method.LAST)])
def test_equal_figures_are_carried_on_from_the_sixth(count: int, method: Method) -> None:
    ours = one([3.0] * count)
    assert ours.method is method and set(ours.mean) == {3.0}
    assert ours.lack is (Lack.SHORT if count < 6 else Lack.FEW_VALUES)


def test_a_period_that_begins_today_is_read() -> None:
    assert one(WAVE, as_of=MONTHS[17].start).origin == MONTHS[17]
    assert one(WAVE, as_of=MONTHS[17].start - timedelta(days=1)).origin == MONTHS[16]


@pytest.mark.parametrize(("frequency", "horizon"), [
    (Frequency.DAY, 14), (Frequency.WEEK, 13), (Frequency.MONTH, 12), (Frequency.QUARTER, 8), (Frequency.HALF, 4),
    (Frequency.YEAR, 3),
])  # fmt: skip
def test_a_forecast_reaches_about_a_year_or_a_fortnight_unless_asked_otherwise(
    frequency: Frequency, horizon: int
) -> None:
    first = Calendar().period(frequency, date(2020, 1, 1))
    periods = tuple(first.shift(n) for n in range(3))
    (ours,) = forecast(np.array([[1.0, 2.0, 4.0]]), periods, as_of=date(2024, 1, 1))
    assert ours.horizon == horizon and ours.origin == periods[2]
    (short,) = forecast(np.array([[1.0, 2.0, 4.0]]), periods, as_of=date(2024, 1, 1), horizon=1)
    assert short.mean == (2.0,) and short.period(1) == first.shift(3)
    for h in (0, 2):
        with pytest.raises(ForecastError, match=f"does not reach {h} "):
            short.period(h)


@pytest.mark.parametrize(("count", "degrees"), [(6, 3), (23, 3), (24, 4)])
def test_intervals_are_those_of_the_number_of_figures(count: int, degrees: int) -> None:
    ours = one(WAVE[:count])
    assert ours.degrees == degrees and ours.scale is not None and ours.count == count
    for level, lower, upper in ((0.8, ours.lower80, ours.upper80), (0.95, ours.lower95, ours.upper95)):
        for h in (1, 2, 12):
            half = ours.scale * MONTHLY.half_width(level, h, count)
            assert (ours.mean[h - 1] - lower[h - 1], upper[h - 1] - ours.mean[h - 1]) == pytest.approx((half, half))
            assert ours.half_widths(level)[h - 1] == pytest.approx(half)


@pytest.mark.parametrize(("states", "lack"), [
    ([MISSING, NA], Lack.NOT_APPLICABLE), ([NA, MISSING], Lack.NO_FIGURES), ([MISSING, NOT_DUE], Lack.NO_FIGURES),
    ([ERROR, NOT_DUE], Lack.ERRORS), ([NOT_DUE, ERROR], Lack.ERRORS), ([ERROR, NA], Lack.NOT_APPLICABLE),
    ([NA, ERROR], Lack.ERRORS), ([NOT_DUE, NA], Lack.NOT_APPLICABLE), ([NOT_DUE], Lack.NOT_DUE),
])  # fmt: skip
def test_the_newest_state_and_the_gravest_say_why_there_is_no_figure(states: list[np.uint8], lack: Lack) -> None:
    assert one([np.nan] * len(states), states).lack is lack


@pytest.mark.parametrize(("y", "length", "wanted"), [
    ([1, 2, 3, 4, 5, 6, 7, 8], 8, [5, 6, 7, 8, 5, 6]), ([1, 2, 3, 4, 5, 6, 7], 7, [7] * 6),
    ([1, 2, 3, 4, 5, None, 7, 8, 9], 9, [9, 7, 8, 9, 9, 7]), ([4], 1, [4] * 6), ([None], 0, [None] * 6),
])  # fmt: skip
def test_the_naive_forecast_is_of_a_cycle_ago_from_two_cycles_of_figures_on(
    y: list[float | None], length: int, wanted: list[float | None]
) -> None:
    row = np.full((2, 12), np.nan)
    row[1, : len(y)] = np.array(y, dtype=float)
    found = seasonal_naive(row, np.array([0, length]), 4, 6)
    assert np.array_equal(found, np.array([[None] * 6, wanted], dtype=float), equal_nan=True)
    alone = seasonal_naive(row[1:, : len(y)], np.array([length]), 4, 6)
    assert np.array_equal(alone, found[1:], equal_nan=True)


@pytest.mark.parametrize(("cycle", "wanted"), [(1, 2.0), (2, 7 / 4), (3, 10 / 3), (4, 2.0), (12, 2.0)])
def test_the_naive_error_is_of_a_cycle_where_there_are_two(cycle: int, wanted: float) -> None:
    y = np.array([[3.0, 5.0, 4.0, 7.0, 6.0, 9.0], [7.0] * 6, [np.nan] * 6])
    assert naive_error(y, cycle).tolist() == pytest.approx([wanted, np.nan, np.nan], nan_ok=True)


@pytest.mark.parametrize(("residuals", "wanted"), [
    ([9.0, 9.0, 3.0, *[1.0] * 5], (14 / 6) ** 0.5), ([9.0, 9.0, 9.0, *[2.0] * 6], 2.0),
    ([9.0, 9.0, 3.0, np.nan, 4.0], 12.5**0.5), ([9.0, 9.0], np.nan), ([9.0, 9.0, np.nan], np.nan),
])  # fmt: skip
def test_the_first_errors_of_a_fit_do_not_count(residuals: list[float], wanted: float) -> None:
    rows = np.array([residuals, [5.0] * len(residuals)])
    assert _one_step(rows).tolist() == pytest.approx([wanted, 5.0 if len(residuals) > 2 else np.nan], nan_ok=True)


def test_forecasts_are_made_again_from_the_fourth_period_or_the_middle_on() -> None:
    firsts = {length: list(origins(length)) for length in (4, 5, 6, 8, 9, 10, 11, 60)}
    assert {length: (found[0] if found else None, len(found)) for length, found in firsts.items()} == {
        4: (None, 0), 5: (4, 1), 6: (4, 2), 8: (4, 4), 9: (4, 5), 10: (5, 5), 11: (5, 6), 60: (30, 30),
    }  # fmt: skip


@pytest.mark.parametrize(("m", "rungs"), [
    (12, {5: Method.MEDIAN, 6: Method.SES, 11: Method.SES, 12: Method.SES_THETA, 23: Method.SES_THETA,
          24: Method.SEASONAL}),
    (4, {5: Method.MEDIAN, 6: Method.SES_THETA, 7: Method.SES_THETA, 8: Method.SEASONAL}),
    (2, {5: Method.MEDIAN, 6: Method.SEASONAL}), (1, {0: Method.NONE, 1: Method.MEDIAN, 6: Method.SEASONAL}),
    (52, {51: Method.SES, 52: Method.SES_THETA, 103: Method.SES_THETA, 104: Method.SEASONAL}),
])  # fmt: skip
def test_the_ladder_has_a_rung_for_six_figures_one_cycle_and_two(m: int, rungs: dict[int, Method]) -> None:
    assert {count: method_for(count, m) for count in rungs} == rungs
