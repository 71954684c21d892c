"""Events: who did what, for the audit."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fourfold.records.fields import CanonicalField
from fourfold.records.scope import InOrganisation

#: Ways in which somebody can do something.
VIAS = ("ui", "api", "cli", "mcp", "job")


class Event(models.Model):
    """One thing somebody did; `seq` counts without gaps inside an organisation, `hash` depends on all before.

    Events without an organisation are those of the installation: a failed attempt to sign in to an account that does
    not exist. The database refuses to change or remove an event.
    """

    organisation = models.ForeignKey("records.Organisation", null=True, on_delete=models.PROTECT)
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    person = models.ForeignKey("records.Person", null=True, on_delete=models.PROTECT, related_name="+")
    agent = models.CharField(max_length=40, blank=True, help_text="Who did it where no person did.")
    on_behalf_of = models.ForeignKey("records.Person", null=True, on_delete=models.PROTECT, related_name="+")
    via = models.CharField(max_length=4, choices=[(via, via) for via in VIAS], blank=True)
    address = models.CharField(max_length=50, blank=True, help_text="The network it came from.")
    request_id = models.CharField(max_length=64, blank=True)
    action = models.CharField(max_length=60)
    object = models.CharField(max_length=300)
    unit = models.ForeignKey(
        "records.Unit", null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+",
        help_text="Where it was done; the unit may be gone since.",
    )  # fmt: skip
    before = CanonicalField(null=True)
    after = CanonicalField(null=True)
    reason = models.CharField(max_length=1000, blank=True)
    hash = models.CharField(max_length=64)

    objects = InOrganisation.as_manager()

    class Meta:
        ordering = ("seq",)
        constraints = (
            models.UniqueConstraint(fields=("organisation", "seq"), name="event_seq_is_unique"),
            models.UniqueConstraint(
                fields=("seq",), condition=Q(organisation__isnull=True), name="event_seq_of_installation_is_unique"
            ),
        )

    def __str__(self) -> str:
        """What happened to what."""
        return f"{self.seq} {self.action} {self.object}"
