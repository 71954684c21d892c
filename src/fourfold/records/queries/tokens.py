"""Tokens as their people see them."""

from __future__ import annotations

from fourfold.access.roles import Action
from fourfold.access.rules import Thing, can
from fourfold.records import models
from fourfold.records.scope import principal_of


def tokens_of(person: models.Person) -> list[models.Token]:
    """One's own tokens and the service keys of organisations one administers, newest first; without those revoked."""
    rows = models.Token.objects.visible_to(person).filter(revoked_at=None)
    return list(rows.select_related("organisation", "made_by"))


def administered(person: models.Person) -> list[models.Organisation]:
    """The organisations for which the person may make service keys."""
    principal = principal_of(person)
    found = models.Organisation.objects.visible_to(person) | models.Organisation.objects.filter(  # house: as above
        pk__in=principal.organisations
    )
    return [o for o in found.distinct() if can(principal, Action.ADMINISTER, Thing(o.pk))]
