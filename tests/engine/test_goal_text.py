"""Goals as people write them, and what each says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.goal_text import Goal, read_goal

SENTENCES: list[tuple[str, dict[str, Any]]] = [
    ("Cut the average wait from 40 to 30 days by March 2028",
     {"verb": "cut", "direction": -1, "baseline": 40, "target": 30, "unit": "days", "deadline": "2028-03"}),
    ("Increase customer retention to 92% by 31 December 2027",
     {"verb": "increase", "direction": 1, "target": 92, "unit": "%", "deadline": "2027-12-31"}),
    ("Reduce energy use by 15 per cent within three years",
     {"verb": "reduce", "direction": -1, "change": 15, "unit": "%", "months": 36}),
    ("Grow revenue from £1.2 million to £1.5 million by Q4 2027",
     {"direction": 1, "baseline": 1.2e6, "target": 1.5e6, "unit": "", "deadline": "2027-Q4"}),
    ("Double the number of donors by 2030", {"verb": "double", "direction": 1, "factor": 2, "deadline": "2030"}),
    ("Halve falls on wards by the end of 2028", {"verb": "halve", "direction": -1, "factor": 0.5, "deadline": "2028"}),
    ("Keep staff turnover below 9 % in 2027", {"verb": "keep", "direction": 0, "target": 9, "unit": "%"}),
    ("Raise 1,250,000 euros by 2027-06", {"verb": "raise", "direction": 1, "deadline": "2027-06"}),
    ("Improve recovery by 5 percentage points within 12 months",
     {"verb": "improve", "change": 5, "unit": "percentage points", "months": 12}),
    ("Shorten processing time to 5 days by Sept 2026", {"target": 5, "unit": "days", "deadline": "2026-09"}),
    ("By 2028 nobody waits more than 4 hours", {"deadline": "2028", "target": 4, "unit": "hours"}),
    ("Lift the share of orders on time from 88% to 95% over the next two quarters",
     {"direction": 1, "baseline": 88, "target": 95, "unit": "%", "months": 6}),
    ("Answer at least 90 % of complaints", {"verb": "answer", "target": 90, "unit": "%", "deadline": None}),
    ("Satisfied customers", {"verb": "satisfy", "direction": None, "target": None, "change": None, "deadline": None}),
    ("Better care", {"verb": None, "direction": None, "has_amount": False, "has_time": False}),
    ("Wait times go from 12 to 8 weeks",
     {"verb": "wait", "direction": -1, "baseline": 12, "target": 8, "unit": "weeks"}),
    ("Reduce complaints by 2027", {"change": None, "target": None, "deadline": "2027", "has_amount": False}),
    ("Save 2 million by 2027", {"deadline": "2027", "direction": -1}),
    ("Reach 2000 members by May 2027", {"deadline": "2027-05"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_a_goal_says_what_stands_there(text: str, expected: dict[str, Any]) -> None:
    goal = read_goal(text)
    assert {name: getattr(goal, name) for name in expected} == expected


@given(st.integers(2, 9999), st.integers(2, 9999), st.sampled_from(["days", "%", ""]), st.integers(2000, 2100))
def test_from_to_and_a_year_are_read_whatever_the_numbers(low: int, high: int, unit: str, year: int) -> None:
    goal = read_goal(f"It changes from {low} to {high} {unit} by the end of {year}")
    assert (goal.baseline, goal.target, goal.deadline, goal.unit) == (low, high, str(year), unit)


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    assert isinstance(read_goal(text), Goal)


@pytest.mark.parametrize(("verb", "factor", "direction"), [
    ("Double", 2.0, 1), ("Treble", 3.0, 1), ("Triple", 3.0, 1), ("Halve", 0.5, -1), ("Grow", None, 1),
])  # fmt: skip
def test_a_verb_that_multiplies_says_by_what(verb: str, factor: float | None, direction: int) -> None:
    goal = read_goal(f"{verb} the number of donors")
    assert (goal.factor, goal.direction, goal.has_amount) == (factor, direction, factor is not None)


@pytest.mark.parametrize(("words", "worth"), [
    ("3 thousand", 3e3), ("3k", 3e3), ("3 million", 3e6), ("3m", 3e6), ("3 billion", 3e9), ("3bn", 3e9), ("3", 3.0),
    ("1,234.5", 1234.5), ("−3", -3.0),
])  # fmt: skip
def test_a_number_counts_what_it_says(words: str, worth: float) -> None:
    goal = read_goal(f"Raise the surplus to £{words} by 2030")
    assert (goal.target, goal.unit, goal.deadline) == (pytest.approx(worth), "", "2030")
    assert read_goal(f"Raise the surplus by £{words}").change == pytest.approx(worth)


@pytest.mark.parametrize(("words", "months"), [
    *((f"{word} months", count) for count, word in (
        (2, "two"), (3, "three"), (4, "four"), (5, "five"), (6, "six"), (9, "nine"), (10, "ten"), (12, "twelve"),
        (18, "18"))),
    ("a month", 1), ("one month", 1), ("52 weeks", 12), ("13 weeks", 3), ("a quarter", 3), ("five quarters", 15),
    ("a year", 12), ("3 years", 36),
])  # fmt: skip
def test_a_time_from_now_is_so_many_months(words: str, months: float) -> None:
    for before in ("within", "in", "over the next", "within the coming"):
        goal = read_goal(f"Cut the wait to 30 days {before} {words}")
        assert (goal.months, goal.target, goal.unit, goal.deadline) == (pytest.approx(months), 30.0, "days", None)


@pytest.mark.parametrize(("month", "number"), [
    (name, f"{i:02}") for i, names in enumerate((
        ("January", "Jan"), ("February", "Feb."), ("March", "Mar"), ("April", "Apr"), ("May", "may"), ("June", "Jun"),
        ("July", "Jul"), ("August", "Aug"), ("September", "Sept", "Sep"), ("October", "Oct"), ("November", "Nov"),
        ("December", "Dec")), 1) for name in names
])  # fmt: skip
def test_a_month_is_known_by_its_name(month: str, number: str) -> None:
    assert read_goal(f"Cut the wait by the end of {month} 2031").deadline == f"2031-{number}"
    assert read_goal(f"Cut the wait before the 3rd {month} 2031").deadline == f"2031-{number}-03"


def test_of_two_dates_and_of_two_times_the_last_counts() -> None:
    assert read_goal("By 2026 plan it, by Q2 2028 cut the wait to 9 days").deadline == "2028-Q2"
    assert read_goal("Answered within 5 weeks, within 12 months").months == 12.0


@pytest.mark.parametrize(("text", "direction"), [
    ("It moves from 9 to 12 days", 1), ("It moves from 12 to 9 days", -1), ("It moves from 9 to 9 days", None),
    ("Keep it from 12 to 9 days", 0), ("Cut it from 9 to 12 days", -1),
])  # fmt: skip
def test_the_verb_says_the_direction_before_the_numbers_do(text: str, direction: int | None) -> None:
    assert read_goal(text).direction == direction

