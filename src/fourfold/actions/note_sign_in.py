"""Write down that somebody signed in or out."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.actions._events import note_event
from fourfold.actions.outcome import Outcome
from fourfold.records.models import Organisation, Person
from fourfold.records.scope import principal_of


def note_sign_in(*, by: Person, out: bool = False, how: str = "", at: datetime | None = None) -> Outcome[None]:
    """An event in the chains of the person's organisations; `how` names the ways they proved who they are."""
    moment = at or datetime.now(UTC)
    action = "session.sign_out" if out else "session.sign_in"
    organisations = Organisation.objects.filter(pk__in=principal_of(by).organisations).order_by("pk")
    chains: list[Organisation | None] = [*organisations]
    with transaction.atomic():
        for organisation in chains or [None]:
            note_event(organisation, by, action, f"person {by.pk}", at=moment, after={"how": how} if how else None)
    return Outcome(action)
