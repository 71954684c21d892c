"""Invitations: a link with which a new person sets name and password."""

from django.db import models

from fourfold.records.scope import OfAdministrators


class Invitation(models.Model):
    """One invitation. Of its link only the hash is kept; `issue` counts the links, of which the last one works."""

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE)
    person = models.ForeignKey("records.Person", on_delete=models.CASCADE, related_name="invitations")
    by = models.ForeignKey("records.Person", null=True, on_delete=models.PROTECT, related_name="+")
    issue = models.PositiveIntegerField(default=1)
    link_hash = models.CharField(max_length=64, unique=True, null=True)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = OfAdministrators.as_manager()

    class Meta:
        ordering = ("-made_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "person"),
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="invitation_open_once",
            ),
        )

    def __str__(self) -> str:
        """Whom it invites."""
        return f"invitation of {self.person_id}"
