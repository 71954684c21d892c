"""Ask a source as a feed would, and show what it would load; nothing is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from fourfold.access.roles import Action
from fourfold.actions._sources import ask_source, columns_in, complaint, find_connection, window_of
from fourfold.actions._steps import find_organisation, require
from fourfold.actions.import_measurements import import_measurements
from fourfold.actions.outcome import Outcome
from fourfold.actions.save_feed import FeedPlan
from fourfold.connectors.kinds import KINDS
from fourfold.connectors.port import Rows, SourceError, Window
from fourfold.engine.findings import Finding
from fourfold.errors import NotFound
from fourfold.records.frames.feed import KEYS, figures_of, missing_columns
from fourfold.records.models import Person
from fourfold.records.ready import ready_definitions


@dataclass(frozen=True, slots=True)
class Trial:
    """What a source gave, and what of it would be loaded; the counts are None where no columns were named yet."""

    rows: Rows
    window: Window
    loaded: int | None = None
    unchanged: int = 0
    rejected: int = 0


def try_feed(
    *,
    by: Person | None,
    organisation: str | None = None,
    plan: FeedPlan,
    since: date | None = None,
    at: datetime | None = None,
) -> Outcome[Trial]:
    """The rows of one run and, where its columns are named, what they would do; findings say what stands against it."""
    place = find_organisation(by, organisation)
    require(by, Action.EDIT_SOURCE, place)
    moment = at or datetime.now(UTC)
    ready = ready_definitions(place)
    if ready is None:
        raise NotFound("There are no KPIs here yet.", hint="Load or build a scorecard first.")
    connection = find_connection(place, plan.connection)
    if wrong := KINDS[connection.kind].missing(KINDS[connection.kind].ask, plan.ask):
        return Outcome("nothing was asked", findings=tuple(complaint(name, said) for name, said in wrong.items()))
    window = window_of(plan.months, moment.astimezone(ZoneInfo(plan.time_zone)).date())
    window = window if since is None else Window(since, window.until)
    try:
        rows = ask_source(connection, plan.ask, window)
        if not all(plan.columns.get(key) for key in KEYS):
            return Outcome(f"{len(rows.rows):,} rows", Trial(rows, window))
        if wrong_columns := missing_columns(rows, plan.columns):
            return Outcome(f"{len(rows.rows):,} rows", Trial(rows, window), (_said(wrong_columns),))
        columns = columns_in(plan.columns, window)
        table = figures_of(rows, columns, plan.adding, ready.definitions, source=plan.name, names=plan.names)
    except SourceError as error:
        return Outcome("the source gave no rows", findings=(_said(error),))
    outcome = import_measurements(
        by=None, organisation=place.code, rows=table, source=f"feed {plan.name}", kind="feed",
        quarantine=plan.keeps_apart, dry_run=True, at=moment,
    )  # fmt: skip
    result = outcome.value
    trial = Trial(rows, window) if result is None else Trial(
        rows, window, result.loaded, result.unchanged, result.rejected
    )  # fmt: skip
    return Outcome(outcome.summary, trial, outcome.findings)


def _said(error: SourceError) -> Finding:
    return complaint("ask", error.message, error.hint or "")
