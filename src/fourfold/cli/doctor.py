"""`fourfold doctor`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import typer

import fourfold
from fourfold.cli.django_setup import refuse_broken_setup, set_up

NAME: Final = "doctor"
SIGNS: Final = {"well": "ok   ", "look": "look ", "wrong": "WRONG"}


def run() -> None:
    """Look at the installation: set-up, schema, results, backups, keys, disk; and say what to do.

    Exit code 0 when nothing is wrong, 1 when something is, 3 when the set-up stops it from starting.
    """
    set_up()
    refuse_broken_setup()
    from fourfold.records.queries.system import states_of_installation

    found = states_of_installation(now=datetime.now(UTC))
    typer.echo(f"fourfold {fourfold.__version__}")
    for state in found:
        typer.echo(f"{SIGNS[state.level]}  {state.thing}: {state.said}")
        if state.level != "well" and state.remedy:
            typer.echo(f"       {state.remedy}")
    if any(state.level == "wrong" for state in found):
        raise typer.Exit(1)
