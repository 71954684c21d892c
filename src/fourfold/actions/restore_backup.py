"""Bring back an installation from a backup."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connections, transaction

from fourfold.actions._steps import note_event
from fourfold.actions.make_backup import FILES, engine
from fourfold.actions.migrate_database import migrate_database
from fourfold.actions.outcome import Outcome
from fourfold.actions.verify_chains import verify_chains
from fourfold.errors import Conflict, Forbidden
from fourfold.records.backups import sqlite
from fourfold.records.backups.archive import Opened, digest_of, open_backup
from fourfold.records.backups.manifest import DATABASE, Manifest
from fourfold.records.models import Chain, Person
from fourfold.records.schema import unknown_migrations
from fourfold.records.secrets.data_keys import master_keys, missing_keys
from fourfold.records.secrets.master_key import MasterKey, parse_keys, write_keys


def restore_backup(
    *,
    by: Person | None,
    path: str | Path,
    keys: str | Path | None = None,
    replace: bool = False,
    at: datetime | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Outcome[Manifest]:
    """Database, kept files and, from `keys`, master keys; then bring the schema up to this version.

    Everything is unpacked and checked before anything is touched. Refused: a place that is not empty without
    `replace`, a backup of a newer version, one of the other kind of database. With `replace` what was there moves
    aside (SQLite, files) or is dropped in the transaction that brings the new (PostgreSQL). Nobody is signed in
    afterwards. The outcome says which master keys are missing. For the administrator of the machine.
    """
    if by is not None:
        raise Forbidden("Only the administrator of the machine can restore a backup.")
    file, moment = Path(path), at or datetime.now(UTC)
    uploads = Path(settings.DATA_DIR) / FILES
    given = _Keys.of(Path(keys)) if keys is not None else None
    with open_backup(file) as backup:
        _refuse(backup.manifest, uploads, replace)
        for left in engine().workplace().glob(".restore-*"):  # by one that was killed
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=engine().workplace()) as folder:
            tell("unpacking and checking …")
            _extract(backup, Path(folder))
            tell(f"putting {backup.manifest.rows:,} rows in place …")
            said = [engine().load(Path(folder) / DATABASE, backup.manifest, now=moment)]
            connections.close_all()
            said.append(_put_files(Path(folder) / FILES, uploads, moment))
    if given is not None:
        given.put()
    said.append(migrate_database().summary)
    _note(file, backup.manifest, moment)
    if missing := missing_keys():
        said.append(f"MISSING: master key {', '.join(missing)}; what it locks cannot be read until it is back")
    return Outcome(f"{file}: {backup.manifest.rows:,} rows restored; " + "; ".join(filter(None, said)), backup.manifest)


def _refuse(manifest: Manifest, uploads: Path, replace: bool) -> None:
    here = "sqlite" if engine() is sqlite else "postgresql"
    if manifest.engine != here:
        hint = "Restore it into its own kind of database; `fourfold export` and `load` go from one kind to the other."
        raise Conflict(f"This is a backup of {manifest.engine}, and DATABASE_URL names {here}.", hint=hint)
    if unknown := unknown_migrations(manifest.migrations):
        message = f"This backup was made by a newer version of Fourfold ({manifest.version}): it has {unknown[-1]}."
        raise Conflict(message, hint="Restore it with that version or a later one.")
    if replace:
        return
    hint = "Restore into a new FOURFOLD_DATA and database, or write --replace to give up what is there."
    if not engine().is_empty():
        raise Conflict("There is a database here already.", hint=hint)
    if uploads.exists() and any(uploads.iterdir()):
        raise Conflict(f"There are files in {uploads} already.", hint=hint)


def _extract(backup: Opened, folder: Path) -> None:
    backup.extract(DATABASE, folder / DATABASE)
    (folder / FILES).mkdir()
    for name, inside in backup.files(FILES):
        to = folder / FILES / inside
        to.parent.mkdir(parents=True, exist_ok=True)
        backup.extract(name, to)


def _put_files(new: Path, place: Path, moment: datetime) -> str:
    """The restored files in the place of those that were there, which move aside."""
    said = ""
    if place.exists():
        aside = place.with_name(f"{place.name}.before-{moment:%Y%m%dT%H%M%SZ}")
        place.rename(aside)
        said = f"the files that were there are in {aside} now"
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(new, place)
    return said


@dataclass(frozen=True)
class _Keys:
    """What `fourfold backup --keys` wrote."""

    secret_key: str
    master_keys: tuple[MasterKey, ...]
    audit_key: str

    @classmethod
    def of(cls, path: Path) -> _Keys:
        """Read them."""
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            secret_key, audit_key = str(found["secret_key"]), str(found.get("audit_key", ""))
            lines = "\n".join(map(str, found["master_keys"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            hint = "Name the file that `fourfold backup --keys` wrote."
            raise Conflict(f"The keys in {path} cannot be read.", hint=hint) from error
        return cls(secret_key, parse_keys(lines, str(path)), audit_key)

    def put(self) -> None:
        """The secret key, unless the environment gives one; master keys behind those that lock what is new here.

        The key of the anchors only where there is none: another one is trusted here already.
        """
        place = Path(settings.DATA_DIR) / "secret_key"
        if place.exists() and not (os.environ.get("FOURFOLD_SECRET_KEY") or os.environ.get("FOURFOLD_SECRET_KEY_FILE")):
            place.write_text(self.secret_key, encoding="utf-8")
        there = master_keys()
        if more := tuple(key for key in self.master_keys if key not in there):
            write_keys(Path(settings.MASTER_KEY_FILE), there + more)
        if self.audit_key and not settings.AUDIT_KEY_FILE.exists():
            settings.AUDIT_KEY_FILE.touch(mode=0o600)
            settings.AUDIT_KEY_FILE.write_text(f"{self.audit_key}\n", encoding="ascii")


def _note(file: Path, manifest: Manifest, moment: datetime) -> None:
    """An event in every chain: what follows did not happen after what was lost. It says up to where the chain held."""
    about = {"made_at": manifest.made_at.isoformat(), "version": manifest.version, "sha256": digest_of(file)}
    verify_chains(by=None, at=moment)
    for chain in Chain.objects.select_related("organisation").order_by("pk"):
        held = {"head": chain.hash, "verified": chain.verified_seq} | ({"wrong": chain.wrong} if chain.wrong else {})
        with transaction.atomic():  # not by `lock`, which refuses while everything is read-only
            note_event(chain.organisation, None, "chain.restored", file.name, at=moment, after=about | held)
