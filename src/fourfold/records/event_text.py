"""Events as their canonical texts, from rows and from objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from fourfold.records.chain import canonical, event_text, stamp
from fourfold.records.models import Event

_COLUMNS: Final = (
    "seq", "at", "action", "person_id", "agent", "object", "address", "after_text", "before_text", "on_behalf_of_id",
    "reason", "request_id", "organisation_id", "unit_id", "via", "hash",
)  # fmt: skip


def text_of_event(event: Event) -> str:
    """The canonical text of an event that is about to be written."""
    return _text((
        event.seq, event.at, event.action, event.person_id, event.agent, event.object, event.address,
        None if event.after is None else canonical(event.after),
        None if event.before is None else canonical(event.before),
        event.on_behalf_of_id, event.reason, event.request_id, event.organisation_id, event.unit_id, event.via,
    ))  # fmt: skip


def entries_of(events: QuerySet[Event]) -> Iterator[tuple[int, str, str]]:
    """`(seq, text, hash)` of events, a few thousand at a time, with the stored texts of `before` and `after`."""
    for row in rows_of_events(events):
        yield row[0], _text(row[:-1]), row[-1]


def rows_of_events(events: QuerySet[Event]) -> Iterator[tuple[Any, ...]]:
    """The columns that are hashed, by seq, then the hash."""
    raw = events.annotate(after_text=Cast("after", TextField()), before_text=Cast("before", TextField()))
    return raw.order_by("seq").values_list(*_COLUMNS).iterator(chunk_size=5000)


def person_name(person: int | None, agent: str = "") -> str:
    """How a person is named in the chain: by the number of their row, which no change of name touches."""
    return f"u{person}" if person is not None else agent


def _text(row: tuple[Any, ...]) -> str:
    (seq, at, action, person, agent, thing, address, after, before, deputy_of, reason, request, tenant, unit, via) = row
    return event_text(
        seq=seq, ts=stamp(at), action=action, actor=person_name(person, agent), object=thing, address=address,
        after=after, before=before, on_behalf_of=person_name(deputy_of), reason=reason, request_id=request,
        tenant="" if tenant is None else f"o{tenant}", unit="" if unit is None else str(unit), via=via,
    )  # fmt: skip
