"""The sign NUL and half a letter, which no database keeps: refused in words wherever they come in."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from fourfold.actions.begin_import_job import begin_import_job
from fourfold.actions.import_measurements import import_measurements
from fourfold.actions.keep_upload import keep_upload
from fourfold.actions.run_import_job import run_import_job
from fourfold.records.limits import forget
from fourfold.records.models import Import, ImportJob, Person
from tests.access.routes import BODIES, Route, address, operations
from tests.api.conftest import ADDRESSES, Program, bakery, program
from tests.web.conftest import loaded

__all__ = ["bakery", "loaded"]  # fixtures
pytestmark = pytest.mark.django_db
SIGNS = {"NUL": "\0", "half a letter": "\ud800", "the bell": "\a"}
FIELDS = ("kpi", "unit", "period", "value", "state", "note", "source", "quality", "recorded_at")
GOOD = {"kpi": "staff", "unit": "north", "period": "2026-03", "value": "5"}
#: What is sent as an attachment is a file, kept byte by byte.
WRITING = [r for r in operations() if r.operation in BODIES and r.operation != "add_attachment"]
ARROW = "application/vnd.apache.arrow.stream"


@pytest.fixture(autouse=True)
def may_ask_again() -> None:
    cache.clear()
    forget()


@pytest.fixture
def alice(bakery: Any) -> Program:
    return program("alice")


def client_of(person: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(Person.objects.get(email=ADDRESSES[person]))
    return client


def spoilt(field: str, sign: str) -> dict[str, str]:
    """A row that is right but for a sign in one field."""
    return GOOD | {"period": "2026-02", field: f"{ {**GOOD, 'period': '2026-02'}.get(field, 'x')}{sign}"}


def body(form: str, rows: list[dict[str, str]]) -> bytes:
    if form == ARROW:
        target = io.BytesIO()
        pl.DataFrame(rows, infer_schema_length=None).write_ipc_stream(target)
        return target.getvalue()
    lines = [json.dumps(row) for row in rows]
    return ("\n".join(lines) if "ndjson" in form else f"[{','.join(lines)}]").encode()


@pytest.mark.parametrize("form", ["application/json", "application/x-ndjson", ARROW])
@pytest.mark.parametrize("sign", SIGNS)
def test_rows_with_such_a_sign_in_any_field_are_kept_apart_with_their_reasons_and_the_other_is_recorded(
    alice: Program, form: str, sign: str
) -> None:
    if form == ARROW and sign == "half a letter":
        pytest.skip("a text of Arrow is UTF-8, which has none")
    client = Client(raise_request_exception=False)
    headers: Any = {"HTTP_AUTHORIZATION": f"Bearer {alice.token}"}
    path = "/api/v1/organisations/bakery/measurements/bulk?mode=quarantine"
    rows = [*(spoilt(field, SIGNS[sign]) for field in FIELDS), GOOD]
    answer = client.generic("POST", path, body(form, rows), form, **headers)
    assert answer.status_code == 200, answer.content
    found = json.loads(answer.content)
    assert (found["rejected"], found["recorded"]) == (len(FIELDS), 1), found
    assert all(reason["message"] for run in found["rows"] for reason in run["reasons"]), found
    kept = Import.objects.get(pk=found["run"])
    assert kept.rejects and "\0" not in kept.rejects


@pytest.mark.parametrize("part", ["source=a%00b", "mode=quarantine%00", "a%00b=c"])
def test_a_program_that_says_it_in_the_address_is_told_where(alice: Program, part: str) -> None:
    client = Client(raise_request_exception=False)
    headers: Any = {"HTTP_AUTHORIZATION": f"Bearer {alice.token}"}
    path = f"/api/v1/organisations/bakery/measurements/bulk?{part}"
    answer = client.generic("POST", path, json.dumps([GOOD]), "application/json", **headers)
    assert answer.status_code == 400 and "NUL" in json.loads(answer.content)["detail"]
    assert answer["Content-Type"] == "application/problem+json"


def texts(found: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all texts in something that JSON says."""
    if isinstance(found, str):
        yield at
    each = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
    for name, inner in each:
        yield from texts(inner, (*at, name))


def with_sign(found: Any, at: tuple[Any, ...], sign: str) -> Any:
    if not at:
        return found + sign
    copy = found.copy()
    copy[at[0]] = with_sign(found[at[0]], at[1:], sign)
    return copy


@pytest.mark.parametrize("sign", ["NUL", "half a letter"])
@pytest.mark.parametrize("route", WRITING, ids=lambda r: r.operation)
def test_no_operation_of_the_api_stumbles_over_a_sign_in_any_of_its_texts(
    alice: Program, route: Route, sign: str
) -> None:
    ((_, method),) = route.methods
    whole = json.loads(route.body("own", "write"))
    for place in texts(whole):
        forget()
        with transaction.atomic():
            answer = alice.ask(method, address(route.pattern, "own").partition("?")[0].removeprefix("/api/v1"),
                               with_sign(whole, place, SIGNS[sign]))  # fmt: skip
            transaction.set_rollback(True)
        assert 400 <= answer.status_code < 500, (place, answer.content)


@pytest.mark.parametrize("path", ["/search/?q=a%00b", "/s/bak%00ery/", "/people/?a%00b=c", "/s/bakery/?p=%00"])
def test_a_page_asked_for_with_it_says_what_is_wrong(loaded: None, path: str) -> None:
    answer = client_of("alice").get(path)
    assert answer.status_code == 400 and b"NUL" in answer.content


def test_a_form_with_it_says_in_which_field_and_saves_nothing(loaded: None) -> None:
    answer = client_of("alice").post("/s/bakery/build/", {"waive": "x", "reason": "a\0b"})
    assert answer.status_code == 400 and "field &quot;reason&quot;" in answer.content.decode()


def parquet(rows: list[dict[str, str]]) -> bytes:
    target = io.BytesIO()
    pl.DataFrame(rows, infer_schema_length=None).write_parquet(target)
    return target.getvalue()


@pytest.mark.parametrize("way", ["check", "import", "apart"])
def test_a_file_with_it_is_told_of_by_row_whichever_way_it_is_brought_in(loaded: None, way: str) -> None:
    bob = Person.objects.get(email=ADDRESSES["bob"])
    content = parquet([*(spoilt(field, "\0") for field in FIELDS), GOOD])
    kept = keep_upload(by=bob, name="a.parquet", content=[content], size=len(content)).value
    assert kept is not None
    read = {"columns": {name: name for name in FIELDS}, "decimal": "."}
    job = begin_import_job(by=bob, upload=kept.pk, mapping=read, way=way).value
    assert job is not None
    ImportJob.objects.visible_to(bob).filter(pk=job.pk).update(token="t")
    run_import_job(by=None, job=job.pk, token="t", tell=lambda *_: None)
    job.refresh_from_db()
    assert job.ended_at and "␀" in job.rejects + str(job.run and job.run.rejects) + job.failure + str(job.outcome)
    assert "\0" not in job.rejects + job.failure + str(job.outcome)


def test_a_column_whose_name_has_it_is_told_of(loaded: None) -> None:
    bob = Person.objects.get(email=ADDRESSES["bob"])
    content = parquet([GOOD | {"no\0te": "x"}])
    kept = keep_upload(by=bob, name="a.parquet", content=[content], size=len(content)).value
    assert kept is not None
    answer = client_of("bob").get(f"/s/bakery/import/{kept.pk}/")
    assert answer.status_code < 500 and "\0" not in answer.content.decode()


def test_what_a_source_is_called_is_kept_with_a_picture_of_it(loaded: None) -> None:
    outcome = import_measurements(by=None, organisation="bakery", rows=pl.DataFrame([GOOD]), source="a\0b", kind="push")
    assert outcome.value is not None and outcome.value.run is not None and outcome.value.run.source == "a␀b"
