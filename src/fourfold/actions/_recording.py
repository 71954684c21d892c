"""Figures on their way into the record: each is looked at by itself, and those that are new are written together.

Everything that may speak against a figure is asked before anything is written, so that where one is refused there is
nothing to undo.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from fourfold.actions._explanations import Figure, judged, unexplained
from fourfold.actions._figures import told_figure
from fourfold.actions._runs import is_evaluated
from fourfold.actions._steps import advance, note_event, recorded_for
from fourfold.actions.evaluate_change import Change, evaluate_change, tell_changed
from fourfold.actions.follow_outlooks import is_serving
from fourfold.actions.origin import acting_for
from fourfold.actions.outcome import Outcome
from fourfold.engine.cells import State
from fourfold.engine.definitions import Definitions
from fourfold.engine.due import day_at, to_come
from fourfold.engine.findings import Finding, Level, Place, errors
from fourfold.engine.measurements import CheckedRows, check_row
from fourfold.engine.periods import Period, PeriodError
from fourfold.engine.plausible import needs_words, number_of
from fourfold.errors import FourfoldError, Outdated
from fourfold.records.chain import stamp
from fourfold.records.closed_periods import ClosedPlace, PeriodClosed, closed_places
from fourfold.records.frames.measurement import (
    Cell,
    Planned,
    Revision,
    plan_measurements,
    rows_of,
    write_planned,
)
from fourfold.records.models import Organisation, Person
from fourfold.records.ready import Ready

NOTHING: Final = "nothing was recorded"


@dataclass(frozen=True, slots=True)
class NewFigure:
    """One figure to record, as `record_measurement` takes it."""

    kpi: str
    unit: str
    period: str
    value: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    state: str | None = None
    note: str = ""
    source: str = ""
    quality: str | None = None
    if_version: str | None = None


@dataclass(frozen=True)
class Entry:
    """A figure that was looked at: its row, if it has one, what there is to say, and for whom a deputy enters it."""

    figure: NewFigure
    checked: CheckedRows
    findings: tuple[Finding, ...] = ()
    absent: Person | None = None

    @property
    def place(self) -> tuple[str, str, str]:
        """KPI, unit and canonical period."""
        kpi, unit, period = (self.checked.rows[column][0] for column in ("kpi", "unit", "period"))
        return kpi, unit, period

    def cell(self, ready: Ready) -> Cell:
        """The same as ids."""
        kpi, unit, period = self.place
        return ready.kpis[kpi], ready.units[unit], period


def version_of(revision: Revision | None) -> str:
    """What names a revision of a figure for whoever wants to change it; `none` where there is none yet."""
    return "none" if revision is None else stamp(revision.recorded_at)


def look_at(by: Person | None, organisation: Organisation, ready: Ready, figure: NewFigure, *, at: datetime) -> Entry:
    """Check a figure by itself. Raises where the person may not enter it."""
    absent = recorded_for(by, organisation, ready, figure.kpi, figure.unit, at=at)
    row = {"kpi": figure.kpi, "unit": figure.unit, "period": figure.period}
    row |= {name: getattr(figure, name) or "" for name in ("value", "numerator", "denominator")}
    row |= {name: text for name in ("state", "quality", "note", "source") if (text := getattr(figure, name))}
    checked = check_row(row, ready.definitions)
    early = _early(ready.definitions, figure.kpi, figure.unit, figure.period, at)
    return Entry(figure, checked, (*checked.findings, *early, *_empty(checked)), absent)


def explained(ready: Ready, entries: Sequence[Entry], *, level: Level) -> list[Entry]:
    """The entries with a finding of this level where one needs an explanation and has none; two statements for all."""
    asked = {at: figure for at, entry in enumerate(entries) if (figure := _figure(ready, entry))}
    verdicts = zip(asked, judged(ready, list(asked.values())) if asked else (), strict=True)
    bare = {at: unexplained(verdict, level=level) for at, verdict in verdicts if verdict.is_bare}
    return [
        replace(entry, findings=(*entry.findings, bare[at])) if at in bare else entry
        for at, entry in enumerate(entries)
    ]


@dataclass
class Recorded:
    """What became of each entry, or what speaks against it, and what changed: nothing where one is refused."""

    said: list[Outcome[Revision] | FourfoldError] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    summary: str = ""


def record_entries(
    organisation: Organisation, ready: Ready, entries: Sequence[Entry], *, by: Person | None, at: datetime,
    follow: bool, dry: bool = False,
) -> Recorded:
    """Write what is new of entries without errors of their own, each with its event, and evaluate once; or nothing.

    The organisation is locked, and no two entries are of one place. `follow` as the `outlooks_follow` of
    `evaluate_change`; with `dry` they are only held against what is known.
    """
    if not entries:
        return Recorded()
    rows = rows_of([entry.checked for entry in entries])
    planned = plan_measurements(organisation, ready, rows, by=by, at=at, approved=False)
    closed = closed_places(organisation, ready, {cell[1:] for cell, _ in planned.added()})
    recorded = Recorded([_verdict(ready, entry, planned, closed) for entry in entries])
    news = [e for e, said in zip(entries, recorded.said, strict=True) if _is(said, "recorded")]
    if dry or not news or not all(isinstance(said, Outcome) and said.ok for said in recorded.said):
        return recorded
    was_evaluated = is_evaluated(organisation, on=at)
    write_planned(organisation, ready, planned, by=by, import_run=None)
    advance(organisation, tells=False)
    things = ["/".join(entry.place) for entry in news]
    for thing, entry in zip(things, news, strict=True):
        before, after = planned.known(entry.cell(ready)), _new(planned, entry.cell(ready))
        with acting_for(entry.absent):
            note_event(
                organisation, by, "measurement.record", thing, at=at, unit=ready.units[entry.place[1]],
                before=told_figure(before), after=told_figure(after), reason=after.reason,
            )  # fmt: skip
        kpi, unit, period = entry.place
        recorded.changed.append(Change(kpi, unit, _period(ready.definitions, kpi, period), after.corrects(before)))
    if follow and not was_evaluated and is_serving():
        # Everything is to be evaluated, which takes a large organisation a minute: nobody waits for the lock so long.
        tell_changed(organisation, ready, recorded.changed)
        recorded.summary = "to be evaluated with all others"
        return recorded
    recorded.summary = evaluate_change(
        by=by, organisation=organisation, changed=recorded.changed, was_evaluated=was_evaluated, as_of=at,
        reason=f"Recorded {things[0] if len(things) == 1 else f'{len(things):,} figures'}", outlooks_follow=follow,
    ).summary  # fmt: skip
    return recorded


def _verdict(
    ready: Ready, entry: Entry, planned: Planned, closed: dict[tuple[int, str], ClosedPlace]
) -> Outcome[Revision] | FourfoldError:
    """What becomes of an entry if nothing speaks against the others."""
    cell = entry.cell(ready)
    known, version = planned.known(cell), entry.figure.if_version
    if version is not None and version_of(known) != version:
        said = ", ".join(f"{name} {value}" for name, value in (told_figure(known) or {"figure": "none"}).items())
        message = f"The figure has been changed since: {said}, version {version_of(known)}."
        return Outdated(message, hint="Read it again, then send yours with the new version.")
    if not any(revision.pk is None for revision in planned.changes[cell]):
        return Outcome("known already", known)
    if cell[1:] in closed:
        return PeriodClosed((closed[cell[1:]],))
    if errors(entry.findings):
        return Outcome(NOTHING, findings=entry.findings)
    return Outcome("recorded", _new(planned, cell), entry.findings)


def _is(said: Outcome[Revision] | FourfoldError, summary: str) -> bool:
    return isinstance(said, Outcome) and said.summary == summary


def _new(planned: Planned, cell: Cell) -> Revision:
    return next(revision for revision in planned.changes[cell] if revision.pk is None)


def _figure(ready: Ready, entry: Entry) -> Figure | None:
    """The entry where it is a number whose note is too short to explain anything."""
    rows = entry.checked.rows
    if not len(rows) or rows["state"][0] != State.NUMBER or not needs_words(rows["note"][0] or ""):
        return None
    kpi, unit, period = entry.place
    parts = (rows[f"{part}_text"][0] for part in ("value", "numerator", "denominator"))
    number = number_of(ready.definitions.kpi[kpi], *(None if part is None else Decimal(part) for part in parts))
    return None if number is None else Figure(kpi, unit, _period(ready.definitions, kpi, period), number, "")


def _period(definitions: Definitions, kpi: str, text: str) -> Period:
    return definitions.calendar.parse(text, definitions.kpi[kpi].frequency)


def _early(definitions: Definitions, kpi: str, unit: str, text: str, at: datetime) -> Iterator[Finding]:
    """A figure cannot be about a period that has not begun where the unit is."""
    try:
        period = _period(definitions, kpi, text)
    except PeriodError:
        return  # the check of the row has said so already
    if period.start > day_at(definitions, unit, at):
        yield Finding("RECORD-EARLY", Level.ERROR, Place(thing="period"), *to_come(period))


def _empty(checked: CheckedRows) -> Iterator[Finding]:
    """Nothing written in any field: say so instead of recording nothing in silence."""
    if not len(checked.rows) and checked.ok:
        fix = "Give a value, a numerator with its denominator, or say that the figure is missing or not applicable."
        yield Finding("RECORD-EMPTY", Level.ERROR, Place(thing="value"), "There is no figure.", fix)
