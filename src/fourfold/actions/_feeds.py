"""What trying a feed and running it share: the days, the definitions, and what its rows become."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fourfold.actions._sources import ask_source, columns_in, window_of
from fourfold.actions.import_measurements import import_measurements
from fourfold.actions.outcome import Outcome
from fourfold.actions.save_feed import FeedPlan
from fourfold.connectors.port import Rows, Window
from fourfold.errors import NotFound
from fourfold.records.frames.feed import EVENTS, figures_of, whole
from fourfold.records.frames.imports import Rows as Figures
from fourfold.records.frames.row_outcome import ImportResult
from fourfold.records.models import Connection, Organisation
from fourfold.records.ready import Ready, ready_definitions


def window_at(plan: FeedPlan, at: datetime, since: date | None) -> Window:
    """The months that it looks back, seen from its own time zone; or from `since` on, which is never after the end."""
    window = window_of(plan.months, day_of(plan, at))
    return window if since is None else Window(min(since, window.until), window.until)


def day_of(plan: FeedPlan, at: datetime) -> date:
    """The day that a moment is in its time zone."""
    return at.astimezone(ZoneInfo(plan.time_zone)).date()


def definitions_here(place: Organisation) -> Ready:
    """The definitions that rows are read by. Raises `NotFound` where there are none."""
    ready = ready_definitions(place)
    if ready is None:
        raise NotFound("There are no KPIs here yet.", hint="Load or build a scorecard first.")
    return ready


def rows_in(connection: Connection, plan: FeedPlan, window: Window) -> Rows:
    """What the source gives for the days of a run. Raises `SourceError`.

    Of events it is asked for a day more on both sides: what is the 1st there may be the last of the month in a unit.
    """
    if plan.adding == EVENTS:
        window = Window(window.since - timedelta(days=1), window.until + timedelta(days=1))
    return ask_source(connection, plan.ask, window)


def figures_in(rows: Rows, plan: FeedPlan, window: Window, ready: Ready, *, is_sent: bool = False) -> Figures:
    """The rows as figures, or as events whose periods are whole. Raises `SourceError` for columns that are not given.

    What a source has sent by itself (`is_sent`) has no days that it was asked for.
    """
    columns = columns_in(plan.columns, window)
    found = figures_of(rows, columns, plan.adding, ready.definitions, source=plan.name, names=plan.names)
    return found if is_sent else whole(found, ready.definitions, window.since)


def load_figures(
    place: Organisation, figures: Figures, plan: FeedPlan, *, is_trial: bool, waits: bool = True, at: datetime
) -> Outcome[ImportResult]:
    """Bring them in as an import; or, as a trial, see what that would do."""
    return import_measurements(
        by=None, organisation=place.code, rows=figures, source=f"feed {plan.name}", kind="feed",
        quarantine=plan.keeps_apart, dry_run=is_trial, adds_up=bool(plan.adding), waits=waits, at=at,
    )  # fmt: skip
