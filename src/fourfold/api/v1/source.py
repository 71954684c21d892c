"""The rows of a source that a figure was made of."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from fourfold.actions.drill_figure import Drilled, drill_figure
from fourfold.api.errors import problem_of_findings
from fourfold.api.pages import asker, known_only
from fourfold.records.queries.api import current_measurement, kpi_named, organisation_of

router = Router(tags=["measurement"])


class SourceRow(Schema):
    """One row: its number in the answer of the source, from 1 on, and its cells as texts, null where it has nothing."""

    row: int
    cells: list[str | None]


class DifferenceOut(Schema):
    """A value, numerator or denominator of which the source says something else now; null where it is none."""

    figure: str
    recorded: str | None
    now: str | None


class SourceRowsOut(Schema):
    """What brought a figure, and the rows it is made of when its source is asked today, the first 500 of `count`.

    `made` is what they come to, empty without rows; `has_changed` says that this is no longer what was recorded, and
    `differences` how.
    """

    feed: str
    run: int
    started_at: str
    since: str
    until: str
    columns: list[str]
    rows: list[SourceRow]
    count: int
    made: dict[str, str | None]
    has_changed: bool
    differences: list[DifferenceOut]


@router.get(
    "/organisations/{organisation}/kpis/{kpi}/measurements/{unit}/{period}/source-rows", response=SourceRowsOut,
    summary="Rows behind a figure", operation_id="source_rows",
)  # fmt: skip
def source_rows(
    request: HttpRequest, organisation: str, kpi: str, unit: str, period: str
) -> SourceRowsOut | HttpResponse:
    """Ask the source of a figure again, as the run of the feed asked that brought it. Nothing is kept.

    For who may use the sources of the organisation and sees the figure; 404 where no feed brought it.
    """
    known_only(request)
    place = organisation_of(asker(request), organisation)
    figure = current_measurement(asker(request), kpi_named(asker(request), place, kpi), unit, period)
    outcome = drill_figure(by=asker(request), organisation=place.code, figure=figure.pk)
    return problem_of_findings(outcome.findings) if outcome.value is None else _out(outcome.value)


def _out(found: Drilled) -> SourceRowsOut:
    run = found.run
    return SourceRowsOut(
        feed=run.feed.code, run=run.pk, started_at=run.started_at.isoformat(), since=run.since.isoformat(),
        until=run.until.isoformat(), columns=list(found.columns), count=found.count, has_changed=found.has_changed,
        rows=[SourceRow(row=number, cells=list(cells)) for number, cells in found.rows],
        made={name: _text(number) for name, number in found.made.items()},
        differences=[
            DifferenceOut(figure=name, recorded=_text(was), now=_text(now))
            for name, (was, now) in found.differences.items()
        ],
    )  # fmt: skip


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")
