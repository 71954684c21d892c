"""What revisions tell of how figures come and whether they stay."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from fourfold.engine.health.revisions import Conduct, Entry, conduct
from fourfold.engine.periods import Calendar, Period

CALENDAR = Calendar()
TODAY = date(2026, 7, 10)


def month(number: int) -> Period:
    return CALENDAR.parse(f"2026-{number:02}")


def told(months: dict[int, list[tuple[str, float]]], lag: str = "P5D", provisional: bool = False) -> Conduct:
    """Entries by month: (day, figure)."""
    entries = [
        (month(m), [Entry(date.fromisoformat(f"2026-{day}"), value, provisional) for day, value in found])
        for m, found in months.items()
    ]
    return conduct(entries, lag, TODAY)


HISTORY = {1: [("04-20", 1.0)], 2: [("04-20", 2.0)], 3: [("04-20", 3.0)]}


def test_history_that_was_loaded_together_says_nothing_of_when_figures_come() -> None:
    found = told(HISTORY | {4: [("04-20", 4.0)], 5: [("04-20", 4.0)], 6: [("04-20", 4.0)]})
    assert (found.on_time, found.restated) == (None, None)
    assert found.before.size == 0


@pytest.mark.parametrize(
    ("later", "share"),
    [
        ({4: [("05-06", 4.0)], 5: [("06-06", 5.0)], 6: [("07-06", 6.0)]}, 1.0),  # each on the day it is expected
        ({4: [("05-07", 4.0)], 5: [("06-06", 5.0)], 6: [("07-06", 6.0)]}, 2 / 3),  # April a day late
        ({4: [("05-06", 4.0)], 6: [("07-06", 6.0)]}, 2 / 3),  # May never came
        ({}, 0.0),  # nothing came since
    ],
)
def test_the_share_in_time_counts_every_period_due_since(
    later: dict[int, list[tuple[str, float]]], share: float
) -> None:
    assert told(HISTORY | later).on_time == pytest.approx(share)


def test_a_period_not_due_yet_does_not_count() -> None:
    assert told(HISTORY | {4: [("05-06", 4.0)], 5: [("06-06", 5.0)]}, lag="P11D").on_time == 1.0  # June: 12 July


def test_the_first_figure_of_a_period_decides_whether_it_came_in_time() -> None:
    later = {4: [("05-05", 4.0), ("06-30", 5.0)], 5: [("06-06", 5.0)], 6: [("07-01", 1.0)]}
    assert told(HISTORY | later).on_time == 1.0


def test_only_the_last_twelve_periods_tell() -> None:
    first = CALENDAR.parse("2024-12")
    entries = [(first, [Entry(date(2025, 1, 1), 1.0)])]
    for i in range(1, 19):  # January 2025 to June 2026: late in 2025, in time from then on
        period = first.shift(i)
        late = timedelta(days=30 if period.start.year == 2025 else 0)
        entries.append((period, [Entry(period.end + late, 1.0)]))
    assert conduct(entries, "P5D", TODAY).on_time == pytest.approx(6 / 12)


def test_a_figure_that_was_replaced_by_another_is_restated() -> None:
    found = told(HISTORY | {4: [("05-05", 4.0), ("05-06", 4.5)], 5: [("06-05", 5.0), ("06-20", 5.5), ("06-21", 5.5)]})
    assert found.restated == pytest.approx(2 / 5)
    assert found.before.tolist() == [5.0] and found.after.tolist() == [5.5], "April was changed before it was due"


def test_what_was_provisional_may_change() -> None:
    months = HISTORY | {4: [("05-05", 4.0), ("06-01", 4.5)]}
    assert told(months).restated == pytest.approx(1 / 4)
    assert told(months, provisional=True).restated == 0.0


def test_a_figure_that_became_known_later_is_no_correction() -> None:
    found = told(HISTORY | {4: [("05-05", float("nan")), ("06-01", 4.5)]})
    assert found.restated == 0.0 and found.before.size == 0
    assert found.on_time == 0.0, "April came late, and the months after it never"


def test_without_a_figure_nothing_is_known() -> None:
    found = told({})
    assert (found.on_time, found.restated, found.before.size) == (None, None, 0)
