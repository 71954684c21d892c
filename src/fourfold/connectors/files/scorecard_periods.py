"""Periods that stand over columns, with their year or without it: `Jan 2026`, `OCT`, `QTR1`, `CFY_ACTUAL`, `PFY2`.

A period without its year is written short, `Oct`, `Q1`, `FY` for the year itself and `FY-2` for two years before it.
The year stands in a column of the row, in a line above the header, or a person says it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

import polars as pl

from fourfold.connectors.files.dates import NAMES, plain_period
from fourfold.connectors.files.mapping import words_of
from fourfold.engine.periods import Calendar, Frequency, Period, PeriodError

#: Words over a column of fiscal years.
YEARS: Final = ("fiscal year", "financial year", "cfy", "fy", "year", "geschäftsjahr", "jahr", "exercice", "année",
                "año", "yıl")  # fmt: skip
_SHORT: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: Words beside a period that say that figures stand below it, and those that say that targets do.
_FIGURES: Final = re.compile(r"\b(?:actuals?|figures?|values?|results?|ist|istwerte?|réel|real)\b", re.IGNORECASE)
_TARGETS: Final = re.compile(
    r"\b(?:approved|amended|adopted|targets?|goals?|budget(?:ed)?|planned|plan|soll|ziel|objectif|objetivo|hedef)\b",
    re.IGNORECASE,
)
_QUARTER: Final = re.compile(r"(?:q|qtr|quarter|t|trim) ?([1-4])")
_YEAR: Final = re.compile(r"(?:(?P<this>cfy|fy|this year|current (?:fiscal )?year)|(?:p|prior |previous |last )"
                          r"f?y(?:ear)?(?: ?(?P<ago>[1-9]))?|fy ?- ?(?P<short>[1-9]))")  # fmt: skip
_MONTHS: Final = 12
_ENOUGH: Final = 2  # different years written as two, so that they are no months
_MOST: Final = 0.6
_TWO_YEARS: Final = re.compile(r"(\d{4})[-/](\d{2})")
_FOUR: Final = re.compile(r"(?<![\d.,])((?:19|20)\d\d(?:[/-](?:(?:19|20)\d\d|\d\d))?)(?![\d.,/-])")


def period_over(name: str) -> str:
    """The period of figures that a column's name says, as `plain_period` or short without a year; "" for none.

    >>> [period_over(name) for name in ("OCT", "QTR1", "CFY_ACTUAL", "PFY2_ACTUAL", "Actual Jan 2026", "CFY_APPROVED")]
    ['Oct', 'Q1', 'FY', 'FY-2', '2026-01', '']
    """
    return _over(_FIGURES.sub(" ", name.replace("_", " ")))


def target_over(name: str) -> str:
    """The period of targets that a column's name says; "" for none.

    >>> target_over("CFY_APPROVED"), target_over("PFY1_AMENDED"), target_over("Target"), target_over("OCT")
    ('FY', 'FY-1', '', '')
    """
    words = name.replace("_", " ")
    return _over(_TARGETS.sub(" ", words)) if _TARGETS.search(words) else ""


def _over(words: str) -> str:
    bare = " ".join(words.split())
    if short := _short(bare):
        return short
    return plain_period(bare, "") if re.search(r"\d{4}", bare) else ""


def is_short(text: str) -> bool:
    """Whether it is a period without its year."""
    return bool(_short(text))


def _short(text: str) -> str:
    bare = text.casefold().strip()
    if bare in NAMES:
        return _SHORT[NAMES[bare] - 1]
    if found := _QUARTER.fullmatch(bare):
        return f"Q{found[1]}"
    if found := _YEAR.fullmatch(bare):
        ago = found["ago"] or found["short"] or ("" if found["this"] else "1")
        return f"FY-{ago}" if ago else "FY"
    return ""


def in_year(text: str, year: Period) -> Period | None:
    """The period of a short text in a fiscal year; None where its calendar has no such period.

    >>> october = Calendar(10).parse("2016", Frequency.YEAR)
    >>> [in_year(text, october).short_id for text in ("Oct", "Sep", "Q1", "FY", "FY-1")]
    ['2015-10', '2016-09', 'FY2016-Q1', 'FY2016', 'FY2015']
    """
    short = _short(text)
    if not short:
        return None
    calendar = year.calendar
    if short in _SHORT:
        month = _SHORT.index(short) + 1
        if calendar.weeks is not None:
            return None
        first = year.start
        return calendar.parse(f"{first.year + (month < first.month)}-{month:02}", Frequency.MONTH)
    if short.startswith("Q"):
        return Period(Frequency.QUARTER, year.ordinal * 4 + int(short[1]) - 1, calendar)
    return year.shift(-int(short[3:] or 0))


def year_of(text: str, calendar: Calendar) -> Period | None:
    """The fiscal year that a text names: `2016`, `FY2016`, `2015/16`; None where it is none."""
    try:
        return calendar.parse(re.sub(r"\.0+$", "", text.strip()), Frequency.YEAR)
    except PeriodError:
        return None


def read_over(text: str, calendar: Calendar) -> Period | None:
    """The period that a text names with its year, whatever its frequency."""
    if not re.search(r"\d{4}", text):
        return None
    try:
        return calendar.parse(text)
    except PeriodError:
        return year_of(text, calendar)


def year_column(body: pl.DataFrame, names: Iterable[str], calendar: Calendar) -> str:
    """The column in which each row says its fiscal year; "" where there is none."""
    bare = {words_of(name): name for name in reversed(list(names))}
    for word in YEARS:
        if (name := bare.get(word)) is not None:
            texts = body[f"={name}"].drop_nulls().unique().to_list()
            if texts and all(year_of(text, calendar) for text in texts):
                return name
    return ""


def year_above(texts: Sequence[str]) -> str:
    """The one year that titles name, as it is written there; "" where there is none or more than one.

    >>> year_above(["Our figures 2026", "as of Board 2026"]), year_above(["2025 and 2026"]), year_above(["FY 2025/26"])
    ('2026', '', '2025/26')
    """
    found = dict.fromkeys(each for text in texts for each in _FOUR.findall(text))
    return next(iter(found)) if len(found) == 1 else ""


def first_month(names: Iterable[str]) -> int:
    """The month in which twelve columns of months begin, so that they are one fiscal year; 0 where they are none.

    >>> first_month(["KPI", *"OCT NOV DEC JAN FEB MAR APR MAY JUN JUL AUG SEP".split()]), first_month(["Jan", "Feb"])
    (10, 0)
    """
    months = [_SHORT.index(short) + 1 for name in names if (short := period_over(name)) in _SHORT]
    follow = all((a % _MONTHS) + 1 == b for a, b in pairwise(months))
    return months[0] if len(months) == _MONTHS and follow else 0


def yearly(texts: Sequence[str]) -> bool:
    """Whether most periods in a column are years, also those written as two that follow each other.

    >>> yearly(["2010-11", "2011-12"]), yearly(["2010-10", "2010-11"]), yearly(["2015", "FY2016"]), yearly(["2010-11"])
    (True, False, True, False)
    """
    follow = [text for text in texts if two_years(text)]
    if len(set(follow)) < _ENOUGH:
        follow = []
    one = sum(re.fullmatch(r"(?:FY ?)?\d{4}", text, re.IGNORECASE) is not None for text in texts)
    return bool(texts) and len(follow) + one >= _MOST * len(texts)


def two_years(text: str) -> str:
    """A year that is written as two, by the one it ends in; "" for any other text.

    >>> two_years("2010-11"), two_years("1999-00"), two_years("2016")
    ('FY2011', 'FY2000', '')
    """
    found = _TWO_YEARS.fullmatch(text)
    follows = found is not None and (int(found[1]) + 1) % 100 == int(found[2])
    return f"FY{int(found[1]) + 1}" if found is not None and follows else ""
