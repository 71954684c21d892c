"""`fourfold apply FOLDER`."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from fourfold.cli.options import Folder, Form
from fourfold.cli.output import Format, print_findings, show, summary, sure
from fourfold.cli.plan import planned, read_card
from fourfold.cli.sources import Source
from fourfold.errors import Outdated

NAME: Final = "apply"


def run(
    path: Folder,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    allow_destroy: Annotated[
        bool, typer.Option("--allow-destroy", help="Remove what the folder no longer defines.")
    ] = False,
    form: Form = Format.TABLE,
    source: Source = None,
) -> None:
    """Show the plan of a folder, ask, and load it, all or nothing.

    What the folder no longer defines goes only with --allow-destroy, and what has figures stays even then. Where
    somebody else changed the organisation since the plan was made, nothing is changed, and the plan is shown anew.
    Exit code 1 when the folder has errors, 4 when the organisation is not in the database yet, 5 when something speaks
    against it.
    """
    from fourfold.engine.edits import Kind, refuse_loss

    card = read_card(path, source)
    made = planned(card, path)
    show(made.differences, form, None)
    if not allow_destroy:
        refuse_loss(made.differences.of_kind(Kind.REMOVED), "Put back, or add --allow-destroy.")
    if not yes and not sure(f"Apply {path.name}?"):
        return
    from fourfold.actions.load_folder import load_folder

    try:
        outcome = load_folder(by=None, path=path, card=card, expected=made.version)
    except Outdated as refused:
        show(planned(card, path).differences, form, None)  # in what somebody has made of the organisation meanwhile
        hint = "Nothing was changed. Above is what the folder would change now."
        raise Outdated(refused.message, hint=hint) from None
    print_findings(outcome.findings)
    if not outcome.ok:
        typer.echo(f"{path}: {summary(outcome.findings)}; nothing was changed")
        raise typer.Exit(1)
    typer.echo(f"{path}: {outcome.summary}")
