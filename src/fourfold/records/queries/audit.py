"""The audit log: which events somebody may read, and those of them that are wanted."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from fourfold.access.roles import Action
from fourfold.access.rules import Thing, can
from fourfold.access.sight import sights_of
from fourfold.errors import FourfoldError, NotFound
from fourfold.records import models
from fourfold.records.scope import closed_to, principal_of


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
        _words(person), _words(action)[:60], _words(object), _day(since), _day(until), _words(text)
    )


def _words(text: str) -> str:
    """PostgreSQL has no character zero to look for."""
    return text.replace("\0", "").strip()[:300]


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


#: Events on a page.
ON_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Events of an organisation, newest first; `whole` where the person reads all of them, `older` the next page.

    `chain` is how long the chain is and what the newest verification found, for who reads the whole.
    """

    organisation: models.Organisation
    events: list[models.Event]
    whole: bool
    older: int | None
    chain: models.Chain | None


def organisations_audited(person: models.Person) -> list[models.Organisation]:
    """Those whose events the person may read, all or some."""
    readable = sights_of(principal_of(person), Action.AUDIT)
    return list(models.Organisation.objects.visible_to(person).filter(pk__in=readable))


def find_audited(person: models.Person, code: str) -> models.Organisation:
    """The organisation with this code; raises `NotFound` where its log is not for the person."""
    found = next((o for o in organisations_audited(person) if o.code == code), None)
    if found is None:
        raise NotFound("There is no such log, or you may not read it.")
    return found


def reads_all(person: models.Person, organisation: models.Organisation) -> bool:
    """True when the person reads every event of the organisation, those about confidential KPIs too."""
    who, whole = principal_of(person), Thing(organisation.pk)
    sight = sights_of(who, Action.AUDIT).get(organisation.pk)
    return can(who, Action.AUDIT, whole) and sight is not None and not closed_to(person, sight).codes


def events_of(
    person: models.Person, code: str, wanted: Filter, *, before: int | None = None
) -> QuerySet[models.Event]:
    """The wanted events that the person may read, newest first, those before a number. Raises `NotFound`."""
    rows = models.Event.objects.visible_to(person).filter(organisation=find_audited(person, code))
    if before is not None:
        rows = rows.filter(seq__lt=before)
    return wanted_of(rows, wanted).select_related("person", "on_behalf_of").order_by("-seq")


def audit_of(person: models.Person, code: str, wanted: Filter, *, before: int | None = None) -> AuditPage:
    """A page of the log: three statements."""
    organisation = find_audited(person, code)
    events = list(events_of(person, code, wanted, before=before)[: ON_PAGE + 1])
    whole = reads_all(person, organisation)
    return AuditPage(
        organisation,
        events[:ON_PAGE],
        whole,
        events[ON_PAGE - 1].seq if len(events) > ON_PAGE else None,
        models.Chain.objects.visible_to(person).filter(organisation=organisation).first() if whole else None,
    )
