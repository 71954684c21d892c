"""Results: what the engine said per node, unit and period."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Concat

from fourfold.engine.cells import State
from fourfold.engine.statuses import Status
from fourfold.records.models.kpi import Kpi
from fourfold.records.scope import Closed, InUnits


class Results(InUnits["Result"]):
    """Results, which name the KPI they are about by its code."""

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
