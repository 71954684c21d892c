"""From what people and files write to a period: ids, ISO dates and weeks, fiscal years in their usual spellings."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Final

from fourfold.engine.periods.frequency import Frequency, LabelRule, PeriodError
from fourfold.engine.periods.spans import first_week, ordinal_of, start_year
from fourfold.engine.periods.week_year import WeekYear, week_count, week_ordinal

#: Years a period may be written with: a slip such as 0206 or 9999 is refused instead of making a huge range.
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199

_LONGEST: Final = 40
_LETTERS: Final = {frequency.letter: frequency for frequency in Frequency}
_WEEK_LETTERS: Final = {letter.replace("M", "P"): frequency for letter, frequency in _LETTERS.items()}
_FISCAL: Final = r"(FY ?)?(\d{4})(?:[-/](\d{4}|\d{2}))?"
_DATE: Final = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
_WEEK: Final = re.compile(r"(\d{4})-?W(\d{1,2})", re.ASCII)
_PART: Final = re.compile(_FISCAL + r"[- ]?(Q[1-4]|H[12])", re.ASCII)
_MONTH: Final = re.compile(r"(\d{4})([-/])(\d{1,2})", re.ASCII)
_YEAR: Final = re.compile(_FISCAL, re.ASCII)
_OF_WEEKS: Final = re.compile(_FISCAL + r"[- ]?([WP])(\d{1,2})", re.ASCII)

_EXAMPLES: Final = {
    Frequency.DAY: "2026-03-31",
    Frequency.WEEK: "2026-W14",
    Frequency.MONTH: "2026-03 or 2026-03-31",
    Frequency.QUARTER: "FY2026-Q2",
    Frequency.HALF: "FY2026-H1",
    Frequency.YEAR: "FY2026 or 2025/26",
}
#: The same in a calendar of weeks.
_WEEK_EXAMPLES: Final = _EXAMPLES | {Frequency.WEEK: "FY2026-W14", Frequency.MONTH: "FY2026-P03 or 2026-03-31"}


@lru_cache(maxsize=8192)
def read_period(
    text: str, frequency: Frequency | None, start_month: int, label: LabelRule, weeks: WeekYear | None = None
) -> tuple[Frequency, int]:
    """Read one period as (frequency, ordinal); `PeriodError` names the text, says what is wrong and gives examples."""
    shown = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    try:
        if len(text) > _LONGEST:
            raise PeriodError("it is too long.")
        return _Reader(frequency, start_month, label, weeks).read(text.strip().upper())
    except PeriodError as why:
        noun = f"a {frequency}" if frequency else "a period"
        known = _EXAMPLES if weeks is None else _WEEK_EXAMPLES
        examples = known[frequency] if frequency else ", ".join(known.values())
        hint = why.hint or f"Write {noun} like {examples}."
        raise PeriodError(f"{shown!r} is not {noun}: {why.message}", hint=hint) from None


class _Reader:
    """One text, one calendar; its errors give only the reason."""

    def __init__(self, frequency: Frequency | None, start_month: int, label: LabelRule, weeks: WeekYear | None) -> None:
        self.wanted, self.start_month, self.label, self.weeks = frequency, start_month, label, weeks
        self.letters = _LETTERS if weeks is None else _WEEK_LETTERS

    def read(self, text: str) -> tuple[Frequency, int]:
        if text[1:2] == ":":
            if text[0] not in self.letters:
                raise PeriodError(f"no kind of period begins with '{text[0]}:'.")
            self._expect(self.letters[text[0]])
            self.wanted, text = self.letters[text[0]], text[2:]
        if match := _DATE.fullmatch(text):
            # A full date stands for the period that contains it: files often give a month as its last day.
            frequency = self.wanted or Frequency.DAY
            day = _date(match[1], match[3], match[4])
            return frequency, ordinal_of(frequency, day, self.start_month, self.weeks)
        if self.weeks is not None and (match := _OF_WEEKS.fullmatch(text)):
            return self._of_weeks(self.weeks, *match.groups())
        if match := _WEEK.fullmatch(text):
            return self._expect(Frequency.WEEK), _week(match[1], match[2])
        if match := _PART.fullmatch(text):
            return self._part(*match.groups())
        if (match := _MONTH.fullmatch(text)) and self._means_month(match):
            if self.weeks is not None:
                hint = "Write a period with its fiscal year, such as FY2026-P03, or its last day."
                raise PeriodError("the months of this calendar are periods of whole weeks.", hint=hint)
            day = _date(match[1], match[3], "1")
            return self._expect(Frequency.MONTH), ordinal_of(Frequency.MONTH, day, self.start_month)
        if match := _YEAR.fullmatch(text):
            return self._expect(Frequency.YEAR), self._year(*match.groups())
        raise PeriodError("it has no spelling known here." if text else "it is empty.")

    def _expect(self, found: Frequency) -> Frequency:
        if self.wanted not in (None, found):
            raise PeriodError(f"it is a {found}, and a {self.wanted} is expected here.")
        return found

    def _means_month(self, match: re.Match[str]) -> bool:
        """Whether `2011-12` is December 2011 and not the fiscal year 2011/12."""
        if self.wanted is not None:
            return self.wanted is not Frequency.YEAR
        spans = len(match[3]) == 2 and int(match[3]) == (int(match[1]) + 1) % 100
        if spans and not 1 <= int(match[3]) <= 12:
            return False
        if spans and self.start_month != 1 and match[2] == "/":
            hint = f"Write M:{match[1]}-{match[3]} for the month or Y:{match[1]}/{match[3]} for the fiscal year."
            raise PeriodError("it can be a month or a fiscal year.", hint=hint)
        return True

    def _of_weeks(
        self, weeks: WeekYear, fy: str | None, year: str, end: str | None, letter: str, number: str
    ) -> tuple[Frequency, int]:
        """`FY2027-W12` or `FY2027-P03` of a calendar of weeks."""
        frequency = self._expect(self.letters[letter])
        if fy is None and end is None:
            hint = f"Write FY{year}-{letter}{number} for the fiscal year called {year}."
            raise PeriodError("the weeks of this calendar are those of the fiscal year.", hint=hint)
        start = self._year(fy, year, end)
        most = 12 if frequency is Frequency.MONTH else week_count(start, self.start_month, weeks)
        if not 1 <= int(number) <= most:
            raise PeriodError(f"that year has {'periods' if most == 12 else 'weeks'} 1 to {most}.")
        if frequency is Frequency.MONTH:
            return frequency, start * 12 + int(number) - 1
        return frequency, week_ordinal(start, int(number), self.start_month, weeks)

    def _part(self, fy: str | None, year: str, end: str | None, part: str) -> tuple[Frequency, int]:
        frequency = self._expect(Frequency.QUARTER if part[0] == "Q" else Frequency.HALF)
        if self.start_month != 1 and fy is None and end is None:
            hint = f"Write FY{year}-{part} for the fiscal year called {year}."
            raise PeriodError(f"the fiscal year starts in month {self.start_month}.", hint=hint)
        count = 4 if frequency is Frequency.QUARTER else 2
        return frequency, self._year(fy, year, end) * count + int(part[1]) - 1

    def _year(self, fy: str | None, year: str, end: str | None) -> int:
        """The ordinal of a fiscal year: the calendar year it starts in."""
        first = _checked_year(year)
        if end is None:
            if fy is None and self.wanted is None and self.start_month != 1:
                begins = start_year(first, self.start_month, self.label)
                hint = f"Write FY{year}, or {begins}/{(begins + 1) % 100:02}."
                raise PeriodError(f"the fiscal year starts in month {self.start_month}.", hint=hint)
            return start_year(first, self.start_month, self.label)
        if end not in (str(first + 1), f"{(first + 1) % 100:02}"):
            raise PeriodError(f"{first} and {end} do not follow each other.")
        if self.start_month != 1:
            return first
        if self.wanted is None:
            raise PeriodError("it spans two years, and the fiscal year of this calendar starts in January.")
        # A span under a calendar year is a name only, so the label rule says which of the two years it names.
        return first + int(self.label == "end_year")


def _checked_year(text: str) -> int:
    year = int(text)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise PeriodError(f"year {text} is outside {FIRST_YEAR} to {LAST_YEAR}.")
    return year


def _date(year: str, month: str, day: str) -> date:
    _checked_year(year)
    if not 1 <= int(month) <= 12:
        raise PeriodError(f"there is no month {month}.")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise PeriodError(f"month {year}-{month} has no day {day}.") from None


def _week(year: str, week: str) -> int:
    number, first = _checked_year(year), first_week(int(year))
    weeks = first_week(number + 1) - first
    if not 1 <= int(week) <= weeks:
        raise PeriodError(f"{year} has weeks 1 to {weeks}.")
    return first + int(week) - 1
