"""Load a scorecard folder: definitions and figures, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q

from fourfold.access.roles import Action
from fourfold.actions._grants import without_gain
from fourfold.actions._runs import is_evaluated
from fourfold.actions._steps import advance, lock, note_event, require
from fourfold.actions.evaluate_organisation import evaluate_organisation
from fourfold.actions.outcome import Outcome
from fourfold.connectors.files.folder import FEEDS
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Finding, Level, Place
from fourfold.errors import Forbidden, Outdated
from fourfold.records.closed_periods import PeriodClosed
from fourfold.records.frames.definition import Change, write_definitions
from fourfold.records.frames.measurement import Written, digest_of, write_measurements
from fourfold.records.frames.person import gives_roles
from fourfold.records.models import Attachment, Import, Kpi, Measurement, Organisation, PeriodState, Person, Unit
from fourfold.records.ready import Ready
from fourfold.scorecard import Scorecard, read


def load_folder(
    *,
    by: Person | None = None,
    path: str | Path,
    at: datetime | None = None,
    sources: Mapping[str, str | Path] | None = None,
    card: Scorecard | None = None,
    expected: int | None = None,
) -> Outcome[Organisation]:
    """Put a folder into the database in one transaction, then evaluate the organisation.

    A folder with an error changes nothing, and loading the same folder again changes nothing either. Definitions
    become those of the folder; figures that the folder does not name stay. A new organisation can be made by the
    administrator of the machine only (`by=None`), and only they may load one with feeds. `sources` says where the
    databases of its feeds are; `card` is the folder where it was read already. With `expected`, the version of the
    organisation that a plan was made of, it raises `Outdated` where somebody changed it since. The outcome also has
    what the evaluation found.
    """
    folder = path if card is None else card.folder
    if by is not None and folder is not None and (Path(folder) / FEEDS).exists():
        # a feed reads databases with the rights of the server
        hint = "The administrator of the machine can: fourfold load FOLDER. Or take feeds/ out of it."
        raise Forbidden("You may not load a folder with feeds.", hint=hint)
    scorecard, findings = (card, card.findings) if card is not None else read(path, sources=sources)
    if scorecard is None:
        return Outcome("nothing was loaded", findings=findings)
    moment = at or datetime.now(UTC)
    organisation = _find(by, scorecard.definitions)
    try:
        with transaction.atomic():
            organisation = lock(organisation) if organisation else _new(scorecard.definitions)
            if expected is not None and organisation.version != expected:
                raise Outdated(f"{organisation.name} has changed since the plan was made.", hint="Look at a new plan.")
            if in_use := _in_use(organisation, scorecard.definitions):
                return Outcome("nothing was loaded", findings=(*findings, *in_use))
            changes, figures = _write(organisation, scorecard, Path(path), by, moment)
    except PeriodClosed as closed:
        return Outcome("nothing was loaded", findings=(*findings, *_closed(closed)))
    summary = _summary(changes, figures)
    if not is_evaluated(organisation, on=moment):
        code = organisation.code
        evaluated = evaluate_organisation(by=by, organisation=code, reason=f"Loaded {Path(path).name}", as_of=moment)
        summary, findings = f"{summary}; {evaluated.summary}", (*findings, *evaluated.findings)
    return Outcome(summary, organisation, findings)


def _find(by: Person | None, definitions: Definitions) -> Organisation | None:
    """The organisation that the folder is about, when there is one already and this person may change it."""
    found = Organisation.objects.filter(code=definitions.organisation.code).first()
    if found is not None:
        require(by, Action.DEFINE, found)
    elif by is not None:
        raise Forbidden(
            "You may not make a new organisation.",
            hint="The administrator of the machine can: fourfold load FOLDER",
        )
    return found


def _new(definitions: Definitions) -> Organisation:
    given = definitions.organisation
    return Organisation.objects.create(code=given.code, name=given.name)


def _write(
    organisation: Organisation, scorecard: Scorecard, folder: Path, by: Person | None, moment: datetime
) -> tuple[tuple[Change, ...], Written]:
    """Definitions as written, figures, the import and the event; nothing at all where nothing is new."""
    written_now = scorecard.written or scorecard.definitions
    if by is not None and gives_roles(organisation, written_now.people):
        hint = "Give roles on the page of members, or let the administrator of the machine load the folder."
        raise Forbidden("You may not give people roles by loading a folder.", hint=hint)
    with without_gain(by, organisation):
        changes = write_definitions(organisation, written_now, at=moment)
    rows = scorecard.rows
    with transaction.atomic():
        run = Import.objects.create(
            organisation=organisation, sha256=digest_of(rows), source=str(folder)[:500], by=by, at=moment
        )
        ready = Ready.of(organisation, scorecard.definitions)
        written = write_measurements(organisation, ready, rows, by=by, at=moment, import_run=run)
        run.read, run.loaded = scorecard.read, written.loaded
        run.unchanged = run.read - run.loaded
        if written.loaded:
            run.save()
        else:
            run.delete()
    if changes or written.loaded:
        advance(organisation, definitions=bool(changes))
        after = {"changes": [_told(c) for c in changes], "loaded": written.loaded, "unchanged": run.unchanged}
        note_event(organisation, by, "folder.load", folder.name, at=moment, after=after)
    return changes, written


def _told(change: Change) -> dict[str, Any]:
    """A change as the event keeps it: what and how many, and the codes of few."""
    parts = {"added": change.added, "changed": change.changed, "removed": change.removed}
    return {"noun": change.noun} | {
        name: list(codes) if len(codes) <= 20 else len(codes) for name, codes in parts.items() if codes
    }


def _summary(changes: tuple[Change, ...], figures: Written) -> str:
    parts = []
    if changes:
        count = sum(len(c.added) + len(c.changed) + len(c.removed) for c in changes)
        parts.append(f"{count:,} definition{'s' if count != 1 else ''} changed")
    if figures.loaded:
        parts.append(f"{figures.loaded:,} figure{'s' if figures.loaded != 1 else ''} loaded")
    return ", ".join(parts) or "nothing new"


def _closed(refused: PeriodClosed) -> list[Finding]:
    """One finding for each unit and month that takes no figures, and for which the folder brings others."""
    return [
        Finding(
            "LOAD-CLOSED", Level.ERROR, Place(thing=f"unit {place.unit}, period {place.month.id}"),
            f"{place.message} The folder brings {place.figures:,} other figure{'s' if place.figures != 1 else ''}.",
            f"{place.hint} Or take these figures out of the folder.",
        )
        for place in refused.places
    ]  # fmt: skip


def _in_use(organisation: Organisation, definitions: Definitions) -> list[Finding]:
    """One finding for each KPI and unit that has figures and that the folder leaves out."""
    found = []
    for model, known, noun, fix in (
        (Kpi, definitions.kpi, "KPI", "Keep it in the folder; with `state: retired` it no longer counts."),
        (Unit, definitions.unit, "unit", "Keep it in the folder: its figures are part of the history."),
    ):
        used = Q(pk__in=Measurement.objects.filter(organisation=organisation).values(f"{noun.lower()}_id"))
        used |= Q(pk__in=Attachment.objects.filter(organisation=organisation).values(f"{noun.lower()}_id"))
        if model is Unit:
            used |= Q(pk__in=PeriodState.objects.filter(organisation=organisation).values("unit"))
        for code in model.objects.filter(used).exclude(code__in=known).values_list("code", flat=True):
            message = f"The folder leaves out the {noun} {code}, which has figures."
            found.append(Finding("LOAD-IN-USE", Level.ERROR, Place(thing=f"{noun.lower()} {code}"), message, fix))
    return found
