"""How good the definition of a KPI would be with what is typed: SMART, with what would mend each gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils import timezone

from fourfold.engine import health, smart
from fourfold.engine.amendments import Amendment, amend
from fourfold.engine.definitions import Definitions, Kpi, KpiUse, Target
from fourfold.engine.definitions.base import Definition
from fourfold.engine.definitions.complete import complete
from fourfold.engine.due import day_at
from fourfold.engine.smart import Known
from fourfold.errors import FourfoldError
from fourfold.records.queries.own_series import series_of
from fourfold.records.queries.quality import without_gaming
from fourfold.records.ready import Ready
from fourfold.web.address import Here
from fourfold.web.components.assessed import assessment_of
from fourfold.web.forms.amendment import AmendmentForm

_NOUNS = {"kpi": "kpis", "use": "uses", "target": "targets"}


def smart_shown(here: Here, ready: Ready, forms: Sequence[AmendmentForm]) -> dict[str, Any] | None:
    """SMART and health of the KPI as it is typed, of what can be told from its definition and its figures."""
    things = [(form.noun, form.before, form.read()) for form in forms]
    kpi = next((thing for _, _, thing in things if isinstance(thing, Kpi)), None)
    if kpi is None:
        return None
    after = _after(ready.written, things)
    kpi = after.kpi[kpi.code]
    scope = here.scope
    at = scope.run.as_of or timezone.now()
    day = day_at(after, scope.unit.code, at)
    now = after.calendar.period(kpi.frequency, day)
    known = Known(after, kpi, now, unit=scope.unit.code)
    if kpi.code in scope.structure.kpi:
        series = series_of(scope, scope.structure.kpi[kpi.code], now, at)
        known = replace(known, values=series.values, states=series.states)
    record = health.Record(known, day)
    return {"smart": assessment_of(smart.assess(known)), "health": assessment_of(without_gaming(health.assess(record)))}


def _after(written: Definitions, things: Sequence[tuple[str, Definition | None, Definition | None]]) -> Definitions:
    for noun, before, thing in things:
        is_placed = not isinstance(thing, KpiUse | Target) or bool(thing.kpi)
        if thing is not None and is_placed:
            try:
                written = amend(written, [Amendment(_NOUNS[noun], before, thing)])
            except FourfoldError:
                continue
    return complete(written)
