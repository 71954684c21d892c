"""Bring a scorecard folder up to date with what the database holds, in the words of those who wrote it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.db import transaction

from fourfold.access.roles import Action
from fourfold.actions._steps import find_organisation, lock, note_event, require
from fourfold.actions.export_folder import FIGURES, definitions_of
from fourfold.actions.outcome import Outcome
from fourfold.connectors.files.folder import FEEDS, MEASUREMENTS, read_folder
from fourfold.engine.definitions.parse import parse
from fourfold.engine.definitions.text.rewrite import rewrite
from fourfold.engine.edits import Edit, edits
from fourfold.engine.findings import errors
from fourfold.errors import Conflict, Outdated
from fourfold.records.frames.measurement import measurements_csv
from fourfold.records.models import Organisation, Person
from fourfold.records.queries.structure import structure_of


@dataclass(frozen=True, slots=True)
class Update:
    """What the folder says otherwise than the database, as edits of the folder, and the files that change."""

    edits: tuple[Edit, ...] = ()
    files: tuple[str, ...] = ()


def update_folder(
    *,
    by: Person | None,
    path: str | Path,
    organisation: str | None = None,
    as_of: datetime | None = None,
    expected: Update | None = None,
    dry_run: bool = False,
    at: datetime | None = None,
) -> Outcome[Update]:
    """Change the files of a folder where the database says something else; all other text stays to the byte.

    Definitions of now, or with `as_of` of that moment. Figures are written where an export wrote them, and they are the
    only ones there; other tables and feeds are left to whoever keeps them. With `dry_run` nothing is written. Raises
    `Conflict` where the folder has errors or is about another organisation, and `Outdated` where something else than
    `expected` would be written.
    """
    target = Path(path)
    content = read_folder(target)
    written = parse(content.texts).definitions
    if written is None or errors(content.findings):
        raise Conflict(f"{target} has errors, so it is not written to.", hint=f"See them: fourfold check {target}")
    found = find_organisation(by, organisation or written.organisation.code)
    closed = structure_of(found).closed
    require(by, Action.DEFINE, found, confidential=bool(closed.kpis) or closed.has_groups)
    if written.organisation.code != found.code:
        message = f"{target} is about the organisation {written.organisation.code}, not {found.code}."
        raise Conflict(message, hint="Name another folder.")
    with transaction.atomic():
        found = lock(found)
        definitions = definitions_of(found, as_of)
        changed = rewrite(content.texts, definitions) | _figures(target, found, as_of)
        update = Update(edits(written, definitions), tuple(sorted(changed)))
        if expected is not None and update != expected:
            raise Outdated(f"{found.name} or the folder has changed since.", hint="Look at what it would be now.")
        if changed and not dry_run:
            told = {"files": len(changed)} | ({} if as_of is None else {"as_of": as_of.isoformat()})
            note_event(found, by, "folder.export", found.code, at=at or datetime.now(UTC), after=told)
    if not dry_run:
        _write(target, changed)
    return Outcome(f"{target}: {_summary(update)}", update)


def _figures(target: Path, organisation: Organisation, as_of: datetime | None) -> dict[str, str]:
    """The figures, where the folder has no others than those of an export."""
    tables = [p.name for p in (target / MEASUREMENTS).iterdir()] if (target / MEASUREMENTS).is_dir() else []
    if tables != [Path(FIGURES).name] or (target / FEEDS).exists():
        return {}
    figures, _ = measurements_csv(organisation, as_of=as_of)
    here = (target / FIGURES).read_bytes()
    is_exported = here.splitlines()[:1] == figures.encode().splitlines()[:1]
    return {FIGURES: figures} if is_exported and here != figures.encode() else {}


def _write(target: Path, texts: dict[str, str]) -> None:
    """Each file whole or not at all, and none before all could be written beside them."""
    drafts: dict[Path, Path] = {}
    try:
        for name, text in texts.items():
            file = (target / name).resolve()
            draft = drafts[file] = file.with_name(f".{file.name}.part")
            draft.write_text(text, encoding="utf-8", newline="")
            if file.exists():
                shutil.copymode(file, draft)
        for file, draft in drafts.items():
            draft.replace(file)
    except OSError as error:
        hint = "Name a folder that you may write to."
        raise Conflict(f"{target} cannot be written ({error.strerror}).", hint=hint) from error
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)


def _summary(update: Update) -> str:
    if not update.files:
        return "nothing is different"
    count = len(update.edits)
    parts = [f"{count:,} definition{'s' if count != 1 else ''} changed"] if count else []
    return ", ".join([*parts, f"written to {' '.join(update.files)}"])
