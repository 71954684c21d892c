"""In which order lists come: findings as they stand in the files, everything else the greatest first."""

from __future__ import annotations

from itertools import pairwise, permutations
from typing import Any

import numpy as np
import polars as pl
import pytest

from fourfold.engine.assessment import Assessment, Criterion, Part
from fourfold.engine.cluster.stages import in_order
from fourfold.engine.definitions.parse import parse
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.measurements import LISTED
from fourfold.engine.measurements.report import Report
from fourfold.engine.portfolio import drivers
from fourfold.engine.scenarios.comparison import side_by_side
from tests.engine.scorecards import figures, judged, scorecard

HEAD = """\
organisation: {code: o, name: O}
strategy: {code: s, name: S, colour: red}
units: [{code: all, name: All, hue: red, name: Twice}]
"""
BODY = """\
kpis:
  - {code: "a b", name: A, kind: odd, colour: red}
  - {name: B}
  - {code: c, name: C, kind: odd, decimals: many}
  - {code: d, name: D, tint: 1, shade: 2}
"""


@pytest.mark.parametrize("names", [("a.yaml", "b.yaml"), ("b.yaml", "a.yaml")])
def test_what_is_wrong_in_files_is_told_by_file_line_and_column(names: tuple[str, str]) -> None:
    found = parse(dict(zip(names, (HEAD, BODY), strict=True))).findings
    places = [(f.place.file or "", f.place.line or 0, f.place.column or 0) for f in found]
    assert places == sorted(places)
    # Files, lines and columns differ, and are told by different readers: no order of theirs would do.
    assert {file for file, _, _ in places} == {"a.yaml", "b.yaml"} and len(places) >= 9
    assert any(a[:2] == b[:2] and a[2] < b[2] for a, b in pairwise(places))
    by_line = [f for f in found if f.place.file == names[1]]
    codes = [f.code for f in by_line]
    assert codes != sorted(codes) and codes != sorted(codes, reverse=True)


def finding(level: Level, file: str | None, line: int | None, code: str = "A", message: str = "m") -> Finding:
    return Finding(code, level, Place(file, line), message)


IN_ORDER = (
    finding(Level.ERROR, None, None), finding(Level.ERROR, "a", None), finding(Level.ERROR, "a", 1),
    finding(Level.ERROR, "a", 2), finding(Level.ERROR, "a", 2, "B"), finding(Level.ERROR, "a", 2, "B", "n"),
    finding(Level.ERROR, "b", 1), finding(Level.WARNING, "a", 1), finding(Level.INFO, None, None),
)  # fmt: skip


def test_findings_of_workers_are_put_in_one_order() -> None:
    assert in_order(reversed(IN_ORDER)) == IN_ORDER
    for some in permutations(IN_ORDER[2:6]):
        assert in_order(some) == IN_ORDER[2:6]


def rows_at(*places: tuple[str, int], value: str = "x") -> pl.DataFrame:
    return pl.DataFrame({"file": [f for f, _ in places], "row": [r for _, r in places], "value": [value] * len(places)})


def test_findings_about_rows_come_by_file_and_row_and_errors_are_kept_first() -> None:
    report = Report()
    report.add(rows_at(("b", 1), ("a", 10), ("a", 2)), "W", lambda row: ("w", ""), level=Level.WARNING)
    report.add(rows_at(("a", 5)), "E", lambda row: ("e", ""))
    report.note(Finding("N", Level.INFO, Place(), "n"))
    assert [(f.code, f.place.file, f.place.line or 0) for f in report.findings()] == [
        ("N", None, 0), ("W", "a", 2), ("E", "a", 5), ("W", "a", 10), ("W", "b", 1),
    ]  # fmt: skip
    full = Report()
    full.add(rows_at(*(("a", i) for i in range(LISTED))), "W", lambda row: ("w", ""), level=Level.WARNING)
    full.add(rows_at(("z", 7), ("z", 3)), "E", lambda row: ("e", ""))
    *listed, more = full.findings()
    assert len(listed) == LISTED and [(f.code, f.place.line) for f in listed[-2:]] == [("E", 3), ("E", 7)]
    assert (more.code, more.level) == ("ROW-MORE", Level.WARNING)
    assert more.message == "There are 2 more findings, which are not listed."


def test_rows_with_the_same_mistake_are_named_up_to_five() -> None:
    for count, said in ((1, "e"), (2, "e"), (5, "e"), (6, "e")):
        report = Report()
        report.add(rows_at(*(("a", i) for i in range(count, 0, -1))), "E", lambda row: ("e", ""), by=("value",))
        (only,) = report.findings()
        assert only.message.startswith(said) and only.place.line == count  # the first row that came
        assert all(str(row) in only.message for row in range(count - 1, max(count - 5, 0), -1))


def test_gaps_are_told_by_what_they_cost() -> None:
    criteria = tuple(Criterion(f"C{i}", "?", points, 20, "e", "m") for i, points in enumerate((15, 0, None, 20, 5, 0)))
    found = Assessment("X", "kpi:k", (Part("P", "P", criteria[:3]), Part("Q", "Q", criteria[3:])), 1.0, "")
    assert [c.code for c in found.gaps] == ["C1", "C5", "C4", "C0"]
    assert found.findings()[0].message == "? 0 of 20 points: e."


def compared(*codes: str, scores: tuple[float, ...]) -> Any:
    goals = [{"kpi": code, "value": "100", "red_line": "50"} for code in codes]
    rows = figures(*((code, "2026-01", score) for code, score in zip(codes, scores, strict=True)))
    return judged(scorecard(*({"code": code} for code in codes), targets=goals), rows)


def test_what_moves_the_scorecard_most_comes_first_and_by_name_where_it_is_alike() -> None:
    found = drivers(compared("d", "b", "c", "a", scores=(100, 60, 60, 80)), unit="all", period="2026-01")
    assert [(d.kpi, round(d.gain, 9), round(d.risk, 9)) for d in found.drivers] == [
        ("a", 5.0, 20.0), ("b", 10.0, 15.0), ("c", 10.0, 15.0), ("d", 0.0, 25.0),
    ]  # fmt: skip
    over = drivers(compared("b", "a", scores=(120, 60)), unit="all", period="2026-01")
    assert [d.kpi for d in over.drivers] == ["a", "b"]


def test_kpis_stand_before_nodes_and_those_of_both_sides_once() -> None:
    one, two = compared("b", "a", scores=(60, 60)), compared("a", "z", scores=(60, 60))
    nodes = side_by_side("x", one, two).nodes
    kpis = [n for n in nodes if n.startswith("kpi:")]
    assert kpis == ["kpi:b", "kpi:a", "kpi:z"] and list(nodes[:3]) == kpis
    assert nodes[3:] == tuple(one.nodes.nodes) and np.unique(nodes).size == len(nodes)
