"""Which benchmark holds: a unit's own before what all share, in the period in which it has begun."""

from __future__ import annotations

from typing import Any

import pytest

from fourfold.engine.benchmarks import benchmark_at, benchmarks_of
from fourfold.engine.definitions.complete import complete
from fourfold.engine.source_date import cited, date_words, first_day
from fourfold.testing.bakery import bakery


def mark(kpi: str, since: str, value: int, unit: str | None = None, **more: Any) -> dict[str, Any]:
    return {"kpi": kpi, "kind": "benchmark", "since": since, "value": value, "unit": unit, "source": "Peers"} | more


def held(marks: list[dict[str, Any]], kpi: str, unit: str | None, period: str) -> int | None:
    """The value in force."""
    d = complete(bakery(targets=marks))
    found = benchmark_at(d, d.kpi[kpi], unit, d.calendar.parse(period))
    return None if found is None or found.value is None else int(found.value)


OWN = [mark("margin", "2026-01", 20), mark("margin", "2026-02", 30, "north"), mark("margin", "2026-04", 40, "north")]


@pytest.mark.parametrize(
    ("unit", "period", "value"),
    [("north", "2026-03", 30), ("north", "2026-04", 40), ("north", "2026-01", 30), ("south", "2026-04", 20),
     ("bakery", "2026-04", 20), (None, "2026-04", 20)],
)  # fmt: skip
def test_a_units_own_comes_before_what_all_share(unit: str | None, period: str, value: int) -> None:
    assert held(OWN, "margin", unit, period) == value


def test_that_of_another_unit_is_none() -> None:
    assert held(OWN[1:], "margin", "south", "2026-04") is None
    assert held(OWN[1:], "margin", None, "2026-04") == 40  # asked of no unit, any tells something


def test_what_adds_up_is_about_the_whole_organisation_where_it_names_no_unit() -> None:
    marks = [mark("sales", "2026-01", 9000)]
    assert held(marks, "sales", "bakery", "2026-04") == 9000
    assert held(marks, "sales", "north", "2026-04") is None


def test_of_two_that_begin_together_the_one_known_last_counts() -> None:
    newer = mark("margin", "M:2026-01", 25, recorded_at="2026-05-01T00:00:00+00:00")
    assert held([newer, OWN[0]], "margin", "south", "2026-04") == 25


def test_versions_stand_as_they_begin_and_those_that_cannot_be_read_are_left_out() -> None:
    d = complete(bakery(targets=[OWN[2], OWN[1], mark("margin", "soon", 1, "north")]))
    assert [t.since for t in benchmarks_of(d, d.kpi["margin"], "north")] == ["2026-02", "2026-04"]


@pytest.mark.parametrize("text", ["2026-13", "2026-02-30", "26", "2026-3", "0000", "31.03.2026", "soon", "", "٢٠٢٦"])
def test_what_is_no_day_month_or_year_is_no_date_of_a_source(text: str) -> None:
    assert first_day(text) is None and date_words(text) == text


def test_a_source_is_cited_with_its_date() -> None:
    assert cited(" Peers ", "2026-03-31") == "Peers, 31 Mar 2026"
    assert cited("", "2026") == "2026" and cited("", None) == ""
