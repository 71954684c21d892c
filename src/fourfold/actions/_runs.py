"""Runs of the engine over everything an organisation has: whether there is one of now, what it says, storing it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple

import fourfold
from fourfold.actions._outbox import tell
from fourfold.actions.outcome import Outcome
from fourfold.engine.due import todays
from fourfold.engine.evaluate import evaluate
from fourfold.engine.findings import Finding
from fourfold.engine.progress import Progress
from fourfold.engine.results import Evaluation as EngineRun
from fourfold.engine.results import View
from fourfold.engine.rows import locate
from fourfold.records.frames.evaluation import Replacement, replacing
from fourfold.records.frames.measurement import read_measurements
from fourfold.records.frames.outlook import Differing, Kept, all_outlooks, differing_outlooks, keep_outlooks
from fourfold.records.frames.veil import write_veils
from fourfold.records.models import Evaluation, Organisation
from fourfold.records.ready import Ready, ready_definitions

#: The views that are stored; others are computed when somebody asks for them.
VIEWS: Final[tuple[View, ...]] = ("month", "quarter", "ytd")


def is_evaluated(organisation: Organisation, *, on: datetime | None = None) -> bool:
    """True when the stored results come from the figures of now; with `on`, of this engine and each unit's day too."""
    newest = Evaluation.objects.filter(organisation=organisation).order_by("-pk")
    for version, as_of, engine in newest.values_list("input_version", "as_of", "engine_version")[:1]:
        if version != organisation.version or on is None:
            return bool(version == organisation.version)
        ready = ready_definitions(organisation)
        same_day = ready is None or todays(ready.definitions, as_of)[0] == todays(ready.definitions, on)[0]
        return same_day and bool(engine == fourfold.__version__)
    return False


def evaluate_locked(
    organisation: Organisation, *, as_of: datetime, reason: str, looks_ahead: bool = True
) -> Outcome[Evaluation]:
    """Compute and store all results inside the transaction that holds the lock; outlooks may be left to follow."""
    computed = compute(organisation, as_of, looks_ahead=looks_ahead)
    with compared(organisation, computed) as differences:
        return store_all(organisation, computed, differences, as_of=as_of, reason=reason)


def new_run(organisation: Organisation, *, as_of: datetime, reason: str) -> Evaluation:
    """The record of a run over the inputs that the organisation has now."""
    return Evaluation.objects.create(
        organisation=organisation, at=datetime.now(UTC), as_of=as_of, reason=reason,
        engine_version=fourfold.__version__, input_version=organisation.version,
    )  # fmt: skip


def store_all(
    organisation: Organisation, computed: Computed, differences: Differences | None, *, as_of: datetime, reason: str,
    seen: int | None = None,
) -> Outcome[Evaluation]:  # fmt: skip
    """Write a run over everything, and hand on what the engine found month by month; the lock is held.

    `seen` is the version of the figures that outlooks come from, where that is not the one of now.
    """
    if computed.ready is None or differences is None:
        return Outcome("nothing to evaluate")
    run = new_run(organisation, as_of=as_of, reason=reason)
    changed = differences.results.store(run)
    write_veils(organisation, computed.ready)
    version = organisation.version if seen is None else seen
    keep_outlooks(organisation, differences.outlooks, at=as_of, input_version=version)
    tell(organisation)
    findings = (*computed.runs[0].findings, *computed.findings)
    return Outcome(f"{changed:,} result{'s' if changed != 1 else ''} changed", run, findings)


@dataclass(frozen=True)
class Computed:
    """What the engine said about each view, where it saw every KPI going, and the definitions it took.

    `findings` are about what became of earlier forecasts.
    """

    ready: Ready | None
    runs: tuple[EngineRun, ...] = ()
    outlooks: tuple[Kept, ...] = ()
    findings: tuple[Finding, ...] = ()


def compute(
    organisation: Organisation, as_of: datetime, tell: Progress | None = None, *, looks_ahead: bool = True
) -> Computed:
    """All results, and outlooks where it `looks_ahead`, from the figures as known now; writes nothing."""
    ready = ready_definitions(organisation)
    if ready is None:
        return Computed(None)
    rows = locate(read_measurements(organisation, ready), ready.definitions)
    runs = []
    for view in VIEWS:
        runs.append(evaluate(ready.definitions, rows, as_of=as_of, view=view))
        if tell:
            tell("Evaluated", len(runs), len(VIEWS))
    if not looks_ahead:
        return Computed(ready, tuple(runs))
    return Computed(ready, tuple(runs), *all_outlooks(organisation, ready, rows, as_of=as_of, tell=tell))


class Differences(NamedTuple):
    """How what was computed differs from what is stored."""

    results: Replacement
    outlooks: Differing


@contextmanager
def compared(organisation: Organisation, computed: Computed) -> Iterator[Differences | None]:
    """How it differs, which can be found without the lock; None without definitions. It is to be stored within."""
    if computed.ready is None:
        yield None
        return
    outlooks = differing_outlooks(organisation, computed.ready, computed.outlooks)
    frames = ((run.view, run.frame()) for run in computed.runs)
    with replacing(computed.ready, frames, version=organisation.version) as results:
        yield Differences(results, outlooks)
