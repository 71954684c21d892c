"""Writing events: every one takes the next place in the chain of its organisation."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction

from fourfold.actions.origin import origin
from fourfold.records.chain import link
from fourfold.records.event_text import text_of_event
from fourfold.records.models import Chain, Event, Organisation, Person

#: What is longer is cut, since nothing may fail for the words of its event.
LONGEST: Final = {"object": 300, "reason": 1000}


def note_event(
    organisation: Organisation | None,
    by: Person | None,
    action: str,
    thing: str,
    *,
    at: datetime,
    before: Any = None,
    after: Any = None,
    unit: int | None = None,
    reason: str = "",
    agent: str | None = None,
) -> Event:
    """Write down what was done, in the transaction that does it: where that is undone, so is this, and no gap stays.

    Without an organisation it is about the installation. `unit` is the row id of the unit it was done in. `before` and
    `after` are plain data without floating point numbers and without secrets.
    """
    assert transaction.get_connection().in_atomic_block
    from_ = origin()
    head = _head(organisation)
    event = Event(
        organisation=organisation, seq=head.seq + 1, at=at, person=by,
        agent="" if by else agent or from_.agent, on_behalf_of=from_.on_behalf_of, via=from_.via,
        address=from_.address, request_id=from_.request_id, action=action, object=_kept("object", thing),
        unit_id=unit, before=before, after=after, reason=_kept("reason", reason),
    )  # fmt: skip
    event.hash = link(bytes.fromhex(head.hash), text_of_event(event)).hex()
    event.save(force_insert=True)
    head.seq, head.hash = event.seq, event.hash
    head.save(update_fields=("seq", "hash"))
    return event


def _kept(column: str, text: str) -> str:
    """What a text column can hold of it: PostgreSQL has no character zero."""
    return text.replace("\0", "")[: LONGEST[column]]


def _head(organisation: Organisation | None) -> Chain:
    """The head of the chain, locked until the transaction ends."""
    chains = Chain.objects.select_for_update()
    return chains.get_or_create(organisation=organisation)[0]
