"""Which periods the calendar closes."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from fourfold.engine.due import day_at
from fourfold.engine.period_states import PeriodState as State
from fourfold.engine.period_states import deadlines
from fourfold.engine.periods import Frequency, Period
from fourfold.engine.unit_settings import settings_of
from fourfold.records.models import Organisation, PeriodState
from fourfold.records.ready import ready_definitions

#: So many months back; what is older was never closed, and people close it where they want to.
_MONTHS: Final = 3


# house: the calendar asks, and nobody else
def due_to_close(organisation: Organisation, now: datetime) -> list[tuple[str, Period]]:
    """The root unit with each month whose last day for changes is over there, and which is neither closed nor reopened.

    Nothing where the organisation has no `lock_due`: nothing closes by itself that nobody asked to be closed.
    """
    ready = ready_definitions(organisation)
    if ready is None or ready.definitions.organisation.lock_due is None:
        return []
    root = ready.definitions.root.code
    today, business = day_at(ready.definitions, root, now), settings_of(ready.definitions, root).business
    running = ready.definitions.calendar.period(Frequency.MONTH, today)
    months = [running.shift(-n) for n in range(_MONTHS, 0, -1)]
    said = PeriodState.objects.filter(unit=ready.units[root], period__in=[m.id for m in months]).current()
    done = set(said.filter(state__in=(State.CLOSED, State.REOPENED)).values_list("period", flat=True))
    last_days = {m: deadlines(ready.definitions.organisation, m, business).lock for m in months if m.id not in done}
    return [(root, month) for month, last in last_days.items() if last is not None and today > last]
