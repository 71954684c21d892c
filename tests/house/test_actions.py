"""Everything that writes goes through `actions/`, and every action looks the same."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.house.source import Module, bites, calls, check, dotted, functions, modules

OUTSIDE = ("web", "api", "mcp", "cli", "jobs")
WRITES = {"save", "create", "get_or_create", "update_or_create", "update", "delete", "bulk_create", "bulk_update"}
SQL = {"execute", "executemany", "executescript", "raw", "extra"}


def writes(module: Module) -> Iterator[str]:
    """A row written, or SQL run, outside the actions."""
    for call in calls(module.tree):
        if not isinstance(call.func, ast.Attribute) or module.excused(call):
            continue
        name = call.func.attr.removeprefix("a") if call.func.attr not in WRITES | SQL else call.func.attr
        if name in WRITES | SQL:
            what = "runs SQL" if name in SQL else "writes"
            yield module.at(
                call, f"{what} with {dotted(call.func) or '….' + name}(): call an action (a dict is joined with |=)"
            )


def shape(module: Module) -> Iterator[str]:
    """An action that is not `verb_noun(*, by, …) -> Outcome`."""
    name = module.path.rsplit("/", 1)[-1].removesuffix(".py")
    if name.startswith("_") or module.excused(module.tree.body[0]):
        return
    action = next((f for f in functions(module.tree) if f.name == name), None)
    if action is None:
        yield f"{module.path}:1 has no {name}(*, by, …): file and action have one name, or say why not (# house: …)"
        return
    given = action.args
    if given.args or given.posonlyargs:
        yield module.at(action, f"{name}: every argument has its name at the call (def {name}(*, by, …))")
    if "by" not in {argument.arg for argument in given.kwonlyargs}:
        yield module.at(action, f"{name}: `by` says who does it")
    if action.returns is None or not ast.unparse(action.returns).startswith("Outcome"):
        yield module.at(action, f"{name}: returns an Outcome")


@pytest.mark.parametrize(
    "source", ["kpi.save()", "Kpi.objects.create(code='a')", "await kpi.asave()", "cursor.execute('x')"]
)
def test_the_rule_about_writing_bites(source: str) -> None:
    assert bites(writes, f"async def page(): {source}", "web/pages/kpi.py")


@pytest.mark.parametrize(
    "source",
    [
        "def lock_period(period, *, by) -> Outcome: ...",
        "def lock_period(*, period) -> Outcome: ...",
        "def lock_period(*, by): ...",
        "def lock(*, by) -> Outcome: ...",
    ],
)
def test_the_rule_about_the_shape_of_an_action_bites(source: str) -> None:
    assert bites(shape, source, "actions/lock_period.py")


def test_an_action_as_it_should_be_is_fine() -> None:
    assert not bites(shape, "def lock_period(*, by, period) -> Outcome[Period]: ...", "actions/lock_period.py")


def test_nothing_outside_the_actions_writes() -> None:
    check(writes, modules(*OUTSIDE))


def test_every_action_has_the_same_shape() -> None:
    check(shape, modules("actions"))
