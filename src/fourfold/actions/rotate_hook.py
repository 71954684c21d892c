"""Make another secret for a source that sends by itself."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.access.roles import Action
from fourfold.actions._sources import find_connection
from fourfold.actions._steps import find_organisation, lock, note_event, require
from fourfold.actions.outcome import Outcome
from fourfold.connectors.hook import HOOK, new_secret
from fourfold.errors import NotFound
from fourfold.records.models import Connection, Person


def rotate_hook(
    *, by: Person | None, organisation: str | None = None, connection: str, keeps: bool = True,
    at: datetime | None = None,
) -> Outcome[tuple[Connection, str]]:  # fmt: skip
    """The connection and its new secret, which is shown this once; with `keeps` the one before holds beside it.

    So a sender can change over: the older one ends with the next secret, or at once where it is not kept.
    """
    place = find_organisation(by, organisation)
    require(by, Action.EDIT_SOURCE, place)
    moment = at or datetime.now(UTC)
    secret = new_secret()
    with transaction.atomic():
        place = lock(place)
        row = find_connection(place, connection)
        if row.kind != HOOK.code:
            raise NotFound(f"{row.name} does not send by itself.")
        before = row.secret.reveal().split()[:1] if row.secret and keeps else []
        row.secret, row.changed_at = " ".join([secret, *before]), moment
        row.save()
        told = {"secret": "new", "one before": "holds" if before else "ended"}
        note_event(place, by, "hook.rotate", f"connection {row.code}", at=moment, after=told)
    return Outcome(f"{row.name} has a new secret", (row, secret))
