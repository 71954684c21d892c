"""Results: what the engine said per node, unit and period."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Concat

from fourfold.access.sight import sights_of
from fourfold.engine.cells import State
from fourfold.engine.statuses import Status
from fourfold.records.models.kpi import Kpi
from fourfold.records.scope import Closed, InUnits, closed_to, in_units, principal_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from fourfold.access.sight import Sight
    from fourfold.records.models.person import Person


class Veiled(IntEnum):
    """How much of a result somebody is shown."""

    NOT = 0
    NUMBERS = 1  # its status is shown
    ALL = 2  # the group is too small


class Results(InUnits["Result"]):
    """Results, which name the KPI they are about by its code.

    `visible_to` gives those of which everything is shown; `shown_to` gives the others too, and says so.
    """

    def shown_to(self, person: Person | AnonymousUser) -> Self:
        """Rows that the person may know of, with how much of each is not shown as `veil`, a `Veiled`."""
        principal = principal_of(person)
        told, whole = Q(pk__in=()), Q(pk__in=())
        is_veiled = False
        for sight in sights_of(principal).values():
            closed = closed_to(person, sight)
            told |= self._told(person, sight, (*sight.paths, *sight.statuses), closed)
            whole |= self._seen(person, sight)
            is_veiled |= bool(closed.above or closed.has_groups or sight.statuses)
        if not is_veiled:
            return self.filter(told).annotate(veil=Value(int(Veiled.NOT)))
        hidden = When(Exists(self._veils().filter(kpi__isnull=False)), then=Value(int(Veiled.ALL)))
        shown = When(whole, then=Value(int(Veiled.NOT)))
        return self.filter(told).annotate(
            veil=Case(shown, hidden, default=Value(int(Veiled.NUMBERS)), output_field=models.IntegerField())
        )

    def veiled(self) -> Q:
        """The condition that a row is about a small group, or a score above one."""
        return Q(Exists(self._veils()))

    def _veils(self) -> models.QuerySet[models.Model]:
        from fourfold.records.models.veil import Veil

        return Veil.objects.filter(unit=OuterRef("unit"), node=OuterRef("node"))

    def _seen(self, person: Person | AnonymousUser, sight: Sight) -> Q:
        above = closed_to(person, sight).above
        found = super()._seen(person, sight)
        return found & (~Q(node__in=above) | in_units(person, sight, sight.cleared)) if above else found

    def owned_by(self, person: int | None) -> Q:
        """The condition that a row is the result of a KPI of the person."""
        owned = Kpi.objects.filter(owner=person, organisation=models.OuterRef("organisation"))
        return Q(node__in=owned.values_list(Concat(Value("kpi:"), "code")))

    def about(self, closed: Closed) -> Q:
        """The condition that a row is the result of one of these KPIs, or of an objective that has no others."""
        return Q(node__in=[f"kpi:{code}" for code in closed.codes] + [f"objective:{o}" for o in closed.objectives])


class Result(models.Model):
    """One result; `node` is `kpi:<code>`, `objective:<code>`, `perspective:<code>`, `theme:<code>` or `scorecard`.

    Pages read results by unit, view and a range of periods: the unique index has that order, and bulk writes
    insert in it, so the rows of one page lie together. Numbers are the engine's doubles, NULL where there is none.
    """

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE, db_index=False)
    unit = models.ForeignKey("records.Unit", on_delete=models.CASCADE, related_name="+", db_index=False)
    view = models.CharField(max_length=8, help_text="month, quarter or ytd")
    ordinal = models.IntegerField(help_text="Number of the period on its frequency's axis.")
    node = models.CharField(max_length=100)
    period = models.CharField(max_length=16)
    value = models.FloatField(null=True)
    numerator = models.FloatField(null=True)
    denominator = models.FloatField(null=True)
    state = models.PositiveSmallIntegerField(choices=[(s.value, s.word) for s in State])
    marks = models.PositiveSmallIntegerField(default=0)
    reason = models.PositiveSmallIntegerField(default=0)
    target = models.FloatField(null=True)
    red_line = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    score = models.FloatField(null=True)
    status = models.PositiveSmallIntegerField(choices=[(s.value, s.word) for s in Status])
    coverage = models.FloatField(null=True)
    confidence = models.FloatField(null=True)
    data_period = models.CharField(max_length=16, blank=True, help_text="Period of the newest figure in it.")
    evaluation = models.ForeignKey("records.Evaluation", on_delete=models.PROTECT, related_name="+", db_index=False)
    input_version = models.PositiveBigIntegerField()

    objects = Results.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("unit", "view", "ordinal", "node"), name="result_is_unique"),
        )

    def __str__(self) -> str:
        """Which node, unit, view and period."""
        return f"{self.node}, unit {self.unit_id}, {self.view} {self.period}"
