"""The state of the installation as findings: what is well, what needs a look, what is wrong, and what to do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import Max, Min

from fourfold.records.guard import is_guarded
from fourfold.records.models import Feed, Import, Mail, Outbox, Person
from fourfold.records.models.feed import MOST_FAILURES
from fourfold.records.queries.installation import drilled_backup, figures_of_installation, newest_backup
from fourfold.records.queries.live import KEPT
from fourfold.records.read_only import is_read_only, reason
from fourfold.records.rounds import Rounds, rounds
from fourfold.records.schema import missing_migrations
from fourfold.records.scope import administered
from fourfold.records.secrets.data_keys import missing_keys, needed_keys

#: A backup is old after this, and a drill after that.
BACKUP_AGE: Final = timedelta(days=2)
DRILL_AGE: Final = timedelta(days=35)
#: Free on the disk of the data folder: a look below the first, wrong below the second.
ROOM, NO_ROOM = 2_000_000_000, 200_000_000
#: What is old is removed within so long.
TIDIED: Final = timedelta(hours=2)
#: Sources whose last loads are shown.
_LOADS: Final = 50


class Level(StrEnum):
    """How it stands with one thing."""

    WELL = "well"
    LOOK = "look"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class SystemState:
    """One thing: how it stands, what was found, and what to do where it is not well."""

    thing: str
    level: Level
    said: str
    remedy: str = ""


def states_of_installation(*, now: datetime) -> tuple[SystemState, ...]:
    """Everything that can be said without signing in; nothing of anybody's figures."""
    if missing := missing_migrations():
        said = f"migrations that are missing: {len(missing)}"
        return (SystemState("schema", Level.WRONG, said, "Back up, then: fourfold migrate"),)
    return tuple(_states(now))


def newest_loads(person: Person) -> list[Import]:  # house: who administers sees when figures came, and no figure
    """The last load from each source into the organisations the person administers, newest first, as many as fit."""
    found = Import.objects.filter(organisation__in=administered(person))
    newest = found.values("organisation", "source").annotate(newest=Max("pk")).values("newest")
    return list(found.filter(pk__in=newest).select_related("organisation").order_by("-at")[:_LOADS])


def _states(now: datetime) -> Iterator[SystemState]:
    yield SystemState("schema", Level.WELL, "that of this version")
    yield _results(now)
    yield _backup(now)
    yield _drill(now)
    yield _keys()
    yield _disk()
    yield _storage()
    yield _events()
    yield _mail(now)
    yield _feeds()
    yield _outbox(now)
    if known := rounds():
        yield _jobs(known)
    if is_read_only():
        why = f": {reason()}" if reason() else ""
        yield SystemState("writing", Level.LOOK, f"nobody can write{why}", "When it is over: fourfold read-only off")


def _results(now: datetime) -> SystemState:
    known = figures_of_installation(now=now)
    if known.behind:
        said = f"older than the figures in {known.behind} of {known.organisations} organisations"
        remedy = "The server computes them within a quarter of an hour; look at its log."
        return SystemState("results", Level.LOOK, said, remedy)
    return SystemState("results", Level.WELL, "as new as the figures they come from")


def _backup(now: datetime) -> SystemState:
    remedy = "Make one every night: fourfold backup FOLDER"
    newest = newest_backup()
    if newest is None:
        return SystemState("backup", Level.WRONG, "none was made here", remedy)
    said = f"{newest.name}, {_age(now - newest.made_at)} old"
    return SystemState("backup", Level.WELL if now - newest.made_at <= BACKUP_AGE else Level.LOOK, said, remedy)


def _drill(now: datetime) -> SystemState:
    remedy = "Try the newest one out: fourfold verify FILE"
    newest, drilled = newest_backup(), drilled_backup()
    if newest is not None and newest.drill_failure:
        return SystemState("drilled backup", Level.WRONG, f"{newest.name} is no good: {newest.drill_failure}", remedy)
    if drilled is None:
        return SystemState("drilled backup", Level.LOOK, "no backup was ever tried out", remedy)
    said = f"{drilled.name}, {_age(now - drilled.made_at)} old, restored in {drilled.drill_seconds:.0f} s"
    return SystemState("drilled backup", Level.WELL if now - drilled.made_at <= DRILL_AGE else Level.LOOK, said, remedy)


def _keys() -> SystemState:
    if missing := missing_keys():
        remedy = "fourfold restore brings them with --keys; or copy the file back"
        return SystemState("keys", Level.WRONG, f"the master key {', '.join(missing)} is missing", remedy)
    return SystemState("keys", Level.WELL, "all there" if needed_keys() else "no secret is stored yet")


def _disk() -> SystemState:
    free = shutil.disk_usage(settings.DATA_DIR).free
    level = Level.WRONG if free < NO_ROOM else Level.LOOK if free < ROOM else Level.WELL
    return SystemState("disk", level, f"{free / 1e9:.1f} GB free", "Make room on the disk of FOURFOLD_DATA.")


def _events() -> SystemState:
    if is_guarded(connection):
        return SystemState("events", Level.WELL, "the database refuses to change one")
    return SystemState("events", Level.WRONG, "the database lets them be changed", "Look who did that, then restore.")


def _storage() -> SystemState:
    sizes = {"data folder": _size_of(settings.DATA_DIR)}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("select pg_database_size(current_database())")
            sizes["database"] = cursor.fetchone()[0]
    return SystemState("storage", Level.WELL, ", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in sizes.items()))


def _size_of(folder: Path) -> int:
    """The bytes of all files below; one that goes away meanwhile counts for nothing."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            total += path.lstat().st_size if path.is_file() else 0
    return total


def _jobs(known: tuple[Rounds, ...]) -> SystemState:
    if failing := [each.job for each in known if each.is_failing]:
        said = f"failed in the last round: {', '.join(failing)}"
        return SystemState("jobs", Level.WRONG, said, "Why is in the server's log; they are tried again by themselves.")
    return SystemState("jobs", Level.WELL, f"{len(known)}, none failed in the last round")


def _mail(now: datetime) -> SystemState:  # house: counts and ages of the installation's mails, no address
    remedy = "Look at FOURFOLD_EMAIL_URL, then send the invitation again."
    unsent = Mail.objects.filter(sent_at=None)
    given_up, waiting = unsent.filter(due_at=None).count(), unsent.filter(due_at__isnull=False)
    parts = [f"{waiting.count()} waiting"]
    if oldest := waiting.order_by("made_at").first():
        parts.append(f"the oldest for {_age(now - oldest.made_at)}")
    if given_up:
        parts.append(f"{given_up} given up")
    failing = given_up or waiting.filter(tries__gt=0).exists()
    return SystemState("mail", Level.LOOK if failing else Level.WELL, ", ".join(parts), remedy)


def _feeds() -> SystemState:  # house: counts of the installation's feeds, no name and no figure
    feeds = Feed.objects.all()
    at_work = feeds.filter(paused_at=None)
    counts = {
        "paused": feeds.exclude(paused_at=None).count(), "failed the last time": at_work.filter(failures__gt=0).count(),
        "resting after many failures": at_work.filter(failures__gte=MOST_FAILURES).count(),
    }  # fmt: skip
    said = ", ".join([str(feeds.count()), *(f"{count} {words}" for words, count in counts.items() if count)])
    level = Level.LOOK if counts["failed the last time"] else Level.WELL
    return SystemState("feeds", level, said, "Look at their runs on the page of sources: each says why.")


def _outbox(now: datetime) -> SystemState:  # house: count and age of what open pages are told, of no organisation
    oldest = Outbox.objects.aggregate(oldest=Min("at"))["oldest"]
    said = f"{Outbox.objects.count()} changes for open pages"
    if oldest is not None and now - oldest > KEPT + TIDIED:
        remedy = "The server removes old ones every hour; look whether its jobs run."
        return SystemState("outbox", Level.LOOK, f"{said}, the oldest for {_age(now - oldest)}", remedy)
    return SystemState("outbox", Level.WELL, said)


def _age(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return f"{hours:.0f} hours" if hours < 48 else f"{age.days} days"
