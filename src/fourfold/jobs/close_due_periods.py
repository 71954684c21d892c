"""Close periods on the day that the calendar says."""

from __future__ import annotations

import logging
from datetime import datetime

from fourfold.actions.set_period_state import set_period_state
from fourfold.engine.period_states import PeriodState
from fourfold.records.models import Organisation
from fourfold.records.queries.due_periods import due_to_close
from fourfold.records.read_only import is_read_only

_log = logging.getLogger(__name__)


def close_due_periods(*, now: datetime) -> int:
    """How many periods were closed. One of which figures are missing stays as it is; people close it with a reason."""
    if is_read_only():
        return 0
    closed = 0
    for organisation in Organisation.objects.order_by("pk"):
        for unit, month in due_to_close(organisation, now):
            outcome = set_period_state(
                by=None, organisation=organisation.code, unit=unit, period=month.id, state=PeriodState.CLOSED,
                at=now,
            )  # fmt: skip
            closed += outcome.ok
            for finding in outcome.findings:
                _log.warning("%s, %s was not closed: %s", organisation.code, month.id, finding.message)
    return closed
