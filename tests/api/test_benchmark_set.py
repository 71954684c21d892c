"""Sets of benchmarks by the API: all or none, the same answer for the same set, by a token that may."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fourfold.access.scopes import Scope
from fourfold.records.frames.definition import read_definitions
from fourfold.records.models import Event, Organisation

from .conftest import Program, program

pytestmark = pytest.mark.django_db
PATH = "/organisations/bakery/benchmarks"
SET: dict[str, Any] = {
    "name": "Peers 2026", "source": "Peer median", "date": "2026-03-31",
    "benchmarks": [{"kpi": "Orders on time", "value": "97.50"}, {"kpi": "margin", "unit": "north", "value": "24",
                                                                "source": "Guild", "date": "2026"}],
}  # fmt: skip


def asked(asker: Program, status: int, body: Any) -> dict[str, Any]:
    response = asker.ask("POST", PATH, body)
    assert response.status_code == status, response.content
    found: dict[str, Any] = json.loads(response.content)
    return found


def benchmarks() -> list[tuple[str, str | None, str, str | None, str]]:
    found = read_definitions(Organisation.objects.get(code="bakery"))
    assert found is not None
    return [(t.kpi, t.unit, f"{t.value:f}", t.source_date, t.source) for t in found.targets if t.kind == "benchmark"]


def test_a_set_is_planned_taken_and_unchanged_when_it_comes_again(alice: Program) -> None:
    planned = asked(alice, 200, SET | {"dry_run": True})
    assert (planned["read"], planned["added"], benchmarks()) == (2, 2, [])
    done = asked(alice, 200, SET)
    assert done["summary"] == "2 benchmarks added"
    assert done["benchmarks"] == planned["benchmarks"] == [
        {"row": 1, "outcome": "added", "kpi": "on_time", "unit": None, "since": "2026-03", "warnings": []},
        {"row": 2, "outcome": "added", "kpi": "margin", "unit": "north", "since": "2026-01", "warnings": []},
    ]
    assert benchmarks() == [("on_time", None, "97.50", "2026-03-31", "Peer median"),
                            ("margin", "north", "24", "2026", "Guild")]  # fmt: skip
    event = Event.objects.get(action="definitions.amend")
    assert (event.via, event.reason) == ("api", "Benchmark set Peers 2026")
    again = asked(alice, 200, SET)
    assert (again["added"], again["unchanged"]) == (0, 2)
    assert Event.objects.filter(action="definitions.amend").count() == 1


def test_each_row_that_is_wrong_is_told_by_its_number_and_none_is_taken(alice: Program) -> None:
    wrong = [*SET["benchmarks"], {"kpi": "nothing", "value": "1"}, {"kpi": "sales", "value": "1,5"}]
    for dry_run in (True, False):
        refused = asked(alice, 422, SET | {"benchmarks": wrong, "dry_run": dry_run})
        told = [(e["field"], e["code"]) for e in refused["errors"]]
        assert told == [("Peers 2026:3", "BENCHMARK-KPI"), ("Peers 2026:4", "BENCHMARK-VALUE")]
        assert all(e["fix"] for e in refused["errors"]) and benchmarks() == []
    without = asked(alice, 422, SET | {"source": "", "date": ""})
    assert [e["code"] for e in without["errors"]] == ["BENCHMARK-SOURCE", "BENCHMARK-DATE"]


@pytest.mark.parametrize("body", [
    {}, SET | {"benchmarks": []}, SET | {"name": ""}, SET | {"more": 1}, SET | {"benchmarks": [{"value": "1"}]},
    SET | {"name": "\ud800"},
    SET | {"benchmarks": [{"kpi": "sales", "value": 1.5}]}, SET | {"benchmarks": [{"kpi": "sales\0", "value": "1"}]},
    SET | {"benchmarks": [{"kpi": "sales", "value": "1"}] * 2_001},
])  # fmt: skip
def test_what_is_no_set_is_refused(alice: Program, body: dict[str, Any]) -> None:
    asked(alice, 400, body)
    assert benchmarks() == []


def test_who_may_not_define_imports_nothing(alice: Program, bob: Program, charlie: Program) -> None:
    reading = program("alice", Scope.READ, Scope.RECORD)
    for asker, status in ((bob, 403), (reading, 403), (charlie, 404)):
        for dry_run in (True, False):
            asked(asker, status, SET | {"dry_run": dry_run})
    assert benchmarks() == []
    assert asked(program("alice", Scope.DEFINE), 200, SET)["added"] == 2
