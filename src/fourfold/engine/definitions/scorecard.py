"""All definitions of one organisation and strategy together: what `evaluate` needs besides figures."""

from __future__ import annotations

from functools import cached_property

from fourfold.engine.definitions.base import Definition
from fourfold.engine.definitions.initiative import Initiative
from fourfold.engine.definitions.kpi import Kpi
from fourfold.engine.definitions.kpi_use import KpiUse
from fourfold.engine.definitions.link import Link
from fourfold.engine.definitions.note import Note
from fourfold.engine.definitions.objective import Objective
from fourfold.engine.definitions.organisation import Organisation
from fourfold.engine.definitions.person import Person
from fourfold.engine.definitions.perspective import Perspective
from fourfold.engine.definitions.step import Step
from fourfold.engine.definitions.strategy import Strategy
from fourfold.engine.definitions.target import Target
from fourfold.engine.definitions.theme import Theme
from fourfold.engine.definitions.unit import Unit
from fourfold.engine.periods import Calendar


class Definitions(Definition):
    """Everything people define, in the order they wrote it; references are by code."""

    organisation: Organisation
    units: tuple[Unit, ...]
    people: tuple[Person, ...] = ()
    strategy: Strategy
    perspectives: tuple[Perspective, ...] = ()
    themes: tuple[Theme, ...] = ()
    objectives: tuple[Objective, ...] = ()
    links: tuple[Link, ...] = ()
    kpis: tuple[Kpi, ...] = ()
    uses: tuple[KpiUse, ...] = ()
    targets: tuple[Target, ...] = ()
    initiatives: tuple[Initiative, ...] = ()
    notes: tuple[Note, ...] = ()
    steps: tuple[Step, ...] = ()

    @cached_property
    def calendar(self) -> Calendar:
        """The calendar of the organisation."""
        return self.organisation.calendar

    @cached_property
    def kpi(self) -> dict[str, Kpi]:
        """KPIs by code."""
        return {k.code: k for k in self.kpis}

    @cached_property
    def unit(self) -> dict[str, Unit]:
        """Units by code."""
        return {u.code: u for u in self.units}

    @cached_property
    def objective(self) -> dict[str, Objective]:
        """Objectives by code."""
        return {o.code: o for o in self.objectives}

    @cached_property
    def person(self) -> dict[str, Person]:
        """People by code."""
        return {p.code: p for p in self.people}

    @cached_property
    def _targets(self) -> dict[str, list[Target]]:
        by_kpi: dict[str, list[Target]] = {}
        for target in self.targets:
            by_kpi.setdefault(target.kpi, []).append(target)
        return by_kpi

    def targets_of(self, kpi: str) -> list[Target]:
        """All target versions of a KPI, in the order given."""
        return self._targets.get(kpi, [])

    @cached_property
    def root(self) -> Unit:
        """The unit without a parent."""
        return next(u for u in self.units if u.parent is None)

    def applies(self, kpi: Kpi, unit: str) -> bool:
        """True when the unit has this KPI."""
        return unit not in kpi.not_applicable_in and (not kpi.only_in or unit in kpi.only_in)
