"""Remind people of what is due from them, in the morning of each business day."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import connection

from fourfold.actions.remind_people import remind_people as remind
from fourfold.records.models import Organisation
from fourfold.records.queries.structure import structure_of
from fourfold.records.read_only import is_read_only

MORNING: Final = 7  # o'clock where the organisation is


def remind_people(*, now: datetime) -> int:
    """How many people were reminded."""
    if is_read_only():
        return 0
    count = 0
    try:
        for organisation in Organisation.objects.order_by("pk"):
            if now.astimezone(structure_of(organisation).zone).hour >= MORNING:
                count += len(remind(by=None, organisation=organisation.code, at=now).value or ())
    finally:
        if not connection.in_atomic_block:
            connection.close()
    return count
