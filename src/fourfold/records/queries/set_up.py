"""What the guided set-up asks beside the definitions."""

from __future__ import annotations

from fourfold.records import models
from fourfold.records.queries.kept import kept
from fourfold.records.queries.scope import Scope


def hides_set_up(scope: Scope) -> bool:
    """True for somebody who does not want to see the set-up of this organisation."""
    members = models.Membership.objects.visible_to(scope.person)
    return members.filter(organisation=scope.structure.pk, person=scope.person, hides_set_up=True).exists()


def has_figures(scope: Scope) -> bool:
    """True where the person sees any figure of the organisation; no statement where a month has a score."""
    if any(month.score is not None for month in scope.months.values()):
        return True
    rows = models.Measurement.objects.visible_to(scope.person).filter(organisation=scope.structure.pk).current()
    return kept(scope.run, ("has figures",), rows.exists, size=lambda _: 1)
