"""What a period is compared with last year, against the weeks counted one by one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.periods import Calendar, Frequency, WeekYear, last_year

RETAIL = Calendar(2, "start_year", WeekYear("4-5-4", "saturday", "nearest_to_month_end"))
SHIFTED = Calendar(2, "start_year", WeekYear("4-5-4", "saturday", "nearest_to_month_end", comparison="shift"))


@pytest.mark.parametrize(
    ("text", "as_is", "shift"),
    [
        (
            "FY2024-P01",
            "FY2024-P01 with FY2023-P01",
            "4 weeks (FY2024-W01 to FY2024-W04) with 4 weeks (FY2023-W02 to FY2023-W05), shifted",
        ),
        (
            "FY2024-P12",
            "FY2024-P12 with FY2023-P12, 4 weeks with 5, as they are",
            "4 weeks (FY2024-W49 to FY2024-W52) with 4 weeks (FY2023-W50 to FY2023-W53), shifted",
        ),
        (
            "FY2023-P12",
            "FY2023-P12 with FY2022-P12, 5 weeks with 4, as they are",
            "4 weeks (FY2023-W49 to FY2023-W52) with 4 weeks (FY2022-W49 to FY2022-W52), shifted",
        ),
        (
            "FY2024",
            "FY2024 with FY2023, 52 weeks with 53, as they are",
            "52 weeks (FY2024-W01 to FY2024-W52) with 52 weeks (FY2023-W02 to FY2023-W53), shifted",
        ),
        ("FY2024-W07", "FY2024-W07 with FY2023-W07", "FY2024-W07 with FY2023-W08"),
        ("FY2023-W53", "FY2023-W53 with FY2022-W52", "week 53 has no counterpart last year"),
        ("FY2022-P12", "FY2022-P12 with FY2021-P12", "FY2022-P12 with FY2021-P12"),
        ("2024-02-04", "2024-02-04 with 2023-01-29", "2024-02-04 with 2023-02-05"),
        ("2024-01-30", "2024-01-30 with 2023-01-24", "week 53 has no counterpart last year"),
    ],
)
def test_a_comparison_says_what_is_compared_and_how(text: str, as_is: str, shift: str) -> None:
    assert str(last_year(RETAIL.parse(text))) == str(last_year(SHIFTED.parse(text), "as_is")) == as_is
    assert str(last_year(SHIFTED.parse(text))) == str(last_year(RETAIL.parse(text), "shift")) == shift


@given(st.integers(1991, 2059), st.sampled_from(list(Frequency)), st.integers(0, 400))
def test_shifted_days_are_364_days_apart_and_none_is_compared_twice(year: int, frequency: Frequency, at: int) -> None:
    parts = SHIFTED.parse(f"FY{year}").parts(frequency)
    found = last_year(parts[at % len(parts)])
    days = [[d.start for p in side for d in p.parts(Frequency.DAY)] for side in (found.this, found.last)]
    assert len(days[0]) == len(days[1]) == len(set(days[1]))
    assert all(a - b == timedelta(days=364) for a, b in zip(*days, strict=True))


@pytest.mark.parametrize("year", [2022, 2023, 2024, 2028, 2029])
def test_the_periods_of_a_year_share_out_its_comparison(year: int) -> None:
    whole = last_year(SHIFTED.parse(f"FY{year}"))
    parts = [last_year(p) for p in SHIFTED.parse(f"FY{year}").parts(Frequency.MONTH)]
    for side in ("this", "last"):
        days = [d for c in parts for p in getattr(c, side) for d in p.parts(Frequency.DAY)]
        assert days == [d for p in getattr(whole, side) for d in p.parts(Frequency.DAY)]
    assert sum(p.days for p in whole.this) == 364


def test_months_are_compared_with_the_same_month() -> None:
    found = last_year(Calendar().parse("2026-03"))
    assert (str(found), found.mode) == ("2026-03 with 2025-03", "as_is")
    assert str(last_year(Calendar().parse("2026-W53"), "shift")) == "2026-W53 with 2025-W52"
