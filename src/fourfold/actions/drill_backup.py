"""Prove a backup: restore it into an installation that is thrown away, and find everything the same there."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from fourfold.actions.make_backup import engine
from fourfold.actions.outcome import Outcome
from fourfold.actions.verify_installation import Verdict
from fourfold.errors import ConfigurationError, Forbidden
from fourfold.records.backups import postgres, sqlite
from fourfold.records.backups.archive import digest_of, open_backup
from fourfold.records.models import Backup, Person
from fourfold.records.schema import missing_migrations


def drill_backup(
    *,
    by: Person | None,
    path: str | Path,
    keys: str | Path | None = None,
    at: datetime | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Outcome[tuple[Verdict, ...]]:
    """Restore the file elsewhere, look at everything there, throw it away, and keep how it went.

    The place is a temporary folder, on PostgreSQL a database of its own on the same server. Without `keys` it takes
    the master keys of this installation, which proves less. For the administrator of the machine.
    """
    if by is not None:
        raise Forbidden("Only the administrator of the machine can try a backup out.")
    file, moment = Path(path).absolute(), at or datetime.now(UTC)
    begun = time.monotonic()
    with open_backup(file) as backup:
        made_at = backup.manifest.made_at
    with _place() as environment:
        tell("restoring into a place of its own …")
        arguments = [str(file), *(("--keys", str(Path(keys).absolute())) if keys else ())]
        if keys:
            environment["FOURFOLD_MASTER_KEY_FILE"] = str(Path(environment["FOURFOLD_DATA"]) / "master_key")
        restored = _run(["restore", *arguments], environment)
        why = restored.stderr.strip().rpartition("Error: ")[2] if restored.returncode else ""
        found = [Verdict("restore", not restored.returncode, why or "counts as in the manifest")]
        if found[0].ok:
            tell("comparing …")
            found += _verdicts(_run(["verify", "--json"], environment))
    seconds = time.monotonic() - begun
    bad = "; ".join(f"{v.thing}: {v.said}" for v in found if not v.ok)
    _note(file, made_at, moment, seconds, bad)
    age = moment - made_at
    well = f"{file.name} restores in {seconds:.1f} s, and everything in it is the same; it is {age.days} days old"
    return Outcome(f"{file.name} is no good: {bad}" if bad else well, tuple(found))


@contextmanager
def _place() -> Iterator[dict[str, str]]:
    """The environment of an installation that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=".drill-", dir=engine().workplace()) as folder:
        environment = os.environ | {"FOURFOLD_DATA": folder, "COLUMNS": "400"}
        environment.setdefault("FOURFOLD_MASTER_KEY_FILE", str(settings.MASTER_KEY_FILE))
        environment["FOURFOLD_SECRET_KEY"] = secrets.token_urlsafe(64)
        environment.pop("FOURFOLD_SECRET_KEY_FILE", None)
        if engine() is sqlite:
            yield environment | {"DATABASE_URL": f"sqlite:///{folder}/fourfold.sqlite3"}
            return
        with postgres.throw_away() as url:
            yield environment | {"DATABASE_URL": url}


def _run(arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fourfold", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def _verdicts(checked: subprocess.CompletedProcess[str]) -> tuple[Verdict, ...]:
    try:
        return tuple(Verdict(**each) for each in json.loads(checked.stdout))
    except (ValueError, TypeError) as error:
        raise ConfigurationError("The restored copy could not be looked at.", hint=checked.stderr.strip()) from error


def _note(file: Path, made_at: datetime, moment: datetime, seconds: float, bad: str) -> None:
    """What the status page calls the last drilled backup."""
    if missing_migrations():
        return
    about = {"name": file.name, "size": file.stat().st_size, "made_at": made_at, "drill_failure": bad}
    drilled = {"drilled_at": moment, "drill_seconds": round(seconds, 1)}
    Backup.objects.update_or_create(sha256=digest_of(file), defaults=about | drilled)
