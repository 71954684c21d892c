"""Sets of benchmarks: values that others reach, each with its source and date, taken into the definitions."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from fourfold.actions.import_benchmark_set import MOST, import_benchmark_set
from fourfold.api.errors import as_problems, problem_of_findings
from fourfold.api.pages import asker, known_only
from fourfold.api.v1.measurement import Figure
from fourfold.engine.findings import errors
from fourfold.records.queries.api import organisation_of
from fourfold.scorecard.benchmark_set import Became, BenchmarkRow, BenchmarkSet, SetRow

router = Router(tags=["definition"])
PATH = "/organisations/{organisation}/benchmarks"
_PLAIN = r"^[^\x00]*$"
_Name = Annotated[str, Field(max_length=300, pattern=_PLAIN)]
_Long = Annotated[str, Field(max_length=2_000, pattern=_PLAIN)]
_Dated = Annotated[
    str, Field(max_length=10, pattern=_PLAIN, description="When the source was published: 2026-03-31, 2026-03 or 2026.")
]


class BenchmarkIn(Schema):
    """What others reach of one KPI: a value, or the edges of a band where the KPI is best inside one.

    `source` and `date` may be left out where the set has them. Without a `unit` it holds for each unit that has no
    benchmark of its own. It begins in the period of its date, or in `since`.
    """

    model_config = ConfigDict(extra="forbid")

    kpi: Annotated[str, Field(max_length=300, pattern=_PLAIN, description="Its code or name.")]
    unit: _Name = ""
    value: Figure | None = None
    low: Figure | None = None
    high: Figure | None = None
    source: _Long = ""
    date: _Dated = ""
    since: Annotated[str, Field(max_length=40, pattern=_PLAIN, description="Such as 2026-03 or FY2026-Q1.")] = ""
    note: _Long = ""


class BenchmarkSetIn(Schema):
    """A set by its name, with the source and date of those benchmarks that have none of their own."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200, pattern=_PLAIN)]
    source: _Long = ""
    date: _Dated = ""
    benchmarks: Annotated[list[BenchmarkIn], Field(min_length=1, max_length=MOST)]
    dry_run: Annotated[bool, Field(description="Say what each would become, and change nothing.")] = False


class BenchmarkOut(Schema):
    """What became of one benchmark, by its number from 1; `warnings` are to be looked at."""

    row: int
    outcome: Annotated[str, Field(description="added, changed or unchanged")]
    kpi: str
    unit: str | None
    since: str
    warnings: list[dict[str, Any]]


class BenchmarkSetOut(Schema):
    """What became of all of them: `read` = `added` + `changed` + `unchanged`."""

    summary: str
    read: int
    added: int
    changed: int
    unchanged: int
    benchmarks: list[BenchmarkOut]


@router.post(PATH, response=BenchmarkSetOut, summary="Import a set of benchmarks", operation_id="import_benchmark_set")
def benchmarks(request: HttpRequest, organisation: str, body: BenchmarkSetIn) -> HttpResponse:
    """Take benchmarks into the definitions, all or none; the same set again changes nothing.

    A newer date makes a new version, and what was there is kept. Where one is rejected the answer is 422 and names each
    that is, by its number.
    """
    known_only(request)
    place = organisation_of(asker(request), organisation)
    outcome = import_benchmark_set(
        by=asker(request), organisation=place.code, name=body.name, rows=_rows(body), dry_run=body.dry_run
    )
    if not outcome.ok or outcome.value is None:
        return problem_of_findings(errors(outcome.findings))
    return JsonResponse(_out(outcome.value, outcome.summary).model_dump())


def _rows(body: BenchmarkSetIn) -> list[BenchmarkRow]:
    """Each with its number as its line."""
    common = {"source": body.source.strip(), "date": body.date.strip()}
    found = []
    for number, each in enumerate(body.benchmarks, start=1):
        said = {name: (text or "").strip() for name, text in each.model_dump().items()}
        found.append(BenchmarkRow(number, **said | {name: said[name] or text for name, text in common.items()}))
    return found


def _out(found: BenchmarkSet, summary: str) -> BenchmarkSetOut:
    counts = {became.value: len(found.of(became)) for became in Became if became is not Became.REJECTED}
    return BenchmarkSetOut(
        summary=summary, read=len(found.rows), **counts, benchmarks=[_one(each) for each in found.rows]
    )  # fmt: skip


def _one(each: SetRow) -> BenchmarkOut:
    assert each.target is not None
    return BenchmarkOut(
        row=each.row.line, outcome=each.became.value, kpi=each.target.kpi, unit=each.target.unit,
        since=each.target.since, warnings=as_problems(each.reasons),
    )  # fmt: skip
