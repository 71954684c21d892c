"""Record one figure, or say why there is none."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from django.db import transaction

from fourfold.actions._explanations import Figure as Asked
from fourfold.actions._explanations import judged, refuses, unexplained
from fourfold.actions._steps import advance, find_organisation, lock, note_event, recorded_for
from fourfold.actions.evaluate_change import Change, evaluate_change
from fourfold.actions.evaluate_organisation import is_evaluated
from fourfold.actions.origin import acting_for
from fourfold.actions.outcome import Outcome
from fourfold.engine.cells import State
from fourfold.engine.definitions import Definitions
from fourfold.engine.due import day_at
from fourfold.engine.findings import Finding, Level, Place, errors
from fourfold.engine.measurements import CheckedRows, check_row
from fourfold.engine.periods import Period, PeriodError
from fourfold.engine.plausible import needs_words, number_of
from fourfold.errors import Conflict, NotFound, Outdated
from fourfold.records.chain import stamp
from fourfold.records.frames.measurement import Revision, current_revision, write_measurements
from fourfold.records.models import Organisation, Person
from fourfold.records.ready import Ready, ready_definitions

#: A figure as somebody wrote it; a float would already have lost digits.
Figure = Decimal | int | str | None


class _Unexplained(Exception):
    """Nothing is to be kept of what was written."""


def record_measurement(
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
    note: str = "",
    source: str = "",
    quality: str | None = None,
    if_version: str | None = None,
    at: datetime | None = None,
    together: list[Change] | None = None,
    must_explain: bool = False,
    outlooks_follow: bool = False,
) -> Outcome[Revision]:
    """Record a value, a numerator with its denominator, or a state such as `missing`, and evaluate what it changes.

    It supersedes what was known before, which stays on record. What is known already is not recorded again. A figure
    that the checks refuse comes back as findings, and nothing is written. With `if_version`, the `version_of` what the
    caller knows, nothing is written over anything else: there is `Outdated`. People see and record for their own units
    only, or for a colleague whose deputy they are, which the event says: else there is `NotFound` or `Forbidden`.
    Whoever records several figures at once gathers `together` what they change, and evaluates it at the end.
    A figure that is off target or unusual needs an explanation, as the organisation or the KPI says: without one there
    is a finding, and with `must_explain`, for people, or where the organisation refuses it of programs too, nothing is
    recorded. `outlooks_follow` as for `evaluate_change`.
    """
    found = find_organisation(by, organisation)
    ready = ready_definitions(found)
    if ready is None:
        raise NotFound(f"There is no unit {unit} here, or you may not see it.")
    moment = at or datetime.now(UTC)
    absent = recorded_for(by, found, ready, kpi, unit, at=moment)
    definitions = ready.definitions
    row = {"kpi": kpi, "unit": unit, "period": period}
    row |= {"value": _text(value), "numerator": _text(numerator), "denominator": _text(denominator)}
    said = {"state": state, "quality": quality, "note": note, "source": source}
    row |= {name: text for name, text in said.items() if text}
    checked = check_row(row, definitions)
    findings = (*checked.findings, *_early(definitions, kpi, unit, period, moment), *_empty(checked))
    if errors(findings):
        return Outcome("nothing was recorded", findings=findings)
    is_asked = must_explain or refuses(definitions)
    findings += _unexplained(ready, checked, Level.ERROR if is_asked else Level.WARNING)
    try:
        with acting_for(absent), transaction.atomic():
            locked = lock(found)
            if locked.definitions_version != found.definitions_version:
                raise Conflict("The definitions have just been changed.", hint="Enter the figure again.")
            if if_version is not None:
                _require_version(locked, ready, checked, if_version)
            return _record(
                locked, ready, checked, by=by, at=moment, findings=findings, together=together, follow=outlooks_follow
            )
    except _Unexplained:
        return Outcome("nothing was recorded", findings=findings)


def version_of(revision: Revision | None) -> str:
    """What names a revision of a figure for whoever wants to change it; `none` where there is none yet."""
    return "none" if revision is None else stamp(revision.recorded_at)


def _require_version(organisation: Organisation, ready: Ready, checked: CheckedRows, version: str) -> None:
    if not len(checked.rows):
        return
    known = current_revision(organisation, ready, *(checked.rows[column][0] for column in ("kpi", "unit", "period")))
    if version_of(known) != version:
        said = ", ".join(f"{name} {value}" for name, value in (_told(known) or {"figure": "none"}).items())
        message = f"The figure has been changed since: {said}, version {version_of(known)}."
        raise Outdated(message, hint="Read it again, then send yours with the new version.")


def _record(
    organisation: Organisation,
    ready: Ready,
    checked: CheckedRows,
    *,
    by: Person | None,
    at: datetime,
    findings: tuple[Finding, ...],
    together: list[Change] | None,
    follow: bool,
) -> Outcome[Revision]:
    kpi, unit, text = (checked.rows[column][0] for column in ("kpi", "unit", "period"))
    written = write_measurements(organisation, ready, checked.rows, by=by, at=at)
    if not written.loaded:
        return Outcome("known already", current_revision(organisation, ready, kpi, unit, text))
    if errors(findings):
        raise _Unexplained
    ((before, after),) = written.news
    was_evaluated = together is None and is_evaluated(organisation, on=at)
    advance(organisation, tells=False)
    thing = f"{kpi}/{unit}/{text}"
    note_event(
        organisation, by, "measurement.record", thing, at=at, unit=ready.units[unit],
        before=_told(before), after=_told(after), reason=after.reason,
    )  # fmt: skip
    is_correction = before is not None and (before.state, after.state) == (State.NUMBER, State.NUMBER)
    change = Change(kpi, unit, _period(ready.definitions, kpi, text), is_correction)
    if together is not None:
        together.append(change)
        return Outcome("recorded", after, findings)
    evaluated = evaluate_change(
        by=by, organisation=organisation, changed=(change,), was_evaluated=was_evaluated, as_of=at,
        reason=f"Recorded {thing}", outlooks_follow=follow,
    )  # fmt: skip
    return Outcome(f"recorded; {evaluated.summary}", after, findings)


def _unexplained(ready: Ready, checked: CheckedRows, level: Level) -> tuple[Finding, ...]:
    """A finding where the figure needs an explanation and has none; two statements where its note is short."""
    is_number = len(checked.rows) and checked.rows["state"][0] == State.NUMBER
    if not is_number or not needs_words(checked.rows["note"][0] or ""):
        return ()
    kpi, unit, text = (checked.rows[column][0] for column in ("kpi", "unit", "period"))
    parts = (checked.rows[f"{part}_text"][0] for part in ("value", "numerator", "denominator"))
    number = number_of(ready.definitions.kpi[kpi], *(None if part is None else Decimal(part) for part in parts))
    if number is None:
        return ()
    (found,) = judged(ready, [Asked(kpi, unit, _period(ready.definitions, kpi, text), number, "")])
    return (unexplained(found, level=level),) if found.is_bare else ()


def _text(figure: Figure) -> str:
    """As it is checked: text, empty for none. A float is refused, since its digits are not those anybody wrote."""
    if isinstance(figure, float | bool):
        raise TypeError("A figure is a Decimal, an integer or a text, not a float.")
    return "" if figure is None else str(figure)


def _period(definitions: Definitions, kpi: str, text: str) -> Period:
    return definitions.calendar.parse(text, definitions.kpi[kpi].frequency)


def _early(definitions: Definitions, kpi: str, unit: str, text: str, at: datetime) -> list[Finding]:
    """A figure cannot be about a period that has not begun where the unit is."""
    try:
        period = _period(definitions, kpi, text)
    except PeriodError:
        return []  # the check of the row has said so already
    if period.start <= day_at(definitions, unit, at):
        return []
    message = f"{period.label} begins on {period.start.isoformat()}, which is still to come."
    return [Finding("RECORD-EARLY", Level.ERROR, Place(thing="period"), message, "Choose a period that has begun.")]


def _empty(checked: CheckedRows) -> list[Finding]:
    """Nothing written in any field: say so instead of recording nothing in silence."""
    if len(checked.rows) or not checked.ok:
        return []
    fix = "Give a value, a numerator with its denominator, or say that the figure is missing or not applicable."
    return [Finding("RECORD-EMPTY", Level.ERROR, Place(thing="value"), "There is no figure.", fix)]


def _told(revision: Revision | None) -> dict[str, str] | None:
    """A revision as the event keeps it: the digits as text, the state in words."""
    if revision is None:
        return None
    figures = {"value": revision.value, "numerator": revision.numerator, "denominator": revision.denominator}
    told = {name: format(figure, "f") for name, figure in figures.items() if figure is not None}
    told["state"] = State(revision.state).word
    if revision.marks:
        told["marks"] = str(revision.marks)
    return told
