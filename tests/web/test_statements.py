"""How many statements an entered figure sends to the database until it is answered, alone and in the grid.

What is counted ends where the answer is kept with its key, in the transaction of the figure: outlooks follow after it.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from fourfold.access.scopes import Scope
from fourfold.actions.make_token import make_token
from fourfold.actions.record_measurement import version_of
from fourfold.records.models import Measurement, Organisation, Person
from tests.web.conftest import ADDRESSES
from tests.web.pages.test_updates import PAGE, figure, sent
from tests.web.test_everywhere import BASELINE

GRID = {"staff": "4", "sales": "1100", "costs": "700"}


def counted(do: Callable[[], Any]) -> int:
    """Statements until the answer is kept; the test's own transaction makes savepoints of transactions."""
    statements: list[str] = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(str(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        do()
    kept = next(at for at, sql in enumerate(statements) if sql.startswith('UPDATE "records_requestkey"'))
    mine = (sql for sql in statements[: kept + 1] if not sql.startswith(("SAVEPOINT", "RELEASE")))
    return sum("records_memo" not in sql for sql in mine)  # one request of five takes a portion of what it may ask


def by_api(token: str, value: str) -> None:
    response = Client().post(
        "/api/v1/organisations/bakery/kpis/staff/measurements",
        json.dumps({"unit": "north", "period": "2026-05", "value": value}), content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {token}", HTTP_IDEMPOTENCY_KEY=f"figure {value}",
    )  # fmt: skip
    assert response.status_code == 201, response.content


def grid(plus: int, *codes: str) -> dict[str, str]:
    """The form of these rows, each with another figure than is there."""
    rows = {code: {"value": str(int(GRID[code]) + plus), "version": version_of(figure(code))} for code in codes}
    return sent(**rows) | {"key": f"form {plus} {len(codes)}"}


def by_grid(bob: Client, form: dict[str, str]) -> None:
    response = bob.post(PAGE, form)
    assert response.status_code == 302, response.content


@pytest.fixture
def token(organisation: Organisation) -> str:
    made = make_token(by=Person.objects.get(email=ADDRESSES["bob"]), name="Test", scopes={Scope.RECORD}).value
    assert made is not None
    return made.text


def test_an_entry_sends_as_many_statements_as_are_written_down(
    bob: Client, token: str, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # definitions are kept with the commit that a test has not
        by_api(token, "3")  # the first of a day evaluates everything
    by_grid(bob, grid(0, *GRID))
    before, one = Measurement.objects.count(), grid(1, "staff")
    found = {"grid_of_one": counted(lambda: by_grid(bob, one)), "api": counted(lambda: by_api(token, "9"))}
    three = grid(2, *GRID)
    found["grid_of_three"] = counted(lambda: by_grid(bob, three))
    assert Measurement.objects.count() == before + 5
    assert found == tomllib.loads(BASELINE.read_text())["entry"], "\n".join(f"{n} = {c}" for n, c in found.items())
