"""Make a draft scorecard of a spreadsheet of KPIs, in an organisation that has none or beside what it has."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from django.db import transaction

from fourfold.access.roles import Action
from fourfold.access.rules import Thing, can
from fourfold.actions._files import FileFacts as FileFacts  # what callers say of a file
from fourfold.actions._files import remember
from fourfold.actions._grants import without_gain
from fourfold.actions._runs import evaluate_locked
from fourfold.actions._steps import advance, find_organisation, lock, note_event, require
from fourfold.actions.outcome import Outcome
from fourfold.connectors.files.grid import Grid
from fourfold.connectors.files.propose import Codes
from fourfold.connectors.files.scorecard_columns import Finds, ScorecardColumns
from fourfold.connectors.files.scorecard_reading import ScorecardRead, read_scorecard
from fourfold.engine.checks import check
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete
from fourfold.engine.due import latest_day
from fourfold.engine.findings import errors
from fourfold.engine.measurements import check_rows
from fourfold.errors import Conflict, NotFound
from fourfold.library.template_start import is_empty
from fourfold.records.frames.definition import read_definitions, write_definitions
from fourfold.records.frames.measurement import digest_of, write_measurements
from fourfold.records.models import Import, Organisation, Person
from fourfold.records.ready import Ready
from fourfold.records.scope import principal_of


def draft_scorecard(
    *,
    by: Person | None,
    organisation: str | None = None,
    grid: Grid,
    given: ScorecardColumns,
    seen: Codes | None = None,
    finds: Finds = "all",
    year_start: int = 0,
    file: FileFacts | None = None,
    dry_run: bool = False,
    at: datetime | None = None,
) -> Outcome[ScorecardRead]:
    """Write perspectives, objectives, KPIs, targets, owners, units and figures of a grid, and evaluate, all or nothing.

    What is there already stays as it is; `read_scorecard` says how the grid is read, and `seen` by which names things
    are known again. `year_start` is the month in which the fiscal year begins, for an organisation without a scorecard.
    How the columns were read is remembered by the shape in `file`. Whoever may change definitions may look (`dry_run`);
    taking it needs managing members too, since owners become members who cannot sign in. Figures come with it where
    the person may enter them. Raises `MappingError` where the grid cannot be read this way, `Conflict` where nothing
    in it is new.
    """
    found, moment = find_organisation(by, organisation), at or datetime.now(UTC)
    require(by, Action.DEFINE, found)
    if dry_run:
        _, read = _read(found, grid, given, by, seen, year_start, moment, finds)
        return Outcome(_summary(read, read.figures.height), read, read.findings)
    require(by, Action.MANAGE, found)
    with transaction.atomic():
        locked = lock(found)
        before, read = _read(locked, grid, given, by, seen, year_start, moment, finds)
        after = read.definitions
        if len(after.kpis) == len(before.kpis):
            raise Conflict("The spreadsheet has no KPI that is not there already.", hint="Import its figures instead.")
        today = latest_day(before, moment)
        known = {(f.code, f.place.thing) for f in check(complete(before), today=today)}
        broken = [f for f in errors(check(complete(after), today=today)) if (f.code, f.place.thing) not in known]
        if broken:
            return Outcome("nothing was taken", findings=tuple(broken))
        with without_gain(by, locked):
            write_definitions(locked, after, at=moment)
        count = _write_figures(locked, read, by, grid.file, moment, file)
        if file is not None:
            remember(locked, replace(file, mapping=read.columns.kept()), by=by, at=moment)
        advance(locked, definitions=True)
        told = {"kpis": len(after.kpis) - len(before.kpis), "figures": count, "unread": len(read.unread)}
        note_event(locked, by, "scorecard.draft", grid.file, at=moment, after=told)
        evaluate_locked(locked, as_of=moment, reason=f"Drafted from {grid.file}"[:200])
    return Outcome(_summary(read, count), read, read.findings)


def _read(
    organisation: Organisation, grid: Grid, given: ScorecardColumns, by: Person | None, seen: Codes | None,
    year_start: int, at: datetime, finds: Finds,
) -> tuple[Definitions, ScorecardRead]:  # fmt: skip
    """What is there now, and what would be there with the grid."""
    before = read_definitions(organisation)
    if before is None:
        raise NotFound(f"{organisation.name} has no definitions yet.")
    if year_start and is_empty(before):
        update = {"fiscal_year_start": year_start}
        before = before.model_copy(update={"organisation": before.organisation.model_copy(update=update)})
    owner = next((p.code for p in before.people if by is not None and p.email == by.email), "")
    today = latest_day(before, at)
    return before, read_scorecard(grid, before, owner=owner, given=given, seen=seen, today=today, finds=finds)


def _write_figures(
    organisation: Organisation, read: ScorecardRead, by: Person | None, source: str, at: datetime,
    file: FileFacts | None,
) -> int:  # fmt: skip
    """How many figures were recorded: none where the person may not enter figures of the whole organisation."""
    may = by is None or can(principal_of(by), Action.RECORD, Thing(organisation.pk, None))
    if read.figures.is_empty() or not may:
        return 0
    ready = Ready.of(organisation, complete(read.definitions), read.definitions)
    rows = check_rows(read.figures, ready.definitions).rows
    run = Import.objects.create(
        organisation=organisation, kind="file", sha256=digest_of(rows), source=source[:500], by=by, at=at,
        file_sha256=file.sha256 if file else "", read=len(rows), loaded=len(rows),
    )  # fmt: skip
    write_measurements(organisation, ready, rows, by=by, at=at, import_run=run)
    return len(rows)


def _summary(read: ScorecardRead, figures: int) -> str:
    made = read.definitions
    return (
        f"{len(made.perspectives)} perspectives, {len(made.objectives)} objectives, {len(made.kpis):,} KPIs, "
        f"{len(made.targets):,} targets, {figures:,} figures"
    )
