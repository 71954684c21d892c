"""Write an organisation as a scorecard folder."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from django.db import transaction

from fourfold.access.roles import Action
from fourfold.actions._steps import find_organisation, lock, note_event, require
from fourfold.actions.outcome import Outcome
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.write import write
from fourfold.errors import Conflict, NotFound
from fourfold.records.frames.definition import read_definitions
from fourfold.records.frames.former_definition import definitions_then
from fourfold.records.frames.measurement import measurements_csv
from fourfold.records.models import Organisation, Person
from fourfold.records.queries.structure import structure_of

FIGURES = "measurements/figures.csv"


def export_folder(
    *,
    by: Person | None,
    path: str | Path,
    organisation: str | None = None,
    as_of: datetime | None = None,
    at: datetime | None = None,
) -> Outcome[Path]:
    """Write definitions and figures into a new or empty folder; loading it elsewhere gives the same again.

    They are those of now, or with `as_of` those known at that moment. Raises `Conflict` where the folder is not
    empty, `NotFound` where there is nothing to export.
    """
    found = find_organisation(by, organisation)
    closed = structure_of(found).closed
    require(by, Action.DEFINE, found, confidential=bool(closed.kpis) or closed.has_groups)
    target = Path(path)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Conflict(f"{target} is there already and not empty.", hint="Name a folder that is new or empty.")
    with transaction.atomic():
        found = lock(found)
        texts, count = _texts(found, as_of)
        told = {"figures": count} | ({} if as_of is None else {"as_of": as_of.isoformat()})
        note_event(found, by, "folder.export", found.code, at=at or datetime.now(UTC), after=told)
    _write(target, texts)
    return Outcome(f"{target}: {len(texts)} files, {count:,} figures", target)


def _texts(organisation: Organisation, as_of: datetime | None) -> tuple[dict[str, str], int]:
    figures, count = measurements_csv(organisation, as_of=as_of)
    return write(definitions_of(organisation, as_of)) | ({FIGURES: figures} if count else {}), count


def definitions_of(organisation: Organisation, as_of: datetime | None) -> Definitions:
    """Those of now, or of a moment. Raises `NotFound` where there are none."""
    definitions = read_definitions(organisation) if as_of is None else definitions_then(organisation, as_of)
    if definitions is None:
        when = "yet" if as_of is None else f"of {as_of:%Y-%m-%d}"
        raise NotFound(f"{organisation.name} has no definitions {when}.", hint="Load some: fourfold load FOLDER")
    return definitions


def _write(target: Path, texts: dict[str, str]) -> None:
    """All files or none: they are written beside the target, which they become at the end."""
    draft = target.with_name(f".{target.name}.part")
    try:
        for name, text in texts.items():
            file = draft / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        if target.exists():
            target.rmdir()
        draft.rename(target)
    except OSError as error:
        message = f"{target} cannot be written ({error.strerror})."
        raise Conflict(message, hint="Name a folder that you may write to.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
