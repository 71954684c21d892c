"""What trying a feed and running it share: the days, the definitions, and what its rows become."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fourfold.actions._sources import ask_source, columns_in, window_of
from fourfold.actions.import_measurements import import_measurements
from fourfold.actions.outcome import Outcome
from fourfold.actions.save_feed import FeedPlan
from fourfold.connectors.port import Rows, Window
from fourfold.engine.definitions import Definitions
from fourfold.engine.words import choices
from fourfold.errors import NotFound
from fourfold.records.frames.feed import EVENTS, Given, figures_of, given_in
from fourfold.records.frames.row_outcome import ImportResult
from fourfold.records.models import Connection, Organisation
from fourfold.records.ready import Ready, ready_definitions


def window_at(
    plan: FeedPlan, at: datetime, since: date | None, definitions: Definitions | None, kpis: Collection[str] = ()
) -> Window:
    """The months that it looks back, seen from its own time zone; or from `since` on, which is never after the end.

    It begins earlier where a period of one of its KPIs has begun by then: `kpis` are those it brought before, and a
    KPI that it names needs none. Half a week from the source would replace the whole one that is known.
    """
    window = window_of(plan.months, day_of(plan, at))
    begin = window.since if since is None else min(since, window.until)
    named = plan.columns.get("kpi", "")
    codes = [plan.names.get(named[1:].strip(), named[1:])] if named.startswith("=") else kpis
    kinds = {definitions.kpi[code].frequency for code in codes if code in definitions.kpi} if definitions else ()
    starts = [definitions.calendar.period(kind, begin).start for kind in kinds] if definitions else []
    return Window(min([begin, *starts]), window.until)


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


def figures_in(rows: Rows, plan: FeedPlan, window: Window, ready: Ready) -> Given:
    """The rows as figures, or as events. Raises `SourceError` for columns that are not given."""
    columns = columns_in(plan.columns, window)
    found = figures_of(rows, columns, plan.adding, ready.definitions, source=plan.name, names=plan.names)
    return given_in(found, ready.definitions)


def left_out(given: Given, window: Window) -> str:
    """Which figures the source may not have given whole, in words."""
    if not given.left_out:
        return ""
    periods = choices(given.left_out[:5], "and")
    return f"Left out, since it was asked from {window.since} on, in the midst of them: {periods}."


def load_figures(
    place: Organisation, given: Given, plan: FeedPlan, *, is_trial: bool, waits: bool = True, at: datetime
) -> Outcome[ImportResult]:
    """Bring them in as an import; or, as a trial, see what that would do."""
    return import_measurements(
        by=None, organisation=place.code, rows=given.rows, summed=given.summed, adds_up=bool(plan.adding),
        source=f"feed {plan.name}", kind="feed", quarantine=plan.keeps_apart, dry_run=is_trial, waits=waits, at=at,
    )  # fmt: skip
