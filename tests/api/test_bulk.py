from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
from django.test import Client

from fourfold.access.scopes import Scope
from fourfold.actions.set_period_state import set_period_state
from fourfold.connectors.push import LARGEST
from fourfold.engine.period_states import PeriodState
from fourfold.jobs.evaluate_new_day import evaluate_new_day
from fourfold.records.models import Event, Import, Measurement, Result
from tests.api.conftest import Program, program

pytestmark = pytest.mark.django_db
BULK = "/organisations/bakery/measurements/bulk"
ROWS = [
    {"kpi": "sales", "unit": "north", "period": "2026-01", "value": "1010.50", "note": "recounted"},
    {"kpi": "on_time", "unit": "north", "period": "2026-01", "numerator": 90, "denominator": 120},
    {"kpi": "costs", "unit": "north", "period": "2026-01", "state": "missing"},
]
ARROW = "application/vnd.apache.arrow.stream"


def send(
    who: Program, content: bytes | list[Any], form: str = "application/json", query: str = "", **headers: str
) -> Any:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    given = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    client = Client(raise_request_exception=False, REMOTE_ADDR=who.address)
    given["HTTP_AUTHORIZATION"] = f"Bearer {who.token}"
    return client.generic("POST", f"/api/v1{BULK}{query}", body, form, **given)


def said(response: Any, status: int = 200) -> dict[str, Any]:
    assert response.status_code == status, response.content
    found: dict[str, Any] = json.loads(response.content)
    return found


def as_arrow(rows: list[dict[str, Any]], **options: Any) -> bytes:
    target = io.BytesIO()
    pl.DataFrame(rows, strict=False, infer_schema_length=None).write_ipc_stream(target, **options)
    return target.getvalue()


def bodies() -> dict[str, bytes]:
    lines = [json.dumps(row) for row in ROWS]
    table = pl.DataFrame([{name: str(cell) for name, cell in row.items()} for row in ROWS], infer_schema_length=None)
    return {
        "application/json": json.dumps({"measurements": ROWS}).encode(),
        "application/x-ndjson": "\n".join(lines).encode(),
        "text/csv": table.write_csv().encode(),
        ARROW: as_arrow(ROWS),
    }


@pytest.mark.parametrize("form", [*bodies()])
def test_every_form_records_the_same_figures_in_one_import(bob: Program, form: str) -> None:
    before = Event.objects.count()
    found = said(send(bob, bodies()[form], f"{form}; charset=utf-8"))
    first = {"text/csv": 2}.get(form, 1)
    assert found["rows"] == [{"first": first, "last": first + 2, "outcome": "recorded", "reasons": []}]
    assert (found["read"], found["recorded"], found["unchanged"], found["rejected"]) == (3, 3, 0, 0)
    run = Import.objects.get(pk=found["run"])
    assert (run.kind, run.loaded, run.by.name) == ("push", 3, "Bob Baker")  # type: ignore[union-attr]
    assert run.source.startswith("Test (fourfold_") and run.measurements.count() == 3
    kept = Measurement.objects.current().get(kpi__code="sales", unit__code="north", period="M:2026-01")
    assert (str(kept.value), kept.reason) == ("1010.50", "recounted")
    assert Event.objects.count() == before + 1
    event = Event.objects.latest("pk")
    assert (event.action, event.via, event.after["kind"]) == ("measurement.import", "api", "push")
    result = Result.objects.get(unit__code="north", node="kpi:sales", view="month", period="M:2026-01")
    assert result.value == pytest.approx(1010.5)
    figures = bob.get("/organisations/bakery/kpis/on_time/measurements?unit=north")["items"]
    told = {"kind": "push", "name": run.source, "sheet": "", "row": first + 1, "adds_up": False}
    assert [f["lineage"] for f in figures if f["period"] == "M:2026-01"] == [told]
    assert {f["period"] for f in figures if f["lineage"]} == {"M:2026-01"}, "a folder is not told of"


def test_many_figures_are_evaluated_by_the_server_within_a_minute(bob: Program) -> None:
    months = [f"{year}-{month:02}" for year in range(2000, 2018) for month in range(1, 13)]
    rows = [{"kpi": "sales", "unit": "north", "period": month, "value": 1000 + i} for i, month in enumerate(months)]
    found = said(send(bob, rows))
    assert (found["recorded"], found["evaluated"]) == (216, False)
    evaluate_new_day(now=datetime.now(UTC))
    assert said(send(bob, rows))["evaluated"] is True
    newest = Result.objects.filter(unit__code="north", node="kpi:sales", view="month", period="M:2017-12").last()
    assert newest is not None and newest.value == pytest.approx(1215)


def test_the_same_rows_again_are_unchanged_and_write_nothing(bob: Program) -> None:
    send(bob, ROWS)
    before = Measurement.objects.count(), Event.objects.count(), Import.objects.count()
    found = said(send(bob, ROWS))
    assert (found["run"], found["unchanged"], found["rows"][0]["outcome"]) == (None, 3, "unchanged")
    assert (Measurement.objects.count(), Event.objects.count(), Import.objects.count()) == before


def test_a_number_of_json_keeps_the_digits_it_was_sent_with(bob: Program) -> None:
    row = b'[{"kpi":"sales","unit":"north","period":"2026-01","value":1010.1000000000000000005}]'
    assert said(send(bob, row))["recorded"] == 1
    kept = Measurement.objects.current().get(kpi__code="sales", unit__code="north", period="M:2026-01")
    assert str(kept.value) == "1010.1000000000000000005"


WRONG = [*ROWS, {"kpi": "sales", "unit": "north", "period": "2026-02", "value": "1,5"}, 7,
         {"kpi": "sales", "unit": "north", "period": "2026-03", "value": True},
         {"kpi": "sales", "unit": "south", "period": "2026-01", "value": "5"},
         {"kpi": "sales", "unit": "north", "period": "2026-13", "value": "NaN"}]  # fmt: skip


def test_one_rejected_row_keeps_all_out_and_every_one_says_where_and_why(bob: Program) -> None:
    before = Measurement.objects.count()
    found = said(send(bob, WRONG, idempotency_key="k"), 422)
    assert (found["read"], found["rejected"]) == (8, 5) and Measurement.objects.count() == before
    codes = {each["row"]: each["code"] for each in found["errors"]}
    assert codes == {4: "ROW-COMMA", 5: "IMPORT-ROW", 6: "IMPORT-ROW", 7: "ROW-UNIT", 8: "ROW-NAN"}
    assert all(each["fix"] and each["message"] for each in found["errors"])
    assert said(send(bob, ROWS, idempotency_key="k"))["recorded"] == 3, "what was refused keeps no key"


def test_in_quarantine_the_good_rows_do_not_wait(bob: Program) -> None:
    found = said(send(bob, WRONG, query="?mode=quarantine&source=till"))
    assert (found["recorded"], found["rejected"], found["warnings"][0]["code"]) == (3, 5, "IMPORT-APART")
    first = found["rows"][0]
    assert (first["first"], first["last"], first["outcome"]) == (1, 3, "recorded")
    run = Import.objects.get(pk=found["run"])
    assert run.source.startswith("till, by Test (fourfold_") and run.rejects.count("\n") == 6


def test_the_same_key_records_once_and_another_body_with_it_is_refused(bob: Program) -> None:
    first = send(bob, ROWS, idempotency_key="k")
    again = send(bob, ROWS, idempotency_key="k")
    assert (again.status_code, again.content, again["Idempotent-Replay"]) == (200, first.content, "true")
    assert said(send(bob, ROWS[:1], idempotency_key="k"), 422)["kind"] == "refused"
    assert said(send(bob, ROWS, query="?mode=quarantine", idempotency_key="k"), 422)["kind"] == "refused"


def test_rows_of_a_closed_month_are_rejected(bob: Program) -> None:
    closed = set_period_state(
        by=None, organisation="bakery", unit="bakery", period="2026-01", state=PeriodState.CLOSED, reason="It is over"
    )  # fmt: skip
    assert closed.ok, closed.findings
    found = said(send(bob, [ROWS[0]]), 422)
    assert found["errors"][0]["code"] == "IMPORT-CLOSED"


def test_a_program_without_the_scope_records_nothing(bob: Program) -> None:
    assert said(send(program("bob", Scope.READ), ROWS), 403)["kind"] == "forbidden"


def test_charlie_sees_no_such_organisation(charlie: Program) -> None:
    assert send(charlie, ROWS).status_code == 404


@pytest.mark.parametrize(
    ("content", "form", "status"),
    [(b"", "application/json", 400), (b'[{"kpi":"sales"', "application/json", 400), (b"[]", "application/json", 400),
     (b"[" * 99_999, "application/json", 400), (b'[{"kpi":"a","kpi":"b"}]', "application/json", 400),
     (b'[{"color":"red"}]', "application/json", 400), (b"\xff\xfe", "application/json", 400),
     (b'{"kpi":"sales"}\n{"kp', "application/x-ndjson", 400), (b"kpi,unit\na,b,c\n", "text/csv", 400),
     (b'kpi,unit,period,value\n"a', "text/csv", 400), (b"kpi,unit,period,value\n", "text/csv", 400),
     (as_arrow(ROWS)[:-9], ARROW, 400), (as_arrow(ROWS, compression="zstd"), ARROW, 400), (b"ARROW1", ARROW, 400),
     (b"kpi", "text/html", 415), (b"x" * (LARGEST + 1), "text/csv", 413),
     (b"\n".join([b"{}"] * 100_001), "application/x-ndjson", 413)],
)  # fmt: skip
def test_what_cannot_be_read_says_what_is_wrong_and_writes_nothing(
    bob: Program, content: bytes, form: str, status: int
) -> None:
    before = Measurement.objects.count()
    response = send(bob, content, form)
    found = said(response, status)
    assert response["Content-Type"] == "application/problem+json" and Measurement.objects.count() == before
    assert found.get("hint") or found["errors"][0]["fix"]


def test_a_cut_body_names_the_place(bob: Program) -> None:
    found = said(send(bob, b'[{"kpi": "sales",\n "unit": "nor'), 400)
    assert found["errors"][0]["code"] == "FILE-JSON" and "line 2" in found["errors"][0]["message"]
