"""The outbox: what has just changed, for those who have a page open."""

from django.db import models

from fourfold.records.scope import OfMembers


class Outbox(models.Model):
    """One change, written in its transaction; it says where something is different, and no figure.

    Rows of one organisation are written under the lock on it, so a larger id is a later change. All three lists are
    NULL where anything may be different. They are removed when nobody can ask for them any more. `at` is when it is
    told from, which lies a little ahead while what follows from it is being made.
    """

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE)
    at = models.DateTimeField()
    units = models.JSONField(null=True, help_text="Row ids of units.")
    nodes = models.JSONField(null=True, help_text="Nodes as results name them.")
    periods = models.JSONField(null=True, help_text="Ids of the periods that the changed figures are about.")

    objects = OfMembers.as_manager()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        """Which one, and where."""
        return f"{self.pk} organisation {self.organisation_id}"
