"""E-mails that wait to be sent, written in the transaction of what they tell about."""

from django.db import models


# house: who forgot a password is looked up when the mail is sent, and may belong to no organisation
class Mail(models.Model):
    """One e-mail: its kind and what it is about, never its text, so that no link is kept in the database."""

    class Kind(models.TextChoices):
        """What it says."""

        INVITATION = "invitation"
        RESET = "reset"
        REMINDER = "reminder"
        MOVED = "moved"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    address = models.EmailField(max_length=254)
    invitation = models.ForeignKey("records.Invitation", null=True, on_delete=models.CASCADE, related_name="+")
    reminder = models.ForeignKey("records.Reminder", null=True, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey("records.Person", null=True, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        """What it is."""
        return f"{self.kind} {self.pk}"
