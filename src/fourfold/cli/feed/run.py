"""`fourfold feed run NAME`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up
from fourfold.cli.output import print_findings

NAME: Final = "run"


def run(
    feed: Annotated[str, typer.Argument(metavar="NAME", help="The code of the feed: fourfold feed list.")],
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Look back to this day, to fill in what is older.")
    ] = None,
    as_it_is: Annotated[
        bool, typer.Option("--as-it-is", help="Take its rows although they look unlike those of the run before.")
    ] = False,
    organisation: Annotated[str | None, typer.Option(help="Its code, where the database holds several.")] = None,
) -> None:
    """Run a feed now: its source is asked, and its rows are loaded. Exit code 1 where it failed."""
    set_up()
    prepare()
    from fourfold.actions.run_feed import run_feed

    day: date | None = since.date() if since else None
    outcome = run_feed(by=None, organisation=organisation, feed=feed, since=day, as_it_is=as_it_is)
    print_findings(outcome.findings)
    typer.echo(outcome.summary)
    if not outcome.ok:
        raise typer.Exit(1)
