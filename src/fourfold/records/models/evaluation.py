"""Evaluations: one run of the engine."""

from django.db import models

from fourfold.records.scope import InOrganisation


class Evaluation(models.Model):
    """One run: why, when, with which engine, and how new its inputs were."""

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE)
    at = models.DateTimeField()
    as_of = models.DateTimeField(help_text="Only what was known then was used.")
    reason = models.CharField(max_length=300)
    engine_version = models.CharField(max_length=40)
    input_version = models.PositiveBigIntegerField(help_text="The organisation's version that was read.")

    objects = InOrganisation.as_manager()
