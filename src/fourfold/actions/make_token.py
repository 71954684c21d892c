"""Make a token for oneself, or a service key for a program."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction

from fourfold.access.roles import Action, Role
from fourfold.access.rules import Thing
from fourfold.access.scopes import Scope, actions_of
from fourfold.actions._events import note_event
from fourfold.actions._steps import find_organisation, require, require_of
from fourfold.actions.outcome import Outcome
from fourfold.engine.findings import Finding, Level, Place
from fourfold.errors import NotFound
from fourfold.records.models import Grant, Organisation, Person, Token, Unit
from fourfold.records.scope import principal_of
from fourfold.records.tokens import digest_of, new_token

DAYS: Final = 90
MOST_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made, with its text, which nobody can read again."""

    row: Token
    text: str

    def __repr__(self) -> str:
        """Without the text, so that no log has it."""
        return f"NewToken({self.row.prefix})"


def make_token(
    *,
    by: Person | None,
    name: str,
    scopes: Collection[Scope],
    person: Person | None = None,
    unit: str | None = None,
    service_of: str | None = None,
    days: int = DAYS,
    at: datetime | None = None,
) -> Outcome[NewToken]:
    """A token of the person `by` (the machine's administrator names the `person`), or a service key.

    With `service_of` (the code of an organisation) it is a service key: an account of its own with the role “service
    key” on the unit and below it. Only who administers accounts may make one, and only for what they may do there
    themselves. A token holds for `days`, 365 at most. The outcome has its text, this once.
    """
    moment = at or datetime.now(UTC)
    if found := _wrong(name, scopes, days):
        return Outcome("no token was made", findings=found)
    with transaction.atomic():
        owner = by or person
        organisation = None
        if service_of is not None:
            organisation = find_organisation(by, service_of)
            owner = _service(by, organisation, name.strip(), scopes, unit)
        if owner is None:
            raise NotFound("Whose token it is was not said.", hint="Name a person, or for a key an organisation.")
        text, prefix = new_token()
        row = Token.objects.create(
            organisation=organisation, person=owner, name=name.strip(), prefix=prefix, digest=digest_of(text),
            scopes=",".join(sorted(scopes)), made_by=by, made_at=moment, expires_at=moment + timedelta(days=days),
        )  # fmt: skip
        told = {"prefix": prefix, "name": row.name, "scopes": sorted(scopes), "days": days, "unit": unit}
        for place in chains_of(row):
            note_event(place, by, "token.make", f"token {row.pk}", at=moment, after=told)
    return Outcome(f"{prefix}… holds until {row.expires_at:%Y-%m-%d}", NewToken(row, text))


def chains_of(token: Token) -> list[Organisation | None]:
    """The organisations in whose logs events of the token stand."""
    if token.organisation is not None:
        return [token.organisation]
    found: list[Organisation | None] = [
        *Organisation.objects.filter(pk__in=principal_of(token.person).organisations).order_by("pk")
    ]
    return found or [None]


def _wrong(name: str, scopes: Collection[Scope], days: int) -> tuple[Finding, ...]:
    found = []
    if not name.strip() or len(name.strip()) > 100:
        found.append(_finding("name", "The name is empty or too long.", "Say in a few words what the token is for."))
    if not scopes:
        found.append(_finding("scopes", "Nothing was chosen that it may do.", "Choose one scope or more."))
    if not 1 <= days <= MOST_DAYS:
        found.append(_finding("days", f"{days} days are not possible.", f"Choose from 1 to {MOST_DAYS} days."))
    return tuple(found)


def _finding(thing: str, message: str, fix: str) -> Finding:
    return Finding("TOKEN", Level.ERROR, Place(thing=thing), message, fix)


def _service(
    by: Person | None, organisation: Organisation, name: str, scopes: Collection[Scope], unit: str | None
) -> Person:
    """The account of a service, which nobody signs in to, with its role; nobody gives more than they may themselves."""
    place = Unit.objects.filter(organisation=organisation, code=unit).first() if unit else None
    if unit and place is None:
        raise NotFound(f"{organisation.name} has no unit {unit}.")
    require(by, Action.ADMINISTER, organisation)
    if by is not None:
        for action in actions_of(scopes):
            require_of(principal_of(by), action, Thing(organisation.pk, place.path if place else None))
    service: Person = Person.objects.create_person(name=f"{name} (service)")
    Grant.objects.create(
        organisation=organisation, person=service, role=Role.SERVICE_KEY, unit=place, source="token", given_by=by
    )
    return service
