"""Confirm that figures lie elsewhere for good, so that the usual range begins anew."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, get_args

from django.db import transaction
from pydantic import ValidationError

from fourfold.actions._runs import evaluate_locked, is_evaluated, new_run
from fourfold.actions._steps import advance, find_organisation, lock_as_read, note_event, require_to_record
from fourfold.actions.outcome import Outcome
from fourfold.engine.confirmed_steps import step_refusals
from fourfold.engine.definitions import Step
from fourfold.engine.due import day_at
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.periods import Period, PeriodError
from fourfold.engine.signals import Refusal, chart_of
from fourfold.errors import NotFound
from fourfold.records.defined import spec_of
from fourfold.records.frames.definition import add_step
from fourfold.records.frames.outlook import figures_now, kept, outlooks_now, write_outlooks
from fourfold.records.models import Membership, Organisation, Person
from fourfold.records.ready import Ready, ready_definitions

CAUSES: Final[tuple[str, ...]] = get_args(Step.model_fields["cause"].annotation)
#: Where each refusal belongs, and what to do about it.
_REFUSALS: Final = {
    Refusal.NO_CAUSE: ("cause", "STEP-CAUSE", "Choose what changed."),
    Refusal.NOT_LASTING: ("lasts", "STEP-LASTING", "Wait, or write a note about these figures instead."),
    Refusal.TOO_FEW: ("since", "STEP-FEW", "Wait for more figures, or choose an earlier period."),
    Refusal.WORSE: ("cause", "STEP-WORSE", "Ask somebody else who may enter figures here to confirm it."),
    Refusal.OVERLAP: ("since", "STEP-OVERLAP", "Choose a later period."),
}


def confirm_step(
    *,
    by: Person | None,
    organisation: str | None = None,
    kpi: str,
    unit: str,
    since: str,
    cause: str,
    lasts: bool,
    note: str = "",
    at: datetime | None = None,
) -> Outcome[Step]:
    """Let the usual range of a KPI and unit begin anew in a period, with what changed and the word that it will last.

    Whoever may enter figures of the unit may do this; where the new figures are worse, not the owner of the KPI. What
    speaks against it comes back as findings, and nothing is written. Results stay as they are; the outlook is made
    anew. Outside of what a person sees there is `NotFound` or `Forbidden`.
    """
    found = find_organisation(by, organisation)
    ready = ready_definitions(found)
    if ready is None:
        raise NotFound(f"There is no unit {unit} here, or you may not see it.")
    require_to_record(by, found, ready, kpi, unit)
    moment = at or datetime.now(UTC)
    step, findings = _step(found, ready, by, kpi, unit, since, cause, note, moment)
    if step is None:
        return Outcome("nothing was confirmed", findings=findings)
    with transaction.atomic():
        locked = lock_as_read(found, hint="Confirm the step again.")
        refused = _refused(locked, ready, step, by, lasts=lasts, at=moment)
        if refused:
            return Outcome("nothing was confirmed", findings=refused)
        _write(locked, ready, step, by, moment)
    return Outcome(f"the usual range begins anew in {step.since}", step)


def _step(
    organisation: Organisation,
    ready: Ready,
    by: Person | None,
    kpi: str,
    unit: str,
    since: str,
    cause: str,
    note: str,
    at: datetime,
) -> tuple[Step | None, tuple[Finding, ...]]:
    """What was written as a step, or what is wrong with it."""
    found = []
    period = _period(ready, kpi, since)
    if period is None or period.start > day_at(ready.definitions, unit, at):
        fix = "Choose a period of the KPI that has begun."
        found.append(_finding("STEP-PERIOD", "since", f"“{since[:40]}” is no period that limits can begin in.", fix))
    if chart_of(ready.definitions.kpi[kpi]) is None:
        found.append(_finding("STEP-CHART", "since", "Words and yes or no have no usual range.", ""))
    if cause not in CAUSES:
        found.append(_of_refusal(Refusal.NO_CAUSE))
    if found or period is None:
        return None, tuple(found)
    code = None if by is None else _code(organisation, by)
    try:
        step = Step.model_validate({
            "kpi": kpi, "unit": unit, "since": period.id, "cause": cause, "note": note, "by": code,
            "date": day_at(ready.definitions, unit, at).isoformat(),
        })  # fmt: skip
    except ValidationError:
        fix = "Shorten it to 10,000 characters, without any that cannot be seen."
        return None, (_finding("STEP-NOTE", "note", "The note is too long or holds unprintable characters.", fix),)
    return step, ()


def _period(ready: Ready, kpi: str, text: str) -> Period | None:
    try:
        return ready.definitions.calendar.parse(text, ready.definitions.kpi[kpi].frequency)
    except PeriodError:
        return None


def _code(organisation: Organisation, by: Person) -> str | None:
    """How the organisation calls the person."""
    rows = Membership.objects.filter(organisation=organisation, person=by)
    return rows.values_list("code", flat=True).first()


def _refused(
    organisation: Organisation, ready: Ready, step: Step, by: Person | None, *, lasts: bool, at: datetime
) -> tuple[Finding, ...]:
    """What the figures say against it."""
    owner = ready.definitions.kpi[step.kpi].owner
    figures = figures_now(organisation, ready, as_of=at, kpis=(step.kpi,))
    said = step_refusals(
        ready.definitions, figures, step, lasts=lasts, approved=by is None or step.by != owner, as_of=at
    )
    return tuple(_of_refusal(refusal) for refusal in said)


def _of_refusal(refusal: Refusal) -> Finding:
    thing, code, fix = _REFUSALS[refusal]
    return _finding(code, thing, refusal.value, fix)


def _finding(code: str, thing: str, message: str, fix: str) -> Finding:
    return Finding(code, Level.ERROR, Place(thing=thing), message, fix)


def _write(organisation: Organisation, ready: Ready, step: Step, by: Person | None, at: datetime) -> None:
    """The step, the event, a run, and the outlook from now on; the lock is held."""
    was_evaluated = is_evaluated(organisation)
    add_step(organisation, ready.definitions.strategy.code, step, at=at)
    advance(organisation, definitions=True)
    thing = f"{step.kpi}/{step.unit}/{step.since}"
    spec = spec_of(step)
    where = ready.units[step.unit] if step.unit else None
    note_event(organisation, by, "step.confirm", thing, at=at, unit=where, after=spec, reason=step.note)
    reason = f"Confirmed the step {thing}"
    if not was_evaluated:
        evaluate_locked(organisation, as_of=at, reason=reason)
        return
    new_run(organisation, as_of=at, reason=reason)  # no result hangs on a step: those stored are still those of now
    known = ready_definitions(organisation)
    assert known is not None and step.unit is not None
    made = outlooks_now(organisation, known, as_of=at, kpis=(step.kpi,), units=(step.unit,))
    write_outlooks(organisation, known, kept(made), at=at, input_version=organisation.version)
