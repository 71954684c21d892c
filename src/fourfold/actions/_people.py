"""The steps that actions on accounts share: find the account, write the event where it belongs, end its sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from fourfold.access.roles import Action
from fourfold.access.rules import Thing, can
from fourfold.actions._steps import lock, note_event
from fourfold.engine.findings import Finding, Level, Place
from fourfold.errors import Forbidden, NotFound
from fourfold.records.models import Mail, Organisation, Person, Session
from fourfold.records.models.person import tidy_email
from fourfold.records.scope import principal_of

LONGEST_NAME: Final = 300
LONGEST_ADDRESS: Final = 254


def find_person(by: Person | None, email: str, number: int | None = None) -> Person:
    """The account with this address or number, which is one's own or that of somebody one manages.

    Some people have no address. Raises `NotFound` where `by` sees nobody like this, `Forbidden` where they may not
    manage this account: one that belongs to several organisations is managed by whoever manages all of them.
    """
    address = tidy_email(email)
    seen = Person.objects.all() if by is None else Person.objects.visible_to(by)
    asked = {"email": address} if number is None else {"pk": number}
    person: Person | None = seen.filter(**asked).first() if address or number is not None else None
    if by is not None and (by.pk == number if number is not None else address and by.email == address):
        return by
    if person is None:
        which = f"the address {email}" if number is None else f"the number {number}"
        raise NotFound(f"There is nobody with {which}.", hint=_known() if by is None else None)
    if by is not None:
        organisations = person.memberships.values_list("organisation", flat=True)
        if not all(can(principal_of(by), Action.ADMINISTER, Thing(pk)) for pk in organisations):
            message = "You may not change the account of this person."
            raise Forbidden(message, hint="An administrator of all organisations they belong to can.")
    return person


def called(person: Person) -> str:
    """Their address or, without one, their name."""
    return person.email or person.name


def check_name(name: str) -> tuple[Finding, ...]:
    """A name is written in characters that can be seen, and not too many."""
    tidy = name.strip()
    if tidy and tidy.isprintable() and len(tidy) <= LONGEST_NAME:
        return ()
    message = f"Write a name of at most {LONGEST_NAME} characters, in one line." if tidy else "Enter a name."
    return (Finding("PERSON", Level.ERROR, Place(thing="name"), message),)


def check_address(address: str) -> tuple[Finding, ...]:
    """An address can be written to."""
    try:
        validate_email(address)
        if len(address) > LONGEST_ADDRESS:
            raise ValidationError("too long")
    except ValidationError:
        message = f"“{address[:80]}” is not an e-mail address." if address else "Enter an e-mail address."
        return (Finding("PERSON", Level.ERROR, Place(thing="email"), message),)
    return ()


def check_password(password: str, person: Person) -> tuple[Finding, ...]:
    """What is wrong with a new password; any is, for somebody who signs in with a directory that is set up."""
    codes = [directory.code for directory in settings.DIRECTORIES]
    if codes and person.identities.filter(directory__in=codes).exists():
        text = f"{person.name} signs in with a directory and has no password here. It is set where the directory is."
        return (Finding("PASSWORD", Level.ERROR, Place(thing="password"), text),)
    try:
        validate_password(password, person)
    except ValidationError as error:
        return tuple(Finding("PASSWORD", Level.ERROR, Place(thing="password"), text) for text in error.messages)
    return ()


def note_for_person(person: Person, by: Person | None, action: str, *, at: datetime, **told: Any) -> None:
    """Write an event about an account in every organisation it belongs to."""
    for organisation in Organisation.objects.filter(membership__person=person).order_by("pk"):
        note_event(lock(organisation), by, action, f"person {person.pk}", at=at, **told)


def tell_address_before(person: Person, before: str | None, *, at: datetime) -> None:
    """Say to the address of an account before that it is another now: whoever reads it may know nothing of that."""
    if settings.SENDS_EMAIL and before and before != person.email:
        Mail.objects.create(kind=Mail.Kind.MOVED, address=before, person=person, made_at=at, due_at=at)


def end_sessions_of(person: Person, *, keep: str | None = None) -> int:
    """End the sessions of somebody, but for the one with the key `keep`; how many there were."""
    ended, _ = Session.objects.filter(person=person).exclude(session_key=keep).delete()
    return ended


def _known() -> str:
    some = list(Person.objects.exclude(email=None).order_by("pk").values_list("email", flat=True)[:5])
    return f"Some that are known: {', '.join(some)}." if some else "Load an organisation first: fourfold load FOLDER"
