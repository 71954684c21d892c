"""A feed: what it asks, with the rows that come of it before anything is saved; its runs, and one of them."""

from __future__ import annotations

import csv
import io
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from fourfold.actions.outcome import Outcome
from fourfold.actions.pause_feed import pause_feed
from fourfold.actions.remove_feed import remove_feed
from fourfold.actions.run_feed import run_feed
from fourfold.actions.save_feed import FeedPlan, plan_of, save_feed
from fourfold.actions.try_feed import Trial, try_feed
from fourfold.connectors.kinds import KINDS
from fourfold.connectors.presets import presets_of
from fourfold.engine.findings import Level
from fourfold.errors import Conflict
from fourfold.records.models import Connection, Feed, FeedRun, Measurement, Organisation
from fourfold.records.queries.feeds import (
    FeedPlace,
    connection_of,
    edits_sources,
    feed_of,
    figures_of_run,
    organisation_with_feeds,
    organisation_with_sources,
    run_of,
    runs_of,
)
from fourfold.records.queries.structure import structure_of
from fourfold.web.components.dates import moment_text
from fourfold.web.forms.feed import FeedForm, read_day, read_feed, stored_feed
from fourfold.web.pages.errors import plain
from fourfold.web.pages.sources import NEW, feed_row
from fourfold.web.requests import Request, counted, signed_in, signed_in_form

#: So many rows are shown of what a source gave, and of what was refused.
SHOWN: Final = 10
LISTED: Final = 100


@never_cache
@signed_in_form
def feed(request: Request, organisation: str, key: str) -> HttpResponseBase:
    """One feed, or a new one of the `connection` in the address; POST shows what it would load, saves or removes it."""
    place = organisation_with_sources(request.user, organisation)
    row = None if key == NEW else feed_of(request.user, place, key)
    code = row.connection.code if row else request.GET.get("connection", "")
    connection = connection_of(request.user, place, code)
    plan = plan_of(row) if row else _begun(place, connection, request.GET.get("preset", ""))
    if request.method != "POST":
        return _page(request, place, row, stored_feed(connection, plan))
    if row and "remove" in request.POST:
        messages.success(request, f"{remove_feed(by=request.user, organisation=place.code, feed=row.code).summary}.")
        return redirect("sources", place.code)
    form = read_feed(connection, request.POST.dict())
    if form.errors:
        return _page(request, place, row, form, status=422)
    if "look" in request.POST:
        return _tried(request, place, row, form)
    outcome = save_feed(by=request.user, organisation=place.code, known=row.code if row else None, plan=form.plan)
    if outcome.value is None:
        form.complain(outcome.findings)
        return _page(request, place, row, form, status=422)
    messages.success(request, f"{outcome.summary}.")
    return redirect("feed_runs", place.code, outcome.value.code)


def _begun(place: Organisation, connection: Connection, name: str) -> FeedPlan:
    """What a new feed begins with: nothing, or a ready one of a product."""
    zone = str(structure_of(place).zone)
    for known, _, preset in presets_of(connection.kind):
        if known == name:
            return FeedPlan(
                preset.code, preset.name, connection.code, ask=preset.ask, columns=preset.columns,
                adding=preset.adding, time_zone=zone,
            )  # fmt: skip
    return FeedPlan("", "", connection.code, time_zone=zone)


@counted
def _tried(request: Request, place: Organisation, row: Feed | None, form: FeedForm) -> HttpResponse:
    since = read_day(request.POST.get("since", ""))
    outcome = try_feed(by=request.user, organisation=place.code, plan=form.plan, since=since)
    return _page(request, place, row, form, outcome, status=200 if outcome.value else 422)


def _page(
    request: Request, place: Organisation, row: Feed | None, form: FeedForm, tried: Outcome[Trial] | None = None, *,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    trial = tried.value if tried else None
    stops = bool(trial and trial.rejected and not form.plan.keeps_apart)
    return plain(
        request, "web/feed.html", title=row.name if row else f"New feed of {form.connection.name}", status=status,
        organisation_name=place.name, organisation=place, row=row, form=form, connection=form.connection,
        presets=presets_of(form.connection.kind) if row is None and not tried else (),
        stops=stops, trial=trial, first=trial.rows.rows[:SHOWN] if trial else (), tried=tried,
        said=_said(tried) if tried else (),
    )  # fmt: skip


def _said(tried: Outcome[Trial]) -> list[tuple[bool, str]]:
    """Whether it stands against loading, and what it says."""
    return [(f.level is Level.ERROR, f.words) for f in tried.findings[:LISTED]]


@never_cache
@signed_in_form
def feed_runs(request: Request, organisation: str, key: str) -> HttpResponseBase:
    """The runs of a feed; POST runs it now, from a day on where one is given.

    Who may change it lets it rest or go on, too.
    """
    place = organisation_with_feeds(request.user, organisation)
    row = feed_of(request.user, place, key)
    if request.method != "POST":
        return _runs(request, place, row)
    if "pause" in request.POST or "resume" in request.POST:
        outcome = pause_feed(by=request.user, organisation=place.code, feed=row.code, paused="pause" in request.POST)
        messages.success(request, f"{outcome.summary}.")
        return redirect("feed_runs", place.code, row.code)
    return _run_now(request, place, row)


@counted
def _run_now(request: Request, place: Organisation, row: Feed) -> HttpResponse:
    text = request.POST.get("since", "").strip()
    since = read_day(text) if text else None
    if text and since is None:
        return _runs(request, place, row, wrong=f"“{text[:40]}” is no day. Write one such as 2025-01-01.", status=422)
    try:
        outcome = run_feed(
            by=request.user, organisation=place.code, feed=row.code, since=since, as_it_is="as_it_is" in request.POST
        )  # fmt: skip
    except Conflict as error:
        return _runs(request, place, row, wrong=f"{error.message} {error.hint}", status=409)
    assert outcome.value is not None
    return redirect("feed_run", place.code, outcome.value.pk)


def _runs(
    request: Request, place: Organisation, row: Feed, *, wrong: str = "", status: int = 200
) -> HttpResponse:
    runs = runs_of(request.user, row)
    return plain(
        request, "web/feed_runs.html", title=row.name, status=status, organisation_name=place.name, organisation=place,
        row=row, wrong=wrong, may_edit=edits_sources(request.user, place.pk),
        state=feed_row(FeedPlace(row, runs[0] if runs else None)),
        runs=[{"run": run, "at": moment_text(run.started_at), "who": _who(run)} for run in runs],
    )  # fmt: skip


def _who(run: FeedRun) -> str:
    return run.by.name if run.by else "the schedule" if run.due_at else "the command line"


def asked_in_words(run: FeedRun) -> list[tuple[str, str]]:
    """What the feed was when it ran, in words: what was asked, and which column was what."""
    told = run.asked
    labels = {option.name: option.label for option in KINDS[run.feed.connection.kind].ask}
    columns = ", ".join(f"{target}: {source}" for target, source in told.get("columns", {}).items())
    asked = [(labels.get(name, name), text) for name, text in told.get("ask", {}).items()]
    return [*asked, *([("Columns", columns)] if columns else [])]


def _figures(request: Request, place: Organisation, run: FeedRun) -> list[tuple[Measurement, str]]:
    calendar = structure_of(place).calendar
    return [(f, calendar.parse(f.period).label) for f in figures_of_run(request.user, run, most=LISTED)]


@never_cache
@signed_in
def feed_run(request: Request, organisation: str, run: int) -> HttpResponse:
    """One run: its counts and the figures it brought, as far as the reader sees them.

    What was asked, and rows that were refused, see those who may change the feed: they may be about anything.
    """
    place = organisation_with_feeds(request.user, organisation)
    found = run_of(request.user, place, run)
    may_edit = edits_sources(request.user, place.pk)
    rejects = list(csv.reader(io.StringIO(found.rejects))) if may_edit else []
    context: dict[str, Any] = {
        "header": rejects[0] if rejects else (), "rejects": rejects[1 : LISTED + 1],
        "more": max(0, len(rejects) - 1 - LISTED), "figures": _figures(request, place, found),
        "asked": asked_in_words(found) if may_edit else [], "may_edit": may_edit,
    }  # fmt: skip
    return plain(
        request, "web/feed_run.html", title=f"Run of {found.feed.name}", organisation_name=place.name,
        organisation=place, run=found, who=_who(found), started=moment_text(found.started_at),
        ended=moment_text(found.ended_at) if found.ended_at else "", **context,
    )  # fmt: skip
