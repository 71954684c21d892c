"""Rows of a set of benchmarks: what each adds or changes, and why it is rejected."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.amendments import amend
from fourfold.engine.checks import check
from fourfold.engine.definitions import Definitions, Target
from fourfold.engine.definitions.complete import complete
from fourfold.engine.definitions.parse import parse
from fourfold.engine.definitions.write import write
from fourfold.engine.target_versions import became_known
from fourfold.scorecard.benchmark_reading import read_set
from fourfold.scorecard.benchmark_set import Became, BenchmarkRow, BenchmarkSet, level_of
from fourfold.testing.bakery import BAKERY, bakery

TODAY, AT = date(2026, 7, 10), datetime(2026, 7, 10, 9, tzinfo=UTC)
ROW = BenchmarkRow(2, kpi="Orders on time", value="97.50", source="Peer median", date="2026-03-31")
WARM = {"code": "warm", "name": "Warmth", "kind": "stock", "polarity": "in_range", "frequency": "quarter", "unit": "°C"}
TWINS = [{"code": "t1", "name": "Twins"}, {"code": "t2", "name": "Twins"}]


def here(*marks: dict[str, Any]) -> Definitions:
    """The bakery with three KPIs more, and these benchmarks."""
    kpis = [*BAKERY["kpis"], WARM, *TWINS]
    targets = [*BAKERY["targets"], *({"kind": "benchmark", "source": "Peer median"} | m for m in marks)]
    return complete(bakery(kpis=kpis, targets=targets))


def read(*rows: BenchmarkRow, there: Definitions | None = None, **more: Any) -> BenchmarkSet:
    return read_set("peers.csv", rows, there or here(), today=TODAY, at=AT, **more)


def written(found: BenchmarkSet, there: Definitions) -> Definitions:
    return complete(amend(there, found.amendments))


def test_a_row_becomes_a_benchmark_from_the_period_of_its_date_on() -> None:
    (row,) = read(ROW, author="alice").rows
    assert row.became is Became.ADDED and row.word == "new"
    assert row.target == Target.model_validate({
        "kpi": "on_time", "kind": "benchmark", "since": "2026-03", "value": "97.50", "source": "Peer median",
        "source_date": "2026-03-31", "author": "alice", "reason": "initial",
    })  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field", "is_"),
    [
        ({"kpi": "ON_TIME"}, "kpi", "on_time"), ({"unit": "north quay"}, "unit", "north"),
        ({"date": "2026"}, "since", "2026-01"), ({"date": "2026-02", "since": "2026-05"}, "since", "2026-05"),
        ({"since": "2027-01"}, "since", "2027-01"), ({"note": "Same definition."}, "note", "Same definition."),
        ({"kpi": "warm", "value": "", "low": "20", "high": "24", "date": "2026-02-01"}, "since", "FY2026-Q4"),
    ],
)  # fmt: skip
def test_what_a_row_says_is_written(changes: dict[str, str], field: str, is_: str) -> None:
    (row,) = read(replace(ROW, **changes)).rows
    assert row.became is Became.ADDED and getattr(row.target, field) == is_


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"kpi": ""}, "BENCHMARK-KPI", "The row names no KPI. Write the name or the code of the KPI."),
        ({"kpi": "Orders in time"}, "BENCHMARK-KPI", '"Orders in time" is no KPI here, or the name of several. Did you '
         'mean "Orders on time"?'),
        ({"kpi": "Twins"}, "BENCHMARK-KPI", '"Twins" is no KPI here, or the name of several.'),
        ({"unit": "Nord"}, "BENCHMARK-UNIT", '"Nord" is no unit here'),
        ({"value": ""}, "BENCHMARK-VALUE", "The row has no value. Write what others reach as a number"),
        ({"value": "9O"}, "BENCHMARK-VALUE", 'value "9O" holds the letter O where a digit is expected; it may be 90.'),
        ({"value": "about 90"}, "BENCHMARK-VALUE", 'value "about 90" is not a number. Write what others reach'),
        ({"value": "n/a"}, "BENCHMARK-VALUE", "is not a number"),
        ({"value": "1" * 35}, "BENCHMARK-VALUE", "34 digits"),
        ({"low": "1"}, "BENCHMARK-VALUE", "The row has a value and an edge of a band."),
        ({"kpi": "warm"}, "BENCHMARK-VALUE", "Warmth is best inside a band"),
        ({"kpi": "warm", "value": "", "low": "24", "high": "20"}, "BENCHMARK-VALUE", "not below the upper one"),
        ({"source": ""}, "BENCHMARK-SOURCE", "The row names no source. Write who published it in the column source"),
        ({"date": ""}, "BENCHMARK-DATE", "The row has no date. Write when it was published in the column date (2026"),
        ({"date": "Q1 2026"}, "BENCHMARK-DATE", 'The date "Q1 2026" is no day, month or year. Write it as 2026-03-31,'),
        ({"date": "2026-07-11"}, "BENCHMARK-DATE", "The date, 11 Jul 2026, has not come yet."),
        ({"since": "spring"}, "BENCHMARK-PERIOD", "From when it holds: "),
        ({"wrong": "The row has 4 cells, and the header has 5."}, "BENCHMARK-ROW", "The row has 4 cells"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_taken_says_why_and_what_to_do(changes: dict[str, str], code: str, said: str) -> None:
    found = read(replace(ROW, **changes))
    (finding,) = found.findings
    assert (finding.code, finding.place.file, finding.place.line) == (code, "peers.csv", 2)
    assert f"{finding.message} {finding.fix}".startswith(said) or said in finding.message
    assert finding.fix and found.rows[0].became is Became.REJECTED and found.amendments == ()


def test_all_that_is_wrong_with_a_row_is_said_at_once() -> None:
    found = read(replace(ROW, value="x", source="", date="", unit="Nord"))
    codes = ["BENCHMARK-UNIT", "BENCHMARK-VALUE", "BENCHMARK-SOURCE", "BENCHMARK-DATE"]
    assert [f.code for f in found.findings] == codes


def test_of_two_rows_about_the_same_the_second_is_rejected() -> None:
    twice = replace(ROW, line=3, kpi="on_time", date="2026-03-01")
    found = read(ROW, twice, replace(ROW, line=4, unit="north"))
    assert [each.became.value for each in found.rows] == ["added", "rejected", "added"]
    assert found.findings[0].message == "Line 2 has a benchmark of the same KPI that begins in Mar 2026 too."


def test_a_hidden_kpi_is_not_known_and_not_named() -> None:
    (finding,) = read(ROW, hidden=frozenset({"on_time"})).findings
    assert finding.code == "BENCHMARK-KPI" and "on time" not in finding.fix


def test_the_same_again_is_unchanged_however_it_is_written() -> None:
    there = written(read(replace(ROW, note="Same count.")), here())
    again = read(replace(ROW, kpi="on_time", value="97.5"), there=there)
    assert again.rows[0].became is Became.UNCHANGED and again.amendments == ()
    assert again.summary == "1 benchmark unchanged"


def test_a_later_date_is_a_new_version_and_the_old_one_stays() -> None:
    there = written(read(ROW), here())
    found = read(replace(ROW, value="98", date="2026-06-30"), there=there)
    (row,) = found.rows
    assert row.word == "new version" and level_of(row.was) == "97.50"
    assert row.target is not None and (row.target.reason, row.target.recorded_at) == ("new_information", None)
    after = [t for t in written(found, there).targets_of("on_time") if t.kind == "benchmark"]
    assert [(t.since, f"{t.value:f}") for t in after] == [("2026-03", "97.50"), ("2026-06", "98")]


def test_a_later_date_in_the_same_period_is_told_apart_by_when_it_became_known() -> None:
    early = replace(ROW, date="2026-03-05", value="96")
    there = written(read(early), here())
    found = read(ROW, there=there)
    (row,) = found.rows
    assert row.became is Became.ADDED and row.target is not None
    assert row.target.recorded_at == "2026-07-10T09:00:00+00:00"
    both = [t for t in written(found, there).targets_of("on_time") if t.kind == "benchmark"]
    assert [f"{t.value:f}" for t in sorted(both, key=became_known)] == ["96", "97.50"]
    assert read(early, ROW, there=written(found, there)).rows[0].became is Became.UNCHANGED


def test_an_older_date_in_the_same_period_is_refused() -> None:
    there = written(read(ROW), here())
    (finding,) = read(replace(ROW, date="2026-03-05", value="96"), there=there).findings
    assert finding.code == "BENCHMARK-OLDER"
    assert finding.message == "A newer one, of 31 Mar 2026, begins in Mar 2026 already."


@pytest.mark.parametrize("changes", [{"value": "98"}, {"source": "Top quartile"}, {"note": "Recounted."}])
def test_another_value_of_the_same_date_corrects_it(changes: dict[str, str]) -> None:
    there = written(read(ROW), here())
    (row,) = read(replace(ROW, **changes), there=there).rows
    assert row.became is Became.CHANGED and row.before is not None and row.amendment is not None
    assert row.amendment.before == row.before and row.target is not None and row.target.since == row.before.since


def test_one_that_was_written_by_hand_without_a_date_gets_one() -> None:
    there = here({"kpi": "on_time", "since": "M:2026-03", "value": "97.5", "note": "By hand."})
    (row,) = read(ROW, there=there).rows
    assert row.became is Became.CHANGED and row.target is not None
    assert (row.target.source_date, row.target.note, row.target.since) == ("2026-03-31", "By hand.", "M:2026-03")


def test_people_and_programs_read_each_row_and_what_is_rejected_goes_out_safe() -> None:
    found = read(ROW, replace(ROW, line=3, kpi="=1+1"), replace(ROW, line=4, kpi="margin", value="20"))
    assert found.summary == "2 benchmarks added, 1 rejected"
    assert found.frame["outcome"].to_list() == ["added", "rejected", "added"]
    assert "97.50" in str(found) and "Peer median, 31 Mar 2026" in str(found)
    lines = found.report().splitlines()
    assert len(lines) == 2 and lines[1].startswith("3,rejected,'=1+1,") and read().summary == "no benchmarks"


rows = st.builds(
    BenchmarkRow, st.integers(2, 99), kpi=st.sampled_from(["on_time", "margin", "Sales"]),
    unit=st.sampled_from(["", "north", "bakery"]), value=st.sampled_from(["1", "2.50", "-3", "1e2"]),
    source=st.sampled_from(["Peers", "Quartile"]), note=st.sampled_from(["", "Same."]),
    date=st.sampled_from(["2025", "2026-03", "2026-03-01", "2026-03-31", "2026-06-30"]),
    since=st.sampled_from(["", "2026-03", "2026-08"]),
)  # fmt: skip


#: Whatever stands in a cell: what is nearly meant, and anything at all.
STRANGE = ("", "Twins", "97,5 %", "1e9999", "1e-40", "-0", "0001", "0001-12-31", "0000-01", "9999-12-31", "2026-W09",
           "FY2026-Q4", "٢٠٢٦", "1.284", "=1+1", "n/a", "03/04/2026", "a\x00b", "x" * 10_001)  # fmt: skip


def cell(*usual: str) -> st.SearchStrategy[str]:
    """Mostly what is usual there."""
    return st.one_of(st.sampled_from(usual), st.sampled_from(usual), st.sampled_from(STRANGE), st.text(max_size=9))


anything = st.builds(
    BenchmarkRow, st.integers(1, 9), kpi=cell("on_time", "margin", "warm"), unit=cell("", "north"), value=cell("7", ""),
    low=cell("", "2"), high=cell("", "9"), source=cell("Peers", "O\"Neil: #1\n - x"), date=cell("2026", "2026-03-31"),
    since=cell("", "2026-03", "2026"), note=cell("", "Same."),
)  # fmt: skip


@given(st.lists(anything, max_size=5))
def test_whatever_stands_in_a_row_it_is_told_and_what_is_taken_can_be_read(some: list[BenchmarkRow]) -> None:
    there = here()
    found = read(*some, there=there)
    assert len(found.rows) == len(some) == found.frame.height and str(found)
    after = written(found, there)
    told, _ = found.told(check(after, today=TODAY), after)
    assert all(each.reasons for each in told.of(Became.REJECTED))
    kept = parse(write(amend(there, found.amendments))).definitions
    assert kept is not None
    assert [t for t in kept.targets if t.kind == "benchmark"] == [a.after for a in found.amendments]


@given(st.lists(st.lists(rows, max_size=6), max_size=4))
def test_whatever_was_taken_is_unchanged_when_it_comes_again_and_no_version_is_lost(sets: list[list[Any]]) -> None:
    there = here()
    for n, some in enumerate(sets):
        found = read_set("s", some, there, today=TODAY, at=AT.replace(minute=n))
        taken = [each.row for each in found.rows if each.became is not Became.REJECTED]
        after = written(found, there)
        assert len(after.targets) == len(there.targets) + len(found.of(Became.ADDED))
        again = read_set("s", taken, after, today=TODAY, at=AT.replace(minute=n, second=1))
        assert [each.became for each in again.rows] == [Became.UNCHANGED] * len(taken)
        there = after
