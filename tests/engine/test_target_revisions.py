"""Easings and drift of targets, and the check about them."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.checks import check
from fourfold.engine.definitions import Definitions
from fourfold.engine.target_revisions import histories, history_until, twice_in_a_year
from fourfold.engine.target_versions import versions_of
from tests.engine.scorecards import figures, judged, scorecard

HIGH, LOW, RANGE = ({"code": "k", "polarity": p} for p in ("higher_better", "lower_better", "in_range"))


def kpi_with(kpi: dict[str, object], *versions: dict[str, object], **more: object) -> Definitions:
    return scorecard({**kpi, **more}, targets=[{"kpi": "k", **v} for v in versions])


def test_an_easing_is_the_way_given_up_and_a_tightening_takes_nothing_back() -> None:
    d = kpi_with(
        HIGH,
        {"since": "2026-01", "value": 90, "baseline": 80},
        {"since": "2026-04", "value": 88},
        {"since": "2026-07", "value": 91},
        {"since": "2026-10", "value": 86},
    )
    (history,) = histories(d, d.kpis[0])
    assert [r.eased for r in history.revisions] == [2.0, -3.0, 5.0]
    assert history.drift == pytest.approx(0.7)
    assert [r.target.since for r in history.easings] == ["2026-04", "2026-10"]
    assert len(list(twice_in_a_year(history.easings))) == 1


@given(st.lists(st.integers(0, 100), min_size=1, max_size=8))
def test_drift_is_the_sum_of_what_was_given_up(values: list[int]) -> None:
    versions = [{"since": f"{2000 + i}-01", "value": v} for i, v in enumerate(values)]
    versions[0]["baseline"] = 120
    d = kpi_with(LOW, *versions)
    (history,) = histories(d, d.kpis[0])
    given_up = sum(max(b - a, 0) for a, b in pairwise(values))
    assert history.drift == pytest.approx(given_up / (120 - values[0]))


def test_without_a_way_to_go_there_is_no_drift_and_the_same_again_is_no_easing() -> None:
    first = {"since": "2026-01", "value": 90, "baseline": 90}
    d = kpi_with(HIGH, first, {"since": "2026-04", "value": 90}, {"since": "2026-07", "value": 85})
    (history,) = histories(d, d.kpis[0])
    assert math.isnan(history.drift)
    assert [r.eased for r in history.revisions] == [0.0, 5.0] and len(history.easings) == 1
    assert [r.place for r in history.revisions] == [1, 2]
    assert math.isnan(histories(kpi_with(HIGH, {"since": "2026-01", "value": 90}), d.kpis[0])[0].drift)


def test_versions_are_taken_by_begin_and_by_unit() -> None:
    versions = (
        {"since": "2026-07", "value": 80},
        {"since": "2026-01", "value": 90},
        {"since": "2026-01", "value": 5, "unit": "all"},
    )
    d = kpi_with(HIGH, *versions)
    both = {h.unit: [r.eased for r in h.revisions] for h in histories(d, d.kpis[0])}
    assert both == {None: [10.0], "all": []}


def test_of_versions_that_begin_together_the_one_known_last_counts_whatever_their_order() -> None:
    versions = (
        {"since": "2026-01", "value": 70, "recorded_at": "2026-05-01T00:00:00+02:00"},
        {"since": "2026-01", "value": 90, "baseline": 80},
        {"since": "2026-01", "value": 80, "recorded_at": "2026-02-01"},
    )
    d = kpi_with(HIGH, *versions)
    (history,) = histories(d, d.kpis[0])
    assert (history.original.value, [r.eased for r in history.revisions]) == (90, [10.0, 10.0])
    moments = [datetime(2026, month, 3, tzinfo=UTC) for month in (1, 3, 6)]
    assert [versions_of(d, d.kpis).known(at).targets[-1].value for at in moments] == [90, 80, 70]
    rows = figures(("k", "2026-01", 75))
    reached = [judged(d, rows, as_of=at).kpis.target for at in moments[1:]]
    assert [float(target[0, 0, 0]) for target in reached if target is not None] == [80.0, 70.0]


def test_a_wider_range_is_easier() -> None:
    d = kpi_with(RANGE, {"since": "2026-01", "low": 20, "high": 22}, {"since": "2026-02", "low": 19, "high": 24})
    assert [r.eased for r in histories(d, d.kpis[0])[0].revisions] == [3.0]


def test_a_year_later_is_not_within_a_year() -> None:
    for second, count in (("2026-12", 1), ("2027-01", 0)):
        versions = ({"since": "2025-01", "value": 9}, {"since": "2026-01", "value": 8}, {"since": second, "value": 7})
        d = kpi_with(HIGH, *versions)
        assert len(list(twice_in_a_year(histories(d, d.kpis[0])[0].easings))) == count


@pytest.mark.parametrize(("first", "second", "count"), [
    ("D:2026-03-15", "D:2027-03-14", 1), ("D:2026-03-15", "D:2027-03-15", 0), ("D:2026-03-15", "D:2027-02-20", 1),
    ("D:2026-03-15", "D:2027-04-01", 0), ("D:2026-12-31", "D:2027-12-30", 1), ("D:2026-01-01", "D:2026-01-02", 1),
])  # fmt: skip
def test_within_a_year_is_less_than_twelve_months_to_the_day(first: str, second: str, count: int) -> None:
    versions = ({"since": "D:2020-01-01", "value": 9}, {"since": first, "value": 8}, {"since": second, "value": 7})
    d = kpi_with(HIGH, *versions, frequency="day")
    assert len(list(twice_in_a_year(histories(d, d.kpis[0])[0].easings))) == count


def said(d: Definitions) -> list[str]:
    return [f.message for f in check(d) if f.code == "TARGET-EASED"]


def test_easing_a_target_needs_somebody_else() -> None:
    first = {"since": "2026-01", "value": 90}
    cases = {
        None: "nobody else agreed",
        "alice": "alice approved it alone",
        "bob": "bob approved it alone",
        "charlie": None,
    }
    for approver, message in cases.items():
        second = {"since": "2027-01", "value": 85, "author": "bob", "approver": approver}
        found = said(kpi_with(HIGH, first, second, owner="alice"))
        assert [message in m for m in found] == ([True] if message else [])
    assert said(kpi_with(HIGH, first, {"since": "2027-01", "value": 95}, owner="alice")) == []


def test_two_easings_within_a_year_are_a_question() -> None:
    more = {"author": "bob", "approver": "charlie"}
    d = kpi_with(
        HIGH,
        {"since": "2026-01", "value": 90},
        {"since": "2026-04", "value": 85, **more},
        {"since": "2026-09", "value": 84, **more},
    )
    assert ["twice within a year: from 2026-04 and from 2026-09 on" in m for m in said(d)] == [True]


def test_a_unit_has_its_own_history_or_the_shared_one_up_to_a_day() -> None:
    d = kpi_with(
        HIGH,
        {"since": "2026-01", "value": 90, "baseline": 80},
        {"since": "2026-04", "value": 88},
        {"since": "2026-07", "value": 85},
        {"since": "2026-03", "value": 70, "unit": "north"},
    )
    shared = history_until(d, d.kpis[0], "south", date(2026, 6, 30))
    own = history_until(d, d.kpis[0], "north", date.max)
    assert shared is not None and [r.target.since for r in shared.revisions] == ["2026-04"]
    assert shared.drift == pytest.approx(0.2)
    begun = history_until(d, d.kpis[0], "south", date(2026, 7, 1))
    assert begun is not None and [r.target.since for r in begun.revisions] == ["2026-04", "2026-07"]
    assert own is not None and own.original.value == 70 and not own.revisions
    assert history_until(kpi_with(HIGH), d.kpis[0], "north", date.max) is None
