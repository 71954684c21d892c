"""On a new day other figures are due: evaluate what was last evaluated on an earlier one."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from fourfold.actions.evaluate_organisation import evaluate_organisation, is_evaluated
from fourfold.records.models import Organisation
from fourfold.records.read_only import is_read_only


def evaluate_new_day(*, now: datetime) -> int:
    """How many organisations were evaluated; none where all were today, or nobody may write."""
    if is_read_only():
        return 0
    waiting = [o.code for o in Organisation.objects.order_by("pk") if not is_evaluated(o, on=now)]
    try:
        for code in waiting:
            evaluate_organisation(by=None, organisation=code, reason="A new day", as_of=now)
    finally:
        if not connection.in_atomic_block:
            connection.close()  # the thread that did this may be gone tomorrow
    return len(waiting)
