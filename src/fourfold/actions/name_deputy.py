"""Name somebody who enters one's figures while one is away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.db import transaction

from fourfold.access.roles import Action
from fourfold.access.rules import Thing, can
from fourfold.actions._steps import find_organisation, lock, note_event
from fourfold.actions.outcome import Outcome
from fourfold.engine.findings import Finding, Level, Place
from fourfold.errors import Forbidden
from fourfold.records.models import Deputy, Organisation, Person, Unit
from fourfold.records.models.person import tidy_email
from fourfold.records.queries.deputies import own_kpis, possible_deputies
from fourfold.records.scope import principal_of

LONGEST: Final = timedelta(days=366)


def name_deputy(
    *,
    by: Person,
    deputy: str,
    since: date,
    until: date,
    kpis: Sequence[str] = (),
    organisation: str | None = None,
    at: datetime | None = None,
) -> Outcome[Deputy]:
    """Let a colleague, by e-mail address, enter figures for `by` from `since` to `until`, both included.

    `kpis` are codes of KPIs that `by` owns; without any it is every KPI whose figures `by` may enter. The deputy gets
    no role and sees nothing more: a colleague who sees none of the units is refused.
    """
    place = find_organisation(by, organisation)
    moment = at or datetime.now(UTC)
    found = possible_deputies(by, place).filter(email=tidy_email(deputy)).first()
    owned = own_kpis(by, place)
    chosen = list(owned.filter(code__in=kpis))
    findings = [*_wrong_days(since, until, moment)]
    if found is None:
        findings.append(_complaint("deputy", "Choose a colleague from the list."))
    elif not _share_a_unit(by, found, place):
        blind = f"{found.name} sees no unit whose figures you enter. Choose somebody else."
        findings.append(_complaint("deputy", blind))
    if len(chosen) != len(set(kpis)):
        findings.append(_complaint("kpis", "Choose KPIs that you own."))
    if findings or found is None:
        return Outcome("nobody was named", findings=tuple(findings))
    with transaction.atomic():
        place = lock(place)
        row = Deputy.objects.create(organisation=place, person=by, deputy=found, since=since, until=until)
        row.kpis.set(chosen)
        after = {"since": since.isoformat(), "until": until.isoformat(), "kpis": sorted(kpis)}
        note_event(place, by, "deputy.name", f"person {found.pk}", at=moment, after=after)
    return Outcome(f"{found.name} stands in for {by.name} until {until.isoformat()}", row)


def _wrong_days(since: date, until: date, moment: datetime) -> list[Finding]:
    if until < since:
        return [_complaint("until", "The last day is before the first one.")]
    if until < moment.date() - timedelta(days=1):  # it may still be yesterday where the person is
        return [_complaint("until", "The last day is over already.")]
    if until - since > LONGEST:
        return [_complaint("until", f"A deputy stands in for at most {LONGEST.days} days.")]
    return []


def _complaint(place: str, message: str) -> Finding:
    return Finding("DEPUTY", Level.ERROR, Place(thing=place), message)


def _share_a_unit(by: Person, deputy: Person, organisation: Organisation) -> bool:
    """Whether the colleague sees a unit whose figures `by` enters or approves; `Forbidden` where there is none."""
    things = [
        Thing(organisation.pk, path, owner=by.pk)
        for path in Unit.objects.filter(organisation=organisation).values_list("path", flat=True)
    ]
    rights = (Action.RECORD, Action.APPROVE)
    entered = [thing for thing in things if any(can(principal_of(by), right, thing) for right in rights)]
    if not entered:
        raise Forbidden("You enter and approve no figures here, so that nobody can stand in for you.")
    return any(can(principal_of(deputy), Action.SEE, thing) for thing in entered)
