"""The pure folders have no clock, no chance, no files: what they need is an argument."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.house.source import Module, bites, calls, check, dotted, imports, modules

PURE = ("engine", "graphics", "library", "access")
CLOCKS = {"now", "utcnow", "today", "localnow"}
CHANCE = {"random", "secrets", "uuid", "time"}
SEEDED = {"default_rng", "SeedSequence", "PCG64", "Philox", "RandomState"}
FILES = {"read_text", "read_bytes", "write_text", "write_bytes", "iterdir", "unlink", "mkdir"}


def clock_or_chance(module: Module) -> Iterator[str]:
    """A clock that is read, or random numbers without a seed."""
    for node, name in imports(module.tree):
        if name.split(".")[0] in CHANCE and not module.excused(node):
            yield module.at(node, f"imports {name}: time and chance are arguments (`as_of`, `seed`)")
    for call in calls(module.tree):
        name = dotted(call.func)
        last = name.rsplit(".", 1)[-1]
        if last in CLOCKS and "." in name and not module.excused(call):
            yield module.at(call, f"reads the clock with {name}(): take `as_of` as an argument")
        unseeded = last not in SEEDED or not (call.args or call.keywords)
        if ".random." in f".{name}" and unseeded and not module.excused(call):
            yield module.at(call, f"{name}() without a seed: take `seed` as an argument")


def files(module: Module) -> Iterator[str]:
    """Files or the environment touched."""
    for node, name in imports(module.tree):
        if name.split(".")[0] in {"os", "shutil", "tempfile", "glob"} and not module.excused(node):
            yield module.at(node, f"imports {name}: the engine reads no files and no environment")
    for call in calls(module.tree):
        opens = isinstance(call.func, ast.Name) and call.func.id == "open"
        reads = isinstance(call.func, ast.Attribute) and call.func.attr in FILES
        if (opens or reads) and not module.excused(call):
            yield module.at(call, "touches a file: the caller reads it and hands over the text")


@pytest.mark.parametrize(
    "source",
    [
        "import random",
        "from time import monotonic",
        "from datetime import datetime\nx = datetime.now()",
        "import datetime\nx = datetime.date.today()",
        "import numpy as np\nx = np.random.default_rng()",
        "import numpy as np\nx = np.random.normal(0, 1)",
    ],
)
def test_the_rule_against_clock_and_chance_bites(source: str) -> None:
    assert bites(clock_or_chance, source)


def test_a_seeded_generator_is_fine() -> None:
    assert not bites(clock_or_chance, "import numpy as np\ndef f(seed): return np.random.default_rng(seed)")


@pytest.mark.parametrize("source", ["x = open('a')", "x = path.read_text()", "import os"])
def test_the_rule_against_files_bites(source: str) -> None:
    assert bites(files, source)


def test_an_excuse_needs_its_reason() -> None:
    assert bites(files, "x = path.read_text()  # house:")
    assert not bites(files, "x = path.read_text()  # house: our own grammar, shipped beside this module")


def test_the_pure_folders_have_neither_clock_nor_chance() -> None:
    check(clock_or_chance, modules(*PURE))


def test_the_engine_touches_no_files() -> None:
    check(files, modules("engine"))
