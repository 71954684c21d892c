"""Signing in, signing out and failing to are events."""

from __future__ import annotations

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.signals import user_logged_in
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from fourfold.actions.note_denial import note_denial
from fourfold.actions.note_sign_in import note_sign_in
from fourfold.records.models import Person
from fourfold.records.models.person import tidy_email


@receiver(user_logged_in, dispatch_uid="fourfold.note_sign_in")
def signed_in(request: HttpRequest | None = None, user: Person | None = None, **_: Any) -> None:
    """Somebody is in; with which methods allauth knows."""
    if user is not None:
        records = get_authentication_records(request, user) if request is not None else []
        how = ", ".join(str(record.get("method")) for record in records)
        note_sign_in(by=user, how=how)


@receiver(user_logged_out, dispatch_uid="fourfold.note_sign_out")
def signed_out(user: Person | None = None, **_: Any) -> None:
    """Somebody has left."""
    if isinstance(user, Person):
        note_sign_in(by=user, out=True)


@receiver(user_login_failed, dispatch_uid="fourfold.note_failed_sign_in")
def failed(credentials: dict[str, Any] | None = None, **_: Any) -> None:
    """Somebody was not let in. What they typed is not kept: people type passwords into the wrong field."""
    given = credentials or {}
    address = tidy_email(str(given.get("email") or given.get("username") or ""))
    person = Person.objects.filter(email=address).first() if address else None
    thing = f"person {person.pk}" if person else "an account that does not exist"
    note_denial(by=None, about=person, action="session.fail", thing=thing)
