"""The small examples in docstrings are true."""

from __future__ import annotations

import doctest
import importlib

import pytest

from tests.house.source import modules

PURE = ("engine", "graphics", "library", "access", "errors.py", "plugins.py", "scorecard")


def with_examples() -> list[str]:
    """The pure modules that have an example."""
    paths = [module.path for module in modules(*PURE) if ">>> " in module.text]
    return ["fourfold." + path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in paths]


@pytest.mark.parametrize("name", with_examples())
def test_the_examples_of_a_module_are_true(name: str) -> None:
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    outcome = doctest.testmod(importlib.import_module(name), optionflags=flags)
    assert outcome.attempted > 0
    assert outcome.failed == 0
