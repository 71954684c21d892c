"""The audit log: which events somebody may read, and those of them that are wanted."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta

from django.db.models import Q, QuerySet

from fourfold.errors import FourfoldError
from fourfold.records import models


class BadFilter(FourfoldError):
    """The filter cannot be read."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What is wanted of the events; what is empty does not matter. Days are those of UTC, both included.

    `action` is one such as `measurement.record`, or the noun before its point.
    """

    person: str = ""
    action: str = ""
    object: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""

    @property
    def is_empty(self) -> bool:
        """True when everything is wanted."""
        return not any(getattr(self, field.name) for field in fields(self))


def read_filter(
    *, person: str = "", action: str = "", object: str = "", since: str = "", until: str = "", text: str = ""
) -> Filter:
    """A filter from what somebody typed; raises `BadFilter` for a day that is none."""
    return Filter(
        person.strip()[:200], action.strip()[:60], object.strip()[:300], _day(since), _day(until), text.strip()[:200]
    )


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadFilter(f"“{text.strip()[:40]}” is not a day.", hint="Write it as 2026-03-31.") from None


def wanted_of(events: QuerySet[models.Event], wanted: Filter) -> QuerySet[models.Event]:
    """Those of the events that the filter wants."""
    conditions = Q()
    if wanted.person:
        named = Q(person__name__icontains=wanted.person) | Q(person__email__iexact=wanted.person)
        conditions &= named | Q(agent__iexact=wanted.person)
    if wanted.action:
        conditions &= Q(action=wanted.action) | Q(action__startswith=f"{wanted.action}.")
    if wanted.object:
        conditions &= Q(object__istartswith=wanted.object)
    if wanted.since:
        conditions &= Q(at__gte=datetime.combine(wanted.since, datetime.min.time(), UTC))
    if wanted.until and wanted.until < date.max:
        conditions &= Q(at__lt=datetime.combine(wanted.until + timedelta(days=1), datetime.min.time(), UTC))
    if wanted.text:
        words = Q(before__icontains=wanted.text) | Q(after__icontains=wanted.text)
        conditions &= words | Q(reason__icontains=wanted.text) | Q(object__icontains=wanted.text)
    return events.filter(conditions)
