"""Grants: which role somebody has where, and what is denied to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from fourfold.access.roles import WORDS, Action, Role
from fourfold.access.rules import Thing, can
from fourfold.records.scope import principal_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from fourfold.records.models.person import Person


class Grants(models.QuerySet["Grant"]):
    """Grants and denials."""

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """One's own, and all of the organisations whose members one manages or whose audit log one reads."""
        principal = principal_of(person)
        managed = [
            pk
            for pk in principal.organisations
            if any(can(principal, action, Thing(pk)) for action in (Action.MANAGE, Action.AUDIT))
        ]
        return self.filter(Q(organisation__in=managed) | Q(person=principal.person)) if managed else self.filter(
            person=principal.person, organisation__in=principal.organisations
        )


class Grant(models.Model):
    """A role of a person on a unit and all below it (on the whole organisation without one), or with no role a denial.

    `source` says where it comes from: `folder` for what definitions say of their people, else what gave it.
    """

    FOLDER = "folder"
    PAGE = "page"

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE)
    person = models.ForeignKey("records.Person", on_delete=models.CASCADE, related_name="grant_rows")
    role = models.CharField(max_length=20, blank=True, choices=[(r.value, r.word) for r in Role])
    unit = models.ForeignKey("records.Unit", null=True, on_delete=models.CASCADE, related_name="+")
    exports = models.BooleanField(default=False, help_text="Viewers and commenters may export too.")
    confidential = models.BooleanField(default=False, help_text="Confidential KPIs are seen too.")
    statuses_only = models.BooleanField(default=False, help_text="Statuses are seen, and no numbers.")
    source = models.CharField(max_length=40, default=PAGE)
    given_by = models.ForeignKey("records.Person", null=True, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(auto_now_add=True)

    objects = Grants.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "person", "role", "unit"), name="grant_once_in_a_unit"
            ),
            models.UniqueConstraint(
                fields=("organisation", "person", "role"), condition=Q(unit=None), name="grant_once_everywhere"
            ),
        )

    def __str__(self) -> str:
        """Who has what."""
        return f"person {self.person_id}: {self.role or 'denied'}, unit {self.unit_id}"

    @property
    def is_denial(self) -> bool:
        """True where it takes away instead of giving."""
        return not self.role


def roles_of(word: str, exact: tuple[str, ...] = ()) -> tuple[Role, ...]:
    """The roles that `role` or `roles` of a person in the definitions stand for."""
    return tuple(Role(each) for each in exact) or WORDS[word]
