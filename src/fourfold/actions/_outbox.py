"""Telling open pages what is different, in the transaction that changes it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final

from django.db import transaction

from fourfold.records.models import Organisation, Outbox
from fourfold.records.wake import wake

#: A change of more than this is told as one of anything: a page is asked for once either way.
_MOST: Final = 500


def tell(
    organisation: Organisation,
    *,
    units: Collection[int] | None = None,
    nodes: Collection[str] | None = None,
    periods: Collection[str] | None = None,
) -> None:
    """Put into the outbox in which units and nodes something is different; without any, anything may be.

    The organisation is locked, so that what is told later has a larger number. Whoever waits for it is woken when the
    transaction is committed, and nobody hears of one that is undone.
    """
    assert transaction.get_connection().in_atomic_block
    places = (units, nodes, periods)
    told: list[list[int | str] | None] = [None, None, None]
    if not any(place is None or len(place) > _MOST for place in places):
        told = [sorted(place) for place in places]  # type: ignore[arg-type]
    Outbox.objects.create(
        organisation=organisation, at=datetime.now(UTC), units=told[0], nodes=told[1], periods=told[2]
    )
    wake()
