"""Which table keeps which noun of the definitions, and what its columns repeat of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import models
from django.db.models import QuerySet

from fourfold.engine.edits import KEYS
from fourfold.records.models import (
    Initiative,
    Kpi,
    KpiUse,
    Link,
    Membership,
    Note,
    Objective,
    Organisation,
    Perspective,
    Step,
    Strategy,
    Target,
    Theme,
    Unit,
)


class Ids:
    """Ids of an organisation's rows by code; a table is read when it is first asked for, so write it before.

    With `one_by_one` each id is asked for by itself, for the few of an amendment.
    """

    def __init__(self, organisation: Organisation, strategy: str, *, one_by_one: bool = False) -> None:
        self.strategy = strategy
        self._organisation = organisation
        self._one_by_one = one_by_one
        self._known: dict[type[models.Model], dict[str, int]] = {}

    def __call__(self, model: type[models.Model], code: str | None) -> int | None:
        """The id of the row with this code; None for no code. `Membership` gives the person's, if there is one."""
        if code is None:
            return None
        column = "person_id" if model is Membership else "pk"
        if self._one_by_one:
            rows = rows_of(model, self._organisation).filter(code=code).values_list(column, flat=True)
            found: int | None = rows.first() if model is Membership else rows.get()
            return found
        if model not in self._known:
            self._known[model] = dict(rows_of(model, self._organisation).values_list("code", column))
        known = self._known[model]
        return known.get(code) if model is Membership else known[code]


@dataclass(frozen=True, slots=True)
class Table:
    """A noun of `Definitions`: its table, and its columns beside the spec."""

    noun: str
    model: type[models.Model]
    columns: Callable[[Any, Ids], dict[str, object]]

    @property
    def key(self) -> tuple[str, ...]:
        """The keys of its spec that name it."""
        return KEYS[self.noun]


def rows_of(model: type[models.Model], organisation: Organisation) -> QuerySet[Any]:
    """All rows of one organisation."""
    return model._default_manager.filter(organisation=organisation)


def set_values(row: models.Model, values: Mapping[str, object]) -> bool:
    """Set columns of a row in memory; True when any of them was different."""
    different = {column: value for column, value in values.items() if getattr(row, column) != value}
    for column, value in different.items():
        setattr(row, column, value)
    return bool(different)


def _coded(definition: Any, **more: object) -> dict[str, object]:
    return {"code": definition.code, "name": definition.name, **more}


def _kpi(kpi: Any, ids: Ids) -> dict[str, object]:
    return _coded(kpi, owner_id=ids(Membership, kpi.owner), is_confidential=kpi.is_confidential)


def _target(target: Any, ids: Ids) -> dict[str, object]:
    place = {"kpi_id": ids(Kpi, target.kpi), "unit_id": ids(Unit, target.unit)}
    return {**place, "kind": target.kind, "since": target.since}


def _note(note: Any, ids: Ids) -> dict[str, object]:
    place = {"kpi_id": ids(Kpi, note.kpi), "unit_id": ids(Unit, note.unit), "period": note.period}
    return {**place, "kind": note.kind, "author_id": ids(Membership, note.author)}


def _step(step: Any, ids: Ids) -> dict[str, object]:
    return {"kpi_id": ids(Kpi, step.kpi), "unit_id": ids(Unit, step.unit), "since": step.since}


#: In the order in which rows can be written; people come between units and strategy, see `person`.
TABLES: Final = (
    Table("units", Unit, lambda d, _: _coded(d)),
    Table("strategy", Strategy, lambda d, ids: _coded(d, unit_id=ids(Unit, d.unit))),
    Table("perspectives", Perspective, lambda d, ids: _coded(d, strategy_id=ids(Strategy, ids.strategy))),
    Table("themes", Theme, lambda d, ids: _coded(d, strategy_id=ids(Strategy, ids.strategy))),
    Table(
        "objectives",
        Objective,
        lambda d, ids: _coded(d, perspective_id=ids(Perspective, d.perspective), owner_id=ids(Membership, d.owner)),
    ),
    Table(
        "links",
        Link,
        lambda d, ids: {"source_id": ids(Objective, d.source), "target_id": ids(Objective, d.target)},
    ),
    Table("kpis", Kpi, _kpi),
    Table(
        "uses",
        KpiUse,
        lambda d, ids: {"kpi_id": ids(Kpi, d.kpi), "objective_id": ids(Objective, d.objective)},
    ),
    Table("targets", Target, _target),
    Table("initiatives", Initiative, lambda d, ids: _coded(d, owner_id=ids(Membership, d.owner))),
    Table("notes", Note, _note),
    Table("steps", Step, _step),
)
