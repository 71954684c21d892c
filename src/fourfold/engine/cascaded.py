"""A scorecard applied to many units: which unit carries which objective and how, and the amendments that make it so.

An objective of the strategy is carried *identically* by a unit that has its KPIs, so that applying it is a matter of
where its KPIs hold. A *contributory* objective is the unit's own and names the one it moves (methodology §1.4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from fourfold.engine.amendments import Amendment, Amendments, amend, removal
from fourfold.engine.definitions import Definitions, Kpi, KpiUse, Objective
from fourfold.engine.once import once
from fourfold.errors import Conflict, NotFound

#: What stands for the names of the objective and of the unit in the name of a new objective.
OBJECTIVE, UNIT = "{objective}", "{unit}"
_MOST_WORDS: Final = 300  # characters of a name


@dataclass(frozen=True, slots=True)
class Carried:
    """How a unit carries an objective: `has` of `of` KPIs hold in it, and `own` are the objectives that carry it."""

    has: int
    of: int
    own: tuple[Objective, ...]

    @property
    def is_identical(self) -> bool:
        """True where the unit has every KPI of the objective."""
        return self.of > 0 and self.has == self.of

    def __bool__(self) -> bool:
        """True where the unit carries it in any way."""
        return self.has > 0 or bool(self.own)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a contributory objective begins with; `{objective}` and `{unit}` in its name stand for theirs."""

    name: str = OBJECTIVE
    sign: Literal["+", "-"] = "+"
    sentence: str = ""
    kpi: str = ""


def carried(definitions: Definitions, objective: Objective, unit: str) -> Carried:
    """How a unit carries an objective above it; retired KPIs do not count."""
    kpis, own = _kpis(definitions, objective), _carrying(definitions).get((objective.code, unit), ())
    return Carried(sum(definitions.applies(kpi, unit) for kpi in kpis), len(kpis), own)


def apply_identical(definitions: Definitions, objectives: Iterable[str], units: Sequence[str]) -> Amendments:
    """Let the KPIs of these objectives hold in these units. Raises `Conflict` for an objective without any."""
    kpis: dict[str, Kpi] = {}
    for objective in _named(definitions, objectives, units):
        found = _kpis(definitions, objective)
        if not found:
            message = f"{objective.name} has no KPI that units could share."
            raise Conflict(message, hint="Place a KPI on it, or let units contribute with objectives of their own.")
        kpis |= {kpi.code: kpi for kpi in found}
    return tuple(_amended(kpi, _in_also(kpi, units)) for kpi in kpis.values() if _in_also(kpi, units) != kpi)


def apply_contributory(
    definitions: Definitions, objectives: Iterable[str], units: Sequence[str], how: Contribution
) -> Amendments:
    """An objective of its own for each of these units, which moves the one above; units that have one keep it.

    Raises `Conflict` where nothing says how it contributes, and `NotFound` for a KPI that is not there.
    """
    if not how.sentence.strip():
        raise Conflict("How it contributes is open.", hint="Say in a sentence how it moves the objective above.")
    if how.kpi and how.kpi not in definitions.kpi:
        raise NotFound(f"There is no KPI “{how.kpi[:60]}”.")
    found: list[Amendment] = []
    taken = {o.code for o in definitions.objectives}
    for above in _named(definitions, objectives, units):
        for unit in units:
            if carried(definitions, above, unit).own:
                continue
            name = how.name.strip() or OBJECTIVE
            name = name.replace(OBJECTIVE, above.name).replace(UNIT, definitions.unit[unit].name)[:_MOST_WORDS]
            code = _free(f"{above.code}_{unit}", taken)
            taken.add(code)
            found.append(Amendment("objectives", None, Objective(
                code=code, name=name, perspective=above.perspective, themes=above.themes, unit=unit,
                cascaded_from=above.code, cascade_type="contributory", cascade_sign=how.sign,
                contribution=how.sentence.strip(),
            )))  # fmt: skip
            if how.kpi:
                use = KpiUse(kpi=how.kpi, objective=code, monitor_only=not definitions.targets_of(how.kpi))
                found.append(Amendment("uses", None, use))
    if how.kpi and found:
        kpi = definitions.kpi[how.kpi]
        found += [_amended(kpi, _in_also(kpi, units))] if _in_also(kpi, units) != kpi else []
    return tuple(found)


def withdraw(definitions: Definitions, objectives: Iterable[str], units: Sequence[str]) -> Amendments:
    """Let these units no longer carry these objectives: their KPIs do not hold there, their own objectives go.

    A KPI that another objective has as well goes from the unit all the same: a unit has a KPI or it has not.
    """
    named = tuple(_named(definitions, objectives, units))
    kpis = {kpi.code: kpi for objective in named for kpi in _kpis(definitions, objective)}
    changed = [_amended(kpi, _not_in(definitions, kpi, units)) for kpi in kpis.values()]
    found = [each for each in changed if each.before != each.after]
    now = amend(definitions, found)
    for above in named:
        for unit in units:
            for own in carried(now, above, unit).own:
                gone = removal(now, "objectives", own)
                now, found = amend(now, gone), [*found, *gone]
    return tuple(found)


def accept(definitions: Definitions, code: str) -> Amendments:
    """The owner of the objective above accepts that this one contributes to it. Raises `NotFound` and `Conflict`."""
    own = definitions.objective.get(code)
    above = definitions.objective.get(own.cascaded_from or "") if own is not None else None
    if own is None or above is None:
        raise NotFound("There is no such contribution.")
    if above.owner is None:
        raise Conflict(f"{above.name} has no owner who could accept it.", hint="Give it an owner first.")
    return (Amendment("objectives", own, own.model_copy(update={"accepted_by": above.owner})),)


def to_share_out(definitions: Definitions, objectives: Iterable[str]) -> tuple[Kpi, ...]:
    """The KPIs of these objectives that add up over units, so that each unit needs a part of the target."""
    kpis = {k.code: k for code in objectives for k in _kpis(definitions, definitions.objective[code])}
    return tuple(kpi for kpi in kpis.values() if kpi.aggregate_units == "sum" and definitions.targets_of(kpi.code))


def _named(definitions: Definitions, objectives: Iterable[str], units: Iterable[str]) -> Iterator[Objective]:
    if any(unit not in definitions.unit for unit in units):
        raise NotFound("There is no such unit.")
    for code in objectives:
        if code not in definitions.objective:
            raise NotFound("There is no such objective.")
        yield definitions.objective[code]


def _kpis(definitions: Definitions, objective: Objective) -> tuple[Kpi, ...]:
    return _used(definitions).get(objective.code, ())


@once
def _used(definitions: Definitions) -> dict[str, tuple[Kpi, ...]]:
    """The KPIs of each objective, without retired ones."""
    found: dict[str, tuple[Kpi, ...]] = {}
    for use in definitions.uses:
        if (kpi := definitions.kpi.get(use.kpi)) is not None and kpi.state != "retired":
            found[use.objective] = (*found.get(use.objective, ()), kpi)
    return found


@once
def _carrying(definitions: Definitions) -> dict[tuple[str, str], tuple[Objective, ...]]:
    """The objectives of units by the one above that they carry and the unit."""
    found: dict[tuple[str, str], tuple[Objective, ...]] = {}
    for o in definitions.objectives:
        if o.cascaded_from is not None and o.unit is not None:
            found[o.cascaded_from, o.unit] = (*found.get((o.cascaded_from, o.unit), ()), o)
    return found


def _amended(kpi: Kpi, after: Kpi) -> Amendment:
    return Amendment("kpis", kpi, after)


def _in_also(kpi: Kpi, units: Sequence[str]) -> Kpi:
    """The KPI with these units among those that have it; one that all have stays as it is."""
    update: dict[str, tuple[str, ...]] = {}
    if kpi.only_in and (more := tuple(u for u in units if u not in kpi.only_in)):
        update["only_in"] = (*kpi.only_in, *more)
    if any(u in kpi.not_applicable_in for u in units):
        update["not_applicable_in"] = tuple(u for u in kpi.not_applicable_in if u not in units)
    return kpi.model_copy(update=update) if update else kpi


def _not_in(definitions: Definitions, kpi: Kpi, units: Sequence[str]) -> Kpi:
    """The KPI without these units among those that have it."""
    update: dict[str, tuple[str, ...]] = {}
    left = tuple(u for u in kpi.only_in if u not in units)
    if kpi.only_in and left != kpi.only_in and left:
        update["only_in"] = left
    more = tuple(u for u in units if definitions.applies(kpi, u)) if "only_in" not in update else ()
    if more:
        update["not_applicable_in"] = (*kpi.not_applicable_in, *more)
    return kpi.model_copy(update=update) if update else kpi


def _free(code: str, taken: set[str]) -> str:
    base = re.sub(r"[^A-Za-z0-9_.\-]+", "_", code)[:70]
    return next(c for c in (base, *(f"{base}_{n}" for n in range(2, len(taken) + 3))) if c not in taken)
