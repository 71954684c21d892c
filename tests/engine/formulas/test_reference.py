"""Every function has its page, and every example in the reference is true."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from fourfold.engine.cells import State
from fourfold.engine.formulas import FUNCTIONS, FormulaError, TimeAxis, calculate, parse
from fourfold.engine.formulas.cell_table import AXIS, TREE, outcome, probe
from fourfold.engine.formulas.function import Example, Function, Gives
from fourfold.engine.formulas.functions import ELSEWHERE
from fourfold.engine.formulas.reference import pages
from fourfold.engine.periods import Calendar
from fourfold.engine.tree import UnitTree
from tests.engine.formulas import oracle
from tests.engine.formulas.oracle import Grid, World

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "formulas.md").read_text("utf-8")
WORDS = {"missing": State.MISSING, "n/a": State.NOT_APPLICABLE, "not-due": State.NOT_DUE, "error": State.ERROR}
UNITS = UnitTree(("all", "north", "south"), (-1, 0, 0))
ONE = UnitTree(("all",), (-1,))


def written(text: str) -> Grid:
    """`1 missing / 2 3` as cells of one unit or several."""
    return [
        [(WORDS[w], oracle.NO_REASON) if w in WORDS else float(w) for w in row.split()]
        for row in re.split(r"\s/\s", text)
    ]


def figures(text: str) -> dict[str, Grid]:
    """`a = 1 2; target(a) = 3 4`."""
    return {name.strip(): written(rows) for name, rows in (part.split(" = ") for part in text.split("; "))}


def compute(example: Example) -> Grid:
    given = figures(example.figures)
    first = Calendar().parse("2025-Q1")
    count = len(next(iter(given.values()))[0])
    axis = TimeAxis.of(tuple(first.shift(n) for n in range(count)))
    series = {name: oracle.stacked(grid) for name, grid in given.items()}
    asked = {tuple(name.rstrip(")").split("(")): s for name, s in series.items() if "(" in name}
    several = any(len(grid) == 3 for grid in given.values())
    units = UNITS if several else ONE
    result = calculate(parse(example.formula), series, axis, units=units, lookups=asked)  # type: ignore[arg-type]
    world = World({}, axis, dict.fromkeys(units.codes))
    return oracle.grid(result, world)


def assert_true(example: Example) -> None:
    got, expected = compute(example), written(example.result)
    assert len(got) == len(expected)
    for ours, theirs in zip(got, expected, strict=True):
        for a, b in zip(ours, theirs, strict=True):
            if isinstance(b, tuple):
                assert isinstance(a, tuple) and a[0] is b[0]
            else:
                assert a == pytest.approx(b, rel=1e-9, abs=1e-12)


EXAMPLES = [(f.name, e) for f in FUNCTIONS.values() for e in f.examples]


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[f"{n}: {e.formula}" for n, e in EXAMPLES])
def test_the_example_of_a_function_is_true(name: str, example: Example) -> None:
    assert f"{name}(" in example.formula
    assert_true(example)


ROWS = [Example(*row) for row in re.findall(r"^\| `+ ?(.+?) ?`+ \| (.*=.*) \| (.+) \|$", PAGE, re.MULTILINE)]


@pytest.mark.parametrize("example", ROWS, ids=[e.formula for e in ROWS])
def test_the_example_of_the_language_is_true(example: Example) -> None:
    assert_true(example)


def test_the_page_of_the_language_has_examples() -> None:
    assert len(ROWS) >= 10


def test_an_untrue_example_is_noticed() -> None:
    with pytest.raises(AssertionError):
        assert_true(Example("a + 1", "a = 1 missing", "2 3"))
    with pytest.raises(AssertionError):
        assert_true(Example("a + 1", "a = 1 2", "2 3.1"))


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda f: f.name)
def test_every_function_is_documented_with_an_example(function: Function) -> None:
    assert function.doc.split("\n")[0].endswith((".", ":")) or "." in function.doc
    assert function.examples
    assert f"## `{function.signature}`" in pages()[f"{function.family}.md"]
    assert f"]({function.family}.md#" in pages()["README.md"]
    assert f"formulas/{function.family}.md" in PAGE


def test_the_message_on_the_page_is_the_one_that_is_shown() -> None:
    with pytest.raises(FormulaError) as caught:
        parse("profit / maks(orders, 1)")
    assert str(caught.value) in PAGE


def test_what_other_languages_call_it_leads_to_functions_that_exist() -> None:
    for name, hint in ELSEWHERE.items():
        assert name not in FUNCTIONS
        assert not set(re.findall(r"(\w+)\(", hint)) - set(FUNCTIONS)


TABLE = [(f, one) for f in FUNCTIONS.values() if f.head and f.gives is not Gives.MANY for one in (False, True)]


@pytest.mark.parametrize(("function", "one_only"), TABLE, ids=[f"{f.name}, one: {one}" for f, one in TABLE])
def test_the_table_of_cells_says_what_the_oracle_says(function: Function, one_only: bool) -> None:
    if one_only and function.family not in ("statistics", "rolling"):
        return
    of_units = function.family == "statistics"
    world = World({}, AXIS, {c: None if p < 0 else TREE.codes[p] for c, p in zip(TREE.codes, TREE.parent, strict=True)})
    for state in State:
        cell = (state, oracle.Reason.NO_RATE if state is State.ERROR else oracle.NO_REASON)
        grid = [
            [
                cell
                if state is not State.NUMBER and (not one_only or (t == 13 and (not of_units or u == 1)))
                else 1.0 + u * 14 + t
                for t in range(14)
            ]
            for u in range(4)
        ]
        world.grids = {"a": grid, "b": [[5.0] * 14] * 4}
        world.lookups = {(function.name, "a"): grid}
        found, value = outcome(function, state, one_only=one_only)
        with np.errstate(all="ignore"):
            expected = oracle.answer(parse(probe(function)), world)[0 if of_units and function.name != "rank" else 2][
                -1
            ]
        if isinstance(expected, tuple):
            assert found is expected[0]
        else:
            assert found is State.NUMBER and value == pytest.approx(expected, rel=1e-12)
