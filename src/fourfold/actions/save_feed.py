"""Save what is asked of a connection, how its columns are read, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from django.db import transaction

from fourfold.access.roles import Action
from fourfold.actions._sources import complaint, find_connection, find_feed, next_due, wrong_names, wrong_schedule
from fourfold.actions._steps import find_organisation, lock, note_event, require
from fourfold.actions.outcome import Outcome
from fourfold.connectors.hook import HOOK
from fourfold.connectors.kinds import KINDS
from fourfold.engine.findings import Finding
from fourfold.records.frames.feed import ADDINGS, EVENTS, KEYS, TARGETS
from fourfold.records.models import Connection, Feed, Person

MOST_MONTHS = 120


@dataclass(frozen=True, slots=True)
class FeedPlan:
    """What a person says about a feed; see `records.models.Feed` for what the parts mean."""

    code: str
    name: str
    connection: str
    ask: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    adding: str = ""
    months: int = 3
    keeps_apart: bool = False
    schedule: str = ""
    time_zone: str = "UTC"


def save_feed(
    *,
    by: Person | None,
    organisation: str | None = None,
    known: str | None = None,
    plan: FeedPlan,
    at: datetime | None = None,
) -> Outcome[Feed]:
    """A new feed, or with the code `known` another form of that one. It runs at the next time of its schedule."""
    place = find_organisation(by, organisation)
    require(by, Action.EDIT_SOURCE, place)
    moment = at or datetime.now(UTC)
    with transaction.atomic():
        place = lock(place)
        connection = find_connection(place, plan.connection)
        row = find_feed(place, known) if known else Feed(organisation=place)
        found = wrong_plan(plan, connection, moment)
        if Feed.objects.filter(organisation=place, code=plan.code).exclude(pk=row.pk).exists():
            found.append(complaint("code", "Another feed has this code.", "Choose another one."))
        if found:
            return Outcome("nothing was saved", findings=tuple(found))
        before = _told(row) if known else None
        _take(row, plan, connection, moment)
        row.save()
        note_event(place, by, "feed.save", f"feed {plan.code}", at=moment, before=before, after=_told(row))
    return Outcome(f"{plan.name} was saved", row)


def wrong_plan(plan: FeedPlan, connection: Connection, at: datetime) -> list[Finding]:
    """What is wrong with what a person says, field by field."""
    connector = KINDS[connection.kind]
    found = wrong_names(plan.code, plan.name)
    found += [complaint(name, message) for name, message in connector.missing(connector.ask, plan.ask).items()]
    for key in KEYS:
        if not plan.columns.get(key):
            fix = f"Name the column, or write = and one {key} for all rows."
            found.append(complaint(f"column_{key}", f"Which column is the {key} is not said.", fix))
    has_figure = plan.columns.get("value") or (plan.columns.get("numerator") and plan.columns.get("denominator"))
    if not has_figure and plan.adding != EVENTS:  # events alone are counted
        found.append(complaint("column_value", "No column holds figures.", "Name one, or numerator and denominator."))
    for target in ("note", "recorded_at") if plan.adding == EVENTS else ():
        if plan.columns.get(target):
            message = "Events add up to a figure that has none of its own."
            found.append(complaint(f"column_{target}", message, "Leave the column out."))
    if plan.adding not in ADDINGS:
        found.append(complaint("adding", "Rows cannot be put together so.", "Choose one of the list."))
    if not 1 <= plan.months <= MOST_MONTHS:
        found.append(complaint("months", f"A run looks 1 to {MOST_MONTHS} months back.", "Write a number of months."))
    if connection.kind == HOOK.code and plan.schedule:
        found.append(complaint("schedule", "This source sends by itself.", "Leave the schedule out."))
    if wrong := wrong_schedule(plan.schedule, plan.time_zone, at):
        found.append(complaint(*wrong))
    return found


def _take(row: Feed, plan: FeedPlan, connection: Connection, at: datetime) -> None:
    row.code, row.name, row.connection = plan.code, plan.name, connection
    asked = {option.name for option in KINDS[connection.kind].ask}
    row.ask = {name: text for name, text in plan.ask.items() if name in asked and text}
    row.columns = {target: plan.columns[target] for target in TARGETS if plan.columns.get(target)}
    row.names = dict(plan.names)
    row.adding, row.months, row.keeps_apart = plan.adding, plan.months, plan.keeps_apart
    row.schedule, row.time_zone, row.changed_at, row.failures = plan.schedule, plan.time_zone, at, 0
    row.next_at = None if row.paused_at else next_due(plan.schedule, plan.time_zone, at)


def plan_of(row: Feed) -> FeedPlan:
    """What is stored, as a person said it."""
    return FeedPlan(
        code=row.code, name=row.name, connection=row.connection.code, ask=row.ask, columns=row.columns, names=row.names,
        adding=row.adding, months=row.months, keeps_apart=row.keeps_apart, schedule=row.schedule,
        time_zone=row.time_zone,
    )  # fmt: skip


def _told(row: Feed) -> dict[str, object]:
    return asdict(plan_of(row))
