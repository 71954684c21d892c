"""`fourfold verify [FILE]`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import refuse_broken_setup, set_up

NAME: Final = "verify"


def run(
    path: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A backup to try out; the installation itself without one.")
    ] = None,
    keys: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The keys that `fourfold backup --keys` wrote.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The verdicts as JSON.")] = False,
) -> None:
    """Try a backup out: restore it into a place that is thrown away, and compare everything in it.

    Counts per table as in the manifest, integrity, every stored result computed again, events in a row, keys that open.
    How it went is kept, and the status names the last backup that was drilled. Without a file the installation itself
    is looked at. Exit code 1 when anything is wrong.
    """
    set_up()
    refuse_broken_setup()
    from fourfold.actions.drill_backup import drill_backup
    from fourfold.actions.verify_installation import verify_installation

    if path is None:
        outcome = verify_installation(by=None)
    else:
        outcome = drill_backup(by=None, path=path, keys=keys, tell=lambda text: typer.echo(text, err=True))
    found = outcome.value or ()
    if as_json:
        typer.echo(json.dumps([asdict(v) for v in found]))
    else:
        for verdict in found:
            typer.echo(f"{'ok   ' if verdict.ok else 'WRONG'}  {verdict.thing}: {verdict.said}")
        typer.echo(outcome.summary)
    if not all(v.ok for v in found):
        raise typer.Exit(1)
