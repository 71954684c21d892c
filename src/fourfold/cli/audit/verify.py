"""`fourfold audit verify`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from fourfold.cli.django_setup import prepare, set_up
from fourfold.cli.output import Misused

if TYPE_CHECKING:
    from fourfold.actions.verify_chains import Verdict, Verification

NAME: Final = "verify"


def run(
    organisation: Annotated[
        str | None, typer.Option(help="Only the chain of this organisation, by its code.")
    ] = None,
    anchors: Annotated[
        Path | None, typer.Option(help="A file or folder of anchors; that of the settings without it.")
    ] = None,
    key: Annotated[
        list[str] | None, typer.Option(help="A public key that anchors are signed with; that of this machine without.")
    ] = None,
) -> None:
    """Follow every chain of events from its start and say how far it holds; exit code 1 where something is wrong.

    The anchors show what a chain alone cannot: that its newest events are gone, or that all of it was written anew.
    """
    set_up()
    prepare()
    from django.conf import settings

    from fourfold.actions.verify_chains import verify_chains
    from fourfold.records.chain_anchor import public_key, read_key

    if anchors is not None and not anchors.exists():
        raise Misused(f"There are no anchors at {anchors}.", hint="Name a file or folder that anchors were written to.")
    own = None if key else read_key(settings.AUDIT_KEY_FILE)
    keys = tuple(key or ()) or ((public_key(own),) if own else ())
    outcome = verify_chains(by=None, organisation=organisation, anchors=anchors or settings.AUDIT_ANCHORS, keys=keys)
    assert outcome.value is not None
    for line in report(outcome.value):
        typer.echo(line)
    if not outcome.value.ok:
        raise typer.Exit(1)


def report(found: Verification) -> list[str]:
    """What is printed: a line or two for each chain, then what else is wrong."""
    lines = [line for verdict in found.verdicts for line in _lines(verdict)]
    lines += [f"WRONG  {sentence}" for sentence in found.strange]
    if not found.guarded:
        lines.append("WRONG  the database no longer refuses changes of events: its triggers are gone")
    return lines


def _lines(verdict: Verdict) -> list[str]:
    good = f"{verdict.seq:,} event{'s' if verdict.seq != 1 else ''} hold{'s' if verdict.seq == 1 else ''}"
    if verdict.wrong:
        return [f"WRONG  {verdict.name}: {verdict.wrong}", f"       {good}, up to {verdict.head[:16]}…"]
    anchor = verdict.anchor
    against = (
        f"against {verdict.anchors} anchor{'s' if verdict.anchors > 1 else ''}, the newest of {anchor.anchored_at}"
        if anchor
        else "without an anchor: that its newest events were cut off would not show"
    )  # fmt: skip
    if not verdict.seq:
        return [f"ok     {verdict.name}: no events yet"]
    return [f"ok     {verdict.name}: {good}, head {verdict.head[:16]}…", f"       {against}"]
