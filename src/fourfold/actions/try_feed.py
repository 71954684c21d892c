"""Ask a source as a feed would, and show what it would load; nothing is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from fourfold.access.roles import Action
from fourfold.actions._feeds import definitions_here, figures_in, left_out, load_figures, rows_in, window_at
from fourfold.actions._sources import complaint, find_connection
from fourfold.actions._steps import find_organisation, require
from fourfold.actions.outcome import Outcome
from fourfold.actions.save_feed import FeedPlan
from fourfold.connectors.kinds import KINDS
from fourfold.connectors.port import Rows, SourceError, Window
from fourfold.engine.findings import Finding, Level, Place
from fourfold.records.frames.feed import KEYS, missing_columns
from fourfold.records.models import Person

_EARLIER: Final = "A run asks for whole periods of the KPIs that the one before it brought."


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
    ready = definitions_here(place)
    connection = find_connection(place, plan.connection)
    if wrong := KINDS[connection.kind].missing(KINDS[connection.kind].ask, plan.ask):
        return Outcome("nothing was asked", findings=tuple(complaint(name, said) for name, said in wrong.items()))
    window = window_at(plan, moment, since, ready.definitions)
    try:
        rows = rows_in(connection, plan, window)
        if not all(plan.columns.get(key) for key in KEYS):
            return Outcome(f"{len(rows.rows):,} rows", Trial(rows, window))
        if wrong_columns := missing_columns(rows, plan.columns):
            return Outcome(f"{len(rows.rows):,} rows", Trial(rows, window), (_said(wrong_columns),))
        given = figures_in(rows, plan, window, ready).since(window.since, ready.definitions)
    except SourceError as error:
        return Outcome("the source gave no rows", findings=(_said(error),))
    outcome = load_figures(place, given, plan, is_trial=True, at=moment)
    result = outcome.value
    trial = Trial(rows, window) if result is None else Trial(
        rows, window, result.loaded, result.unchanged, result.rejected
    )  # fmt: skip
    part = left_out(given, window)
    told = (Finding("FEED-FIELD", Level.WARNING, Place(thing="months"), part, _EARLIER),) if part else ()
    return Outcome(outcome.summary, trial, (*told, *outcome.findings))


def _said(error: SourceError) -> Finding:
    return complaint("ask", error.message, error.hint or "")
