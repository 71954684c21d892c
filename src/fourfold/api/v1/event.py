"""Events: the audit log."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from fourfold.api.pages import Cursor, Limit, asker, known_only, number_of, page_of
from fourfold.records.chain import stamp
from fourfold.records.queries.audit import events_of, read_filter

router = Router(tags=["event"])
Text = Annotated[str, Query(max_length=300)]


class EventOut(Schema):
    """Who did what, from where, with what was before and after, and its hash in the chain."""

    seq: int
    at: str
    person: str | None
    on_behalf_of: str | None
    agent: str
    via: str
    address: str
    request_id: str
    action: str
    object: str
    before: Any
    after: Any
    reason: str
    hash: str


class EventsOut(Schema):
    """A page of events, newest first."""

    items: list[EventOut]
    next: str | None


@router.get("/organisations/{organisation}/events", response=EventsOut, summary="Audit log", operation_id="events")
def events(
    request: HttpRequest,
    organisation: str,
    person: Text = "",
    action: Text = "",
    object: Text = "",
    since: Text = "",
    until: Text = "",
    text: Text = "",
    cursor: Cursor = "",
    limit: Limit = 100,
) -> EventsOut:
    """What the token may read of the log, by the filter of the page."""
    known_only(request, "person", "action", "object", "since", "until", "text", "cursor", "limit")
    wanted = read_filter(person=person, action=action, object=object, since=since, until=until, text=text)
    rows = events_of(asker(request), organisation, wanted, before=number_of(cursor))
    shown, following = page_of(list(rows[: limit + 1]), limit, "seq")
    found = [
        EventOut(
            seq=e.seq, at=stamp(e.at), person=e.person.name if e.person else None,
            on_behalf_of=e.on_behalf_of.name if e.on_behalf_of else None, agent=e.agent, via=e.via, address=e.address,
            request_id=e.request_id, action=e.action, object=e.object, before=e.before, after=e.after, reason=e.reason,
            hash=e.hash,
        )
        for e in shown
    ]  # fmt: skip
    return EventsOut(items=found, next=following)
