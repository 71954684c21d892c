"""Former definitions: what was written until it was changed or taken away."""

from __future__ import annotations

from django.db import models

from fourfold.records.fields import SpecField
from fourfold.records.scope import InOrganisation


class FormerDefinition(models.Model):
    """One definition as it was from `known_since` (empty: from the beginning) until `known_until`.

    What is written now is in the tables of the nouns. Nobody changes or removes a former definition.
    """

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE, db_index=False)
    noun = models.CharField(max_length=20)
    position = models.PositiveIntegerField(default=0)
    spec = SpecField()
    known_since = models.DateTimeField(null=True)
    known_until = models.DateTimeField()

    objects = InOrganisation.as_manager()

    class Meta:
        indexes = (models.Index(fields=("organisation", "known_until"), name="former_definition_until"),)

    def __str__(self) -> str:
        """What it was and until when."""
        return f"{self.noun} until {self.known_until:%Y-%m-%d}"
