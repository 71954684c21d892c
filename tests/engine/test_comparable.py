"""Flows of longer and shorter periods, read as if all were equally long: against the even figures read alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from fourfold.engine.comparable import season_of
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete
from fourfold.engine.forecasts import forecast
from fourfold.engine.kpis import figures
from fourfold.engine.measurements import to_polars
from fourfold.engine.outlook import Outlook, outlooks
from fourfold.engine.periods import Frequency
from fourfold.engine.signals import Remark, Scale, chart_of, read_signals

AS_OF = datetime(2028, 9, 10, tzinfo=UTC)
#: What is sold in a week of each of 24 periods: nothing happens but chance.
RATES = [100, 97, 104, 99, 102, 95, 101, 98, 105, 100, 96, 103, 99, 101, 97, 104, 98, 102, 100, 95, 103, 99, 101, 98]


#: Three times as much in December as in August.
FACTORS = [0.8, 0.9, 1.0, 1.5, 1.2, 1.1, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5]


def company(normalise: str, kpi: dict[str, Any] | None = None, **organisation: Any) -> Definitions:
    return complete(Definitions.model_validate({
        "organisation": {"code": "o", "name": "O", "fiscal_year_start": 9, **organisation},
        "units": [{"code": "u", "name": "U"}],
        "strategy": {"code": "s", "name": "S"},
        "kpis": [{"code": "sales", "name": "Sales", "normalise": normalise, **(kpi or {})}],
        "targets": [{"kpi": "sales", "since": "FY2027-P01" if organisation.get("week_pattern") else "2026-09",
                     "value": "420", "red_line": "300"}],
    }))  # fmt: skip


def seen(d: Definitions, values: list[float]) -> Outlook:
    """The outlook of as many months as there are values, from the first one of the fiscal year 2027."""
    first = d.calendar.parse("FY2027").parts(Frequency.MONTH)[0]
    rows = [{"kpi": "sales", "unit": "u", "period": first.shift(i).id, "value": str(v)} for i, v in enumerate(values)]
    shown = [first.shift(len(values) - 1)]
    (one,) = outlooks(d, figures(d, to_polars(rows), as_of=AS_OF, periods=shown), as_of=AS_OF)
    return one


def weeks_of(d: Definitions, count: int) -> list[int]:
    """Weeks of each period, by its first and last day."""
    first = d.calendar.parse("FY2027").parts(Frequency.MONTH)[0]
    return [(first.shift(i).end - first.shift(i).start).days // 7 for i in range(count)]


def test_a_year_of_weeks_gives_no_signals_of_its_own_pattern() -> None:
    d, raw = (company(word, week_pattern="4-4-5") for word in ("weeks", ""))
    weeks = weeks_of(d, 24)
    assert sorted(set(weeks)) == [4, 5]
    sold = [float(w * r) for w, r in zip(weeks, RATES, strict=True)]
    even = np.array([r * 52 / 12 for r in RATES])
    one, alone = seen(d, sold), read_signals(even, chart_of(d.kpi["sales"]), target=420.0)
    assert one.reading is not None
    assert [(s.rule, s.at) for s in one.reading.signals] == [(s.rule, s.at) for s in alone.signals]
    back = np.array(weeks) * 12 / 52
    assert one.reading.upper == pytest.approx(alone.upper * back)
    assert one.reading.centre == pytest.approx(alone.centre * back)
    width = one.reading.upper - one.reading.lower
    assert width[2] / width[0] == pytest.approx(5 / 4)  # a longer period may vary more
    plain = seen(raw, sold).reading
    assert plain is not None and np.nanmax(plain.upper - plain.lower) > 2 * np.nanmax(width)


def test_forecasts_are_those_of_even_figures_in_the_length_of_the_period_ahead() -> None:
    d = company("weeks", week_pattern="4-4-5")
    weeks = weeks_of(d, 30)
    one = seen(d, [float(w * r) for w, r in zip(weeks, RATES, strict=False)])
    axis = [d.calendar.parse("FY2027-P01").shift(i) for i in range(24)]
    even = np.array([[r * 52 / 12 for r in RATES]])
    (alone,) = forecast(even, axis, as_of=date(2028, 9, 10), names=["sales/u"])
    for h in range(6):
        back = weeks[24 + h] * 12 / 52
        assert one.forecast.mean[h] == pytest.approx(alone.mean[h] * back)
        assert one.forecast.upper80[h] == pytest.approx(alone.upper80[h] * back)
    assert one.forecast.scale == pytest.approx(alone.scale)


def test_business_days_count_as_the_unit_works_them() -> None:
    d = company("business_days", holidays=["2026-12-25", "2026-12-28", "2026-12-29", "2026-12-30", "2026-12-31"])
    first = date(2026, 9, 1)

    def days_in(month: int) -> int:
        start = date(first.year + (first.month - 1 + month) // 12, (first.month - 1 + month) % 12 + 1, 1)
        end = date(first.year + (first.month + month) // 12, (first.month + month) % 12 + 1, 1)
        every = (start + timedelta(days=n) for n in range((end - start).days))
        return sum(day.weekday() < 5 and day.isoformat() not in d.organisation.holidays for day in every)

    own = [days_in(m) for m in range(24)]
    means = [sum(own[:12]) / 12] * 12 + [sum(own[12:]) / 12] * 12
    one = seen(d, [float(n * r) for n, r in zip(own, RATES, strict=True)])
    even = np.array([r * m for r, m in zip(RATES, means, strict=True)])
    alone = read_signals(even, chart_of(d.kpi["sales"]), target=420.0)
    assert one.reading is not None
    assert one.reading.upper == pytest.approx(alone.upper * np.array(own) / np.array(means))
    assert one.reading.adjusted == pytest.approx(np.array(own) * RATES)


def test_a_month_without_a_business_day_says_nothing_and_nothing_is_expected_of_one() -> None:
    august = [f"2027-08-{n:02}" for n in range(1, 32)]
    next_one = [f"2028-09-{n:02}" for n in range(1, 31)]
    d = company("business_days", holidays=august + next_one)
    one = seen(d, [2000.0 + r for r in RATES])
    assert one.reading is not None
    assert np.isnan(one.reading.adjusted[11]) and not any(s.at == 11 for s in one.reading.signals)
    assert one.forecast.mean[0] == 0.0 and one.forecast.mean[1] > 1000


@pytest.mark.parametrize("normalise", ["weeks", "business_days"])
def test_rare_events_are_charted_by_the_days_between_them_whatever_the_length_of_periods(normalise: str) -> None:
    accidents = [float(n % 2 == 0 and n % 7 != 0) for n in range(24)]
    one, plain = (seen(company(word, week_pattern="4-4-5"), accidents) for word in (normalise, ""))
    assert one.reading is not None and one.reading.between is not None
    assert plain.reading is not None and plain.reading.between is not None
    assert one.reading.between.days.tolist() == plain.reading.between.days.tolist()
    assert np.array_equal(one.reading.between.upper, plain.reading.between.upper) and len(one.reading.between.upper) > 8


def test_counts_of_some_events_are_still_made_comparable() -> None:
    d = company("weeks", week_pattern="4-4-5")
    sold = [float(w) for w in weeks_of(d, 24)]
    one = seen(d, sold)
    assert one.reading is not None and one.reading.between is None
    assert one.reading.centre == pytest.approx(sold)


def test_other_kpis_are_read_as_they_are() -> None:
    d = company("", week_pattern="4-4-5")
    values = [float(400 + r) for r in RATES]
    one, alone = seen(d, values), read_signals(np.array(values), chart_of(d.kpi["sales"]), target=420.0)
    assert one.reading is not None and np.array_equal(one.reading.upper, alone.upper)


def test_a_season_known_from_the_calendar_is_taken_out_from_the_first_figure() -> None:
    d = company("", {"season": "profile", "season_factors": FACTORS})
    one = seen(d, [4 * r * f for r, f in zip(RATES[:14], FACTORS * 2, strict=False)])
    alone = read_signals(np.array([4.0 * r for r in RATES[:14]]), chart_of(d.kpi["sales"]))
    assert one.reading is not None and not one.reading.signals and Remark.SEASON in one.reading.remarks
    assert one.reading.centre == pytest.approx(alone.centre * np.resize(FACTORS, 14))
    assert one.reading.upper == pytest.approx(alone.upper * np.resize(FACTORS, 14))
    assert one.forecast.mean[1] / one.forecast.mean[0] == pytest.approx(1.5 / 1.0, rel=0.01)  # December, November


def test_a_rate_with_a_known_season_expects_its_share_of_each_month() -> None:
    d = company("", {"kind": "ratio", "unit": "%", "season": "profile", "season_factors": FACTORS})
    first, asked = d.calendar.parse("FY2027").parts(Frequency.MONTH)[0], [100, 1000] * 12
    rows = [
        {"kpi": "sales", "unit": "u", "period": first.shift(i).id, "numerator": str(n * r * f / 200),
         "denominator": str(n)}
        for i, (n, r, f) in enumerate(zip(asked, RATES, FACTORS * 2, strict=True))
    ]  # fmt: skip
    shown = [first.shift(23)]
    (one,) = outlooks(d, figures(d, to_polars(rows), as_of=AS_OF, periods=shown), as_of=AS_OF)
    top = np.array(asked) * RATES / 200
    chart = chart_of(d.kpi["sales"])
    alone = read_signals(100 * top / asked, chart, numerator=top, denominator=np.array(asked, dtype=float))
    assert one.reading is not None and one.reading.scale is Scale.STANDARDISED
    assert one.reading.upper / np.resize(FACTORS, 24) == pytest.approx(alone.upper)


@pytest.mark.parametrize(
    ("frequency", "first", "wanted"),
    [("day", "2026-11-29", [7, 1, 2]), ("week", "2026-W52", [52, 52, 1]), ("quarter", "FY2027-Q4", [4, 1, 2])],
)
def test_factors_are_those_of_weekdays_or_of_the_fiscal_year(frequency: str, first: str, wanted: list[int]) -> None:
    count = Frequency(frequency).season
    own = {"frequency": frequency, "season": "profile", "season_factors": list(range(1, count + 1))}
    d = company("", own, fiscal_year_start=1 if frequency == "week" else 9)
    begin = d.calendar.parse(first, Frequency(frequency))
    found = season_of(d.kpi["sales"], [begin.shift(i) for i in range(3)])
    assert found * (count + 1) / 2 == pytest.approx(wanted)
