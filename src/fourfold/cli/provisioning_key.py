"""`fourfold provisioning-key DIRECTORY`."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up
from fourfold.cli.output import print_findings
from fourfold.errors import NotFound

NAME: Final = "provisioning-key"


def run(
    directory: Annotated[str, typer.Argument(metavar="DIRECTORY", help="Its code in the file of directories.")],
    days: Annotated[int, typer.Option(help="How long the key is valid.")] = 365,
    revoke: Annotated[str | None, typer.Option(metavar="START", help="End the key that begins so instead.")] = None,
) -> None:
    """Make a key with which a directory says who is there (SCIM), and print it once; or end one.

    Exit code 1 when the days will not do, 4 when there is no such directory or key.
    """
    set_up()
    prepare()
    from django.conf import settings

    from fourfold.actions.make_provisioning_key import make_provisioning_key
    from fourfold.actions.revoke_provisioning_key import revoke_provisioning_key

    found = next((each for each in settings.DIRECTORIES if each.code == directory), None)
    if found is None:
        known = ", ".join(each.code for each in settings.DIRECTORIES) or "none"
        raise NotFound(f"There is no directory {directory}.", hint=f"FOURFOLD_DIRECTORIES lists: {known}.")
    if revoke is not None:
        typer.echo(revoke_provisioning_key(by=None, directory=found, start=revoke).summary)
        return
    outcome = make_provisioning_key(by=None, directory=found, days=days)
    print_findings(outcome.findings)
    typer.echo(outcome.summary)
    if outcome.value is None:
        raise typer.Exit(1)
    typer.echo(f"Address: {settings.PUBLIC_URL}/scim/v2\nKey, shown this once: {outcome.value[1]}")
