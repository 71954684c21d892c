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
