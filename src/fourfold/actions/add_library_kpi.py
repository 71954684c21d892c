"""Place a KPI of the library on an objective."""

from __future__ import annotations

from datetime import UTC, datetime

from fourfold.access.roles import Action
from fourfold.actions._steps import find_organisation, require
from fourfold.actions.amend_definitions import amend_definitions
from fourfold.actions.outcome import Outcome
from fourfold.engine.amendments import Amendment
from fourfold.engine.definitions import KpiUse
from fourfold.engine.due import begins_at
from fourfold.errors import NotFound
from fourfold.library.adoption import adopt
from fourfold.library.catalogue import find
from fourfold.records.models import Person
from fourfold.records.ready import ready_definitions


def add_library_kpi(
    *, by: Person | None, organisation: str | None = None, objective: str, kpi: str, at: datetime | None = None
) -> Outcome[KpiUse]:
    """Write a KPI of the library into the definitions and place it on an objective, like any other amendment.

    `objective` is a code, `kpi` an id of the library. It is watched and not scored until it has a target. Whoever may
    change the definitions of the organisation may do this, and it can be taken back; what the checks have against it
    comes back as findings, and nothing is written. Raises `NotFound` where there is no such objective or KPI,
    `Conflict` where it is there already.
    """
    found = find_organisation(by, organisation)
    require(by, Action.DEFINE, found)
    given, ready = find(kpi), ready_definitions(found)
    if ready is None or objective not in ready.written.objective:
        raise NotFound(f"There is no objective {objective} here.")
    after, use = adopt(ready.written, objective, given)
    moment = at or datetime.now(UTC)
    new = [
        Amendment("kpis", None, each.model_copy(update={"since": begins_at(after, each.frequency, moment)}))
        for each in after.kpis
        if each.code not in ready.written.kpi
    ]
    outcome = amend_definitions(
        by=by, organisation=found.code, amendments=[*new, Amendment("uses", None, use)], at=moment,
        reason=f"{given.name} ({given.id}) of the library",
    )  # fmt: skip
    if not outcome.ok:
        return Outcome("nothing was added", findings=outcome.findings)
    summary = f"{given.name} is on the objective; it is watched until it has a target"
    return Outcome(summary, use, outcome.findings)
