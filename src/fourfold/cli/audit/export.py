"""`fourfold audit export`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up
from fourfold.cli.output import Misused

NAME: Final = "export"


def run(
    out: Annotated[Path | None, typer.Option("--out", help="Write to this file instead of the terminal.")] = None,
    form: Annotated[
        str, typer.Option("--format", help="jsonl (one event a line, as it is hashed) or csv (for a spreadsheet).")
    ] = "jsonl",
    organisation: Annotated[str | None, typer.Option(help="Its code, where the database holds several.")] = None,
    person: Annotated[str, typer.Option(help="Only what this person did, by name or e-mail address.")] = "",
    action: Annotated[str, typer.Option(help="Only this action, such as measurement.record, or those of a noun.")] = "",
    thing: Annotated[str, typer.Option("--object", help="Only what was done to things that begin so.")] = "",
    since: Annotated[str, typer.Option(help="The first day, such as 2026-03-01.")] = "",
    until: Annotated[str, typer.Option(help="The last day.")] = "",
    text: Annotated[str, typer.Option(help="Only events in whose figures or reason these words are.")] = "",
) -> None:
    """Write events to a file, oldest first.

    Each line of jsonl is an event with its hash: whoever has all of them can follow the chain with a program of their
    own. In csv no cell begins like a formula.
    """
    set_up()
    prepare()
    from fourfold.actions.export_events import FORMATS, export_events
    from fourfold.records.queries.audit import read_filter

    if form not in FORMATS:
        raise Misused(f"There is no format {form}.", hint=f"The formats are {', '.join(FORMATS)}.")
    wanted = read_filter(person=person, action=action, object=thing, since=since, until=until, text=text)
    lines = export_events(by=None, organisation=organisation, wanted=wanted, form=form).value
    assert lines is not None
    if out is None:
        sys.stdout.writelines(lines)
        return
    with out.open("w", encoding="utf-8", newline="") as file:
        count = sum(1 for line in lines if file.write(line))
    typer.echo(f"{out}: {count:,} lines")
