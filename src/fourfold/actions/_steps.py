"""The steps that all actions share: may this person, take the lock, write down who did what."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fourfold.access.giving import refusal_to_give
from fourfold.access.roles import Action, Role
from fourfold.access.rules import Principal, Thing, can, refusal
from fourfold.actions._events import note_event as note_event  # one of the steps
from fourfold.actions._outbox import tell
from fourfold.engine.due import day_at
from fourfold.errors import Conflict, Forbidden, NotFound
from fourfold.records.models import Organisation, Person
from fourfold.records.queries.deputies import absent_person
from fourfold.records.read_only import refuse as refuse_while_read_only
from fourfold.records.ready import Ready
from fourfold.records.scope import principal_of


def find_organisation(by: Person | None, code: str | Organisation | None = None) -> Organisation:
    """The organisation with this code, or the only one there is; somebody outside it learns nothing about it.

    `by=None` is the administrator of the machine, who sees all of them. Who has its row already, read in the same
    request, gives that instead of the code: then the database is not asked again.
    """
    if isinstance(code, Organisation):
        if by is not None and code.pk not in principal_of(by).organisations:
            raise NotFound(f"There is no organisation {code.code}.")
        return code
    found = Organisation.objects.all() if by is None else Organisation.objects.visible_to(by)
    some = list(found.filter(code=code) if code is not None else found[:2])
    if len(some) == 1:
        return some[0]
    if some:
        how = "Name one: --organisation CODE." if by is None else "Name one by its code."
        raise NotFound("There are several organisations.", hint=how)
    message = "There is no organisation here yet." if code is None else f"There is no organisation {code}."
    raise NotFound(message, hint="Load one: fourfold load FOLDER" if by is None else None)


def require(
    by: Person | None, action: Action, organisation: Organisation, path: str | None = None, *, owner: int | None = None,
    confidential: bool = False,
) -> None:
    """Raise `NotFound` where the person sees nothing at all, `Forbidden` where they see and may not do this.

    `owner` is who answers for the KPI it is done to, by the id of the person; `confidential` asks for a clearance.
    """
    if by is not None:
        require_of(principal_of(by), action, Thing(organisation.pk, path, owner=owner, confidential=confidential))


def require_of(principal: Principal, action: Action, thing: Thing) -> None:
    """As `require`, of a principal and a thing of the policy."""
    reason = refusal(principal, action, thing)
    is_member = thing.path is None and thing.organisation in principal.organisations
    if reason and not (is_member or can(principal, Action.SEE, thing)):
        raise NotFound
    if reason:
        message = f"You may not {action.words} here. {reason}"
        raise Forbidden(message, hint="An administrator of the organisation can give you the role.")


def require_to_record(by: Person | None, organisation: Organisation, ready: Ready, kpi: str, unit: str) -> None:
    """Raise where there is no such KPI or unit, or the person may not enter its figures there."""
    if unit not in ready.paths:
        raise NotFound(f"There is no unit {unit} here, or you may not see it.")
    if by is None and kpi not in ready.kpis:
        raise NotFound(f"There is no KPI {kpi} here.")
    if by is not None:
        require_of(principal_of(by), Action.RECORD, _figure(organisation, ready, kpi, unit))
    if kpi not in ready.kpis:
        raise NotFound(f"There is no KPI {kpi} here.")


def recorded_for(
    by: Person | None, organisation: Organisation, ready: Ready, kpi: str, unit: str, *, at: datetime
) -> Person | None:
    """As `require_to_record`, also for a deputy: for whom the figure is entered, nobody where for oneself."""
    if by is not None and unit in ready.paths and kpi in ready.kpis:
        thing = _figure(organisation, ready, kpi, unit)
        if can(principal_of(by), Action.RECORD, thing):
            return None
        absent = absent_person(by, kpi, thing, on=day_at(ready.definitions, unit, at))
        if absent is not None:
            return absent
    require_to_record(by, organisation, ready, kpi, unit)
    return None


def _figure(organisation: Organisation, ready: Ready, kpi: str, unit: str) -> Thing:
    owner = ready.owners.get(kpi)
    confidential = kpi in ready.kpis and ready.definitions.kpi[kpi].is_confidential
    return Thing(organisation.pk, ready.paths[unit], owner=owner, confidential=confidential)


def require_to_give(by: Person, role: Role, *, to: int, organisation: Organisation, path: str | None) -> None:
    """Raise where the person may not give this role to the person with the id `to`."""
    reason = refusal_to_give(principal_of(by), role, to=to, organisation=organisation.pk, path=path)
    if reason:
        raise Forbidden(f"You may not make somebody {role.word} here. {reason}")


def lock(organisation: Organisation) -> Organisation:
    """The organisation's row as it is now, held until the transaction ends: changes wait for one another."""
    assert transaction.get_connection().in_atomic_block
    refuse_while_read_only()
    return Organisation.objects.select_for_update().get(pk=organisation.pk)


def lock_as_read(read: Organisation, *, hint: str) -> Organisation:
    """As `lock`; raises `Conflict` where definitions are others than those of the row that was `read` before."""
    locked = lock(read)
    if locked.definitions_version != read.definitions_version:
        raise Conflict("The definitions have just been changed.", hint=hint)
    return locked


def advance(organisation: Organisation, *, definitions: bool = False, tells: bool = True) -> None:
    """Count a change on the locked row, so that everybody can see which results are older than it.

    Open pages are told that anything may be different, unless what follows `tells` them what is.
    """
    organisation.version += 1
    organisation.definitions_version += definitions
    organisation.save(update_fields=("version", "definitions_version"))
    if tells:
        tell(organisation)
