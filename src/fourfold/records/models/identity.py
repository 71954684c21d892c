"""Identities: by what name a directory knows a person."""

from __future__ import annotations

from django.db import models

from fourfold.records.scope import OfAdministrators


class Identity(models.Model):
    """A person as a directory names them: `subject` is unique for ever among those of `issuer`.

    Whoever has one signs in there and not by a password here, while the directory is set up.
    """

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE)
    person = models.ForeignKey("records.Person", on_delete=models.CASCADE, related_name="identities")
    directory = models.CharField(max_length=40)
    issuer = models.CharField(max_length=400)
    subject = models.CharField(max_length=255)
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    objects = OfAdministrators.as_manager()

    class Meta:
        verbose_name_plural = "identities"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("organisation", "issuer", "subject"), name="identity_once_in_an_issuer"),
        )

    def __str__(self) -> str:
        """Who it is there."""
        return f"{self.directory}: {self.subject}"
