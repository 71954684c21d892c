"""Every spelling of a period that is read, and every one that is refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.periods import Calendar, Frequency, PeriodError, WeekYear

DAYS = st.dates(date(1901, 1, 1), date(2100, 12, 31))
CALENDARS = st.builds(Calendar, st.integers(1, 12), st.sampled_from(["end_year", "start_year"]))
FREQUENCIES = st.sampled_from(list(Frequency))
JANUARY, APRIL, APRIL_START = Calendar(), Calendar(4), Calendar(4, "start_year")
D, W, M, Q, H, Y = Frequency


@given(DAYS, CALENDARS, FREQUENCIES)
def test_ids_can_be_read_back(day: date, calendar: Calendar, frequency: Frequency) -> None:
    period = calendar.period(frequency, day)
    for text in (period.id, period.short_id, period.id.lower(), f" {period.id} "):
        assert calendar.parse(text) == calendar.parse(text, frequency) == period


@given(DAYS, CALENDARS)
def test_the_label_of_a_year_can_be_read_back(day: date, calendar: Calendar) -> None:
    year = calendar.period(Y, day)
    assert calendar.parse(year.label, Y) == year


@given(DAYS, CALENDARS, FREQUENCIES)
def test_a_full_date_is_the_period_that_contains_it(day: date, calendar: Calendar, frequency: Frequency) -> None:
    expected = calendar.period(frequency, day)
    for text in (day.isoformat(), day.isoformat().replace("-", "/"), f"{day}T00:00:00", f"{day} 00:00:00.000"):
        assert calendar.parse(text, frequency) == expected


@pytest.mark.parametrize(
    ("calendar", "text", "frequency", "expected"),
    [
        (JANUARY, "2026/03", None, "M:2026-03"),
        (JANUARY, "2026-3", None, "M:2026-03"),
        (JANUARY, "2026-3-1", None, "D:2026-03-01"),
        (JANUARY, "2026w5", None, "W:2026-W05"),
        (JANUARY, "2026-Q2", None, "Q:FY2026-Q2"),
        (JANUARY, "2026Q2", None, "Q:FY2026-Q2"),
        (JANUARY, "2026-H1", H, "H:FY2026-H1"),
        (JANUARY, "2026", None, "Y:FY2026"),
        (APRIL, "2026", Y, "Y:FY2026"),
        (APRIL, "Y:2026", None, "Y:FY2026"),
        (APRIL, "FY2026", None, "Y:FY2026"),
        (APRIL, "FY 2026", None, "Y:FY2026"),
        (APRIL, "2019-20", None, "Y:FY2020"),
        (APRIL, "2019/20", None, "Y:FY2020"),
        (APRIL, "2019-2020", None, "Y:FY2020"),
        (APRIL, "FY2019/20", None, "Y:FY2020"),
        (APRIL_START, "2019-20", None, "Y:FY2019"),
        (APRIL, "1999-00", None, "Y:FY2000"),
        (APRIL, "2019/20-Q2", None, "Q:FY2020-Q2"),
        (APRIL, "2011-12", Y, "Y:FY2012"),
        (APRIL, "2011-12", None, "M:2011-12"),
        (APRIL, "2011-12", M, "M:2011-12"),
        (APRIL, "2011/12", Y, "Y:FY2012"),
        (APRIL, "2011/12", M, "M:2011-12"),
        (APRIL, "Y:2011/12", None, "Y:FY2012"),
        (JANUARY, "2019-20", Y, "Y:FY2020"),
        (Calendar(1, "start_year"), "2019-20", Y, "Y:FY2019"),
        (JANUARY, "2011/12", None, "M:2011-12"),
    ],
)
def test_usual_spellings_are_read(calendar: Calendar, text: str, frequency: Frequency | None, expected: str) -> None:
    assert calendar.parse(text, frequency).id == expected


@pytest.mark.parametrize(
    ("calendar", "text", "frequency", "reason"),
    [
        (JANUARY, "", None, "empty"),
        (JANUARY, "soon", None, "no spelling known"),
        (JANUARY, "31/03/2026", None, "no spelling known"),
        (JANUARY, "2026-03/31", None, "no spelling known"),
        (JANUARY, "2026-03-31T12:00", None, "no spelling known"),
        (JANUARY, "٢٠٢٦-03", None, "no spelling known"),
        (JANUARY, "X:2026", None, "begins with 'X:'"),
        (JANUARY, "2026-13", None, "no month 13"),
        (JANUARY, "2026-00", M, "no month 00"),
        (JANUARY, "2026-02-29", None, "has no day 29"),
        (JANUARY, "2025-W53", None, "2025 has weeks 1 to 52"),
        (JANUARY, "2026-W00", None, "2026 has weeks 1 to 53"),
        (JANUARY, "FY2026-Q5", None, "no spelling known"),
        (JANUARY, "FY2026-H3", None, "no spelling known"),
        (JANUARY, "9999-12-31", None, "outside 1900 to 2199"),
        (JANUARY, "0206-03", None, "outside 1900 to 2199"),
        (JANUARY, "2026-03", Q, "it is a month, and a quarter is expected"),
        (JANUARY, "M:2026-03", Y, "it is a month, and a year is expected"),
        (JANUARY, "FY2026", M, "it is a year, and a month is expected"),
        (JANUARY, "D:2026-03-31", M, "it is a day, and a month is expected"),
        (JANUARY, "2026-W14", M, "it is a week, and a month is expected"),
        (JANUARY, "2019-20", None, "fiscal year of this calendar starts in January"),
        (APRIL, "2019-21", Y, "do not follow"),
        (APRIL, "2019-2021", None, "do not follow"),
        (APRIL, "2026", None, "starts in month 4"),
        (APRIL, "2026-Q2", Q, "starts in month 4"),
        (APRIL, "2011/12", None, "a month or a fiscal year"),
    ],
)
def test_what_cannot_be_a_period_is_refused_with_the_reason(
    calendar: Calendar, text: str, frequency: Frequency | None, reason: str
) -> None:
    with pytest.raises(PeriodError) as caught:
        calendar.parse(text, frequency)
    assert repr(text) in caught.value.message
    assert reason in caught.value.message
    assert caught.value.hint is not None and caught.value.hint.startswith("Write ")


@pytest.mark.parametrize("frequency", list(Frequency))
def test_the_examples_in_the_hint_can_be_read(frequency: Frequency) -> None:
    with pytest.raises(PeriodError) as caught:
        APRIL.parse("nonsense", frequency)
    assert caught.value.hint is not None
    for example in caught.value.hint.partition(" like ")[2].rstrip(".").split(" or "):
        assert APRIL.parse(example, frequency).frequency is frequency


@pytest.mark.parametrize("calendar", [APRIL, APRIL_START])
def test_the_hint_for_a_bare_year_names_the_same_year_twice(calendar: Calendar) -> None:
    with pytest.raises(PeriodError) as caught:
        calendar.parse("2026")
    assert caught.value.hint is not None
    spellings = caught.value.hint.removeprefix("Write ").rstrip(".").split(", or ")
    assert {calendar.parse(text).id for text in spellings} == {"Y:FY2026"}


def test_a_huge_text_is_refused_with_a_short_message() -> None:
    with pytest.raises(PeriodError) as caught:
        JANUARY.parse("2" * 1_000_000)
    assert len(str(caught.value)) < 300


@given(st.text(max_size=20), st.none() | FREQUENCIES, CALENDARS)
def test_any_text_is_read_or_refused_with_a_period_error(
    text: str, frequency: Frequency | None, calendar: Calendar
) -> None:
    try:
        period = calendar.parse(text, frequency)
    except PeriodError as error:
        assert repr(text) in error.message
    else:
        assert frequency in (None, period.frequency)


NAMED = {"jan": Calendar(), "apr": Calendar(4), "weeks": Calendar(9, weeks=WeekYear())}
LATER = "2026-03 or 2026-03-31, FY2026-Q2, FY2026-H1, FY2026 or 2025/26."
ANY = f"Write a period like 2026-03-31, 2026-W14, {LATER}"
OF_WEEKS = f"Write a period like 2026-03-31, FY2026-W14, FY2026-P03 or {LATER.removeprefix('2026-03 or ')}"


@pytest.mark.parametrize(("calendar", "text", "frequency", "why", "hint"), [
    ("jan", "X:2026", None, "no kind of period begins with 'X:'.", ANY),
    ("jan", "M:2026-Q1", None, "it is a quarter, and a month is expected here.", ANY),
    ("jan", "2026-Q1", "month", "it is a quarter, and a month is expected here.",
     "Write a month like 2026-03 or 2026-03-31."),
    ("jan", "", "month", "it is empty.", "Write a month like 2026-03 or 2026-03-31."),
    ("jan", "  ", None, "it is empty.", ANY),
    ("jan", "spring", None, "it has no spelling known here.", ANY),
    ("jan", "2026-13", None, "there is no month 13.", ANY),
    ("jan", "2026-02-30", None, "month 2026-02 has no day 30.", ANY),
    ("jan", "2" * 41, None, "it is too long.", ANY),
    ("jan", "2" * 40, None, "it has no spelling known here.", ANY),
    ("apr", "2011/12", None, "it can be a month or a fiscal year.",
     "Write M:2011-12 for the month or Y:2011/12 for the fiscal year."),
    ("apr", "2011/13", None, "there is no month 13.", ANY),
    ("apr", "2026-Q1", None, "the fiscal year starts in month 4.",
     "Write FY2026-Q1 for the fiscal year called 2026."),
    ("apr", "2026", None, "the fiscal year starts in month 4.", "Write FY2026, or 2025/26."),
    ("apr", "2026-H2", None, "the fiscal year starts in month 4.",
     "Write FY2026-H2 for the fiscal year called 2026."),
    ("jan", "2026-W54", None, "2026 has weeks 1 to 53.", ANY),
    ("jan", "2025-W53", None, "2025 has weeks 1 to 52.", ANY),
    ("weeks", "2026-03", None, "the months of this calendar are periods of whole weeks.",
     "Write a period with its fiscal year, such as FY2026-P03, or its last day."),
    ("weeks", "2026-P03", None, "the weeks of this calendar are those of the fiscal year.",
     "Write FY2026-P03 for the fiscal year called 2026."),
    ("weeks", "FY2026-P13", None, "that year has periods 1 to 12.", OF_WEEKS),
    ("weeks", "FY2026-P00", None, "that year has periods 1 to 12.", OF_WEEKS),
    ("weeks", "FY2026-W53", None, "that year has weeks 1 to 52.", OF_WEEKS),
    ("weeks", "FY2030-W54", None, "that year has weeks 1 to 53.", OF_WEEKS),
    ("weeks", "FY2030-W00", None, "that year has weeks 1 to 53.", OF_WEEKS),
    ("weeks", "2026-W03", None, "the weeks of this calendar are those of the fiscal year.",
     "Write FY2026-W03 for the fiscal year called 2026."),
    ("jan", "1899", "year", "year 1899 is outside 1900 to 2199.", "Write a year like FY2026 or 2025/26."),
    ("jan", "2200", "year", "year 2200 is outside 1900 to 2199.", "Write a year like FY2026 or 2025/26."),
    ("jan", "2026/28", None, "there is no month 28.", ANY),
    ("apr", "FY2026/28", "year", "2026 and 28 do not follow each other.", "Write a year like FY2026 or 2025/26."),
    ("apr", "2025/26", "month", "there is no month 26.", "Write a month like 2026-03 or 2026-03-31."),
])  # fmt: skip
def test_what_is_no_period_is_told_why_and_what_to_write(
    calendar: str, text: str, frequency: str | None, why: str, hint: str
) -> None:
    with pytest.raises(PeriodError) as caught:
        NAMED[calendar].parse(text, None if frequency is None else Frequency(frequency))
    noun = f"a {frequency}" if frequency else "a period"
    shown = text if len(text) <= 40 else f"{text[:40]}…"
    assert (caught.value.message, caught.value.hint) == (f"{shown!r} is not {noun}: {why}", hint)


@pytest.mark.parametrize(("calendar", "text", "frequency", "wanted"), [
    ("apr", "2011-12", None, "M:2011-12"),
    ("apr", "FY2026-Q1", None, "Q:FY2026-Q1"),
    ("jan", "2026-W53", None, "W:2026-W53"),
    ("weeks", "FY2026-P12", None, "P:FY2026-P12"),
    ("weeks", "FY2030-W53", None, "W:FY2030-W53"),
    ("jan", "1900", "year", "Y:FY1900"),
    ("jan", "2199", "year", "Y:FY2199"),
    ("jan", "FY2026/27", "year", "Y:FY2027"),
])  # fmt: skip
def test_the_last_that_can_be_read_is_read(calendar: str, text: str, frequency: str | None, wanted: str) -> None:
    found = NAMED[calendar].parse(text, None if frequency is None else Frequency(frequency))
    assert found.id == wanted
