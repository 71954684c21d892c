"""What a formula asks of its KPI: spans, periods and units it has."""

from __future__ import annotations

import pytest

from fourfold.engine.formulas import misfits, parse
from fourfold.engine.periods import Calendar, Frequency

MONTH, WEEK, QUARTER, YEAR = Frequency.MONTH, Frequency.WEEK, Frequency.QUARTER, Frequency.YEAR


@pytest.mark.parametrize(
    ("text", "frequency", "message", "hint"),
    [
        ("quarter_to_date(a)", YEAR, "for periods of a quarter at most, and the KPI is of a year", "to_date(x)"),
        ("month_to_date(a)", QUARTER, "for periods of a month at most", "to_date(x)"),
        ('shift(a, 1, "month")', QUARTER, "A month is not made of whole periods of a quarter", "previous(x, n)"),
        ('shift(a, 1, "quarter")', WEEK, "A quarter is not made of whole periods of a week", "previous(x, n)"),
        ('shift(a, 1, "week")', MONTH, "A week is not made of whole periods of a month", "previous(x, n)"),
        ('1 + at_unit(a, "nort")', MONTH, "There is no unit “nort”", "Did you mean “north”?"),
        ('at_unit(a, "zzz")', MONTH, "There is no unit “zzz”", "case-sensitive"),
        ('index(a, "2025-13")', MONTH, "2025-13", ""),
        ('index(a, "2025-W01")', MONTH, "2025-W01", ""),
    ],
)
def test_what_a_kpi_does_not_have_is_told(text: str, frequency: Frequency, message: str, hint: str) -> None:
    (problem,) = misfits(parse(text), frequency, Calendar(), ("all", "north"))
    assert message in problem.message and hint in problem.hint


@pytest.mark.parametrize(
    ("text", "frequency"),
    [
        ("quarter_to_date(a) + month_to_date(a)", MONTH),
        ("quarter_to_date(a) + month_to_date(a)", WEEK),
        ('shift(a, 1, "month") + shift(a, 1, "quarter") + shift(a, 1, "half") + shift(a, 2, "year")', MONTH),
        ('shift(a, 1, "week") + shift(a, 1, "year")', WEEK),
        ('at_unit(a, "north") + index(a, "FY2025")', YEAR),
    ],
)
def test_what_a_kpi_has_is_fine(text: str, frequency: Frequency) -> None:
    assert misfits(parse(text), frequency, Calendar(), ("all", "north")) == []
