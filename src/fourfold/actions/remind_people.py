"""Remind people by e-mail of the figures that are due from them (methodology §9.1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.db import transaction

from fourfold.access.roles import Action
from fourfold.actions._steps import find_organisation, lock, note_event, require
from fourfold.actions.outcome import Outcome
from fourfold.engine.periods import Lag
from fourfold.records.models import Deputy, Mail, Organisation, Person, Reminder
from fourfold.records.queries.due_updates import Due, due_from
from fourfold.records.queries.structure import Structure, structure_of

#: Business days from the day a mail goes out to the day of a figure: two before, on the day, one after.
BEFORE: Final = (2, 0, -1)
#: So long a link opens the figures.
GOOD_FOR: Final = timedelta(days=14)


def remind_people(
    *, by: Person | None, organisation: str | None = None, at: datetime | None = None
) -> Outcome[list[Reminder]]:
    """Write a mail to everybody of whom a figure is due in two business days, today, or was due a business day ago.

    It names all figures that are due by then, and its link opens exactly these, after signing in. Nobody gets two on a
    day; the link of an earlier one is over. Who is away and has a deputy gets none: the deputy does. Organisations
    whose calendar does not say when figures are due (`values_due`) remind nobody.
    """
    found, moment = find_organisation(by, organisation), at or datetime.now(UTC)
    require(by, Action.ADMINISTER, found)
    structure = structure_of(found)
    if structure.organisation.values_due is None:
        return Outcome("the calendar does not say when figures are due", [])
    day = moment.astimezone(structure.zone).date()
    told = set(Reminder.objects.filter(organisation=found, day=day).values_list("person", flat=True))
    made = []
    for person in _people(found):
        figures = [] if person.pk in told else list(_figures(person, found, structure, moment))
        if figures:
            with transaction.atomic():
                made += _remind(lock(found), by, person, figures, at=moment, structure=structure)
    return Outcome(f"{len(made)} reminded", made)


def _people(organisation: Organisation) -> list[Person]:
    members = Person.objects.filter(memberships__organisation=organisation, is_active=True, email__isnull=False)
    return list(members.order_by("pk").distinct())


def _figures(person: Person, organisation: Organisation, structure: Structure, at: datetime) -> Iterator[Due]:
    """What is due by the later of the days, where one of the days is that of a figure."""
    away = _away(person, organisation, at.astimezone(structure.zone))
    groups = due_from(person, organisation, at)
    dues = [due for group in groups for due in group.figures if not away or (None not in away and due.pk not in away)]
    days = {unit: _days(structure, unit, at) for unit in {due.unit for due in dues}}
    if any(due.day in days[due.unit] for due in dues):
        yield from (due for due in dues if due.day <= max(days[due.unit]))


def _days(structure: Structure, unit: str, at: datetime) -> set[date]:
    """The days of figures that somebody is reminded of on the day it is at the unit."""
    settings = structure.settings[unit]
    today, business = at.astimezone(settings.zone).date(), settings.business
    ahead = {Lag(business_days=n).after(today, business) for n in BEFORE if n > 0}
    before = {today - timedelta(days=n) for n in range(1, 11)}
    late = {day for day in before if any(Lag(business_days=-n).after(day, business) == today for n in BEFORE if n < 0)}
    return ahead | late | {today}


def _away(person: Person, organisation: Organisation, now: datetime) -> set[int | None]:
    """The row ids of the KPIs for which somebody stands in for the person today; None among them is all."""
    rows = Deputy.objects.filter(organisation=organisation, person=person, ended_at=None)
    today = rows.filter(since__lte=now.date(), until__gte=now.date())
    return set(today.values_list("kpis", flat=True))


def _remind(
    organisation: Organisation, by: Person | None, person: Person, figures: list[Due], *, at: datetime,
    structure: Structure,
) -> list[Reminder]:  # fmt: skip
    """The reminder with its mail and event; nothing where another process was first."""
    day = at.astimezone(structure.zone).date()
    mine = Reminder.objects.filter(organisation=organisation, person=person)
    if mine.filter(day=day).exists():
        return []
    mine.filter(revoked_at=None).update(revoked_at=at)
    reminder = Reminder.objects.create(
        organisation=organisation, person=person, day=day, made_at=at, ends_at=at + GOOD_FOR,
        figures=[[due.unit, due.pk, due.period.id] for due in figures],
    )  # fmt: skip
    assert person.email is not None
    Mail.objects.create(kind=Mail.Kind.REMINDER, address=person.email, reminder=reminder, made_at=at, due_at=at)
    after = {"figures": len(figures), "until": reminder.ends_at.isoformat()}
    note_event(organisation, by, "person.remind", f"person {person.pk}", at=at, after=after)
    return [reminder]
