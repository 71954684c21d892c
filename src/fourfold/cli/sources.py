"""The option `--source CODE=PATH`: where the database of a feed is."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from fourfold.cli.output import Misused

Source: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="CODE=PATH", help="Path or address of a feed's database; repeatable."),
]


def sources(given: list[str] | None) -> dict[str, str]:
    """The options by the code of the source; a path is relative to where the command is run."""
    found: dict[str, str] = {}
    for text in given or ():
        code, equals, path = text.partition("=")
        if not (code and equals and path):
            raise Misused(f"{text!r} does not say where a source is.", hint="Write --source CODE=PATH.")
        if code in found:
            raise Misused(f"The source {code} is given twice.", hint="Keep one of them.")
        found[code] = path
    return found
