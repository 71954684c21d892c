"""What a period is compared with a year before, where one of the two years has 53 weeks (§2.3)."""

from __future__ import annotations

from dataclasses import dataclass

from fourfold.engine.periods.frequency import Frequency
from fourfold.engine.periods.period import Period
from fourfold.engine.periods.week_year import Mode, week_count, week_year_ago


@dataclass(frozen=True, slots=True)
class Comparison:
    """The periods compared: of this year and of last year, in order, and how they were chosen.

    One period each, unless weeks were shifted: then the weeks in their place. Both are empty for a week 53 that has no
    counterpart.
    """

    this: tuple[Period, ...]
    last: tuple[Period, ...]
    mode: Mode = "as_is"

    def __str__(self) -> str:
        """What to print beside the number, such as `4 weeks (FY2024-W01 to FY2024-W04) with 4 (…), shifted`."""
        if not self.this:
            return "week 53 has no counterpart last year"
        if len(self.this) == len(self.last) == 1:
            this, last = self.this[0], self.last[0]
            unequal = this.calendar.weeks is not None and this.days != last.days
            end = f", {this.days // 7} weeks with {last.days // 7}, as they are" if unequal else ""
            return f"{this.short_id} with {last.short_id}{end}"
        return f"{_run(self.this)} with {_run(self.last)}, shifted"


def last_year(period: Period, mode: Mode | None = None) -> Comparison:
    """What to compare a period with; `mode` is that of the calendar where none is given.

    `as_is` compares the same numbers, however many weeks they have. `shift` drops week 1 of a last year of 53 weeks
    and week 53 of this one, so that every week meets the one 364 days before and holidays align; a longer period then
    is the sum of its weeks, and needs weekly figures. A calendar of months knows only `as_is`.

    >>> from fourfold.engine.periods import Calendar, WeekYear
    >>> nrf = Calendar(2, "start_year", WeekYear("4-5-4", "saturday", "nearest_to_month_end"))
    >>> str(last_year(nrf.parse("FY2024-P01"), "shift"))
    '4 weeks (FY2024-W01 to FY2024-W04) with 4 weeks (FY2023-W02 to FY2023-W05), shifted'
    """
    weeks, start_month = period.calendar.weeks, period.calendar.fiscal_start_month
    if weeks is None:
        return Comparison((period,), (period.year_ago(),))
    mode = mode or weeks.comparison
    year = period.within(Frequency.YEAR).ordinal
    if mode == "as_is" or 53 not in (week_count(y, start_month, weeks) for y in (year - 1, year)):
        return Comparison((period,), (_as_is(period),), mode)
    if period.frequency is Frequency.DAY:
        found = last_year(period.within(Frequency.WEEK), mode)
        days = (found.last[0].start - found.this[0].start).days if found.this else 0
        return Comparison((period,), (period.shift(days),), mode) if days else Comparison((), (), mode)
    own = period.parts(Frequency.WEEK)
    first = period.within(Frequency.YEAR).parts(Frequency.WEEK)[0].ordinal
    this = tuple(week for week in own if week.ordinal - first < 52)
    last = tuple(w.shift(week_year_ago(w.ordinal, start_month, weeks, "shift") - w.ordinal) for w in this)
    return Comparison(this, last, mode)


def _as_is(period: Period) -> Period:
    """The period of the same number a year ago, whatever the calendar's own mode."""
    weeks, start_month = period.calendar.weeks, period.calendar.fiscal_start_month
    if weeks is None or period.frequency.rank > Frequency.WEEK.rank:
        return period.year_ago()
    week = period.within(Frequency.WEEK)
    moved = week_year_ago(week.ordinal, start_month, weeks, "as_is") - week.ordinal
    return period.shift(moved * (7 if period.frequency is Frequency.DAY else 1))


def _run(periods: tuple[Period, ...]) -> str:
    return f"{len(periods)} weeks ({periods[0].short_id} to {periods[-1].short_id})"
