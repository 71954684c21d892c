"""Connections for those who may change the sources of an organisation; feeds and their runs for who may use them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery

from fourfold.access.roles import Action
from fourfold.access.rules import Thing, can
from fourfold.errors import NotFound
from fourfold.records.models import Connection, Feed, FeedRun, Measurement, Organisation, Person
from fourfold.records.scope import principal_of


@dataclass(frozen=True, slots=True)
class FeedPlace:
    """A feed with its last run."""

    feed: Feed
    last: FeedRun | None


def organisation_with_sources(person: Person, code: str) -> Organisation:
    """The organisation, where the person may change its sources; for all others there are none."""
    found = Organisation.objects.visible_to(person).filter(code=code).first()
    if found is None or not edits_sources(person, found.pk):
        raise NotFound("There is no such organisation, or you may not change its sources.")
    return found


def organisation_with_feeds(person: Person, code: str) -> Organisation:
    """The organisation, where the person may use its sources; for all others there are none."""
    found = Organisation.objects.visible_to(person).filter(code=code).first()
    if found is None or not uses_sources(person, found.pk):
        raise NotFound("There is no such organisation, or you may not use its sources.")
    return found


def uses_sources(person: Person, organisation: int) -> bool:
    """True when the person may run feeds of the organisation, and see how they did."""
    return can(principal_of(person), Action.USE_SOURCE, Thing(organisation))


def edits_sources(person: Person, organisation: int) -> bool:
    """True when the person may change connections and feeds of the whole organisation."""
    return can(principal_of(person), Action.EDIT_SOURCE, Thing(organisation))


def connections_of(person: Person, organisation: Organisation) -> list[Connection]:
    """All connections, by name; what is secret of them is not read."""
    return list(Connection.objects.visible_to(person).filter(organisation=organisation).defer("secret"))


def feeds_of(person: Person, organisation: Organisation) -> list[FeedPlace]:
    """All feeds by name, each with its last run."""
    newest = FeedRun.objects.visible_to(person).filter(feed=OuterRef("pk")).values("pk")[:1]
    rows = Feed.objects.visible_to(person).filter(organisation=organisation).select_related("connection")
    feeds = list(rows.defer("connection__secret").annotate(last_run=Subquery(newest)))
    runs = FeedRun.objects.visible_to(person).in_bulk([pk for feed in feeds if (pk := feed.last_run)])
    return [FeedPlace(feed, runs.get(feed.last_run)) for feed in feeds]


def connection_of(person: Person, organisation: Organisation, code: str) -> Connection:
    """One connection."""
    found = Connection.objects.visible_to(person).filter(organisation=organisation, code=code).first()
    if found is None:
        raise NotFound("There is no such connection, or you may not see it.")
    return found


def feed_of(person: Person, organisation: Organisation, code: str) -> Feed:
    """One feed."""
    rows = Feed.objects.visible_to(person).filter(organisation=organisation, code=code).select_related("connection")
    found = rows.defer("connection__secret").first()
    if found is None:
        raise NotFound("There is no such feed, or you may not see it.")
    return found


def runs_of(person: Person, feed: Feed, *, most: int = 50) -> list[FeedRun]:
    """The newest runs of a feed."""
    return list(FeedRun.objects.visible_to(person).filter(feed=feed).select_related("by")[:most])


def run_of(person: Person, organisation: Organisation, pk: int) -> FeedRun:
    """One run, with its feed and what it imported."""
    rows = FeedRun.objects.visible_to(person).filter(organisation=organisation, pk=pk)
    found = rows.select_related("feed__connection", "by", "import_run").defer("feed__connection__secret").first()
    if found is None:
        raise NotFound("There is no such run, or you may not see it.")
    return found


def brought_figure(person: Person, organisation: Organisation, pk: int) -> tuple[Measurement, FeedRun]:
    """A recorded figure that the person sees, and the run of a feed that brought it."""
    rows = Measurement.objects.visible_to(person).filter(organisation=organisation, pk=pk)
    figure = rows.select_related("kpi", "unit", "import_run").defer("import_run__rejects").first()
    runs = FeedRun.objects.visible_to(person).filter(import_run=figure.import_run_id) if figure else ()
    run = runs.select_related("feed__connection").first() if runs and figure and figure.import_run_id else None
    if figure is None or run is None:
        raise NotFound("There is no such figure, no feed brought it, or you may not see it.")
    return figure, run


def figures_of_run(person: Person, run: FeedRun, *, most: int) -> list[Measurement]:
    """The first figures that a run brought, as far as the person sees them."""
    if run.import_run_id is None:
        return []
    rows = Measurement.objects.visible_to(person).filter(import_run=run.import_run_id).select_related("kpi", "unit")
    return list(rows.order_by("kpi__position", "start", "unit__position")[:most])


# house: the server asks on nobody’s behalf
def due_feeds(now: datetime) -> list[tuple[tuple[str, str, datetime], UUID]]:
    """Organisation, code and due time of the feeds that are due, with their connection; who waited longest first."""
    rows = Feed.objects.filter(next_at__lte=now, paused_at=None).order_by("next_at", "pk")
    found = rows.select_related("organisation")
    return [((feed.organisation.code, feed.code, feed.next_at), feed.connection_id) for feed in found if feed.next_at]


# house: on the command line the administrator of the machine asks
def all_feeds(organisation: Organisation) -> list[FeedPlace]:
    """All feeds of an organisation, each with its last run."""
    rows = Feed.objects.filter(organisation=organisation).select_related("connection").defer("connection__secret")
    return [FeedPlace(feed, feed.runs.first()) for feed in rows]
