"""Events: who did what, for the audit."""

from django.db import models

from fourfold.records.fields import SpecField
from fourfold.records.scope import InOrganisation


class Event(models.Model):
    """One thing somebody did; `seq` counts without gaps inside an organisation."""

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE)
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    person = models.ForeignKey("records.Person", null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=60)
    object = models.CharField(max_length=300)
    before = SpecField(null=True)
    after = SpecField(null=True)

    objects = InOrganisation.as_manager()

    class Meta:
        ordering = ("seq",)
        constraints = (models.UniqueConstraint(fields=("organisation", "seq"), name="event_seq_is_unique"),)

    def __str__(self) -> str:
        """What happened to what."""
        return f"{self.seq} {self.action} {self.object}"
