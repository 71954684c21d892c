"""The organisation everything belongs to."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from fourfold.engine.definitions.base import Code, Definition, Line, Name, Text
from fourfold.engine.definitions.custom_field import CustomField
from fourfold.engine.definitions.rate import Rate
from fourfold.engine.periods import Calendar, WeekYear
from fourfold.engine.periods.week_year import Weekday

BusinessDayCount = Annotated[int, Field(ge=0, le=90)]


class Organisation(Definition):
    """Name, calendar and defaults of an organisation.

    `fiscal_year_start` is a month 1..12; `fiscal_year_label` says whether a fiscal year is called after the
    calendar year in which it ends or starts. `currency` is ISO 4217.

    With a `week_pattern` fiscal years have 52 or 53 whole weeks (methodology §2.3): periods of 4 or 5 weeks take the
    place of months, and the year ends at the end of the month before `fiscal_year_start`. Time zone, working days and
    holidays are those of every unit that gives none of its own.
    """

    code: Code  # names the organisation for ever
    name: Name  # what people read
    description: Text = ""  # what it does
    currency: Line = ""  # ISO 4217: GBP, EUR …
    locale: Line = "en-GB"  # how numbers and dates are written: en-GB, de-CH …
    time_zone: Line = "UTC"  # a name of the tz database: Europe/London …
    fiscal_year_start: Annotated[int, Field(ge=1, le=12)] = 1  # the month in which a fiscal year starts, 1 to 12
    fiscal_year_label: Literal["end_year", "start_year"] = "end_year"  # which calendar year names a fiscal year
    #: Weeks in the three periods of a quarter; calendar months without one.
    week_pattern: Literal["", "4-4-5", "4-5-4", "5-4-4"] = ""
    year_end_day: Weekday = "saturday"  # with a week pattern: the weekday on which weeks and years end
    #: With a week pattern, which of these weekdays ends the year: the last in its month or the nearest to its last day.
    year_end: Literal["last_in_month", "nearest_to_month_end"] = "last_in_month"
    extra_week: Literal["last", "first"] = "last"  # with a week pattern: the period of the year that takes week 53
    #: Beside a year of 53 weeks, weeks are compared by number (`as_is`) or with the same days a year ago (`shift`).
    year_comparison: Literal["as_is", "shift"] = "as_is"
    work_days: tuple[Weekday, ...] = ()  # weekdays worked; Monday to Friday without any
    holidays: tuple[Line, ...] = ()  # days not worked, `YYYY-MM-DD`
    rates: tuple[Rate, ...] = ()  # exchange rates
    custom_fields: tuple[CustomField, ...] = ()  # fields that KPIs, objectives and initiatives have besides
    #: Which rules find signals, where a KPI does not say: see Usual range and signals.
    signal_rules: Literal["default", "nhs", "western_electric", "nelson"] = "default"
    #: Which figures need an explanation of whoever enters them, where a KPI does not say.
    explain: Literal["off_target_or_unusual", "off_target", "unusual", "nothing"] = "off_target_or_unusual"
    #: What becomes of one that has none and comes from a program, a file or a source; people are always asked.
    unexplained: Literal["recorded", "refused"] = "recorded"
    #: Whether the link of a reminder lets its person enter the figures at once, or after signing in.
    reminder_links: Literal["enter", "sign_in"] = "enter"
    values_due: BusinessDayCount | None = None  # business days after a month's end until its figures are in
    approval_due: BusinessDayCount | None = None  # … until they are approved
    lock_due: BusinessDayCount | None = None  # … until the month is closed by itself; without it people close it
    lock_complete: Annotated[int, Field(ge=0, le=100)] = 100  # % of the figures that must be there to close it

    @cached_property
    def calendar(self) -> Calendar:
        """How days make periods."""
        weeks = None
        if self.week_pattern:
            words = self.year_end_day, self.year_end, self.extra_week, self.year_comparison
            weeks = WeekYear(self.week_pattern, *words)
        return Calendar(self.fiscal_year_start, self.fiscal_year_label, weeks)
