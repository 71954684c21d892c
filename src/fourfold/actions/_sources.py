"""What actions on connections and feeds share: finding them, and asking a source with what is stored of it."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from django.conf import settings

from fourfold.connectors.egress import EgressPolicy, addresses_of
from fourfold.connectors.kinds import KINDS
from fourfold.connectors.port import Access, Limits, Rows, SourceError, Window, filled
from fourfold.engine.findings import Finding, Level, Place
from fourfold.errors import NotFound
from fourfold.records.models import Connection, Feed, Organisation

LIMITS: Final = Limits()
CODE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def find_connection(organisation: Organisation, code: str) -> Connection:
    """The connection with this code."""
    found = Connection.objects.filter(organisation=organisation, code=code).first()
    if found is None:
        raise NotFound(f"There is no connection {code} here.")
    return found


def find_feed(organisation: Organisation, code: str) -> Feed:
    """The feed with this code."""
    found = Feed.objects.select_related("connection").filter(organisation=organisation, code=code).first()
    if found is None:
        raise NotFound(f"There is no feed {code} here.")
    return found


def access_of(kind: str, options: Mapping[str, str], secret: str) -> Access:
    """Where a source is, and what the operator lets be asked. Raises `SourceError` for the product's own database."""
    policy = EgressPolicy(
        hosts=settings.FEED_HOSTS, networks=settings.FEED_NETWORKS, ports=frozenset({80, 443}) | settings.FEED_PORTS,
        ca=settings.FEED_CA,
    )  # fmt: skip
    if kind == "database" and _is_own(options):
        raise SourceError("This is the database of Fourfold itself.", hint="Name the database that figures come from.")
    return Access(options, secret, policy, settings.FEED_FOLDER)


def access_to(connection: Connection) -> Access:
    """What is stored of a connection, with its secret. Raises `SourceError` as `access_of` does."""
    secret = connection.secret.reveal() if connection.secret else ""
    return access_of(connection.kind, connection.options, secret)


def _is_own(options: Mapping[str, str]) -> bool:
    own = settings.DATABASES["default"]
    name = options.get("database", "")
    if "sqlite" in own["ENGINE"]:
        folder = settings.FEED_FOLDER
        if options.get("dialect") != "sqlite" or folder is None:
            return False
        return bool((folder / name).resolve() == Path(str(own["NAME"])).resolve())
    is_same = (options.get("dialect") or "postgresql", int(options.get("port") or 5432), name) == (
        "postgresql", int(own.get("PORT") or 5432), own["NAME"],
    )  # fmt: skip
    return is_same and bool(_addresses(options.get("host", "")) & _addresses(own.get("HOST") or "localhost"))


def _addresses(host: str) -> set[str]:
    try:
        return set(addresses_of(host, 5432))
    except (OSError, UnicodeError):
        return set()


def ask_source(
    connection: Connection, ask: Mapping[str, str], window: Window, limits: Limits = LIMITS
) -> Rows:
    """What a stored connection answers. Raises `SourceError`."""
    return KINDS[connection.kind].read(access_to(connection), ask, window, limits)


def columns_in(columns: Mapping[str, str], window: Window) -> dict[str, str]:
    """Which column is what, with `{since}` and `{until}` in fixed texts as days."""
    return {
        target: filled(source, window, is_address=False) if source.startswith("=") else source
        for target, source in columns.items()
    }


def window_of(months: int, today: date) -> Window:
    """From the first day of a month so many months back, the running one counted, to the end of the running one.

    >>> window_of(2, date(2026, 1, 15)).texts
    {'since': '2025-12-01', 'until': '2026-01-31'}
    """
    first = today.year * 12 + today.month - max(1, months)
    last = calendar.monthrange(today.year, today.month)[1]
    return Window(date(first // 12, first % 12 + 1, 1), today.replace(day=last))


def next_due(schedule: str, zone: str, after: datetime) -> datetime | None:
    """When a schedule is due next; None without one. Raises `CronSimError` where it cannot be read or never is due."""
    if not schedule:
        return None
    try:
        return next(CronSim(schedule, after.astimezone(ZoneInfo(zone)))).astimezone(after.tzinfo)
    except StopIteration:
        raise CronSimError("it is never due") from None


def wrong_schedule(schedule: str, zone: str, at: datetime) -> tuple[str, str] | None:
    """What is wrong with a schedule, by the name of its field; a feed runs every five minutes at most."""
    try:
        ZoneInfo(zone)
    except (ValueError, KeyError, OSError):
        return "time_zone", f"There is no time zone {zone}; write one such as Europe/London."
    try:
        first = next_due(schedule, zone, at)
        second = None if first is None else next_due(schedule, zone, first)
    except CronSimError as error:
        return "schedule", f"The schedule cannot be read: {error}. Write it as cron does: 0 6 * * 1-5."
    if first and second and second - first < timedelta(minutes=5):
        return "schedule", "The schedule is due more often than every five minutes."
    return None


def complaint(name: str, message: str, fix: str = "") -> Finding:
    """A finding about one field of a connection or feed."""
    return Finding("FEED-FIELD", Level.ERROR, Place(thing=name), message, fix)


def wrong_names(code: str, name: str) -> list[Finding]:
    """What is wrong with a code and a name."""
    found = []
    if not CODE.fullmatch(code) or code == "new":
        found.append(complaint("code", "The code cannot be used.", "Write small letters, digits, _ and -, up to 40."))
    if not name or len(name) > 100:
        found.append(complaint("name", "The name is empty or too long.", "Say in a few words what it is."))
    return found
