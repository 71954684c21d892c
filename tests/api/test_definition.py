"""Definitions by the API: read as texts, planned, and put in force by a token that may, and by no other."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fourfold.access.scopes import Scope
from fourfold.engine.definitions.parse import parse
from fourfold.records.frames.definition import read_definitions
from fourfold.records.models import Event, Organisation

from .conftest import Program, program

pytestmark = pytest.mark.django_db
PATH = "/organisations/bakery/definitions"


def texts(asker: Program) -> dict[str, str]:
    return {file["name"]: file["text"] for file in asker.get(PATH)["files"]}


def files(given: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"files": [{"name": name, "text": text} for name, text in given.items()]} | more


def asked(asker: Program, status: int, method: str, path: str, body: Any) -> dict[str, Any]:
    response = asker.ask(method, path, body)
    assert response.status_code == status, response.content
    found: dict[str, Any] = json.loads(response.content)
    return found


def test_what_is_read_is_what_there_is_and_planning_it_changes_nothing(alice: Program, bakery: Organisation) -> None:
    found = texts(alice)
    assert parse(found).definitions == read_definitions(bakery)
    plan = asked(alice, 200, "POST", f"{PATH}/plan", files(found))
    assert (plan["edits"], plan["effects"], plan["version"]) == ([], [], alice.get(PATH)["version"])


def test_a_change_is_planned_with_its_effect_applied_once_and_told(alice: Program, bakery: Organisation) -> None:
    found = texts(alice)
    found["strategy.yaml"] = found["strategy.yaml"].replace("weight: 2", "weight: 200")
    found["kpis.yaml"] = found["kpis.yaml"].replace("value: 1000.10", "value: 1200")
    plan = asked(alice, 200, "POST", f"{PATH}/plan", files(found))
    assert {(e["noun"], e["name"], e["kind"]) for e in plan["edits"]} == {
        ("targets", "sales commit M:2026-01", "changed"), ("uses", "sales earn", "changed")
    }
    assert plan["edits"][0]["fields"] and plan["period"].startswith("M:2026-")
    assert read_definitions(bakery) != parse(found).definitions
    done = asked(alice, 200, "PUT", PATH, files(found, version=plan["version"]))
    assert done["edits"] == plan["edits"] and "2 definitions changed" in done["summary"]
    bakery.refresh_from_db()
    assert read_definitions(bakery) == parse(found).definitions
    assert Event.objects.filter(action="folder.load").latest("seq").via == "api"
    late = asked(alice, 412, "PUT", PATH, files(found, version=plan["version"]))
    assert "has changed since version" in late["detail"]


def test_what_would_go_is_named_and_goes_only_where_that_is_allowed(alice: Program, bakery: Organisation) -> None:
    found = texts(alice)
    del found["initiatives.yaml"]
    refused = asked(alice, 409, "PUT", PATH, files(found))
    assert "1 definition (initiatives oven) would go" in refused["detail"] and "allow_destroy" in refused["hint"]
    assert read_definitions(bakery) != parse(found).definitions
    asked(alice, 200, "PUT", PATH, files(found, allow_destroy=True))
    assert read_definitions(bakery) == parse(found).definitions


def test_a_kpi_with_figures_does_not_go_by_any_means(alice: Program, bakery: Organisation) -> None:
    before, found = read_definitions(bakery), texts(alice)
    a = found["kpis.yaml"].index("  - code: staff")
    found["kpis.yaml"] = found["kpis.yaml"][:a]
    refused = asked(alice, 422, "PUT", PATH, files(found, allow_destroy=True))
    assert [e["code"] for e in refused["errors"]] == ["LOAD-IN-USE"] and "staff" in refused["errors"][0]["message"]
    assert read_definitions(bakery) == before


def test_errors_are_told_with_file_and_line_and_nothing_is_written(alice: Program, bakery: Organisation) -> None:
    before, found = read_definitions(bakery), texts(alice)
    found["kpis.yaml"] += "  - code: new\n    nam: New\n"
    for method, path in (("POST", f"{PATH}/plan"), ("PUT", PATH)):
        refused = asked(alice, 422, method, path, files(found))
        assert any("nam" in e["message"] and e["fix"] for e in refused["errors"])
    asked(alice, 400, "PUT", PATH, {"files": [{"name": "../kpis.yaml", "text": ""}]})
    asked(alice, 400, "PUT", PATH, {"files": []})
    asked(alice, 422, "PUT", PATH, files({"a.yaml": "kpis: ["}))
    others = files({"a.yaml": "organisation: {code: o, name: O}\nstrategy: {code: s, name: S, state: draft}\n"
                              "units: [{code: u, name: U}]"})  # fmt: skip
    assert "about the organisation o" in asked(alice, 409, "PUT", PATH, others)["detail"]
    assert read_definitions(bakery) == before


def test_who_may_not_define_reads_plans_and_changes_nothing(
    alice: Program, bob: Program, charlie: Program, bakery: Organisation
) -> None:
    before, found = read_definitions(bakery), files(texts(alice))
    reading = program("alice", Scope.READ, Scope.RECORD)
    for asker, status in ((bob, 403), (reading, 403), (charlie, 404)):
        assert asker.ask("GET", PATH).status_code == status
        assert asker.ask("POST", f"{PATH}/plan", found).status_code == status
        assert asker.ask("PUT", PATH, found).status_code == status
    defining = program("alice", Scope.DEFINE)
    assert texts(defining) and defining.ask("POST", f"{PATH}/plan", found).status_code == 200
    assert read_definitions(bakery) == before


def test_roles_are_not_given_by_texts(alice: Program) -> None:
    found = texts(alice)
    found["people.yaml"] = found["people.yaml"].replace("role: contributor", "role: admin")
    refused = asked(alice, 403, "PUT", PATH, files(found))
    assert "roles" in refused["detail"]
