"""What a check is: a code, a title, what it means, and a function from definitions to what it has to say."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from fourfold.engine.definitions import Definitions, Note, Step, Target
from fourfold.engine.findings import Finding, Level, Place


class Said(NamedTuple):
    """One thing a rule says about `thing`: `kpi:ed_4h`, or one of its keys, `kpi:ed_4h.formula`."""

    thing: str
    message: str
    fix: str
    level: Level = Level.ERROR


_T = TypeVar("_T", Target, Note, Step)
Rule = Callable[[Definitions], Iterable[Said]]


@dataclass(frozen=True, slots=True)
class Check:
    """A rule with its code; `meaning` is what the documentation says about it.

    What a `gate` has to say, beyond information, keeps a draft strategy from becoming active.
    """

    code: str
    title: str
    meaning: str
    rule: Rule
    gate: bool = False

    def findings(self, definitions: Definitions, places: Mapping[str, Place]) -> Iterator[Finding]:
        """What the rule says, each with its place: that of the key, else that of the thing."""
        for said in self.rule(definitions):
            yield Finding(self.code, said.level, _place(said.thing, places), said.message, said.fix)


def rule(code: str, title: str, *, gate: bool = False) -> Callable[[Rule], Check]:
    """Make a function a check; its docstring is the meaning."""
    return lambda function: Check(code, title, inspect.cleandoc(function.__doc__ or ""), function, gate)


def blocking(definitions: Definitions) -> Level:
    """An error in an active strategy, a warning in a draft that is still being written."""
    return Level.ERROR if definitions.strategy.state == "active" else Level.WARNING


def targets(definitions: Definitions) -> Iterator[tuple[str, Target]]:
    """Every target with its name: `target:ed_4h#0`."""
    yield from _numbered("target", definitions.targets)


def notes(definitions: Definitions) -> Iterator[tuple[str, Note]]:
    """Every note with its name: `note:ed_4h#0`."""
    yield from _numbered("note", definitions.notes)


def steps(definitions: Definitions) -> Iterator[tuple[str, Step]]:
    """Every confirmed step with its name: `step:ed_4h#0`."""
    yield from _numbered("step", definitions.steps)


def _numbered(noun: str, items: Iterable[_T]) -> Iterator[tuple[str, _T]]:
    counts: dict[str, int] = {}
    for item in items:
        number = counts[item.kpi] = counts.get(item.kpi, -1) + 1
        yield f"{noun}:{item.kpi}#{number}", item


def _place(thing: str, places: Mapping[str, Place]) -> Place:
    """The most exact place that is known for a thing; without any, only its name."""
    name = thing.partition("@")[0]
    for candidate in (thing, name, *(name[:i] for i in range(len(name) - 1, 0, -1) if name[i] == ".")):
        if (place := places.get(candidate)) is not None:
            return place
    return Place(thing=name)
