"""The steps that all actions share: may this person, take the lock, write down who did what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from fourfold.access.roles import Action
from fourfold.access.rules import allowed
from fourfold.errors import Forbidden, NotFound
from fourfold.records.models import Event, Organisation, Person


def find_organisation(by: Person | None, code: str | None = None) -> Organisation:
    """The organisation with this code, or the only one there is; somebody outside it learns nothing about it.

    `by=None` is the administrator of the machine, who sees all of them.
    """
    found = Organisation.objects.all() if by is None else Organisation.objects.visible_to(by)
    some = list(found.filter(code=code) if code is not None else found[:2])
    if len(some) == 1:
        return some[0]
    if some:
        raise NotFound("There are several organisations.", hint="Name one by its code.")
    message = "There is no organisation here yet." if code is None else f"There is no organisation {code}."
    raise NotFound(message, hint="Load one: fourfold load FOLDER" if by is None else None)


def require(by: Person | None, action: Action, organisation: Organisation, path: str | None = None) -> None:
    """Raise `NotFound` where the person sees nothing at all, `Forbidden` where they see and may not do this."""
    if by is None:
        return
    grants = by.grants if by.is_active else ()
    if not allowed(grants, Action.SEE, organisation=organisation.pk, path=path):
        raise NotFound
    if not allowed(grants, action, organisation=organisation.pk, path=path):
        raise Forbidden(
            f"You may not {_WORDS[action]} here.", hint="An administrator of the organisation can give you the role."
        )


_WORDS = {
    Action.SEE: "see what is",
    Action.RECORD: "enter figures",
    Action.COMMENT: "write notes",
    Action.DEFINE: "change definitions",
    Action.EVALUATE: "have everything computed anew",
    Action.MANAGE: "manage people",
}


def lock(organisation: Organisation) -> Organisation:
    """The organisation's row as it is now, held until the transaction ends: changes wait for one another."""
    assert transaction.get_connection().in_atomic_block
    return Organisation.objects.select_for_update().get(pk=organisation.pk)


def advance(organisation: Organisation, *, definitions: bool = False) -> None:
    """Count a change on the locked row, so that everybody can see which results are older than it."""
    organisation.version += 1
    organisation.definitions_version += definitions
    organisation.save(update_fields=("version", "definitions_version"))


def note_event(
    organisation: Organisation,
    by: Person | None,
    action: str,
    thing: str,
    *,
    at: datetime,
    before: Any = None,
    after: Any = None,
) -> Event:
    """Write down what was done; under the lock, so the numbers have no gaps."""
    last = Event.objects.filter(organisation=organisation).order_by("-seq").values_list("seq", flat=True).first() or 0
    return Event.objects.create(
        organisation=organisation, seq=last + 1, at=at, person=by, action=action, object=thing,
        before=before, after=after,
    )  # fmt: skip
