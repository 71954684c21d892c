"""What an amendment changes in results: which KPIs are to be computed anew, and which nodes rolled up anew."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import Final

from fourfold.engine.amendments import Amendment, Amendments
from fourfold.engine.definitions import Definitions, Kpi, KpiUse, Objective, Perspective, Target, Theme
from fourfold.engine.definitions.base import Definition
from fourfold.engine.groups import dependents, users_of
from fourfold.engine.nodes import Node, nodes_above, nodes_of

#: What is said of things and no result depends on. A new field is taken for one that counts until it is named here.
_SAID: Final = {
    "kpis": {
        "name", "definition", "purpose", "population", "category", "synonyms", "tags", "decimals", "owner", "steward",
        "approver", "source", "result_type", "indicator_class", "controllability", "paired_with", "effort_minutes",
        "gaming_risk", "used_for_pay", "side_effects_reviewed", "review_by", "custom",
    },
    "objectives": {
        "name", "owner", "description", "result", "slot", "cascaded_from", "cascade_type", "cascade_sign",
        "contribution", "accepted_by", "local", "custom",
    },
    "uses": {"role", "fit_confirmed"},
    "targets": {"author", "approver", "reason", "source", "source_date", "note"},
    "perspectives": {"name", "question", "rank"},
    "themes": {"name", "result"},
    "strategy": {
        "name", "mission", "vision", "values", "success_factors", "horizon", "state", "weights_sum_to_100", "waivers",
    },
    "units": {"name", "kind", "description", "size"},
    "organisation": {"name", "description", "locale", "custom_fields"},
}  # fmt: skip
#: What says how a node counts in those above it; its own results do not depend on it.
_ABOVE: Final = {"weight", "perspective", "themes"}
#: Nouns on which no result depends.
_SILENT: Final = frozenset({"links", "initiatives", "notes", "people", "steps"})


@dataclass(frozen=True, slots=True)
class Reach:
    """`kpis` are computed anew, `nodes` (all above them, lowest first) rolled up anew; results of `gone` go.

    Nodes that are `rebuilt` are put together otherwise: they can differ anywhere, the other ones only where something
    below them does. Where it is `everything`, the rest says nothing.
    """

    kpis: frozenset[str] = frozenset()
    nodes: tuple[str, ...] = ()
    gone: frozenset[str] = frozenset()
    rebuilt: frozenset[str] = frozenset()
    everything: bool = False

    def __bool__(self) -> bool:
        """True when any result can be different."""
        return bool(self.everything or self.kpis or self.nodes or self.gone)


EVERYTHING: Final = Reach(everything=True)


def reach_of(before: Definitions, after: Definitions, amendments: Amendments) -> Reach:
    """What of the results of `before` is to be made anew for `after`; both are completed and free of errors."""
    loud = [each for each in amendments if each.noun not in _SILENT and _counts(each)]
    if any(each.noun in ("organisation", "units") for each in loud):
        return EVERYTHING
    asked = {code for each in loud if _is_unscored(each) for code in _kpis(each)}
    loud = [each for each in loud if not _is_unscored(each)]
    start = {code for each in loud for code in _kpis(each)} | users_of(before, asked)
    kpis = start | dependents(before, start & before.kpi.keys())  # who newly depends on one of them is amended too
    then, now = ({node.name: node for level in nodes_of(each) for node in level} for each in (before, after))
    rebuilt = {name for name, node in now.items() if then.get(name) != node}
    rebuilt |= {name for each in loud for name in _nodes(each)}
    if any(each.noun == "strategy" for each in loud):
        rebuilt |= now.keys()
    wanted = rebuilt | nodes_above(before, kpis).keys() | nodes_above(after, kpis).keys()
    gone = then.keys() - now.keys() | {f"kpi:{code}" for code in before.kpi.keys() - after.kpi.keys()}
    made = frozenset(kpis & after.kpi.keys())
    return Reach(made, tuple(_upwards(after, wanted)), frozenset(gone), frozenset(rebuilt))


def _is_unscored(each: Amendment) -> bool:
    """True for what no figure is judged by, such as a benchmark: only formulas ask for it."""
    return all(isinstance(thing, Target) and thing.kind != "commit" for thing in _things(each))


def _counts(each: Amendment, besides: Set[str] = frozenset()) -> bool:
    """Whether results depend on something that is amended, `besides` some fields."""
    if each.before is None or each.after is None:
        return True
    fields = type(each.after).model_fields.keys() - _SAID.get(each.noun, set()) - besides
    return any(getattr(each.before, name) != getattr(each.after, name) for name in fields)


def _things(each: Amendment) -> Iterator[Definition]:
    yield from (thing for thing in (each.before, each.after) if thing is not None)


def _kpis(each: Amendment) -> Iterator[str]:
    for thing in _things(each):
        if isinstance(thing, Kpi):
            yield thing.code
        elif isinstance(thing, Target):
            yield thing.kpi


def _nodes(each: Amendment) -> Iterator[str]:
    """The nodes that are put together otherwise, before or after."""
    for thing in _things(each):
        if isinstance(thing, KpiUse):
            yield f"objective:{thing.objective}"
        elif isinstance(thing, Objective):
            if _counts(each, _ABOVE):
                yield f"objective:{thing.code}"
            yield f"perspective:{thing.perspective}"
            yield from (f"theme:{code}" for code in thing.themes)
        elif isinstance(thing, Theme):
            yield f"theme:{thing.code}"
        elif isinstance(thing, Perspective):
            if _counts(each, _ABOVE):
                yield f"perspective:{thing.code}"
            yield "scorecard"


def _upwards(definitions: Definitions, wanted: set[str]) -> Iterator[str]:
    """These nodes and all above them, lowest first."""
    found = set(wanted)

    def is_above(node: Node) -> bool:
        return node.name in found or not found.isdisjoint(node.children)

    for level in nodes_of(definitions):
        for node in level:
            if is_above(node):
                found.add(node.name)
                yield node.name
