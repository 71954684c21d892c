"""`fourfold guest-link list`."""

from __future__ import annotations

from typing import Final

import typer

from fourfold.cli.django_setup import prepare, set_up

NAME: Final = "list"


def run() -> None:
    """Every guest link with what it shows, until when, and how often it was opened."""
    set_up()
    prepare()
    from fourfold.records.models import GuestLink

    for link in GuestLink.objects.select_related("organisation", "unit", "kpi"):
        state = f"revoked {link.revoked_at:%Y-%m-%d}" if link.revoked_at else f"until {link.expires_at:%Y-%m-%d}"
        shows = f"{link.organisation.code}:{link.unit.code}" + (f" {link.kpi.code}" if link.kpi else "")
        of = "of the day" if link.snapshot is None else link.snapshot["period"]
        typer.echo(f"{link.prefix}  {shows}  {of}  {state}  opened {link.views}×  {link.name}")
