"""Modules and functions stay small enough to read at a sitting."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from statistics import median

from tests.house.source import EXCEPTIONS, Module, functions, modules

LONGEST_MODULE, MEDIAN_MODULE, LONGEST_FUNCTION = 500, 120, 50


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function from its `def` to its end, without its docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def long_functions(found: tuple[Module, ...]) -> Iterator[tuple[str, int]]:
    """Functions over the limit with their lengths."""
    for module in found:
        for function in functions(module.tree):
            if length(function) > LONGEST_FUNCTION:
                yield f"{module.path}::{function.name}", length(function)


def test_a_docstring_is_not_counted() -> None:
    tree = ast.parse('def f():\n    """One.\n\n    Two.\n    """\n    return 1\n')
    assert [length(f) for f in functions(tree)] == [2]


def test_a_function_over_the_limit_is_found() -> None:
    source = "def f():\n" + "    x = 1\n" * 50
    assert list(long_functions((Module("engine/sample.py", source),))) == [("engine/sample.py::f", 51)]


def test_no_module_is_over_the_limit() -> None:
    long = [f"{module.path}: {len(module.lines)}" for module in modules() if len(module.lines) > LONGEST_MODULE]
    assert not long, "\n".join(long)


def test_half_of_the_modules_are_short() -> None:
    assert median(len(module.lines) for module in modules() if len(module.lines) > 3) <= MEDIAN_MODULE


def test_long_functions_are_the_listed_ones_and_the_list_only_shrinks() -> None:
    assert dict(long_functions(modules())) == EXCEPTIONS["functions"]
