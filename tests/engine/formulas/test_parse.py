"""Reading formulas: what is refused, where the caret stands, and what to do about it."""

from __future__ import annotations

import time
import tracemalloc
from contextlib import suppress
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fourfold.engine.formulas import FUNCTIONS, FormulaError, Series, TimeAxis, calculate, lookups, parse, write
from fourfold.engine.formulas.limits import MAX_DEPTH, MAX_NODES
from fourfold.engine.formulas.names import figures_of, looks_at_other_units, references
from fourfold.engine.formulas.problems import point_at
from fourfold.engine.formulas.tree import Node, Span, walk
from fourfold.engine.periods import Calendar
from fourfold.engine.tree import UnitTree
from tests.engine.formulas import strategies


def problem(text: str) -> FormulaError:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "under_caret", "message", "hint"),
    [
        ("profit / maks(orders, 1)", "maks", "no function `maks`", "Did you mean `max`?"),
        ("rolling_men(a, 3)", "rolling_men", "no function", "Did you mean `rolling_mean`?"),
        ("qqqqqq(a)", "qqqqqq", "no function", "docs/reference/formulas.md"),
        ("ytd(a)", "ytd", "no function `ytd`", "Write to_date(x)."),
        ("AVG(a)", "AVG", "no function `AVG`", "rolling_mean(x, n)"),
        ("next(a)", "next", "cannot look ahead", "previous(x)"),
        ("lead(a, 2)", "lead", "cannot look ahead", "previous(x)"),
        ("previous(a, -1)", "-1", "cannot look ahead", "previous(x)"),
        ("shift(a, -2, \"year\")", "-2", "cannot look ahead", "previous(x)"),
        ("previous(a, 121)", "121", "The n of `previous` must be written as a whole number from 1 to 120", "x, n = 1"),
        ("previous(a, b)", "b", "written as a whole number", "previous(x, n = 1)"),
        ("rolling_stdev(a, 1)", "1", "from 2 to 120", "rolling_stdev(x, n)"),
        ("cagr(a, 31)", "31", "The years of `cagr` must be written as a whole number from 1 to 30", "cagr(x, years)"),
        ("round(a, 16)", "16", "from −15 to 15", "round(x, n = 0)"),
        ("shift(a, 1, \"yaer\")", "\"yaer\"", "This must be one of \"week\", \"month\"", "Did you mean \"year\"?"),
        ("at_unit(a, north)", "north", "needs a text in quotes", "at_unit(x, \"unit\")"),
        ("a + \"x\"", "\"x\"", "Here should be a number", "A code stands in backticks"),
        ("a \"x\"", "\"x\"", "An operator is missing", "A code stands in backticks"),
        ("abs(\"x\")", "\"x\"", "`abs` needs numbers, and this is a text", "backticks"),
        ("target(a + 1)", "a + 1", "takes the code of a KPI, and nothing computed", "target(kpi)"),
        ("children(a)", "children(a)", "The formula must give one number", "sum(…)"),
        ("1 + children(a)", "children(a)", "`+` needs one number at a time", "sum(…)"),
        ("previous(children(a))", "children(a)", "`previous` needs one number at a time", "sum(…)"),
        ("children(a) > 2 and a > 1", "children(a)", "`>` needs one number at a time", "sum(…)"),
        ("rank(a, b)", "b", "needs the numbers of several units", "siblings(x)"),
        ("sum(a)", "sum(a)", "`sum` of one number has nothing to do", "sum(children(x))"),
        ("max(a, children(a))", "children(a)", "takes either numbers, or those of units", "twice"),
        ("sum(children(a), children(b))", "children(a)", "takes either numbers, or those of units", "twice"),
        ("is_missing(a)", "is_missing(a)", "must give a number, and this is a condition", "if(condition, 1, 0)"),
        ("if(a, 1, 0)", "a", "`if` needs a condition, and this is a number", "x > 0"),
        ("ifs(a > 1, 2)", "ifs(a > 1, 2)", "`ifs` takes 3, 5, 7 … arguments, here it has 2", "otherwise"),
        ("ifs(a > 1, 2, a > 2, 3)", "ifs(a > 1, 2, a > 2, 3)", "here it has 4", "otherwise"),
        ("switch(a, 1, 2)", "switch(a, 1, 2)", "`switch` takes 4, 6, 8 … arguments", "otherwise"),
        ("year(1)", "year(1)", "`year` takes no arguments, here it has 1", "year()"),
        ("abs()", "abs()", "`abs` takes 1 argument, here it has 0", "abs(x)"),
        ("clamp(a, 1)", "clamp(a, 1)", "`clamp` takes 3 arguments, here it has 2", "clamp(x, low, high)"),
        ("safe_divide(a)", "safe_divide(a)", "takes 2 to 3 arguments", "otherwise"),
        ("5% * a", "*", "Here should be a number", "Write 0.05 for 5 %"),
        ("a - 5%", " ", "ends where a number", "Write 0.05 for 5 %"),
        ("a ** 2", "**", "`**` is not part of the language", "Write ^ for a power."),
        ("a^b", "b", "After ^ a whole number", ""),
        ("a^5", "5", "The exponent must be a whole number from −4 to 4", ""),
        ("1e16", "1e16", "too large", ""),
        ("", "", "The formula is empty", "revenue - cost"),
        ("(a + b", "(", "A bracket is not closed", "Add )"),
        ("a.b[1]", "[", "not part of the language", "round brackets"),
        ("a;b", ";", "not part of the language", "comma"),
        ("`net-sales", "`", "has no end", "backtick"),
        ("net sales", "sales", "An operator is missing", "backticks"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_a_way_to_mend_it(
    text: str, under_caret: str, message: str, hint: str
) -> None:
    error = problem(text)
    assert message in error.message
    assert hint in (error.hint or "")
    assert (text + " ")[error.span.start : error.span.end] == under_caret
    if text:
        shown = str(error).splitlines()
        carets = next(line for line in shown if set(line.strip()) == {"^"})
        assert shown[shown.index(carets) - 1].strip() == text.strip()
        assert carets.index("^") - 2 == error.span.start and f"(column {error.span.start + 1})" in shown[0]


def test_the_caret_stands_in_the_line_of_a_long_formula() -> None:
    error = problem("if(a > 1,\n   maks(b, 2),\n   0)")
    assert (error.line, error.column) == (2, 4)
    assert "(line 2, column 4)\n     maks(b, 2),\n     ^^^^" in str(error)


WIDE = " + ".join(["a"] * 251)
DEEP = "abs(" * 40 + "a" + ")" * 40


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a" * 4_001, "4001 characters; 4,?000 are allowed"),
        (WIDE, f"501 parts; {MAX_NODES} are allowed"),
        (DEEP, f"nested 41 levels deep; {MAX_DEPTH} are allowed"),
        ("(" * 2_000, "ends where"),
        ("-" * 3_999 + "a", "parts"),
        (" + ".join(["rolling_median(a, 120)"] * 2), "967 steps to compute; 600 are allowed"),
        (" + ".join(["rolling_sum(a, 120)"] * 5), "steps to compute"),
        (" + ".join(["rank(a, siblings(a))"] * 4), "steps to compute"),
    ],
)
def test_a_formula_that_is_too_large_is_refused(text: str, message: str) -> None:
    with pytest.raises(FormulaError, match=message):
        parse(text)


def test_too_much_work_is_pointed_at() -> None:
    error = problem("a + rolling_sum(b, 120) + 2 * " + " * ".join(["rolling_median(a, 100)"] * 2))
    assert error.text[error.span.start : error.span.end] == "rolling_median(a, 100)"
    assert error.hint == "`rolling_median` alone takes 400: use it less often, or look back less far."


#: The dearest formulas there may be, one for each way to be dear.
DEAR = {
    "sorts": "rolling_median(a, 70) + rolling_stdev(a - b, 70)",
    "windows": " + ".join(f"rolling_max(a + {i}, 110)" for i in range(5)),
    "ranks": " + ".join(f"rank(a + {i}, siblings(a + {i}))" for i in range(3)),
    "lists": f"median({', '.join(f'a + {i}' for i in range(20))})",
    "means": f"mean({', '.join(f'a + {i}' for i in range(110))})",
    "wide": f"coalesce({', '.join(f'a + {i}' for i in range(110))})",
    "chain": " + ".join(["a"] * 250),
    "nested": "previous(" * 30 + "a" + ")" * 30,
    "medians of units": " + ".join(f"median(siblings(a + {i}))" for i in range(20)),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", DEAR)
def test_the_dearest_formulas_take_less_than_a_second_and_200_mb_for_100_000_figures(kind: str) -> None:
    tree = parse(DEAR[kind])
    units, periods = 834, 120
    first = Calendar().parse("2016-01")
    axis = TimeAxis.of(tuple(first.shift(n) for n in range(periods)))
    rng = np.random.default_rng(1)
    inputs = {code: Series.of(rng.normal(10, 3, (units, periods))) for code in ("a", "b")}
    below = UnitTree(tuple(f"u{i}" for i in range(units)), (-1, *[0] * (units - 1)))
    tracemalloc.start()
    began = time.process_time()
    calculate(tree, inputs, axis, units=below)
    took, peak = time.process_time() - began, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"\n{kind}: {took:.2f} s, {peak / 1e6:.0f} MB")
    assert took < 1.0 and peak < 200e6


PIECES = st.sampled_from(
    [*FUNCTIONS, "a", "b", "`net-sales`", "(", ")", ",", "+", "-", "*", "/", "%", "^", "1", "2.5", "1e9", '"year"', '"',
     " and ", " or ", " not ", ">", "=", "!=", "`", " ", "\n", "é", "\x00", "0.", "_", "{", "**", "120", "-1"]
)  # fmt: skip


@settings(max_examples=400, deadline=1_000, suppress_health_check=list(HealthCheck))
@given(st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=60)))
def test_any_text_is_a_formula_or_a_formula_error(text: str) -> None:
    try:
        tree = parse(text)
    except FormulaError as error:
        assert error.message and str(error)
        assert 0 <= error.span.start <= len(text) and error.span.end <= len(text) + 1
    else:
        assert parse(write(tree)) == tree


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(strategies.trees)
def test_a_tree_written_and_read_again_is_the_same(tree: Node) -> None:
    assert parse(write(tree)) == tree


@pytest.mark.parametrize(
    "text", [" + ".join(["a"] * 250), "(" * 1_999 + "a" + ")" * 1_999, "not " * 900 + "a > 1", "a," * 1_900]
)
def test_a_formula_is_quick_to_read_or_refuse_however_it_is_written(text: str) -> None:
    began = time.process_time()
    with suppress(FormulaError):
        parse(text)
    assert time.process_time() - began < 1.0


def test_what_a_formula_names_is_told_apart() -> None:
    tree = parse("a - target(b) + max(children(c)) + baseline(a)")
    assert references(tree) == {"a", "b", "c"}
    assert figures_of(tree) == {"a", "c"}
    assert lookups(tree) == {("target", "b"), ("baseline", "a")}
    assert looks_at_other_units(tree) and not looks_at_other_units(parse("a - target(b)"))


def test_quotes_and_the_remainder_are_read_as_written() -> None:
    assert write(parse('at_unit(a,"x y")%3*2')) == 'at_unit(a, "x y") % 3 * 2'
    assert write(parse("a % (b * 2)")) == "a % (b * 2)"
    assert len(list(walk(parse("days_in_period()")))) == 1


BINARY = ("+", "-", "*", "/", "%", "^", "<", "<=", ">", ">=", "=", "!=", "and", "or")
NESTED = [
    *((f"(a {inner} b) {outer} c", f"a {inner} b {outer} c") for inner, outer in product(BINARY, BINARY)),
    *((f"a {outer} (b {inner} c)", f"a {outer} b {inner} c") for inner, outer in product(BINARY, BINARY)),
    *((f"{sign}(a {inner} b)", f"{sign}a {inner} b") for inner, sign in product(BINARY, ("-", "not "))),
    *((f"({sign}a) {outer} b", f"{sign}a {outer} b") for outer, sign in product(BINARY, ("-", "not "))),
    *((f"a {outer} ({sign}b)", f"a {outer} {sign}b") for outer, sign in product(BINARY, ("-", "not "))),
]


def read(text: str) -> Node | None:
    try:
        return parse(text)
    except FormulaError:
        return None


def test_brackets_are_written_where_without_them_it_would_be_another_formula() -> None:
    known = [(text, bare, tree) for text, bare in NESTED if (tree := read(text)) is not None]
    assert len(known) > 60
    for text, bare, tree in known:
        wanted = bare if read(bare) == tree else text
        assert write(tree).replace(" ", "") == wanted.replace(" ", ""), text


@pytest.mark.parametrize(("text", "start", "end", "shown"), [
    ("a + * b", 4, 5, "  a + * b\n      ^"),
    ("a +\nbb * cc\n+ d", 9, 11, "  bb * cc\n       ^^"),
    ("ab", 2, 2, "  ab\n    ^"),
    ("x" * 100, 0, 1, f"  {'x' * 100}\n  ^"),
    ("x" * 101, 0, 1, f"  {'x' * 100}…\n  ^"),
    ("x" * 101, 50, 52, f"  {'x' * 100}…\n  {' ' * 50}^^"),
    ("x" * 101, 51, 52, f"  …{'x' * 100}\n  {' ' * 51}^"),
    ("x" * 300, 150, 290, f"  …{'x' * 100}…\n  {' ' * 51}{'^' * 50}"),
    ("a\t+ b", 3, 4, "  a + b\n     ^"),
])  # fmt: skip
def test_the_place_in_a_formula_is_pointed_at(text: str, start: int, end: int, shown: str) -> None:
    assert point_at(text, Span(start, end)) == shown

