"""The description of the API: it is the one in the docs, and programs that take it by its word break nothing."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from fourfold.access.scopes import Scope
from fourfold.actions.make_token import make_token
from fourfold.api.app import api
from fourfold.records.limits import forget
from fourfold.records.models import Organisation
from tests.house.source import ROOT

from .conftest import Program, program

SNAPSHOT = ROOT / "docs" / "reference" / "openapi.json"
#: What is only in the mill, where nobody here works. Its code is not: it stands in the log of who asked for it.
FOREIGN = ("Mill Lane", "Secret flour", "Charlie Cole", "charlie@mill")


def described() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
    return found


def test_the_description_in_the_docs_is_that_of_the_code() -> None:
    assert json.loads(SNAPSHOT.read_text()) == described(), "the API changed: make reference"


def test_every_operation_has_a_name_a_summary_and_what_it_answers() -> None:
    operations = [operation for path in described()["paths"].values() for operation in path.values()]
    assert len(operations) >= 8
    for operation in operations:
        assert operation["operationId"] and operation["summary"] and operation["description"] and operation["responses"]


def roles(bakery: Organisation) -> dict[str, Program]:
    """Three who ask: one who may do everything, one at North Quay, and a service that reads there."""
    made = make_token(by=None, name="Reader", scopes={Scope.READ}, service_of="bakery", unit="north").value
    assert made is not None
    return {"admin": program("alice"), "contributor": program("bob"), "service": Program(made.text)}


def attack(who: Program, examples: int) -> list[str]:
    """What went wrong with requests made up from the description, right ones and wrong ones."""
    schema = schemathesis.openapi.from_dict(described())
    problems: list[str] = []
    for operation in (result.ok() for result in schema.get_all_operations()):
        cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))

        @settings(max_examples=examples, deadline=None, database=None, derandomize=True,
                  phases=[Phase.generate], suppress_health_check=list(HealthCheck))  # fmt: skip
        @given(case=cases)
        def run(case: Any) -> None:
            problems.extend(_tried(who, case))

        run()
    return problems


def address_of(case: Any) -> str:
    """The address that was made up; as most codes lead nowhere, some are those of the bakery and of the mill."""
    path = str(case.operation.path).removeprefix("/api/v1")
    known = {"organisation": ("bakery", "bakery", "mill"), "kpi": ("sales", "flour", "sales")}
    for name, value in (case.path_parameters or {}).items():
        choices = (str(value) or "-", *known.get(name, ("north", "south")))
        path = path.replace("{" + name + "}", quote(choices[len(str(value).encode()) % len(choices)], safe=""))
    return f"{path}?{urlencode(dict(case.query or {}), doseq=True, errors='replace')}"


def _tried(who: Program, case: Any) -> list[str]:
    forget()
    path, body = address_of(case), case.as_transport_kwargs(base_url="http://testserver").get("json")
    headers = {
        name.replace("-", "_"): str(value)
        for name, value in (case.headers or {}).items()
        if name.lower() in ("idempotency-key", "if-match") and str(value).isprintable()
    }
    response = who.ask(case.method.upper(), path, body, **headers)
    text = response.content.decode(errors="replace").lower()
    asked = f"{case.method} {path} {body!r}: {response.status_code}"
    found = [asked] if response.status_code >= 500 else []
    echoed = f"{path} {json.dumps(body, default=str)}".lower()
    found += [f"{asked} tells {word}" for word in FOREIGN if word.lower() in text and word.lower() not in echoed]
    is_problem = response["Content-Type"].startswith("application/problem+json")
    if response.status_code >= 400 and response.status_code != 405 and not is_problem:
        found.append(f"{asked} is no problem: {text[:80]}")
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["admin", "contributor", "service"])
def test_no_request_breaks_the_server_or_tells_of_another_organisation(bakery: Organisation, role: str) -> None:
    assert attack(roles(bakery)[role], 12) == []


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("role", ["admin", "contributor", "service"])
def test_not_many_requests_do_either(bakery: Organisation, role: str) -> None:
    assert attack(roles(bakery)[role], 300) == []
