"""Setting up the server side, only for the commands that need it."""

from __future__ import annotations

import os
from pathlib import Path

from fourfold.errors import ConfigurationError


def set_up(data: Path | None = None) -> None:
    """Configure Django, with `data` as the data folder where nothing else is set."""
    import django

    if data is not None:
        os.environ.setdefault("FOURFOLD_DATA", str(data))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fourfold.project.settings")
    django.setup()
    from fourfold.actions.origin import Origin, begin_at

    begin_at(Origin("cli"))


def prepare(*, migrate: bool = False) -> None:
    """Refuse a broken set-up with what to do; make the tables of a new database.

    A database of an earlier version is brought up to date with `migrate`, else refused.
    """
    make_data_folder()
    refuse_broken_setup()
    from fourfold.actions.migrate_database import migrate_database, require_schema

    if migrate:
        migrate_database()
    else:
        require_schema()


def make_data_folder() -> None:
    """The folder that FOURFOLD_DATA names, where it is not there yet."""
    from django.conf import settings

    try:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"The folder {settings.DATA_DIR} cannot be made ({error.strerror}).",
            hint="Let FOURFOLD_DATA name a folder that this user may write to.",
        ) from error


def refuse_broken_setup() -> None:
    """Raise `ConfigurationError` with everything that is wrong and what to do; touches no data."""
    from django.core.checks import run_checks

    for databases in ([], ["default"]):  # a database is opened, which may make its file, only if all else is right
        found = [m for m in run_checks(tags=["installation"], databases=databases) if m.is_serious()]
        if found:
            break
    else:
        return
    first, *others = found
    more = "".join(f"\n({m.id}) {m.msg}" + (f"\n{m.hint}" if m.hint else "") for m in others)
    raise ConfigurationError(f"({first.id}) {first.msg}", hint=f"{first.hint or ''}{more}".strip() or None)
