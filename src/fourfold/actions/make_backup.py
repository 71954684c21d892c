"""Write the whole installation to one file."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

from django.conf import settings
from django.db import connection

import fourfold
from fourfold.actions.outcome import Outcome
from fourfold.errors import Conflict, Forbidden, NotFound
from fourfold.records.backups import postgres, sqlite
from fourfold.records.backups.archive import digest_of, pack
from fourfold.records.backups.manifest import DATABASE, Manifest
from fourfold.records.models import Backup, Person
from fourfold.records.schema import applied_migrations, missing_migrations
from fourfold.records.secrets.data_keys import needed_keys

#: The folder of the data folder that is part of the installation, and its name in a backup.
FILES = "uploads"


def make_backup(
    *, by: Person | None, path: str | Path, at: datetime | None = None, tell: Callable[[str], None] = lambda _: None
) -> Outcome[Path]:
    """Database and kept files as of one moment, while the server runs; into a folder, or to a file that is new.

    The file appears when it is complete. Keys are not in it: see `save_keys`. It works on the schema of an earlier
    version as well, since that is what one makes before an upgrade. For the administrator of the machine.
    """
    if by is not None:
        raise Forbidden("Only the administrator of the machine can make a backup of everything.")
    moment = at or datetime.now(UTC)
    target = _target(Path(path), moment)
    if not (applied := applied_migrations()):
        raise NotFound("There is no database to back up.", hint="Check FOURFOLD_DATA and DATABASE_URL.")
    draft = target.with_name(f".{target.name}.part")
    shutil.rmtree(draft, ignore_errors=True)  # of one that was killed
    try:
        draft.mkdir(mode=0o700)
        manifest = _write(draft, applied, moment, tell)
        if target.exists():
            raise Conflict(f"{target} is there already.", hint="Backups are never overwritten; name a new file.")
        (draft / "backup").replace(target)
    except OSError as error:
        why = "the disk is full" if error.errno == errno.ENOSPC else error.strerror or str(error)
        raise Conflict(f"{target} cannot be written: {why}.", hint="Earlier backups are untouched.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    _note(target, moment)
    return Outcome(f"{target}: {manifest.rows:,} rows, {len(manifest.parts) - 1} files, {_size(target)}", target)


def engine() -> ModuleType:
    """What dumps and loads this database."""
    return postgres if connection.vendor == "postgresql" else sqlite


def _target(path: Path, moment: datetime) -> Path:
    target = path / f"fourfold-{moment:%Y%m%dT%H%M%SZ}.backup" if path.is_dir() else path
    if target.exists():
        raise Conflict(f"{target} is there already.", hint="Backups are never overwritten; name a new file.")
    if not target.parent.is_dir():
        raise Conflict(f"There is no folder {target.parent}.", hint="Make it first; it is best on another machine.")
    return target


def _write(draft: Path, applied: tuple[str, ...], moment: datetime, tell: Callable[[str], None]) -> Manifest:
    database = draft / DATABASE
    tell("writing the database …")
    counts = engine().dump(database)
    keys = needed_keys() if "records_datakey" in counts else []
    manifest = Manifest(
        version=fourfold.__version__, made_at=moment, engine="sqlite" if engine() is sqlite else "postgresql",
        server=engine().server(), migrations=applied, counts=counts, master_keys=tuple(keys),
    )  # fmt: skip
    kept = Path(settings.DATA_DIR) / FILES
    files = sorted(p for p in kept.rglob("*") if p.is_file() and not p.is_symlink())
    parts = {DATABASE: database} | {f"{FILES}/{p.relative_to(kept).as_posix()}": p for p in files}
    tell(f"packing {_size(database)} and {len(files)} files …")
    return pack(draft / "backup", parts, manifest)


def _note(target: Path, moment: datetime) -> None:
    """Keep that there is a backup; a database of an earlier version has no place for it."""
    if not missing_migrations():
        Backup.objects.create(
            sha256=digest_of(target), name=target.name, size=target.stat().st_size, made_at=moment,
        )  # fmt: skip


def _size(path: Path) -> str:
    size = float(path.stat().st_size)
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
