"""Place a KPI of the library on an objective."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.access.roles import Action
from fourfold.actions._steps import advance, find_organisation, lock, note_event, require
from fourfold.actions.evaluate_organisation import evaluate_locked
from fourfold.actions.outcome import Outcome
from fourfold.engine.checks import check
from fourfold.engine.definitions import Definitions, KpiUse
from fourfold.engine.definitions.complete import complete
from fourfold.engine.findings import errors
from fourfold.errors import NotFound
from fourfold.library.adoption import adopt
from fourfold.library.catalogue import find
from fourfold.records.frames.definition import read_definitions, write_definitions
from fourfold.records.models import Organisation, Person


def add_library_kpi(
    *, by: Person | None, organisation: str | None = None, objective: str, kpi: str, at: datetime | None = None
) -> Outcome[KpiUse]:
    """Write a KPI of the library into the definitions and place it on an objective, then evaluate the organisation.

    `objective` is a code, `kpi` an id of the library. It is watched and not scored until it has a target. Whoever may
    change the definitions of the organisation may do this; what the checks have against it comes back as findings, and
    nothing is written. Raises `NotFound` where there is no such objective or KPI, `Conflict` where it is there already.
    """
    found = find_organisation(by, organisation)
    require(by, Action.DEFINE, found)
    given, moment = find(kpi), at or datetime.now(UTC)
    with transaction.atomic():
        locked = lock(found)
        before = _definitions_with(locked, objective)
        after, use = adopt(before, objective, given)
        findings = check(complete(after), today=moment.date())
        if errors(findings):
            return Outcome("nothing was added", findings=tuple(errors(findings)))
        write_definitions(locked, after, at=moment)
        advance(locked, definitions=True)
        told = {"library": given.id, "kpi": use.kpi, "objective": objective}
        note_event(locked, by, "kpi.adopt", use.kpi, at=moment, after=told)
        evaluate_locked(locked, as_of=moment, reason=f"Added {given.name} from the library")
    return Outcome(f"{given.name} is on the objective; it is watched until it has a target", use)


def _definitions_with(organisation: Organisation, objective: str) -> Definitions:
    """The definitions as written, where they have this objective."""
    definitions = read_definitions(organisation)
    if definitions is None or objective not in definitions.objective:
        raise NotFound(f"There is no objective {objective} here.")
    return definitions
