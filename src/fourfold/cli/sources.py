"""The option `--source CODE=PATH`: where the database of a feed is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from fourfold.cli.output import Misused

Source: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="CODE=PATH", help="Where the database of a feed is; may be given several times."),
]


def sources(given: list[str] | None) -> dict[str, Path]:
    """The options as paths by the code of the source; a path is relative to where the command is run."""
    found: dict[str, Path] = {}
    for text in given or ():
        code, equals, path = text.partition("=")
        if not (code and equals and path):
            raise Misused(f"{text!r} does not say where a source is.", hint="Write --source CODE=PATH.")
        if code in found:
            raise Misused(f"The source {code} is given twice.", hint="Keep one of them.")
        found[code] = Path(path)
    return found
