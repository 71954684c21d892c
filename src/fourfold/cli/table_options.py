"""Options of the commands that read a table: which column is what, and how it is written."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from fourfold.cli.output import Misused

Columns: TypeAlias = Annotated[
    list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help="Which column a field is; repeatable.")
]
Fixed: TypeAlias = Annotated[
    list[str] | None, typer.Option("--set", metavar="FIELD=TEXT", help="What a field says in all rows; repeatable.")
]
SheetName: TypeAlias = Annotated[
    str, typer.Option("--sheet", help="The sheet of a workbook; the first without it.")
]
HeaderLine: TypeAlias = Annotated[int, typer.Option("--header", help="The line of the header; found without it.")]
Separator: TypeAlias = Annotated[str, typer.Option("--separator", help="What separates cells; found without it.")]
Encoding: TypeAlias = Annotated[
    str, typer.Option("--encoding", help="Of a text, such as cp1252; found without it.")
]
DecimalMark: TypeAlias = Annotated[str, typer.Option("--decimal", help="What stands before decimals: . or ,")]
DateOrder: TypeAlias = Annotated[str, typer.Option("--dates", help="The order in dates: dmy or mdy.")]


def pairs(given: list[str] | None) -> dict[str, str]:
    """`NAME=TEXT` options."""
    found: dict[str, str] = {}
    for text in given or ():
        name, equals, said = text.partition("=")
        if not (name and equals and said):
            raise Misused(f"{text!r} is not of the form NAME=TEXT.", hint="Write, for example, --map kpi=Measure.")
        found[name.strip()] = said.strip()
    return found
