"""Give a member a role."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from fourfold.access.giving import is_taking, refusal_to_give
from fourfold.access.roles import Role
from fourfold.actions._grants import changing, member, refuse, told
from fourfold.actions._steps import note_event
from fourfold.actions.outcome import Outcome
from fourfold.errors import Conflict
from fourfold.records.models import Grant, Person

#: The roles that may see statuses alone: whoever works with figures sees them.
READERS: Final = frozenset({Role.VIEWER, Role.COMMENTER})


def give_grant(
    *,
    by: Person | None,
    organisation: str | None = None,
    person: int,
    role: Role,
    unit: str | None = None,
    exports: bool = False,
    confidential: bool = False,
    statuses_only: bool = False,
    at: datetime | None = None,
) -> Outcome[Grant]:
    """Give a role on a unit and all below it, or on the whole organisation; `exports` lets readers export too.

    With `confidential` the role shows confidential KPIs as well, which only those give who have such a clearance, or
    administer the organisation. With `statuses_only` it shows statuses and which way figures went, and no numbers; that
    is for viewers and commenters alone.

    Nobody gives more than they hold to give, and nobody gives to themselves, but an organisation admin may take a role,
    which is an event of its own (`grant.take`). A role that is there already stays as it is.
    """
    if statuses_only and (role not in READERS or exports or confidential):
        raise Conflict("Only viewers and commenters see statuses alone, without export or clearance.",
                       hint="Choose another role, or let it see numbers.")  # fmt: skip
    with changing(by, organisation, unit) as change:
        to = member(change, person)
        event = "grant.give"
        if change.principal is not None:
            place = {"to": to.pk, "organisation": change.organisation.pk}
            reason = refusal_to_give(change.principal, role, path=change.path, confidential=confidential, **place)
            refuse(reason, f"make somebody {role.word}")
            event = "grant.take" if is_taking(change.principal, **place) else event
        grant, is_new = Grant.objects.get_or_create(
            organisation=change.organisation, person=to, role=role, unit=change.unit,
            defaults={"exports": exports, "confidential": confidential, "statuses_only": statuses_only, "given_by": by},
        )  # fmt: skip
        where = change.unit.name if change.unit else change.organisation.name
        if not is_new:
            return Outcome(f"{to.name} is {role.word} of {where} already", grant)
        note_event(
            change.organisation, by, event, f"person {to.pk}", at=at or datetime.now(UTC), after=told(grant)
        )
    return Outcome(f"{to.name} is {role.word} of {where}", grant)
