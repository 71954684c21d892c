"""A scenario: other figures, targets, weights or structure laid over a scorecard, which itself stays as it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

from fourfold.engine.amendments import amend, removal
from fourfold.engine.definitions import (
    Definitions,
    Kpi,
    KpiUse,
    Link,
    Objective,
    Perspective,
    Strategy,
    Target,
    Theme,
    Unit,
)
from fourfold.engine.definitions.base import Definition
from fourfold.engine.definitions.complete import complete
from fourfold.engine.edits import key_of
from fourfold.engine.words import did_you_mean
from fourfold.errors import FourfoldError, NotFound

if TYPE_CHECKING:
    import polars as pl

#: What a scenario can put in place of what is there, or add.
Thing: TypeAlias = Strategy | Perspective | Theme | Objective | Kpi | KpiUse | Link | Unit


class ScenarioError(FourfoldError):
    """This scenario does not fit the scorecard."""


class Part(StrEnum):
    """What a scenario changes, in the order in which it is laid over the scorecard."""

    STRUCTURE = "structure"
    TARGETS = "targets"
    WEIGHTS = "weights"
    FIGURES = "figures"


@dataclass(frozen=True)
class Scenario:
    """What would be different.

    `figures` are rows as `evaluate` reads them: each replaces what is known of its KPI, unit and period. `targets`
    replace a version of the same KPI, unit, kind and `since`, or are added. `weights` are new weights by name:
    `perspective:CODE`, `objective:CODE`, or `use:OBJECTIVE/KPI`. `put` are definitions that replace the one of the same
    code (a use: of the same objective and KPI; a link: of the same ends) or are added; `remove` are names like those of
    weights, `kpi:CODE` and `theme:CODE` too, which go with all that hangs on them.
    """

    name: str
    figures: pl.DataFrame | None = None
    targets: tuple[Target, ...] = ()
    weights: Mapping[str, Decimal] = field(default_factory=dict)
    put: tuple[Thing, ...] = ()
    remove: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts that change anything."""
        there = {
            Part.STRUCTURE: bool(self.put or self.remove),
            Part.TARGETS: bool(self.targets),
            Part.WEIGHTS: bool(self.weights),
            Part.FIGURES: self.figures is not None and len(self.figures) > 0,
        }
        return tuple(part for part in Part if there[part])


#: Where each kind of thing is kept.
_FIELDS: Final[Mapping[type, str]] = {
    Perspective: "perspectives", Theme: "themes", Objective: "objectives", Kpi: "kpis", KpiUse: "uses", Link: "links",
    Unit: "units",
}  # fmt: skip
_REMOVABLE: Final = {
    "perspective": "perspectives", "theme": "themes", "objective": "objectives", "kpi": "kpis", "use": "uses",
}  # fmt: skip


def lay_over(definitions: Definitions, scenario: Scenario, parts: Collection[Part]) -> Definitions:
    """The definitions with some parts of a scenario laid over them.

    What a part says about a thing that only another part brings in is left out.
    """
    if Part.STRUCTURE in parts:
        definitions = _without(_with(definitions, scenario.put), scenario.remove)
    if Part.TARGETS in parts:
        new = {key_of("targets", t): t for t in scenario.targets if t.kpi in definitions.kpi}
        kept = [new.pop(key_of("targets", t), t) for t in definitions.targets]
        definitions = _changed(definitions, {"targets": (*kept, *new.values())})
    if Part.WEIGHTS in parts:
        definitions = _weighted(definitions, scenario.weights)
    return definitions


def check_names(definitions: Definitions, scenario: Scenario) -> None:
    """Refuse names of what the scorecard does not have, `NotFound`; `definitions` have the structure laid over."""
    known = {
        *(f"perspective:{p.code}" for p in definitions.perspectives),
        *(f"objective:{o.code}" for o in definitions.objectives),
        *(f"use:{u.objective}/{u.kpi}" for u in definitions.uses),
    }
    for name, weight in scenario.weights.items():
        if name not in known:
            raise NotFound(
                f"There is nothing called {name!r} to weigh.", hint=did_you_mean(name, sorted(known), "name")
            )
        if not weight.is_finite() or weight < 0:
            raise ScenarioError(f"{weight} is no weight for {name}.", hint="Give 0 or more.")
    for target in scenario.targets:
        if target.kpi not in definitions.kpi:
            hint = did_you_mean(target.kpi, list(definitions.kpi), "kpi")
            raise NotFound(f"There is no KPI {target.kpi!r} for a target.", hint=hint)


def _changed(definitions: Definitions, update: dict[str, object]) -> Definitions:
    """Definitions with other fields; built anew, for a copy would remember what was looked up in the old ones."""
    return Definitions.model_validate({name: getattr(definitions, name) for name in Definitions.model_fields} | update)


def _with(definitions: Definitions, put: tuple[Thing, ...]) -> Definitions:
    update: dict[str, object] = {}
    for thing in put:
        if isinstance(thing, Strategy):
            update["strategy"] = thing
            continue
        name = _FIELDS[type(thing)]
        kept: tuple[Thing, ...] = update.get(name, getattr(definitions, name))  # type: ignore[assignment]
        there = any(key_of(name, other) == key_of(name, thing) for other in kept)
        merged = tuple(thing if key_of(name, other) == key_of(name, thing) else other for other in kept)
        update[name] = merged if there else (*kept, thing)
    return complete(_changed(definitions, update)) if update else definitions


def _without(definitions: Definitions, remove: tuple[str, ...]) -> Definitions:
    """The definitions without some things and without what hangs on them."""
    known = _removable(definitions)
    for name in remove:
        if name not in known:
            raise NotFound(
                f"There is nothing called {name!r} to remove.", hint=did_you_mean(name, sorted(known), "name")
            )
    for name in remove:
        noun, _, code = name.partition(":")
        own = [o for o in definitions.objectives if o.perspective == code] if noun == "perspective" else []
        for each in (*(f"objective:{o.code}" for o in own), name):
            if (thing := _removable(definitions).get(each)) is not None:  # else it went with another one
                definitions = amend(definitions, removal(definitions, _REMOVABLE[each.partition(":")[0]], thing))
    return definitions


def _weighted(definitions: Definitions, weights: Mapping[str, Decimal]) -> Definitions:
    def weighed(thing: Perspective | Objective | KpiUse, name: str) -> Perspective | Objective | KpiUse:
        return thing.model_copy(update={"weight": weights[name]}) if name in weights else thing

    return _changed(
        definitions,
        {
            "perspectives": tuple(weighed(p, f"perspective:{p.code}") for p in definitions.perspectives),
            "objectives": tuple(weighed(o, f"objective:{o.code}") for o in definitions.objectives),
            "uses": tuple(weighed(u, f"use:{u.objective}/{u.kpi}") for u in definitions.uses),
        },
    )


def _removable(definitions: Definitions) -> dict[str, Definition]:
    """What can be removed, by name."""
    return {
        f"{noun}:{f'{thing.objective}/{thing.kpi}' if isinstance(thing, KpiUse) else thing.code}": thing
        for noun, name in _REMOVABLE.items()
        for thing in getattr(definitions, name)
    }
