"""People, who are also the accounts: they sign in with their e-mail address."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache, cached_property
from typing import TYPE_CHECKING, ClassVar, Final, Self, cast

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from fourfold.access.rules import Principal
from fourfold.records.scope import GrantRow, principal_made_of, principal_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from fourfold.records.models.token import Token

_GRANT: Final = ("organisation", "role", "unit__path", "exports", "confidential", "statuses_only")  # a `GrantRow`
_GRANT_COLUMNS: Final = tuple(f"grant_rows__{name}" for name in _GRANT)


@cache
def _with_grants() -> str:
    """The statement that reads a person with their grants: written once, since every request starts with it."""
    columns = (field.attname for field in Person._meta.concrete_fields)
    asked = Person.objects.filter(pk=0).order_by().values_list(*columns, *_GRANT_COLUMNS)
    return str(asked.query.sql_with_params()[0])


class PersonQuerySet(models.QuerySet["Person"]):
    """People."""

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """The people of the organisations in which the person has a grant."""
        return self.filter(memberships__organisation__in=principal_of(person).organisations).distinct()


class People(BaseUserManager["Person"].from_queryset(PersonQuerySet)):  # type: ignore[misc]
    """Makes and finds people."""

    def create_person(self, *, name: str, email: str | None = None, password: str | None = None) -> Person:
        """A new person; without a password they exist but cannot sign in."""
        person = Person(name=name, email=tidy_email(email))
        person.set_password(password)
        person.save(using=self._db)
        return person

    def with_principal(self, pk: int) -> Person | None:
        """The person with their grants, in one statement: who asks is looked up by every request."""
        rows: list[Person] = list(self.raw(_with_grants(), [pk]))
        if not rows:
            return None
        given = (tuple(row.__dict__.pop(name) for name in _GRANT_COLUMNS) for row in rows)
        rows[0].principal = principal_made_of(pk, [grant for grant in given if grant[0] is not None])
        return rows[0]

    def with_token(self, tokens: models.QuerySet[Token]) -> Token | None:
        """The one token that is asked for, its person with their grants, in one statement for the same reason."""
        asked = tokens.select_related("person").order_by()
        rows = list(asked.annotate(**{f"given_{name}": models.F(f"person__{name}") for name in _GRANT_COLUMNS}))
        if not rows:
            return None
        given = (tuple(getattr(row, f"given_{name}") for name in _GRANT_COLUMNS) for row in rows)
        person = rows[0].person
        person.principal = principal_made_of(person.pk, (cast(GrantRow, each) for each in given if each[0] is not None))
        return rows[0]

    def principals(self, pks: Collection[int]) -> dict[int, Principal]:
        """Those of these people who are not switched off, with their grants, in one statement."""
        given: dict[int, list[GrantRow]] = {}
        for pk, *row in self.filter(pk__in=pks, is_active=True).order_by().values_list("pk", *_GRANT_COLUMNS):
            given.setdefault(pk, []).extend([cast(GrantRow, tuple(row))] if row[0] is not None else [])
        return {pk: principal_made_of(pk, rows) for pk, rows in given.items()}

    def get_by_natural_key(self, username: str | None) -> Person:
        """Find the account by e-mail, whatever its capitals."""
        found: Person = self.get(email=tidy_email(username))
        return found


def tidy_email(email: str | None) -> str | None:
    """Lower case without blanks around it; None when there is none."""
    return (email or "").strip().lower() or None


# house: a person can belong to several organisations, by memberships
class Person(AbstractBaseUser):
    """A person of one or more organisations; without an e-mail address or password they cannot sign in."""

    email = models.EmailField(max_length=254, unique=True, null=True, blank=True)
    name = models.CharField(max_length=300)
    title = models.CharField(max_length=300, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    columns_left_out = models.CharField(
        max_length=200, blank=True, default="", help_text="Columns of the scorecard that the person does not want."
    )

    objects = People()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "people"

    def __str__(self) -> str:
        """The name."""
        return self.name

    @property
    def left_out(self) -> frozenset[str]:
        """The columns of the scorecard that the person does not want, by their keys."""
        return frozenset(self.columns_left_out.split())

    def get_full_name(self) -> str:
        """The name, as Django asks for it."""
        return self.name

    @cached_property
    def principal(self) -> Principal:
        """The person as the policy knows them: their grants and denials, read once per request."""
        return principal_made_of(self.pk, self.grant_rows.values_list(*_GRANT))
