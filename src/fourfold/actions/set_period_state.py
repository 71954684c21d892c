"""Say how far a period is: submitted, in review, approved, closed, or open again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from django.db import transaction

from fourfold.access.rules import Thing
from fourfold.access.steps import right_to_step
from fourfold.actions._runs import evaluate_locked, is_evaluated, new_run
from fourfold.actions._steps import advance, find_organisation, lock_as_read, note_event, require_of
from fourfold.actions.outcome import Outcome
from fourfold.engine.due import day_at
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.period_states import NEXT, natural_state
from fourfold.engine.period_states import PeriodState as State
from fourfold.engine.periods import Frequency, Period, PeriodError
from fourfold.errors import Conflict, NotFound
from fourfold.records.closed_periods import ids_above
from fourfold.records.frames.period_state import figures_there, keep_snapshots, newest_figure, units_under
from fourfold.records.models import Organisation, PeriodState, Person
from fourfold.records.ready import Ready, ready_definitions
from fourfold.records.scope import principal_of

LONGEST: Final = 1000


def set_period_state(
    *,
    by: Person | None,
    organisation: str | None = None,
    unit: str,
    period: str,
    state: State,
    reason: str = "",
    seen: int | None = None,
    at: datetime | None = None,
) -> Outcome[PeriodState]:
    """Move a month of a unit, and of all units below it, on to `state`.

    Nobody approves or closes what they submitted themselves. A return and a reopening need a reason, and so does
    closing a month of which less than `lock_complete` is there: it is the waiver. On closing, the results are kept as
    they are, with a hash. `seen` is the `newest_figure` that the caller looked at: with a newer one there is
    `Conflict`. What speaks against it comes back as findings; outside of what a person sees there is `NotFound`.
    """
    found, moment = find_organisation(by, organisation), at or datetime.now(UTC)
    ready = ready_definitions(found)
    if ready is None or unit not in ready.units:
        raise NotFound(f"There is no unit {unit[:80]} here, or you may not see it.")
    month = _month(ready, period)
    with transaction.atomic():
        place = lock_as_read(found, hint="Look at the period again.")
        before = _current(place, ready, unit, month)
        own = before if before is not None and before.unit_id == ready.units[unit] else None
        now = State(before.state) if before else natural_state(month, day_at(ready.definitions, unit, moment))
        _require(by, place, ready, unit, state, own)
        units = [ready.units[code] for code in units_under(ready, unit)]
        if seen is not None and seen != newest_figure(place, units, month):
            raise Conflict("A figure of the period has been recorded since.", hint="Look at the period again.")
        if before is not None and own is None and not now.takes_figures:
            raise Conflict(f"{month.label} is {now.word} for a unit above.", hint="It is opened again there.")
        wrong = _wrong(state, now, month, reason.strip())
        if state is State.CLOSED and not wrong:
            if not is_evaluated(place, on=moment):
                evaluate_locked(place, as_of=moment, reason=f"Before {month.label} is closed")
            wrong = () if reason.strip() else _missing(ready, units, month)
        if wrong:
            return Outcome("nothing was changed", findings=wrong)
        row = _write(place, ready, unit, month, state, reason.strip(), by, own, moment, now)
    return Outcome(f"{month.label} of {ready.definitions.unit[unit].name} is {state.word}", row)


def _month(ready: Ready, text: str) -> Period:
    try:
        month = ready.definitions.calendar.parse(text)
    except PeriodError as error:
        raise NotFound(f"“{text[:40]}” is no month of the calendar.", hint="Write 2026-03.") from error
    if month.frequency is not Frequency.MONTH:
        raise NotFound(f"“{text[:40]}” is no month.", hint="Periods are closed month by month: write 2026-03.")
    return month


def _current(organisation: Organisation, ready: Ready, unit: str, month: Period) -> PeriodState | None:
    """What holds for the unit: a state above that takes no figures, else its own."""
    rows = PeriodState.objects.filter(organisation=organisation, period=month.id).current()
    known = {row.unit_id: row for row in rows.filter(unit__in=ids_above(ready.paths[unit]))}
    own = known.pop(ready.units[unit], None)
    above = [row for row in known.values() if not State(row.state).takes_figures]
    return above[0] if above else own


def _require(
    by: Person | None, organisation: Organisation, ready: Ready, unit: str, step: State, own: PeriodState | None
) -> None:
    """Raise where the person may not do this."""
    if by is None:
        return
    now = State.COLLECTING if own is None else State(own.state)
    submitter = None if own is None else _submitter(own)
    right, author = right_to_step(step, now, submitter=submitter, person=by.pk)
    require_of(principal_of(by), right, Thing(organisation.pk, ready.paths[unit], author=author))


def _submitter(row: PeriodState) -> int | None:
    rows = PeriodState.objects.filter(unit=row.unit_id, period=row.period, state=State.SUBMITTED)
    return rows.order_by("-at", "-pk").values_list("by", flat=True).first()


def _wrong(state: State, now: State, month: Period, reason: str) -> tuple[Finding, ...]:
    """What speaks against the step."""
    if state not in NEXT[now]:
        could = " or ".join(f"“{each.word}”" for each in NEXT[now]) or "nothing yet"
        fix = f"From there it can become {could}."
        return (_finding("PERIOD-STEP", "state", f"{month.label} is {now.word} and cannot become {state.word}.", fix),)
    if len(reason) > LONGEST:
        return (_finding("PERIOD-REASON", "reason", "The reason is too long.", f"Shorten it to {LONGEST} characters."),)
    if not reason and state is State.REOPENED:
        return (_finding("PERIOD-REASON", "reason", "A closed period is opened again for a reason.", "Write it."),)
    if not reason and state is State.COLLECTING:
        return (_finding("PERIOD-REASON", "reason", "A period is returned for a reason.", "Write what is to be done."),)
    return ()


def _missing(ready: Ready, units: list[int], month: Period) -> tuple[Finding, ...]:
    """What is missing of a month that is to be closed, where that is too much."""
    there, due = figures_there(units, [month])[month.ordinal]
    needed = ready.definitions.organisation.lock_complete
    if there * 100 >= needed * due:
        return ()
    message = f"{there:,} of {due:,} figures of {month.label} are there and final; {needed}% are needed."
    fix = "Have them entered and approved, or give the reason why the period is closed without them."
    return (_finding("PERIOD-INCOMPLETE", "reason", message, fix),)


def _finding(code: str, thing: str, message: str, fix: str) -> Finding:
    return Finding(code, Level.ERROR, Place(thing=thing), message, fix)


def _write(
    organisation: Organisation,
    ready: Ready,
    unit: str,
    month: Period,
    state: State,
    reason: str,
    by: Person | None,
    own: PeriodState | None,
    at: datetime,
    now: State,
) -> PeriodState:
    """The state, what is kept of a closed period, the event and a run; the lock is held."""
    was_evaluated = is_evaluated(organisation)
    if own is not None:
        own.superseded_at = at
        own.save(update_fields=("superseded_at",))
    row = PeriodState.objects.create(
        organisation=organisation, unit_id=ready.units[unit], period=month.id, start=month.start, state=state.value,
        at=at, by=by, reason=reason,
    )  # fmt: skip
    advance(organisation)
    thing, why = f"{unit}/{month.id}", f"{month.label} of {unit} is {state.word}"
    if was_evaluated:
        new_run(organisation, as_of=at, reason=why)  # no result hangs on it: those stored are still those of now
    else:
        evaluate_locked(organisation, as_of=at, reason=why)
    after = {"state": state.value}
    if state is State.CLOSED:
        row.snapshot_hash = after["snapshot"] = keep_snapshots(row, ready, unit, month)
        row.save(update_fields=("snapshot_hash",))
    note_event(
        organisation, by, "period.set", thing, at=at, unit=ready.units[unit], before={"state": now.value}, after=after,
        reason=reason,
    )  # fmt: skip
    return row
