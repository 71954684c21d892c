"""A calendar, and a period of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache, total_ordering

from fourfold.engine.periods import names, spans
from fourfold.engine.periods.frequency import Frequency, LabelRule, PeriodError
from fourfold.engine.periods.reading import read_period
from fourfold.engine.periods.week_year import WeekYear, week_year_ago


@dataclass(frozen=True, slots=True)
class Calendar:
    """When fiscal years start, what they are called, and whether they are made of months or of whole weeks.

    With `weeks` (4-4-5 and its sisters) the year ends near the end of the month before `fiscal_start_month`, months
    are periods of four or five weeks, and weeks are those of the year; without it weeks are ISO 8601 weeks. Two
    calendars with the same rules are equal, and so are their periods.

    >>> april = Calendar(fiscal_start_month=4)
    >>> april.period(Frequency.YEAR, date(2026, 4, 1)).id
    'Y:FY2027'
    """

    fiscal_start_month: int = 1
    label: LabelRule = "end_year"
    weeks: WeekYear | None = None

    def __post_init__(self) -> None:
        """Refuse months outside 1 to 12 and unknown label rules."""
        if self.fiscal_start_month not in range(1, 13):
            raise PeriodError(f"A fiscal year cannot start in month {self.fiscal_start_month}.", hint="Give 1 to 12.")
        if self.label not in ("end_year", "start_year"):
            raise PeriodError(f"There is no label rule {self.label!r}.", hint="Give end_year or start_year.")

    def period(self, frequency: Frequency, day: date) -> Period:
        """The period of this frequency that contains `day`."""
        return Period(frequency, spans.ordinal_of(frequency, day, self.fiscal_start_month, self.weeks), self)

    def parse(self, text: str, frequency: Frequency | None = None) -> Period:
        """Read a period id or a usual spelling; with `frequency`, only a period of that frequency.

        A full date with a coarser `frequency` is the period that contains it. A bare `2026` or `2026-Q2` is read only
        where it cannot mislead: a calendar fiscal year, or (years) when the frequency says so; then it is the year's
        label. `2011-12` is December 2011 unless the frequency is YEAR. In a calendar of weeks, weeks and periods are
        written with the fiscal year: `FY2027-W01`, `FY2027-P03`. Raises `PeriodError`.

        >>> Calendar().parse("2026-03").id, Calendar(4).parse("2019-20").id
        ('M:2026-03', 'Y:FY2020')
        """
        return Period(*read_period(text, frequency, self.fiscal_start_month, self.label, self.weeks), self)

    def range(self, first: Period, last: Period) -> tuple[Period, ...]:
        """All periods from `first` to `last`, both included; empty when `last` is before `first`."""
        if first.frequency is not last.frequency or not first.calendar == last.calendar == self:
            raise PeriodError(
                f"{first.id} and {last.id} are not two periods of one frequency and of this calendar.",
                hint="Parse both with the same calendar and frequency.",
            )
        return _range(self, first.frequency, first.ordinal, last.ordinal)

    def fiscal_year(self, period: Period) -> int:
        """The number of the fiscal year this period belongs to, by the label rule; weeks by their Thursday."""
        start_year = period.within(Frequency.YEAR).ordinal
        return spans.year_number(start_year, self.fiscal_start_month, self.label)


@lru_cache(maxsize=256)
def _range(calendar: Calendar, frequency: Frequency, first: int, last: int) -> tuple[Period, ...]:
    """The periods of a range; the same few are asked for again and again."""
    return tuple(Period(frequency, ordinal, calendar) for ordinal in range(first, last + 1))


@total_ordering
@dataclass(frozen=True, slots=True)
class Period:
    """One day, week, month, quarter, half or year of a calendar; half-open, `[start, end)`.

    Ordered by time within one frequency and calendar; comparing across them raises `PeriodError`.
    """

    frequency: Frequency
    ordinal: int
    calendar: Calendar = Calendar()

    def __lt__(self, other: object) -> bool:
        """Whether this period is earlier."""
        if not isinstance(other, Period):
            return NotImplemented
        if self.frequency is not other.frequency or self.calendar != other.calendar:
            raise PeriodError(
                f"{self.id} and {other.id} cannot be put in order.",
                hint="Compare periods of one frequency and calendar, or their start days.",
            )
        return self.ordinal < other.ordinal

    def __str__(self) -> str:
        """The id."""
        return self.id

    @property
    def id(self) -> str:
        """The id with its prefix: `M:2026-03`; `calendar.parse(id)` gives the period back."""
        return f"{names.prefix(self.frequency, self.calendar.weeks)}:{self.short_id}"

    @property
    def short_id(self) -> str:
        """The id without prefix, as CSV files show it: `2026-03`; it too can be parsed without a frequency."""
        own = self.calendar
        return names.short_id(self.frequency, self.ordinal, own.fiscal_start_month, own.label, own.weeks)

    @property
    def label(self) -> str:
        """What people read: `31 Mar 2026`, `2026-W53`, `Oct 2026`, `Q2 2026/27`, `H1 2026`, `2026/27`."""
        return names.long_label(self.frequency, self.ordinal, self.calendar.fiscal_start_month, self.calendar.weeks)

    @property
    def short_label(self) -> str:
        """What people read where the year is clear: `31 Mar`, `W53`, `Oct`, `Q2`, `H1`; years as in `label`."""
        return names.brief_label(self.frequency, self.ordinal, self.calendar.fiscal_start_month, self.calendar.weeks)

    @property
    def start(self) -> date:
        """The first day."""
        return spans.start_of(self.frequency, self.ordinal, self.calendar.fiscal_start_month, self.calendar.weeks)

    @property
    def end(self) -> date:
        """The first day after the period (exclusive)."""
        return self.shift(1).start

    @property
    def last_day(self) -> date:
        """The last day that belongs to the period."""
        return self.end - timedelta(days=1)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    def shift(self, n: int) -> Period:
        """The period `n` later, or earlier when `n` is negative."""
        return Period(self.frequency, self.ordinal + n, self.calendar)

    def year_ago(self) -> Period:
        """The same period last year: 29 February gives 28 February, week 53 gives week 52.

        In a calendar of weeks a day gives the same weekday of the week that its week is compared with; the calendar's
        `comparison` says which that is. Longer periods give those of the same number; `last_year` is more exact.

        >>> Calendar().parse("2026-W53").year_ago().short_id
        '2025-W52'
        """
        if self.calendar.weeks is not None and self.frequency.rank <= Frequency.WEEK.rank:
            return self._weeks_ago(self.calendar.weeks)
        if self.frequency is Frequency.DAY:
            day = self.start
            leap = (day.month, day.day) == (2, 29)
            return self.calendar.period(Frequency.DAY, day.replace(year=day.year - 1, day=28 if leap else day.day))
        if self.frequency is Frequency.WEEK:
            year, week, _ = self.start.isocalendar()
            return Period(self.frequency, spans.first_week(year - 1) + min(week, 52) - 1, self.calendar)
        return self.shift(-self.frequency.per_year)

    def _weeks_ago(self, weeks: WeekYear) -> Period:
        """A day or week of a calendar of weeks a year ago."""
        week = self if self.frequency is Frequency.WEEK else self.within(Frequency.WEEK)
        ago = week_year_ago(week.ordinal, self.calendar.fiscal_start_month, weeks, weeks.comparison)
        return self.shift(ago - week.ordinal if week is self else (ago - week.ordinal) * 7)

    def within(self, frequency: Frequency) -> Period:
        """The coarser (or equal) period this one belongs to; a week belongs where its Thursday is.

        Raises `PeriodError` for a finer frequency.
        """
        if frequency.rank < self.frequency.rank:
            raise PeriodError(f"{self.id} does not lie within one {frequency}.", hint=f"Use parts({frequency.name}).")
        if frequency is self.frequency:
            return self
        day = spans.member_day(self.frequency, self.ordinal, self.calendar.fiscal_start_month, self.calendar.weeks)
        return self.calendar.period(frequency, day)

    def parts(self, frequency: Frequency) -> tuple[Period, ...]:
        """The finer (or equal) periods that belong to this one, in order; `PeriodError` for a coarser frequency."""
        if frequency.rank > self.frequency.rank:
            raise PeriodError(f"{self.id} has no parts of one {frequency}.", hint=f"Use within({frequency.name}).")
        if frequency is self.frequency:
            return (self,)
        first = self._first_part(frequency)
        count = self.shift(1)._first_part(frequency).ordinal - first.ordinal
        return tuple(first.shift(n) for n in range(count))

    def first_in(self, frequency: Frequency = Frequency.YEAR) -> Period:
        """The first period of its own frequency in the coarser period it belongs to.

        >>> Calendar(fiscal_start_month=4).parse("2026-03").first_in().id
        'M:2025-04'
        """
        coarse = self.within(frequency)
        return self if frequency is self.frequency else coarse._first_part(self.frequency)

    def _first_part(self, frequency: Frequency) -> Period:
        """The first finer period that belongs to this one; only weeks can begin before it or be left to the last."""
        part = self.calendar.period(frequency, self.start)
        start_month, weeks = self.calendar.fiscal_start_month, self.calendar.weeks
        late = spans.member_day(frequency, part.ordinal, start_month, weeks) < self.start
        return part.shift(1) if late else part
