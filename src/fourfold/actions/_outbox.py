"""Telling open pages what is different, in the transaction that changes it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction

from fourfold.records.models import Organisation, Outbox
from fourfold.records.wake import wake

#: A change of more than this is told as one of anything: a page is asked for once either way.
_MOST: Final = 500
#: So long a change is held back at most while what follows from it is still being made.
HELD: Final = timedelta(seconds=1)


def tell(
    organisation: Organisation,
    *,
    units: Collection[int] | None = None,
    nodes: Collection[str] | None = None,
    periods: Collection[str] | None = None,
    is_held: bool = False,
) -> None:
    """Put into the outbox in which units and nodes something is different; without any, anything may be.

    The organisation is locked, so that what is told later has a larger number. Whoever waits for it is woken when the
    transaction is committed, and nobody hears of one that is undone. What `is_held` is told when `tell_held` is called
    with what follows from it, as one change; where nobody does, a second later.
    """
    assert transaction.get_connection().in_atomic_block
    now = datetime.now(UTC)
    places = (units, nodes, periods)
    told: list[list[int | str] | None] = [None, None, None]
    if not any(place is None or len(place) > _MOST for place in places):
        told = [sorted(place) for place in places]  # type: ignore[arg-type]
    at = now + HELD if is_held else now
    Outbox.objects.create(organisation=organisation, at=at, units=told[0], nodes=told[1], periods=told[2])
    wake()


def tell_held(organisation: Organisation, *, units: Collection[int], nodes: Collection[str]) -> None:
    """What follows from a change of these nodes is made: it is told with the change as one, or alone after it.

    The organisation is locked. Without units nothing followed, and only the change itself is told.
    """
    assert transaction.get_connection().in_atomic_block
    now = datetime.now(UTC)
    for row in Outbox.objects.filter(organisation=organisation, at__gt=now).order_by("pk"):
        if row.units is None or row.nodes is None or not set(row.nodes) & set(nodes):
            continue
        if units:
            row.units, row.nodes = sorted({*row.units, *units}), sorted({*row.nodes, *nodes})
        row.at = now
        row.save(update_fields=("at", "units", "nodes"))
        wake()
        return
    if units:
        tell(organisation, units=units, nodes=nodes, periods=())
