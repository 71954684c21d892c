"""On a new day other figures are due: evaluate what was last evaluated on an earlier one.

It is due each quarter of an hour, and so when a day begins in any time zone: all of them are whole quarters apart. So
the first who enters a figure in the morning does not wait until everything is evaluated.
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
        evaluate_organisation(by=None, organisation=code, reason="A new day", as_of=now)
    return len(waiting)
