"""Setting up the server side, only for the commands that need it."""

from __future__ import annotations

import os
from pathlib import Path


def set_up(data: Path | None = None) -> None:
    """Configure Django, with `data` as the data folder where nothing else is set."""
    import django

    if data is not None:
        os.environ.setdefault("FOURFOLD_DATA", str(data))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fourfold.project.settings")
    django.setup()


def prepare() -> None:
    """Refuse a broken set-up with what to do, then bring the database up to date."""
    from django.core.management import call_command

    from fourfold.project.checks import refuse_broken_setup

    refuse_broken_setup()
    call_command("migrate", verbosity=0, interactive=False)
