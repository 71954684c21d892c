"""The strategy map for who edits it: what is drawn, what the checks say, and the changes to take back and redo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Finding
from fourfold.records.models import Event
from fourfold.records.queries.amendment import EVENT
from fourfold.records.queries.build import build_of
from fourfold.records.queries.scope import Scope
from fourfold.records.queries.strategy_map import StrategyMap, strategy_map_of

#: So many of a person's changes can be taken back one after another.
_STEPS: Final = 50
_NOUNS: Final = frozenset({"objectives", "links"})


class Step(NamedTuple):
    """A change of the map in the log, and the one that it takes back."""

    number: int
    name: str
    undoes: int | None


@dataclass(frozen=True)
class MapEditor:
    """The map, its definitions, what is missing on it, and the next steps back and forward."""

    map: StrategyMap
    definitions: Definitions
    missing: tuple[Finding, ...]
    undo: Step | None
    redo: Step | None


def map_editor_of(scope: Scope) -> MapEditor:
    """Five or six statements: the map, the definitions, and the person's own newest changes."""
    built = build_of(scope)
    steps = _own_steps(scope)
    return MapEditor(strategy_map_of(scope), built.definitions, built.missing, *ways(steps))


def ways(steps: list[Step]) -> tuple[Step | None, Step | None]:
    """The change to take back, and the one to redo, among changes with the newest first.

    A change stands until another that stands takes it back. What takes back a redone change is itself to be redone.

    >>> a, b = Step(1, "a", None), Step(2, "b", None)
    >>> ways([b, a])[0].name, ways([Step(3, "b", 2), b, a])[1].number
    ('b', 3)
    """
    depth: dict[int, int] = {}
    for step in reversed(steps):
        depth[step.number] = 0 if step.undoes is None else depth.get(step.undoes, 0) + 1
    gone: set[int] = set()
    undo: Step | None = None
    redo: Step | None = None
    is_new = False  # a change of its own came after what was taken back
    for step in steps:
        if step.number in gone:
            continue
        if step.undoes is not None:
            gone.add(step.undoes)
        is_forward = depth[step.number] % 2 == 0
        if is_forward:
            undo = undo or step
            is_new = is_new or depth[step.number] == 0
        elif not is_new:
            redo = redo or step
    return undo, redo


def _own_steps(scope: Scope) -> list[Step]:
    """The person's changes that are about the map alone, newest first."""
    # house: a person's own changes of an organisation that is already seen
    events = Event.objects.filter(organisation=scope.structure.pk, person=scope.person, action=EVENT)
    rows = events.order_by("-seq").values_list("seq", "object", "after")[:_STEPS]
    told = [(number, name, after or {}) for number, name, after in rows]
    return [
        Step(number, name, after.get("undoes"))
        for number, name, after in told
        if {each["noun"] for each in after["amendments"]} <= _NOUNS
    ]
