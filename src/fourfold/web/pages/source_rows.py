"""Where a figure came from: its feed, run and query, and the rows that it was made of."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.cache import never_cache

from fourfold.actions.drill_figure import Drilled, drill_figure
from fourfold.actions.outcome import Outcome
from fourfold.engine.cells import State
from fourfold.records.models import FeedRun, Measurement, Organisation
from fourfold.records.queries.feeds import brought_figure, edits_sources, organisation_with_feeds
from fourfold.records.queries.structure import structure_of
from fourfold.web.components.dates import moment_text
from fourfold.web.components.numbers import as_given
from fourfold.web.pages.errors import plain
from fourfold.web.pages.feed import LISTED, asked_in_words
from fourfold.web.requests import Request, counted, signed_in_form


@never_cache
@signed_in_form
def source_rows(request: Request, organisation: str, figure: int) -> HttpResponseBase:
    """What brought a figure; POST asks the source again for the rows it was made of."""
    place = organisation_with_feeds(request.user, organisation)
    found, run = brought_figure(request.user, place, figure)
    if request.method == "POST":
        return _drilled(request, place, found, run)
    return _rows_page(request, place, found, run)


@counted
def _drilled(request: Request, place: Organisation, figure: Measurement, run: FeedRun) -> HttpResponse:
    outcome = drill_figure(by=request.user, organisation=place.code, figure=figure.pk)
    return _rows_page(request, place, figure, run, outcome, status=200 if outcome.value else 422)


def _rows_page(
    request: Request, place: Organisation, figure: Measurement, run: FeedRun, asked: Outcome[Drilled] | None = None, *,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    drilled = asked.value if asked else None
    told = asked_in_words(run) if edits_sources(request.user, place.pk) else []
    return plain(
        request, "web/source_rows.html", title=f"Rows behind {figure.kpi.name}", status=status,
        organisation_name=place.name, organisation=place, figure=figure, run=run, asked=told,
        period=structure_of(place).calendar.parse(figure.period).label, ran=moment_text(run.started_at),
        recorded=_figure(figure), drilled=drilled,
        made=_made(drilled) if drilled else "", differs=_differs(drilled) if drilled else "",
        shown=drilled.rows[:LISTED] if drilled else (),
        more=max(0, drilled.count - LISTED) if drilled else 0,
        wrong=" ".join(f.words for f in asked.findings) if asked else "",
    )  # fmt: skip


def _figure(figure: Measurement) -> str:
    if figure.value is not None:
        return as_given(figure.value)
    parts = [as_given(part) for part in (figure.numerator, figure.denominator) if part is not None]
    return " ÷ ".join(parts) or State(figure.state).word


def _differs(drilled: Drilled) -> str:
    """What the source says otherwise now than was recorded."""
    said = []
    for name, (was, now) in drilled.differences.items():
        more = "" if was is None or now is None else f", {as_given(abs(now - was))} {'more' if now > was else 'less'}"
        of = "" if name == "value" else f" as the {name}"
        said.append(f"{_part(now)} in place of {_part(was)}{of}{more}")
    return "; ".join(said)


def _part(number: Decimal | None) -> str:
    return "no number" if number is None else as_given(number)


def _made(drilled: Drilled) -> str:
    """What the rows come to, in the order value, numerator, denominator."""
    return " ÷ ".join(map(_part, drilled.made.values()))
