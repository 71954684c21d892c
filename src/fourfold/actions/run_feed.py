"""Run a feed once: ask its source, bring its rows in, write down what came of it."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction

from fourfold.access.roles import Action
from fourfold.actions._feeds import day_of, definitions_here, figures_in, left_out, load_figures, rows_in, window_at
from fourfold.actions._sources import LIMITS, columns_in, find_feed, next_due
from fourfold.actions._steps import find_organisation, note_event, require
from fourfold.actions.outcome import Outcome
from fourfold.actions.save_feed import FeedPlan, plan_of
from fourfold.connectors.port import Rows, SourceError, Window, shown
from fourfold.engine.findings import Finding, Level, Place, errors
from fourfold.errors import Conflict, FourfoldError
from fourfold.records.frames.feed_run import drift_of, news_of, profile_of, running_periods
from fourfold.records.models import Feed, FeedRun, Import, Organisation, Person
from fourfold.records.models.feed import MOST_FAILURES
from fourfold.records.ready import ready_definitions

#: A run that takes longer was killed; bringing in what the source gave takes a part of it.
LEASE: Final = timedelta(seconds=LIMITS.seconds) + timedelta(minutes=8)
#: A source that may answer later is asked again after so many minutes; then at the next time of the schedule.
RETRIES: Final = (1, 4, 16)
#: The longest that a feed rests which keeps failing: an hour after `MOST_FAILURES`, then twice as long each time.
LONGEST_REST: Final = timedelta(days=1)
#: So much of a report of refused rows is kept, in characters.
_LONGEST: Final = 200_000
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Came:
    """What came of a run: the record of its import, or why there is none."""

    summary: str
    counts: dict[str, int]
    run: Import | None = None
    failure: str = ""
    remedy: str = ""
    retry: bool = False
    rejects: str = ""
    profile: dict[str, Any] = field(default_factory=dict)
    remark: str = ""


def run_feed(
    *,
    by: Person | None,
    organisation: str | None = None,
    feed: str,
    since: date | None = None,
    as_it_is: bool = False,
    due_at: datetime | None = None,
    given: Rows | SourceError | None = None,
    at: datetime | None = None,
) -> Outcome[FeedRun]:
    """One run, over the months that the feed looks back, or from `since` on; `due_at` is when its schedule wanted it.
    Where a source sent by itself, what it sent is `given`, or why that cannot be read, and nobody asks.

    Figures are loaded in one transaction, or none are. What looks unlike the run before is not loaded, unless the rows
    are to be taken `as_it_is`. What goes wrong is kept with the run, and is a finding here; a
    feed whose source may answer later is due again soon. Raises `Conflict` where it runs already, or has run then.
    """
    place = find_organisation(by, organisation)
    require(by, Action.USE_SOURCE, place)
    moment = at or datetime.now(UTC)
    row = find_feed(place, feed)
    plan = plan_of(row)
    ready, before = ready_definitions(place), _last_good(row) if given is None else None
    kpis = before.profile.get("kpis", ()) if before else ()
    window = window_at(plan, moment, since, ready.definitions if ready else None, kpis)
    run = _begin(row, by, window, due_at, moment)
    came = _Came("", {}, failure="Something went wrong inside Fourfold.", remedy="The log of the server says what.")
    try:
        came = _bring(place, row, plan, window, moment, given, before, as_it_is=as_it_is)
    finally:
        _end(place, row, run, came, by=by, at=moment)
    if not came.failure:
        return Outcome(f"{row.name}: {came.summary}", run)
    found = Finding("FEED-RUN", Level.ERROR, Place(thing=f"feed {row.code}"), came.failure, came.remedy)
    return Outcome(f"{row.name} failed", run, (found,))


def _begin(row: Feed, by: Person | None, window: Window, due_at: datetime | None, at: datetime) -> FeedRun:
    """The run, which the database lets be one at a time; one whose process was killed ends before.

    Should this process be killed, a feed with a schedule is due again when the lease is over.
    """
    run = FeedRun(
        organisation_id=row.organisation_id, feed=row, by=by, due_at=due_at, since=window.since, until=window.until,
        started_at=at, lease_until=at + LEASE, asked=asdict(plan_of(row)),
    )  # fmt: skip
    try:
        with transaction.atomic():
            broken = FeedRun.objects.filter(feed=row, ended_at=None, lease_until__lt=at)
            broken.update(ended_at=at, failure="The run broke off: its process ended.", remedy="The next begins anew.")
            run.save(force_insert=True)
            Feed.objects.filter(pk=row.pk, next_at__lte=at).update(next_at=run.lease_until + timedelta(seconds=1))
    except IntegrityError:
        message = f"{row.name} is running, or has run at that time."
        raise Conflict(message, hint="Look at its runs in a moment.") from None
    return run


def _bring(
    place: Organisation, row: Feed, plan: FeedPlan, window: Window, at: datetime, given: Rows | SourceError | None,
    before: FeedRun | None, *, as_it_is: bool,
) -> _Came:  # fmt: skip
    """Ask, look at what came, then import; no transaction is open while the source is asked.

    What a source sends by itself is compared with nothing: each delivery is about something else.
    """
    try:
        if isinstance(given, SourceError):
            raise given
        rows = rows_in(row.connection, plan, window) if given is None else given
        if not as_it_is:
            _refuse_silence(before, rows, window)
        ready = definitions_here(place)
        made = figures_in(rows, plan, window, ready)
        kpis = sorted(made.figures["kpi"].drop_nulls().unique())
        made = made.since(window.since, ready.definitions) if given is None else made
        running = running_periods(made.figures, ready.definitions, day_of(plan, at))
        profile = profile_of(rows, columns_in(plan.columns, window), made.figures, running) | {"kpis": kpis}
        known = before.profile if before else {}
        if known and not as_it_is and (wrong := drift_of(known, profile)):
            raise SourceError(wrong[0], hint=wrong[1])
        outcome = load_figures(place, made, plan, is_trial=False, waits=given is None, at=at)
    except SourceError as error:
        return _Came("", {}, failure=error.message, remedy=error.hint or "", retry=error.retry)
    except FourfoldError as error:
        return _Came("", {}, failure=error.message, remedy=error.hint or "")
    result, found = outcome.value, errors(outcome.findings)
    counts = {} if result is None else {
        "read": result.read, "loaded": result.loaded if result.done else 0, "rejected": result.rejected,
        "unchanged": result.unchanged if result.done or not found else 0,
    }  # fmt: skip
    rejects = result.report()[:_LONGEST] if result and result.rejected else ""
    if not found:
        remark = " ".join(filter(None, (news_of(known, profile) if known else "", left_out(made, window))))
        run = result.run if result else None
        return _Came(outcome.summary, counts, run=run, rejects=rejects, profile=profile, remark=remark)
    more = f" And {len(found) - 1:,} more." if len(found) > 1 else ""
    failure = f"{outcome.summary[:1].upper()}{outcome.summary[1:]}. {found[0].message}{more}"
    return _Came("", counts, failure=failure, remedy=found[0].fix, rejects=rejects)


def _last_good(row: Feed) -> FeedRun | None:
    """The newest run that worked and brought rows since the feed is what it is."""
    good = FeedRun.objects.filter(feed=row, failure="", read__gt=0, started_at__gte=row.changed_at)
    return good.exclude(ended_at=None).first()


def _refuse_silence(before: FeedRun | None, rows: Rows, window: Window) -> None:
    """Nothing at all, where there were rows the last time, is more likely a fault of the source than news.

    A run that is about other days, as on the first of a month where it looks no further back, may find nothing yet.
    """
    if before and before.until >= window.since and not rows.rows:
        hint = "Is it the right database, and are its rows there? Where that is so, save the feed again."
        raise SourceError(f"The source gives no rows; the last time it gave {before.read:,}.", hint=hint)


def _end(place: Organisation, row: Feed, run: FeedRun, came: _Came, *, by: Person | None, at: datetime) -> None:
    """Write down what came of it, and when the feed runs next; a run that was taken for dead stays ended."""
    for name, count in came.counts.items():
        setattr(run, name, count)
    run.failure, run.remedy, run.import_run = shown(came.failure), shown(came.remedy), came.run
    run.rejects, run.profile, run.remark = came.rejects, came.profile, came.remark
    run.ended_at = max(datetime.now(UTC), at)
    with transaction.atomic():
        mine = FeedRun.objects.select_for_update().filter(pk=run.pk, ended_at=None).exists()
        if not mine:
            _log.warning("%s was taken for dead and went on", run)
            return
        run.save()
        locked = Feed.objects.select_for_update().get(pk=row.pk)
        locked.failures = locked.failures + 1 if came.failure else 0
        locked.next_at = next_run(locked, at, retry=came.retry)
        locked.save(update_fields=("failures", "next_at"))
        told = {**came.counts, "since": str(run.since), "until": str(run.until)}
        told |= {"failure": came.failure} if came.failure else {}
        note_event(place, by, "feed.fail" if came.failure else "feed.run", f"feed {row.code}", at=at, after=told)


def next_run(feed: Feed, at: datetime, *, retry: bool) -> datetime | None:
    """When it runs next: by its schedule, sooner where its source may answer then, later where it keeps failing."""
    due = next_due(feed.schedule, feed.time_zone, at)
    if due is None or feed.paused_at:
        return None
    if feed.rests:
        hours = 2 ** min(feed.failures - MOST_FAILURES, 10)
        return max(due, at + min(timedelta(hours=hours), LONGEST_REST))
    if retry and feed.failures <= len(RETRIES):
        return min(due, at + timedelta(minutes=RETRIES[feed.failures - 1]))
    return due
