"""Telling open pages what is different, in the transaction that changes it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

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
    if not is_held:
        wake()


class Followed(NamedTuple):
    """A change of a node in a unit, and in which units and nodes something followed from it: none, nothing did."""

    unit: int
    node: str
    units: frozenset[int]
    nodes: frozenset[str]

    def is_in(self, units: Collection[int], nodes: Collection[str]) -> bool:
        """True where what is told of these units and nodes is this change."""
        return self.unit in units and self.node in nodes


def tell_held(organisation: Organisation, followed: Collection[Followed]) -> None:
    """What follows from changes is made: it is told with the change that was held for it, or alone after it.

    The organisation is locked.
    """
    assert transaction.get_connection().in_atomic_block
    now, left = datetime.now(UTC), list(followed)
    for row in Outbox.objects.filter(organisation=organisation, at__gt=now).order_by("pk"):
        units, nodes = row.units or (), row.nodes or ()
        if mine := [each for each in followed if each.is_in(units, nodes)]:
            row.at = now
            row.units = sorted({*units, *(unit for each in mine for unit in each.units)})
            row.nodes = sorted({*nodes, *(node for each in mine for node in each.nodes)})
            row.save(update_fields=("at", "units", "nodes"))
            wake()
            left = [each for each in left if each not in mine]
    if alone := {unit for each in left for unit in each.units}:
        tell(organisation, units=alone, nodes={node for each in left for node in each.nodes}, periods=())
