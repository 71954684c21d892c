"""`fourfold feed list`."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up

NAME: Final = "list"


def run(
    organisation: Annotated[str | None, typer.Option(help="Its code, where the database holds several.")] = None,
) -> None:
    """Every feed with its connection, its last run and its next one."""
    set_up()
    prepare()
    from fourfold.actions._steps import find_organisation
    from fourfold.records.queries.feeds import all_feeds

    for feed, last in ((place.feed, place.last) for place in all_feeds(find_organisation(None, organisation))):
        said = "never ran" if last is None else f"ran {last.started_at:%Y-%m-%d %H:%M}: "
        if last is not None:
            said += last.failure or f"{last.loaded:,} loaded, {last.unchanged:,} unchanged, {last.rejected:,} rejected"
        following = "rests" if feed.paused_at else f"next {feed.next_at:%Y-%m-%d %H:%M}" if feed.next_at else "by hand"
        if feed.rests and not feed.paused_at:
            following = f"rests after {feed.failures} failures, {following}"
        typer.echo(f"{feed.code}  {feed.name} ({feed.connection.name})  {said}  {following}")
