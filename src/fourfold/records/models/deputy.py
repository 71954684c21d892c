"""Deputies: who acts for somebody who is away."""

from django.db import models

from fourfold.records.scope import InOrganisation


class Deputy(models.Model):
    """`deputy` acts for `person` from `since` to `until`, both included, on these KPIs or on all of theirs."""

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE)
    person = models.ForeignKey("records.Person", on_delete=models.CASCADE, related_name="deputies")
    deputy = models.ForeignKey("records.Person", on_delete=models.CASCADE, related_name="stands_in")
    since = models.DateField()
    until = models.DateField()
    kpis = models.ManyToManyField("records.Kpi", related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = InOrganisation.as_manager()

    class Meta:
        ordering = ("since", "pk")

    def __str__(self) -> str:
        """Who for whom."""
        return f"{self.deputy_id} for {self.person_id}"
