"""On a new day other figures are due: evaluate what was last evaluated on an earlier one, or before newer figures came.

It is due each minute: programs that send many figures do not wait until they are evaluated, and are evaluated together.
So the first who enters a figure in the morning does not wait either.
"""

from __future__ import annotations

from datetime import datetime

from fourfold.actions.evaluate_organisation import evaluate_organisation, is_evaluated
from fourfold.records.models import Organisation
from fourfold.records.read_only import is_read_only


def evaluate_new_day(*, now: datetime) -> int:
    """How many organisations were evaluated; none where all were today, or nobody may write."""
    if is_read_only():
        return 0
    waiting = [o.code for o in Organisation.objects.order_by("pk") if not is_evaluated(o, on=now)]
    for code in waiting:
        evaluate_organisation(by=None, organisation=code, reason="A new day, or new figures", as_of=now, waits=False)
    return len(waiting)
