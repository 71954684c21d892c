"""Bring in many figures at once, from wherever they came as rows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from django.db import transaction

from fourfold.access.roles import Action
from fourfold.access.rules import Thing, can, refusal
from fourfold.actions._explanations import refused_ones, refuses
from fourfold.actions._files import FileFacts as FileFacts  # what callers say of a file
from fourfold.actions._files import remember
from fourfold.actions._remarks import remarks_on
from fourfold.actions._runs import is_evaluated
from fourfold.actions._steps import advance, find_organisation, lock_as_read, note_event, require
from fourfold.actions.evaluate_change import Change, evaluate_change
from fourfold.actions.evaluate_organisation import evaluate_organisation
from fourfold.actions.origin import acting_for
from fourfold.actions.outcome import Outcome
from fourfold.connectors.legible import legible
from fourfold.connectors.port import shown
from fourfold.engine.due import day_at
from fourfold.engine.findings import Finding, Level, Place, errors
from fourfold.engine.measurements.events import Summed
from fourfold.engine.progress import Progress
from fourfold.engine.words import did_you_mean
from fourfold.errors import NotFound
from fourfold.records.arriving import Arriving, made_ready, move_in
from fourfold.records.frames.imports import (
    Checked,
    Moved,
    Pair,
    Refuse,
    Rows,
    Settled,
    check_import,
    digest_of_rows,
    pairs_of,
    write_import,
)
from fourfold.records.frames.row_outcome import ImportResult
from fourfold.records.models import Import, Organisation, Person, Unit
from fourfold.records.queries.deputies import absent_person
from fourfold.records.ready import Ready, ready_definitions
from fourfold.records.scope import principal_of

#: Up to so many changed figures, what they change is evaluated with them; of more, everything is, right afterwards.
FEW: Final = 200


class _Refused(Exception):
    """Nothing is to be kept of what was written; `settled` says what would have become of the rows."""

    def __init__(self, settled: Settled) -> None:
        self.settled = settled
        super().__init__()


def import_measurements(
    *,
    by: Person | None,
    organisation: str | None = None,
    rows: Rows,
    source: str,
    kind: str = "file",
    quarantine: bool = False,
    dry_run: bool = False,
    file: FileFacts | None = None,
    summed: Summed | None = None,
    adds_up: bool = False,
    waits: bool = True,
    at: datetime | None = None,
    tell: Progress | None = None,
) -> Outcome[ImportResult]:
    """Record the figures of a table in one transaction, and evaluate once; the value tells of every row.

    `rows` has columns of `engine.measurements.COLUMNS` as text, or those of a table of events with `at` for the
    period (`summed` says what those add up to, if that is known), and may have `row`, the numbers that people know
    the rows by. `source` is what findings call it: a file's name, a feed, a program; `kind` is file, feed or push.
    Every row is loaded, unchanged or rejected with its reasons, and each figure needs what entering it needs: the
    right to, a period that has begun and is open, and words where the organisation refuses what lacks them
    (`unexplained`). Where one is rejected, nothing is recorded and the findings say why; with `quarantine` the others
    are, and those are kept apart. With `dry_run` nothing is recorded either way. The same rows again change nothing;
    figures unlike those before, and those that need an explanation, are remarked on. Rows that are sums of several
    (`adds_up`) have the number of the first. Who does not wait (`waits`) leaves it to the server to evaluate many
    figures, with those that others bring in the same minute. `tell` hears how far it is.
    Raises `NotFound` where the person sees no such organisation.
    """
    found = find_organisation(by, organisation)
    require(by, Action.SEE, found)
    ready = ready_definitions(found)
    if ready is None:
        raise NotFound("There are no KPIs here yet.", hint="Load or build a scorecard first.")
    moment, rows = at or datetime.now(UTC), legible(rows)
    refused, absent = _refusals(by, found, ready, pairs_of(rows), moment)
    checked = check_import(
        rows, ready, refused, file=source if kind == "file" else None, at=moment, summed=summed, tell=tell
    )
    if dry_run or not checked.is_usable or (checked.reasons and not quarantine):
        settled = write_import(found, ready, checked, by=by, at=moment, run=None, refuse=_refuse(ready), tell=tell)
        return _looked_at(checked, settled, is_dry=dry_run and quarantine)
    adds_up = adds_up or checked.members is not None
    run = _run_of(rows, source, file, organisation=found, kind=kind, by=by, at=moment, adds_up=adds_up)
    arriving = made_ready(
        found, ready, checked, by=by, at=moment, quarantine=quarantine, few=FEW + 1, refuse=_refuse(ready), tell=tell
    )
    try:
        with arriving as rows_ready, acting_for(absent), transaction.atomic():
            result, few, older = _record(found, ready, checked, run, rows_ready, quarantine=quarantine, tell=tell)
            if file is not None:
                remember(found, file, by=by, at=moment, run=result.run, summary=summary_of(result))
    except _Refused as nothing:
        return _looked_at(checked, nothing.settled, is_dry=False)
    findings = (*_kept_apart(checked, result, older), *remarks_on(ready, result.run))
    del rows, checked  # evaluating needs the memory
    if waits and not is_evaluated(found, on=None if few else moment):
        reason = f"Imported {source}"  # a crash before this is made good by the same import again, or by the job
        findings += evaluate_organisation(
            by=None, organisation=found.code, reason=reason, as_of=moment, tell=tell
        ).findings
    return Outcome(summary_of(result), result, findings)


def _run_of(rows: Rows, source: str, file: FileFacts | None, **said: Any) -> Import:
    """The run, not saved yet, with what is known of the rows and of the file they stand in."""
    said |= {"source": shown(source)[:500], "sha256": digest_of_rows(rows)}
    return Import(**said) if file is None else Import(**said, file_sha256=file.sha256, mapping=file.mapping)


def summary_of(result: ImportResult) -> str:
    """The counts in words.

    >>> import polars as pl
    >>> summary_of(ImportResult(pl.Series([1, 2]), pl.Series([0]), {}, pl.DataFrame(), done=True))
    '1 figure loaded, 1 unchanged, 0 rejected'
    """
    one = result.noun if result.loaded == 1 else f"{result.noun}s"
    would = "" if result.done else "would be "
    return f"{result.loaded:,} {one} {would}loaded, {result.unchanged:,} unchanged, {result.rejected:,} rejected"


def _record(
    organisation: Organisation, ready: Ready, checked: Checked, run: Import, arriving: Arriving | None, *,
    quarantine: bool, tell: Progress | None,
) -> tuple[ImportResult, bool, int]:
    """Write under the lock, with the event, and evaluate where little changed, which the second part tells.

    The third is how many of the figures are older than what was known of their periods.
    """
    locked = lock_as_read(organisation, hint="Import again.")
    was_evaluated = is_evaluated(locked, on=run.at)
    run.read = len(checked.rows)
    run.save(force_insert=True)
    settled = move_in(arriving, locked, ready, checked, run=run, quarantine=quarantine) if arriving else None
    if settled is None:
        settled = write_import(
            locked, ready, checked, by=run.by, at=run.at, run=run, quarantine=quarantine, few=FEW + 1,
            refuse=_refuse(ready), tell=tell,
        )  # fmt: skip
    result = settled.result(checked, done=True, run=run)
    if result.rejected and not quarantine:
        raise _Refused(settled)
    if not (result.loaded or result.rejected):
        run.delete()
        return settled.result(checked, done=True), True, 0
    run.loaded, run.unchanged, run.rejected = result.loaded, result.unchanged, result.rejected
    run.rejects = result.report() if result.rejected else ""
    run.save()
    if not result.loaded:
        return result, True, 0
    few = len(settled.moved) <= FEW and result.loaded <= FEW
    advance(locked, tells=not few)
    counts = {"import": run.pk, "kind": run.kind, "file_sha256": run.file_sha256, "read": run.read}
    counts |= {"loaded": run.loaded, "unchanged": run.unchanged, "rejected": run.rejected}
    note_event(locked, run.by, "measurement.import", run.source, at=run.at, after=counts)
    if few:
        evaluate_change(
            by=run.by, organisation=locked, changed=_changes(ready, settled.moved), was_evaluated=was_evaluated,
            as_of=run.at, reason=f"Imported {run.source}",
        )  # fmt: skip
    organisation.refresh_from_db()
    return result, few, settled.older


def _refuse(ready: Ready) -> Refuse | None:
    """Refuse what lacks an explanation, where the organisation says so."""
    return partial(refused_ones, ready) if refuses(ready.definitions) else None


def _changes(ready: Ready, moved: Collection[Moved]) -> list[Change]:
    calendar = ready.definitions.calendar
    return [Change(kpi, unit, calendar.parse(period), correction) for kpi, unit, period, correction in moved]


def _looked_at(checked: Checked, settled: Settled, *, is_dry: bool) -> Outcome[ImportResult]:
    """What would be, with the findings that stand against it; without errors where it `is_dry` and others may stay."""
    result = settled.result(checked, done=False)
    closed = {(r.code, r.message): r for r in settled.reasons}.values()
    said = [*checked.findings, *(Finding(r.code, Level.ERROR, Place(thing="period"), r.message, r.fix) for r in closed)]
    if is_dry and checked.is_usable:
        return Outcome(summary_of(result), result, _kept_apart(checked, result, settled.older))
    refused = f"nothing was imported: {result.rejected:,} of {result.read:,} rows are rejected"
    return Outcome(refused if errors(said) else summary_of(result), result, tuple(said))


def _kept_apart(checked: Checked, result: ImportResult, older: int) -> tuple[Finding, ...]:
    """What there is to say where rows that are wrong do not stop the others, and of those that came too late."""
    said = [f for f in checked.findings if f.level is not Level.ERROR]
    if older:
        are = "figure was" if older == 1 else "figures were"
        message = f"{older:,} {are} recorded earlier than what is known of the period: kept as history, not counted."
        fix = "Where it is to count, send it with a later recorded_at, or with none."
        said.append(Finding("IMPORT-OLDER", Level.WARNING, Place(thing="recorded_at"), message, fix))
    if result.rejected:
        message = f"{result.rejected:,} of {result.read:,} rows are kept apart; the others do not wait for them."
        fix = "Take the report of the rows, mend what it says, and import it."
        said.insert(0, Finding("IMPORT-APART", Level.WARNING, Place(thing="the rows"), message, fix))
    return tuple(said)


def _refusals(
    by: Person | None, organisation: Organisation, ready: Ready, pairs: Collection[Pair], at: datetime
) -> tuple[dict[Pair, Finding], Person | None]:
    """The KPIs and units of which the person may not enter figures, and for whom they enter those they may as a deputy.

    What is not there and what they may not see is said in the same words.
    """
    if by is None:
        return {}, None
    principal = principal_of(by)
    seen = list(Unit.objects.visible_to(by).filter(organisation=organisation).values_list("code", flat=True))
    refused: dict[Pair, Finding] = {}
    absent: Person | None = None
    for kpi, unit in pairs:
        place = Place(thing=f"KPI {kpi}, unit {unit}")
        if kpi not in ready.kpis or unit not in ready.paths:
            refused[kpi, unit] = _unknown(place, kpi, unit, ready, seen)
            continue
        is_confidential = ready.definitions.kpi[kpi].is_confidential
        thing = Thing(organisation.pk, ready.paths[unit], owner=ready.owners[kpi], confidential=is_confidential)
        if not (reason := refusal(principal, Action.RECORD, thing)):
            continue
        if not can(principal, Action.SEE, thing):
            refused[kpi, unit] = _unknown(place, kpi, unit, ready, seen)
            continue
        someone = absent_person(by, kpi, thing, on=day_at(ready.definitions, unit, at))
        if someone is not None and absent in (None, someone):
            absent = someone
            continue
        message = f"You may not {Action.RECORD.words} of KPI {kpi} in unit {unit}. {reason}"
        refused[kpi, unit] = Finding("IMPORT-RIGHT", Level.ERROR, place, message, _ASK)
    return refused, absent


_ASK: Final = "An administrator of the organisation can give you the role; or leave these rows out."


def _unknown(place: Place, kpi: str, unit: str, ready: Ready, seen: list[str]) -> Finding:
    """A KPI or unit that is not there, or that the person may not see; only what they see is named."""
    if not kpi or not unit:
        noun = "unit" if kpi else "KPI"
        return Finding("ROW-EMPTY-KEY", Level.ERROR, place, f"The row has no {noun}.", f"Fill in the {noun}.")
    if unit not in seen:
        message = f"There is no unit {unit} here, or you may not see it."
        return Finding("ROW-UNIT", Level.ERROR, place, message, did_you_mean(unit, seen, "unit"))
    open_kpis = [k.code for k in ready.definitions.kpis if not k.is_confidential]
    message = f"There is no KPI {kpi} here, or you may not see it."
    return Finding("ROW-KPI", Level.ERROR, place, message, did_you_mean(kpi, open_kpis, "KPI"))
