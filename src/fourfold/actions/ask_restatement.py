"""Ask for another figure in a period that is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from django.db import transaction

from fourfold.actions._runs import is_evaluated, new_run
from fourfold.actions._steps import advance, find_organisation, lock_as_read, note_event, recorded_for
from fourfold.actions.origin import acting_for
from fourfold.actions.outcome import Outcome
from fourfold.actions.record_measurement import Figure
from fourfold.engine.findings import Finding, Level, Place, errors
from fourfold.engine.measurements import CheckedRows, check_row
from fourfold.engine.period_states import month_of
from fourfold.errors import NotFound
from fourfold.records.closed_periods import PeriodClosed, refuse_closed
from fourfold.records.frames.measurement import current_revision, revision_of
from fourfold.records.frames.restatement import effect_of, is_material
from fourfold.records.models import Organisation, Person, Restatement
from fourfold.records.models.restatement import CODES
from fourfold.records.ready import Ready, ready_definitions

LONGEST = 1000


def ask_restatement(
    *,
    by: Person | None,
    organisation: str | None = None,
    kpi: str,
    unit: str,
    period: str,
    value: Figure = None,
    numerator: Figure = None,
    denominator: Figure = None,
    state: str | None = None,
    code: str,
    reason: str,
    at: datetime | None = None,
) -> Outcome[Restatement]:
    """Write down which figure would take the place of which, why (`code` and `reason`), and what that would change.

    Nothing changes until somebody else approves it. Whoever may enter the figure may ask; of a period that is open it
    is refused, since there it is simply entered.
    """
    found, moment = find_organisation(by, organisation), at or datetime.now(UTC)
    ready = ready_definitions(found)
    if ready is None:
        raise NotFound(f"There is no unit {unit[:80]} here, or you may not see it.")
    absent = recorded_for(by, found, ready, kpi, unit, at=moment)
    figures = {"value": value, "numerator": numerator, "denominator": denominator}
    row = {"kpi": kpi, "unit": unit, "period": period} | {n: "" if f is None else str(f) for n, f in figures.items()}
    row |= {name: text for name, text in {"state": state, "note": reason.strip()}.items() if text}
    checked = check_row(row, ready.definitions)
    findings = (*checked.findings, *_wrong(checked, code, reason.strip()))
    if errors(findings):
        return Outcome("nothing was asked", findings=findings)
    with acting_for(absent), transaction.atomic():
        place = lock_as_read(found, hint="Ask again.")
        return _ask(place, ready, checked, by, moment, code, reason.strip())


def _ask(
    place: Organisation, ready: Ready, checked: CheckedRows, by: Person | None, at: datetime, code: str, reason: str
) -> Outcome[Restatement]:
    kpi, unit, text = (checked.rows[column][0] for column in ("kpi", "unit", "period"))
    try:
        refuse_closed(place, ready, [(ready.units[unit], text)])
    except PeriodClosed:
        pass
    else:
        return _refused("RESTATE-OPEN", "period", "The period is open.", "Enter the figure as any other.")
    known, new = current_revision(place, ready, kpi, unit, text), revision_of(checked, at)
    if known is not None and replace(known, reason=new.reason).says(replace(new, marks=known.marks)):
        return _refused("RESTATE-SAME", "value", "That is the figure that is known.", "Give another one.")
    waiting = Restatement.objects.filter(
        kpi=ready.kpis[kpi], unit=ready.units[unit], period=text, verdict=Restatement.ASKED
    )
    if waiting.exists():
        fix = "Wait until somebody has decided, or have it declined first."
        return _refused("RESTATE-WAITING", "value", "A restatement of this figure waits already.", fix)
    month = month_of(ready.definitions.calendar.parse(text))
    effect = effect_of(place, ready, checked.rows, unit, month, at)
    asked = Restatement.objects.create(
        organisation=place, kpi_id=ready.kpis[kpi], unit_id=ready.units[unit], period=text,
        known_id=known.pk if known else None, value=new.value, numerator=new.numerator, denominator=new.denominator,
        state=new.state, code=code, reason=reason, effect=effect, is_material=is_material(effect), asked_by=by,
        asked_at=at,
    )  # fmt: skip
    was_evaluated = is_evaluated(place)
    advance(place)
    thing = f"{kpi}/{unit}/{text}"
    note_event(place, by, "restatement.ask", thing, at=at, unit=ready.units[unit], after={"code": code}, reason=reason)
    if was_evaluated:
        new_run(place, as_of=at, reason=f"Asked for a restatement of {thing}")
    return Outcome("asked; somebody else decides", asked)


def _refused(code: str, thing: str, message: str, fix: str) -> Outcome[Restatement]:
    return Outcome("nothing was asked", findings=(Finding(code, Level.ERROR, Place(thing=thing), message, fix),))


def _wrong(checked: CheckedRows, code: str, reason: str) -> list[Finding]:
    found = []
    if checked.ok and not len(checked.rows):
        fix = "Give a value, or a numerator with its denominator."
        found.append(Finding("RESTATE-EMPTY", Level.ERROR, Place(thing="value"), "There is no figure.", fix))
    if code not in CODES:
        fix = f"Choose one of {', '.join(CODES)}."
        found.append(Finding("RESTATE-CODE", Level.ERROR, Place(thing="code"), "The kind of reason is missing.", fix))
    if not reason or len(reason) > LONGEST:
        message = "The reason is too long." if reason else "There is no reason."
        fix = f"Write why the figure is another one, in at most {LONGEST:,} characters."
        found.append(Finding("RESTATE-REASON", Level.ERROR, Place(thing="reason"), message, fix))
    return found
