"""What narrows the library down: its functions, perspectives and industries, said as people type them."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from fourfold.errors import FourfoldError, Kind

InFunction: TypeAlias = Annotated[str, typer.Option("--function", help="Only this function, such as Finance or HR.")]
InPerspective: TypeAlias = Annotated[
    str, typer.Option("--perspective", help="financial, customer, process, learning or mission.")
]
InIndustry: TypeAlias = Annotated[
    str, typer.Option("--industry", help="The industry, such as health or retail; those for every industry stay in.")
]


class UnknownChoice(FourfoldError):
    """The library has nothing under this word."""

    kind = Kind.INVALID


def chosen(kind: str, word: str) -> str:
    """The function, perspective or industry that a word means, whatever its capitals; nothing stays nothing."""
    from fourfold.library import choices

    known = {name.casefold(): name for name in choices()[kind]}
    if word and word.casefold() not in known:
        raise UnknownChoice(f"The library has no {kind} “{word}”.", hint=f"It has {', '.join(known.values())}.")
    return known[word.casefold()] if word else ""
