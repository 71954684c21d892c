"""Take a set of benchmarks into the definitions: values that others reach, each with its source and date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from django.db import transaction

from fourfold.access.roles import Action
from fourfold.access.rules import Thing, can
from fourfold.actions._amendment_checks import checked
from fourfold.actions._files import FileFacts as FileFacts  # what callers say of a file
from fourfold.actions._files import remember
from fourfold.actions._steps import find_organisation, lock, require
from fourfold.actions.amend_definitions import amend_definitions
from fourfold.actions.outcome import Outcome
from fourfold.engine.findings import Finding, Level, Place, errors
from fourfold.errors import NotFound
from fourfold.records.models import Organisation, Person
from fourfold.records.queries.structure import structure_of
from fourfold.records.ready import Ready, ready_definitions
from fourfold.records.scope import principal_of
from fourfold.scorecard.benchmark_reading import read_set
from fourfold.scorecard.benchmark_set import Became, BenchmarkRow, BenchmarkSet

#: The most rows of a set.
MOST: Final = 2_000


def import_benchmark_set(
    *,
    by: Person | None,
    organisation: str | None = None,
    name: str,
    rows: Sequence[BenchmarkRow],
    file: FileFacts | None = None,
    dry_run: bool = False,
    at: datetime | None = None,
) -> Outcome[BenchmarkSet]:
    """Write each row as a target of the kind `benchmark`, all of them or, where one is rejected, none.

    The outcome says what becomes of each row, with `dry_run` what would. The same set again changes nothing; a newer
    date makes a new version, and what was there is kept. The event names the set, and can be taken back like any
    amendment. How the columns were read is remembered by the shape in `file`. Whoever may change the definitions of the
    organisation may do this; KPIs that are confidential to them are not known. What the checks have against a row is
    said of that row.
    """
    found, moment = find_organisation(by, organisation), at or datetime.now(UTC)
    require(by, Action.DEFINE, found)
    if len(rows) > MOST:
        message, fix = f"The set has {len(rows):,} rows; at most {MOST:,} are taken at once.", "Split it."
        many = Finding("BENCHMARK-MANY", Level.ERROR, Place(name), message, fix)
        return Outcome("nothing was imported", findings=(many,))
    if dry_run:
        ready = _ready(found)
        told, others = _checked(found, ready, _read(by, found, ready, name, rows, moment), moment)
        return Outcome(f"nothing was imported: {told.summary}", told, (*told.findings, *others))
    with transaction.atomic():
        locked = lock(found)
        ready = _ready(locked)
        told, others = _checked(locked, ready, _read(by, locked, ready, name, rows, moment), moment)
        if told.of(Became.REJECTED) or errors(others):
            return Outcome("nothing was imported", told, (*told.findings, *others))
        done = amend_definitions(
            by=by, organisation=found.code, amendments=told.amendments, reason=f"Benchmark set {name}"[:200], at=moment
        )
        assert done.ok  # the same was checked a moment ago, under the same lock
        if file is not None:
            remember(locked, file, by=by, at=moment)
    return Outcome(told.summary, told, (*told.findings, *others))


def _ready(organisation: Organisation) -> Ready:
    ready = ready_definitions(organisation)
    if ready is None:
        raise NotFound(f"{organisation.name} has no definitions yet.")
    return ready


def _read(
    by: Person | None, organisation: Organisation, ready: Ready, name: str, rows: Sequence[BenchmarkRow], at: datetime
) -> BenchmarkSet:
    """The rows beside what is there, as the person knows it."""
    structure = structure_of(organisation)
    author = None if by is None else structure.code_of.get(by.pk)
    return read_set(
        name, rows, ready.definitions, today=at.date(), at=at, hidden=_hidden(by, ready, organisation, author),
        author=author,
    )  # fmt: skip


def _hidden(by: Person | None, ready: Ready, organisation: Organisation, code: str | None) -> frozenset[str]:
    """The confidential KPIs that the person has no clearance for in the whole organisation and does not own."""
    thing = Thing(organisation.pk, confidential=True)
    if by is None or can(principal_of(by), Action.DEFINE, thing):
        return frozenset()
    return frozenset(k.code for k in ready.definitions.kpis if k.is_confidential and not (code and k.owner == code))


def _checked(
    organisation: Organisation, ready: Ready, told: BenchmarkSet, at: datetime
) -> tuple[BenchmarkSet, tuple[Finding, ...]]:
    """The set with what the checks say about its rows, and what else is against it."""
    if not told.amendments:
        return told, ()
    after, said = checked(organisation, ready, told.amendments, today=at.date())
    return told.told((*said.broken, *(f for f in said.own if f.level is not Level.ERROR)), after)
