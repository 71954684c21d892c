"""The reference pages about functions, made from their docstrings."""

from __future__ import annotations

from itertools import groupby

from fourfold.engine.formulas.cell_table import cells_page
from fourfold.engine.formulas.function import Argument, Function, Measure, Sort, page_of
from fourfold.engine.formulas.functions import FUNCTIONS

_MEASURES = {
    Measure.SAME: "",
    Measure.RATIO: "The result is a ratio; what it takes must be in one unit of measurement.",
    Measure.QUOTIENT: "The result is in the unit of a over that of b.",
    Measure.ROOT: "The result is in the square root of the unit of x.",
    Measure.PURE: "It takes pure numbers and gives one.",
    Measure.BARE: "The result has no unit of measurement of its own.",
    Measure.DAYS: "The result is in days.",
    Measure.HOURS: "The result is in hours.",
    Measure.NAMED: "The result is in the unit that is named last.",
}


def pages() -> dict[str, str]:
    """File name → content: a page for each family of functions, a list of all, and what each does with no number."""
    families = {family: list(some) for family, some in groupby(FUNCTIONS.values(), key=lambda f: f.family)}
    found = {f"{family}.md": _page(family, functions) for family, functions in families.items()}
    return {"README.md": _list(families), **found, "cells.md": cells_page()}


def _list(families: dict[str, list[Function]]) -> str:
    lines = [
        "# Functions",
        "",
        f"The {len(FUNCTIONS)} functions of the [formula language](../formulas.md), page by page;",
    ]
    lines += ["and what each does with [cells without a number](cells.md)."]
    for family, functions in families.items():
        lines += ["", f"## [{_title(family)}]({family}.md)", "", "| function | meaning |", "|---|---|"]
        lines += [f"| [`{f.signature}`]({family}.md#{_anchor(f)}) | {_summary(f)} |" for f in functions]
    return "\n".join(lines) + "\n"


def _page(family: str, functions: list[Function]) -> str:
    title, _, text = page_of(family).partition("\n")
    lines = [f"# {title}", "", text.strip(), ""]
    lines += ["All functions are [listed](README.md); every example here is computed by the tests. Its periods are the"]
    lines += ["quarters from 2025-Q1 on. Where there are slashes, the figures are those of three units: `all`, and"]
    lines += ["`north` and `south` below it."]
    for function in functions:
        lines += ["", f"## `{function.signature}`", "", function.doc]
        if facts := " ".join(filter(None, [_limits(function), _MEASURES[function.measure]])):
            lines += ["", facts]
        lines += ["", "| formula | with | gives |", "|---|---|---|"]
        lines += [f"| `{e.formula}` | {e.figures} | {e.result} |" for e in function.examples]
    return "\n".join(lines) + "\n"


def _limits(function: Function) -> str:
    written = [a for a in function.head if a.sort is Sort.WHOLE]
    return " ".join(f"{_name(function, a)} is written as a whole number from {_range(a)}." for a in written)


def _name(function: Function, argument: Argument) -> str:
    parts = function.signature.partition("(")[2].rstrip(")").split(", ")
    return parts[function.head.index(argument)].partition(" ")[0]


def _range(argument: Argument) -> str:
    return f"{argument.low} to {argument.high}".replace("-", "−")


def _summary(function: Function) -> str:
    return function.doc.partition("\n\n")[0].replace("\n", " ")


def _title(family: str) -> str:
    return page_of(family).partition("\n")[0]


def _anchor(function: Function) -> str:
    kept = "".join(c for c in function.signature.lower() if c.isalnum() or c in " _-")
    return kept.replace(" ", "-")
