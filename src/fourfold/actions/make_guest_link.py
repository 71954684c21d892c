"""Make a link that shows one scorecard, or one KPI of it, to whoever has it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import transaction

from fourfold.access.roles import Action
from fourfold.actions._events import note_event
from fourfold.actions._steps import find_organisation, require
from fourfold.actions.outcome import Outcome
from fourfold.engine.findings import Finding, Level, Place
from fourfold.errors import NotFound
from fourfold.records.guests import new_link
from fourfold.records.models import GuestLink, Kpi, Organisation, Person, Unit
from fourfold.records.queries.guest import guest_scope, newest_closed, snapshot_of
from fourfold.records.queries.scope import VIEWS
from fourfold.records.tokens import digest_of

DAYS: Final = 30
MOST_DAYS: Final = 365
MOST_VIEWS: Final = 100_000
SHORTEST_PASSWORD: Final = 8
LONGEST_PASSWORD: Final = 200
MOST_HOSTS: Final = 10
_LABEL: Final = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST: Final = re.compile(rf"(localhost|({_LABEL}\.){{1,20}}[a-z]{_LABEL})(:\d{{1,5}})?")


@dataclass(frozen=True, slots=True)
class NewGuestLink:
    """A link that was just made, with its secret part, which nobody can read again."""

    row: GuestLink
    text: str

    def __repr__(self) -> str:
        """Without the secret, so that no log has it."""
        return f"NewGuestLink({self.row.prefix})"


def make_guest_link(
    *,
    by: Person | None,
    organisation: str | None = None,
    unit: str,
    name: str,
    kpi: str | None = None,
    period: str | None = None,
    view: str = "month",
    is_live: bool = False,
    statuses_only: bool = False,
    days: int = DAYS,
    most_views: int | None = None,
    password: str = "",
    hosts: Collection[str] = (),
    at: datetime | None = None,
) -> Outcome[NewGuestLink]:
    """A link to the scorecard of a unit, or with `kpi` to that KPI alone.

    It shows the figures of `period` as they are now, for as long as it holds: without one of the newest month that is
    closed, or where none is of the newest. With `is_live` it shows those of the day; with `statuses_only` no numbers.
    It is for those who manage members of the unit and see it themselves, and holds for `days`, 365 at most. Nobody sees
    more through it than what is open: no confidential KPI, no unit below. Pages of `hosts` may show it in a frame. The
    outcome has its text, this once.
    """
    moment = at or datetime.now(UTC)
    sites = tuple(dict.fromkeys(host.strip().lower().removeprefix("https://").rstrip("/") for host in hosts))
    if found := _wrong(name, days, most_views, password, sites):
        return Outcome("no link was made", findings=found)
    with transaction.atomic():
        place = find_organisation(by, organisation)
        where = Unit.objects.filter(organisation=place, code=unit).first()
        if where is None:
            raise NotFound(f"There is no unit {unit} here, or you may not see it.")
        require(by, Action.MANAGE, place, where.path)
        require(by, Action.SEE, place, where.path)
        text, prefix = new_link()
        row = GuestLink(
            organisation=place, unit=where, kpi=_kpi(place, kpi), name=name.strip(), prefix=prefix,
            digest=digest_of(text), password=make_password(password) if password else "",
            view=view if view in VIEWS else "month", most_views=most_views, made_by=by, made_at=moment,
            statuses_only=statuses_only, hosts=" ".join(sites),
            expires_at=moment + timedelta(days=days),
        )  # fmt: skip
        scope = guest_scope(row, period)
        if period is None and not is_live and (month := newest_closed(scope)):
            scope = guest_scope(row, month.id)
        if kpi is not None and kpi not in scope.structure.kpi:
            raise NotFound(f"There is no KPI {kpi} here that guests may see.", hint="A confidential KPI has no link.")
        row.snapshot = None if is_live else snapshot_of(scope, kpi)
        row.save()
        told = {
            "prefix": prefix, "name": row.name, "unit": unit, "kpi": kpi, "days": days,
            "period": None if is_live else scope.period.id, "password": bool(password), "most_views": most_views,
            "statuses_only": statuses_only, "hosts": list(sites),
        }  # fmt: skip
        note_event(place, by, "guest_link.make", f"guest link {row.pk}", at=moment, after=told)
    return Outcome(f"{prefix}… holds until {row.expires_at:%Y-%m-%d}", NewGuestLink(row, text))


def _kpi(place: Organisation, code: str | None) -> Kpi | None:
    return None if code is None else Kpi.objects.filter(organisation=place, code=code).first()


def _wrong(
    name: str, days: int, most_views: int | None, password: str, hosts: tuple[str, ...]
) -> tuple[Finding, ...]:
    found = []
    if not name.strip() or len(name.strip()) > 100:
        found.append(_finding("name", "The name is empty or too long.", "Say in a few words whom the link is for."))
    if not 1 <= days <= MOST_DAYS:
        found.append(_finding("days", f"{days} days are not possible.", f"Choose from 1 to {MOST_DAYS} days."))
    if most_views is not None and not 1 <= most_views <= MOST_VIEWS:
        found.append(_finding("most_views", "It cannot be opened so often.", f"Choose from 1 to {MOST_VIEWS:,}."))
    if password and not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        fix = f"Choose one of {SHORTEST_PASSWORD} characters or more, {LONGEST_PASSWORD} at most."
        found.append(_finding("password", "The password is too short or too long.", fix))
    if strange := [host for host in hosts if not _HOST.fullmatch(host)]:
        fix = "Give host names alone, such as intranet.example.org."
        found.append(_finding("hosts", f"“{strange[0][:60]}” is no host name.", fix))
    if len(hosts) > MOST_HOSTS:
        found.append(_finding("hosts", f"{len(hosts)} sites are too many.", f"Name {MOST_HOSTS} at most."))
    if hosts and password:  # the form would need a cookie of ours that browsers keep out of frames
        fix = "Leave the password out, or make a second link without sites."
        found.append(_finding("hosts", "Within another site no password can be asked for.", fix))
    return tuple(found)


def _finding(thing: str, message: str, fix: str) -> Finding:
    return Finding("GUEST_LINK", Level.ERROR, Place(thing=thing), message, fix)
